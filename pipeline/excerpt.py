"""A shortened session made of a real rundown, for the demonstration and for trying things out. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import cycle

from pipeline.rundown import Item, Kind, Rundown, Session, Stand, StartMode

SLATE_S, ITEM_S, LAST_S = 10, 14, 10


def excerpt(rundown: Rundown, start: datetime, name: str) -> Session:
    """A slate, two videos, two catalogues, and one stand's second appearance; starts at `start`.

    Takes what the rundown has: where there are too few videos, catalogues serve, and the other way
    round; a rundown without a single stand gives a slate. `name` becomes the session's id.
    """
    items = [item for session in rundown.sessions for item in session.items]
    chosen = [
        _opening(items),
        *_alternating(list(_videos(items)), list(_catalogues(rundown, items))),
    ]
    if len(chosen) > 1:
        chosen.append(_again(rundown, chosen[1]))
    lengths = [SLATE_S, *[ITEM_S] * (len(chosen) - 2), LAST_S][-len(chosen) :]
    return Session(
        id=name,
        day=start.date(),
        items=tuple(_in_a_row(chosen, lengths, start)),
    )


def _in_a_row(items: list[Item], lengths: list[int], start: datetime) -> Iterator[Item]:
    """The items one after another; the fourth is held to its time, the others follow."""
    at = start
    for number, (item, length) in enumerate(zip(items, lengths, strict=True), 1):
        mode = StartMode.FIXED if number in (1, 4) else StartMode.FOLLOW
        placed = {"id": f"1-{number:02}", "at": at, "duration_s": length, "start": mode}
        yield item.model_copy(update=placed)
        at += timedelta(seconds=length)


def _opening(items: Iterable[Item]) -> Item:
    slate = Item(
        id="slate",
        kind=Kind.SLATE,
        title="Segera dimulai",
        at=datetime.min,
        duration_s=SLATE_S,
        start=StartMode.FIXED,
    )
    return next((item for item in items if item.kind is Kind.SLATE), slate)


def _videos(items: Iterable[Item]) -> Iterator[Item]:
    seen: set[int | None] = set()
    for item in items:
        if item.kind is Kind.VIDEO and item.stand not in seen:
            seen.add(item.stand)
            yield item


def _catalogues(rundown: Rundown, items: Iterable[Item]) -> Iterator[Item]:
    """The planned catalogues first, then every stand that could have one."""
    planned = [item for item in items if item.kind is Kind.CATALOGUE]
    yield from planned
    seen = {item.stand for item in planned}
    for stand in rundown.stands:
        if stand.products and stand.number not in seen:
            yield _catalogue(stand)


def _catalogue(stand: Stand) -> Item:
    return Item(
        id=f"katalog-{stand.number}",
        kind=Kind.CATALOGUE,
        title=f"Katalog {stand.name}",
        at=datetime.min,
        duration_s=ITEM_S,
        start=StartMode.FOLLOW,
        stand=stand.number,
    )


def _alternating(videos: list[Item], catalogues: list[Item]) -> list[Item]:
    """Four items, videos and catalogues in turn, of four different stands as far as there are so many."""
    chosen: list[Item] = []
    sources = cycle([videos, catalogues])
    for _ in range(4):
        source = next(sources)
        left = _unseen(source, chosen) or _unseen(videos + catalogues, chosen)
        if left:
            chosen.append(left[0])
    return chosen


def _unseen(source: list[Item], chosen: list[Item]) -> list[Item]:
    stands = {item.stand for item in chosen}
    return [item for item in source if item.stand not in stands]


def _again(rundown: Rundown, first: Item) -> Item:
    """The first stand once more: its catalogue when it has one, else the same item."""
    stand = rundown.stand_of(first)
    return _catalogue(stand) if stand is not None and stand.products else first
