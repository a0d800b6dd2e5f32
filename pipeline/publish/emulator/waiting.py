"""The faults that wait for their call or their moment; it must not know what they do.

Faults come in as they are given, and go out one by one to who carries them out.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pipeline.publish.emulator.faults import Happening, OnCall

T = TypeVar("T", bound=OnCall)


@dataclass(slots=True)
class Waiting:
    """A fault since it was given: how many calls it still lets pass, and how often it happens.

    `seen` belongs to who carries it out: the resource that it is about, and since when it fits.
    """

    fault: OnCall | Happening
    since: float
    passes: int
    times: int = 1
    met: bool = False
    seen: tuple[str, float] | None = None


class Faults:
    """The faults that wait, in the order in which they were given."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Waiting] = []
        self.revoked: float | None = None

    def add(self, faults: Iterable[OnCall | Happening], now: float) -> None:
        """They wait from `now` on, in seconds of the emulator's clock."""
        with self._lock:
            for fault in faults:
                times = fault.times if isinstance(fault, OnCall) else 1
                self._waiting.append(Waiting(fault, now, fault.after, times))

    def clear(self) -> None:
        """Forgets all; refresh tokens that were dead live again."""
        with self._lock:
            self._waiting.clear()
            self.revoked = None

    def waiting(self) -> list[dict[str, Any]]:
        """What still waits, as it was given, with the calls and times that are left."""
        with self._lock:
            return [
                {**each.fault.model_dump(exclude_unset=True), "after": each.passes}
                | ({"times": each.times} if isinstance(each.fault, OnCall) else {})
                for each in self._waiting
            ]

    def take(self, method: str, kind: type[T]) -> T | None:
        """The first fault of a kind for a call that has come this far; others let it pass."""
        found = None
        with self._lock:
            for each in [*self._waiting]:
                fault = each.fault
                if not isinstance(fault, kind) or fault.method != method:
                    continue
                if each.passes:
                    each.passes -= 1
                elif found is None:
                    found = fault
                    each.times -= 1
                    if not each.times:
                        self._waiting.remove(each)
        return found

    def meet(self, method: str) -> None:
        """A call comes: what happens by itself at its coming is due, or lets it pass."""
        with self._lock:
            for each in self._waiting:
                if isinstance(each.fault, Happening) and each.fault.method == method:
                    each.met = each.met or not each.passes
                    each.passes = max(each.passes - 1, 0)

    def due(self, now: float) -> list[Waiting]:
        """What should have happened by itself by now."""
        with self._lock:
            return [
                each
                for each in self._waiting
                if isinstance(each.fault, Happening)
                and now >= each.since + each.fault.at
                and (each.met or each.fault.method is None)
            ]

    def done(self, waiting: Waiting) -> None:
        """It has happened."""
        with self._lock:
            if waiting in self._waiting:  # not cleared meanwhile
                self._waiting.remove(waiting)
