"""A file in the house format becomes one hash a picture, by ffmpeg; and how two runs of them fit.

Says nothing of journals; a file that doesn't decode without complaint is an error.
"""

from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import Fault, OutsideError, Text, ToolError
from pipeline.tools import run

_LEAST_SECONDS = 120
_FRAMES_A_SECOND = 10
"""What even a slow and busy machine decodes; sets the deadline."""


def picture_hashes(path: Path, frames: int, ffmpeg: str) -> tuple[str, ...]:
    """The MD5 of every decoded picture, in display order; `frames` is about how many there are.

    The sound is decoded too. Raises OutsideError at the first complaint of the decoder.
    https://ffmpeg.org/ffmpeg-formats.html#framehash
    """
    argv = [ffmpeg, "-nostdin", "-hide_banner", "-v", "error", "-xerror", "-i", str(path)]
    argv += ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framehash", "-hash", "md5", "-"]
    argv += ["-map", "0:a:0", "-f", "null", "-"]
    try:
        out, complaints = run(argv, deadline=_LEAST_SECONDS + frames / _FRAMES_A_SECOND)
    except ToolError as error:
        raise _complaint(path, error.tail) from error
    if complaints:
        raise _complaint(path, complaints)
    return tuple(
        line.rpartition(",")[2].strip() for line in out.splitlines() if not line.startswith("#")
    )


def _complaint(path: Path, tail: str) -> OutsideError:
    first = tail.strip().partition("\n")[0]
    return OutsideError(
        Text(f"{path.name} tak dapat didekode: {first}", f"{path.name} can't be decoded: {first}")
    )


def misfit(aired: Sequence[object], segment: Sequence[object]) -> int | None:
    """The first place at which what aired isn't the segment; None when all of it is.

    A segment may be entered at any of its keyframes, begins anew at its end, and may be left early.
    Works on hashes of pictures as on coded packets.
    """
    furthest = 0
    for origin, first in enumerate(segment):
        if aired and first != aired[0]:
            continue
        places = range(origin, origin + len(aired))
        pairs = zip(aired, (segment[place % len(segment)] for place in places), strict=True)
        wrong = next((at for at, (one, other) in enumerate(pairs) if one != other), None)
        if wrong is None:
            return None
        furthest = max(furthest, wrong)
    return furthest


def same_pictures(one: Path, other: Path, frames: int, ffmpeg: str) -> Fault | None:
    """Compares two files picture by picture; the first difference, or None when all are equal."""
    pair = [picture_hashes(path, frames, ffmpeg) for path in (one, other)]
    if pair[0] == pair[1]:
        return None
    wrong = next((n for n, (a, b) in enumerate(zip(*pair, strict=False)) if a != b), None)
    where = f"{other.name}, frame {min(map(len, pair)) if wrong is None else wrong}"
    counts = f"{len(pair[1])} / {len(pair[0])} frame"
    return Fault(
        where, Text(f"tidak sama dengan {one.name}, {counts}", f"isn't {one.name}, {counts}")
    )
