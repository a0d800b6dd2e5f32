"""The crew's page, with boards given by hand: what it shows, that all can use it, and how little it loads."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rooms import Room, control_room, settings_in

from pipeline.clock import SystemClock
from pipeline.panel.board import Slot, Story, board
from pipeline.rundown import plan
from pipeline.wiring import Studio

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MARKUP = '<img src=x onerror="document.title=1">'


def on_air(studio: Studio) -> dict[str, Any]:
    """A board of the sample event's first session, a minute into its fifth item, with trouble."""
    session, rundown = studio.rundown.sessions[0], studio.rundown
    planned = plan(session)
    slots = tuple(
        Slot(
            p.item.id,
            p.item.title,
            p.item.kind.value,
            p.item.start.value,
            p.item.stand,
            p.start,
            p.end,
        )
        for p in planned
    )
    on, after = planned[4], planned[5]
    status = {
        "frame": 9000,
        "fps": 25,
        "on": {
            "occurrence": 5,
            "item": on.item.id,
            "stand": on.item.stand,
            "title": MARKUP,
            "kind": "video",
            "reason": {"id": "menyusul acara sebelumnya", "en": "follows the item before"},
            "sent_s": 60.0,
            "left_s": 30.0,
            "behind_s": 72.0,
        },
        "next": {
            "item": after.item.id,
            "stand": after.item.stand,
            "title": after.item.title,
            "mode": "follow",
            "start": after.start.isoformat(),
            "duration_s": after.item.duration_s,
        },
        "coming": [p.item.id for p in planned[5:]],
        "undo": {"item": planned[3].item.id, "of": on.item.id},
        "held": False,
        "slated": False,
        "taken": None,
        "cue": {"state": "on"},
        "recording": {
            "part": "program-0001.ts",
            "trouble": {"id": "disk penuh", "en": "disk full"},
        },
        "late": {"frames": 2, "worst_s": 0.1},
        "destinations": [
            {
                "name": name,
                "state": state,
                "age_s": age,
                "frames": 1,
                "reconnects": 3,
                "retry_in_s": None,
                "last_error": {"id": "kunci salah", "en": "wrong key"},
            }
            for name, state, age in (("youtube", "sending", 0.2), ("studio", "waiting", 30.0))
        ],
    }
    stands = {s.number: (s.name, s.entitled_s) for s in rundown.stands}
    now = on.start + timedelta(seconds=132)
    zone = studio.settings.event.zone
    story = Story(session.id, slots, stands, {}, [], [], status, now, zone, over=False)
    youtube = {"light": "green", "state": {"id": "LIVE", "en": "LIVE"}, "reason": None, "url": None}
    return {**board(story), "youtube": youtube, "job": None}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    settings = settings_in(tmp_path_factory.mktemp("room"))
    with control_room(settings, still=True) as made:
        made.parts.hub.show(on_air(Studio(settings, SystemClock())))
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield made
        made.close()


def opened(room: Room, browser: Browser, address: str, width: int, role: str = "admin") -> Page:
    context = browser.new_context(viewport={"width": width, "height": 860})
    page = room.signed_in(context, role).new_page()
    page.goto(f"{room.url}{address}")
    return page


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize(
    "address", ["/", "/admin", "/admin/devices", "/admin/links", "/admin/audit"]
)
def test_everybody_can_use_the_page(
    room: Room, browser: Browser, address: str, width: int, theme: str
) -> None:
    page = opened(room, browser, f"{address}?theme={theme}", width)
    if address == "/":
        expect(page.locator("#items .item").first).to_be_visible()
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    wrong = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found.response["violations"]]
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_it_shows_is_the_board(room: Room, browser: Browser) -> None:
    page = opened(room, browser, "/", 1440)
    expect(page.locator("#now-title")).to_have_text(MARKUP)
    assert page.title() == "Siaran · Pekalongan Hybrid Expo 2021"
    expect(page.locator("#items [data-state=on]")).to_have_count(1)
    expect(page.locator("#items [data-state=next]")).to_contain_text("berikutnya")
    expect(page.locator("#lights .red").first).to_contain_text("disk penuh")
    expect(page.locator("#lights")).to_contain_text("kunci salah")
    expect(page.locator("#alarms")).to_contain_text("2 frame terlambat")
    expect(page.locator("#over")).to_contain_text("1.12 terlambat")
    expect(page.locator("#left")).to_have_text(re.compile(r"0\.\d\d"))
    expect(page.locator("#undo")).to_be_visible()


