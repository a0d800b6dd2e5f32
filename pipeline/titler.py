"""The lower third of what is on air comes and goes when the crew says so: a wish in, air's answer out.

Asks air where it is, makes the few pictures that differ, and orders them. Takes a second or two, so it
wants a thread of its own; knows no panel.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.air import LATE, SHEET, Sheet, ask, read_sheet
from pipeline.errors import OutsideError, Text, UsageError
from pipeline.overlays import Drawn
from pipeline.playout import on_air
from pipeline.rundown import Item, Kind, Planned
from pipeline.segments import (
    INSERTS,
    LOWER_THIRD_FOR,
    MOVE,
    Clean,
    Cue,
    Inserter,
    InsertPlan,
    Next,
    Planner,
    Runs,
    joints,
    split,
    without,
)
from pipeline.wiring import Studio

LEAD = 1.0
"""Seconds from the look at the program to the first changed picture, at first; then as it was measured."""

MOST_LEAD = 5.0
"""Whoever presses a key and sees nothing for longer presses it again."""

LEAST_SECONDS = 1.5
"""No insert is shorter, so that the next is there when it ends."""

SHORTEST = 3 * MOVE
"""It doesn't come for fewer frames."""

BROKE_OFF = Text(
    "lower third terputus: komputer terlalu sibuk", "the lower third broke off: the machine is busy"
)
Answer = dict[str, Any]


class _Refused(Exception):
    """Why a wish can't be carried out."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class _Place:
    """Where the program is: what its status says of what is on, and the item of the sheet."""

    on: dict[str, Any]
    state: str
    planned: Planned
    following: Planned | None

    @property
    def at(self) -> int:
        """The frame of the segment that comes next."""
        return int(self.on["at"])

    def own(self, frame: int) -> tuple[int, int] | None:
        """The frames of the segment's own lower third around a frame, if there is one."""
        return next(((a, b) for a, b in self.on["cues"] if a <= frame < b), None)

    @property
    def steady(self) -> int:
        """Before which frame what was ordered hasn't come in yet."""
        order = self.on["order"]
        return int(order["first"]) + MOVE if order and order["action"] == "on" else 0

    def seen(self, frame: int) -> int:
        """Before which frame the lower third is gone that is seen at a frame, if one is."""
        if own := self.own(frame):
            return own[1]
        order = self.on["order"]
        return int(order["last"]) if order and order["action"] == "on" else 0

    def room(self, frame: int) -> int:
        """Before which frame a lower third has to be gone again: that of the segment's own, or its end."""
        return min((a for a, _ in self.on["cues"] if a > frame), default=int(self.on["frames"]))


