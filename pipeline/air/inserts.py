"""Pictures that take the place of a segment's for a while, such as those with a lower third over them.

An order with the files of them comes in; while they last their pictures go out, frame for frame, and the
segment's sounds go on. They are whole and in memory before the player hears of them: none can fail on air.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from pipeline.air.reel import Playable, Reel, broken, unreadable
from pipeline.errors import OutsideError, Text
from pipeline.splice import Picture, SegmentReader
from pipeline.timing import Rate

MOST_FRAMES = 3000
"""Of one insert: a minute or two, which is some 20 MB."""

ANOTHER = Text("acara sudah berganti", "another item is on air by now")
LATE = Text("terlambat: tempatnya sudah lewat", "too late: its place has passed")
OVERTAKEN = Text("sudah diganti perintah lain", "another order has replaced it")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InsertFile(_Value):
    """A file of pictures for `frames` of a segment from its frame `first` on."""

    key: str
    path: Path
    first: int
    frames: int
    kind: str = "cue"
    loop: bool = False
    cues: tuple[tuple[int, int], ...] = ()


class CueOrder(_Value):
    """What is wanted of a segment that is on air: `inserts`, side by side and in order.

    From the first of them on nothing holds of what was wanted before. With `after` they go on from
    the insert of that key instead, unless something has replaced it. In the segment's frames from
    `first` to before `last` the cue is seen, or leaves (`off`).
    """

    action: Literal["on", "off"]
    segment: str
    first: int
    last: int
    inserts: tuple[InsertFile, ...]
    after: str | None = None


@dataclass(frozen=True)
class Insert:
    """One insert in memory; `format` is what a reel's has to equal."""

    key: str
    action: str
    first: int
    pictures: tuple[Picture, ...]
    format: tuple[int, bytes]


@dataclass(frozen=True)
class Cue:
    """An order and the inserts that it brings."""

    order: CueOrder
    inserts: tuple[Insert, ...]


def read_cue(order: CueOrder, segment: Playable, rate: Rate) -> Cue:
    """Reads all of its inserts, and looks whether the segment can go on after them.

    Raises OutsideError when a file can't be read, isn't whole, or isn't what the order says.
    """
    ends = [order.first, *(one.first + one.frames for one in order.inserts)]
    firsts = [one.first for one in order.inserts]
    if not order.inserts or firsts[1:] != ends[1:-1]:
        raise _unfit(segment)
    if ends[-1] != segment.frames and not _is_key(segment, ends[-1], rate):
        raise _unfit(segment)
    return Cue(order, tuple(_read(one, order.action, rate) for one in order.inserts))


def _read(file: InsertFile, action: str, rate: Rate) -> Insert:
    if file.frames > MOST_FRAMES:
        raise broken(file)
    try:
        data = file.path.read_bytes()
    except OSError as error:
        raise unreadable(file.path, error) from error
    with closing(Reel(file, rate, data=data, sounds=False)) as reel:
        pictures = []
        while not reel.at_end:
            picture = reel.picture()
            pictures.append(Picture(picture.data, picture.key, picture.display + file.first))
        if reel.damaged is not None:
            raise reel.damaged
        return Insert(file.key, action, file.first, tuple(pictures), reel.format)


def _is_key(segment: Playable, frame: int, rate: Rate) -> bool:
    with SegmentReader(segment.path, rate, sounds=False) as reader:
        return reader.seek_key(frame) == frame


def _unfit(segment: Playable) -> OutsideError:
    name = segment.path.name
    return OutsideError(Text(f"sisipan tidak pas dengan {name}", f"inserts don't fit {name}"))


class Inserts:
    """Those of one airing: what waits, and what is on. For the player's thread, but for `cue`."""

    def __init__(self) -> None:
        self.cue: CueOrder | None = None
        """What is wanted now."""
        self.files: tuple[InsertFile, ...] = ()
        """What is on or waits, in order."""
        self.on = False
        """Whether the next picture is an insert's."""
        self._waiting: deque[Insert] = deque()
        self._left: deque[Picture] = deque()
        self._last: str | None = None

    def refusal(self, cue: Cue, segment: Playable, reel: Reel) -> Text | None:
        """Why an order can't be carried out any more."""
        order = cue.order
        if order.segment != segment.key:
            return ANOTHER
        if order.after is not None and order.after != self._last:
            return OVERTAKEN
        if order.inserts[0].first <= reel.at:
            return LATE
        if any(insert.format != reel.format for insert in cue.inserts):
            return Text("sisipan berformat lain", "the inserts have another format")
        return None

    def take(self, cue: Cue) -> None:
        """From the order's first frame on, this is what holds."""
        first = cue.inserts[0].first
        kept = [insert for insert in self._waiting if insert.first < first]
        self._waiting = deque([*kept, *cue.inserts])
        self._last = cue.inserts[-1].key
        self.files = (*(one for one in self.files if one.first < first), *cue.order.inserts)
        self.cue = cue.order

    def enter(self, at: int) -> Insert | Text | None:
        """Where the program can be left, before frame `at` of the segment: what begins there.

        Text: what should have begun can't any more.
        """
        if not self._waiting or self._waiting[0].first > at:
            return None
        insert = self._waiting.popleft()
        if insert.first < at:
            self._waiting.clear()
            self._last = None
            return LATE
        self._left = deque(insert.pictures)
        self.on = True
        return insert

    def picture(self) -> Picture | None:
        """The next picture of the insert that is on, if one is."""
        picture = self._left.popleft() if self._left else None
        self.on = bool(self._left)
        return picture

    def shown(self, at: int, planned: Sequence[tuple[int, int]]) -> tuple[str, int | None]:
        """Whether a lower third is seen before frame `at`, and up to before which frame it is.

        `off`, `coming`, `on` or `leaving`; `planned` are the frames in which the segment has one.
        """
        cue, waiting = self.cue, tuple(self._waiting)  # the player goes on meanwhile
        if cue is not None and (self.on or (waiting and waiting[0].first <= at)):
            if at >= cue.last:
                return "off", None
            leaves = cue.action == "off" and cue.first <= at
            return "leaving" if leaves else "on", cue.last
        for first, last in planned:
            if first <= at < last:
                return "on", last
        if cue is not None and cue.action == "on" and waiting:
            return "coming", cue.last
        return "off", None


@dataclass(frozen=True, slots=True)
class Inserted:
    """Frames of the program that are an insert's first ones, by the journal."""

    segment: str
    first_frame: int
    frames: int

    @property
    def stop(self) -> int:
        """The frame after the last."""
        return self.first_frame + self.frames


def inserted(lines: Sequence[Mapping[str, Any]]) -> dict[int, tuple[Inserted, ...]]:
    """The inserts of each airing, by occurrence, in order.

    The journal tells when one begins: it lasts for its frames, or until the next or the airing's end.
    """
    found: dict[int, list[Inserted]] = {}
    for line in lines:
        if line["event"] != "insert":
            continue
        before = found.setdefault(line["occurrence"], [])
        first = line["first_frame"]
        if before and before[-1].stop > first:
            last = before[-1]
            before[-1] = Inserted(last.segment, last.first_frame, first - last.first_frame)
        before.append(Inserted(line["segment"], first, line["frames"]))
    return {occurrence: tuple(each) for occurrence, each in found.items()}
