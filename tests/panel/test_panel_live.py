"""A show as it is run: the real daemon with a real program, people in browsers, a button and a phone."""

import os
import re
import signal
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from peers import until
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pipeline.air import JOURNAL, Line, ask, read_journal
from pipeline.errors import OutsideError
from pipeline.tools import Child, run

PASSWORD = "kain jemuran biru"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
RUNDOWN = """
stands:
  - {number: 1, name: Kopi Contoh, products: [{name: Kopi, price: 15000}]}
  - {number: 2, name: Batik Contoh, products: [{name: Kain, price: 250000}]}
  - {number: 3, name: Madu Contoh, products: [{name: Madu, price: 90000}]}
  - {number: 4, name: Teh Contoh, products: [{name: Teh, price: 12000}]}
sessions:
  - day: "2021-11-24"
    items:
      - {at: "09:00", duration: 30 s, kind: video, stand: 1, media: film.mp4, title: Profil Kopi}
      - {at: "09:00:30", duration: 30 s, kind: catalogue, stand: 2, title: Katalog Batik}
      - {at: "09:01", duration: 30 s, kind: video, stand: 2, media: film.mp4, title: Profil Batik}
      - {at: "09:01:30", duration: 10 s, kind: catalogue, stand: 3, title: Katalog Madu}
      - {at: "09:01:40", duration: 10 s, kind: catalogue, stand: 4, title: Katalog Teh}
      - {at: "09:30", duration: 10 s, kind: catalogue, stand: 1, title: Penutup, start: fixed}
"""


@dataclass
class Show:
    """A daemon on air; `invitation` makes its first admin."""

    url: str
    air: Path
    invitation: str
    daemon: Child

    @property
    def home(self) -> Path:
        return self.air.parents[1]

    @property
    def status(self) -> dict[str, Any]:
        return ask(self.air, {"command": "status"})

    @property
    def on(self) -> str | None:
        try:
            on = self.status["on"]
        except OutsideError:
            return None
        return on and on["item"]

    def journal(self, event: str) -> list[Line]:
        lines = read_journal(self.air / "2021-11-24" / JOURNAL).lines
        return [line for line in lines if line["event"] == event]


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[Show]:
    home = tmp_path_factory.mktemp("show")
    film = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=30", "-f", "lavfi", "-i", "sine=d=30"]
    run([ffmpeg, *film, "-shortest", "-preset", "ultrafast", str(home / "film.mp4")], deadline=60)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    values = {
        "event": {"name": "Pameran Uji"},
        "rundown": "rundown.yaml",
        "media": ".",
        "house": {"width": 320, "height": 180, "video_kbps": 300, "preset": "ultrafast"},
        "panel": {"port": port},
    }
    (home / "settings.yaml").write_text(yaml.safe_dump(values))
    (home / "rundown.yaml").write_text(RUNDOWN)
    argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(home / "settings.yaml")]
    run([*argv, "compose"], deadline=180)
    child = Child([*argv, "daemon", "--at", "now"])
    made = Show(f"http://127.0.0.1:{port}", home / "var" / "air", "", child)
    try:
        until(lambda: child.status is not None or made.on is not None)
        assert child.status is None, child.tail
        made.invitation = re.findall(r"http\S+/setup\S+", child.tail)[0]
        yield made
    finally:
        if made.on is not None:
            ask(made.air, {"command": "stop", "id": "end"})
        child.kill()
        child.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        yield made
        made.close()


@pytest.fixture(scope="module")
def people(show: Show, browser: Browser) -> dict[str, Any]:
    """The admin sets themselves up, adds the others, who choose their passwords; all in the browser."""
    page = browser.new_context().new_page()
    page.goto(show.invitation)
    page.get_by_label("Nama Anda").fill("Sari")
    chooses(page)
    signed = {"Sari": page.context.storage_state()}
    for name, role in (("Budi", "crew"), ("Wati", "crew"), ("Panitia", "organiser")):
        page.goto(f"{show.url}/admin")
        add = page.locator("form[action='/admin/people/add']")
        add.get_by_label("Nama").fill(name)
        add.get_by_label("Peran").select_option(role)
        add.get_by_role("button").click()
        link = page.locator("input[readonly]").first.input_value()
        other = browser.new_context().new_page()
        other.goto(link)
        chooses(other)
        signed[name] = other.context.storage_state()
    return signed


