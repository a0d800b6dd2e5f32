"""A rundown changed while its session is on air: items keep the names they had, and what differs is told.

An item's id is its place in the workbook, so that a line put in between would rename all that follow.
What is on air, what has aired and what the crew asked for are known by id: here the ids stay. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pipeline.errors import Text
from pipeline.rundown.model import Item, Session
from pipeline.rundown.timeline import Planned, plan


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one item; `item` is its id on air."""

    item: str
    title: str
    what: Text


def keep_ids(before: Sequence[Item], after: Session) -> Session:
    """The session with each item that was there before under its old id, and new ids for new ones."""
    same = dict(_matches(before, after.items))
    taken = {item.id for item in before}
    items = []
    for place, item in enumerate(after.items):
        if place in same:
            id = before[same[place]].id
        else:
            id = item.id
            while id in taken:
                id += "+"
            taken.add(id)
        items.append(item.model_copy(update={"id": id}))
    return after.model_copy(update={"items": tuple(items)})


def changes(before: Sequence[Planned], after: Session) -> tuple[Change, ...]:
    """What differs between a plan and a session with the same ids, in the new order, then what is gone."""
    old = {planned.item.id: planned for planned in before}
    new = {planned.item.id: planned for planned in plan(after)}
    found = []
    for id, planned in new.items():
        what = (
            _difference(old[id], planned)
            if id in old
            else Text(f"baru, pukul {planned.start:%H.%M}", f"new, at {planned.start:%H:%M}")
        )
        if what is not None:
            found.append(Change(id, planned.item.title, what))
    gone = Text("dihapus", "removed")
    found += [Change(id, p.item.title, gone) for id, p in old.items() if id not in new]
    return tuple(found)


def _matches(before: Sequence[Item], after: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Places of the same item, (after, before): first in order, then edited, then moved ones."""
    matcher = SequenceMatcher(None, [_key(i) for i in before], [_key(i) for i in after], False)
    left: set[int] = set()
    fresh: set[int] = set()
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(range(c, d), range(a, b), strict=True)
            continue
        left |= set(range(a, b))
        fresh |= set(range(c, d))
        for new in range(c, d):
            old = next(
                (n for n in range(a, b) if n in left and _edited(before[n], after[new])), None
            )
            if old is not None:
                left.discard(old)
                fresh.discard(new)
                yield new, old
    for new in sorted(fresh):
        old = next((n for n in sorted(left) if _key(before[n]) == _key(after[new])), None)
        if old is not None:
            left.discard(old)
            yield new, old


def _key(item: Item) -> tuple[object, ...]:
    return (item.kind, item.stand, item.media, item.title)


def _edited(one: Item, other: Item) -> bool:
    """Whether two different lines at the same place mean the same item."""
    return one.kind is other.kind and (
        (one.stand is not None and one.stand == other.stand) or one.title == other.title
    )


def _difference(old: Planned, new: Planned) -> Text | None:
    told: list[Text] = []
    if new.start != old.start:
        told.append(
            Text(
                f"pukul {old.start:%H.%M.%S} → {new.start:%H.%M.%S}",
                f"{old.start:%H:%M:%S} → {new.start:%H:%M:%S}",
            )
        )
    if new.item.duration_s != old.item.duration_s:
        told.append(
            Text(
                f"durasi {old.item.duration_s} → {new.item.duration_s} detik",
                f"duration {old.item.duration_s} → {new.item.duration_s} s",
            )
        )
    if new.item.start is not old.item.start:
        modes = f"{old.item.start.value} → {new.item.start.value}"
        told.append(Text(f"mulai {modes}", f"start {modes}"))
    if _key(new.item) != _key(old.item):
        told.append(Text("isi berubah", "content changed"))
    if not told:
        return None
    return Text("; ".join(t.id for t in told), "; ".join(t.en for t in told))
