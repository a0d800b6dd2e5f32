"""The shipped theme is readable by its own figures; a theme of one's own differs only where it says."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import InputFaults, OutsideError
from pipeline.overlays import Painter, words
from pipeline.overlays.raster import rasterize
from pipeline.overlays.theme import read_theme
from pipeline.rundown import Stand
from pipeline.settings import Event, House

THEME = read_theme(None)
STAND = Stand(number=1, name="Batik Contoh")


def paint(theme: Path | None) -> Painter:
    return Painter(theme, House(), Event(name="Pameran"))


def fault(theme: Path) -> tuple[str, str]:
    with pytest.raises(InputFaults) as caught:
        paint(theme).lower_third(STAND)
    return caught.value.faults[0].where, caught.value.faults[0].what.en


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-relative-luminance"""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(name: str) -> list[str]:
    kind, _, key = name.partition(".")
    if kind == "accent":
        return [getattr(accent, key) for accent in THEME.accents]
    return [THEME.colours[name]]


@pytest.mark.parametrize("text, ground", THEME.contrast)
def test_text_has_a_contrast_of_at_least_4_5_to_its_ground(text: str, ground: str) -> None:
    texts, grounds = colours(text), colours(ground)
    pairs = (
        list(zip(texts, grounds, strict=True))
        if len(texts) == len(grounds)
        else [(one, other) for one in texts for other in grounds]
    )
    for one, other in pairs:
        assert contrast(one, other) >= 4.5, (text, one, ground, other)


def test_black_on_white_has_the_greatest_contrast_there_is() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_a_theme_may_change_one_colour_and_keep_the_rest(tmp_path: Path) -> None:
    (tmp_path / "theme.yaml").write_text('colours: {mori: "#ffeeee"}\n')
    theme = read_theme(tmp_path)
    assert theme.colours == {**THEME.colours, "mori": "#ffeeee"}
    assert theme.accents == THEME.accents
    assert paint(tmp_path).lower_third(STAND).png != paint(None).lower_third(STAND).png


def test_a_theme_with_one_dye_draws_everything(tmp_path: Path) -> None:
    dye = THEME.accents[0].model_dump_json()
    (tmp_path / "theme.yaml").write_text(f"accents: [{dye}]\n")
    paint(tmp_path).slate("Istirahat", None, None)


def test_a_theme_may_replace_one_template(tmp_path: Path) -> None:
    (tmp_path / "bug.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9"/></svg>'
    )
    painter = paint(tmp_path)
    assert (painter.bug().width, painter.bug().height) == (40, 20)
    assert painter.lower_third(STAND) == paint(None).lower_third(STAND)


@pytest.mark.parametrize(
    "source, line, what",
    [
        ("<svg>\n{% if %}\n</svg>", 2, "broken template"),
        ("<svg>\n\n{{ card.nama }}</svg>", 3, "nama"),
        ("<svg>\n{{ 1 / 0 }}</svg>", 2, "division"),
        ("<svg>\n{{ card.name.__class__.__mro__ }}</svg>", 2, "unsafe"),
    ],
)
def test_a_broken_template_is_a_fault_with_file_and_line(
    tmp_path: Path, source: str, line: int, what: str
) -> None:
    (tmp_path / "lower-third.svg").write_text(source)
    where, message = fault(tmp_path)
    assert where == f"{tmp_path / 'lower-third.svg'}, baris/line {line}"
    assert what in message


@pytest.mark.parametrize(
    "inside",
    [
        '<image href="file:///etc/hostname.png" width="9" height="9"/>',
        "<image xlink:href = 'https://contoh.id/x.png'/>",
        '<rect fill="url(https://contoh.id/x.svg#a)"/>',
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "/etc/hostname">]>',
    ],
)
def test_a_picture_may_not_reach_outside_itself(tmp_path: Path, inside: str) -> None:
    (tmp_path / "lower-third.svg").write_text(f'<svg width="9" height="9">{inside}</svg>')
    assert "may not refer outside" in fault(tmp_path)[1]


def test_a_box_larger_than_the_safe_area_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "lower-third.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="90"/>'
    )
    assert fault(tmp_path) == (
        "lower-third.svg",
        "a picture of 1200x90 does not fit the title-safe area",
    )


@pytest.mark.parametrize(
    "text, what",
    [
        ("colours: [", "can't be read"),
        ("- a\n", "not a list of keys"),
        ("colours: {mori: merah}", "pattern"),
        ("warna: {}", "Extra inputs"),
        ("faces: {bold: TidakAda.ttf}", "no such font"),
        ("faces: {bold: ../theme.yaml}", "no such font"),
        ("slots: {bug.label: {face: miring}}", "no face miring"),
    ],
)
def test_a_theme_that_can_not_be_used_says_why(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "theme.yaml").write_text(text)
    assert what in fault(tmp_path)[1]


def test_a_file_that_is_no_font_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "Rusak.ttf").write_bytes(b"not a font")
    (tmp_path / "theme.yaml").write_text("faces: {bold: Rusak.ttf}")
    assert "is not a font" in fault(tmp_path)[1]


def test_a_theme_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert fault(tmp_path / "tema") == (str(tmp_path / "tema"), "no such theme folder")


def test_svg_that_resvg_refuses_is_an_outside_error_that_names_the_template() -> None:
    for svg in ("<svg", "<svg/>", '<svg width="9" height="9">', '<svg width="0" height="0"/>'):
        with pytest.raises(OutsideError, match=r"bug\.svg"):
            rasterize(svg, 1, "bug.svg")


@pytest.mark.parametrize(
    "zone, shown", [("Asia/Jakarta", "09.45 WIB"), ("Asia/Makassar", "10.45 WITA")]
)
def test_times_are_written_as_in_the_events_zone(zone: str, shown: str) -> None:
    moment = datetime(2021, 11, 24, 2, 45, tzinfo=UTC)
    assert words.clock_time(moment, ZoneInfo(zone), "id") == shown
    assert words.clock_time(moment, ZoneInfo(zone), "en") == shown.replace(".", ":")


def test_labels_are_indonesian_first_and_english_alone_in_english() -> None:
    assert words.both(words.NEXT, "id") == "Berikutnya · Next"
    assert words.both(words.NEXT, "en") == "Next"
    assert words.beside(words.SHOP, "en") == ""


def test_proving_a_theme_draws_every_template(tmp_path: Path) -> None:
    paint(None).prove()
    (tmp_path / "product-page.svg").write_text('<svg width="9" height="9">')
    with pytest.raises(OutsideError, match=r"product-page\.svg"):
        paint(tmp_path).prove()
