"""What every product is drawn with: a look comes in; fills, light, shade and small parts go out."""

from dataclasses import dataclass

from pipeline.sample.colours import Look, Palette
from pipeline.sample.motifs import Inks, pattern
from pipeline.sample.svg import circle, ellipse, path, rect, stops, turned

CLOTH = "url(#cloth)"
OTHER = "url(#other)"
FINE = "url(#fine)"
WOOD = "#b07a48"
WOOD_DARK = "#7c4f2b"
INK = "#2b2320"
LEAF = "#3f7d43"


def defs(look: Look) -> str:
    """The patterns and gradients that drawings refer to by name."""
    p = look.palette
    return (
        pattern(look.motif, "cloth", Inks(p.main, p.cream, p.second, p.accent), 16)
        + pattern(look.other, "other", Inks(p.cream, p.main, p.accent, p.deep), 16)
        + pattern("truntum", "fine", Inks(p.deep, p.cream, p.second, p.accent), 12)
        + _LIGHTS
    )


def _linear(ref: str, across: bool, *points: tuple[float, str, float]) -> str:
    end = 'x2="1" y2="0"' if across else 'x2="0" y2="1"'
    return f'<linearGradient id="{ref}" x1="0" y1="0" {end}>{stops(*points)}</linearGradient>'


def _radial(ref: str, *points: tuple[float, str, float]) -> str:
    return f'<radialGradient id="{ref}">{stops(*points)}</radialGradient>'


# The light stands at the upper left in every picture.
_LIGHTS = (
    _linear(
        "round", True, (0, "#000", 0.16), (0.16, "#fff", 0.2), (0.45, "#fff", 0), (1, "#000", 0.4)
    )
    + _linear("soft", True, (0, "#fff", 0.2), (0.45, "#fff", 0), (1, "#000", 0.26))
    + _linear("fall", False, (0, "#fff", 0.22), (0.4, "#fff", 0), (1, "#000", 0.26))
    + _linear("sink", False, (0, "#000", 0.4), (1, "#000", 0))
    + _linear(
        "fold", True, (0, "#000", 0.3), (0.35, "#000", 0), (0.7, "#fff", 0.2), (1, "#000", 0.12)
    )
    + _radial("shadow", (0, "#20130c", 0.55), (0.6, "#20130c", 0.3), (1, "#20130c", 0))
    + _radial("glow", (0, "#fff6d8", 0.95), (0.4, "#ffe7a8", 0.45), (1, "#ffe7a8", 0))
    + _radial("ball", (0, "#fff", 0.4), (0.5, "#fff", 0), (1, "#000", 0.32))
)


@dataclass(frozen=True, slots=True)
class Brush:
    """Draws in the colours of one palette. The product stands on y = 0; up is negative."""

    palette: Palette

    def lit(self, d: str, fill: str, light: str = "soft") -> str:
        """A shape with light on it: `round`, `soft`, `fall`, `sink`, `fold` or `ball`."""
        return path(d, fill) + path(d, f"url(#{light})")

    def box(
        self, x: float, y: float, w: float, h: float, r: float, fill: str, light: str = "soft"
    ) -> str:
        """A rounded rectangle with light on it."""
        corner = f'rx="{r:g}"'
        return rect(x, y, w, h, fill, corner) + rect(x, y, w, h, f"url(#{light})", corner)

    def ball(self, x: float, y: float, r: float, fill: str) -> str:
        """A sphere."""
        return circle(x, y, r, fill) + circle(x, y, r, "url(#ball)")

    def shadow(self, x: float, width: float, height: float = 34) -> str:
        """The soft shadow of something that stands on the ground, fallen to the right."""
        return ellipse(x + 26, 2, width * 0.62, height, "url(#shadow)") + ellipse(
            x, 0, width * 0.5, height * 0.5, "url(#shadow)"
        )

    def star(self, x: float, y: float, r: float, outer: str, inner: str) -> str:
        """The eight-pointed jlamprang star: the mark of every label."""
        return (
            turned(8, x, y, ellipse(x, y - r * 0.58, r * 0.17, r * 0.4, outer))
            + circle(x, y, r * 0.24, inner)
            + turned(8, x, y, circle(x, y - r * 1.14, r * 0.07, inner))
        )

    def label(self, x: float, y: float, w: float, h: float) -> str:
        """A paper label around (x, y) with the star and two lines where words would stand."""
        p = self.palette
        left, top = x - w / 2, y - h / 2
        lines = "".join(
            rect(x - w * wide / 2, y + h * low, w * wide, 7, p.deep, 'rx="3.5" fill-opacity="0.75"')
            for wide, low in ((0.56, 0.2), (0.36, 0.31))
        )
        return (
            rect(left, top, w, h, p.cream, 'rx="14"')
            + rect(
                left + 8,
                top + 8,
                w - 16,
                h - 16,
                "none",
                f'rx="9" stroke="{p.main}" stroke-width="3"',
            )
            + self.star(x, y - h * 0.1, min(w, h) * 0.24, p.main, p.accent)
            + lines
        )

    def tumpal(self, x: float, y: float, width: float, height: float, teeth: int) -> str:
        """A band of triangles that point up from y, as on the head of a sarong."""
        p, step = self.palette, width / teeth
        return "".join(
            path(
                f"M{x + i * step:g} {y:g}l{step / 2:g} {-height:g} {step / 2:g} {height:g}z",
                p.accent,
            )
            + path(
                f"M{x + (i + 0.25) * step:g} {y:g}l{step / 4:g} {-height * 0.55:g} "
                f"{step / 4:g} {height * 0.55:g}z",
                p.deep,
            )
            + circle(x + (i + 1) * step, y - height * 0.72, height * 0.07, p.cream)
            for i in range(teeth)
        )

    def steam(self, x: float, y: float) -> str:
        """Three wisps that rise from (x, y)."""
        return "".join(
            path(
                f"M{x + dx} {y}c-26 -34 26 -58 0 {-tall}c38 34 -4 66 10 {tall}z",
                "#fff",
                'fill-opacity="0.6"',
            )
            for dx, tall in ((-60, 96), (0, 130), (58, 90))
        )

    def leaf(self, x: float, y: float, angle: float, length: float, fill: str) -> str:
        """A leaf from its stem at (x, y); angle 0 points up."""
        w = length * 0.24
        low, high = -length * 0.3, -length * 0.65
        side = f"C{w:g} {low:g} {w:g} {high:g} 0 {-length:g}"
        half = f"M0 0{side}Z"
        d = f"M0 0{side}C{-w:g} {high:g} {-w:g} {low:g} 0 0Z"
        blade = path(d, fill) + path(half, "#000", 'fill-opacity="0.18"')
        return f'<g transform="translate({x:g} {y:g}) rotate({angle:g})">{blade}</g>'
