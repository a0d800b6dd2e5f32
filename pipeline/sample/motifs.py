"""Batik motifs as SVG patterns: colours come in, a `<pattern>` without a seam goes out."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.sample.svg import circle, ellipse, group, path, rect, turned


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a cloth: its ground, and what is drawn on it in three tones."""

    ground: str
    line: str
    fill: str
    spark: str


Tile = tuple[int, int, str]


def pattern(name: str, ref: str, inks: Inks, twentieths: int = 20) -> str:
    """The motif called `name` as a pattern with the id `ref`, at a size in twentieths.

    Tiles measure a multiple of 20 units, so that a drawn tile is whole pixels: resvg fills with
    those ten times as fast as with tiles that it has to interpolate.
    """
    width, height, drawing = TILES[name](inks)
    ground = "" if inks.ground == "none" else rect(0, 0, width, height, inks.ground)
    return (
        f'<pattern id="{ref}" patternUnits="userSpaceOnUse" width="{width}" height="{height}" '
        f'patternTransform="scale({twentieths / 20:g})">{ground}{drawing}</pattern>'
    )


def _corners(side: int, drawing: Callable[[float, float], str]) -> str:
    return "".join(drawing(x, y) for x in (0, side) for y in (0, side))


def _jlamprang(inks: Inks) -> Tile:
    # Stars and dotted circles on a strict grid, after Indian patola.
    petals = turned(8, 60, 60, ellipse(60, 36, 8, 17, inks.line))
    cores = turned(8, 60, 60, ellipse(60, 35, 3.5, 9, inks.fill))
    pearls = turned(16, 60, 60, circle(60, 9, 3.4, inks.spark))
    heart = circle(60, 60, 13, inks.ground) + circle(60, 60, 9, inks.spark)

    def cross(x: float, y: float) -> str:
        arms = turned(4, x, y, path(f"M{x} {y}l-9 -14 9 -14 9 14z", inks.fill))
        return arms + circle(x, y, 5, inks.spark)

    dots = "".join(
        circle(*at, 3, inks.line)
        for i in (44, 60, 76)
        for at in ((i, 0), (i, 120), (0, i), (120, i))
    )
    return 120, 120, petals + cores + pearls + heart + _corners(120, cross) + dots


def _kawung(inks: Inks) -> Tile:
    fruit = (
        ellipse(27, 27, 29, 17, inks.line, 'transform="rotate(45 27 27)"')
        + ellipse(27, 27, 22, 11, inks.ground, 'transform="rotate(45 27 27)"')
        + ellipse(27, 27, 17, 7.5, inks.fill, 'transform="rotate(45 27 27)"')
        + circle(21, 21, 2.4, inks.spark)
        + circle(33, 33, 2.4, inks.spark)
    )
    star = turned(4, 50, 50, path("M50 50l-4 -7 4 -7 4 7z", inks.spark))

    def knot(x: float, y: float) -> str:
        return turned(4, x, y, path(f"M{x} {y}l-4 -7 4 -7 4 7z", inks.spark))

    sides = "".join(circle(*at, 4, inks.line) for at in ((50, 0), (50, 100), (0, 50), (100, 50)))
    return 100, 100, turned(4, 50, 50, fruit) + star + _corners(100, knot) + sides


def _parang(inks: Inks) -> Tile:
    # Cells of 99 by 99 turned by 45 degrees repeat on a square of 140: no pattern has to be turned,
    # which costs resvg ten times the time of an upright one.
    blade = "M14 0C64 6 74 32 54 52C42 66 52 88 94 100C48 104 24 80 38 52C48 32 44 14 14 0Z"
    eye = "M40 8C58 16 60 32 50 44C50 30 50 20 40 8Z"
    pearl = circle(80, 58, 8, inks.fill) + circle(80, 58, 3.5, inks.spark)
    chain = "".join(path(f"M108 {y}l8 12 -8 12 -8 -12z", inks.spark) for y in (1, 26, 51, 76))
    rails = rect(96, 0, 3, 100, inks.line) + rect(117, 0, 3, 100, inks.line)
    cell = path(blade, inks.line) + path(eye, inks.fill) + pearl + chain + rails
    cells = "".join(
        group(cell, f"translate({120 * i} {100 * j})") for i in range(-1, 3) for j in range(-2, 2)
    )
    side = 140
    return (
        side,
        side,
        group(cells, f"rotate(45) scale({side / 2**0.5 / 120} {side / 2**0.5 / 100})"),
    )


