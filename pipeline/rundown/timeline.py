"""When each item of a session is planned to be on air, and where nothing is; pure.

Sums are made in UTC, so that a session over a change of clocks keeps its lengths.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pipeline.rundown.model import Item, Session, StartMode


@dataclass(frozen=True, slots=True)
class Planned:
    """An item's planned stretch of wall time. One that a fixed start cut away has no length."""

    item: Item
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch in which nothing is planned; `before` is the item that ends it."""

    start: datetime
    end: datetime
    before: Item | None


@dataclass(frozen=True, slots=True)
class Cut:
    """An item that a fixed start takes `lost_s` seconds away from."""

    item: Item
    lost_s: int
    by: Item


def later(moment: datetime, seconds: int) -> datetime:
    """The moment so many real seconds later, in the same time zone."""
    return (moment.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(moment.tzinfo)


def plan(session: Session) -> tuple[Planned, ...]:
    """Every item in order, none overlapping another.

    A fixed start is at its time and cuts what is before it; a follow starts when the one before
    ends; a manual is planned at its time, or at the end of the one before when that is later.
    """
    planned: list[Planned] = []
    for item in session.items:
        start = item.at
        if planned and item.start is not StartMode.FIXED:
            end = planned[-1].end
            start = end if item.start is StartMode.FOLLOW else max(item.at, end, key=_utc)
        planned = [_until(each, start) for each in planned]
        planned.append(Planned(item, start, later(start, item.duration_s)))
    return tuple(planned)


def _utc(moment: datetime) -> datetime:
    # Two times of one zone compare by their wall reading, wrongly when clocks change between.
    return moment.astimezone(UTC)


def _until(planned: Planned, moment: datetime) -> Planned:
    if _utc(planned.end) <= _utc(moment):
        return planned
    return replace(planned, start=min(planned.start, moment, key=_utc), end=moment)


def holes(planned: Sequence[Planned]) -> tuple[Hole, ...]:
    """The stretches between planned items in which nothing is planned."""
    return tuple(
        Hole(one.end, two.start, two.item)
        for one, two in pairwise(planned)
        if _utc(one.end) < _utc(two.start)
    )


def cuts(planned: Sequence[Planned]) -> tuple[Cut, ...]:
    """What fixed starts take away from the items before them."""
    found: list[Cut] = []
    by: Item | None = None
    for each in reversed(planned):
        left = (_utc(each.end) - _utc(each.start)) // timedelta(seconds=1)
        if by is not None and left < each.item.duration_s:
            found.append(Cut(each.item, each.item.duration_s - left, by))
        if each.item.start is StartMode.FIXED:
            by = each.item
    return tuple(reversed(found))
