"""Text becomes outlines: HarfBuzz shapes it with the very font files that draw it.

What is measured is therefore what is drawn: a template gets paths, never text, and a character
that no font has is replaced visibly and reported. Knows sizes of fonts, nothing of cards.
"""

import re
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import uharfbuzz as hb

SUBSTITUTE = "[?]"
"""Drawn in place of characters that no font of the theme has."""

UPEM = 1000
"""Everything here is measured in thousandths of the size that the text will be drawn at."""

MARKS = 4
"""Combining marks kept on one letter; longer stacks are vandalism, not writing."""

# The ink of a line stays between these, so that leading and padding can be relied on. Letters of
# the Latin script with an accent need 1.08; taller ink (Javanese, stacked marks) is drawn smaller.
ASCENT, DESCENT = 1100.0, -350.0

AIR = 60.0
"""Beside a coloured glyph on either side: emoji fill their whole advance, letters don't."""

_JOINERS = frozenset("\u200c\u200d")
_IGNORED = frozenset("\u200c\u200d\ufe0e\ufe0f")

Command = tuple[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Stain:
    """One coloured layer of an emoji: `#rrggbb`, opacity, path data."""

    colour: str
    opacity: float
    outline: str


Paint = tuple[str, float] | None
"""`#rrggbb` and opacity; None stands for the colour that the template gives the text."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A glyph's layers, bottom first, and the box of all their points: left, right, bottom, top."""

    layers: tuple[tuple[Paint, tuple[Command, ...]], ...]
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Placed:
    """A glyph at its place on the line."""

    glyph: Glyph
    x: float
    y: float
    scale: float


@dataclass(frozen=True, slots=True)
class Shaped:
    """One line of text in thousandths of its size, y up; the box is that of its ink."""

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
            for paint, commands in placed.glyph.layers:
                outline = _outline(commands, placed)
                if paint is None:
                    plain.append(outline)
                else:
                    stains.append(Stain(*paint, outline))
        return "".join(plain), tuple(stains)


def _outline(commands: tuple[Command, ...], at: Placed) -> str:
    parts: list[str] = []
    for operator, points in commands:
        places = [
            f"{value * at.scale + (at.y if i % 2 else at.x):.1f}" for i, value in enumerate(points)
        ]
        parts.append(operator + " ".join(places))
    return "".join(parts)


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


class Face:
    """One font file: which characters it has, and the outlines of its glyphs in `UPEM` units."""

    def __init__(self, path: Path) -> None:
        self._face = hb.Face(hb.Blob(path.read_bytes()))
        if not self._face.glyph_count:
            raise ValueError(f"{path.name} is not a font")
        self.font = hb.Font(self._face)
        self.scale = UPEM / self._face.upem
        self._palette = _palette(self._face)
        self.air = AIR if self._palette else 0.0
        self._glyphs: dict[int, Glyph] = {}
        self._pen = _pen()

    @property
    def cap_height(self) -> float:
        """Height of the capitals, in thousandths of the size."""
        tag = hb.OTMetricsTag.CAP_HEIGHT
        return float(self.font.get_metric_position_with_fallback(tag)) * self.scale

    def has(self, text: str) -> bool:
        """Whether every visible character has a glyph."""
        return all(c in _IGNORED or self.font.get_nominal_glyph(ord(c)) for c in text)

    def shape(self, text: str, *, latin: bool) -> list[tuple[hb.GlyphInfo, hb.GlyphPosition]]:
        """Glyphs in visual order; the script is guessed from the text unless it is `latin`."""
        if not text:
            return []
        buffer = hb.Buffer()
        buffer.add_str(text)
        if latin:
            buffer.direction, buffer.script, buffer.language = "ltr", "Latn", "id"
        else:
            buffer.guess_segment_properties()
        hb.shape(self.font, buffer)
        return list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))

    def glyph(self, number: int) -> Glyph:
        """The outlines of a glyph and their colours (COLR version 0)."""
        if number not in self._glyphs:
            colours = self._face.get_glyph_color_layers(number) if self._palette else []
            layers = tuple(
                (self._palette.get(layer.color_index), self._commands(layer.glyph))
                for layer in colours
            ) or ((None, self._commands(number)),)
            self._glyphs[number] = Glyph(layers, _box(layers))
        return self._glyphs[number]

    def _commands(self, glyph: int) -> tuple[Command, ...]:
        commands: list[Command] = []
        self.font.draw_glyph(glyph, self._pen, commands)
        return tuple(commands)


def _box(
    layers: tuple[tuple[Paint, tuple[Command, ...]], ...],
) -> tuple[float, float, float, float] | None:
    xs = [x for _, commands in layers for _, points in commands for x in points[::2]]
    ys = [y for _, commands in layers for _, points in commands for y in points[1::2]]
    if not xs:
        return None
    return min(xs), max(xs), min(ys), max(ys)


