"""The sound of a profile video: a seed and a length come in, a short bright phrase goes out."""

import random

import numpy as np

from pipeline.segments import PELOG, SLENDRO, Note, Samples, perform

SAMPLING = 48_000
PULSE = 0.21
"""Seconds between strokes of the interlocking parts: twice as lively as the bed."""

LOUDER = 10 ** (2 / 20)
"""From the bed's -20 to about -18 LUFS: far enough from the house's -14 to need levelling."""

# Where in a bar of eight the two interlocking parts strike; together they leave no gap.
LEADING, FOLLOWING = (0, 2, 3, 5, 6), (1, 3, 4, 6, 7)


def phrase(seed: int, seconds: int) -> Samples:
    """A phrase of shape (seconds * 48000, 2), about -18 LUFS: it closes on a gong and fades."""
    dice = random.Random(f"film {seed}")
    notes: list[Note] = []
    bars = int((seconds - 2) / (8 * PULSE))
    for bar in range(bars):
        start = bar * 8 * PULSE
        root = dice.choice((0, 1, 2, 4))
        contour = [root + dice.choice((0, 0, 1, 2, -1)) for _ in range(8)]
        notes += [Note(start + i * PULSE, contour[i], "saron", 0.7, -0.5) for i in LEADING]
        notes += [Note(start + i * PULSE, contour[i] + 2, "saron", 0.5, 0.5) for i in FOLLOWING]
        notes += [
            Note(start, root - 5, "gender", 1.0),
            Note(start + 4 * PULSE, root - 3, "gender", 0.8),
        ]
        notes.append(Note(start, root - 10, "gong", 0.8 if bar % 2 == 0 else 0.4))
        notes.append(Note(start, root - 5, "pad", 0.9))
    close = bars * 8 * PULSE
    notes += [
        Note(close, key, voice) for key, voice in ((-10, "gong"), (0, "saron"), (-5, "gender"))
    ]
    whole = perform(notes, PELOG if seed % 2 else SLENDRO, seconds, SAMPLING)
    return _faded(whole * np.float32(LOUDER))


def _faded(samples: Samples) -> Samples:
    ramp = np.minimum(np.arange(len(samples)) / (0.03 * SAMPLING), 1)
    ramp *= np.clip(np.arange(len(samples))[::-1] / (1.2 * SAMPLING), 0, 1)
    return samples * ramp[:, None].astype(np.float32)
