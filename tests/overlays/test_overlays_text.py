"""Text fits: shrinks, wraps, is shortened last; and whatever a name holds, its ink stays in its slot."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.overlays.fit import Block, Slot, fit
from pipeline.overlays.theme import read_theme
from pipeline.overlays.typeset import ASCENT, DESCENT, SUBSTITUTE, Shaped, clean

THEME = read_theme(None)
SETTER = THEME.typesetter()
NAME = Slot(face="bold", size=40, minimum=30, wrapped=34, width=600, lines=2)

LONG = (
    "Kelompok Usaha Bersama Perajin Batik Cap dan Batik Tulis Pewarna Alam Mitra Sejahtera Contoh "
    "Kelurahan Pesindon"
)


def fitted(text: str, slot: Slot = NAME) -> tuple[Block, list[str]]:
    block, faults = fit(SETTER, text, slot, "Stand 1")
    return block, [fault.what.en for fault in faults]


def shown(block: Block) -> list[str]:
    return [line.text for line in block.lines]


def shape(text: str) -> Shaped:
    return SETTER.shape(text, "bold", 0)


def test_a_short_name_keeps_the_full_size() -> None:
    block, warnings = fitted("Batik Canting Pitu")
    assert (shown(block), block.size, warnings) == (["Batik Canting Pitu"], 40, [])


def test_a_longer_name_shrinks_before_it_wraps() -> None:
    block, warnings = fitted("Sarung Tenun ATBM Sinar Pesisir")
    assert len(block.lines) == 1
    assert 30 <= block.size < 40
    assert block.width == pytest.approx(600)
    assert not warnings


def test_a_name_too_long_for_one_line_wraps_into_halves_between_words() -> None:
    block, warnings = fitted("Kerajinan Enceng Gondok Rumah Anyam dan Kawan")
    assert shown(block) == ["Kerajinan Enceng Gondok", "Rumah Anyam dan Kawan"]
    assert block.size == 34
    assert not warnings


def test_only_what_fits_nowhere_is_shortened_and_said() -> None:
    block, (warning,) = fitted(LONG)
    assert block.size == 30
    assert shown(block)[-1].endswith("…")
    assert LONG.startswith(" ".join(shown(block)).rstrip("…"))
    assert f"{len(LONG)} characters" in warning


def test_the_warning_names_the_stand() -> None:
    _, (fault,) = fit(SETTER, LONG, NAME, "Stand 13")
    assert fault.where == "Stand 13"


def test_a_word_without_a_break_goes_over_two_lines_and_loses_nothing() -> None:
    block, warnings = fitted("W" * 30)
    assert "".join(shown(block)) == "W" * 30
    assert len(block.lines) == 2
    assert not warnings


def test_a_name_breaks_after_a_hyphen_or_slash() -> None:
    block, _ = fitted("Kerajinan Kayu-Rotan-Bambu/Mendong-Pandan-Eceng")
    assert shown(block)[0].endswith(("-", "/"))


def test_a_name_that_ends_with_an_ellipsis_itself_is_not_called_shortened() -> None:
    assert fitted("Dan lain-lain…")[1] == []


def test_an_empty_text_is_an_empty_block() -> None:
    block, warnings = fitted("  \u200b ")
    assert (block.lines, block.height, block.width, warnings) == ((), 0, 0, [])


def test_capital_slots_speak_in_capitals() -> None:
    slot = NAME.model_copy(update={"capitals": True})
    assert shown(fitted("batik", slot)[0]) == ["BATIK"]


def test_letters_are_kerned() -> None:
    assert shape("AVAV").width < shape("A").width * 2 + shape("V").width * 2 - 30


@pytest.mark.parametrize("text", ["☕", "👩🏽‍🍳", "🇮🇩", "1️⃣"])
def test_an_emoji_is_one_coloured_glyph(text: str) -> None:
    shaped = shape(text)
    assert len(shaped.glyphs) == 1
    assert len({stain.colour for stain in shaped.drawn()[1]}) > 1
    assert not shaped.lacking


def test_quotes_ampersand_and_accents_are_drawn_with_the_main_face() -> None:
    outline, stains = shape("\"Ndalem\" & 'Renyah' Café Ñ Ở").drawn()
    assert outline
    assert not stains
    assert not shape("\"Ndalem\" & 'Renyah' Café Ñ Ở").lacking


def test_arabic_words_run_from_right_to_left_as_one() -> None:
    first, second, both = (shape(text) for text in ("نور", "الهدى", "نور الهدى"))
    assert both.lacking == ""
    leftmost = min(both.glyphs, key=lambda placed: placed.x).glyph
    assert leftmost in [placed.glyph for placed in second.glyphs]
    assert both.width > first.width + second.width


def test_javanese_is_drawn_and_kept_within_the_line() -> None:
    shaped = shape("ꦥꦼꦏꦭꦺꦴꦔꦤ꧀")
    assert shaped.lacking == ""
    assert shaped.top <= ASCENT + 1
    assert shaped.bottom >= DESCENT - 1


def test_characters_that_no_font_has_become_one_visible_mark_and_a_warning() -> None:
    block, (warning,) = fitted("Toko 中文 Jaya")
    substitute = SETTER.shape(f"Toko {SUBSTITUTE} Jaya", "bold", 0)
    assert block.width == pytest.approx(substitute.width * block.size / 1000)
    assert "U+4E2D U+6587" in warning


def test_a_letter_with_an_unknown_mark_keeps_the_letter() -> None:
    shaped = shape("x\u20dd")
    assert shaped.width == shape("x").width
    assert shaped.lacking


def test_cleaning_drops_what_can_not_be_seen() -> None:
    assert clean("  a\u202eb\n\tc\x00\u00ad  d ") == "ab c d"
    assert clean("a" + "\u0301" * 30) == "á" + "\u0301" * 4


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=140))
def test_no_name_ever_leaves_its_slot(text: str) -> None:
    block, _ = fit(SETTER, text, NAME, "Stand 1")
    assert block.width <= NAME.width + 0.01
    assert len(block.lines) <= NAME.lines
    assert block.size >= NAME.minimum
    for line in block.lines:
        shaped = SETTER.shape(line.text, "bold", 0)
        assert shaped.top <= ASCENT + 0.01
        assert shaped.bottom >= DESCENT - 0.01


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S"]), max_size=60))
def test_nothing_is_lost_without_a_warning(text: str) -> None:
    block, faults = fit(SETTER, text, NAME, "Stand 1")
    if not faults:
        assert "".join(shown(block)).replace(" ", "") == clean(text).replace(" ", "")


def test_a_text_of_a_million_characters_is_measured_no_further_than_needed() -> None:
    block, (warning,) = fitted("Batik " * 170_000)
    assert block.width <= NAME.width
    assert "characters" in warning


def test_every_font_of_the_theme_comes_with_its_licence() -> None:
    fonts = Path(THEME.folders[0]) / "fonts"
    families = {path.stem.split("_")[0] for path in fonts.glob("*.ttf")}
    assert families == {path.stem.rsplit("-", 1)[0] for path in fonts.glob("*.txt")}
    assert sum(path.stat().st_size for path in fonts.iterdir()) < 3_000_000
