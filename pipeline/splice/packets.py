"""Coded packets in and out of MPEG-TS: the one place that reads and writes the house format's streams.

Reading gives pictures and sounds apart, in decoding order, each with its place in the segment; writing
takes them with the times that a `Timeline` gave. Nothing here decodes or encodes.
"""

from collections import deque
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError

from pipeline.errors import OutsideError, Text
from pipeline.splice.join import Picture, Stamp
from pipeline.timing import TICKS, Rate

_TICK = Fraction(1, TICKS)
_QUICK = {"probesize": "1000000", "analyzeduration": "100000"}  # a TS of ours says all at its start


class Sink(Protocol):
    """Where bytes go; `write` takes all of them or raises."""

    def write(self, data: bytes, /) -> int: ...


class Source(Protocol):
    """Where bytes come from, in order; none at the end."""

    def read(self, size: int, /) -> bytes: ...


class SegmentReader:
    """The packets of a file in the house format, from its first keyframe on.

    `delay` is by how many frames decoding precedes display. Sounds that precede the first picture
    (the encoder's priming) are left out. Raises OutsideError when the file can't be read.
    """

    def __init__(
        self, path: Path, rate: Rate, *, sounds: bool = True, source: Source | None = None
    ) -> None:
        """`source` gives the bytes instead of the file itself."""
        self.path = path
        self._rate = rate
        self._pictures: deque[Picture] = deque()
        self._sounds: deque[bytes] = deque()
        try:
            given: Any = source or str(path)
            self._container: InputContainer = av.open(given, format="mpegts", options=_QUICK)
            self._streams: list[Any] = [self._container.streams.video[0]]
            if sounds:
                self._streams.append(self._container.streams.audio[0])
            self._packets = self._container.demux(self._streams)
            self._origin: int | None = None
            self.delay = 0
            self._pull()
        except (FFmpegError, IndexError, OSError) as error:
            raise _unreadable(path, error) from error
        self.extradata = bytes(self._streams[0].codec_context.extradata or b"")

    def picture(self) -> Picture | None:
        """The next picture in decoding order; None at the end."""
        while not self._pictures and self._pull():
            pass
        return self._pictures.popleft() if self._pictures else None

    def sound(self) -> bytes | None:
        """The next AAC frame, as ADTS; None at the end."""
        while not self._sounds and self._pull():
            pass
        return self._sounds.popleft() if self._sounds else None

    def seek_key(self, display: int) -> int:
        """Goes on from the last keyframe at or before a frame; returns that keyframe's place.

        The sounds before it are dropped. Only from the start of the file.
        """
        passed = dropped = 0
        before: deque[Picture] = deque()
        while (picture := self.picture()) is not None and picture.display <= display:
            if picture.key:
                before.clear()
                passed = picture.display
                while len(self._streams) > 1 and dropped < self._rate.audio_frames(passed):
                    self.sound()
                    dropped += 1
            before.append(picture)
        if picture is not None:
            before.append(picture)
        self._pictures.extendleft(reversed(before))
        return passed

    def _pull(self) -> bool:
        """Takes packets up to the next one that counts; False at the end of the file."""
        try:
            for packet in self._packets:
                if packet.size and self._take(packet):
                    return True
        except FFmpegError as error:
            raise _unreadable(self.path, error) from error
        return False

    def _take(self, packet: Any) -> bool:
        if packet.stream is self._streams[0]:
            if self._origin is None:
                self._origin = packet.pts
                self.delay = (packet.pts - packet.dts) // self._rate.frame_ticks
                if self._sounds:  # what came before the first picture can be judged only now
                    self._sounds.clear()
            place = (packet.pts - self._origin) // self._rate.frame_ticks
            self._pictures.append(Picture(bytes(packet), packet.is_keyframe, place))
            return True
        if self._origin is None or packet.pts < self._origin - self._rate.audio_ticks // 2:
            return False
        self._sounds.append(bytes(packet))
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._container.close()


class TransportWriter:
    """Writes pictures and sounds as MPEG-TS into a file object, each packet flushed as it comes.

    The streams are described like those of `like`. Times are written as given (`mpegts_copyts`).
    """

    def __init__(self, file: Sink, like: SegmentReader) -> None:
        self._container: OutputContainer = av.open(
            file,  # PyAV asks for no more than `write`
            "w",
            format="mpegts",
            options={"mpegts_copyts": "1", "flush_packets": "1", "max_delay": "0"},
        )
        self._refused = False
        self._streams = [self._container.add_stream_from_template(s) for s in like._streams]

    def picture(self, picture: Picture, stamp: Stamp) -> None:
        packet = self._packet(picture.data, stamp, 0)
        packet.is_keyframe = picture.key
        self._mux(packet)

    def sound(self, data: bytes, stamp: Stamp) -> None:
        self._mux(self._packet(data, stamp, 1))

    def _mux(self, packet: Any) -> None:
        try:
            self._container.mux(packet)
        except BaseException:
            self._refused = True
            raise

    def _packet(self, data: bytes, stamp: Stamp, stream: int) -> Any:
        packet = av.Packet(data)
        packet.stream = self._streams[stream]
        packet.time_base = _TICK
        packet.pts, packet.dts = stamp.pts, stamp.dts
        return packet

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Writes what is buffered, unless the file refused; the file object stays open."""
        if not self._refused:
            self._container.close()


def _unreadable(path: Path, error: Exception) -> OutsideError:
    return OutsideError(
        Text(f"{path.name} tidak dapat dibaca: {error}", f"{path.name} can't be read: {error}")
    )
