"""Segments are opened ahead, in a thread of their own: a slow disk delays a take, never the program."""

import queue
import threading
from dataclasses import dataclass, field

from pipeline.air.reel import Playable, Reel
from pipeline.clock import Clock
from pipeline.errors import OutsideError
from pipeline.timing import Rate

PATIENCE = 2.0
"""Seconds that the first segment of a program may take to open."""

ROOM = 6
"""Opened reels that are kept for use; the oldest make room."""


@dataclass
class _Opening:
    segment: Playable
    skip: int
    done: threading.Event = field(default_factory=threading.Event)
    reel: Reel | None = None
    error: OutsideError | None = None


class Shelf:
    """Reels by segment and by the frame they begin at."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._openings: dict[tuple[str, int], _Opening] = {}
        self._work: queue.SimpleQueue[_Opening | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._open_all, name="shelf", daemon=True)
        self._thread.start()

    def prefetch(self, segment: Playable, skip: int = 0) -> None:
        """Begins to open a segment, unless that was done."""
        key = (segment.key, skip)
        if key in self._openings:
            return
        if len(self._openings) >= ROOM:
            self._drop(next(iter(self._openings)))
        self._openings[key] = opening = _Opening(segment, skip)
        self._work.put(opening)

    def wait(self, segment: Playable, skip: int = 0) -> None:
        """Returns when a segment is open, or can't be, or the disk takes too long."""
        self.prefetch(segment, skip)
        self._clock.wait(self._openings[segment.key, skip].done, PATIENCE)

    def take(self, segment: Playable, skip: int = 0) -> Reel | None:
        """The reel, which is the caller's from now on; None when it isn't open within half a frame.

        Raises OutsideError when it can't be opened at all.
        """
        self.prefetch(segment, skip)
        opening = self._openings[segment.key, skip]
        if not self._clock.wait(opening.done, 0.5 / self._rate.fps):
            return None
        del self._openings[segment.key, skip]
        if opening.error is not None:
            raise opening.error
        return opening.reel

    def close(self) -> None:
        """Closes what nobody took, as soon as it is open."""
        for key in list(self._openings):
            self._drop(key)
        self._work.put(None)

    def _drop(self, key: tuple[str, int]) -> None:
        self._work.put(self._openings.pop(key))  # seen a second time, it is closed

    def _open_all(self) -> None:
        while (opening := self._work.get()) is not None:
            if opening.done.is_set():
                if opening.reel is not None:
                    opening.reel.close()
                continue
            try:
                opening.reel = Reel(opening.segment, self._rate, skip=opening.skip)
            except OutsideError as error:
                opening.error = error
            opening.done.set()
