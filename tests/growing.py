"""A program log that grows as air lets it: whole frames with their sounds, in parts, none removed."""

from pathlib import Path
from typing import Any

from pipeline.splice import SegmentReader, Timeline, TransportWriter
from pipeline.timing import Rate

RATE = Rate(25)


class _Bytes:
    def __init__(self) -> None:
        self.held = b""

    def write(self, data: bytes) -> int:
        self.held += bytes(data)
        return len(data)

    def take(self) -> bytes:
        held, self.held = self.held, b""
        return held


def chunks(*segments: Path) -> list[bytes]:
    """The frames of a program of these segments as MPEG-TS; the first one has the tables before it."""
    file, made = _Bytes(), []
    writer: Any = None
    for path in segments:
        with SegmentReader(path, RATE) as reader:
            if writer is None:
                writer, timeline = TransportWriter(file, reader), Timeline(RATE, reader.delay)
            timeline.enter()
            while (picture := reader.picture()) is not None:
                writer.picture(picture, timeline.picture(picture))
                while timeline.sounds_due > 0 and (sound := reader.sound()) is not None:
                    writer.sound(sound, timeline.sound())
                made.append(file.take())
    return made


def leavable(path: Path, least: int) -> int:
    """The first number of frames from `least` on after which all of them can be shown."""
    with SegmentReader(path, RATE) as reader:
        timeline = Timeline(RATE, reader.delay)
        timeline.enter()
        while timeline.frames < least or not timeline.contiguous:
            picture = reader.picture()
            assert picture is not None
            timeline.picture(picture)
        return timeline.frames


class GrowingLog:
    """Writes a part of a session's program log, frame for frame."""

    def __init__(self, folder: Path, part: int = 1) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"program-{part:04}.ts"
        self._file = self.path.open("xb", buffering=0)

    def grow(self, *frames: bytes) -> None:
        for frame in frames:
            self._file.write(frame)

    def tear(self, frame: bytes) -> None:
        """Half a frame is written when the power fails."""
        self._file.write(frame[: len(frame) // 2])

    def repair(self, frame: bytes) -> None:
        """The torn frame is cut off again."""
        self._file.truncate(self.path.stat().st_size - len(frame) // 2)

    def close(self) -> None:
        self._file.close()
