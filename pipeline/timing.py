"""Kinds of time and the arithmetic between them: pure, exact, without a clock.

Wall time is an aware `datetime`; media time is a `Fraction` of a second; the program counts integer
frames. MPEG-TS counts ticks of 1/90000 s, which 25 and 30 frames a second and AAC frames of 1024
samples at 48 kHz divide exactly, so that nothing here ever rounds a time stamp.
"""

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

TICKS = 90_000
"""Ticks a second in MPEG-TS (ISO/IEC 13818-1, 2.4.2)."""

AAC_SAMPLES = 1024
"""Samples in one AAC-LC frame (ISO/IEC 14496-3)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A frame rate and an audio sampling rate that 90 kHz divides exactly."""

    fps: int
    sampling: int = 48_000

    def __post_init__(self) -> None:
        if TICKS % self.fps or (TICKS * AAC_SAMPLES) % self.sampling:
            raise ValueError(f"90 kHz can't count {self.fps} fps with {self.sampling} Hz exactly")

    @property
    def frame_ticks(self) -> int:
        """Ticks of one video frame."""
        return TICKS // self.fps

    @property
    def audio_ticks(self) -> int:
        """Ticks of one AAC frame."""
        return TICKS * AAC_SAMPLES // self.sampling

    def frames(self, seconds: Fraction | int) -> int:
        """The nearest whole number of video frames in a duration."""
        return round(Fraction(seconds) * self.fps)

    def seconds(self, frames: int) -> Fraction:
        """The duration of a number of video frames."""
        return Fraction(frames, self.fps)

    def span(self, frames: int) -> timedelta:
        """The same as wall time, exact to the microsecond for 25, 30, 50 and 60 fps' whole seconds."""
        return timedelta(microseconds=frames * 1_000_000 // self.fps)

    def audio_frames(self, frames: int) -> int:
        """AAC frames whose total length is nearest to that of `frames` video frames."""
        return (2 * frames * self.frame_ticks + self.audio_ticks) // (2 * self.audio_ticks)


def hms(seconds: Fraction | float | int) -> str:
    """`1:02:03` or `2:03`, for people; fractions are dropped."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{secs:02}" if hours else f"{minutes}:{secs:02}"
