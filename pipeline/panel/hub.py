"""Follows what is on air and keeps the newest board, for any number of open panels.

One thread asks air and reads its journal, however many watch. Each watcher gets the newest board as soon
as it can take it: who is slow skips, and holds up nobody.
"""

import asyncio
import json
import threading
from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from pipeline.air import ask
from pipeline.clock import Clock
from pipeline.errors import OutsideError, TayangError, Text
from pipeline.panel.asrun import AsRun, Plan
from pipeline.panel.board import board
from pipeline.settings import Settings

PATIENCE = 1.0
"""Seconds between two looks when nothing happens."""

ANSWERS_WITHIN = 2.0
"""Seconds that air may take: it answers in milliseconds, and pages say after three that they are cut off."""

WHOLE_EVERY = 5.0
"""Seconds after which the whole board is sent though only time has passed."""

PULSE = ("version", "now", "frame", "connected", "destinations", "behind_s")
"""What a pulse carries."""

PASSING = {
    *("now", "frame", "frames", "sent_s", "left_s", "age_s", "last", "retry_in_s"),
    *("aired_s", "owed_s", "share", "started", "began", "expected", "expected_end"),
    *("over_s", "behind_s"),
}
"""What changes just because time passes."""

Values = dict[str, Any]


class Hub:
    """`plan_of` gives the rundown and its next session, or None; `extras` what else the board shows.

    `tell` hears, once each, why a board could not be made.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        plan_of: Callable[[], Plan | None],
        extras: Callable[[], Values],
        tell: Callable[[Text], None] = lambda _: None,
    ) -> None:
        self._air = settings.state / "air"
        self._zone = settings.event.zone
        self._clock = clock
        self._plan_of = plan_of
        self._extras = extras
        self._tell = tell
        self._stopping = threading.Event()
        self._asrun: AsRun | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="hub", daemon=True)
        self._sent = 0.0
        self._known = b""
        self._told = _told(0, {"connected": False})
        self._failed: str | None = None
        self.watchers = 0

    def start(self) -> None:
        """Begins to follow; called from the server's event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(2 * PATIENCE)

    @property
    def board(self) -> Values:
        """The newest board."""
        return self._told.board

    @property
    def encoded(self) -> bytes:
        """The same as JSON, made once for all who ask."""
        return self._told.json

    def show(self, values: Values) -> None:
        """A new board, to all who watch; only its pulse when nothing else has changed."""
        known, version = _json(_lasting(values)), self._told.version
        now = self._clock.monotonic()
        if known != self._known or now - self._sent > WHOLE_EVERY:
            self._known, self._sent, version = known, now, version + 1
        self._told = _told(version, values)
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def watch(self) -> AsyncGenerator[bytes, None]:
        """Server-sent events: the board, then each new one, and a pulse a second; without an end."""
        seen = -1
        self.watchers += 1
        try:
            while True:
                changed, told = self._changed, self._told
                if told.version != seen:
                    seen = told.version
                    yield b"event: board\ndata: " + told.json + b"\n\n"
                else:
                    yield b"event: pulse\ndata: " + told.pulse + b"\n\n"
                await changed.wait()
        finally:
            self.watchers -= 1

    def _run(self) -> None:
        rung: int | None = None
        while not self._stopping.is_set():
            status = self._status(rung)
            rung = status["rung"] if status else None
            whole = self._look(status)
            if status is None or not whole:
                self._clock.wait(self._stopping, PATIENCE)

    def _look(self, status: Values | None) -> bool:
        """Shows how things are now; whether it could."""
        try:
            self.show(self._board(status))
        except Exception as error:
            # whatever it is, the next look may do; that this one didn't, pages see by its silence
            self._say(error)
            return False
        self._failed = None
        return True

    def _say(self, error: Exception) -> None:
        why = f"{type(error).__name__}: {error}"
        if why != self._failed:
            self._failed = why
            self._tell(
                Text(
                    f"Panel tak dapat membaca siaran: {why}",
                    f"The panel can't read what is on air: {why}",
                )
            )

    def _status(self, rung: int | None) -> Values | None:
        request: Values = {"command": "status"}
        if rung is not None:
            request |= {"after": rung, "patience": PATIENCE}
        try:
            return ask(self._air, request, patience=PATIENCE + ANSWERS_WITHIN)
        except OutsideError:
            return None  # which the board says

    def _board(self, status: Values | None) -> Values:
        asrun = self._asrun
        known = status is not None and asrun is not None and bool(asrun.slots)
        plan = None if known else self._plan()
        now = datetime.fromisoformat(status["now"]) if status else self._clock.now()
        session = status["session"] if status else _session_of(asrun, plan, now)
        if asrun is None or asrun.session != session:
            asrun = self._asrun = AsRun(self._air, session)
        asrun.look(plan)
        return {**board(asrun.story(status, now, self._zone)), **self._extras()}

    def _plan(self) -> Plan | None:
        try:
            return self._plan_of()
        except TayangError:
            return None  # the rundown's faults are told by those who read it


def _session_of(asrun: AsRun | None, plan: Plan | None, now: datetime) -> str:
    """Whose day is shown while nothing is on air: the one that broke off, else the next."""
    next_one = plan[1].id if plan is not None else None
    if asrun is None:
        return next_one or ""
    broke_off = asrun.begun and not asrun.over(now)
    return asrun.session if broke_off or next_one is None else next_one


class _Told(NamedTuple):
    """What is told to all, replaced at once: a version, its board and its newest pulse."""

    version: int
    board: Values
    json: bytes
    pulse: bytes


def _told(version: int, values: Values) -> _Told:
    board = {"version": version, **values}
    return _Told(version, board, _json(board), _json({n: board[n] for n in PULSE if n in board}))


def _lasting(values: Any) -> Any:
    """The board without what passes by itself."""
    if isinstance(values, dict):
        return {name: _lasting(value) for name, value in values.items() if name not in PASSING}
    if isinstance(values, list):
        return [_lasting(value) for value in values]
    return values


def _json(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
