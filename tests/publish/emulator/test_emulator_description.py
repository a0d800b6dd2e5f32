"""Descriptions as the emulator's page shows them: links, hashtags, times, chapters; escaped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.emulator.description import chapters, clock, linked, start_of


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("1m30s", 90),
        ("2m", 120),
        ("1h2m3s", 3723),
        ("", 0),
        ("-5", 0),
        ("1:30", 0),
        ("x", 0),
    ],
)
def test_a_links_time_is_read_as_youtube_reads_it(text: str, seconds: int) -> None:
    assert start_of(text) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65, "1:05"), (3723, "1:02:03")])
def test_a_length_is_written_as_a_clock(seconds: int, text: str) -> None:
    assert clock(seconds) == text


def test_links_hashtags_and_times_lead_somewhere() -> None:
    shown = linked("1:05 Kain\nToko: https://a.example/x?y=1&z=2.\n#Batik a#b", "V")
    assert shown == (
        '<a href="/watch?v=V&amp;t=65s" data-t="65">1:05</a> Kain\n'
        'Toko: <a href="https://a.example/x?y=1&amp;z=2" rel="noopener">'
        "https://a.example/x?y=1&amp;z=2</a>.\n"
        '<span class="tag">#Batik</span> a#b'
    )


def test_a_time_within_a_line_or_in_a_playlist_is_just_text() -> None:
    assert linked("jam 10:30", "V") == "jam 10:30"
    assert linked("10:30 pagi", "") == "10:30 pagi"


@given(st.text(alphabet="<>&\"'`=\\/#:0123 https.\n", max_size=80))
def test_nothing_that_people_write_becomes_markup(text: str) -> None:
    shown = str(linked(text, "V"))
    for made in ('<a href="', "</a>", '<span class="tag">', "</span>"):
        shown = shown.replace(made, "")
    assert "<" not in shown


def test_chapters_are_made_only_by_youtubes_rule() -> None:
    good = "Isi:\n00:00 Pembuka\n0:10 - Kain\n1:00:00: Penutup"
    assert [(each["seconds"], each["name"]) for each in chapters(good, "V")] == [
        (0, "Pembuka"),
        (10, "Kain"),
        (3600, "Penutup"),
    ]
    for bad in (
        "00:00 a\n00:10 b",  # too few
        "00:05 a\n00:20 b\n00:40 c",  # the first isn't 00:00
        "00:00 a\n00:09 b\n00:40 c",  # shorter than ten seconds
        "00:00 a\n00:40 b\n00:20 c",  # not ascending
        "",
    ):
        assert chapters(bad, "V") == []
