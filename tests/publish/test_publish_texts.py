"""What viewers read of clips, broadcasts and the playlist: enough, in order, and always legal."""

import re
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputFaults
from pipeline.publish import seen
from pipeline.publish.chapters import Chapter, chapters
from pipeline.publish.chapters import Moment as Aired
from pipeline.publish.drafts import SHIPPED
from pipeline.publish.emulator.metadata import check_description, check_texts, check_title
from pipeline.publish.texts import broadcast_words, clip_words, playlist_words
from pipeline.publish.words import (
    Words,
    broadcast_marker,
    characters,
    hashtags_in,
    legal_description,
)
from pipeline.rundown import Item, Kind, Product, Session, Stand, StartMode
from pipeline.settings import Event

ROOT = Path(__file__).parents[2]
AT = datetime(2021, 11, 24, 3, 15, tzinfo=UTC)
EVENT = Event(
    name="Pekalongan Hybrid Expo 2021",
    short_name="Pekalongan Hybrid Expo",
    venue="HA Djunaid Convention Center",
    city="Kota Pekalongan",
    hashtags=("UMKM", "Bangga Buatan"),
)
STAND = Stand(
    number=7,
    name="Batik Sekar & Melati <Asli>",
    category="Batik",
    origin="Pekalongan",
    whatsapp="+6281234567890",
    instagram="@sekar",
    shop="https://example.com/sekar",
    description="Batik tulis dari Kauman.",
    products=(
        Product(name="Kain Jlamprang", price=150_000, note="2 m"),
        Product(name="Selendang"),
    ),
)
MARKER = broadcast_marker("Expo", "2021-11-24")

TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("👩🏽‍🌾🇮🇩<>&\"'#:\t\r\n,\u0301\u200d"),
        st.integers(0xD800, 0xDFFF).map(chr),
    ),
    max_size=300,
)
NAME = st.text(min_size=1, max_size=200)


@st.composite
def events(draw: st.DrawFn) -> Event:
    return Event(
        name=draw(st.text(min_size=1, max_size=120)),
        short_name=draw(st.text(max_size=32)),
        city=draw(NAME),
        venue=draw(NAME) * draw(st.integers(0, 20)),
        website=draw(NAME),
        hashtags=tuple(draw(st.lists(NAME, max_size=30))),
        language=draw(st.sampled_from(["id", "en"])),
    )


@st.composite
def stands(draw: st.DrawFn) -> Stand:
    note = st.none() | st.text(max_size=80)
    price = st.none() | st.integers(0, 10**9)
    products = st.lists(st.builds(Product, name=NAME, price=price, note=note))
    return Stand(
        number=draw(st.integers(1, 99)),
        name=draw(NAME),
        category=draw(TEXT),
        origin=draw(TEXT),
        whatsapp=draw(st.none() | st.just("+6281234567890") | st.just("+49301234567")),
        instagram=draw(st.none() | TEXT),
        shop=draw(st.none() | TEXT),
        description=draw(TEXT) * draw(st.integers(1, 30)),
        products=tuple(draw(products)),
    )


def session_of(*titles: str, stand: int | None = None) -> Session:
    items = tuple(
        Item(
            id=f"1-{n:03}",
            kind=Kind.VIDEO,
            title=title,
            at=AT,
            duration_s=60,
            start=StartMode.FOLLOW if n else StartMode.FIXED,
            stand=stand,
        )
        for n, title in enumerate(titles)
    )
    return Session(id="2021-11-24", day=date(2021, 11, 24), items=items)


def accepted(words: Words) -> str:
    """The description as it is sent; fails when the emulator would refuse any of the words."""
    description = legal_description(words.description, MARKER)
    snippet = {"title": words.title, "description": description, "tags": words.tags}
    check_texts(snippet, "youtube.video")
    assert characters(words.title) <= 100
    assert description.endswith(MARKER)
    assert hashtags_in(words.title) + hashtags_in(description) <= 15
    assert description.startswith(words.description)  # the marker had room
    return description


