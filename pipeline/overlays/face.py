"""A font file becomes shaped glyphs with their outlines and colours.

The only file that knows HarfBuzz. All measures that leave it are in thousandths of the size that
the text will be drawn at, y up.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import uharfbuzz as hb

UPEM = 1000

AIR = 60.0
"""Beside a coloured glyph on either side: emoji fill their whole advance, letters don't."""

_IGNORED = frozenset("\u200c\u200d\ufe0e\ufe0f")

Command = tuple[str, tuple[float, ...]]
"""An SVG path command, absolute: M, L, Q, C or Z with its points as x, y, x, y..."""

Paint = tuple[str, float] | None
"""`#rrggbb` and opacity; None stands for the colour that the template gives the text."""

Layers = tuple[tuple[Paint, tuple[Command, ...]], ...]


@dataclass(frozen=True, eq=False)
class Glyph:
    """A glyph's layers, bottom first, and the box of all their points: left, right, bottom, top.

    A face makes each glyph once, so that it is known by its identity.
    """

    layers: Layers
    box: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A glyph in a line: the index of its first character, its offset, how far the pen moves on."""

    cluster: int
    glyph: Glyph
    x: float
    y: float
    advance: float


class Face:
    """One font file: which characters it has, and texts shaped with it."""

    def __init__(self, path: Path) -> None:
        """Reads the file; OSError, or ValueError when it is not a font."""
        face = hb.Face(hb.Blob(path.read_bytes()))
        if not face.glyph_count:
            raise ValueError(f"{path.name} is not a font")
        self._face = face
        self._font = hb.Font(face)
        self._scale = UPEM / face.upem
        self._palette = _palette(face)
        self._glyphs: dict[int, Glyph] = {}
        self._pen = _pen()
        cap = self._font.get_metric_position_with_fallback(hb.OTMetricsTag.CAP_HEIGHT)
        self.cap_height: float = cap * self._scale

    def has(self, text: str) -> bool:
        """Whether every visible character has a glyph."""
        return all(c in _IGNORED or self._font.get_nominal_glyph(ord(c)) for c in text)

    def shape(self, text: str, *, latin: bool) -> list[Shape]:
        """Glyphs in visual order; the script is guessed from the text unless it is `latin`."""
        if not text:
            return []
        buffer = hb.Buffer()
        buffer.add_str(text)
        if latin:
            buffer.direction, buffer.script, buffer.language = "ltr", "Latn", "id"
        else:
            buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        glyphs = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
        return [self._shape(info, position) for info, position in glyphs]

    def _shape(self, info: hb.GlyphInfo, position: hb.GlyphPosition) -> Shape:
        air = AIR if self._palette and position.x_advance else 0.0
        return Shape(
            info.cluster,
            self._glyph(info.codepoint),
            position.x_offset * self._scale + air,
            position.y_offset * self._scale,
            position.x_advance * self._scale + 2 * air,
        )

    def _glyph(self, number: int) -> Glyph:
        """The outlines of a glyph and their colours (COLR version 0)."""
        if number not in self._glyphs:
            colours = self._face.get_glyph_color_layers(number) if self._palette else []
            layers: Layers = tuple(
                (self._palette.get(layer.color_index), self._commands(layer.glyph))
                for layer in colours
            )
            layers = layers or ((None, self._commands(number)),)
            self._glyphs[number] = Glyph(layers, _box(layers))
        return self._glyphs[number]

    def _commands(self, glyph: int) -> tuple[Command, ...]:
        commands: list[Command] = []
        self._font.draw_glyph(glyph, self._pen, commands)
        return tuple((op, tuple(v * self._scale for v in points)) for op, points in commands)


def _box(layers: Layers) -> tuple[float, float, float, float] | None:
    xs = [x for _, commands in layers for _, points in commands for x in points[::2]]
    ys = [y for _, commands in layers for _, points in commands for y in points[1::2]]
    return (min(xs), max(xs), min(ys), max(ys)) if xs else None


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
