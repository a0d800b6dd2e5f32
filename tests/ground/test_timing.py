"""The arithmetic of frames and sounds is exact."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.timing import Rate, hms


@given(st.integers(0, 10_000_000))
def test_sound_is_never_more_than_half_an_aac_frame_from_the_picture(frames: int) -> None:
    rate = Rate(25)
    apart = rate.seconds(frames) - Fraction(rate.audio_frames(frames) * 1024, 48_000)
    assert abs(apart) <= Fraction(512, 48_000)


@given(st.integers(0, 10_000_000), st.integers(0, 100_000))
def test_a_segment_never_needs_more_than_one_sound_above_its_length(
    before: int, frames: int
) -> None:
    rate = Rate(25)
    needed = rate.audio_frames(before + frames) - rate.audio_frames(before)
    assert needed <= -(-frames * rate.frame_ticks // rate.audio_ticks)


def test_rates_that_90_khz_cannot_count_are_refused() -> None:
    with pytest.raises(ValueError, match="exactly"):
        Rate(25, 44_100)


@given(st.integers(0, 10_000_000))
def test_frames_and_seconds_turn_into_each_other_without_loss(frames: int) -> None:
    rate = Rate(30)
    assert rate.frames(rate.seconds(frames)) == frames


def test_durations_for_people() -> None:
    assert [hms(0), hms(Fraction(599, 10)), hms(3723)] == ["0:00", "0:59", "1:02:03"]
