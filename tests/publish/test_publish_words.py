"""Whatever a workbook says, titles, descriptions and tags are legal, and tell a viewer enough."""

from datetime import UTC, date, datetime

import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.publish.words import (
    broadcast_words,
    characters,
    clip_marker,
    clip_words,
    cut,
    legal_description,
    legal_tags,
    legal_title,
    octets,
    watch_link,
)
from pipeline.rundown import Item, Kind, Product, Session, Stand, StartMode
from pipeline.settings import Event

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
    products=(Product(name="Kain Jlamprang", price=150_000), Product(name="Selendang")),
)
# Emoji of several code points, combining marks, brackets, controls and lone surrogates.
TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("👩🏽‍🌾🇮🇩<>&\"'\t\r\n,\u0301\u200d"),
        st.integers(0xD800, 0xDFFF).map(chr),
    ),
    max_size=300,
)
FAMILY = "👨‍👩‍👧‍👦"


@st.composite
def stands(draw: st.DrawFn) -> Stand:
    name = st.text(min_size=1, max_size=150)
    products = st.lists(st.builds(Product, name=name, price=st.none() | st.integers(0, 10**9)))
    return Stand(
        number=draw(st.integers(1, 99)),
        name=draw(name),
        category=draw(TEXT),
        origin=draw(TEXT),
        description=draw(TEXT) * draw(st.integers(1, 30)),
        shop=draw(st.none() | TEXT),
        products=tuple(draw(products)),
    )


@settings(max_examples=60, deadline=None)
@given(stand=st.none() | stands(), title=TEXT, tags=st.lists(TEXT, max_size=20))
def test_words_of_any_stand_are_legal(stand: Stand | None, title: str, tags: list[str]) -> None:
    words = clip_words(EVENT, stand, title, AT, tags)
    description = legal_description(words.description, clip_marker("ab" * 32))
    assert 1 <= characters(words.title) <= 100
    assert words.title.strip() and "\n" not in words.title
    assert octets(description) <= 5000
    assert description.endswith("tayang:clip:abababababababab")
    quoted = [tag if " " not in tag else f'"{tag}"' for tag in words.tags]
    assert characters(",".join(quoted)) <= 500
    for text in (words.title, description, *words.tags):
        assert not set(text) & {"<", ">", "\r", "\0"}
        text.encode()


@settings(max_examples=100, deadline=None)
@given(text=TEXT, limit=st.integers(3, 60))
def test_a_cut_never_splits_what_a_reader_sees_as_one_character(text: str, limit: int) -> None:
    short = cut(text, limit, octets_or_more)
    kept = short.removesuffix("…") if short != text else text
    whole = regex.findall(r"\X", text)
    assert kept.rstrip() in {"".join(whole[:n]).rstrip() for n in range(len(whole) + 1)}


def octets_or_more(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def test_a_family_emoji_at_the_limit_is_left_out_whole() -> None:
    title = legal_title("x" * 95 + FAMILY * 2)
    assert title == "x" * 95 + "…"


def test_a_title_that_fits_names_stand_and_event_and_a_long_one_keeps_the_stand() -> None:
    assert clip_words(EVENT, STAND, "Profil", AT).title == (
        "Profil · Batik Sekar & Melati ‹Asli› | Pekalongan Hybrid Expo"  # noqa: RUF001
    )
    long = STAND.model_copy(update={"name": "Kelompok Pengrajin " * 4 + "Jaya"})
    assert clip_words(EVENT, long, "Profil", AT).title.startswith("Profil · Kelompok Pengrajin")
    assert characters(clip_words(EVENT, long, "P" * 40, AT).title) <= 100


def test_a_stand_named_in_the_title_is_not_named_twice() -> None:
    words = clip_words(EVENT, STAND, f"Promo {STAND.name}", AT)
    assert words.title.count("Batik Sekar") == 1


def test_a_description_says_what_aired_what_it_costs_and_how_to_buy_it() -> None:
    lines = clip_words(EVENT, STAND, "Profil", AT, ["batik"]).description.split("\n")
    assert lines[0] == "Profil"
    assert lines[1].startswith("Tayang 24 November 2021, 10.15 WIB · Pekalongan Hybrid Expo 2021")
    assert "• Kain Jlamprang: Rp150.000" in lines
    assert "• Selendang: Tanya harga" in lines
    assert any(line.startswith("WhatsApp: https://wa.me/6281234567890") for line in lines)
    assert "Toko: https://example.com/sekar" in lines
    assert lines[-1] == "#UMKM #BanggaBuatan"


def test_ever_more_products_never_push_out_the_hashtags() -> None:
    many = tuple(Product(name=f"Kain motif nomor {n}", price=n * 1000) for n in range(1, 900))
    text = clip_words(EVENT, STAND.model_copy(update={"products": many}), "P", AT).description
    assert octets(text) <= 5000
    assert text.endswith("#UMKM #BanggaBuatan")


def test_the_marker_survives_a_description_that_is_too_long_and_is_added_once() -> None:
    marker = clip_marker("0123456789abcdef" * 4)
    once = legal_description("é" * 5000, marker)
    assert octets(once) <= 5000
    assert once.endswith(f"\n\n{marker}")
    assert legal_description(once, marker) == once


def test_tags_are_unique_and_count_commas_and_quotes() -> None:
    assert legal_tags(["Batik", "batik", " ", "a,b"]) == ("Batik", "a b")
    full = legal_tags([f"{n:04} x" for n in range(100)])
    assert len(full) == 55  # 6 characters, 2 quotes and a comma each: 9 * 55 - 1 = 494


def test_a_broadcast_lists_its_programme() -> None:
    item = Item(
        id="1-01",
        kind=Kind.VIDEO,
        title="Pembukaan",
        at=AT,
        duration_s=60,
        start=StartMode.FIXED,
        stand=7,
    )
    words = broadcast_words(
        EVENT, Session(id="2021-11-24", day=date(2021, 11, 24), items=(item,)), {7: STAND}
    )
    assert words.title == "Pekalongan Hybrid Expo 2021 · 24 November 2021"
    assert "10.15 Pembukaan · Batik Sekar & Melati" in words.description


def test_links_lead_to_youtube_or_to_the_emulators_page() -> None:
    assert watch_link("abc") == "https://youtu.be/abc"
    assert watch_link("abc", "http://127.0.0.1:8085") == "http://127.0.0.1:8085/watch?v=abc"
