"""The day changed in real browsers: dragged, typed, by keys; two people at once; and the same over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rooms import Room, control_room, settings_in

DAY = "2021-11-24"
SAVED = "Tersimpan sebagai versi"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path="/usr/bin/chromium")
        yield opened
        opened.close()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "r.yaml"


@pytest.fixture
def room(tmp_path: Path, book: Path) -> Iterator[Room]:
    write(book)
    with control_room(settings_in(tmp_path, rundown=str(book))) as room:
        yield room


def write(book: Path, *more: str) -> None:
    """A session from nine: a slate, four stands of five minutes, a slate at ten."""
    names = ["Batik", "Kopi", "Madu", "<b>Teh</b>"]
    stands = ", ".join(f"{{number: {n}, name: '{name}'}}" for n, name in enumerate(names, 1))
    items = [
        "{at: '09:00', duration: 10 min, kind: slate, start: fixed, title: Buka}",
        *(
            f"{{at: '09:{5 + 5 * n:02}', duration: 5 min, kind: slate, stand: {n}, title: '{name}'}}"
            for n, name in enumerate(names, 1)
        ),
        "{at: '10:00', duration: 5 min, kind: slate, start: fixed, title: Tutup}",
        *more,
    ]
    book.write_text(
        f"stands: [{stands}]\nsessions: [{{day: '{DAY}', items: [{', '.join(items)}]}}]\n"
    )


def opened(room: Room, browser: Browser, role: str = "crew", **more: Any) -> Page:
    page: Page = room.signed_in(browser.new_context(**more), role).new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(f"{room.url}/rundown")
    expect(page.locator("#items > li")).to_have_count(6)
    return page


def titles(page: Page) -> list[str]:
    return page.locator("#items .what b").all_inner_texts()


def row(page: Page, title: str) -> Any:
    return page.locator("#items > li").filter(has=page.get_by_text(title, exact=True))


def drag(page: Page, title: str, onto: str) -> None:
    start = row(page, title).locator(".handle").bounding_box()
    end = row(page, onto).bounding_box()
    assert start and end
    page.mouse.move(start["x"] + 10, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 4, steps=6)
    page.mouse.up()


def saved(page: Page) -> None:
    page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.locator("#notes")).to_contain_text(SAVED)


def test_an_item_dragged_by_mouse_is_previewed_saved_and_brought_back(
    room: Room, browser: Browser, book: Path
) -> None:
    before = book.read_bytes()
    page = opened(room, browser)
    drag(page, "Madu", "Batik")
    expect(page.locator("#count")).to_have_text("1 perubahan dalam draf")
    expect(row(page, "Madu").locator(".at b")).to_have_text("09.10")
    expect(row(page, "Batik").locator("s")).to_have_text("09.10")
    assert titles(page) == ["Buka", "Madu", "Batik", "Kopi", "<b>Teh</b>", "Tutup"]
    assert not (room.parts.settings.state / "rundown").exists()
    saved(page)
    expect(page.locator("#draft")).to_be_hidden()
    expect(page.locator("#holds")).to_contain_text("Versi 2, crew")
    assert book.read_bytes() == before
    restore = page.get_by_role("button", name="Kembalikan versi 1")
    restore.click()
    restore.click()
    expect(page.locator("#holds")).to_contain_text("Versi 3, crew")
    assert titles(page)[1] == "Batik"


def test_an_item_is_moved_by_touch_on_a_phone(room: Room, browser: Browser) -> None:
    page = opened(
        room, browser, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    start = row(page, "Batik").locator(".handle").bounding_box()
    end = row(page, "Madu").bounding_box()
    assert start and end
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: dict[str, float]) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    x = start["x"] + 20
    send("touchStart", {"x": x, "y": start["y"] + 20})
    for y in (end["y"] - 10, end["y"] + 2):
        send("touchMove", {"x": x, "y": y})
    send("touchEnd")
    expect(page.locator("#count")).to_have_text("1 perubahan dalam draf")
    assert titles(page)[:3] == ["Buka", "Kopi", "Batik"]


def test_by_keys_alone_an_item_is_moved_and_the_place_is_said(room: Room, browser: Browser) -> None:
    page = opened(room, browser)
    row(page, "Batik").locator(".handle").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#items .what b").nth(2)).to_have_text("Batik")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#items .what b").nth(3)).to_have_text("Batik")
    expect(page.locator("#spoken")).to_have_text("Batik: tempat 4 dari 6")
    expect(row(page, "Batik").locator(".handle")).to_be_focused()
    expect(page.locator("#count")).to_have_text("1 perubahan dalam draf")


def test_what_is_typed_wrong_is_told_at_its_line_and_cant_be_saved_until_it_is_undone(
    room: Room, browser: Browser
) -> None:
    page = opened(room, browser)
    row(page, "Kopi").get_by_role("button", name="Ubah").click()
    page.get_by_label("Durasi").fill("lama")
    page.keyboard.press("Tab")
    expect(row(page, "Kopi").locator(".at-item.bad")).to_contain_text("terbaca “lama”")
    expect(page.locator("#save")).to_be_disabled()
    page.locator("#undo").click()
    expect(page.locator("#draft")).to_be_hidden()
    page.get_by_label("Judul").fill("Kopi <i>enak</i>")
    page.keyboard.press("Tab")
    saved(page)
    expect(row(page, "Kopi <i>enak</i>")).to_be_visible()


def test_a_late_stand_goes_behind_the_next_ones(room: Room, browser: Browser) -> None:
    page = opened(room, browser)
    page.get_by_label("Stand yang terlambat").select_option("1")
    page.get_by_label("Menit").fill("8")
    page.get_by_role("button", name="Mundurkan").click()
    expect(page.locator("#count")).to_be_visible()
    assert titles(page)[1:4] == ["Kopi", "Madu", "Batik"]
    expect(row(page, "Batik").locator(".at b")).to_have_text("09.20")


def test_two_people_see_each_others_changes_and_a_conflict_is_shown_and_settled(
    room: Room, browser: Browser
) -> None:
    one, two = opened(room, browser, "crew"), opened(room, browser, "organiser")
    for page, name in ((one, "Kopi A"), (two, "Kopi B")):
        row(page, "Kopi").get_by_role("button", name="Ubah").click()
        page.get_by_label("Judul").fill(name)
        page.keyboard.press("Tab")
        expect(page.locator("#count")).to_be_visible()
    saved(one)
    expect(two.locator("#conflict")).to_be_visible()
    expect(two.locator("#conflict .theirs")).to_contain_text("Kopi A")
    expect(two.locator("#conflict .theirs")).to_contain_text("crew")
    expect(two.locator("#save")).to_be_disabled()
    two.get_by_role("button", name="Pakai punya saya").click()
    expect(two.locator("#conflict")).to_be_hidden()
    saved(two)
    expect(row(one, "Kopi B")).to_be_visible()


def test_a_draft_about_other_items_goes_together_with_what_others_saved(
    room: Room, browser: Browser
) -> None:
    one, two = opened(room, browser, "crew"), opened(room, browser, "organiser")
    for page, title in ((one, "Kopi"), (two, "Madu")):
        row(page, title).get_by_role("button", name="Ubah").click()
        page.get_by_label("Judul").fill(f"{title} enak")
        page.keyboard.press("Tab")
        expect(page.locator("#count")).to_be_visible()
    saved(one)
    expect(row(two, "Kopi enak")).to_be_visible()
    two.locator("#save").click()
    expect(two.locator("#notes")).to_contain_text("digabung dengan perubahan crew")
    expect(row(one, "Madu enak")).to_be_visible()


def test_a_workbook_saved_meanwhile_is_shown_with_its_differences_and_can_be_taken(
    room: Room, browser: Browser, book: Path
) -> None:
    page = opened(room, browser)
    drag(page, "Madu", "Batik")
    expect(page.locator("#count")).to_be_visible()
    saved(page)
    write(book, "{at: '10:05', duration: 5 min, kind: slate, title: Salam}")
    page.reload()
    expect(page.locator("#clash")).to_contain_text("Salam")
    page.get_by_role("button", name="Pakai buku kerja").click()
    expect(page.locator("#clash")).to_be_hidden()
    expect(row(page, "Salam")).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_page_is_accessible_with_a_draft_a_fault_and_its_history(
    room: Room, browser: Browser, theme: str
) -> None:
    page = opened(room, browser)
    drag(page, "Madu", "Batik")
    expect(page.locator("#count")).to_be_visible()
    saved(page)
    page.goto(f"{room.url}/rundown?theme={theme}")
    row(page, "Kopi").get_by_role("button", name="Ubah").click()
    page.get_by_label("Jam", exact=True).fill("99")
    page.keyboard.press("Tab")
    expect(page.locator(".at-item.bad")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    small = page.evaluate(
        "[...document.querySelectorAll('main button, main input, main select, main summary')]"
        ".filter(e => e.offsetParent && (e.offsetHeight < 24 || e.offsetWidth < 24)).length"
    )
    assert small == 0


# Over HTTP


def body(*edits: dict[str, object], base: str) -> dict[str, object]:
    return {"base": base, "session": DAY, "edits": list(edits)}


def test_over_http_a_day_is_read_previewed_changed_and_brought_back(room: Room) -> None:
    crew = room.device("crew")
    base = requests.get(f"{room.url}/api/rundown", headers=crew, timeout=10).json()["version"]

    def post(path: str, json: dict[str, object]) -> requests.Response:
        return requests.post(f"{room.url}/api/rundown/{path}", json=json, headers=crew, timeout=10)

    draft = body({"do": "title", "item": "1-03", "title": "Kopi A"}, base=base["name"])
    assert post("preview", draft).json()["changes"][0]["title"] == "Kopi A"
    made = post("versions", draft)
    assert (made.status_code, made.json()["version"]["number"]) == (200, 2)
    late = post("versions", draft)
    assert late.status_code == 409
    assert late.json()["theirs"][0]["told"][0]["title"] == "Kopi A"
    wrong = post("versions", body({"do": "time", "item": "1-03", "at": "x"}, base="2"))
    assert (wrong.status_code, wrong.json()["faults"][0]["item"]) == (422, "1-03")
    assert post("versions", {**draft, "session": "2021-12-01"}).status_code == 409
    assert post("restore", {"number": 77}).status_code == 409
    assert post("restore", {"number": 1}).json()["version"]["number"] == 3
    assert post("workbook", {}).json()["version"]["number"] == 4
    done = [entry.what for entry in room.parts.accounts.trail.entries(most=9)]
    assert done.count("rundown.edit") == 4
    assert {"rundown.restore", "rundown.workbook"} <= set(done)


@pytest.mark.parametrize("path", ["", "/preview", "/versions", "/restore", "/workbook"])
def test_who_may_not_edit_is_refused(room: Room, path: str) -> None:
    url = f"{room.url}/api/rundown{path}"
    ask = requests.post if path else requests.get
    assert ask(url, timeout=10).status_code == 401
    if path:
        signed = requests.post(url, json={}, cookies=room.cookies("crew"), timeout=10)
        assert signed.status_code == 403  # without the CSRF token