@settings(max_examples=150, deadline=None)
@given(event=events(), stand=st.none() | stands(), title=TEXT, tags=st.lists(TEXT, max_size=20))
def test_the_emulator_accepts_the_words_of_any_clip(
    event: Event, stand: Stand | None, title: str, tags: list[str]
) -> None:
    accepted(clip_words(event, stand, title, AT, tags))


@settings(max_examples=100, deadline=None)
@given(event=events(), stand=stands(), titles=st.lists(TEXT, min_size=1, max_size=40))
def test_the_emulator_accepts_the_words_of_any_broadcast(
    event: Event, stand: Stand, titles: list[str]
) -> None:
    session = session_of(*titles, stand=stand.number)
    accepted(broadcast_words(event, session, {stand.number: stand}))


@settings(max_examples=100, deadline=None)
@given(event=events(), titles=st.lists(TEXT, min_size=3, max_size=60))
def test_a_broadcast_that_is_over_has_all_its_chapters_and_they_are_legal(
    event: Event, titles: list[str]
) -> None:
    begin = [AT + timedelta(seconds=11 * n) for n in range(len(titles) + 1)]
    aired = [Aired(*pair, title) for pair, title in zip(pairwise(begin), titles, strict=True)]
    found = chapters(aired, begin[0], begin[-1])
    description = accepted(broadcast_words(event, session_of("A"), {}, found))
    stamps = re.findall(r"^(\d\d):(\d\d) \S", description, re.MULTILINE)
    assert [int(m) * 60 + int(s) for m, s in stamps] == [chapter.at_s for chapter in found]


@settings(max_examples=100, deadline=None)
@given(event=events())
def test_the_emulator_accepts_the_words_of_any_playlist(event: Event) -> None:
    words = playlist_words(event)
    check_title(words.title, "youtube.playlist", 150)
    check_description(legal_description(words.description, MARKER), "youtube.playlist")
    assert characters(words.title) <= 150


def test_a_description_says_what_aired_and_where_then_how_to_order_and_what_it_costs() -> None:
    assert clip_words(EVENT, STAND, "Profil", AT).description.split("\n") == [
        "Profil · Batik Sekar & Melati ‹Asli›",  # noqa: RUF001
        "Tayang Rabu, 24 November 2021 pukul 10.15 WIB di Pekalongan Hybrid Expo 2021.",
        "Stand 7 · Batik · Pekalongan",
        "",
        "Batik tulis dari Kauman.",
        "",
        "Pesan langsung kepada penjualnya:",
        "WhatsApp 0812-3456-7890: https://wa.me/6281234567890"
        "?text=Halo%2C%20saya%20melihat%20produk%20Anda%20di%20Pekalongan%20Hybrid%20Expo",
        "Toko daring: https://example.com/sekar",
        "Instagram @sekar: https://instagram.com/sekar",
        "",
        "Produk dan harga:",
        "• Kain Jlamprang: Rp150.000 (2 m)",
        "• Selendang: Tanya harga",
        "Harga saat acara. Untuk harga terbaru, silakan tanya penjualnya.",
        "",
        "Pekalongan Hybrid Expo 2021 · HA Djunaid Convention Center, Kota Pekalongan",
        "#UMKM #BanggaBuatan",
    ]


def test_a_stand_with_nothing_but_a_name_has_no_empty_headings() -> None:
    bare = Stand(number=3, name="Kopi")
    text = clip_words(Event(name="Expo"), bare, "Profil", AT).description
    assert text == (
        "Profil · Kopi\nTayang Rabu, 24 November 2021 pukul 10.15 WIB di Expo.\nStand 3\n\nExpo"
    )


