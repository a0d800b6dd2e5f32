"""The music bed: any length, the same every time, level, without clicks, and music rather than noise."""

import re
import wave
from pathlib import Path

import numpy as np
import pytest

from pipeline.segments.bed import PEAK, PHRASE_SECONDS, bed, write_wav
from pipeline.tools import run

PHRASE = round(PHRASE_SECONDS * 48_000)


@pytest.mark.parametrize("frames", [1, 1024, PHRASE - 1, PHRASE, 2 * PHRASE + 7])
def test_gives_exactly_the_samples_that_were_asked_for(frames: int) -> None:
    music = bed(frames)

    assert music.shape == (frames, 2)
    assert music.dtype == np.float32


def test_repeats_its_phrase() -> None:
    music = bed(PHRASE + 5000)

    assert np.array_equal(music[PHRASE:], music[:5000])


@pytest.mark.parametrize("seed", range(4))
def test_has_no_click_where_the_phrase_comes_round(seed: int) -> None:
    music = bed(2 * PHRASE, seed=seed)
    steps = np.abs(np.diff(music, axis=0))

    assert steps[PHRASE - 200 : PHRASE + 200].max() <= steps[: PHRASE - 200].max()
    assert steps.max() < 0.05


def test_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert np.array_equal(bed(9000, seed=3), bed(9000, seed=3))
    assert not np.array_equal(bed(9000, seed=3), bed(9000, seed=4))


def test_what_is_done_to_a_bed_does_not_reach_the_next() -> None:
    bed(PHRASE)[:] = 0

    assert np.abs(bed(PHRASE)).max() > 0.1


@pytest.mark.parametrize("seed", range(4))
def test_stays_under_its_peak_and_is_heard_on_both_sides(seed: int) -> None:
    music = bed(PHRASE, seed=seed)
    left, right = np.sqrt((music**2).mean(axis=0))

    assert np.abs(music).max() <= PEAK
    assert 0.7 < left / right < 1.4


def test_is_tones_and_not_noise() -> None:
    power = np.abs(np.fft.rfft(bed(PHRASE)[:, 0])) ** 2
    loudest = np.sort(power)[::-1]

    # Noise would need most of its lines for this; the phrase has 384 000 of them.
    assert loudest[:6000].sum() > 0.95 * loudest.sum()


@pytest.mark.parametrize("seed", [0, 1])
def test_ffmpeg_hears_a_steady_minute_near_minus_20_lufs(
    seed: int, tmp_path: Path, ffmpeg: str
) -> None:
    path = tmp_path / "bed.wav"
    write_wav(path, bed(60 * 48_000, seed=seed))
    meter = ["-af", "ebur128=peak=sample", "-f", "null", "-"]
    _, said = run([ffmpeg, "-nostats", "-i", str(path), *meter], deadline=60)
    summary = said[said.rindex("Summary:") :]
    figures = dict(re.findall(r"(I|LRA|Peak):\s+(-?[\d.]+)", summary))

    assert float(figures["I"]) == pytest.approx(-20, abs=0.7)
    assert float(figures["LRA"]) < 6
    assert float(figures["Peak"]) <= -6


def test_the_wav_holds_the_samples_as_16_bits_and_clips_what_is_too_loud(tmp_path: Path) -> None:
    path = tmp_path / "four.wav"
    write_wav(path, np.array([[0, 1], [-1, 0.5], [2, -2]], np.float32), 44_100)

    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 44_100)
        values = np.frombuffer(file.readframes(3), "<i2").tolist()
    assert values == [0, 32767, -32767, 16384, 32767, -32767]