class Titler:
    """Shows and hides lower thirds of one event; for any number of threads."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._house = studio.settings.house
        self._store = studio.settings.state / "segments"
        self._lead = LEAD
        self._one = threading.Lock()

    def show(self, item: str | None, by: str, order_id: str) -> Answer:
        """Puts the lower third of the item on air over it, for eight seconds.

        `item` None: of whatever is on. The answer is air's: `ok` and the `frame` with which it comes,
        or why not as `id` and `en`. OutsideError: nothing is on air, or it can't be made.
        """
        return self._carry_out("on", item, by, order_id)

    def hide(self, item: str | None, by: str, order_id: str) -> Answer:
        """Takes it away, also one that was planned; as `show`."""
        return self._carry_out("off", item, by, order_id)

    def drawn(self, item: str) -> bytes:
        """What appears, as a transparent PNG of the whole frame; UsageError: that item has none."""
        session = on_air(self._studio.settings)
        items = [one.item for one in self._sheet(session).session.plan] if session else []
        items += [one for day in self._studio.rundown.sessions for one in day.items]
        found = next((one for one in items if one.id == item), None)
        if found is None or found.kind is not Kind.VIDEO:
            raise UsageError(Text(f"{item} tanpa lower third", f"{item} has no lower third"))
        return self._third(found).on_frame(self._house.width, self._house.height)

    def _carry_out(self, action: str, item: str | None, by: str, order_id: str) -> Answer:
        with self._one:  # a wish while another is carried out waits: it begins where that one ends
            try:
                order = {"command": "cue", "id": order_id, "by": by, "text": action}
                answer = self._try(order, item)
                if answer.get("id") == LATE.id:  # the machine is busy: once more, with more time
                    self._lead = min(MOST_LEAD, 2 * self._lead)
                    answer = self._try(order | {"id": f"{order_id}.2"}, item)
                return answer
            except _Refused as refused:
                return {"ok": False, "id": refused.why.id, "en": refused.why.en}

    def _try(self, order: Answer, item: str | None) -> Answer:
        """Air's answer to the first insert; the others follow it."""
        drawn = self._third(self._look(item).planned.item)  # which takes longest the first time
        looked, place = self._studio.clock.monotonic(), self._look(item)
        first = self._first(place)
        coming = order["text"] == "on"
        cue = self._coming(drawn, first, place) if coming else _going(drawn, first, place)
        plans = self._plans(cue, first, place)
        answer, needed, before, lead = Answer(), 0.0, None, self._lead
        for plan in plans:
            id = order["id"] if before is None else f"{order['id']}.{plan.first}"
            said = self._order(order | {"id": id}, place, plan, cue, before)
            took = self._studio.clock.monotonic() - looked
            needed = max(needed, took - (plan.first - first) / self._house.fps)
            self._lead = min(MOST_LEAD, max(lead / 2, 1.3 * needed + 0.1))
            answer, before = answer or said, plan.key
            if said.get("id") == LATE.id and answer["ok"]:
                raise OutsideError(BROKE_OFF, Text("Ulangi.", "Do it again."))
            if not said["ok"]:
                break
        return answer

    def _order(
        self, order: Answer, place: _Place, plan: InsertPlan, cue: Cue, after: str | None
    ) -> Answer:
        """Makes one insert, and has it aired; `after`: the key of the one before it."""
        inserter = Inserter(self._store, self._house, self._studio.ffmpeg)
        path = inserter.make(plan, self._segment(place), Runs())
        insert = {"key": plan.key, "path": str(path), "first": plan.first, "frames": plan.frames}
        wanted = {
            "action": order["text"],
            "segment": place.on["segment"],
            "first": cue.first if order["text"] == "on" else cue.last - MOVE,
            "last": cue.last,
            "inserts": [insert],
            "after": after,
        }
        return ask(self._air, order | {"item": place.on["item"], "cue": wanted})

    # Where

    def _look(self, item: str | None) -> _Place:
        """Where the program is now; refused unless it is in the footage of that item."""
        status = ask(self._air, {"command": "status"})
        on = status["on"]
        there = on and on["item"]
        if there is None or on["kind"] == "slate" or on["loop"]:
            raise _Refused(Text("yang tayang tanpa lower third", "what is on has no lower third"))
        if item not in (None, there):
            what = f"{there} {on['title']}"
            raise _Refused(
                Text(
                    f"{item} tidak sedang tayang; yang tayang: {what}",
                    f"{item} isn't on; {what} is",
                )
            )
        plan = self._sheet(status["session"]).session.plan
        for each, after in pairwise((*plan, None)):
            if each is not None and each.item.id == there:
                return _Place(on, status["cue"]["state"], each, after)
        raise _Refused(Text(f"{there} tak ada di rundown", f"{there} isn't in the rundown"))

    def _first(self, place: _Place) -> int:
        """The first frame after the lead at which the program can be left."""
        target = max(place.steady, place.at + round(self._lead * self._house.fps))
        frames = int(place.on["frames"])
        path, begins = self._segment(place), 0
        for one in reversed(place.on["inserts"]):
            if one["first"] <= target < one["first"] + one["frames"]:
                path, begins = self._store / INSERTS / f"{one['key']}.ts", one["first"]
                frames = one["frames"]
                break
        if target - begins < frames:
            found = joints(
                path, self._house.rate, target - begins, target - begins + MOVE, frames=frames
            ).exit(target - begins)
            if found is not None:
                return begins + found
        raise _Refused(Text("acara hampir selesai", "the item is nearly over"))

    def _coming(self, drawn: Drawn, first: int, place: _Place) -> Cue:
        if place.state != "off":
            raise _Refused(Text("lower third sudah tampil", "the lower third is there already"))
        own = place.own(first)
        length = self._house.rate.frames(LOWER_THIRD_FOR)
        if own is not None and place.own(place.at) != own:
            raise _Refused(
                Text("lower third segera muncul sendiri", "it is about to come by itself")
            )
        last = own[1] if own else min(first + length, place.room(first))
        if last - first < SHORTEST:
            raise _Refused(Text("tinggal terlalu singkat", "too little time is left"))
        return Cue(drawn, first, last)

    def _plans(self, cue: Cue, first: int, place: _Place) -> Sequence[InsertPlan]:
        """The inserts from a frame on: all that the cue, or its absence, touches."""
        own = place.own(first)
        clean = self._clean(place, own) if own else None
        last = max(cue.last, own[1] if own else 0)
        rate = self._house.rate
        found = joints(self._segment(place), rate, first, last, frames=int(place.on["frames"]))
        least = round(LEAST_SECONDS * rate.fps)
        return [
            InsertPlan(place.on["segment"], begin, end - begin, cue, clean, self._house)
            for begin, end in split(first, last, found, least)
        ]

    def _clean(self, place: _Place, own: tuple[int, int]) -> Clean:
        """The footage without the segment's own lower third."""
        item, after = place.planned.item, place.following
        announced = Next(after.item.title, after.start) if after else None
        stand = self._studio.rundown.stand_of(item)
        plan = self._planner.segment(item, stand, announced)
        clean = without(plan, own) if plan.key == place.on["segment"] else None
        if clean is None:
            raise _Refused(
                Text("nama ini bagian dari gambarnya", "this name is part of the picture")
            )
        return clean

    # With what

    @cached_property
    def _planner(self) -> Planner:
        return Planner(self._studio.painter, self._studio.settings.media, self._house)

    @property
    def _air(self) -> Path:
        return self._studio.settings.state / "air"

    def _sheet(self, session: str) -> Sheet:
        return read_sheet(self._studio.air_folder(session) / SHEET)

    def _segment(self, place: _Place) -> Path:
        return self._store / f"{place.on['segment']}.ts"

    def _third(self, item: Item) -> Drawn:
        stand = self._studio.rundown.stand_of(item)
        painter = self._studio.painter
        drawn = painter.lower_third(stand) if stand else painter.headline(item.title, "")
        assert drawn.png  # drawn here and now, and kept
        return drawn


def _going(drawn: Drawn, first: int, place: _Place) -> Cue:
    """What is seen goes out from a frame on; what is to come never comes."""
    if place.state in ("off", "leaving"):
        raise _Refused(Text("lower third tidak tampil", "no lower third is there"))
    if place.seen(first) <= first + MOVE:
        raise _Refused(Text("lower third sudah pergi", "it is on its way out already"))
    return Cue(drawn, first - 2 * MOVE, first + MOVE)
