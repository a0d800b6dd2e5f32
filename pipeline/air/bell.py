"""Rings when something has changed on air, for those who wait to look again."""

import threading

from pipeline.clock import Clock

SETTLED = 0.01
"""Seconds after the first ring: an end and the start that follows it are one change."""


class Bell:
    """`ring` costs the program microseconds; any number of threads may wait."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = threading.Condition()
        self.count = 0
        """How often it has rung."""

    def ring(self) -> None:
        with self._rung:
            self.count += 1
            self._rung.notify_all()

    def wait(self, after: int, seconds: float) -> None:
        """Returns when it has rung more than `after` times, or after so many seconds."""
        with self._rung:
            rung = self._rung.wait_for(lambda: self.count != after, seconds)
        if rung:
            self._clock.sleep(SETTLED)
