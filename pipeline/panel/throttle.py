"""How long whoever failed to sign in has to wait; pure: moments come in as seconds of a monotonic clock.

Counts per key (a name, an address). It must not know what a password is.
"""

import threading
from dataclasses import dataclass

FREE = 4
"""Failures that cost nothing; each after them doubles the wait."""

LONGEST_S = 300.0
FORGET_S = 3600.0
"""A key that was quiet for so long is as good as new."""

MOST = 10_000
"""Keys that are remembered at once; the longest quiet are forgotten first."""


@dataclass(frozen=True, slots=True)
class Failures:
    """How often in a row, and when the last time."""

    count: int
    last: float

    def wait(self, now: float) -> float:
        """Seconds until the next try is let through; 0 when it is now."""
        if self.count <= FREE:
            return 0.0
        wait = min(LONGEST_S, 2.0 ** min(self.count - FREE - 1, 30))
        return max(0.0, self.last + wait - now)


class Throttle:
    """A try counts as failed when it begins, so many at once can't slip through before the first ends."""

    def __init__(self) -> None:
        self._of: dict[str, Failures] = {}
        self._lock = threading.Lock()

    def begin(self, keys: tuple[str, ...], now: float) -> float:
        """Seconds to wait before trying again; 0 lets this try through, and counts it for each key."""
        with self._lock:
            found = [self._known(key, now) for key in keys]
            wait = max(failures.wait(now) for failures in found)
            if wait == 0.0:
                for key, failures in zip(keys, found, strict=True):
                    self._keep(key, Failures(failures.count + 1, now))
            return wait

    def forgive(self, key: str) -> None:
        """Forgets all about a name that has signed in."""
        with self._lock:
            self._of.pop(key, None)

    def take_back(self, key: str) -> None:
        """The last try did no harm: an address keeps what it did before."""
        with self._lock:
            failures = self._of.get(key)
            if failures is not None:
                self._of[key] = Failures(failures.count - 1, failures.last)

    def _known(self, key: str, now: float) -> Failures:
        failures = self._of.get(key)
        if failures is None or now - failures.last > FORGET_S:
            return Failures(0, now)
        return failures

    def _keep(self, key: str, failures: Failures) -> None:
        self._of.pop(key, None)  # to the end: the first are the longest quiet
        self._of[key] = failures
        if len(self._of) > MOST:
            del self._of[next(iter(self._of))]
