"""One session's items while they are being changed: what each kind of change does to them, and its faults.

A session's start, and a time that the clock decides, belong to a place: who comes there takes them over.
Pure; whether the whole can air is for parse to say.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pipeline.errors import Text
from pipeline.rundown.cells import Cell, CellValue, Findings, Row, Table, is_blank
from pipeline.rundown.labels import HEADERS
from pipeline.rundown.model import Item, Session, StartMode
from pipeline.rundown.moments import duration_of, time_of
from pipeline.rundown.rows import RowReader, text_of
from pipeline.rundown.tabled import place_of
from pipeline.rundown.timeline import Planned, cuts, later, plan

T = TypeVar("T")
Items = list[Item]
_TABLE = Table("items", "", frozenset(HEADERS["items"]), ())


class Draft:
    """Each change is applied at once, or noted as a fault and left out."""

    def __init__(
        self, session: Session, zone: ZoneInfo, aired: Collection[str], found: Findings
    ) -> None:
        self._before = session
        self._items = list(session.items)
        self._zone = zone
        self._aired = aired
        self._found = found

    def written(self) -> tuple[Item, ...]:
        """The items; when their times have changed, each that follows is written at its planned time."""
        planned = plan(self._session(self._items))
        if _times(planned) == _times(plan(self._before)):
            return tuple(self._items)
        follow = StartMode.FOLLOW
        return (
            planned[0].item,
            *(_with(p.item, at=p.start) if p.item.start is follow else p.item for p in planned[1:]),
        )

    def move(self, id: str, before: str | None) -> None:
        """In front of another item, or to the end."""
        item = self._free(id)
        if item is None or before == id:
            return
        others = [one for one in self._items if one.id != id]
        place = len(others) if before is None else self._place(others, before)
        if place is None:
            self._fault(id, _gone(before or ""))
        elif place < self._open(others):
            what = Text("tempat itu sudah lewat", "that place has gone by")
            hint = Text("Taruh setelah acara yang sedang tayang.", "Put it after what is on air.")
            self._fault(id, what, hint)
        else:
            self._items = self._moved(item, place)

    def retime(self, id: str, typed: str) -> None:
        """A new time; who followed starts exactly then, who waited for a take is planned then."""
        item = self._free(id)
        if item is None:
            return
        planned = next(p for p in plan(self._session(self._items)) if p.item.id == id)
        zone = planned.start.tzname() or ""
        span = self._read(id, "at", typed, lambda value: time_of(value, zone))
        if span is None:
            return
        at = datetime.combine(planned.start, span[0], self._zone)
        near = (at + timedelta(days=days) for days in (-1, 0, 1))
        at = min(near, key=lambda moment: abs(moment - planned.start))
        mode = StartMode.FIXED if item.start is StartMode.FOLLOW else item.start
        self._replace(_with(item, at=at, start=mode))

    def resize(self, id: str, typed: str) -> None:
        item = self._free(id)
        seconds = item and self._read(id, "duration", typed, duration_of)
        if item and seconds:
            self._replace(_with(item, duration_s=seconds))

    def retitle(self, id: str, typed: str) -> None:
        """Also of an item that is on air: its picture stays as it is."""
        item = self._there(id)
        title = item and self._read(id, "title", typed, text_of)
        if item and title:
            self._replace(_with(item, title=title))

    def restart(self, id: str, mode: StartMode) -> None:
        """Who is to start at a time, or to wait, does so at the time at which it is planned now."""
        item = self._free(id)
        if item is not None and item.start is not mode:
            planned = next(p for p in plan(self._session(self._items)) if p.item.id == id)
            self._replace(_with(item, start=mode, at=planned.start))

    def remove(self, id: str) -> None:
        item = self._free(id)
        if item is None:
            return
        if len(self._items) == 1:
            what = Text("acara terakhir tidak dapat dihapus", "the last item can't be removed")
            self._fault(id, what, Text("Satu sesi perlu isi.", "A session needs an item."))
            return
        self._items = _without(self._items, id)

    def late(self, stand: int, minutes: int) -> None:
        """The stand's next items go behind others, to where they begin at least that much later.

        Those after them move up, into their time; fixed starts of others stay. Where that would cut
        something, or nothing is left to move up, they start at a time of their own.
        """
        planned = plan(self._session(self._items))
        own = [p for p in planned if p.item.stand == stand and p.item.id not in self._aired]
        if not own:
            what = Text(
                f"stand {stand} tidak punya acara yang belum tayang",
                f"stand {stand} has nothing that is still to air",
            )
            self._fault(f"Stand {stand}", what)
            return
        ready = later(own[0].start, minutes * 60)
        late = [p.item for p in own if _utc(p.start) < _utc(ready)]
        rest = self._items
        first = rest.index(late[0])
        for item in late:
            rest = _without(rest, item.id)
        moved = [_with(item, start=_yielding(item)) for item in late]
        found = self._places(rest, moved, ready, max(first, self._open(rest)))
        least = min(self._lost(self._items), min(map(self._lost, found)))
        self._items = next((each for each in found if self._lost(each) <= least), found[0])

    def _places(self, rest: Items, moved: Items, ready: datetime, first: int) -> list[Items]:
        """The session with `moved` at each place from `first` on where they begin at `ready` or later."""
        planned = plan(self._session(rest)) if rest else ()
        found = []
        for place in range(first, len(rest) + 1):
            end = planned[place - 1].end if place else None
            head = moved[0]
            free = place == len(rest) or rest[place].start is StartMode.FIXED
            if end is not None and _utc(end) >= _utc(ready):
                head = _with(head, at=end)
            elif free:
                mode = head.start if head.start is StartMode.MANUAL else StartMode.FIXED
                head = _with(head, at=ready, start=mode)
            else:
                continue
            found.append([*rest[:place], head, *moved[1:], *rest[place:]])
        return found

    def _moved(self, item: Item, place: int) -> Items:
        if self._items[0] is item:
            rest = _without(self._items, item.id)
            item = _with(item, start=_yielding(item))
        else:
            rest = [one for one in self._items if one is not item]
        if place == 0 and item.start is not StartMode.FIXED:
            opener, *others = rest
            mode = opener.start if item.start is StartMode.FOLLOW else item.start
            item = _with(item, at=opener.at, start=mode)
            return [item, _with(opener, start=StartMode.FOLLOW), *others]
        if place and item.start is StartMode.MANUAL:
            item = _with(item, at=plan(self._session(rest[:place]))[-1].end)
        return [*rest[:place], item, *rest[place:]]

    def _session(self, items: Sequence[Item]) -> Session:
        return self._before.model_copy(update={"items": tuple(items)})

    def _lost(self, items: Items) -> int:
        return sum(cut.lost_s for cut in cuts(plan(self._session(items))))

    def _open(self, items: Items) -> int:
        """The first place that has not gone by."""
        gone = (place for place, item in enumerate(items, 1) if item.id in self._aired)
        return max(gone, default=0)

    def _place(self, items: Items, id: str) -> int | None:
        return next((place for place, item in enumerate(items) if item.id == id), None)

    def _there(self, id: str) -> Item | None:
        item = next((item for item in self._items if item.id == id), None)
        if item is None:
            self._fault(id, _gone(id))
        return item

    def _free(self, id: str) -> Item | None:
        """The item, when it is there and has still to air."""
        item = self._there(id)
        if item is None or id not in self._aired:
            return item
        self._fault(
            id,
            Text(
                "sudah tayang, sedang tayang, atau terlewat",
                "is on air, has aired, or was missed",
            ),
            Text("Hanya judulnya yang masih dapat diubah.", "Only its title can still change."),
        )
        return None

    def _read(self, id: str, field: str, typed: str, read: Callable[[CellValue], T]) -> T | None:
        """What was typed, read as a workbook's cell is."""
        where = place_of(id, field)
        cells = {} if is_blank(typed) else {field: Cell(typed, where)}
        reader = RowReader(Row(cells, {field: where}), _TABLE, self._found)
        return reader.take(field, read, required=True)

    def _replace(self, item: Item) -> None:
        self._items = [item if one.id == item.id else one for one in self._items]

    def _fault(self, where: str, what: Text, hint: Text | None = None) -> None:
        self._found.fault(where, what, hint)


def _with(item: Item, **values: Any) -> Item:
    return item.model_copy(update=values)


def _yielding(item: Item) -> StartMode:
    """How an item starts that gave its own time away."""
    return StartMode.FOLLOW if item.start is StartMode.FIXED else item.start


def _without(items: Items, id: str) -> Items:
    """The others; who comes into a place that had a time of its own takes that over."""
    place, gone = next((place, item) for place, item in enumerate(items) if item.id == id)
    rest = [*items[:place], *items[place + 1 :]]
    timed = place == 0 or gone.start is not StartMode.FOLLOW
    if timed and place < len(rest) and rest[place].start is StartMode.FOLLOW:
        rest[place] = _with(rest[place], at=gone.at, start=gone.start)
    return rest


def _times(planned: Sequence[Planned]) -> list[tuple[str, datetime, datetime]]:
    return [(each.item.id, each.start, each.end) for each in planned]


def _utc(moment: datetime) -> float:
    return moment.timestamp()


def _gone(id: str) -> Text:
    return Text(f"acara {id} sudah tidak ada", f"item {id} isn't there any more")
