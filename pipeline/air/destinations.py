"""Destinations: each its own `ffmpeg -c copy` child, fed from the program log, never touching it.

What a destination accepted is known from its child's progress. A child that ends or stalls is replaced
after a stepped pause and goes on from the newest keyframe; what happened comes out as `Delivery`.
"""

import os
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.air.log import LogTail, ProgramLog
from pipeline.clock import Clock
from pipeline.errors import OutsideError
from pipeline.settings import Destination
from pipeline.tools import Child

CONNECTING, RUNNING = 15.0, 6.0  # seconds without progress after which a child is given up
DRAINING = 10.0  # seconds that a child has to deliver its rest when the program has ended
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
TICK = 0.02


@dataclass(frozen=True, slots=True)
class Delivery:
    """A change of a destination's state: frames [first_frame, first_frame + frames) were accepted."""

    destination: str
    state: str
    first_frame: int
    frames: int
    error: str | None = None


def push_argv(ffmpeg: str, destination: Destination) -> list[str]:
    """The child that sends MPEG-TS from its standard input to a destination, packets as they are."""
    key = destination.key.get_secret_value() if destination.key else ""
    url = f"{destination.url.rstrip('/')}/{key}" if key else destination.url
    container = "flv" if url.startswith("rtmp") else "mpegts"
    return [
        *(ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "warning"),
        *("-progress", "pipe:1", "-stats_period", "0.25"),
        *("-analyzeduration", "500000", "-probesize", "500000"),
        *("-f", "mpegts", "-i", "pipe:0", "-map", "0:v", "-map", "0:a", "-c", "copy"),
        *("-flush_packets", "1", "-f", container, "-y", url),
    ]


class Feed:
    """Keeps one destination supplied until the log ends, or until told to stop."""

    def __init__(
        self,
        destination: Destination,
        log: ProgramLog,
        ffmpeg: str,
        clock: Clock,
        events: "queue.SimpleQueue[Delivery]",
    ) -> None:
        self._destination = destination
        self._log = log
        self._ffmpeg = ffmpeg
        self._clock = clock
        self._events = events
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=destination.name, daemon=True)
        self.reached = False
        self.last_error: str | None = None

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Waits until everything is delivered, or given up."""
        self._thread.join()

    def stop(self) -> None:
        """Gives the destination up at once."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        attempt = 0
        while not self._stop.is_set():
            try:
                reached, ended = _Push(self, self._log).run()
            except OutsideError as error:  # no child at all, such as when ffmpeg is gone
                reached, ended = False, False
                why = self.without_key(error.what.id)
                self.said(Delivery(self._destination.name, "lost", self._log.frames, 0, why))
            if ended:
                return
            attempt = 0 if reached else attempt + 1
            pause = PAUSES[min(attempt, len(PAUSES) - 1)]
            until = self._clock.monotonic() + pause
            while self._clock.monotonic() < until and not self._stop.is_set():
                if self._log.ended:
                    return  # what was not delivered by now will not be
                self._clock.sleep(TICK)

    def said(self, delivery: Delivery) -> None:
        self.reached = self.reached or delivery.frames > 0
        self.last_error = delivery.error or self.last_error
        self._events.put(delivery)

    def without_key(self, text: str) -> str:
        """A message that may be shown: the stream key taken out."""
        key = self._destination.key
        return text.replace(key.get_secret_value(), "***") if key else text


class _Push:
    """One connection: one child from its start to its end."""

    def __init__(self, feed: Feed, log: ProgramLog) -> None:
        self._feed = feed
        self._tail = LogTail(log)
        self._name = feed._destination.name
        self._clock = feed._clock
        self._frames = 0
        self._progress = self._clock.monotonic()
        try:
            self._child = Child(
                push_argv(feed._ffmpeg, feed._destination), feed=True, on_line=self._progressed
            )
        except OutsideError:
            self._tail.close()
            raise

    def _progressed(self, line: str) -> None:
        key, _, value = line.partition("=")
        if key != "frame" or not value.strip().isdigit() or int(value) <= self._frames:
            return
        first, self._frames = self._frames == 0, int(value)
        self._progress = self._clock.monotonic()
        if first:
            self._say("connected", 0)

    def _say(self, state: str, frames: int, error: str | None = None) -> None:
        self._feed.said(Delivery(self._name, state, self._tail.first_frame, frames, error))

    def run(self) -> tuple[bool, bool]:
        """Feeds the child; tells whether it ever got through, and whether the program is all sent."""
        try:
            ended = self._pour()
            if ended:
                self._child.stdin.close()
                self._wait_for_the_rest()
        finally:
            stalled = self._child.status is None
            self._child.stop()
            self._tail.close()
        ended = ended and self._child.status == 0
        if ended:
            self._say("ended", self._frames)
        else:
            last = self._child.tail.strip().rsplit("\n", 1)[-1]
            error = "stalled" if stalled or not last else self._feed.without_key(last)
            self._say("lost", self._frames, error)
        return self._frames > 0, ended

    def _pour(self) -> bool:
        """Writes what the log holds as it grows; True when all of a finished log is written."""
        pipe = self._child.stdin.fileno()
        os.set_blocking(pipe, False)
        waiting = b""
        while not self._feed._stop.is_set() and self._child.status is None:
            allowed = RUNNING if self._frames else CONNECTING
            if self._clock.monotonic() - self._progress > allowed:
                return False
            waiting = waiting or self._tail.read()
            if not waiting and self._tail.at_end:
                return True
            try:
                waiting = waiting[os.write(pipe, waiting) :] if waiting else b""
            except BlockingIOError:
                pass  # the child reads as fast as its destination does
            except BrokenPipeError:
                return False
            self._clock.sleep(TICK)
        return False

    def _wait_for_the_rest(self) -> None:
        until = self._clock.monotonic() + DRAINING
        while (
            self._child.status is None
            and self._clock.monotonic() < until
            and not self._feed._stop.is_set()
        ):
            self._clock.sleep(TICK)


def feeds(
    destinations: Sequence[Destination],
    log: ProgramLog,
    ffmpeg: str,
    clock: Clock,
    events: "queue.SimpleQueue[Delivery]",
) -> list[Feed]:
    """A running feed for each destination."""
    running = [Feed(destination, log, ffmpeg, clock, events) for destination in destinations]
    for feed in running:
        feed.start()
    return running
