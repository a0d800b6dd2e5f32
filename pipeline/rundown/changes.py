"""A rundown changed while its session is on air: items keep the names they had, and what differs is told.

An item's id is its place in the workbook, so that a line put in between would rename all that follow.
What is on air, what has aired and what the crew asked for are known by id: here the ids stay. Pure.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from pipeline.errors import Text
from pipeline.rundown.model import Item, Session
from pipeline.rundown.timeline import Planned, plan

MATCH = 1 << 20
"""What a line that stays counts against one that stays at its time."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one item; `item` is its id on air."""

    item: str
    title: str
    what: Text


def keep_ids(before: Sequence[Item], after: Session, used: Collection[str] = ()) -> Session:
    """The session with each item that was there before under its old id, and new ids for new ones.

    Ids that were `used` by items which are gone are not given again.
    """
    same = dict(_matches(before, after.items))
    taken = {item.id for item in before} | set(used)
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
    """Places of the same item, (after, before): those in order, then moved, then edited ones."""
    in_order = dict(_in_order(before, after))
    yield from in_order.items()
    left = [n for n in range(len(before)) if n not in in_order.values()]
    fresh = [n for n in range(len(after)) if n not in in_order]

    def moved(new: int, old: int) -> bool:
        return _key(before[old]) == _key(after[new])

    def edited(new: int, old: int) -> bool:
        between = all((n < new) == (o < old) for n, o in in_order.items())
        return between and _edited(before[old], after[new])

    for same in (moved, edited):
        for new in tuple(fresh):
            old = next((n for n in left if same(new, n)), None)
            if old is not None:
                left.remove(old)
                fresh.remove(new)
                yield new, old


def _in_order(before: Sequence[Item], after: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """The most lines that are there in the same order; of repeated ones those at their time."""
    olds, news = [_key(item) for item in before], [_key(item) for item in after]
    best = [[0] * (len(news) + 1) for _ in range(len(olds) + 1)]

    def together(old: int, new: int) -> int:
        if olds[old] != news[new]:
            return 0
        return best[old + 1][new + 1] + MATCH + (before[old].at == after[new].at)

    for old in reversed(range(len(olds))):
        for new in reversed(range(len(news))):
            best[old][new] = max(best[old + 1][new], best[old][new + 1], together(old, new))
    old = new = 0
    while best[old][new]:
        if best[old][new] == together(old, new):
            yield new, old
            old, new = old + 1, new + 1
        elif best[old][new] == best[old + 1][new]:
            old += 1
        else:
            new += 1


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
    if new.item.title != old.item.title:
        titles = f"“{old.item.title}” → “{new.item.title}”"
        told.append(Text(f"judul {titles}", f"title {titles}"))
    elif _key(new.item) != _key(old.item):
        told.append(Text("isi berubah", "content changed"))
    if not told:
        return None
    return Text("; ".join(t.id for t in told), "; ".join(t.en for t in told))
