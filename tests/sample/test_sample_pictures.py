"""Looks and drawings: every product finds one, neighbours differ, and all of them can be drawn."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest
import resvg_py

from pipeline.rundown import Product, Stand
from pipeline.sample import crafts, drinks, foods, textiles
from pipeline.sample.brush import Brush, defs
from pipeline.sample.choose import CATEGORIES, WORDS, Drawing, drawing_of
from pipeline.sample.colours import MOTIFS, PALETTES, Look, look_of
from pipeline.sample.motifs import TILES
from pipeline.sample.scene import FILM, PHOTO
from pipeline.sample.svg import document

DRAWINGS = sorted(
    {drawing for _, drawings in (*WORDS, *CATEGORIES) for drawing in drawings},
    key=lambda drawing: drawing.__name__,
)


def drawn(name: str, product: str, category: str = "", index: int = 0) -> Drawing:
    goods = tuple(Product(name=product) for _ in range(index + 1))
    return drawing_of(Stand(number=1, name=name, category=category, products=goods), index)


@pytest.mark.parametrize(
    ("product", "drawing"),
    [
        ("Kemeja batik lengan panjang", textiles.shirt),
        ("SANDAL batik", textiles.sandals),
        ("Kopi robusta 250 g", drinks.coffee),
        ("Sambal cumi (botol)", foods.sambal),
        ("Payung geulis", crafts.umbrella),
        ("Tas goni", textiles.tote),
    ],
)
def test_a_word_of_the_product_decides(product: str, drawing: Drawing) -> None:
    assert drawn("Batik Contoh", product) is drawing


def test_then_the_stand_then_the_category_then_a_gift_box() -> None:
    assert drawn("Madu Hutan Contoh", "Edisi pameran") is foods.honey
    assert drawn("Usaha Contoh", "Edisi pameran", "Kerajinan") is crafts.basket
    assert drawn("Usaha Contoh", "Edisi pameran", "?") is crafts.parcel


def test_a_word_inside_another_word_does_not_count() -> None:
    assert drawn("Usaha Contoh", "Tehnik", "?") is crafts.parcel


def test_products_of_a_kind_that_has_several_drawings_take_turns() -> None:
    assert drawn("Batik", "Batik", index=0) is not drawn("Batik", "Batik", index=1)


def test_no_word_stands_in_two_rows() -> None:
    words = [word for keys, _ in WORDS for word in keys.split()]

    assert len(words) == len(set(words))


def test_neighbours_differ_in_colour_and_motif() -> None:
    looks = [look_of(stand, 0) for stand in range(1, 36)]

    assert all(a.palette != b.palette and a.motif != b.motif for a, b in pairwise(looks))
    assert {look.palette for look in looks} == set(PALETTES)
    assert {look.motif for look in looks} == set(MOTIFS) == set(TILES)
    assert all(look.motif != look.other for look in looks)


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.__name__)
def test_every_drawing_is_sound_svg_within_the_picture(drawing: Drawing) -> None:
    look = look_of(7, 0)
    names, svg = defs(look), drawing(Brush(look.palette))

    used = set(re.findall(r"url\(#(\w+)\)", svg))
    assert used <= set(re.findall(r'id="(\w+)"', names))
    picture = document(-640, -772, 1280, 960, names, svg)
    assert resvg_py.svg_to_bytes(svg_string=picture, width=64, skip_system_fonts=True)


@pytest.mark.parametrize("motif", MOTIFS)
def test_tiles_measure_whole_pixels_at_every_size_that_is_drawn(motif: str) -> None:
    names = defs(Look(PALETTES[0], motif, motif))
    tiles = re.findall(r'width="(\d+)" height="(\d+)" patternTransform="scale\(([\d.]+)\)"', names)

    assert len(tiles) == 3
    for window in (PHOTO, FILM):
        for width, height, scale in tiles:
            sides = [
                Fraction(side) * Fraction(scale) * Fraction(window.zoom) for side in (width, height)
            ]
            assert all(side.denominator == 1 for side in sides)
