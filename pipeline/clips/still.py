"""One picture of a clip, for its thumbnail; the only file of this room that decodes."""

import collections
import io
from itertools import islice
from pathlib import Path

import av
from av.error import FFmpegError

from pipeline.errors import OutsideError, Text


def still(path: Path, frame: int) -> bytes:
    """The frame of that number as PNG; the last there is when the clip is shorter."""
    try:
        with av.open(str(path)) as container:
            found = collections.deque(islice(container.decode(video=0), frame + 1), maxlen=1)
    except FFmpegError as error:
        raise _unreadable(path, str(error)) from error
    if not found:
        raise _unreadable(path, "?")
    out = io.BytesIO()
    found[0].to_image().save(out, "PNG", compress_level=1)  # type: ignore[no-untyped-call]
    return out.getvalue()


def _unreadable(path: Path, why: str) -> OutsideError:
    return OutsideError(
        Text(f"klip {path.name} tak terbaca: {why}", f"can't read clip {path.name}: {why}"),
        Text("Hapus klip itu, lalu `tayang clips`.", "Delete that clip, then `tayang clips`."),
    )
