"""Real pictures are looked at pixel by pixel: safe area, margins, QR codes that scan, equal bytes."""

import io
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import OutsideError
from pipeline.overlays import Drawn, Painter, photo_window, title_safe
from pipeline.rundown import Product, Stand
from pipeline.settings import Event, House

EVENT = Event(
    name="Pekalongan Hybrid Expo 2021",
    short_name="Pekalongan Hybrid Expo",
    city="Kota Pekalongan",
    venue="HA Djunaid Convention Center",
)
SIZES = [(1280, 720), (1920, 1080), (640, 360), (854, 480), (2560, 1080), (1000, 562), (720, 1280)]
NAMES = [
    "Batik",
    "Kopi Petungkriyono Kang Contoh ☕",
    'Batik Tulis Jlamprang "Ndalem" & Putra',
    "Kelompok Usaha Bersama Perajin Batik Cap dan Batik Tulis Pewarna Alam Mitra Sejahtera Contoh",
    "W" * 120,
    '"/><image href="file:///etc/passwd"/><x a="',
    "Zalgo" + "\u0301\u0317" * 20,
    "نور الهدى ꦥꦼꦏꦭꦺꦴꦔꦤ꧀ 中文",
]
SHOP = "https://tokocontoh.id/kopi"
INK = (0x17, 0x1C, 0x3A)


def stand(name: str = "Kopi Contoh", **more: object) -> Stand:
    values = {"number": 4, "category": "Makanan & Minuman", "origin": "Kab. Pekalongan", **more}
    return Stand.model_validate({"name": name, **values})


def product(name: str = "Kopi Robusta 250 g", price: int | None = 85_000) -> Product:
    return Product(name=name, price=price)


def painter(size: tuple[int, int] = (1280, 720), event: Event = EVENT) -> Painter:
    return Painter(None, House(width=size[0], height=size[1]), event)


def pixels(drawn: Drawn) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(drawn.png)).convert("RGBA")
    assert image.size == (drawn.width, drawn.height)
    return np.asarray(image)


