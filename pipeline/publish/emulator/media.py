"""Files that have arrived: probes and archives them; the only user of PyAV in the emulator."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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


class Stretch(NamedTuple):
    """What of a recorded push belongs to a broadcast, in seconds of the push; None: to its end."""

    file: Path
    begin: float
    end: float | None

    def listed(self) -> str:
        """As ffmpeg's concat demuxer reads it, which counts by the file's own time stamps."""
        with av.open(self.file) as container:
            first = (container.start_time or 0) / av.time_base
        lines = [f"file '{self.file.resolve()}'"]
        if self.begin > 0:
            lines.append(f"inpoint {first + self.begin:.3f}")
        if self.end is not None:
            lines.append(f"outpoint {first + self.end:.3f}")
        return "\n".join([*lines, ""])


def archive(ffmpeg: str, pushes: Sequence[Stretch], out: Path) -> None:
    """Joins stretches of pushes into one MP4 without encoding; ToolError when ffmpeg can't.

    Each begins with the keyframe at its beginning or before it.
    """
    listing = out.with_suffix(".txt")
    fresh = out.with_suffix(".new.mp4")
    listing.write_text("".join(push.listed() for push in pushes), encoding="utf-8")
    argv = [ffmpeg, "-v", "error", "-nostdin", "-y", "-f", "concat", "-safe", "0"]
    argv += ["-i", str(listing), "-c", "copy", "-avoid_negative_ts", "make_zero"]
    argv += ["-movflags", "+faststart", str(fresh)]
    run(argv, deadline=ARCHIVE_DEADLINE)
    fresh.replace(out)
    listing.unlink()
