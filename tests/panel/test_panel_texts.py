"""The panel's two languages: every word of templates and scripts is in the catalogue, with its English."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

import pipeline.panel
from pipeline.panel.texts import english, translator

PANEL = Path(pipeline.panel.__file__).parent
METHODS = [("**/templates/**.j2", "jinja2"), ("**/static/**.js", "javascript")]
OPTIONS = {"**/static/**.js": {"parse_template_string": "true"}}


def spoken() -> dict[str, str]:
    """Every text that is looked up, and a file in which it is."""
    found = extract_from_dir(PANEL, METHODS, OPTIONS, keywords={"_": None, "t": None})
    return {str(text): file for file, _, text, _, _ in found}


def test_every_word_has_its_english_and_the_catalogue_holds_no_other() -> None:
    words = spoken()
    assert len(words) > 50
    assert {text: file for text, file in words.items() if text not in english()} == {}
    assert set(english()) - set(words) == set()


@pytest.mark.parametrize("text", sorted(english()))
def test_a_translation_has_the_holes_of_its_original(text: str) -> None:
    hole = re.compile(r"\{\w*\}|%\(\w+\)s")
    assert sorted(hole.findall(english()[text])) == sorted(hole.findall(text))


def test_without_a_translation_the_indonesian_stands() -> None:
    assert translator("en")("kata yang tidak ada") == "kata yang tidak ada"
    assert translator("id")("Keluar") == "Keluar"
