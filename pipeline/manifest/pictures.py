"""The pictures of a file in the house format, as one hash each, by ffmpeg; and how two runs of them fit.

Says nothing of journals; a file that doesn't decode without complaint is an error.
"""

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import ToolError
from pipeline.tools import run

_LEAST_SECONDS = 120
_FRAMES_A_SECOND = 10
"""What even a slow and busy machine decodes; sets the deadline."""


def picture_hashes(path: Path, frames: int, ffmpeg: str) -> tuple[str, ...]:
    """The MD5 of every decoded picture, in display order; `frames` is about how many there are.

    The sound is decoded too. Raises ToolError at the first complaint of the decoder.
    https://ffmpeg.org/ffmpeg-formats.html#framehash
    """
    argv = [ffmpeg, "-nostdin", "-hide_banner", "-v", "error", "-xerror", "-i", str(path)]
    argv += ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framehash", "-hash", "md5", "-"]
    argv += ["-map", "0:a:0", "-f", "null", "-"]
    out, complaints = run(argv, deadline=_LEAST_SECONDS + frames / _FRAMES_A_SECOND)
    if complaints:
        raise ToolError("ffmpeg", 0, complaints)
    return tuple(
        line.rpartition(",")[2].strip() for line in out.splitlines() if not line.startswith("#")
    )


def misfit[T](aired: Sequence[T], segment: Sequence[T]) -> int | None:
    ...
