"""A text becomes one line of outlines, measured by what is drawn: a template gets paths, never text.

Each character comes from the first font that has it; one that no font has is replaced visibly and
reported. Works in thousandths of the size; knows nothing of cards and sizes.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from pipeline.overlays.face import Command, Face, Glyph, Paint, Shape

SUBSTITUTE = "[?]"
"""Drawn in place of characters that no font of the theme has."""

MARKS = 4
"""Combining marks kept on one letter; longer stacks are vandalism, not writing."""

# The ink of a line stays between these, so that leading and padding can be relied on. Letters of
# the Latin script with an accent need 1080; taller ink (Javanese, stacked marks) is drawn smaller.
ASCENT, DESCENT = 1100.0, -350.0

_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Stain:
    """One coloured layer of an emoji: `#rrggbb`, opacity, path data."""

    colour: str
    opacity: float
    outline: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A glyph at its place on the line."""

    glyph: Glyph
    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """One line of text; the box is that of its ink, `lacking` what no font could draw."""

    glyphs: tuple[Placed, ...]
    left: float
    right: float
    top: float
    bottom: float
    lacking: str

    @property
    def width(self) -> float:
        """From the leftmost to the rightmost ink."""
        return self.right - self.left

    def drawn(self) -> tuple[str, tuple[Stain, ...]]:
        """Path data of the plain glyphs, and the coloured layers."""
        plain: list[str] = []
        stains: list[Stain] = []
        for placed in self.glyphs:
            for paint, (x, y), rest in _traced(placed.glyph, placed.scale):
                outline = f"M{placed.x + x:.1f} {placed.y + y:.1f}{rest}"
                if paint is None:
                    plain.append(outline)
                else:
                    stains.append(Stain(*paint, outline))
        return "".join(plain), tuple(stains)


def clean(text: str) -> str:
    """The same text without controls, invisible formatting, double spaces and endless marks."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if char.isspace():
            kept.append(" ")
        elif category in {"Cc", "Cs"} or marks > MARKS:
            continue
        elif category != "Cf" or char in _JOINERS or "\U000e0020" <= char <= "\U000e007f":
            kept.append(char)
    return re.sub(" +", " ", "".join(kept)).strip()


class Typesetter:
    """The faces of a theme, by name, and the fallbacks that are asked in order for the rest."""

    def __init__(self, faces: Mapping[str, Path], fallback: Sequence[Path]) -> None:
        """Reads the fonts; OSError, or ValueError for a file that isn't one."""
        self._faces = {name: Face(path) for name, path in faces.items()}
        self._fallback = [Face(path) for path in fallback]
        self.shape = lru_cache(maxsize=4096)(self._shape)

    def cap_height(self, face: str) -> float:
        """Height of the capitals."""
        return self._faces[face].cap_height

    def clusters(self, text: str) -> list[str]:
        """What a reader takes for characters: an emoji or a letter with its marks is one."""
        face = next(iter(self._faces.values()))
        starts = {shape.cluster for shape in face.shape(text, latin=True)}
        return [text[a:b] for a, b in pairwise([*sorted(starts), len(text)])]

    def _shape(self, text: str, face: str, tracking: float = 0) -> Shaped:
        main = self._faces[face]
        runs, lacking = self._runs(text, main)
        placed: list[Placed] = []
        pen = 0.0
        for run_face, run in runs:
            shapes = run_face.shape(run, latin=run_face is main)
            squeeze, lift = _squeezed(shapes)
            for shape in shapes:
                x, y = pen + shape.x * squeeze, shape.y * squeeze + lift
                placed.append(Placed(shape.glyph, x, y, squeeze))
                pen += shape.advance * squeeze + tracking
        return _boxed(placed, lacking)

    def _runs(self, text: str, main: Face) -> tuple[list[tuple[Face, str]], str]:
        """The text in pieces of one face each, and the characters that no face has."""
        pieces: list[tuple[Face, str]] = []
        lacking = ""
        for cluster in self.clusters(text):
            face = next((f for f in (main, *self._fallback) if f.has(cluster)), None)
            if face is not None:
                pieces.append((face, cluster))
                continue
            lacking += cluster
            if main.has(cluster[0]):
                pieces.append((main, cluster[0]))
            elif not pieces or pieces[-1] != (main, SUBSTITUTE):
                pieces.append((main, SUBSTITUTE))
        return _joined(pieces, main), lacking


def _joined(pieces: list[tuple[Face, str]], main: Face) -> list[tuple[Face, str]]:
    """Neighbours of one face become one run; a space between two words of another script joins
    them, because the words of a right-to-left script swap places only inside one run."""
    runs: list[tuple[Face, str]] = []
    followers = [face for face, _ in pieces[1:]] + [main]
    for (own, text), after in zip(pieces, followers, strict=False):
        before = runs[-1][0] if runs else main
        joins = text == " " and before is after is not main and after.has(" ")
        face = after if joins else own
        if runs and before is face:
            runs[-1] = (face, runs[-1][1] + text)
        else:
            runs.append((face, text))
    return runs


def _squeezed(shapes: Sequence[Shape]) -> tuple[float, float]:
    """How much smaller and higher a run is drawn for its ink to stay within ASCENT and DESCENT."""
    inked = [(shape.glyph.box, shape.y) for shape in shapes if shape.glyph.box]
    bottom = min((box[2] + y for box, y in inked), default=0)
    top = max((box[3] + y for box, y in inked), default=0)
    factor = min(1.0, (ASCENT - DESCENT) / max(top - bottom, 1))
    lift = max(DESCENT - bottom * factor, 0) - max(top * factor - ASCENT, 0)
    return factor, lift


def _boxed(placed: Sequence[Placed], lacking: str) -> Shaped:
    inked = [(p, p.glyph.box) for p in placed if p.glyph.box]
    return Shaped(
        tuple(p for p, _ in inked),
        left=min((p.x + box[0] * p.scale for p, box in inked), default=0),
        right=max((p.x + box[1] * p.scale for p, box in inked), default=0),
        bottom=min((p.y + box[2] * p.scale for p, box in inked), default=0),
        top=max((p.y + box[3] * p.scale for p, box in inked), default=0),
        lacking=lacking,
    )


@lru_cache(maxsize=4096)
def _traced(glyph: Glyph, scale: float) -> tuple[tuple[Paint, tuple[float, float], str], ...]:
    """Each layer as its first point and relative path data, which is the same wherever it goes."""
    traced = []
    for paint, commands in glyph.layers:
        if commands:
            first, rest = _relative([(op, tuple(v * scale for v in ps)) for op, ps in commands])
            traced.append((paint, first, rest))
    return tuple(traced)


def _relative(commands: list[Command]) -> tuple[tuple[float, float], str]:
    first = at = start = (round(commands[0][1][0], 1), round(commands[0][1][1], 1))
    parts: list[str] = []
    for operator, points in commands[1:]:
        if operator == "Z":
            parts.append("z")
            at = start
            continue
        # Differences of rounded places, so that rounding never adds up along the outline.
        places = [round(value, 1) for value in points]
        steps = (f"{value - at[i % 2]:.1f}" for i, value in enumerate(places))
        parts.append(operator.lower() + " ".join(steps))
        at = (places[-2], places[-1])
        start = at if operator == "M" else start
    return first, "".join(parts)