def test_the_page_speaks_english_too(room: Room, browser: Browser) -> None:
    page = opened(room, browser, "/?lang=en", 1440)
    expect(page.locator("#over")).to_contain_text("1:12 late")
    expect(page.locator("#items [data-state=on]")).to_contain_text("on air")
    page.goto(f"{room.url}/admin")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_arrows_choose_what_take_would_take(room: Room, browser: Browser) -> None:
    page = opened(room, browser, "/", 1440)
    expect(page.locator("#items .item").first).to_be_visible()
    second = room.parts.hub.board["items"][6]
    page.keyboard.press("ArrowDown")
    expect(page.locator("#items [aria-pressed=true]")).to_contain_text(second["title"])
    expect(page.locator("#take")).to_contain_text(second["title"])
    expect(page.locator("#next")).to_be_enabled()
    page.keyboard.press("Escape")
    expect(page.locator("#items [aria-pressed=true]")).to_have_count(0)


def test_an_order_that_cannot_be_given_says_why_at_once(room: Room, browser: Browser) -> None:
    page = opened(room, browser, "/", 1440)
    expect(page.locator("#items .item").first).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator("#mark")).to_have_attribute("data-answer", "refused")
    expect(page.locator("#answer")).to_contain_text("tidak ada program yang tayang")


def test_nothing_moves_under_the_thumb(room: Room, browser: Browser) -> None:
    shown = room.parts.hub.board
    page = opened(room, browser, "/", 390)
    expect(page.locator("#undo")).to_be_visible()
    before = page.locator("#take").bounding_box()
    room.parts.hub.show({**shown, "undo": None})
    expect(page.locator("#undo")).to_be_hidden()
    page.locator("#mark").click()
    expect(page.locator("#answer")).to_be_visible()
    assert page.locator("#take").bounding_box() == before
    room.parts.hub.show(shown)


def test_a_press_leaves_the_focus_where_it_was(room: Room, browser: Browser) -> None:
    page = opened(room, browser, "/", 1440)
    expect(page.locator("#mark")).to_be_enabled()
    page.locator("#mark").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#mark")).to_have_attribute("data-answer", "refused")
    expect(page.locator("#mark")).to_be_focused()


def test_a_space_on_a_focused_button_takes_and_presses_nothing_else(
    room: Room, browser: Browser
) -> None:
    page = opened(room, browser, "/", 1440)
    expect(page.locator("#take")).to_be_enabled()
    page.locator("#slate").focus()
    page.keyboard.press("Space")
    expect(page.locator("#take")).to_have_attribute("data-answer", "refused")
    assert page.locator("#slate").get_attribute("data-answer") is None


def test_what_is_held_and_what_time_it_is_stands_above_the_item(
    room: Room, browser: Browser
) -> None:
    shown = room.parts.hub.board
    room.parts.hub.show({**shown, "held": True})
    page = opened(room, browser, "/", 1440, "organiser")
    expect(page.locator("#tag")).to_have_text("Ditahan kru")
    expect(page.locator("#clock")).to_have_text(re.compile(r"09\.38\.\d\d"))
    room.parts.hub.show(shown)


def test_before_the_show_it_says_when_and_how_it_begins(room: Room, browser: Browser) -> None:
    shown = room.parts.hub.board
    start = shown["session"]["start"]
    early = start.replace("08:50", "07:30")
    off = {**shown, "connected": False, "on": None, "next": None, "undo": None, "now": early}
    room.parts.hub.show(off)
    page = opened(room, browser, "/", 1440)
    expect(page.locator("#now-about")).to_contain_text("08.50")
    expect(page.locator("#counts")).to_have_text("Sesi dimulai dalam")
    expect(page.locator("#left")).to_have_text("1.20.00")
    expect(page.locator("#how")).to_contain_text("tayang daemon --at now")
    expect(page.locator("#take")).to_be_disabled()
    room.parts.hub.show(shown)


def test_all_scripts_and_styles_together_are_small(room: Room) -> None:
    static = Path(__file__).parents[2] / "pipeline" / "panel" / "static"
    kinds = ("*.js", "*.css", "*.svg")
    loaded = sum(file.stat().st_size for kind in kinds for file in static.glob(kind))
    player = len(requests.get(f"{room.url}/static/player.js", timeout=10).content)
    assert 50_000 < loaded + player < 150_000
