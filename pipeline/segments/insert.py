"""Short files that take the place of a segment's pictures on air: the same frames with a cue over them.

A segment, frames of it and a cue come in; coded pictures without sound go out, under the hash of all that
decides them. Only the frames that the cue touches are encoded. Knows no program and no crew.
"""

import hashlib
import json
import tempfile
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pipeline.segments import graph
from pipeline.segments.house import house_digest
from pipeline.segments.plan import RECIPE, Cue, FootagePiece, SegmentPlan, piece_key
from pipeline.segments.runs import Runs, disk_refused
from pipeline.segments.standard import check_made
from pipeline.segments.stills import Stills
from pipeline.settings import House
from pipeline.splice import SegmentReader, Timeline, TransportWriter
from pipeline.timing import Rate

INSERTS = "inserts"
"""The store's folder of them."""

LONGEST = 8
"""More pictures than any mini-GOP of the house format has."""


@dataclass(frozen=True, slots=True)
class Clean:
    """Footage without one of its cues; it is the segment's from frame `begins` on."""

    piece: FootagePiece
    begins: int


@dataclass(frozen=True)
class InsertPlan:
    """All that decides an insert: frames [first, first + frames) of a segment, and a cue over them.

    `cue` counts the segment's frames and may begin before and end after. `clean`: the pictures under
    it, where they aren't the segment's own.
    """

    segment: str
    first: int
    frames: int
    cue: Cue | None
    clean: Clean | None
    house: House

    @cached_property
    def key(self) -> str:
        """SHA-256 over segment, frames, cue and house format."""
        under = self.clean and [piece_key(self.clean.piece, self.house), self.clean.begins]
        drawn = None
        if self.cue is not None:
            png = hashlib.sha256(self.cue.drawn.svg.encode()).hexdigest()
            place = [self.cue.drawn.scale, self.cue.drawn.x, self.cue.drawn.y]
            drawn = [png, *place, self.cue.first, self.cue.last]
        facts = [RECIPE, house_digest(self.house), self.segment, self.first, self.frames]
        return hashlib.sha256(json.dumps([*facts, drawn, under]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Joints:
    """Where a stretch of coded pictures can be left, and where it can be entered: frames, in order."""

    exits: tuple[int, ...]
    keys: tuple[int, ...]

    def exit(self, frame: int) -> int | None:
        """The first exit at or after a frame."""
        return _at_or_after(self.exits, frame)

    def key(self, frame: int) -> int | None:
        """The first keyframe, or the end, at or after a frame."""
        return _at_or_after(self.keys, frame)


def joints(path: Path, rate: Rate, frame: int, until: int, *, frames: int) -> Joints:
    """Of a file with so many frames, from the keyframe at or before `frame` to beyond `until`.

    Its end counts as both. Raises OutsideError when it can't be read.
    """
    exits: list[int] = []
    keys: list[int] = []
    with SegmentReader(path, rate, sounds=False) as reader:
        sent = shown = reader.seek_key(min(frame, frames - 1))
        while sent < frames and (not keys or keys[-1] < until):
            picture = reader.picture()
            if picture is None:
                break
            if sent == shown:
                exits.append(sent)
            if picture.key:
                keys.append(sent)
            sent, shown = sent + 1, max(shown, picture.display + 1)
    if sent == frames:
        exits.append(frames)
        keys.append(frames)
    return Joints(tuple(exits), tuple(keys))


def split(first: int, last: int, found: Joints, least: int) -> tuple[tuple[int, int], ...]:
    """Begin and end of the inserts for frames [first, last), each as short as may be. Pure.

    They end at keyframes, at least `least` frames on: while one airs the next is made.
    """
    spans: list[tuple[int, int]] = []
    while first < last:
        end = found.key(min(first + least, last))
        if end is None:
            break
        spans.append((first, end))
        first = end
    return tuple(spans)


def without(plan: SegmentPlan, cue: tuple[int, int]) -> Clean | None:
    """The footage of a segment without the lower third that is there in these frames; None: no footage."""
    begins = 0
    for piece in plan.pieces:
        if isinstance(piece, FootagePiece):
            stay = tuple(c for c in piece.cues if (begins + c.first, begins + c.last) != cue)
            if len(stay) < len(piece.cues):
                return Clean(replace(piece, cues=stay), begins)
        begins += piece.frames
    return None


class Inserter:
    """Makes inserts into one store, for one house format; for any number of threads."""

    def __init__(self, store: Path, house: House, ffmpeg: str) -> None:
        self._store = store
        self._house = house
        self._ffmpeg = ffmpeg

    def path(self, key: str) -> Path:
        return self._store / INSERTS / f"{key}.ts"

    def make(self, plan: InsertPlan, segment: Path, runs: Runs) -> Path:
        """The insert's file, made unless it is there; OutsideError when it can't be."""
        out = self.path(plan.key)
        if not out.exists():
            try:
                out.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(dir=self._store, prefix=".insert-") as folder:
                    made = self._encode(plan, segment, Path(folder), runs)
                    check_made(made, plan.frames, self._store, self._house)
                    made.rename(out)
            except OSError as error:
                raise disk_refused(error) from error
        return out

    def _encode(self, plan: InsertPlan, segment: Path, folder: Path, runs: Runs) -> Path:
        files, out = Stills(folder, self._house), folder / "out.ts"
        cue = plan.cue and replace(
            plan.cue, first=plan.cue.first - plan.first, last=plan.cue.last - plan.first
        )
        under: Path | FootagePiece
        if plan.clean is not None:
            under, skip = plan.clean.piece, plan.first - plan.clean.begins
        else:
            under = folder / "under.ts"
            skip = plan.first - self._copy(segment, plan.first, plan.frames, under)
        argv = graph.insert_argv(
            self._ffmpeg, under, skip, cue, plan.frames, self._house, files.still, out
        )
        runs.run(argv, deadline=60 + plan.frames)
        return out

    def _copy(self, segment: Path, first: int, frames: int, out: Path) -> int:
        """Copies the pictures that it takes to decode these frames; returns the first one's place.

        ffmpeg would seek by time stamps, and not always to the same frame.
        """
        with (
            SegmentReader(segment, self._house.rate, sounds=False) as reader,
            out.open("wb") as file,
        ):
            begins = reader.seek_key(first)
            timeline = Timeline(self._house.rate, reader.delay)
            timeline.enter(begins)
            with TransportWriter(file, reader) as writer:
                for _ in range(first + frames - begins + LONGEST):
                    picture = reader.picture()
                    if picture is None:
                        break
                    writer.picture(picture, timeline.picture(picture))
        return begins


def _at_or_after(frames: Sequence[int], frame: int) -> int | None:
    place = bisect_left(frames, frame)
    return frames[place] if place < len(frames) else None
