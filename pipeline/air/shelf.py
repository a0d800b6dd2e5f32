"""Segments are opened ahead, each in a thread of its own: a slow disk delays a take, never the program.

Those that are kept are in memory, and there whatever becomes of the disk.
"""

import threading
from contextlib import closing

from pipeline.air.reel import Playable, Reel, unreadable
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.timing import Rate

PATIENCE = 2.0
"""Seconds that the first segment of a program may take to open."""

HUNG = 10.0
"""Seconds after which a segment that isn't open is given up."""

ROOM = 6
"""Opened reels that are waiting for use; the oldest make room."""


class _Opening:
    """A reel that a thread opens. Where the disk hangs, only that thread does, and not for the exit."""

    def __init__(self, segment: Playable, rate: Rate, skip: int, began: float) -> None:
        self.began = began
        self.done = threading.Event()
        self.found: Reel | OutsideError | None = None
        self._unwanted = False
        self._lock = threading.Lock()
        work = threading.Thread(
            target=self._open, args=(segment, rate, skip), name="shelf", daemon=True
        )
        work.start()

    def drop(self) -> None:
        """Nobody wants it any more: it is closed, as soon as it is open."""
        with self._lock:
            self._unwanted = True
        if self.done.is_set():
            self._close()

    def _open(self, segment: Playable, rate: Rate, skip: int) -> None:
        found: Reel | OutsideError
        try:
            found = Reel(segment, rate, skip=skip)
        except OutsideError as error:
            found = error
        except (
            Exception
        ) as error:  # whatever it is, it is this segment's trouble, not the program's
            found = OutsideError(
                Text(f"segmen tak dapat dibuka: {error!r}", f"a segment can't be opened: {error!r}")
            )
        with self._lock:
            self.found = found
            self.done.set()
            unwanted = self._unwanted
        if unwanted:
            self._close()

    def _close(self) -> None:
        if isinstance(self.found, Reel):
            self.found.close()


class Shelf:
    """Reels by segment and by the frame they begin at, all of one format: that of the first."""

    def __init__(self, rate: Rate, clock: Clock) -> None:
        self._rate = rate
        self._clock = clock
        self._openings: dict[tuple[str, int], _Opening] = {}
        self._kept: dict[str, bytes] = {}
        self._format: tuple[int, bytes] | None = None

    def keep(self, segment: Playable) -> None:
        """Holds a segment in memory: from now on it can be taken at once. Reads it to its end.

        Raises OutsideError when it isn't whole.
        """
        try:
            data = segment.path.read_bytes()
        except OSError as error:
            raise unreadable(segment.path, error) from error
        with closing(Reel(segment, self._rate, data=data)) as reel:
            while not reel.at_end:
                reel.picture()
            if reel.damaged is not None:
                raise reel.damaged
            self._admit(reel)
        self._kept[segment.key] = data

    def prefetch(self, segment: Playable, skip: int = 0) -> None:
        """Begins to open a segment, unless that was done or it is in memory."""
        key = (segment.key, skip)
        if key in self._openings or segment.key in self._kept:
            return
        if len(self._openings) >= ROOM:
            self._drop(next(iter(self._openings)))
        self._openings[key] = _Opening(segment, self._rate, skip, self._clock.monotonic())

    def wait(self, segment: Playable, skip: int = 0) -> None:
        """Returns when a segment is open, or can't be, or the disk takes too long."""
        self.prefetch(segment, skip)
        opening = self._openings.get((segment.key, skip))
        if opening is not None:
            self._clock.wait(opening.done, PATIENCE)

    def take(self, segment: Playable, skip: int = 0) -> Reel | None:
        """The reel, which is the caller's from now on; None when it isn't open within half a frame.

        A kept one never is None. Raises OutsideError when it can't be opened at all, or can't follow
        those taken before.
        """
        data = self._kept.get(segment.key)
        if data is not None:
            return self._admit(Reel(segment, self._rate, skip=skip, data=data))
        self.prefetch(segment, skip)
        opening = self._openings[segment.key, skip]
        if not self._clock.wait(opening.done, 0.5 / self._rate.fps):
            if self._clock.monotonic() - opening.began < HUNG:
                return None
            self._drop((segment.key, skip))
            raise unreadable(segment.path, TimeoutError(f"> {HUNG:.0f} s"))
        del self._openings[segment.key, skip]
        if isinstance(opening.found, OutsideError):
            raise opening.found
        return opening.found and self._admit(opening.found)

    def close(self) -> None:
        """Closes what nobody took, as soon as it is open."""
        for key in list(self._openings):
            self._drop(key)

    def _drop(self, key: tuple[str, int]) -> None:
        self._openings.pop(key).drop()

    def _admit(self, reel: Reel) -> Reel:
        """A decoder shows nothing but rubbish when packets of another format follow."""
        self._format = self._format or reel.format
        if reel.format != self._format:
            reel.close()
            name = reel.segment.path.name
            raise OutsideError(
                Text(
                    f"segmen {name} berformat lain dari yang sudah tayang",
                    f"segment {name} has another format than what aired before",
                ),
                Text("Susun lagi dengan `tayang compose`.", "Compose again: `tayang compose`."),
            )
        return reel
