"""One connection to a destination: an `ffmpeg -c copy` child, from its start to its end.

Chunks of the program come in, from a keyframe on; what the destination accepted goes out, as it goes and
at the end. Knows nothing of retrying: that is the feed's.
"""

import contextlib
import os
import select
import threading
from collections.abc import Callable
from dataclasses import dataclass
from fcntl import F_SETPIPE_SZ, fcntl

from pipeline.air.accepted import Ledger, Wire
from pipeline.air.address import Address
from pipeline.air.program import Program
from pipeline.air.reasons import SILENT, SLOW, STALLED, reason
from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.tools import Child

CONNECTING, RUNNING = 15.0, 6.0  # seconds without an accepted frame after which a child is given up
BEHIND = 8.0  # seconds of program that were sent and not accepted, after which it is given up too
DRAINING = 10.0  # seconds that a child has to deliver its rest when the program has ended
LEAVING = 1.0  # seconds that a child has to take its leave when its destination is paused
PACE = 0.2  # seconds between two writes: one wake-up for several frames
PIPE = 1 << 18  # bytes of the program that fit in the child's pipe
SRT_HELD = 0.4  # seconds of the program in libsrt's buffer: what may be lost unknown
SRT_SEGMENT = 1472  # bytes that libsrt reckons for a packet of its buffer
SRT_PAYLOAD = 1316  # bytes of MPEG-TS in it


