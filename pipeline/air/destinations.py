"""Destinations: each a feed of its own, which keeps a connection up and says what was accepted.

A feed reads the program from memory and never touches it. A connection that ends or stalls is replaced
after a stepped pause and goes on from the newest keyframe; what happened comes out as `Delivery`.
"""

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.air.address import address
from pipeline.air.program import Program
from pipeline.air.push import Outcome, Push
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.settings import Destination

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
STEADY = 2  # seconds that a connection has to carry before its loss counts as the first one
LOOK = 0.2  # seconds between two looks at the program while there is no connection


@dataclass(frozen=True, slots=True)
class Delivery:
    """A change of a destination's state: frames [first_frame, first_frame + frames) were accepted.

    States: connected, progress, lost, paused, ended. RTMP counts a frame when the server's kernel has
    acknowledged it; SRT may have accepted up to 0.4 s more than is counted when it is lost.
    """

    destination: str
    state: str
    first_frame: int
    frames: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DestinationStatus:
    """A destination at this moment. States: connecting, sending, waiting, paused, ended.

    `age_s` is the time since a frame was last accepted; `bytes` and `frames` are all that were accepted.
    """

    name: str
    state: str
    age_s: float | None
    bytes: int
    reconnects: int
    frames: int
    last_error: Text | None
    retry_in_s: float | None


class Feed:
    """Keeps one destination supplied until the program ends, or until told to stop."""

    def __init__(
        self,
        destination: Destination,
        program: Program,
        ffmpeg: str,
        clock: Clock,
        events: "queue.SimpleQueue[Delivery]",
    ) -> None:
        self._destination = destination
        self._program = program
        self._ffmpeg = ffmpeg
        self._clock = clock
        self._events = events
        self._wake = threading.Event()
        self._stopped = self._paused = False
        self._state = "connecting"
        self._push: Push | None = None
        self._connections = self._frames = self._bytes = 0
        self._accepted_at: float | None = None
        self._retry_at: float | None = None
        self._last_error: Text | None = None
        self._measured = program.head + program.fps  # from here on the size of a frame is known
        self._thread = threading.Thread(target=self._run, name=destination.name, daemon=True)

    @property
    def reached(self) -> bool:
        """Whether the destination ever accepted anything."""
        return self._accepted_at is not None

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Waits until everything is delivered, or given up."""
        self._thread.join()

    def stop(self) -> None:
        """Takes leave of the destination: at once when it doesn't take what was sent."""
        self._stopped = True
        self._wake.set()
        self._thread.join()

    def pause(self) -> None:
        """Ends the connection until `unpause`; nothing is sent meanwhile."""
        self._paused = True
        self._wake.set()

    def unpause(self) -> None:
        """Connects again, at once."""
        self._paused = False
        self._wake.set()

    def status(self) -> DestinationStatus:
        now, push = self._clock.monotonic(), self._push
        retry_at, accepted_at = self._retry_at, self._accepted_at
        return DestinationStatus(
            name=self._destination.name,
            state=self._state,
            age_s=None if accepted_at is None else now - accepted_at,
            bytes=self._bytes + (push.ledger.bytes if push else 0),
            reconnects=max(0, self._connections - 1),
            frames=self._frames + (push.ledger.accepted if push else 0),
            last_error=self._last_error,
            retry_in_s=None if retry_at is None else max(0.0, retry_at - now),
        )

    @property
    def _wanted(self) -> bool:
        return not (self._stopped or self._paused)

    @property
    def _ready(self) -> bool:
        """Whether a connection can begin: SRT's buffer has to be made to the measure of the program."""
        srt = self._destination.url.startswith("srt:")
        return not srt or self._program.ended or self._program.head >= self._measured

    def _run(self) -> None:
        attempt, state = 0, ""
        while not (self._stopped or state == "ended"):
            key = self._program.newest_key() if self._wanted and self._ready else None
            if key is not None:
                state, frames = self._connect(key)
                attempt = 1 if frames >= STEADY * self._program.fps else attempt + 1
                if state == "lost":
                    self._back_off(PAUSES[min(attempt, len(PAUSES)) - 1])
            else:
                if self._paused:
                    attempt, self._state = 0, "paused"
                self._rest(LOOK)
            if self._program.ended:
                break  # what was not delivered by now will not be
        self._state = "ended"

    def _connect(self, key: int) -> tuple[str, int]:
        """One connection, from a keyframe on: how it ended, and the frames that were accepted."""
        self._state = "connecting"
        try:
            where = address(self._destination)
            push = Push(
                self._ffmpeg,
                where,
                self._program,
                key,
                self._clock,
                self._wake,
                lambda: self._wanted,
                self._moved,
            )
        except OutsideError as error:  # no child at all, such as when ffmpeg is gone
            self._tell("lost", key, 0, error.what)
            return "lost", 0
        self._push = push
        outcome = push.run()
        frames = push.ledger.accepted
        self._frames, self._bytes = self._frames + frames, self._bytes + push.ledger.bytes
        self._push = None
        state = self._state_after(outcome)
        self._tell(state, key, frames, outcome.error)
        return state, frames

    def _state_after(self, outcome: Outcome) -> str:
        if outcome.state == "left":
            return "ended" if self._stopped else "paused"
        return outcome.state

    def _moved(self, push: Push) -> None:
        """More was accepted; heard in the thread that reads what the child says."""
        first, self._state = self._state == "connecting", "sending"
        self._accepted_at = self._clock.monotonic()
        if first:
            self._connections += 1
            self._tell("connected", push.first_frame, 0)
        self._tell("progress", push.first_frame, push.ledger.accepted)

    def _tell(self, state: str, first_frame: int, frames: int, error: Text | None = None) -> None:
        self._last_error = error or self._last_error
        why = error.id if error else None
        self._events.put(Delivery(self._destination.name, state, first_frame, frames, why))

    def _back_off(self, seconds: float) -> None:
        self._state, self._retry_at = "waiting", self._clock.monotonic() + seconds
        while self._wanted and not self._program.ended:
            left = self._retry_at - self._clock.monotonic()
            if left <= 0:
                break
            self._rest(min(left, LOOK))
        self._retry_at = None

    def _rest(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()


def feeds(
    destinations: Sequence[Destination],
    program: Program,
    ffmpeg: str,
    clock: Clock,
    events: "queue.SimpleQueue[Delivery]",
) -> list[Feed]:
    """A running feed for each destination."""
    running = [Feed(destination, program, ffmpeg, clock, events) for destination in destinations]
    for feed in running:
        feed.start()
    return running
