"""A clock that runs faster than the machine's, so that real servers see an hour's program in minutes."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.air import push


class HurriedClock:
    """`speed` of its seconds pass in a real one."""

    def __init__(self, speed: float, start: datetime | None = None) -> None:
        self._speed = speed
        self._start = start or datetime.now(UTC)
        self._begun = time.monotonic()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._begun) * self._speed

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            time.sleep(seconds / self._speed)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(max(seconds, 0.0) / self._speed)


def with_real_patience(monkeypatch: pytest.MonkeyPatch, speed: float) -> None:
    """Destinations are given as much real time as ever: ffmpeg does not hurry."""
    for name in ("CONNECTING", "RUNNING", "BEHIND", "DRAINING"):
        monkeypatch.setattr(push, name, getattr(push, name) * speed)
