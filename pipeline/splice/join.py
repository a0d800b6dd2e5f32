"""Joining without a seam: which time stamps packets get when segments follow one another. Pure.

The program counts frames and AAC frames; a segment is entered at a keyframe and left only where the
frames sent so far are contiguous in display order. AAC frames don't divide video frames, so each
segment gives as many as bring the sound nearest to the picture: never more than half of one apart.
"""

from dataclasses import dataclass

from pipeline.timing import Rate

SILENCE = bytes.fromhex("fff14c8001bffc" + "21100460 8c1c")
"""One silent AAC frame of the house format with its ADTS header: LC, 48 kHz, stereo (ISO/IEC 14496-3)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture. `display` is its place in the segment's display order, from 0."""

    data: bytes
    key: bool
    display: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """Presentation and decoding time in ticks of 1/90000 s."""

    pts: int
    dts: int


class Timeline:
    """The running account of a joined stream: what came before decides what a packet's times are.

    `delay` is the number of frames by which decoding precedes display, the same in all segments of
    one house format.
    """

    def __init__(self, rate: Rate, delay: int) -> None:
        self.rate = rate
        self.delay = delay
        self.frames = 0
        self.sounds = 0
        self._entered = 0
        self._origin = 0
        self._shown = 0

    def enter(self, origin: int = 0) -> None:
        """A segment begins here, with the keyframe that is its `origin`th frame in display order."""
        if not self.contiguous:
            raise ValueError("a segment can be left only where its frames are contiguous")
        self._entered = self.frames
        self._origin = origin
        self._shown = 0

    @property
    def contiguous(self) -> bool:
        """Whether every frame up to the latest in display order has been sent."""
        return self._shown == self.frames - self._entered

    def picture(self, picture: Picture) -> Stamp:
        """The times of the next picture in decoding order."""
        place = picture.display - self._origin
        if place < 0 or (self.frames == self._entered and not picture.key):
            raise ValueError("a segment is entered at a keyframe and in decoding order")
        stamp = Stamp(
            pts=(self._entered + place + self.delay) * self.rate.frame_ticks,
            dts=self.frames * self.rate.frame_ticks,
        )
        self.frames += 1
        self._shown = max(self._shown, place + 1)
        return stamp

    @property
    def sounds_due(self) -> int:
        """How many AAC frames are still to be sent to come nearest to the pictures sent so far."""
        return self.rate.audio_frames(self.frames) - self.sounds

    def sound(self) -> Stamp:
        """The times of the next AAC frame; the sound starts with the first picture shown."""
        at = self.sounds * self.rate.audio_ticks + self.delay * self.rate.frame_ticks
        self.sounds += 1
        return Stamp(at, at)
