"""The music under catalogues and slates: a length and a seed come in, stereo samples go out.

Everything is made from sines: bronze keys, a low gong and a pad in Javanese tunings, as one phrase
that repeats without a seam. Knows nothing of items or of ffmpeg.
"""

import random
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Spectrum = NDArray[np.complex128]

PHRASE_SECONDS = 16.0
BEATS = 16
PEAK = 0.5
LOUDNESS = -20.0
"""LUFS: under a voice, and far enough from the house's -14 for composing to raise it cleanly."""

FIRST_KEY = 293.7
# Cents above the first key. No two gamelans are tuned alike; these are means over those measured in
# Surjodiningrat, Sudarjana and Susanto, "Tone measurements of outstanding Javanese gamelans" (1972).
PELOG = (0, 120, 258, 675, 785)
SLENDRO = (0, 231, 474, 717, 955)


@dataclass(frozen=True, slots=True)
class Voice:
    """An instrument: its partials as (ratio, gain, decay in seconds), and how softly it begins."""

    partials: tuple[tuple[float, float, float], ...]
    attack: float
    gain: float


# Bars and gongs have no harmonic partials; the near-equal pairs make the slow beating (ombak).
VOICES = {
    "saron": Voice(
        ((1, 1, 0.9), (2.003, 0.3, 0.5), (2.76, 0.16, 0.22), (5.4, 0.07, 0.06)), 0.004, 0.42
    ),
    "gender": Voice(((1, 1, 1.5), (1.003, 0.7, 1.6), (2.76, 0.1, 0.2)), 0.010, 0.21),
    "kenong": Voice(
        ((1, 1, 1.1), (1.004, 0.5, 1.2), (1.98, 0.35, 0.6), (2.9, 0.1, 0.2)), 0.006, 0.20
    ),
    "gong": Voice(
        ((1, 1, 2.6), (1.012, 0.8, 2.8), (1.51, 0.4, 1.4), (2.02, 0.5, 1.5)), 0.025, 0.34
    ),
    "pad": Voice(((1, 1, 1.7), (1.004, 0.9, 1.7), (2, 0.3, 1.4), (3, 0.1, 1.0)), 1.1, 0.11),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One stroke: when (seconds), which key (5 keys to the octave, 0 is about D4), how loud, and
    where between left (-1) and right (1)."""

    at: float
    key: int
    voice: str
    loud: float = 1.0
    pan: float = 0.0


def bed(frames_of_audio: int, sampling: int = 48_000, seed: int = 0) -> Samples:
    """Music of exactly that many samples, shape (frames_of_audio, 2), float32.

    The phrase lasts 16 s and begins in its own resonance, so that it can repeat; whoever plays it
    alone fades it in. Peak at most 0.5, about -20 LUFS. The same arguments give the same samples.
    """
    return np.resize(_phrase(seed, sampling), (frames_of_audio, 2))


def write_wav(path: Path, samples: Samples, sampling: int = 48_000) -> None:
    """Writes samples of shape (frames, channels) between -1 and 1 as 16-bit PCM."""
    whole = np.rint(np.clip(samples, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(sampling)
        file.writeframes(whole.tobytes())


def perform(
    notes: Iterable[Note], tuning: Sequence[int], seconds: float, sampling: int = 48_000
) -> Samples:
    """The notes in a small hall, as a loop: what rings past the end rings on at the beginning.

    Shape (seconds * sampling, 2); levelled to -20 LUFS over the whole loop, peak at most 0.5.
    """
    length = round(seconds * sampling)
    dry = np.zeros((2, length))
    strokes: dict[tuple[str, int], Samples] = {}
    for note in notes:
        stroke = strokes.get((note.voice, note.key))
        if stroke is None:
            stroke = _stroke(VOICES[note.voice], _pitch(tuning, note.key), sampling)
            strokes[note.voice, note.key] = stroke
        for channel, side in zip(dry, (1 - note.pan, 1 + note.pan), strict=True):
            _add_around(channel, stroke, round(note.at * sampling), note.loud * side)
    return _levelled(np.fft.rfft(dry) * _hall(length, sampling), length, sampling)


@lru_cache(maxsize=4)
def _phrase(seed: int, sampling: int) -> Samples:
    dice = random.Random(f"bed {seed}")
    tuning = PELOG if seed % 2 == 0 else SLENDRO
    return perform(_score(dice), tuning, PHRASE_SECONDS, sampling)


def _score(dice: random.Random) -> list[Note]:
    """Sixteen beats in four lines, each led to its goal tone, as a Javanese ketawang goes."""
    beat = PHRASE_SECONDS / BEATS
    melody = _melody(dice)
    notes = [Note(0.0, melody[-1] % 5 - 10, "gong")]
    for i, (key, ahead) in enumerate(zip(melody, melody[1:] + melody[:1], strict=True)):
        at = i * beat
        notes.append(Note(at, key, "saron", 0.62 + 0.1 * (i % 2), -0.25))
        # The gender runs before the melody: it plays where the melody is going.
        notes.append(Note(at + beat * 0.02, ahead - 5, "gender", 0.9, 0.35))
        notes.append(
            Note(at + beat * 0.52, key - 5 + dice.choice((-1, 1, 2)), "gender", 0.65, 0.45)
        )
        if i % 4 == 3:
            notes.append(Note(at, key - 5, "kenong", 0.8, -0.45))
        if i % 2 == 0:
            notes += [
                Note(at, melody[i | 3] - 10 + step, "pad", 0.8, pan)
                for step, pan in ((0, -0.3), (3, 0.3))
            ]
    return notes


def _melody(dice: random.Random) -> list[int]:
    goals = [dice.choice((0, 2, 3, 4)) for _ in range(3)] + [dice.choice((0, 1))]
    melody: list[int] = []
    for before, goal in pairwise([goals[-1], *goals]):
        turn = dice.choice((-1, 1))
        middle = (before + goal) // 2
        melody += [before + turn, middle, goal + dice.choice((-1, 1)), goal]
    return melody


def _pitch(tuning: Sequence[int], key: int) -> float:
    octave, degree = divmod(key, len(tuning))
    return float(FIRST_KEY * 2 ** (octave + tuning[degree] / 1200))


def _stroke(voice: Voice, pitch: float, sampling: int) -> Samples:
    longest = max(decay for _, _, decay in voice.partials)
    t = np.arange(round((6 * longest + voice.attack) * sampling), dtype=np.float32)
    t /= np.float32(sampling)
    sound = np.zeros_like(t)
    for ratio, gain, decay in voice.partials:
        n = round((6 * decay + voice.attack) * sampling)
        # Whole turns go before the sine: float32 can't hold thousands of them exactly.
        turns = np.arange(n) * (pitch * ratio / sampling)
        turns -= np.floor(turns)
        ringing = np.exp(t[:n] * np.float32(-1 / decay)) * np.float32(gain)
        sound[:n] += ringing * np.sin(turns.astype(np.float32) * np.float32(2 * np.pi))
    rise = t * np.float32(1 / voice.attack)
    sound *= np.float32(voice.gain) * (1 - np.exp(-rise * rise))
    return sound


def _add_around(channel: NDArray[np.float64], sound: Samples, at: int, gain: float) -> None:
    done = 0
    while done < len(sound):
        start = (at + done) % len(channel)
        part = sound[done : done + len(channel) - start]
        channel[start : start + len(part)] += part * np.float32(gain)
        done += len(part)


@lru_cache(maxsize=4)
def _hall(length: int, sampling: int) -> Spectrum:
    """The response of a small hall for both sides: the sound itself, a darkening noise after it."""
    noise = np.random.default_rng(7)
    tail = min(length, round(1.6 * sampling))
    t = np.arange(tail) / sampling
    reply = np.zeros((2, length))
    reply[:, :tail] = noise.standard_normal((2, tail)) * np.exp(-t / 0.32) * np.minimum(t / 0.02, 1)
    echo = np.fft.rfft(reply) / np.sqrt(sampling)
    hertz = np.fft.rfftfreq(length, 1 / sampling)
    hall: Spectrum = 1 + 2.2 * echo / np.sqrt(1 + (hertz / 1800) ** 2)
    return hall


def _levelled(spectrum: Spectrum, length: int, sampling: int) -> Samples:
    """Back to samples, at a loudness by ITU-R BS.1770-5 without gates: the loop never rests."""
    weighted = np.abs(spectrum) ** 2 * _k_weight(length, sampling)
    power = 2 * weighted.sum() / length**2
    samples = np.fft.irfft(spectrum, length).T
    gain = 10 ** ((LOUDNESS + 0.691) / 20) / np.sqrt(power)
    peak = np.abs(samples).max()
    levelled: Samples = (samples * min(gain, PEAK / peak)).astype(np.float32)
    return levelled


def _k_weight(length: int, sampling: int) -> NDArray[np.float64]:
    """Power response of the K weighting, from the 48 kHz coefficients of BS.1770-5, annex 1."""
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(length, 1 / sampling) / 48_000)
    shelf = np.polyval((1.19839281085285, -2.69169618940638, 1.53512485958697), turn) / np.polyval(
        (0.73248077421585, -1.69065929318241, 1.0), turn
    )
    rumble = (1 - turn) ** 2 / np.polyval((0.99007225036621, -1.99004745483398, 1.0), turn)
    response: NDArray[np.float64] = np.abs(shelf * rumble) ** 2
    return response