def chooses(page: Page) -> None:
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main form button").click()
    expect(page.locator("#now-title")).to_be_visible()


def room(show: Show, browser: Browser, who: Any, **more: Any) -> Page:
    page = browser.new_context(storage_state=who, **more).new_page()
    page.goto(show.url)
    expect(page.locator("#items .item")).to_have_count(6)
    return page


def take_from(show: Show, title: str) -> None:
    """An item on air, whatever was before, and no take a moment ago."""
    item = {"Profil Kopi": "1-01", "Katalog Batik": "1-02", "Profil Batik": "1-03"}[title]

    def taken() -> bool:
        id = f"to {item} {show.status['frame']}"
        if show.on != item:
            return bool(ask(show.air, {"command": "take", "id": id, "item": item})["ok"])
        return True

    until(taken)
    until(lambda: show.on == item and show.status["on"]["sent_s"] > 0.6)


def choose(page: Page, title: str) -> None:
    page.locator("#items .item", has_text=title).click()


def test_a_late_stand_is_moved_back_on_air_without_touching_the_workbook(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    written = show.home / "rundown.yaml"
    before = written.read_bytes()
    page = browser.new_context(storage_state=people["Budi"]).new_page()
    page.goto(f"{show.url}/rundown")
    page.get_by_label("Stand yang terlambat").select_option("3")
    page.get_by_label("Menit").fill("1")
    page.get_by_role("button", name="Mundurkan").click()
    expect(page.locator("#count")).to_be_visible()
    page.get_by_role("button", name="Simpan", exact=True).click()
    until(lambda: show.journal("rundown") != [])
    line = show.journal("rundown")[-1]
    titles = [one["title"] for one in line["planned"]]
    assert titles.index("Katalog Madu") > titles.index("Katalog Teh")
    assert line["by"] == "Budi"
    assert written.read_bytes() == before


def test_a_key_and_a_touch_take_items_on_air_and_both_browsers_show_what_went_out(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    desk = room(show, browser, people["Budi"])
    phone = room(show, browser, people["Wati"], **PHONE)
    desk.keyboard.press("Space")
    for page in (desk, phone):
        expect(page.locator("#now-title")).to_have_text("Katalog Batik")
    until(lambda: show.on == "1-02")
    phone.locator("#items .item", has_text="Profil Batik").tap()
    phone.wait_for_timeout(600)
    phone.locator("#take").tap()
    expect(phone.locator("#take")).to_have_attribute("data-answer", "done")
    for page in (desk, phone):
        expect(page.locator("#now-title")).to_have_text("Profil Batik")
    assert [line["by"] for line in show.journal("take")][-2:] == ["Budi", "Wati"]


def test_the_monitor_shows_the_moving_program(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    page = room(show, browser, people["Budi"])
    page.wait_for_function("document.querySelector('video').currentTime > 0.5")
    grab = """() => { const v = document.querySelector('video'), c = document.createElement('canvas');
      c.width = 160; c.height = 90; const pen = c.getContext('2d'); pen.drawImage(v, 0, 0, 160, 90);
      return Array.from(pen.getImageData(0, 0, 160, 90).data); }"""
    first = page.evaluate(grab)
    page.wait_for_timeout(700)
    second = page.evaluate(grab)
    moved = sum(abs(a - b) > 24 for a, b in zip(first, second, strict=True))
    assert len(set(first)) > 50, "a picture, not a plain colour"
    assert moved > 500, "it moves"
    expect(page.locator("#age")).to_contain_text("dtk")


def test_two_presses_in_a_row_take_once(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    page = room(show, browser, people["Budi"])
    before = len(show.journal("take"))
    choose(page, "Katalog Batik")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.locator("#take").click(force=True)
    expect(page.locator("#now-title")).to_have_text("Katalog Batik")
    page.wait_for_timeout(400)
    assert len(show.journal("take")) == before + 1


def test_of_two_people_who_take_at_once_one_is_told(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    seen = show.status["on"]["occurrence"]
    token = device(show, browser, people)
    answers = [
        requests.post(
            f"{show.url}/api/take", json={"item": item, "seen": seen}, headers=token, timeout=10
        )
        for item in ("1-02", "1-03")
    ]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert "already taken by" in answers[1].json()["en"]
    until(lambda: show.on == "1-02")


def test_a_take_is_undone_and_the_item_goes_on_at_its_place(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    page = room(show, browser, people["Budi"])
    choose(page, "Profil Batik")
    page.keyboard.press("Space")
    expect(page.locator("#now-title")).to_have_text("Profil Batik")
    page.locator("#undo").click()
    expect(page.locator("#now-title")).to_have_text("Profil Kopi")
    until(lambda: "1-03" in show.status["coming"])
    expect(page.locator("#undo")).to_be_hidden()
    assert show.journal("undo")[-1]["by"] == "Budi"


def test_keys_do_nothing_while_a_dialog_is_open_or_another_meaning_is_held(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    page = room(show, browser, people["Budi"])
    before = len(show.journal("take")), len(show.journal("slate"))
    page.keyboard.press("Control+s")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.wait_for_timeout(300)
    assert (len(show.journal("take")), len(show.journal("slate"))) == before


def test_hold_slate_and_mark_show_what_air_says(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    page = room(show, browser, people["Budi"])
    page.keyboard.press("h")
    expect(page.locator("#hold")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(600)
    page.keyboard.press("h")
    expect(page.locator("#hold")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("s")
    expect(page.locator("#tag")).to_contain_text("Slate")
    page.keyboard.press("m")
    expect(page.locator("#log")).to_contain_text("tandai")
    page.wait_for_timeout(600)
    page.keyboard.press("h")
    expect(page.locator("#slate")).to_have_attribute("aria-pressed", "false")
    assert show.journal("mark")[-1]["by"] == "Budi"


def test_the_lower_third_comes_when_it_is_asked_for(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    until(lambda: show.status["cue"]["state"] == "off")
    page = room(show, browser, people["Budi"])
    page.locator("#cue").hover()
    expect(page.locator("#third")).to_be_visible()
    page.keyboard.press("l")
    expect(page.locator("#cue")).to_have_attribute("aria-pressed", "true", timeout=10_000)
    page.wait_for_timeout(600)
    page.keyboard.press("l")
    expect(page.locator("#cue")).to_have_attribute("aria-pressed", "false", timeout=10_000)


def test_cut_off_it_says_so_and_goes_on_by_itself(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    take_from(show, "Profil Kopi")
    page = room(show, browser, people["Budi"])
    page.evaluate("window.same = true")
    os.kill(show.daemon.pid, signal.SIGSTOP)
    try:
        expect(page.locator("#cut")).to_be_visible(timeout=8_000)
        take_from(show, "Profil Batik")
    finally:
        os.kill(show.daemon.pid, signal.SIGCONT)
    expect(page.locator("#now-title")).to_have_text("Profil Batik", timeout=15_000)
    expect(page.locator("#cut")).to_be_hidden()
    assert page.evaluate("window.same"), "without loading the page again"


def test_organisers_see_and_do_not_press(
    show: Show, browser: Browser, people: dict[str, Any]
) -> None:
    page = room(show, browser, people["Panitia"])
    expect(page.locator("#take")).to_have_count(0)
    csrf = page.locator("meta[name=csrf]").get_attribute("content")
    answer = page.request.post(
        f"{show.url}/api/take", data={}, headers={"X-CSRF-Token": csrf or ""}
    )
    assert answer.status == 403
    assert page.goto(f"{show.url}/admin").status == 403  # type: ignore[union-attr]


def device(show: Show, browser: Browser, people: dict[str, Any]) -> dict[str, str]:
    """A button box gets its token from the admin's page."""
    page = browser.new_context(storage_state=people["Sari"]).new_page()
    page.goto(f"{show.url}/admin/devices")
    add = page.locator("form[action='/admin/devices/add']")
    add.get_by_label("Nama").fill("Tombol")
    add.get_by_label("Peran").select_option("crew")
    add.get_by_role("button").click()
    return {"Authorization": f"Bearer {page.locator('input[readonly]').first.input_value()}"}
