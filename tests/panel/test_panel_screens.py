"""The screens in a real browser: what presenters, exhibitors, buyers and OBS see, and that they see it."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aids import program
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from rooms import NoCues, Room, control_room
from screened import ODD, board, event

Open = Callable[..., Page]


class RedBar(NoCues):
    """Its lower third is a red bar at the foot of the frame."""

    def drawn(self, item: str) -> bytes:
        picture = Image.new("RGBA", (1280, 720))
        picture.paste((200, 0, 0, 255), (0, 600, 1280, 720))
        out = io.BytesIO()
        picture.save(out, "PNG")
        return out.getvalue()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[Room]:
    settings = event(tmp_path_factory.mktemp("screens"), ffmpeg)
    with control_room(settings, still=True, cues=RedBar()) as room:
        yield room


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program("chromium"))
        yield opened
        opened.close()


@pytest.fixture
def open_page(room: Room, browser: Browser) -> Iterator[Open]:
    """Opens a page at a path, signed in as `role` if one is given; no script may fail, nor ask elsewhere."""
    opened, wrong = [], []

    def one(path: str, role: str = "", width: int = 1280, height: int = 720, **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **more)
        opened.append(context)
        if role:
            room.signed_in(context, role)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: _note(wrong, said))
        page.on("request", lambda asked: _foreign(wrong, room, asked.url))
        page.goto(room.url + path)
        return page

    room.parts.hub.show(board())
    yield one
    for context in opened:
        context.close()
    assert wrong == []


def _note(wrong: list[str], said: Any) -> None:
    if said.type == "error" and "ERR_INTERNET_DISCONNECTED" not in said.text:
        wrong.append(said.text)


def _foreign(wrong: list[str], room: Room, url: str) -> None:
    if not url.startswith((room.url, "data:", "blob:")):
        wrong.append(url)


def paths(room: Room) -> dict[str, str]:
    keys = room.parts.keys
    return {
        "stage": f"/stage?key={keys.for_screen('stage')}",
        "overlay": f"/overlay?key={keys.for_screen('overlay')}",
        "stand": f"/stand/1?key={keys.for_stand(1)}",
        "other stand": f"/stand/2?key={keys.for_stand(2)}",
        "etalase": "/etalase?",
        "manifest": "/manifest?",
    }


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_every_screen_is_accessible_and_fits(
    room: Room, open_page: Open, theme: str, width: int
) -> None:
    for name, path in paths(room).items():
        role = "organiser" if name == "manifest" else ""
        page = open_page(f"{path}&theme={theme}", role, width, 800)
        expect(page.locator("h1")).to_have_count(1)
        found = Axe().run(page).response["violations"]
        assert [(name, one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize(
    ("left", "level", "word"),
    [(300.4, "", ""), (44.4, "soon", "Bersiap menutup"), (11.4, "end", "Tutup sekarang")],
)
def test_the_stage_counts_down_and_says_by_word_and_colour_that_the_end_is_near(
    room: Room, open_page: Open, left: float, level: str, word: str
) -> None:
    room.parts.hub.show(board(left))
    page = open_page(paths(room)["stage"])
    expect(page.locator("body")).to_have_attribute("data-level", level)
    expect(page.locator("#word")).to_have_text(word)
    expect(page.locator("#digits")).to_have_text(re.compile(r"^(5\.0\d|4\.5\d|0\.[34]\d|0\.1\d)$"))
    expect(page.locator("#who")).to_have_text(f"Stand 1 · {ODD}")
    expect(page.locator("#next")).to_have_text("Café Robusta")
    expect(page.locator("#nextat")).to_have_text("09.10")
    expect(page.locator("#late")).to_have_text("Terlambat 0.12")


def test_the_stage_counts_on_when_the_time_is_over(room: Room, open_page: Open) -> None:
    room.parts.hub.show(board(-12.2))
    page = open_page(paths(room)["stage"])
    expect(page.locator("#digits")).to_have_text(re.compile(r"^\+0\.1\d$"))
    expect(page.locator("#word")).to_have_text("Lewat waktu")


def test_without_an_end_of_its_own_an_item_is_counted_to_its_planned_end(
    room: Room, open_page: Open
) -> None:
    room.parts.hub.show(board(None))
    page = open_page(paths(room)["stage"])
    expect(page.locator("#digits")).to_have_text(re.compile(r"^0\.[23]\d$"))


def test_in_a_hole_the_stage_counts_to_what_comes(room: Room, open_page: Open) -> None:
    room.parts.hub.show(board(on=None))
    page = open_page(paths(room)["stage"])
    expect(page.locator("#label")).to_have_text("Acara berikutnya dalam")
    expect(page.locator("#digits")).to_have_text(re.compile(r"^(5\.00|4\.5\d)$"))


def test_the_stage_fills_the_screen_with_the_number_at_any_size(
    room: Room, open_page: Open
) -> None:
    for width, height in [(360, 740), (844, 390), (1024, 768), (1920, 1080)]:
        page = open_page(paths(room)["stage"], "", width, height)
        expect(page.locator("#digits")).to_contain_text(".")
        box = page.locator("#digits").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= height / 8
        assert page.evaluate("document.documentElement.scrollHeight") <= height


def test_a_stage_that_is_cut_off_says_so_and_comes_back_by_itself(
    room: Room, open_page: Open
) -> None:
    page = open_page(paths(room)["stage"])
    expect(page.locator("#cut")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#cut")).to_be_visible(timeout=15_000)
    page.context.set_offline(False)
    room.parts.hub.show(board(11.4))
    expect(page.locator("#cut")).to_be_hidden(timeout=15_000)
    expect(page.locator("#word")).to_have_text("Tutup sekarang")


def test_an_exhibitor_sees_that_it_is_on_air_and_what_it_has_had(
    room: Room, open_page: Open
) -> None:
    page = open_page(paths(room)["stand"], "", 390, 844)
    expect(page.locator("h1")).to_have_text(ODD)
    expect(page.locator("#badge")).to_have_text("SEDANG TAYANG")
    expect(page.locator("#sum")).to_have_text("1 menit 30 detik dari hak tayang 2 menit")
    expect(page.locator("#owed")).to_have_text("Sisa hak tayang: 30 detik")
    expect(page.locator("#aired li")).to_contain_text("10.00")
    shared = page.get_by_role("link", name="Bagikan lewat WhatsApp").get_attribute("href")
    assert shared is not None
    assert "key" not in shared  # who gets the clip doesn't get the page
    page.get_by_role("button", name="Putar klip").click()
    video = page.locator("video")
    expect(video).to_be_visible()
    page.wait_for_function("document.querySelector('video').videoWidth > 0")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Unduh").click()
    assert saved.value.suggested_filename.endswith(".mp4")


def test_an_exhibitor_is_told_when_it_will_be_on_and_hears_by_itself_that_it_is(
    room: Room, open_page: Open
) -> None:
    page = open_page(paths(room)["other stand"], "", 390, 844)
    expect(page.locator("#headline")).to_have_text("Anda tayang pukul 09.10 (perkiraan)")
    expect(page.locator("#detail")).to_have_text("5 menit lagi")
    room.parts.hub.show(board(stand=2))
    expect(page.locator("#headline")).to_have_text("Anda sedang tayang!", timeout=10_000)


def test_an_exhibitor_s_page_that_is_cut_off_says_so(room: Room, open_page: Open) -> None:
    page = open_page(paths(room)["stand"])
    page.context.set_offline(True)
    expect(page.locator("#cut")).to_be_visible(timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator("#cut")).to_be_hidden(timeout=15_000)


def test_the_showcase_needs_no_javascript(room: Room, open_page: Open) -> None:
    page = open_page("/etalase", java_script_enabled=False)
    expect(page.locator(".stall:visible")).to_have_count(3)
    expect(page.locator("#stand-1 h2")).to_have_text(ODD)
    expect(page.locator("#stand-1 .onair")).to_be_visible()
    expect(page.locator("#stand-2 .onair")).to_be_hidden()
    expect(page.get_by_role("search")).to_be_hidden()


def test_the_showcase_is_searched_and_filtered(room: Room, open_page: Open) -> None:
    page = open_page("/etalase")
    page.get_by_label("Cari", exact=True).fill("cafe")
    expect(page.locator(".stall:visible h2")).to_have_text(["Café Robusta"])
    page.get_by_label("Cari", exact=True).fill("")
    page.get_by_label("Asal").select_option("Pekalongan")
    expect(page.locator(".stall:visible")).to_have_count(2)
    page.get_by_label("Kategori").select_option("Makanan")
    expect(page.get_by_role("status").filter(has_text="Tidak ada")).to_be_visible()


def test_every_photo_of_the_showcase_is_a_picture(room: Room, open_page: Open) -> None:
    page = open_page("/etalase", "", 1280, 2000)
    page.wait_for_function("[...document.images].every((one) => one.complete)")
    assert page.evaluate("[...document.images].map((one) => one.naturalWidth > 0)") == [True] * 3


def seen(page: Page) -> tuple[bool, bool]:
    """Whether the bar is there, and whether everything else is transparent."""
    with Image.open(io.BytesIO(page.screenshot(omit_background=True))) as picture:
        rgba = picture.convert("RGBA")
        bar = rgba.getpixel((rgba.width // 2, round(rgba.height * 0.95)))
        rest = rgba.crop((0, 0, rgba.width, rgba.height // 2)).getchannel("A").getextrema()
    return bar == (200, 0, 0, 255), rest == (0, 0)


@pytest.mark.parametrize("size", [(640, 360), (1920, 1080)])
def test_the_overlay_shows_the_lower_third_while_the_crew_does_and_nothing_else(
    room: Room, open_page: Open, size: tuple[int, int]
) -> None:
    page = open_page(paths(room)["overlay"], "", *size, reduced_motion="reduce")
    picture = page.locator("img")
    expect(picture).to_be_hidden()
    assert seen(page) == (False, True)
    room.parts.hub.show(board(cue={"state": "on"}))
    expect(picture).to_have_class("shown")
    assert seen(page) == (True, True)
    room.parts.hub.show(board(cue={"state": "leaving"}))
    expect(picture).not_to_have_class("shown")
    assert seen(page) == (False, True)


def test_the_overlay_shows_every_stand_at_its_start_when_asked_to(
    room: Room, open_page: Open
) -> None:
    page = open_page(f"{paths(room)['overlay']}&auto=3")
    expect(page.locator("img")).not_to_have_class("shown")  # it has been on for 30 s
    begun = board(stand=2)
    begun["on"]["sent_s"] = 0.5
    room.parts.hub.show(begun)
    expect(page.locator("img")).to_have_class("shown")
    expect(page.locator("img")).not_to_have_class("shown", timeout=10_000)


def test_an_overlay_that_is_cut_off_shows_no_name_that_may_be_wrong(
    room: Room, open_page: Open
) -> None:
    room.parts.hub.show(board(cue={"state": "on"}))
    page = open_page(paths(room)["overlay"])
    expect(page.locator("img")).to_have_class("shown")

    def gone(route: Route) -> None:
        route.abort()

    page.context.route("**/api/**", gone)
    page.context.set_offline(True)
    expect(page.locator("img")).not_to_have_class("shown", timeout=15_000)


def test_the_manifest_is_filtered_and_unfolded_without_javascript(
    room: Room, open_page: Open
) -> None:
    page = open_page("/manifest", "organiser", java_script_enabled=False)
    page.get_by_label("Keadaan").select_option("short")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page.locator("details.stand")).to_have_count(1)
    page.locator("summary").click()
    expect(page.get_by_role("cell", name="Profil 1")).to_be_visible()
    saved = page.get_by_role("link", name="CSV").get_attribute("href")
    assert saved == "/manifest.csv?status=short&sort=number"


def test_the_screens_speak_english_too(room: Room, open_page: Open) -> None:
    page = open_page(f"{paths(room)['stage']}&lang=en")
    expect(page.locator("#time")).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
