"""Files that have arrived: probes and archives them; the only user of PyAV in the emulator."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from pipeline.tools import run

ARCHIVE_DEADLINE = 600.0

_IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a video is: duration in milliseconds, size in pixels, the container's first name."""

    duration_ms: int
    width: int
    height: int
    container: str


def probe_video(path: Path) -> Probe | None:
    """What PyAV finds in the file; None when there is no video that can be decoded."""
    try:
        with av.open(path) as container:
            stream = container.streams.video[0]
            next(container.decode(stream))
            return Probe(
                duration_ms=(container.duration or 0) * 1000 // av.time_base,
                width=stream.width,
                height=stream.height,
                container=container.format.name.split(",")[0],
            )
    except (av.FFmpegError, IndexError, StopIteration, OSError):
        return None


def probe_image(path: Path) -> tuple[str, int, int] | None:
    """(media type, width, height) of a whole JPEG or PNG; None when it isn't one."""
    with path.open("rb") as file:
        head = file.read(8)
    kind = next((kind for magic, kind in _IMAGES.items() if head.startswith(magic)), None)
    probed = probe_video(path) if kind else None
    return (kind, probed.width, probed.height) if kind and probed else None


def archive(ffmpeg: str, pushes: Sequence[Path], out: Path) -> None:
    """Joins recorded pushes into one MP4 without encoding; ToolError when ffmpeg can't."""
    listing = out.with_suffix(".txt")
    fresh = out.with_suffix(".new.mp4")
    listing.write_text("".join(f"file '{push.resolve()}'\n" for push in pushes), encoding="utf-8")
    argv = [ffmpeg, "-v", "error", "-nostdin", "-y", "-f", "concat", "-safe", "0"]
    argv += ["-i", str(listing), "-c", "copy", "-movflags", "+faststart", str(fresh)]
    run(argv, deadline=ARCHIVE_DEADLINE)
    fresh.replace(out)
    listing.unlink()
