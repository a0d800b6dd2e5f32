"""The last seconds of the program in memory: what air sends comes in, every reader takes it from here.

The player appends a chunk a frame and never waits. The recorder takes chunks to disk and says how far it
has come; destinations follow it, so that nothing is sent that no log holds. When the disk stalls or is
full they follow the player half a second behind instead: the program goes on without its recording.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

KEEP_SECONDS = 20
"""How much of the program is kept for readers that are late."""

BEHIND_SECONDS = 0.5
"""How far the recorder may be behind before destinations no longer wait for it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A frame of the program as whole MPEG-TS packets: one coded picture and the sounds after it.

    `frame` counts over the session; a decoder can begin at a chunk with `key`.
    """

    frame: int
    key: bool
    data: bytes


class Program:
    """A window on the program that moves with it; for one writer and any number of reading threads."""

    def __init__(self, fps: int, first_frame: int = 0) -> None:
        self.fps = fps
        self.tables = b""
        """What stands before the first picture: the tables that say what the streams are."""
        self._chunks: deque[Chunk] = deque(maxlen=KEEP_SECONDS * fps)
        self._head = first_frame
        self._recorded = first_frame
        self._key: int | None = None
        self._ended = False
        self._change = threading.Condition()

    @property
    def head(self) -> int:
        """The number of the frame that comes next."""
        return self._head

    @property
    def recorded(self) -> int:
        """All frames before this one are on disk, or will never be."""
        return self._recorded

    @property
    def ended(self) -> bool:
        """Whether no frame will come any more."""
        return self._ended

    @property
    def bytes_a_frame(self) -> float:
        """The mean size of the frames in the window."""
        with self._change:
            return sum(len(c.data) for c in self._chunks) / max(1, len(self._chunks))

    def append(self, chunk: Chunk) -> None:
        """Adds the next frame; the oldest one beyond the window is let go."""
        with self._change:
            self._chunks.append(chunk)
            self._head = chunk.frame + 1
            if self._head - self._recorded > BEHIND_SECONDS * self.fps:
                self._change.notify_all()  # the recorder will not

    def reached(self, frame: int) -> None:
        """The recorder is done with all frames before this one."""
        with self._change:
            self._recorded = frame
            self._change.notify_all()

    def end(self, rest: bytes = b"") -> Chunk | None:
        """No more frames come; readers read to the last and stop.

        `rest` is what the muxer still held: a chunk more, without a picture.
        """
        with self._change:
            last = Chunk(self._head, False, rest) if rest else None
            if last is not None:
                self._chunks.append(last)
            self._ended = True
            self._change.notify_all()
        return last

    @property
    def _limit(self) -> int:
        """Readers may have the frames before this one."""
        if self._ended:
            return self._head + 1
        return max(self._recorded, self._head - int(BEHIND_SECONDS * self.fps))

    def newest_key(self) -> int | None:
        """The newest frame at which a reader can begin."""
        with self._change:
            limit = self._limit
            return next(
                (c.frame for c in reversed(self._chunks) if c.key and c.frame < limit), None
            )

    def read(self, frame: int, timeout: float) -> Sequence[Chunk] | None:
        """The frames from `frame` on that may be had, waiting at most `timeout` seconds for the first.

        None when `frame` has left the window: the reader was too slow and has to begin anew.
        """
        with self._change:
            if self._limit <= frame and not self._ended:
                self._change.wait(timeout)
            if self._chunks and frame < self._chunks[0].frame:
                return None
            found = []
            for chunk in reversed(self._chunks):
                if chunk.frame < frame:
                    break
                if chunk.frame < self._limit:
                    found.append(chunk)
            return found[::-1]