def test_an_event_in_english_has_english_texts() -> None:
    event = EVENT.model_copy(update={"language": "en", "website": "https://expo.example"})
    lines = clip_words(event, STAND, "Profile", AT).description.split("\n")
    assert lines[1] == (
        "Aired Wednesday, 24 November 2021, 10.15 WIB, at Pekalongan Hybrid Expo 2021."
    )
    assert "• Selendang: Ask for the price" in lines
    assert lines[-2:] == ["https://expo.example", "#UMKM #BanggaBuatan"]
    session = session_of("Opening", "Profile", stand=7)
    live = broadcast_words(event, session, {7: STAND}).description
    assert "Programme (WIB):\n10.15 Opening · Batik" in live
    assert "Go straight to a part:" in broadcast_words(event, session, {}, CHAPTERS).description
    assert "in one list" in playlist_words(event).description


def test_a_title_that_fits_names_stand_and_event_and_a_long_one_keeps_the_stand() -> None:
    assert clip_words(EVENT, STAND, "Profil", AT).title == (
        "Profil · Batik Sekar & Melati ‹Asli› | Pekalongan Hybrid Expo"  # noqa: RUF001
    )
    long = STAND.model_copy(update={"name": "Kelompok Pengrajin " * 4 + "Jaya"})
    title = clip_words(EVENT, long, "Profil", AT).title
    assert title == "Profil · " + long.name
    assert characters(clip_words(EVENT, long, "P" * 40, AT).title) == 100


def test_a_stand_named_in_the_title_is_not_named_twice() -> None:
    words = clip_words(EVENT, STAND, f"Promo {STAND.name}", AT)
    assert words.title.count("Batik Sekar") == 1


def test_tags_begin_with_the_stands_own_and_as_many_as_fit_are_kept() -> None:
    words = clip_words(EVENT, STAND, "Profil", AT, [f"kota-{n}" for n in range(600)])
    assert words.tags[:4] == (
        "Batik Sekar & Melati ‹Asli›",  # noqa: RUF001
        "Pekalongan",
        "Batik",
        "Pekalongan Hybrid Expo",
    )
    assert words.tags[4:6] == ("kota-0", "kota-1")
    assert "Selendang" in clip_words(EVENT, STAND, "Profil", AT).tags


def test_ever_more_products_never_push_out_website_and_hashtags() -> None:
    many = tuple(Product(name=f"Kain motif nomor {n}", price=n * 1000) for n in range(1, 900))
    event = EVENT.model_copy(update={"website": "https://expo.example"})
    text = accepted(clip_words(event, STAND.model_copy(update={"products": many}), "P", AT))
    assert f"https://expo.example\n#UMKM #BanggaBuatan\n\n{MARKER}" in text
    listed = [line for line in text.split("\n") if line.startswith("•")]
    assert len(listed) > 50
    assert all(re.fullmatch(r"• Kain motif nomor \d+: Rp[\d.]+", line) for line in listed)


def test_a_venue_without_end_never_pushes_out_website_and_hashtags() -> None:
    event = EVENT.model_copy(update={"venue": "Gedung " * 400, "website": "https://expo.example"})
    text = accepted(clip_words(event, STAND, "Profil", AT))
    assert text.endswith(f"https://expo.example\n#UMKM #BanggaBuatan\n\n{MARKER}")


def test_a_stands_long_story_leaves_room_for_its_products() -> None:
    story = STAND.model_copy(update={"description": "Batik 👨‍👩‍👧‍👦 " * 900})
    text = accepted(clip_words(EVENT, story, "Profil", AT))
    assert "• Kain Jlamprang: Rp150.000 (2 m)" in text
    assert re.search(r"(?:Batik|👨‍👩‍👧‍👦)…\n", text)


def test_a_story_full_of_hashtags_does_not_cost_the_event_its_own() -> None:
    story = " ".join(f"#batik{n}" for n in range(40))
    text = accepted(clip_words(EVENT, STAND.model_copy(update={"description": story}), "P", AT))
    assert "#batik12 batik13" in text
    assert "#UMKM #BanggaBuatan" in text


CHAPTERS = (Chapter(0, "Pembukaan"), Chapter(600, "Batik"), Chapter(3700, "Penutup"))