def _ceplok(inks: Inks) -> Tile:
    leaf = path("M70 70C50 56 52 34 70 18C88 34 90 56 70 70Z", inks.line)
    vein = path("M70 62C60 52 61 38 70 28C79 38 80 52 70 62Z", inks.fill)
    buds = turned(4, 70, 70, circle(98, 42, 9, inks.fill) + circle(98, 42, 4, inks.spark))
    heart = circle(70, 70, 15, inks.spark) + circle(70, 70, 8, inks.line)

    def bloom(x: float, y: float) -> str:
        return turned(8, x, y, ellipse(x, y - 15, 5, 11, inks.spark)) + circle(x, y, 7, inks.line)

    lattice = "".join(
        circle(x, y, 3, inks.line)
        for i in range(30, 70, 10)
        for x, y in ((i, 70 - i), (70 + i, i), (i, 70 + i), (70 + i, 140 - i))
    )
    return 140, 140, lattice + turned(4, 70, 70, leaf + vein) + buds + heart + _corners(140, bloom)


def _mendung(inks: Inks) -> Tile:
    # Clouds in nested tones, as Cirebon's Chinese masters brought them along the coast.
    cloud = (
        "M-96 22C-78 20 -70 8 -74 -2C-78 -16 -58 -28 -44 -18C-40 -44 -6 -52 8 -30"
        "C26 -42 50 -28 46 -8C66 -14 78 6 68 18C80 26 96 24 104 20C92 40 66 42 52 34"
        "C34 46 8 44 -4 34C-26 46 -58 44 -66 32C-76 36 -90 32 -96 22Z"
    )

    def sky(x: float, y: float) -> str:
        tones = ((1.0, inks.line), (0.76, inks.fill), (0.52, inks.spark), (0.26, inks.ground))
        return "".join(
            f'<path d="{cloud}" fill="{tone}" transform="translate({x} {y}) scale({size})"/>'
            for size, tone in tones
        )

    halves = sky(0, 110) + sky(240, 110)
    return 240, 160, sky(120, 36) + halves


def _truntum(inks: Inks) -> Tile:
    def star(x: float, y: float, tone: str) -> str:
        rays = turned(8, x, y, path(f"M{x} {y}l-3.4 -10 3.4 -8 3.4 8z", tone))
        return rays + circle(x, y, 3.6, inks.ground)

    def blossom(x: float, y: float) -> str:
        return star(x, y, inks.fill)

    pearls = "".join(
        circle(x, y, 2.4, inks.spark) for x, y in ((40, 5), (40, 75), (5, 40), (75, 40))
    )
    return 80, 80, star(40, 40, inks.line) + _corners(80, blossom) + pearls


def _buketan(inks: Inks) -> Tile:
    # Bouquets, which Pekalongan took from Dutch and Chinese books of flowers.
    def flower(x: float, y: float, size: float, outer: str, inner: str) -> str:
        petals = turned(6, 0, 0, ellipse(0, -22, 13, 19, outer))
        lights = turned(6, 0, 0, ellipse(0, -21, 6, 12, inner))
        heart = circle(0, 0, 10, inks.ground) + circle(0, 0, 6.5, inks.spark)
        return f'<g transform="translate({x} {y}) scale({size})">{petals}{lights}{heart}</g>'

    def leaf(x: float, y: float, angle: float) -> str:
        blade = path("M0 0C12 -18 12 -34 0 -52C-12 -34 -12 -18 0 0Z", inks.fill)
        vein = path("M0 -6V-44", "none", f'stroke="{inks.ground}" stroke-width="2.5"')
        return f'<g transform="translate({x} {y}) rotate({angle})">{blade}{vein}</g>'

    stem = f'stroke="{inks.fill}" stroke-width="4" stroke-linecap="round"'
    stems = path("M66 74C84 116 112 116 150 158", "none", stem) + path(
        "M62 70C44 112 52 140 40 176", "none", stem
    )
    leaves = "".join(
        leaf(*at)
        for at in ((92, 112, 40), (96, 112, 150), (50, 130, -50), (118, 128, 20), (152, 152, 100))
    )
    buds = "".join(
        circle(x, y, 5, inks.spark)
        for x, y in ((20, 20), (128, 36), (188, 84), (84, 188), (16, 104))
    )
    blooms = flower(64, 66, 1.15, inks.line, inks.spark) + flower(
        150, 158, 0.95, inks.line, inks.fill
    )
    return (
        220,
        220,
        stems
        + leaves
        + buds
        + blooms
        + flower(42, 182, 0.55, inks.spark, inks.line)
        + flower(174, 38, 0.6, inks.spark, inks.line),
    )


TILES: dict[str, Callable[[Inks], Tile]] = {
    "jlamprang": _jlamprang,
    "kawung": _kawung,
    "parang": _parang,
    "ceplok": _ceplok,
    "mendung": _mendung,
    "truntum": _truntum,
    "buketan": _buketan,
}
