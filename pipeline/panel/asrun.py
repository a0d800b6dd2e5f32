"""One session's journal, read as it grows, becomes what boards are made of; kept small over a long day.

Everything in it has the rundown's time: the journal's is the wall's, and a rehearsal's differs.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.air import (
    JOURNAL,
    SHEET,
    Airing,
    Line,
    Tail,
    airings,
    read_sheet,
)
from pipeline.errors import OutsideError
from pipeline.panel.board import Slot, Story, slots_of
from pipeline.rundown import Rundown, Session, plan
from pipeline.sheets import aired_elsewhere

Plan = tuple[Rundown, Session]

_BULKY = ("kept", "start", "end", "rundown", "open")
"""Lines that are not kept: what boards need of them is."""


class AsRun:
    """The session of that id under `air`; its journal may not be there yet."""

    def __init__(self, air: Path, session: str) -> None:
        self.session = session
        self.slots: tuple[Slot, ...] = ()
        self._stands: Mapping[int, tuple[str, int]] = {}
        elsewhere = aired_elsewhere(air, session)
        self._before = {stand: float(seconds) for stand, seconds in elsewhere.items()}
        self._lines: list[Line] = []
        self._aired: list[Airing] = []
        self._opened: Line | None = None
        self._starts: dict[int, Line] = {}
        self._ahead = timedelta(0)
        self._closed = False
        self._tail = Tail(air / session / JOURNAL)
        self._unread: deque[Line] = deque()
        self._sheet = air / session / SHEET

    def look(self, plan_of: Plan | None) -> None:
        """Reads on; `plan_of` is the rundown with a session, which counts until one has aired."""
        ours = plan_of if plan_of is not None and plan_of[1].id == self.session else None
        self._unread.extend(self._tail.new())
        # A line that can't be understood is told of once, and none after it is lost.
        while self._unread:
            self._read(self._unread.popleft(), ours)
        if not self.begun and ours is not None:
            self.slots = _planned(ours[1])
            self._stands = {s.number: (s.name, s.entitled_s) for s in ours[0].stands}

    def over(self, now: datetime) -> bool:
        """Whether nothing of it is to come any more: it ended in order, or it aired and its time is over."""
        return self._closed or (self.begun and bool(self.slots) and now > self.slots[-1].end)

    @property
    def begun(self) -> bool:
        """Whether it has been on air."""
        return self._opened is not None

    def story(self, status: Mapping[str, Any] | None, now: datetime, zone: ZoneInfo) -> Story:
        """All that a board of now is made of."""
        return Story(
            session=self.session,
            slots=self.slots,
            stands=self._stands,
            before=self._before,
            lines=self._lines,
            aired=self._aired,
            status=status,
            now=now,
            zone=zone,
            over=self.over(now),
        )

    def _read(self, line: Line, ours: Plan | None) -> None:
        event = line["event"]
        if event == "open":
            self._opened = line if self._opened is None else self._opened
            self._ahead = timedelta(seconds=line["ahead_s"])
        elif event == "start":
            self._starts[line["occurrence"]] = line
        elif event == "end":
            self._end(line)
        if "planned" in line:
            self.slots = slots_of(line["planned"], self._modes(ours))
            self._stands = {s["number"]: (s["name"], s["entitled_s"]) for s in line["stands"]}
        self._closed = event == "close" and "repaired" not in line
        if event not in _BULKY:
            at = datetime.fromisoformat(line["at"]) + self._ahead
            self._lines.append({**line, "at": at.isoformat()})

    def _end(self, line: Line) -> None:
        """An airing is over. One that never began is none: that is for `verify` to say."""
        start = self._starts.pop(line["occurrence"], None)
        if start is not None and self._opened is not None:
            for airing in airings((self._opened, start, line)):
                shown = airing.start + self._ahead, airing.end + self._ahead
                self._aired.append(replace(airing, start=shown[0], end=shown[1]))

    def _modes(self, ours: Plan | None) -> dict[str, str]:
        """How items start: the sheet says, or the rundown when the sheet is gone."""
        try:
            return {p.item.id: p.item.start.value for p in read_sheet(self._sheet).plan}
        except OutsideError:
            return {i.id: i.start.value for i in ours[1].items} if ours else {}


def _planned(session: Session) -> tuple[Slot, ...]:
    return tuple(
        Slot(
            item=p.item.id,
            title=p.item.title,
            kind=p.item.kind.value,
            mode=p.item.start.value,
            stand=p.item.stand,
            start=p.start,
            end=p.end,
        )
        for p in plan(session)
    )