def test_a_broadcast_lists_its_programme() -> None:
    words = broadcast_words(EVENT, session_of("Pembukaan", "Profil", stand=7), {7: STAND})
    assert words.title == "Pekalongan Hybrid Expo 2021 · 24 November 2021"
    assert words.description.split("\n")[:5] == [
        "Siaran langsung Pekalongan Hybrid Expo 2021, Rabu, 24 November 2021, mulai pukul 10.15 WIB.",
        "Dari HA Djunaid Convention Center, Kota Pekalongan.",
        "",
        "Susunan acara (WIB):",
        "10.15 Pembukaan · Batik Sekar & Melati ‹Asli›",  # noqa: RUF001
    ]


def test_after_the_show_chapters_take_the_place_of_the_programme() -> None:
    text = broadcast_words(EVENT, session_of("Pembukaan", "Profil"), {}, CHAPTERS).description
    assert (
        "\n\nLangsung ke bagian yang Anda cari:\n00:00 Pembukaan\n10:00 Batik\n1:01:40 Pen" in text
    )
    assert text.startswith("Rekaman siaran langsung Pekalongan Hybrid Expo 2021,")
    assert "10.15" not in text


def test_two_days_of_an_event_with_a_long_name_have_titles_that_differ() -> None:
    event = Event(
        name="Pameran Usaha Mikro, Kecil, dan Menengah " * 2 + "se-Karesidenan Pekalongan"
    )
    assert broadcast_words(event, session_of("A"), {}).title.startswith(
        "24 November 2021 · Pameran"
    )


def test_a_programme_too_long_for_youtube_loses_its_end_in_whole_lines() -> None:
    session = session_of(
        *(f"Profil stand nomor {n} dan cerita di balik karyanya" for n in range(200))
    )
    text = accepted(broadcast_words(EVENT, session, {}))
    last = text.split("\n\n")[-3].split("\n")[-1]
    assert re.fullmatch(r"\d\d\.\d\d Profil stand nomor \d+ dan cerita di balik karyanya", last)
    assert "#UMKM #BanggaBuatan" in text


def test_a_hundred_long_chapters_all_stay_with_shorter_titles() -> None:
    found = [
        Chapter(n * 60, f"{n} Kelompok Usaha Bersama Perajin Batik Pewarna Alam Pesindon")
        for n in range(100)
    ]
    text = accepted(broadcast_words(EVENT, session_of("A"), {}, found))
    assert len(re.findall(r"^(?:1:)?\d\d:\d\d \d+ Kelompok Usaha\b.*…$", text, re.MULTILINE)) == 100
    assert "#UMKM #BanggaBuatan" in text


# Templates of one's own


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "templat"
    folder.mkdir()
    return folder


def test_a_template_of_ones_own_changes_one_part_and_keeps_the_others(own: Path) -> None:
    (own / "clip.id.j2").write_text(
        '{% extends "tayang/clip.id.j2" %}'
        "{% block title %}{{ stand.name }}, {{ event.city }}{% endblock %}",
        encoding="utf-8",
    )
    words = clip_words(EVENT, STAND, "Profil", AT, templates=own)
    assert words.title == "Batik Sekar & Melati ‹Asli›, Kota Pekalongan"  # noqa: RUF001
    assert words.description == clip_words(EVENT, STAND, "Profil", AT).description


