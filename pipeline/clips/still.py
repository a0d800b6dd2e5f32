"""What a clip's file tells: one picture of it, how many there are, and what it was cut from."""

import io
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError

from pipeline.errors import OutsideError, Text


def still(path: Path, frame: int) -> bytes:
    """The frame of that number as PNG; the last there is when the clip is shorter."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            tick = stream.time_base or Fraction(1)
            place = frame / Fraction(stream.average_rate or 25)
            container.seek(round(place * av.time_base))  # to the keyframe before it
            found = None
            for found in container.decode(stream):
                if (found.pts or 0) * tick >= place:
                    break
    except (FFmpegError, IndexError) as error:
        raise _unreadable(path, str(error)) from error
    if found is None:
        raise _unreadable(path, "?")
    out = io.BytesIO()
    found.to_image().save(out, "PNG", compress_level=1)  # type: ignore[no-untyped-call]
    return out.getvalue()


def frames_of(path: Path) -> int:
    """How many frames a clip has."""
    try:
        with av.open(str(path)) as container:
            return container.streams.video[0].frames
    except (FFmpegError, IndexError) as error:
        raise _unreadable(path, str(error)) from error


def made_of(path: Path) -> str | None:
    """What a file says it was cut from; None when there is no such file, or it isn't whole."""
    if not path.exists():
        return None
    try:
        with av.open(str(path)) as container:
            return container.metadata.get("comment")
    except FFmpegError:
        return None


def _unreadable(path: Path, why: str) -> OutsideError:
    return OutsideError(
        Text(f"klip {path.name} tak terbaca: {why}", f"can't read clip {path.name}: {why}"),
        Text("Hapus klip itu, lalu `tayang clips`.", "Delete that clip, then `tayang clips`."),
    )
