"""The program log: the append-only recording of the program, packet for packet what was sent.

Air writes it; everything else reads it. A reader that joins late starts at the newest keyframe, which
in MPEG-TS is a packet of the video PID that begins a unit and has the random access indicator set.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pipeline.air.journal import SHORT_OF_SPACE
from pipeline.errors import OutsideError, Text
from pipeline.segments import Picture, SegmentReader, Stamp, TransportWriter

PACKET = 188
VIDEO_PID = 0x100  # the first stream's in FFmpeg's muxer


class ProgramLog:
    """Writes one part of a session's program log, and knows where its newest keyframe begins.

    Frames are counted over the whole session: the part begins with frame `first_frame`.
    """

    def __init__(self, folder: Path, first_frame: int = 0) -> None:
        """Starts a new part; the parts before it are left as they are."""
        taken = [int(path.stem[-4:]) for path in folder.glob("program-[0-9][0-9][0-9][0-9].ts")]
        self.path = folder / f"program-{max(taken, default=0) + 1:04}.ts"
        try:
            self._file = self.path.open("xb", buffering=0)
        except OSError as error:
            raise _disk(error) from error
        self._writer: TransportWriter | None = None
        self.first_frame = self.frames = first_frame
        self.newest_key = (0, first_frame)
        self.ended = False

    def like(self, reader: SegmentReader) -> None:
        """Describes the streams as those of the first segment; needed once, before any packet."""
        if self._writer is None:
            self._writer = TransportWriter(_Whole(self._file), reader)

    def picture(self, picture: Picture, stamp: Stamp) -> None:
        assert self._writer is not None
        if picture.key:
            self.newest_key = (self._file.tell(), self.frames)
        try:
            self._writer.picture(picture, stamp)
        except OSError as error:
            raise _disk(error) from error
        self.frames += 1

    def sound(self, data: bytes, stamp: Stamp) -> None:
        assert self._writer is not None
        try:
            self._writer.sound(data, stamp)
        except OSError as error:
            raise _disk(error) from error

    def close(self) -> None:
        """Writes what is buffered; readers come to their end."""
        writer, self._writer = self._writer, None
        try:
            if writer is not None:
                writer.close()
        except OSError as error:
            raise _disk(error) from error
        finally:
            self._file.close()
            self.ended = True


class _Whole:
    """A file that takes all that it is given, or raises: an unbuffered one may take a part."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, data: bytes) -> int:
        left = data
        while left:
            left = left[self._file.write(left) :]
        return len(data)


def _disk(error: OSError) -> OutsideError:
    return OutsideError(
        Text(f"rekaman program tak dapat ditulis: {error}", f"can't write the program: {error}"),
        SHORT_OF_SPACE,
    )


class LogTail:
    """Reads a growing program log from its newest keyframe on.

    `first_frame` is the number in the session of the frame it starts with.
    """

    def __init__(self, log: ProgramLog) -> None:
        self._log = log
        self._file = log.path.open("rb")
        offset, self.first_frame = log.newest_key
        self._head = b"" if offset == 0 else self._tables()
        self._file.seek(offset)
        self._synced = offset == 0

    def read(self, size: int = PACKET * 700) -> bytes:
        """Whole packets as far as they are written, at most `size` bytes; empty when there are none yet."""
        data = self._file.read(size)
        if cut := len(data) % PACKET:
            self._file.seek(-cut, 1)
            data = data[:-cut]
        if not self._synced:
            data = self._from_keyframe(data)
        head, self._head = (self._head, b"") if data else (b"", self._head)
        return head + data

    @property
    def at_end(self) -> bool:
        """Whether the log is finished and all of it was read."""
        return self._log.ended and self._file.tell() == self._log.path.stat().st_size

    def close(self) -> None:
        self._file.close()

    def _tables(self) -> bytes:
        """What stands before the first picture: the tables that say what the streams are."""
        data = self._file.read(PACKET * 16)
        return data[: next((at for at, _ in pictures(data)), 0)]

    def _from_keyframe(self, data: bytes) -> bytes:
        for at, key in pictures(data):
            if key:
                self._synced = True
                return data[at:]
        return b""


def pictures(data: bytes) -> Iterator[tuple[int, bool]]:
    """Where pictures begin in whole MPEG-TS packets, and which are keyframes (ISO/IEC 13818-1, 2.4.3)."""
    for at in range(0, len(data) - PACKET + 1, PACKET):
        pid = (data[at + 1] & 0x1F) << 8 | data[at + 2]
        if pid == VIDEO_PID and data[at + 1] & 0x40:
            has_field = data[at + 3] & 0x20 and data[at + 4]
            yield at, bool(has_field and data[at + 5] & 0x40)


def truncate(path: Path, frames: int) -> None:
    """Ends a part of a program log before its picture number `frames`, counted from 0."""
    at = 0
    with path.open("r+b") as file:
        while data := file.read(PACKET * 4096):
            for place, _ in pictures(data):
                if frames == 0:
                    file.truncate(at + place)
                    return
                frames -= 1
            at += len(data)
