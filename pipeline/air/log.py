"""The program log: the append-only recording of the program, packet for packet what was sent.

Pictures and sounds come in and become chunks of MPEG-TS; chunks become files, the parts of the log. A
reader can begin at a keyframe: a packet of the video PID that begins a unit and has the random access
indicator set.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.air.program import Chunk
from pipeline.splice import Picture, SegmentReader, Stamp, TransportWriter

PACKET = 188
VIDEO_PID = 0x100  # the first stream's in FFmpeg's muxer
PART = "program-[0-9][0-9][0-9][0-9].ts"


class Muxer:
    """Makes the chunks of one run of air: its streams are described like those of `like`."""

    def __init__(self, like: SegmentReader) -> None:
        self._bytes = _Bytes()
        self._writer = TransportWriter(self._bytes, like)
        self._key = False

    def picture(self, picture: Picture, stamp: Stamp) -> None:
        self._key = picture.key
        self._writer.picture(picture, stamp)

    def sound(self, data: bytes, stamp: Stamp) -> None:
        self._writer.sound(data, stamp)

    def chunk(self, frame: int) -> Chunk:
        """What came since the last chunk: frame number `frame` of the session and its sounds."""
        return Chunk(frame, self._key, self._bytes.take())

    def rest(self) -> bytes:
        """What was held back until its time came, at the end of the program."""
        self._writer.close()
        return self._bytes.take()


class _Bytes:
    """A file that only holds what was written until it is taken."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._held.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        held, self._held = self._held, []
        return b"".join(held)


class Part:
    """One file of the log, open for appending: `write` leaves all of the data there, or nothing."""

    def __init__(self, folder: Path, data: bytes = b"") -> None:
        """Starts the folder's next part, with `data`; raises OSError, and there is none."""
        taken = [int(path.stem[-4:]) for path in folder.glob(PART)]
        self.path = folder / f"program-{max(taken, default=0) + 1:04}.ts"
        self._file = self.path.open("xb", buffering=0)
        self.size = 0
        try:
            self.write(data)
        except OSError:
            self.close()
            self.path.unlink()
            raise

    def write(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError:
            os.ftruncate(self._file.fileno(), self.size)
            raise
        self.size += len(data)

    def sync(self) -> None:
        """Returns when all of it is on disk."""
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        with contextlib.suppress(OSError):  # who has to know that it is on disk asked `sync`
            self._file.close()


def tables(data: bytes) -> bytes:
    """What stands before the first picture: the tables that say what the streams are."""
    return data[: next((at for at, _ in pictures(data)), 0)]


def pictures(data: bytes) -> Iterator[tuple[int, bool]]:
    """Where pictures begin in whole MPEG-TS packets, and which are keyframes (ISO/IEC 13818-1, 2.4.3)."""
    for at in range(0, len(data) - PACKET + 1, PACKET):
        pid = (data[at + 1] & 0x1F) << 8 | data[at + 2]
        if pid == VIDEO_PID and data[at + 1] & 0x40:
            has_field = data[at + 3] & 0x20 and data[at + 4]
            yield at, bool(has_field and data[at + 5] & 0x40)


def truncate(path: Path, frames: int, offset: int = 0) -> None:
    """Ends a part of a program log before the picture number `frames` after `offset`, from 0."""
    at = offset
    with path.open("r+b") as file:
        file.seek(offset)
        while data := file.read(PACKET * 4096):
            for place, _ in pictures(data):
                if frames == 0:
                    file.truncate(at + place)
                    return
                frames -= 1
            at += len(data)
