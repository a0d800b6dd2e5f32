"""The HTML page and its pictures: self-contained, escaped, and true to the account."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.manifest import Links, Video, account, as_run, html_page
from pipeline.manifest.timeline import FLOOR_PX, Scale, aired_blocks, scale

Opens = Callable[..., Any]
JAKARTA = ZoneInfo("Asia/Jakarta")
EIGHT = datetime(2021, 11, 24, 8, tzinfo=JAKARTA)
VOID = {"meta", "input", "line", "circle", "ellipse", "rect", "path"}


class Tags(HTMLParser):
    """Every tag with its attributes, and the visible text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(one: Any, links: Links | None = None) -> str:
    run = as_run(one.lines)
    assert run is not None
    manifest = account(
        None, [run], links or Links(), event="Pameran <Uji>", zone=JAKARTA, generated=EIGHT
    )
    return html_page(manifest).decode()


@pytest.fixture
def one(show: Opens) -> Any:
    session = show(stands=[(1, '<script>alert("x")</script>', 60), (2, "Kopi & Teh 🥟", 30)])
    session.air(1000, stand=1, title='"><img src=x onerror=alert(1)>')
    session.air(100, stand=2, kind="slate", planned_kind="live", item="1-02")
    session.close()
    return session


def test_nothing_is_loaded_from_anywhere(one: Any) -> None:
    page = page_of(one)
    tags = Tags(page).tags
    assert not [attrs for tag, attrs in tags if "src" in attrs or tag in ("link", "img", "iframe")]
    assert not re.findall(r"@import|url\((?!#)|fetch\(|https?://", page)
    (policy,) = [a["content"] for _, a in tags if a.get("http-equiv")]
    assert policy is not None
    assert "default-src 'none'" in policy


def test_addresses_are_only_those_of_the_links(one: Any) -> None:
    links = Links(
        videos={"2021-11-24": [Video("https://youtu.be/a")]},
        clips={("2021-11-24", 1): "https://youtu.be/b"},
    )
    hrefs = {a["href"] for tag, a in Tags(page_of(one, links)).tags if tag == "a"}
    assert hrefs == {
        *("https://youtu.be/a", "https://youtu.be/a?t=0s", "https://youtu.be/a?t=40s"),
        "https://youtu.be/b",
    }


def test_names_are_text_and_never_markup(one: Any) -> None:
    found = Tags(page_of(one))
    assert [tag for tag, _ in found.tags].count("script") == 1
    assert '<script>alert("x")</script>' in found.text
    assert "Kopi & Teh 🥟" in found.text
    assert not [attrs for _, attrs in found.tags if "onerror" in attrs]


def test_the_page_says_the_figures_of_the_account(one: Any) -> None:
    text = re.sub(r"\s+", " ", Tags(page_of(one)).text)
    assert "0:40 dari 1:00" in text
    assert "kurang 0:20" in text
    assert "Jurnal utuh" in text
    assert "pengganti langsung, tidak dihitung" in text
    assert "program-0001.ts · frame 0\N{EN DASH}999" in text


def test_fillers_outages_and_what_was_not_recorded_are_shown(show: Opens) -> None:
    one = show(stands=[(1, "Batik", 60)])
    one.air(250, stand=1, kind="catalogue")
    one.air(250, stand=1, item="1-01")
    one.deliver(0, 400, "lost", to="YouTube <b>", error="server menutup sambungan")
    one.write("unrecorded", first_frame=200, frames=300, error="disk penuh")
    text = re.sub(r"\s+", " ", Tags(page_of(one)).text)
    assert "Pengisi · Filler" in text
    assert "YouTube <b>08.00.1608.00.200:04 100 frameserver menutup sambungan" in text
    assert "300 frame tidak terekam" in text
    assert "program-0001.ts · frame 0\N{EN DASH}249 50 frame tidak terekam" in text
    assert "frame 250\N{EN DASH}499 250 frame tidak terekam" in text
    assert "program-0001.ts · frame 250" not in text


def test_a_damaged_journal_is_shown(one: Any) -> None:
    one.lines[2]["title"] = "diubah"
    assert "Jurnal rusak" in Tags(page_of(one)).text


def test_an_event_without_sessions_has_a_page() -> None:
    nothing = account(None, [], Links(), event="Pameran", zone=JAKARTA, generated=EIGHT)
    assert "Belum ada sesi" in html_page(nothing).decode()


def test_the_same_account_gives_the_same_bytes(one: Any) -> None:
    assert page_of(one) == page_of(one)


@pytest.mark.parametrize(
    ("seconds", "first", "second"),
    [
        (80, "08.00.00", "08.00.10"),
        (600, "08.00", "08.01"),
        (3 * 3600, "08.00", "08.30"),
        (9 * 3600, "08.00", "09.00"),
    ],
)
def test_the_axis_has_round_times_that_have_room(seconds: int, first: str, second: str) -> None:
    ticks = Scale(EIGHT, EIGHT + timedelta(seconds=seconds)).ticks()
    assert [tick.label for tick in ticks[:2]] == [first, second]
    assert 4 <= len(ticks) <= FLOOR_PX / 70


def test_the_axis_goes_on_past_midnight() -> None:
    late = EIGHT.replace(hour=23, minute=50)
    labels = [tick.label for tick in Scale(late, late + timedelta(minutes=20)).ticks()]
    assert labels[0] == "23.50"
    assert "00.00" in labels
    assert labels[-1] == "00.10"


def test_one_frame_is_still_seen_and_stays_inside_the_picture(show: Opens) -> None:
    one = show(stands=[(1, "A", 1)])
    one.air(25 * 3600 * 6, kind="slate")
    one.air(1, stand=1)
    run = as_run(one.lines)
    assert run is not None
    manifest = account(None, [run], Links(), event="P", zone=JAKARTA, generated=EIGHT)
    (session,) = manifest.sessions
    frame = aired_blocks(session, scale(session), {})[-1]
    assert frame.width > 0.2
    assert frame.x + frame.width <= 100.001
