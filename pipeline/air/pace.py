"""When frames are due: each at its number over the rate after the first, and how late they really were."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.clock import Clock
from pipeline.timing import Rate

ASLEEP = 2.0
"""Seconds late (a suspended machine) after which due frames are given up, not sent in a burst."""


@dataclass
class Lateness:
    """Frames that were late by more than one frame, and the latest, in seconds."""

    frames: int = 0
    worst: float = 0.0

    def as_dict(self) -> dict[str, float]:
        return {"frames": self.frames, "worst_s": round(self.worst, 3)}


class Pace:
    """The clock of one program: it begins with the first frame."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self.late = Lateness()
        self._rate = rate
        self._clock = clock
        self.begin()

    def begin(self) -> None:
        """The first frame is due now."""
        self._wall = self._clock.now()
        self._begun = self._clock.monotonic()

    def wall(self, played: int) -> datetime:
        """The wall time of the frame after so many."""
        return self._wall + self._rate.span(played)

    def wait(self, played: int) -> float:
        """Returns when the frame after so many is due; the seconds to skip after a long sleep, or 0."""
        due = self._begun + played / self._rate.fps
        self._clock.sleep(due - self._clock.monotonic())
        late = self._clock.monotonic() - due
        self.late.worst = max(self.late.worst, late)
        self.late.frames += late > 1 / self._rate.fps
        if late < ASLEEP:
            return 0.0
        self._begun += late
        self._wall += timedelta(seconds=late)
        return late
