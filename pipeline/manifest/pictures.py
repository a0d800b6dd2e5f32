"""A file in the house format becomes one hash a picture, by ffmpeg; and whether they are a segment's.

Says nothing of journals; a file that doesn't decode without complaint is an error. Hashes are handed on
one by one, however long the file.
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from pipeline.errors import Fault, OutsideError, Text, ToolError
from pipeline.tools import run

_LEAST_SECONDS = 120
_FRAMES_A_SECOND = 10
"""What even a slow and busy machine decodes; sets the deadline."""

_SOUNDLESS = 8
"""So few frames may be a part that broke off before its first sound, which the muxer holds back."""

Picture = tuple[Fraction, str]
"""When a picture is shown, in seconds after the file's first, and the MD5 of its decoded samples."""


def decoded(path: Path, frames: int, ffmpeg: str, *, sounds: bool = True) -> Iterator[Picture]:
    """Every picture of a file, in display order; `frames` is about how many there are.

    The sound is decoded too, if there can be any (`sounds`). Raises OutsideError at the first
    complaint of the decoder.
    https://ffmpeg.org/ffmpeg-formats.html#framehash
    """
    with tempfile.TemporaryDirectory(prefix="tayang-") as folder:
        hashes = Path(folder) / "pictures"
        argv = [ffmpeg, "-nostdin", "-hide_banner", "-v", "error", "-xerror", "-i", str(path)]
        argv += ["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framehash", "-hash", "md5"]
        argv.append(str(hashes))
        if sounds and frames > _SOUNDLESS:
            argv += ["-map", "0:a:0", "-f", "null", "-"]
        try:
            _, complaints = run(argv, deadline=_LEAST_SECONDS + frames / _FRAMES_A_SECOND)
        except ToolError as error:
            raise _complaint(path, error.tail) from error
        if complaints:
            raise _complaint(path, complaints)
        with hashes.open(encoding="ascii") as lines:
            yield from _pictures(lines)


def _pictures(lines: Iterable[str]) -> Iterator[Picture]:
    tick, origin = Fraction(1), None
    for line in lines:
        if line.startswith("#tb 0:"):
            tick = Fraction(line.removeprefix("#tb 0:").strip())
        elif not line.startswith("#"):
            _, _, pts, _, _, digest = line.split(",")
            origin = int(pts) if origin is None else origin
            yield (int(pts) - origin) * tick, digest.strip()


def _complaint(path: Path, tail: str) -> OutsideError:
    first = tail.strip().partition("\n")[0]
    return OutsideError(
        Text(f"{path.name} tak dapat didekode: {first}", f"{path.name} can't be decoded: {first}")
    )


@dataclass(frozen=True, slots=True)
class Inserted:
    """What has aired from place `begin` to before `stop` instead of a segment's own."""

    begin: int
    stop: int
    pictures: Sequence[object]


class Fit:
    """Holds what aired against its segment, picture by picture, or packet by packet.

    A segment may be entered at any of its pictures, begins anew at its end, and may be left early;
    `place` counts from the first that aired, and places may be left out. In some places something
    else has aired: what the `inserts` hold.
    """

    def __init__(self, segment: Sequence[object], inserts: Sequence["Inserted"] = ()) -> None:
        self._segment = segment
        self._inserts = inserts
        self._origins: Sequence[int] = range(len(segment))
        self.wrong: int | None = None
        """The first place at which what aired isn't the segment, wherever it was entered."""

    def add(self, place: int, picture: object) -> None:
        """Takes the next of what aired."""
        if self.wrong is not None:
            return
        for insert in self._inserts:
            if insert.begin <= place < insert.stop:
                if insert.pictures[place - insert.begin] != picture:
                    self.wrong = place
                return
        segment, length = self._segment, len(self._segment)
        self._origins = [o for o in self._origins if segment[(o + place) % length] == picture]
        if not self._origins:
            self.wrong = place


def same_pictures(one: Path, other: Path, frames: int, ffmpeg: str) -> Fault | None:
    """Compares two files picture by picture; the first difference, or None when all are equal."""
    pairs = zip_longest(decoded(one, frames, ffmpeg), decoded(other, frames, ffmpeg))
    for number, (mine, its) in enumerate(pairs):
        if mine is None or its is None or mine[1] != its[1]:
            what = Text(f"tidak sama dengan {one.name}", f"isn't the same as {one.name}")
            return Fault(f"{other.name}, frame {number}", what)
    return None
