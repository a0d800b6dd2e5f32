"""What aired becomes the chapters of the session's video; pure.

Airings (wall time) and the stretch in which the video was live come in; chapters that YouTube
takes go out, or none: at least three, ascending, the first at 00:00, each of at least 10 seconds
(https://support.google.com/youtube/answer/9884579). It must not know journals.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.publish.words import cut, headline, octets

FEWEST = 3
SHORTEST_S = 10
TITLE_CHARS = 100
SHORT_TITLE_BYTES = 32
"""Titles are shortened down to this before chapters are left out."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One airing in wall time (aware), and the name of the stand that it was about."""

    start: datetime
    end: datetime
    title: str
    stand: str | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a video, from so many seconds after its beginning."""

    at_s: int
    title: str

    @property
    def line(self) -> str:
        """As it stands in the description: `00:00 Title`, from an hour on `1:02:03 Title`."""
        minutes, seconds = divmod(self.at_s, 60)
        hours, minutes = divmod(minutes, 60)
        hour = f"{hours}:" if hours else ""
        return f"{hour}{minutes:02}:{seconds:02} {self.title}"


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Seconds of the video; `named_s` is the length of the one airing that gives the title."""

    at_s: int
    until_s: int
    title: str
    named_s: int

    @property
    def short(self) -> bool:
        return self.until_s - self.at_s < SHORTEST_S


def chapters(aired: Sequence[Moment], start: datetime, end: datetime) -> tuple[Chapter, ...]:
    """The chapters of a video that was live from `start` until `end`; none when too few.

    A gap between two airings belongs to the one before, what was before the first to the first.
    What is shorter than 10 seconds joins what was before it, and the longer gives the title.
    """
    shown = sorted(
        (m for m in aired if _utc(m.end) > _utc(start) and _utc(m.start) < _utc(end)),
        key=lambda moment: _utc(moment.start),
    )
    begins = [max(_seconds(moment.start, start), 0) for moment in shown]
    ends = [*begins, _seconds(end, start)][1:]
    joined: list[_Stretch] = []
    for moment, at, until in zip(shown, begins, ends, strict=True):
        begin = at if joined else 0
        _join(joined, _Stretch(begin, until, _title(moment), until - begin))
    if len(joined) < FEWEST:
        return ()
    return tuple(Chapter(stretch.at_s, stretch.title) for stretch in joined)


def position(at: datetime, start: datetime, end: datetime) -> int | None:
    """Whole seconds from the beginning of a video that was live in [start, end); None outside."""
    return _seconds(at, start) if _utc(start) <= _utc(at) < _utc(end) else None


def fitted(found: Sequence[Chapter], room: int) -> tuple[Chapter, ...]:
    """Chapters whose lines, a newline after each, fit into `room` bytes; none when fewer than three would.

    Long titles are shortened first, all to the same length; if that isn't enough, the shortest
    chapters are left out, never the first, which must be 00:00, nor the last, whose length isn't known.
    """
    left = list(found)
    while len(left) >= FEWEST and _size(_shortened(left, SHORT_TITLE_BYTES)) > room:
        lengths = {n: left[n + 1].at_s - left[n].at_s for n in range(1, len(left) - 1)}
        del left[min(lengths, key=lambda n: lengths[n])]
    if len(left) < FEWEST:
        return ()
    limits = range(SHORT_TITLE_BYTES, 1 + max(octets(chapter.title) for chapter in left))
    fitting = bisect_right(limits, room, key=lambda limit: _size(_shortened(left, limit)))
    return tuple(_shortened(left, SHORT_TITLE_BYTES + max(fitting - 1, 0)))


def _join(joined: list[_Stretch], new: _Stretch) -> None:
    """Adds a stretch, made one with the last where both have one title or either is too short."""
    if joined and (joined[-1].title == new.title or joined[-1].short or new.short):
        last = joined.pop()
        named = max(last, new, key=lambda stretch: stretch.named_s)
        _join(joined, _Stretch(last.at_s, new.until_s, named.title, named.named_s))
    else:
        joined.append(new)


def _title(moment: Moment) -> str:
    # A second time stamp in the line of a chapter would count as another one.
    text = re.sub(r"(?<=\d):(?=\d\d)", ".", headline(moment.title, moment.stand))
    return cut(text, TITLE_CHARS) or "Tayang"


def _shortened(found: Iterable[Chapter], limit: int) -> list[Chapter]:
    return [Chapter(each.at_s, cut(each.title, limit, octets)) for each in found]


def _size(found: Iterable[Chapter]) -> int:
    return sum(octets(chapter.line) + 1 for chapter in found)


def _seconds(moment: datetime, start: datetime) -> int:
    return (_utc(moment) - _utc(start)) // timedelta(seconds=1)


def _utc(moment: datetime) -> datetime:
    # Two times of one zone compare by their wall reading, wrongly when clocks change between.
    return moment.astimezone(UTC)
