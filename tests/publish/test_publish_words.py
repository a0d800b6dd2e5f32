"""Whatever a text says, what is made of it YouTube accepts, and nothing is torn apart."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.publish.emulator.metadata import check_texts
from pipeline.publish.words import (
    broadcast_marker,
    characters,
    clean,
    clip_marker,
    cut,
    fewer_hashtags,
    hashtags_in,
    headline,
    legal_description,
    legal_hashtags,
    legal_tags,
    legal_title,
    octets,
    one_line,
    playlist_marker,
    watch_link,
    whole_lines,
)

# Emoji of several code points, combining marks, brackets, controls and lone surrogates.
TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("👩🏽‍🌾🇮🇩<>&\"'#\t\r\n,\u0301\u200d"),
        st.integers(0xD800, 0xDFFF).map(chr),
    ),
    max_size=300,
)
FAMILY = "👨‍👩‍👧‍👦"


@settings(max_examples=200, deadline=None)
@given(title=TEXT, text=TEXT, times=st.integers(1, 40), tags=st.lists(TEXT, max_size=20))
def test_the_emulator_accepts_whatever_was_made_legal(
    title: str, text: str, times: int, tags: list[str]
) -> None:
    description = legal_description(text * times, clip_marker("ab" * 32))
    snippet = {
        "title": legal_title(title),
        "description": description,
        "tags": legal_tags(tags),
    }
    check_texts(snippet, "youtube.video")
    assert characters(snippet["title"]) <= 100 and "\n" not in snippet["title"]
    assert description.endswith("tayang:clip:abababababababab")


@settings(max_examples=100, deadline=None)
@given(text=TEXT, limit=st.integers(3, 60))
def test_a_cut_never_splits_what_a_reader_sees_as_one_character(text: str, limit: int) -> None:
    whole_text = clean(text)
    short = cut(whole_text, limit, octets)
    kept = short.removesuffix("…") if short != whole_text else whole_text
    whole = regex.findall(r"\X", whole_text)
    assert octets(short) <= limit
    assert kept.rstrip() in {"".join(whole[:n]).rstrip() for n in range(len(whole) + 1)}


def test_a_family_emoji_at_the_limit_is_left_out_whole() -> None:
    title = legal_title("x" * 95 + FAMILY * 2)
    assert title == "x" * 95 + "…"


def test_a_family_emoji_at_the_byte_limit_of_a_description_is_left_out_whole() -> None:
    text = legal_description("x" * 4980 + FAMILY)
    assert text == "x" * 4980 + "…"


@pytest.mark.parametrize("nothing", ["", " \n", "\0", "\u200b\u200d", "\u2060", "\ud800"])
def test_a_title_in_which_nothing_can_be_seen_is_replaced(nothing: str) -> None:
    assert legal_title(nothing, "Pameran") == "Pameran"


def test_a_name_of_two_hundred_characters_is_cut_to_what_a_playlist_or_a_video_may_have() -> None:
    name = "Kelompok Usaha Bersama Perajin Batik " * 6
    assert characters(legal_title(name)) == 100
    assert characters(legal_title(name, limit=150)) == 150


def test_every_kind_of_line_break_stays_one_and_other_controls_go() -> None:
    assert clean("a\r\nb\rc\vd\fe\u2028f\0g\th\x1b") == "a\nb\nc\nd\ne\nfg h"
    assert one_line("a\r\nb\u2029c") == "a b c"


def test_the_marker_survives_a_description_that_is_too_long_and_is_added_once() -> None:
    marker = clip_marker("0123456789abcdef" * 4)
    once = legal_description("é" * 5000, marker)
    assert octets(once) <= 5000
    assert once.endswith(f"\n\n{marker}")
    assert legal_description(once, marker) == once


def test_tags_are_unique_and_count_commas_and_quotes() -> None:
    assert legal_tags(["Batik", "batik", " ", "a,b"]) == ("Batik", "a b")
    full = legal_tags([f"{n:04} x" for n in range(600)])
    assert len(full) == 55  # 6 characters, 2 quotes and a comma each: 9 * 55 - 1 = 494


def test_a_tag_that_does_not_fit_makes_way_for_a_shorter_one() -> None:
    assert legal_tags(["a" * 490, "b" * 10, "c"]) == ("a" * 490, "c")


def test_hashtags_have_no_spaces_or_signs_and_are_at_most_fifteen() -> None:
    assert legal_hashtags(["Bangga Buatan", "#UMKM!", "<>", "ꦧꦠꦶꦏ꧀"]) == (
        "#BanggaBuatan",
        "#UMKM",
        "#ꦧꦠꦶꦏ꧀",
    )
    assert len(legal_hashtags([f"kota{n}" for n in range(99)])) == 15
    assert octets(" ".join(legal_hashtags(["é" * 200] * 9))) <= 500


def test_hashtags_beyond_the_limit_become_plain_words_and_links_stay_whole() -> None:
    text = "#satu #dua https://contoh.id/a#tiga\n#tiga #empat 5 # 6"
    assert hashtags_in(text) == 4
    assert fewer_hashtags(text, 2) == "#satu #dua https://contoh.id/a#tiga\ntiga empat 5 # 6"


def test_lines_are_kept_whole_from_the_first() -> None:
    assert whole_lines(["aa", "ééé", "b"], 3 + 7) == ["aa", "ééé"]
    assert whole_lines(["aa", "ééé", "b"], 3 + 6) == ["aa"]


def test_a_headline_has_the_stand_once() -> None:
    assert headline("Profil", "Batik Sekar") == "Profil · Batik Sekar"
    assert headline("Promo BATIK Sekar\n", "Batik Sekar") == "Promo BATIK Sekar"
    assert headline(" ", "Batik Sekar") == "Batik Sekar"
    assert headline("Gong", None) == "Gong"


def test_markers_tell_clips_sessions_and_events_apart() -> None:
    markers = [
        clip_marker("ab" * 32),
        clip_marker("cd" * 32),
        broadcast_marker("Expo", "2021-11-24"),
        broadcast_marker("Expo", "2021-11-25"),
        broadcast_marker("Expo 2", "2021-11-24"),
        playlist_marker("Expo"),
        playlist_marker("Expo 2"),
    ]
    assert len(set(markers)) == len(markers)
    assert all(regex.fullmatch(r"tayang:[a-z]+:[0-9a-f]{16}", marker) for marker in markers)


def test_links_lead_to_youtube_or_to_the_emulators_page() -> None:
    assert watch_link("abc") == "https://youtu.be/abc"
    assert watch_link("abc", "http://127.0.0.1:8085") == "http://127.0.0.1:8085/watch?v=abc"