def test_a_footer_of_ones_own_stands_under_every_text(own: Path) -> None:
    (own / "parts.j2").write_text(
        '{% extends "tayang/parts.j2" %}{% block footer %}Diskominfo\n{{ super() }}{% endblock %}'
    )
    assert playlist_words(EVENT, own).description.endswith("Diskominfo\n#UMKM #BanggaBuatan")
    assert "Diskominfo\n#UMKM" in broadcast_words(EVENT, session_of("A"), {}, (), own).description


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (
            '{% extends "parts.j2" %}\n{% block title %}{{ stand.nmae }}{% endblock %}',
            "baris/line 2",
        ),
        ('{% extends "parts.j2" %}\n\n{% block title %}{% endblok %}', "baris/line 3"),
        ('{% extends "parts.j2" %}\n{% block title %}{{ 1 // 0 }}{% endblock %}', "baris/line 2"),
        (
            '{% extends "parts.j2" %}\n{% block title %}{{ "".__class__.__mro__ }}{% endblock %}',
            "baris/line 2",
        ),
        ('{% extends "lain.j2" %}', "lain.j2"),
        ("Profil {{ title }}", "clip.id.j2"),
        (b"\xff", "clip.id.j2"),
    ],
    ids=["unknown value", "syntax", "arithmetic", "reaching out", "absent", "no parts", "no text"],
)
def test_a_broken_template_is_a_fault_with_its_place(
    own: Path, text: str | bytes, where: str
) -> None:
    (own / "clip.id.j2").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputFaults) as caught:
        clip_words(EVENT, STAND, "Profil", AT, templates=own)
    (fault,) = caught.value.faults
    assert where in fault.where
    assert fault.what.id != fault.what.en


def test_a_misspelt_template_is_a_fault_and_one_to_import_is_not(own: Path) -> None:
    (own / "_kontak.j2").write_text("{% macro kontak() %}{% endmacro %}")
    (own / "BACA.txt").write_text("catatan")
    playlist_words(EVENT, own)
    other = own / "lain"
    other.mkdir()
    (other / "clips.id.j2").write_text("")
    with pytest.raises(InputFaults) as caught:
        playlist_words(EVENT, other)
    (fault,) = caught.value.faults
    assert fault.where.endswith("clips.id.j2")
    assert fault.hint is not None and "clip.id.j2" in fault.hint.id


def test_a_folder_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputFaults):
        playlist_words(EVENT, tmp_path / "salah")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\u200b",
        "👨‍👩‍👧‍👦" * 2000,
        "{{ '#x 👩🏽‍🌾 <y> \n' * 3000 }}",
        "{{ event }}",
        "{{ 'a,' * 900 }}",
    ],
    ids=["nothing", "invisible", "one long line", "many lines", "a whole value", "commas"],
)
def test_whatever_a_template_makes_is_legal(own: Path, text: str) -> None:
    parts = ("title", "description", "programme", "footer", "tags")
    blocks = "".join(f"{{% block {part} %}}{text}{{% endblock %}}" for part in parts)
    for thing in ("clip", "broadcast", "playlist"):
        (own / f"{thing}.id.j2").write_text('{% extends "parts.j2" %}' + blocks, encoding="utf-8")
    accepted(clip_words(EVENT, STAND, "Profil", AT, templates=own))
    accepted(broadcast_words(EVENT, session_of("A"), {}, (), own))
    accepted(broadcast_words(EVENT, session_of("A"), {}, CHAPTERS, own))
    words = playlist_words(EVENT, own)
    check_title(words.title, "youtube.playlist", 150)
    check_description(legal_description(words.description, MARKER), "youtube.playlist")


def test_the_guide_names_every_text_and_every_value_and_its_example_works(own: Path) -> None:
    guide = (ROOT / "docs" / "texts.md").read_text(encoding="utf-8")
    values = [seen.SeenEvent, seen.SeenStand, seen.SeenProduct, seen.SeenTime, seen.SeenItem]
    names = {field.name for value in values for field in fields(value)}
    assert {name for name in names if f"`{name}`" not in guide} == set()
    assert {path.name for path in SHIPPED.iterdir() if f"`{path.name}`" not in guide} == set()
    example = re.search(r"```jinja\n(.*?)```", guide, re.DOTALL)
    assert example is not None
    (own / "clip.id.j2").write_text(example[1], encoding="utf-8")
    assert "Gratis ongkir" in clip_words(EVENT, STAND, "Profil", AT, templates=own).description
