"""Follows what is on air and keeps the newest board, for any number of open panels.

One thread asks air and reads its journal, however many watch. Each watcher gets the newest board as soon
as it can take it: who is slow skips, and holds up nobody.
"""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.air import JOURNAL, SHEET, Line, Tail, airings, ask, read_journal, read_sheet
from pipeline.clock import Clock
from pipeline.errors import OutsideError, TayangError
from pipeline.panel.board import Slot, Story, board, slots_of
from pipeline.rundown import Rundown, Session, plan
from pipeline.settings import Settings

PATIENCE = 1.0
"""Seconds between two looks when nothing happens."""

WHOLE_EVERY = 5.0
"""Seconds after which the whole board is sent though only time has passed."""

PULSE = ("now", "frame", "connected", "destinations", "behind_s")
"""What a pulse carries."""

PASSING = {
    "now",
    "frame",
    "behind_s",
    "aired_s",
    "owed_s",
    "share",
    "sent_s",
    "left_s",
    "age_s",
} | {
    *("frames", "expected", "expected_end", "over_s", "began", "started", "last", "retry_in_s"),
}
"""What changes just because time passes."""

Values = dict[str, Any]


class Hub:
    """`plan_of` gives the rundown and its next session, or None; `extras` what else the board shows."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        plan_of: Callable[[], tuple[Rundown, Session] | None],
        extras: Callable[[], Values],
    ) -> None:
        self._air = settings.state / "air"
        self._zone = settings.event.zone
        self._clock = clock
        self._plan_of = plan_of
        self._extras = extras
        self._stopping = threading.Event()
        self._followed: _Followed | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self.board: Values = {"version": 0, "connected": False}
        self._told = 0.0
        self._known = self._message = self._pulse = b""
        self.watchers = 0

    def start(self) -> None:
        """Begins to follow; called from the server's event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(2 * PATIENCE)

    def show(self, values: Values) -> None:
        """A new board, to all who watch; only its pulse when nothing else has changed."""
        known, version = _json(_lasting(values)), self.board["version"]
        now = self._clock.monotonic()
        if known != self._known or now - self._told > WHOLE_EVERY:
            self._known, self._told, version = known, now, version + 1
        self.board = {"version": version, **values}
        self._message = b"event: board\ndata: " + _json(self.board) + b"\n\n"
        pulse = {name: values[name] for name in PULSE if name in values}
        self._pulse = b"event: pulse\ndata: " + _json({"version": version, **pulse}) + b"\n\n"
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def watch(self) -> AsyncIterator[bytes]:
        """Server-sent events: the board, then each new one, and a pulse a second; without an end."""
        seen = -1
        self.watchers += 1
        try:
            while True:
                changed = self._changed
                if self.board["version"] != seen:
                    seen = self.board["version"]
                    yield self._message or b"event: board\ndata: " + _json(self.board) + b"\n\n"
                else:
                    yield self._pulse
                await changed.wait()
        finally:
            self.watchers -= 1

    def look(self) -> None:
        """One more look, without waiting for the next."""
        self.show(self._board(self._status(None)))

    def _run(self) -> None:
        rung: int | None = None
        while not self._stopping.is_set():
            status = self._status(rung)
            rung = status["rung"] if status else None
            self.show(self._board(status))
            if status is None:
                self._clock.wait(self._stopping, PATIENCE)

    def _status(self, rung: int | None) -> Values | None:
        request: Values = {"command": "status"}
        if rung is not None:
            request |= {"after": rung, "patience": PATIENCE}
        try:
            return ask(self._air, request)
        except OutsideError:
            return None

    def _board(self, status: Values | None) -> Values:
        followed = self._followed
        if status is not None and (followed is None or followed.session != status["session"]):
            followed = self._followed = _Followed(self._air, status["session"])
        now = datetime.fromisoformat(status["now"]) if status else self._clock.now()
        if followed is None:
            story = self._before(now)
        else:
            followed.look()
            story = Story(
                followed.session,
                followed.slots,
                followed.stands,
                followed.before,
                followed.lines,
                status,
                now,
                self._zone,
            )
        return {**board(story), **self._extras()}

    def _before(self, now: datetime) -> Story:
        """Nothing has aired since we began: the plan of the next session."""
        try:
            found = self._plan_of()
        except TayangError:
            found = None  # the rundown's faults are told by those who read it
        if found is None:
            return Story("", (), {}, {}, (), None, now, self._zone)
        rundown, session = found
        slots = tuple(
            Slot(
                p.item.id,
                p.item.title,
                p.item.kind.value,
                p.item.start.value,
                p.item.stand,
                p.start,
                p.end,
            )
            for p in plan(session)
        )
        stands = {s.number: (s.name, s.entitled_s) for s in rundown.stands}
        return Story(
            session.id, slots, stands, _earlier(self._air, None), (), None, now, self._zone
        )


class _Followed:
    """One session's journal as far as it is read, and the plan that holds."""

    def __init__(self, air: Path, session: str) -> None:
        self.session = session
        self.lines: list[Line] = []
        self.slots: tuple[Slot, ...] = ()
        self.stands: dict[int, tuple[str, int]] = {}
        self.before = _earlier(air, session)
        self._tail = Tail(air / session / JOURNAL)
        self._sheet = air / session / SHEET

    def look(self) -> None:
        for line in self._tail.new():
            if line["event"] != "kept":
                self.lines.append(line)
            if "planned" in line:
                self.slots = slots_of(line["planned"], self._modes())
                self.stands = {s["number"]: (s["name"], s["entitled_s"]) for s in line["stands"]}

    def _modes(self) -> dict[str, str]:
        try:
            return {p.item.id: p.item.start.value for p in read_sheet(self._sheet).plan}
        except OutsideError:
            return {}


def _earlier(air: Path, session: str | None) -> dict[int, float]:
    """Seconds that each stand had in other sessions."""
    seconds: dict[int, float] = {}
    for journal in air.glob(f"*/{JOURNAL}"):
        if journal.parent.name == session:
            continue
        for airing in airings(read_journal(journal).lines):
            if airing.stand is not None and airing.kind != "slate":
                length = (airing.end - airing.start).total_seconds()
                seconds[airing.stand] = seconds.get(airing.stand, 0.0) + length
    return seconds


def _lasting(values: Any) -> Any:
    """The board without what passes by itself."""
    if isinstance(values, dict):
        return {name: _lasting(value) for name, value in values.items() if name not in PASSING}
    if isinstance(values, list):
        return [_lasting(value) for value in values]
    return values


def _json(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