def _palette(face: hb.Face) -> dict[int, tuple[str, float]]:
    """The first palette of the CPAL table, which uharfbuzz 0.57 can't list without hanging.

    https://learn.microsoft.com/typography/opentype/spec/cpal (records are blue, green, red, alpha)
    """
    if not face.has_color_layers:
        return {}
    table = bytes(face.reference_table("CPAL").data)
    _, entries, _, _, offset, first = struct.unpack_from(">HHHHIH", table)
    colours = {}
    for i in range(entries):
        blue, green, red, alpha = table[offset + 4 * (first + i) :][:4]
        colours[i] = (f"#{red:02x}{green:02x}{blue:02x}", alpha / 255)
    return colours


def _pen() -> hb.DrawFuncs:
    pen = hb.DrawFuncs()
    pen.set_move_to_func(lambda x, y, out: out.append(("M", (x, y))))
    pen.set_line_to_func(lambda x, y, out: out.append(("L", (x, y))))
    pen.set_quadratic_to_func(lambda a, b, x, y, out: out.append(("Q", (a, b, x, y))))
    pen.set_cubic_to_func(lambda a, b, c, d, x, y, out: out.append(("C", (a, b, c, d, x, y))))
    pen.set_close_path_func(lambda out: out.append(("Z", ())))
    return pen


class Typesetter:
    """The faces of a theme, by name, and the fallbacks that are asked in order for the rest."""

    def __init__(self, faces: Mapping[str, Path], fallback: Sequence[Path]) -> None:
        self._faces = {name: Face(path) for name, path in faces.items()}
        self._fallback = [Face(path) for path in fallback]
        self.shape = lru_cache(maxsize=4096)(self._shape)

    def cap_height(self, face: str) -> float:
        """Height of the capitals, in thousandths of the size."""
        return self._faces[face].cap_height

    def clusters(self, text: str) -> list[str]:
        """What a reader takes for characters: an emoji or a letter with its marks is one."""
        face = next(iter(self._faces.values()))
        starts = {info.cluster for info, _ in face.shape(text, latin=True)}
        return [text[a:b] for a, b in pairwise([*sorted(starts), len(text)])]

    def _shape(self, text: str, face: str, tracking: float = 0) -> Shaped:
        runs, lacking = self._runs(text, self._faces[face])
        line = _Ink()
        for run_face, run in runs:
            line.add(run_face, run, tracking, latin=run_face is self._faces[face])
        return line.shaped(lacking)

    def _runs(self, text: str, main: Face) -> tuple[list[tuple[Face, str]], str]:
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
    for i, (face, text) in enumerate(pieces):
        after = pieces[i + 1][0] if i + 1 < len(pieces) else main
        if text == " " and runs and runs[-1][0] is after is not main and after.has(" "):
            face = after  # noqa: PLW2901
        if runs and runs[-1][0] is face:
            runs[-1] = (face, runs[-1][1] + text)
        else:
            runs.append((face, text))
    return runs


class _Ink:
    """A line while it is being laid out: a pen position and the glyphs placed so far."""

    def __init__(self) -> None:
        self._x = 0.0
        self._placed: list[Placed] = []

    def add(self, face: Face, text: str, tracking: float, *, latin: bool) -> None:
        glyphs = [
            (face.glyph(info.codepoint), position)
            for info, position in face.shape(text, latin=latin)
        ]
        squeeze, lift = _squeezed(face, glyphs)
        scale = face.scale * squeeze
        for glyph, position in glyphs:
            air = face.air if position.x_advance else 0
            x, y = self._x + position.x_offset * scale + air, position.y_offset * scale + lift
            self._placed.append(Placed(glyph, x, y, scale))
            self._x += position.x_advance * scale + 2 * air + tracking

    def shaped(self, lacking: str) -> Shaped:
        inked = [(p, p.glyph.box) for p in self._placed if p.glyph.box]
        return Shaped(
            tuple(p for p, _ in inked),
            left=min((p.x + box[0] * p.scale for p, box in inked), default=0),
            right=max((p.x + box[1] * p.scale for p, box in inked), default=0),
            bottom=min((p.y + box[2] * p.scale for p, box in inked), default=0),
            top=max((p.y + box[3] * p.scale for p, box in inked), default=0),
            lacking=lacking,
        )


def _squeezed(
    face: Face, glyphs: Sequence[tuple[Glyph, hb.GlyphPosition]]
) -> tuple[float, float]:
    """How much smaller and higher a run is drawn for its ink to stay within ASCENT and DESCENT."""
    inked = [(glyph.box, position.y_offset) for glyph, position in glyphs if glyph.box]
    bottom = min((box[2] + y for box, y in inked), default=0) * face.scale
    top = max((box[3] + y for box, y in inked), default=0) * face.scale
    factor = min(1.0, (ASCENT - DESCENT) / max(top - bottom, 1))
    lift = max(DESCENT - bottom * factor, 0) - max(top * factor - ASCENT, 0)
    return factor, lift