def noise(width: int = 320, height: int = 180) -> bytes:
    grains = np.random.default_rng(7).integers(0, 255, (height, width, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(grains).resize((1280, 720), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def scanned(drawn: Drawn, quality: int | None = None) -> list[str]:
    """What a phone reads off the card in a frame, after the compression of a stream if wanted."""
    frame = Image.new("RGB", (1280, 720), "#808080")
    card = Image.open(io.BytesIO(drawn.png)).convert("RGBA")
    frame.paste(card, (drawn.x, drawn.y), card)
    if quality:
        out = io.BytesIO()
        frame.save(out, "JPEG", quality=quality)
        frame = Image.open(out)
    return [code.text for code in zxingcpp.read_barcodes(frame)]


@pytest.mark.parametrize("size", SIZES)
def test_every_box_lies_inside_the_title_safe_area_at_even_places(size: tuple[int, int]) -> None:
    paint = painter(size)
    left, top, right, bottom = title_safe(*size)
    for drawn in (
        paint.lower_third(stand()),
        paint.headline("Pembukaan: pemukulan gong", "Wali Kota"),
        paint.product_card(stand(shop=SHOP), product()),
        paint.bug(),
    ):
        assert pixels(drawn)[..., 3].any()
        assert left <= drawn.x
        assert top <= drawn.y
        assert drawn.x + drawn.width <= right
        assert drawn.y + drawn.height <= bottom
        assert drawn.x % 2 == drawn.y % 2 == 0


def test_the_title_safe_area_keeps_five_percent_free_on_each_side() -> None:
    assert title_safe(1280, 720) == (64, 36, 1216, 684)
    assert title_safe(1920, 1080) == (96, 54, 1824, 1026)
    assert title_safe(640, 360) == (32, 18, 608, 342)


@pytest.mark.parametrize("size", SIZES)
def test_full_frames_are_opaque_and_exactly_the_frame(size: tuple[int, int]) -> None:
    paint = painter(size)
    for drawn in (
        paint.slate("Segera dimulai", "Pembukaan", datetime(2021, 11, 24, 2, 10, tzinfo=UTC)),
        paint.slate("Terima kasih", None, None),
        paint.product_page(stand()),
    ):
        assert (drawn.x, drawn.y, drawn.width, drawn.height) == (0, 0, *size)
        assert (pixels(drawn)[..., 3] == 255).all()


@pytest.mark.parametrize("size", SIZES)
def test_a_picture_knows_its_size_before_it_is_drawn(size: tuple[int, int]) -> None:
    paint = painter(size)
    for drawn in (paint.lower_third(stand()), paint.product_card(stand(), product()), paint.bug()):
        height, width, _ = pixels(drawn).shape
        assert (drawn.width, drawn.height) == (width, height)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_touches_the_edge_of_its_plate(name: str) -> None:
    drawn = painter().lower_third(stand(name, instagram="@kopicontoh"))
    ink = (np.abs(pixels(drawn)[..., :3].astype(int) - INK) <= 2).all(axis=2)
    rows, columns = np.nonzero(ink)
    assert columns.min() >= 104 + 20
    assert columns.max() <= drawn.width - 20
    assert rows.min() >= 12
    assert rows.max() <= drawn.height - 24 - 7


@pytest.mark.parametrize("name", NAMES)
def test_a_card_keeps_its_texts_apart_whatever_they_are(name: str) -> None:
    """Rows of ink between the card's top and the QR code: air left and right of every text."""
    long = product(name, 999_999_999).model_copy(update={"note": name})
    drawn = painter().product_card(stand(name, whatsapp="+628134560004"), long)
    cloth = np.array([0xFB, 0xF4, 0xE4])
    plain = np.abs(pixels(drawn)[14:590, :, :3].astype(int) - cloth).max(axis=2) < 30
    assert plain[:, :30].all()
    assert plain[:, -30:].all()


def test_an_emoji_is_drawn_in_its_colours() -> None:
    coffee = pixels(painter().lower_third(stand("Kopi ☕")))[..., :3].reshape(-1, 3)
    assert (coffee == (0x8A, 0x4B, 0x38)).all(axis=1).any()  # Twemoji's coffee


def test_the_qr_code_of_a_card_leads_to_the_shop() -> None:
    card = painter().product_card(stand(shop=SHOP, whatsapp="+628134560004"), product())
    assert scanned(card) == [SHOP]
    assert scanned(card, quality=30) == [SHOP]


def test_without_a_shop_it_leads_to_whatsapp_with_a_message_ready() -> None:
    card = painter().product_card(
        stand(whatsapp="+628134560004"), product("Kain Panjang Jlamprang Pewarna Alam & Selendang")
    )
    (link,) = scanned(card, quality=30)
    assert link.startswith("https://wa.me/628134560004?text=Halo")
    assert "Kain%20Panjang" in link


def test_without_either_there_is_no_code() -> None:
    assert scanned(painter().product_card(stand(), product())) == []


@pytest.mark.parametrize("length", [600, 9000])
def test_a_link_too_long_to_scan_becomes_a_warning_and_no_code(length: int) -> None:
    card = painter().product_card(stand(shop=SHOP + "x" * length), product())
    assert scanned(card) == []
    assert [fault.where for fault in card.warnings] == ["Stand 4"]


def test_qr_modules_are_whole_pixels_of_two_colours() -> None:
    shown = pixels(painter().product_card(stand(shop=SHOP), product()))
    block = shown[400:560, 40:200, :3]
    colours = np.unique(block.reshape(-1, 3), axis=0)
    assert len(colours) == 2
    dark = (shown[:, :, :3] == INK).all(axis=2)[:, 36:236]
    edges = {int(x) for row in dark[420:570] for x in np.nonzero(np.diff(row.astype(int)))[0] + 1}
    assert len({b % 8 for a, b in pairwise(sorted(edges))}) == 1


@pytest.mark.parametrize("size", SIZES)
def test_the_photo_window_is_even_and_clear_of_card_and_plate(size: tuple[int, int]) -> None:
    paint = painter(size)
    x, y, width, height = photo_window(*size)
    card = paint.product_card(stand(), product())
    assert all(value % 2 == 0 for value in (x, y, width, height))
    assert x + width < card.x
    hole = pixels(paint.product_page(stand()))[y : y + height, x : x + width, :3]
    assert len(np.unique(hole[2:-2, 2:-2].reshape(-1, 3), axis=0)) == 1


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = painter(), painter()
    assert first.lower_third(stand()) == second.lower_third(stand())
    assert first.product_card(stand(shop=SHOP), product()) == second.product_card(
        stand(shop=SHOP), product()
    )
    assert first.product_page(stand()) == second.product_page(stand())
    assert first.slate("Istirahat", "Batik", None) == second.slate("Istirahat", "Batik", None)
    assert first.thumbnail("A", "B", noise()) == second.thumbnail("A", "B", noise())


def test_what_a_picture_is_about_changes_it() -> None:
    paint = painter()
    ask, price = (paint.product_card(stand(), product(price=p)).png for p in (None, 85_000))
    assert ask != price
    at = datetime(2021, 11, 24, 2, 45, tzinfo=UTC)
    east = painter(event=EVENT.model_copy(update={"timezone": "Asia/Makassar"}))
    assert paint.slate("A", "B", at).png != east.slate("A", "B", at).png
    english = painter(event=EVENT.model_copy(update={"language": "en"}))
    assert paint.slate("A", "B", at).png != english.slate("A", "B", at).png


def test_the_website_is_on_a_closing_slate_only() -> None:
    plain, site = painter(), painter(event=EVENT.model_copy(update={"website": "contoh.id"}))
    assert plain.slate("Terima kasih", None, None) != site.slate("Terima kasih", None, None)
    assert plain.slate("Istirahat", "Batik", None) == site.slate("Istirahat", "Batik", None)


def test_neighbouring_stands_wear_different_dyes_and_a_stand_always_the_same() -> None:
    paint = painter()
    heads = [pixels(paint.lower_third(stand(number=n)))[0, 0].tolist() for n in (1, 2, 3, 4)]
    assert heads[0] != heads[1] != heads[2]
    assert heads[0] == heads[3]


def test_an_overlong_name_is_drawn_with_a_warning_at_its_stand() -> None:
    for drawn in (
        painter().lower_third(stand("Batik " * 40)),
        painter().product_card(stand("Batik " * 40), product()),
        painter().product_page(stand("Batik " * 40)),
    ):
        assert [fault.where for fault in drawn.warnings] == ["Stand 4"]


def test_a_thumbnail_is_opaque_and_its_jpeg_stays_below_two_megabytes() -> None:
    drawn = painter((1920, 1080)).thumbnail("Kopi Contoh ☕", "Makanan", noise(1280, 720))
    assert (drawn.width, drawn.height) == (1280, 720)
    data = drawn.jpeg()
    assert len(data) < 2_000_000
    assert Image.open(io.BytesIO(data)).size == (1280, 720)


def test_a_jpeg_gives_up_quality_to_keep_a_limit_and_fails_honestly_when_it_can_not() -> None:
    drawn = painter().thumbnail("Kopi", "Makanan", noise(1280, 720))
    assert len(drawn.jpeg(400_000)) < 400_000
    with pytest.raises(OutsideError):
        drawn.jpeg(1_000)


def test_a_frame_that_is_no_picture_is_an_outside_error() -> None:
    with pytest.raises(OutsideError):
        painter().thumbnail("Kopi", "Makanan", b"not a picture").jpeg()
