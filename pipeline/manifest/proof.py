"""The parts of a program log are held against the airings that the journal says they hold.

Parts are read one after the other and never kept, however long they are. Whether the journal itself is
whole is judged elsewhere.
"""

import contextlib
import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path

from pipeline.air import Airing, Inserted, PictureDigest, Recording, within
from pipeline.errors import Fault, OutsideError, Text
from pipeline.manifest import pictures as shown
from pipeline.manifest.pictures import Fit, decoded
from pipeline.splice import Picture, SegmentReader
from pipeline.timing import Rate

FindSegment = Callable[[str], Path | None]
"""Where a segment's file is, by its key; None when it is no longer kept."""

Inserts = Mapping[int, Sequence[Inserted]]
"""By occurrence: the frames of an airing that are an insert's, not its segment's."""

_SEGMENTS_KEPT = 16
"""Segments whose pictures are remembered, since the same slate comes again and again."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of an airing that stands in one part.

    `provable`: all of the airing is recorded, and the journal has the fingerprint of its packets,
    which it may not have when air was killed.
    """

    airing: Airing
    first_frame: int
    frames: int
    provable: bool

    @property
    def begins(self) -> bool:
        return self.first_frame == self.airing.first_frame

    @property
    def ends(self) -> bool:
        airing = self.airing
        return self.first_frame + self.frames == airing.first_frame + airing.frames


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the program log, as the journal has it; its runs in order, without a gap."""

    path: Path
    first_frame: int
    frames: int
    runs: tuple[Run, ...]


def parts_of(
    folder: Path, recorded: Sequence[Recording], airings: Sequence[Airing]
) -> tuple[Part, ...]:
    """Says of each part which airings stand in it, or which stretches of them."""
    runs: dict[str, list[Run]] = {part.part: [] for part in recorded}
    for airing in airings:
        stretches = within(recorded, airing.first_frame, airing.frames)
        found = sum(stretch.frames for stretch in stretches)
        provable = found == airing.frames and airing.packets != ""
        for stretch in stretches:
            run = Run(airing, stretch.first_frame, stretch.frames, provable)
            runs[stretch.part].append(run)
    return tuple(
        Part(folder / part.part, part.first_frame, part.frames, tuple(runs[part.part]))
        for part in recorded
    )


class PacketProof:
    """Counts each part's frames, and hashes the packets of each airing that can be proved."""

    def __init__(self, segments: FindSegment, rate: Rate, inserts: Inserts) -> None:
        self._segments = segments
        self._inserts = inserts
        self._rate = rate
        self._digest: PictureDigest | None = None
        self._read: list[tuple[Part, Run]] = []
        self.frames = 0
        """Frames found so far."""

    def check(self, part: Part) -> Iterator[Fault]:
        """What is wrong with the next part; an airing may go on in the part after it."""
        count = 0
        try:
            pictures = _coded(part.path, self._rate)
            for run in part.runs:
                count += self._hash(part, run, pictures)
                if run.provable and run.ends and not self._as_recorded(run.airing):
                    yield self._changed(run.airing)
            count += sum(1 for _ in pictures)
        except OutsideError as error:
            self._digest = None  # the rest of an airing proves nothing
            if part.frames:  # what should hold nothing need not be readable, nor be there
                yield Fault(part.path.name, error.what, error.hint)
        if count != part.frames:
            yield _wrong_count(part, count)
        self.frames += count

    def _hash(self, part: Part, run: Run, pictures: Iterator[Picture]) -> int:
        if run.begins:
            self._digest, self._read = PictureDigest(), []
        self._read.append((part, run))
        count = 0
        for picture in islice(pictures, run.frames):
            count += 1
            if self._digest is not None:
                self._digest.update(picture.data, picture.key)
        return count

    def _as_recorded(self, airing: Airing) -> bool:
        return self._digest is None or self._digest.hexdigest() == airing.packets

    def _changed(self, airing: Airing) -> Fault:
        """Names the first packet that isn't the segment's, where the segment is still kept."""
        place = 0
        segment = self._segments(airing.segment)
        if segment is not None:
            with contextlib.suppress(OutsideError):  # then the airing's first frame has to do
                place = self._first_change(airing, segment)
        frame = airing.first_frame + place
        part = next(part for part, run in self._read if frame < run.first_frame + run.frames)
        return Fault(
            f"{part.path.name}, frame {frame}",
            Text(
                f"paket tayangan {_named(airing)} bukan yang dicatat jurnal",
                f"the packets of airing {_named(airing)} aren't those the journal recorded",
            ),
        )

    def _first_change(self, airing: Airing, segment: Path) -> int:
        def coded(path: Path) -> list[bytes]:
            return [_hash(picture) for picture in _coded(path, self._rate)]

        def insert(key: str) -> list[bytes] | None:
            return None if (path := self._segments(key)) is None else coded(path)

        inserts = _inserted(airing, self._inserts, insert)
        if inserts is None:
            return 0
        fit = Fit(coded(segment), inserts)
        found = 0
        for part, run in self._read:
            begins = run.first_frame - part.first_frame
            for picture in islice(_coded(part.path, self._rate), begins, begins + run.frames):
                fit.add(found, _hash(picture))
                found += 1
        if fit.wrong is not None:
            return fit.wrong
        # All that is there fits: then the log ends too early, or else the journal is wrong.
        return found % airing.frames


