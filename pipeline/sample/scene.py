"""Whole pictures: a stand and the place of its product come in, a studio picture or a field of batik goes out."""

from functools import lru_cache

import numpy as np
from PIL import Image

from pipeline.rundown.model import Product, Stand
from pipeline.sample.brush import Brush, defs
from pipeline.sample.choose import drawing_of
from pipeline.sample.colours import Look, Palette, look_of
from pipeline.sample.motifs import Inks, pattern
from pipeline.sample.raster import Pixels, over
from pipeline.sample.svg import circle, document, group, rect

WIDTH, HEIGHT = 1600, 1200
TABLE, GROUND, HEM = 850, 972, 1096
"""Where the table begins, where products stand, and where the cloth hangs over its edge."""


def _rgb(colour: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32)


@lru_cache(maxsize=8)
def studio(palette: Palette) -> Pixels:
    """The empty studio: a lit wall that runs into a table, 1200 by 1600.

    Drawn with numpy: a full-frame gradient costs resvg and its PNG ten times the time of this.
    """
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = np.clip(1 - np.hypot((x - 560) / 1250, (y - 300) / 1050), 0, 1)
    table = 1 / (1 + np.exp((TABLE - y) / 9))
    wall = _rgb(palette.wall)
    shade = (0.80 + 0.26 * light) * (1 - table) + (0.93 + 0.10 * light) * table
    warm = 0.45 * table[..., None] * (255 - wall)
    edge = 1 - 0.10 * np.exp(-(((y - TABLE) / 34) ** 2))
    grain = np.random.default_rng(1).uniform(-0.7, 0.7, (HEIGHT, WIDTH)).astype(np.float32)
    pixels = (wall + warm) * (shade * edge)[..., None] + grain[..., None]
    return np.clip(pixels, 0, 255).astype(np.uint8)


def product_picture(stand: Stand, index: int) -> Image.Image:
    """The stand's product number `index` (from 0) on the studio's table; 1600 by 1200, RGB."""
    look = look_of(stand.number, index)
    product: Product | None = stand.products[index] if index < len(stand.products) else None
    b, p = Brush(look.palette), look.palette
    disc = pattern(look.other, "disc", Inks("none", p.cream, p.cream, p.cream), 20)
    sun = circle(800, 560, 400, p.sun) + circle(800, 560, 400, "url(#disc)", 'fill-opacity="0.2"')
    halo = circle(800, 560, 428, "none", f'stroke="{p.sun}" stroke-width="5" stroke-opacity="0.6"')
    drawing = group(drawing_of(stand, index, product)(b), f"translate(800 {GROUND})")
    svg = document(0, 0, WIDTH, HEIGHT, defs(look) + disc, sun + halo + drawing + _hem(b))
    return over(studio(p), svg)


def _hem(b: Brush) -> str:
    p = b.palette
    return (
        rect(0, HEM, WIDTH, HEIGHT - HEM, p.main)
        + b.tumpal(0, HEIGHT, WIDTH, 74, 20)
        + rect(0, HEM, WIDTH, 8, p.accent)
        + rect(0, HEM + 14, WIDTH, 3, p.cream)
    )
