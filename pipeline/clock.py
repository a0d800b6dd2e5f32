"""The only reader of real time. Loops hold a `Clock`; tests hold one that they turn by hand."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

_AWAKE_OR_NOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """What a loop may know of time."""

    def now(self) -> datetime:
        """Wall time, aware."""

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""

    def sleep(self, seconds: float) -> None:
        """Returns after that many seconds; at once when there are none."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Waits for another thread, at most that many of this clock's seconds; whether it came."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Goes on while the machine sleeps, where the system can tell (Linux: CLOCK_BOOTTIME)."""
        return time.clock_gettime(_AWAKE_OR_NOT)

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(max(seconds, 0.0))


class HandClock:
    """A clock that moves only when it is turned or slept on: two days pass in a second."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a hand-driven clock starts at an aware datetime")
        self._start = start
        self._elapsed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        self.turn(max(seconds, 0.0))

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Real work takes no time on this clock: waits as long as it takes."""
        return event.wait()

    def turn(self, seconds: float) -> None:
        """Moves the clock forward."""
        with self._lock:
            self._elapsed += seconds
