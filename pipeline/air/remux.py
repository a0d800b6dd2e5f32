"""The program's packets as fragments of an endless MP4: MPEG-TS comes in, what browsers play goes out.

Nothing is decoded. Time stamps keep rising from source to source, wherever those of each begin.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, Self

import av
from av.container import OutputContainer
from av.error import FFmpegError

from pipeline.errors import OutsideError, Text
from pipeline.timing import Rate

FRAGMENT_MS = 400
"""How long a fragment gets; each keyframe begins another one."""

_QUICK = {"probesize": "1000000", "analyzeduration": "100000"}  # a TS of ours says all at its start
_FRAGMENTED = {
    # frag_discont: times are written as given, so that sound and picture stay together
    "movflags": "empty_moov+default_base_moof+frag_keyframe+frag_discont",
    "frag_duration": str(FRAGMENT_MS * 1000),
    "flush_packets": "1",
}
_SPS = re.compile(rb"\x00\x00\x01[\x27\x47\x67](...)", re.DOTALL)
_AAC_LC = 2
_SAMPLING = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000)


class Source(Protocol):
    """MPEG-TS that begins with its tables and a keyframe."""

    @property
    def cut(self) -> bool:
        """Whether, at the end, what was given last has turned out not to be part of the program."""

    def read(self, size: int, /) -> bytes:
        """What there is, waiting while there is nothing; empty at the end."""


@dataclass(frozen=True, slots=True)
class Head:
    """How the MP4 begins, and its type as HTTP and browsers name it."""

    data: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """Some tenths of a second of the MP4; one with `key` can follow the head.

    `start` is when its first picture is decoded, in ticks of 1/90000 s since the MP4's beginning.
    """

    start: int
    key: bool
    data: bytes


class Remux:
    """Copies sources one after another into one MP4; `take` is given each fragment as it is complete.

    Sources whose streams are described otherwise than the first's are refused.
    """

    def __init__(self, rate: Rate, take: Callable[[Fragment], None]) -> None:
        self.head: Head | None = None
        self._rate = rate
        self._take = take
        self._boxes = _Boxes(self._box)
        self._opening = self._moof = b""
        self._keys: set[int] = set()
        self._extradata = b""
        self._output: OutputContainer | None = None
        self._streams: list[Any] = []
        self.decoded = 0
        """Ticks up to which there are pictures, in decoding order."""
        self._shown = self._heard = 0

    def copy(self, source: Source) -> None:
        """Copies a source to its end; OutsideError when it can't be read or is unlike the first."""
        try:
            with av.open(source, "r", format="mpegts", options=_QUICK) as container:
                video, audio = container.streams.video[0], container.streams.audio[0]
                self._open(video, audio)
                packets = self._whole(container.demux(video, audio), source)
                self._copy(packets, video, av.BitStreamFilterContext("aac_adtstoasc", audio))
        except (FFmpegError, IndexError) as error:
            raise OutsideError(
                Text(f"program tidak terbaca: {error}", f"the program can't be read: {error}")
            ) from error

    def close(self) -> None:
        """Gives what is not yet a whole fragment."""
        output, self._output = self._output, None
        if output is not None:
            output.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self, video: Any, audio: Any) -> None:
        extradata = bytes(video.codec_context.extradata or b"")
        if self._output is not None:
            if extradata != self._extradata:
                raise OutsideError(Text("format program berganti", "the program's format changed"))
            return
        self._extradata = extradata
        self._output = av.open(self._boxes, "w", format="mp4", options=_FRAGMENTED)
        self._streams = [self._output.add_stream_from_template(s) for s in (video, audio)]
        self._streams[1].codec_context.extradata = _sound_description(audio.codec_context)

    @staticmethod
    def _whole(packets: Iterator[Any], source: Source) -> Iterator[Any]:
        for packet in packets:
            if source.cut:
                return
            if packet.size and packet.dts is not None and packet.pts is not None:
                yield packet

    def _copy(self, packets: Iterator[Any], video: Any, to_mp4: Any) -> None:
        """From the first keyframe on, which follows what was copied before, decoded and shown."""
        shift: int | None = None
        for packet in packets:
            if packet.stream is video and packet.is_keyframe and shift is None:
                shift = max(self.decoded - packet.dts, self._shown - packet.pts)
            if shift is None:
                continue
            if packet.stream is video:
                self._picture(packet, shift)
            else:
                for sound in to_mp4.filter(packet):
                    self._sound(sound, shift)

    def _picture(self, packet: Any, shift: int) -> None:
        packet.dts += shift
        packet.pts += shift
        self.decoded = packet.dts + self._rate.frame_ticks
        self._shown = max(self._shown, packet.pts + self._rate.frame_ticks)
        if packet.is_keyframe:
            self._keys.add(packet.dts)
        self._mux(packet, 0)

    def _sound(self, packet: Any, shift: int) -> None:
        """At the seam of two sources a sound may begin before the last one ended: it is left out."""
        packet.dts += shift
        packet.pts += shift
        if packet.dts >= self._heard:
            self._heard = packet.dts + self._rate.audio_ticks
            self._mux(packet, 1)

    def _mux(self, packet: Any, stream: int) -> None:
        assert self._output is not None
        packet.stream = self._streams[stream]
        self._output.mux(packet)

    def _box(self, kind: bytes, box: bytes) -> None:
        """The muxer's boxes in order: ftyp and moov once, moof and mdat for each fragment."""
        if kind == b"ftyp":
            self._opening = box
        elif kind == b"moov":
            self.head = Head(self._opening + box, _media_type(self._extradata))
        elif kind == b"moof":
            self._moof = box
        elif kind == b"mdat":
            start = _start(self._moof)
            key = start in self._keys
            self._keys.discard(start)
            self._take(Fragment(start, key, self._moof + box))


class _Boxes:
    """A file that takes apart what is written to it into the boxes of MP4 (ISO/IEC 14496-12, 4.2)."""

    def __init__(self, take: Callable[[bytes, bytes], None]) -> None:
        self._take = take
        self._pending = bytearray()

    def write(self, data: bytes) -> int:
        self._pending += data
        for kind, box in self._whole():
            self._take(kind, box)
        return len(data)

    def _whole(self) -> Iterator[tuple[bytes, bytes]]:
        while len(self._pending) >= 8:
            size = int.from_bytes(self._pending[:4])
            if len(self._pending) < size:
                return
            box = bytes(self._pending[:size])
            del self._pending[:size]
            yield box[4:8], box


def _start(moof: bytes) -> int:
    """When the first track, the video, goes on (ISO/IEC 14496-12, 8.8.12: version 1 has 64 bits)."""
    at = moof.index(b"tfdt")
    return int.from_bytes(moof[at + 8 : at + 16])


def _media_type(extradata: bytes) -> str:
    """Profile, constraints and level stand in the SPS as in the codec's name (RFC 6381, 3.3)."""
    found = _SPS.search(extradata)
    profile = found[1].hex() if found else "64001f"
    return f'video/mp4; codecs="avc1.{profile}, mp4a.40.{_AAC_LC}"'


def _sound_description(audio: Any) -> bytes:
    """The AudioSpecificConfig of AAC-LC (ISO/IEC 14496-3, 1.6.2.1), which ADTS says in each frame."""
    channels: int = audio.layout.nb_channels
    return (_AAC_LC << 11 | _SAMPLING.index(audio.sample_rate) << 7 | channels << 3).to_bytes(2)