class PictureProof:
    """Decodes part after part, and compares every recorded picture with its segment's."""

    def __init__(self, segments: FindSegment, rate: Rate, ffmpeg: str, inserts: Inserts) -> None:
        self._rate = rate
        self._inserts = inserts
        self._ffmpeg = ffmpeg
        self._on: tuple[int, Fit | None] | None = None

        @lru_cache(_SEGMENTS_KEPT)
        def pictures(key: str, sounds: bool = True) -> tuple[str, ...] | None:
            path = segments(key)
            if path is None:
                return None
            frames = sum(1 for _ in _coded(path, rate))
            return tuple(picture for _, picture in decoded(path, frames, ffmpeg, sounds=sounds))

        self._pictures = pictures

    def check(self, part: Part) -> Iterator[Fault]:
        """What is wrong with the pictures of the next part."""
        if not part.frames:
            return
        count = 0
        try:
            for run, pictures in self._by_run(part):
                fault = None
                for frame, picture in pictures:
                    count += 1
                    fault = fault or self._compare(part, run.airing, frame, picture)
                if fault is not None:
                    yield fault
        except OutsideError as error:
            yield Fault(part.path.name, error.what, error.hint)
            return
        if count != part.frames:
            yield _wrong_count(part, count)

    def _by_run(self, part: Part) -> Iterator[tuple[Run, Iterator[tuple[int, str]]]]:
        """The pictures with their frames in the session, run by run.

        The frame is told by the time a picture is shown: where recording broke off, the last of
        those that are shown may be there without those before them.
        """
        firsts = [run.first_frame for run in part.runs]
        placed = (
            (part.first_frame + self._rate.frames(at), picture)
            for at, picture in decoded(part.path, part.frames, self._ffmpeg)
        )
        for index, pictures in groupby(placed, lambda shown: bisect_right(firsts, shown[0]) - 1):
            yield part.runs[index], pictures

    def _compare(self, part: Part, airing: Airing, frame: int, picture: str) -> Fault | None:
        """Something only for the first picture of an airing that isn't as it should be."""
        if self._on is None or self._on[0] != airing.occurrence:
            segment = self._pictures(airing.segment)
            inserts = _inserted(airing, self._inserts, lambda key: self._pictures(key, False))
            if segment is None or inserts is None:
                self._on = (airing.occurrence, None)
                return _gone(part, airing, frame)
            self._on = (airing.occurrence, Fit(segment, inserts))
        fit = self._on[1]
        if fit is None or fit.wrong is not None:
            return None
        fit.add(frame - airing.first_frame, picture)
        return None if fit.wrong is None else _other_picture(part, airing, frame)


def _inserted(
    airing: Airing, inserts: Inserts, find: Callable[[str], Sequence[object] | None]
) -> list[shown.Inserted] | None:
    """What aired in the airing's places instead of its segment; None where some of it is gone."""
    found = []
    for one in inserts.get(airing.occurrence, ()):
        begin = one.first_frame - airing.first_frame
        if (pictures := find(one.segment)) is None:
            return None
        stop = begin + min(one.frames, len(pictures))
        found.append(shown.Inserted(begin, stop, pictures))
    return found


def _coded(path: Path, rate: Rate) -> Iterator[Picture]:
    """The coded pictures of a file, in decoding order."""
    with SegmentReader(path, rate, sounds=False) as reader:
        while (picture := reader.picture()) is not None:
            yield picture


def _hash(picture: Picture) -> bytes:
    return hashlib.sha256(picture.data).digest()


def _wrong_count(part: Part, count: int) -> Fault:
    return Fault(
        f"{part.path.name}, frame {part.first_frame + min(count, part.frames)}",
        Text(
            f"berisi {count} frame, menurut jurnal {part.frames}",
            f"holds {count} frames, {part.frames} by the journal",
        ),
    )


def _gone(part: Part, airing: Airing, frame: int) -> Fault:
    return Fault(
        f"{part.path.name}, frame {frame}",
        Text(
            f"segmen tayangan {_named(airing)} atau sisipannya sudah tidak ada untuk dibandingkan",
            f"the segment of airing {_named(airing)} or an insert is gone: nothing to compare",
        ),
        Text("Susun lagi dengan `tayang compose`.", "Compose it again: `tayang compose`."),
    )


def _other_picture(part: Part, airing: Airing, frame: int) -> Fault:
    return Fault(
        f"{part.path.name}, frame {frame}",
        Text(
            f"gambar tayangan {_named(airing)} bukan gambar segmennya",
            f"the picture of airing {_named(airing)} isn't its segment's",
        ),
    )


def _named(airing: Airing) -> str:
    return f"{airing.occurrence} ({airing.title})"
