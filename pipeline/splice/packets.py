"""Coded packets in and out of MPEG-TS: the one place that reads and writes the house format's streams.

Reading gives pictures and sounds apart, in decoding order, each with its place in the segment; writing
takes them with the times that a `Timeline` gave. Nothing here decodes or encodes.
"""

from collections import deque
from contextlib import suppress
from fractions import Fraction
from math import inf
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
_JUMP = 4  # seconds back from what is sought: more than a GOP and its sound
_FOREIGN = (FFmpegError, OSError, ValueError, IndexError, TypeError)
_QUICK = {
    "probesize": "1000000",
    "analyzeduration": "100000",  # a TS of ours says all at its start
    "skip_frame": "all",  # else opening decodes pictures: 13 ms instead of 1
}
AT_ONCE = 64
"""Packets that are read in one go, about a second: cheaper than one whenever one is due."""


class Sink(Protocol):
    """Where bytes go; `write` takes all of them or raises."""

    def write(self, data: bytes, /) -> int: ...


class Source(Protocol):
    """Where bytes come from, in order; none at the end."""

    def read(self, size: int, /) -> bytes: ...


class SegmentReader:
    """The packets of a file in the house format, from its first picture on.

    `delay` is by how many frames decoding precedes display; `extradata` are the parameter sets. Sounds
    that are heard before the first picture is shown (the encoder's priming) are left out. Whatever
    makes a file unreadable is an OutsideError, raised where it lies: what is before it comes out.
    """

    def __init__(
        self,
        path: Path,
        rate: Rate,
        *,
        sounds: bool = True,
        source: Source | None = None,
    ) -> None:
        """`source` gives the bytes instead of the file itself; `seek_key` needs one that can seek."""
        self.path = path
        self.delay = 0
        self._rate = rate
        self._pictures: deque[Picture] = deque()
        self._sounds: dict[int, bytes] = {}  # by place
        self._early: list[Any] = []  # sounds before the first picture in the file
        self._read = -1
        self._origin: int | None = None
        self._error: OutsideError | None = None
        try:
            given: Any = source or str(path)
            self._container: InputContainer = av.open(given, format="mpegts", options=_QUICK)
            self._streams: list[Any] = [self._container.streams.video[0]]
            if sounds:
                self._streams.append(self._container.streams.audio[0])
        except _FOREIGN as error:
            raise _unreadable(path, error) from error
        self._packets = self._container.demux(self._streams)
        while self._origin is None and self._pull():
            pass
        self.extradata = bytes(self._streams[0].codec_context.extradata or b"")

    def picture(self) -> Picture | None:
        """The next picture in decoding order; None at the end."""
        while not self._pictures and self._pull():
            pass
        if self._pictures:
            return self._pictures.popleft()
        self._end()
        return None

    def sound(self) -> bytes | None:
        """The next AAC frame there is, as ADTS; None at the end."""
        while not self._sounds and self._pull():
            pass
        if self._sounds:
            return self._sounds.pop(next(iter(self._sounds)))
        self._end()
        return None

    def sound_at(self, place: int) -> bytes | None:
        """The AAC frame with a place in the segment's sound, from 0; None where it is missing.

        To be asked for in order. The file is read no further than a second of pictures ahead.
        """
        while place not in self._sounds and self._read < place and self._pull():
            pass
        return self._sounds.pop(place, None)

    def seek_key(self, display: int) -> int:
        """Goes on from the last keyframe at or before a frame; returns that keyframe's place.

        The sounds before it are dropped. Jumps by time stamps, which takes as long in a file of hours
        as in a short one, and farther back where no keyframe or not all of its sound was found.
        """
        back = _JUMP * self._rate.fps
        while back < display:
            self._jump(display - back)
            with suppress(OutsideError):
                if self._reach(display) and self._has_all_sound:
                    return self._forget_sounds()
            back *= 8
        self._jump(0)
        if not self._reach(display):
            raise _broken(self.path)
        return self._forget_sounds()

    def _jump(self, frame: int) -> None:
        """Goes on from somewhere near before a frame, from the start of the file for the first."""
        self._pictures.clear()
        self._sounds.clear()
        self._read, self._error = -1, None
        try:
            if frame:
                at = (self._origin or 0) + frame * self._rate.frame_ticks
                self._container.seek(at, stream=self._streams[0])
            else:
                self._container.seek(0, unsupported_byte_offset=True)
        except _FOREIGN as error:
            self._error = _unreadable(self.path, error)
        self._packets = self._container.demux(self._streams)

    def _reach(self, display: int) -> bool:
        """Reads on to the last keyframe at or before a frame, which comes out next; whether there is one."""
        found: list[Picture] = []
        while (picture := self.picture()) is not None:
            if picture.key and picture.display <= display:
                found.clear()
            if found or picture.key:
                found.append(picture)
            if picture.display > display:
                break
        self._pictures.extendleft(reversed(found))
        return bool(found) and found[0].display <= display

    @property
    def _first_sound(self) -> int:
        return self._rate.audio_frames(self._pictures[0].display)

    @property
    def _has_all_sound(self) -> bool:
        """Whether reading began before the sound of the picture that comes next."""
        return len(self._streams) == 1 or min(self._sounds, default=inf) <= self._first_sound

    def _forget_sounds(self) -> int:
        """Drops those before the picture that comes next; returns its place."""
        first = self._first_sound
        self._sounds = {place: sound for place, sound in self._sounds.items() if place >= first}
        return self._pictures[0].display

    def _pull(self) -> bool:
        """Takes the next packets; False at the end of the file, or of what can be read of it."""
        if self._error is not None:
            return False
        taken = 0
        try:
            for packet in self._packets:
                if packet.size:
                    self._take(packet)
                    taken += 1
                if taken == AT_ONCE:
                    break
        except _FOREIGN as error:
            self._error = _unreadable(self.path, error)
        except OutsideError as error:
            self._error = error
        return taken > 0

    def _end(self) -> None:
        """Nothing more comes: because the file is at its end, or raises why."""
        if self._error is not None:
            raise self._error

    def _take(self, packet: Any) -> None:
        if packet.stream is not self._streams[0]:
            self._take_sound(packet)
            return
        if packet.pts is None or packet.dts is None:
            raise _broken(self.path)
        if self._origin is None:
            self._origin = packet.pts
            self.delay = (packet.pts - packet.dts) // self._rate.frame_ticks
            for early in self._early:
                self._take_sound(early)
            self._early.clear()
        place = (packet.pts - self._origin) // self._rate.frame_ticks
        self._pictures.append(Picture(bytes(packet), packet.is_keyframe, place))
        self._read = self._rate.audio_frames(place - self._rate.fps)

    def _take_sound(self, packet: Any) -> None:
        if self._origin is None:
            self._early.append(packet)
        elif packet.pts is not None:
            ticks = self._rate.audio_ticks
            place = (packet.pts - self._origin + ticks // 2) // ticks
            if place >= 0:
                self._sounds[place] = bytes(packet)
                self._read = place

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
        """Raises OutsideError when the muxer won't have it; the next may be taken all the same."""
        try:
            self._container.mux(packet)
        except FFmpegError as error:
            raise OutsideError(
                Text(f"paket ditolak muxer: {error}", f"the muxer refused a packet: {error}")
            ) from error
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


def _broken(path: Path) -> OutsideError:
    return OutsideError(Text(f"{path.name} rusak", f"{path.name} is damaged"))