def push_argv(
    ffmpeg: str, address: Address, fps: int, secrets: int | None = None, srt_buffer: int = 0
) -> list[str]:
    """The child that sends MPEG-TS from its standard input to a destination, packets as they are.

    `secrets` is a descriptor from which ffmpeg reads the options that nobody may see, as a preset file.
    ffmpeg 9 takes a preset's options for those of no file in particular; `-target` is what gives them to
    the file at hand. What else it sets is for encoding, but for format and rate, which are set again.
    """
    hidden = () if secrets is None else ("-fpre", f"/dev/fd/{secrets}", "-target", "pal-dv")
    rate = () if secrets is None else ("-r", str(fps))
    srt = ("-sndbuf", str(srt_buffer), "-tlpktdrop", "0", "-linger", "3") if srt_buffer else ()
    return [
        *(ffmpeg, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error"),
        *("-progress", "pipe:1", "-stats_period", "0.25"),
        *("-analyzeduration", "500000", "-probesize", "500000"),
        *("-f", "mpegts", "-i", "pipe:0", *hidden, "-map", "0:v", "-map", "0:a", "-c", "copy"),
        *(*rate, "-flush_packets", "1", *srt, *address.options, "-y", address.url),
    ]


def srt_buffer(program: Program) -> int:
    """Bytes of libsrt's send buffer, so that it takes no more soon after its peer has fallen silent."""
    packets = program.bytes_a_frame * program.fps * SRT_HELD / SRT_PAYLOAD
    return max(16, int(packets)) * SRT_SEGMENT


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a connection ended: `ended` (all was sent), `left` (it was told to) or `lost`, and why."""

    state: str
    error: Text | None = None


class Push:
    """Feeds one child. `wake` is set when `wanted` may have changed; `moved` hears of progress."""

    def __init__(
        self,
        ffmpeg: str,
        address: Address,
        program: Program,
        first_frame: int,
        clock: Clock,
        wake: threading.Event,
        wanted: Callable[[], bool],
        moved: Callable[["Push"], None],
    ) -> None:
        """Raises OutsideError when ffmpeg can't be started."""
        self.first_frame = first_frame
        self.ledger = Ledger()
        self._address = address
        self._program = program
        self._clock = clock
        self._wake = wake
        self._wanted = wanted
        self._moved = moved
        self._next = first_frame
        self._waiting = memoryview(b"")
        self._wire: Wire | None = None
        self._sent = self._muxed = 0
        self._progress = self._wrote = clock.monotonic()
        self._srt_buffer = srt_buffer(program) if address.scheme == "srt" else 0
        self._child = self._start(ffmpeg)

    def _start(self, ffmpeg: str) -> Child:
        fps, secrets = self._program.fps, self._address.secrets
        if not secrets:
            argv = push_argv(ffmpeg, self._address, fps, None, self._srt_buffer)
            return Child(argv, feed=True, on_line=self._said)
        reading, writing = os.pipe()
        try:
            os.write(writing, "".join(f"{name}={value}\n" for name, value in secrets).encode())
            os.close(writing)
            argv = push_argv(ffmpeg, self._address, fps, reading, self._srt_buffer)
            return Child(argv, feed=True, on_line=self._said, pass_fds=(reading,))
        finally:
            os.close(reading)

    def run(self) -> Outcome:
        """Feeds the child to the end of the program, of the destination, or of the wish for it."""
        try:
            outcome = self._pour()
            if outcome.state == "ended":
                self._take_leave(DRAINING, self._wanted)
            elif outcome.state == "left" and not self._waiting:
                self._take_leave(LEAVING, lambda: True)
        finally:
            killed = self._end()
        if outcome.state == "ended" and not self._delivered:
            outcome = Outcome("lost", STALLED if killed else None)
        if outcome.state == "lost" and outcome.error is None:
            outcome = Outcome("lost", reason(self._address.without_secrets(self._child.tail)))
        return outcome

    def _pour(self) -> Outcome:
        """Writes what the program holds as it grows."""
        pipe = self._child.stdin.fileno()
        os.set_blocking(pipe, False)
        with contextlib.suppress(OSError):  # more than a user may have in pipes: a small one does
            fcntl(pipe, F_SETPIPE_SZ, PIPE)
        room = select.poll()
        room.register(pipe, select.POLLOUT)
        while self._wanted():
            if self._child.status is not None:
                return Outcome("lost")
            if (error := self._stalled()) is not None:
                return Outcome("lost", error)
            if not self._waiting and (outcome := self._take()) is not None:
                return outcome
            if not self._write(pipe):
                return Outcome("lost")
            if self._waiting:
                room.poll(PACE * 1000)  # the child reads as fast as its destination does
            elif not self._program.ended:
                self._rest(PACE)
        return Outcome("left")

    def _take(self) -> Outcome | None:
        """Takes from the program what has come since; an outcome when that was all, or too late."""
        ended = self._program.ended
        chunks = self._program.read(self._next, PACE)
        if chunks is None:
            return Outcome("lost", SLOW)
        if not chunks:
            return Outcome("ended") if ended else None
        data = [] if self._next > self.first_frame else [self._program.tables]
        data += (chunk.data for chunk in chunks)
        for chunk in chunks:
            if chunk.frame < self._program.head:  # one that comes after the last has no picture
                self.ledger.handed(len(chunk.data))
        self._next = chunks[-1].frame + 1
        self._waiting = memoryview(b"".join(data))
        self._wrote = self._clock.monotonic()
        return None

    def _write(self, pipe: int) -> bool:
        """Writes what the pipe takes now; False when nobody reads it any more."""
        try:
            if self._waiting:
                self._waiting = self._waiting[os.write(pipe, self._waiting) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            return False
        return True

    def _stalled(self) -> Text | None:
        """Why the child has to be given up: nothing was accepted though there was something to accept.

        Or too little: a peer that has stopped reading still takes some bytes every few seconds.
        """
        running = self.ledger.accepted > 0
        behind = self._next - self.first_frame - self.ledger.accepted
        if running and behind > BEHIND * self._program.fps:
            return STALLED
        allowed = RUNNING if running or self._program.ended else CONNECTING
        since = self._clock.monotonic() - self._progress
        if self._wrote <= self._progress or since <= allowed:
            return None
        return STALLED if running else SILENT

    def _said(self, line: str) -> None:
        """A line of ffmpeg's progress report; heard in the thread that reads them."""
        name, _, value = line.partition("=")
        value = value.strip()
        if name == "frame" and value.isdigit():
            self._sent = int(value)
        elif name == "total_size" and value.isdigit():
            self._muxed = int(value)
        elif name == "progress":
            self._settle()

    def _settle(self) -> None:
        if self._sent and self.ledger.settle(self._sent, self._muxed, self._held()):
            self._progress = self._clock.monotonic()
            self._moved(self)

    def _held(self) -> int:
        """Bytes of what ffmpeg has sent that the destination may not have accepted.

        libsrt doesn't tell: it may be all that its buffer holds, as long as it hasn't closed in order.
        """
        if self._address.scheme == "file":
            return 0
        if self._srt_buffer:
            packets = self._srt_buffer // SRT_SEGMENT
            return 0 if self._child.status == 0 else packets * SRT_PAYLOAD
        if self._wire is None:
            with contextlib.suppress(LookupError):
                self._wire = Wire(self._child.pid)
        return self._wire.unacknowledged() if self._wire else 0

    @property
    def _delivered(self) -> bool:
        """Whether all was accepted, now that the child has ended."""
        return self.ledger.complete or (self._child.status == 0 and not self._held())

    def _take_leave(self, seconds: float, wanted: Callable[[], bool]) -> None:
        """Lets the child send its rest and close in order, until the peer has it all."""
        self._child.stdin.close()
        until = self._clock.monotonic() + seconds
        while (self._child.status is None or self._held()) and wanted():
            if self._clock.monotonic() > until or self._stalled() is not None:
                return
            self._rest(0.05)

    def _rest(self, seconds: float) -> None:
        self._wake.wait(seconds)
        self._wake.clear()

    def _end(self) -> bool:
        """Ends the child, however it is, and counts what was accepted; whether it had to be killed."""
        killed = self._child.status is None
        if killed:
            if self._wire is not None:
                self._wire.cut()
            self._child.kill()
        self._child.stop()
        self._settle()
        if self._wire is not None:
            self._wire.close()
        return killed
