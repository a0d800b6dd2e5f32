"""The manifest page in a real browser: it works, asks nobody for anything, and fits a phone."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from aids import program
from playwright.sync_api import Page, sync_playwright

from pipeline.manifest import Links, account, as_run, html_page

JAKARTA = ZoneInfo("Asia/Jakarta")

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program("chromium"), args=QUIET)
        yield opened
        opened.close()


@pytest.fixture
def file(tmp_path: Path, show: Callable[..., Any]) -> Path:
    stands = [(n, f"Stand Contoh Bernama Panjang {n} & Putra", 60 * n) for n in range(1, 31)]
    session = show(stands=stands)
    for number in range(1, 16):
        session.air(1500, stand=number, item=f"1-{number:02}", title=f"Promosi {number} <b>")
    session.close()
    run = as_run(session.lines)
    assert run is not None
    manifest = account(
        None,
        [run],
        Links(),
        event="Pameran Uji",
        zone=JAKARTA,
        generated=datetime(2021, 11, 24, 18, tzinfo=JAKARTA),
    )
    path = tmp_path / "manifest.html"
    path.write_bytes(html_page(manifest))
    return path


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def page(browser: Any, file: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    opened = browser.new_page(viewport={"width": width, "height": height})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda r: said.append(r.url) if not r.url.startswith("file:") else None)
    opened.goto(file.as_uri())
    yield opened
    opened.close()
    assert said == []


def shown(page: Page) -> int:
    return page.locator("details.stand:visible").count()


def test_the_page_fits_the_screen_and_shows_every_stand(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert shown(page) == 30
    assert page.locator("svg .b").count() > 15


def test_searching_and_filtering_leave_what_was_asked_for(page: Page) -> None:
    page.locator(".tools input").fill("panjang 7")
    assert shown(page) == 1
    page.locator(".tools input").fill("")
    page.locator(".tools button", has_text="not aired").click()
    assert shown(page) == 15


def test_a_stand_opens_by_keyboard_and_shows_its_airing_as_text(page: Page) -> None:
    first = page.locator("details.stand").first
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.evaluate("stand => stand.open")
    assert "Promosi 1 <b>" in first.inner_text()


def test_sorting_by_what_is_owed_puts_the_most_owed_first(page: Page) -> None:
    page.locator(".sort select").select_option("owed")
    assert page.locator("details.stand").first.get_attribute("data-number") == "30"
