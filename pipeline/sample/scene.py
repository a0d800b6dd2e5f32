"""Whole pictures: a stand comes in, its product in a lit studio or its field of batik goes out."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.rundown import Stand
from pipeline.sample.brush import Brush, defs
from pipeline.sample.choose import drawing_of
from pipeline.sample.colours import Palette, look_of
from pipeline.sample.motifs import Inks, pattern
from pipeline.sample.raster import Pixels, over
from pipeline.sample.svg import circle, document, group, rect

TABLE, GROUND, HEM, BOTTOM = 860, 972, 1056, 1150
"""Where the table begins, where products stand, where its cloth hangs over, and where that ends."""

MIDDLE, SUN, RADIUS = 800, 612, 330


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the studio that a picture shows, and its pixels per unit."""

    x: int
    y: int
    width: int
    height: int
    zoom: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return round(self.width * self.zoom), round(self.height * self.zoom)


PHOTO = Window(160, BOTTOM - 960, 1280, 960, 1.25)  # 1600 by 1200
FILM = Window(0, BOTTOM - 900, 1600, 900, 1)


def product_picture(stand: Stand, index: int, window: Window = PHOTO) -> Image.Image:
    """The stand's product number `index` (from 0) on the studio's table."""
    look = look_of(stand.number, index)
    b, p = Brush(look.palette), look.palette
    veil = pattern(look.other, "veil", Inks("none", p.cream, p.cream, p.cream), 16)
    sun = (
        circle(MIDDLE, SUN, RADIUS, p.sun)
        + circle(MIDDLE, SUN, RADIUS, "url(#veil)", 'fill-opacity="0.2"')
        + circle(MIDDLE, SUN, RADIUS + 22, "none", f'stroke="{p.sun}" stroke-width="4"')
    )
    product = group(drawing_of(stand, index)(b), f"translate({MIDDLE} {GROUND})")
    hem = (
        rect(0, HEM, 1600, BOTTOM - HEM, p.main)
        + b.tumpal(0, BOTTOM, 1600, 66, 20)
        + rect(0, HEM, 1600, 7, p.accent)
        + rect(0, HEM + 13, 1600, 3, p.cream)
    )
    return _drawn(studio(p, window), window, defs(look) + veil, sun + product + hem)


def batik_field(stand: Stand | None) -> Image.Image:
    """A length of batik with borders and the stand's medallion, in the window of a film."""
    look = look_of(stand.number if stand else 0, 0)
    b, p = Brush(look.palette), look.palette
    large = pattern(look.motif, "large", Inks(p.main, p.cream, p.second, p.accent), 32)
    top, left, width = FILM.y, FILM.x, FILM.width
    borders = (
        rect(left, BOTTOM - 130, width, 130, p.deep)
        + b.tumpal(left, BOTTOM - 14, width, 100, 16)
        + rect(left, BOTTOM - 138, width, 8, p.cream)
        + rect(left, top, width, 46, p.deep)
        + rect(left, top + 46, width, 8, p.cream)
        + "".join(circle(left + x, top + 23, 9, p.accent) for x in range(20, width, 40))
    )
    x, y = MIDDLE, top + FILM.height // 2 - 30
    medallion = (
        circle(x + 8, y + 14, 252, "url(#shadow)")
        + circle(x, y, 226, p.cream)
        + circle(x, y, 212, p.deep)
        + circle(x, y, 190, p.sun)
        + circle(x, y, 178, p.cream)
        + b.star(x, y, 138, p.main, p.accent)
    )
    ground = np.zeros((FILM.size[1], FILM.size[0], 3), np.uint8)
    field = rect(left, top, width, FILM.height, "url(#large)")
    return _drawn(ground, FILM, defs(look) + large, field + borders + medallion)


@lru_cache(maxsize=8)
def studio(palette: Palette, window: Window) -> Pixels:
    """The empty studio, (height, width, 3): a wall that runs into a table, lit from the upper left.

    Made with numpy: gradients over the whole frame cost resvg and its PNG several times as much.
    """
    width, height = window.size
    x = (window.x + np.arange(width, dtype=np.float32) / window.zoom)[None, :]
    y = (window.y + np.arange(height, dtype=np.float32) / window.zoom)[:, None]
    light = np.clip(1 - np.hypot((x - 560) / 1250, (y - 300) / 1050), 0, 1)
    table = (1 + np.tanh((y - TABLE) / 18)) / 2
    edge = 1 - 0.1 * np.exp(-(((y - TABLE) / 34) ** 2))
    shade = ((0.8 + 0.26 * light) * (1 - table) + (0.93 + 0.1 * light) * table) * edge
    # A grain of less than one step hides the bands that eight bits leave in slow gradients.
    grain = np.random.default_rng(1).uniform(-0.6, 0.6, (height, width)).astype(np.float32)
    wall = np.array([int(palette.wall[i : i + 2], 16) for i in (1, 3, 5)], np.float32)
    planes = [(c + 0.45 * (255 - c) * table) * shade + grain for c in wall]
    pixels: NDArray[np.float32] = np.stack(planes, axis=-1)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _drawn(ground: Pixels, window: Window, names: str, drawing: str) -> Image.Image:
    return over(ground, document(window.x, window.y, window.width, window.height, names, drawing))
