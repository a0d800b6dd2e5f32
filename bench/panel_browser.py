"""The crew's page in Chromium: how soon it is there, and how soon a press is seen."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from panel_room import NAME, PASSWORD, Room
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PAUSE = 0.9
"""Seconds between two takes: sooner, the second would be refused as somebody else's."""

PRESS = """async () => {
  const live = await import("/static/live.js");
  const button = document.getElementById("take");
  const before = live.board.on?.occurrence, begun = performance.now();
  let said = null;
  new MutationObserver(() => { said ??= performance.now() - begun; }).observe(button, { attributes: true });
  button.click();
  return new Promise((done) => {
    (function look() {
      const passed = performance.now() - begun;
      if (live.board.on && live.board.on.occurrence !== before) done([passed, said]);
      else if (passed > 5000) done([null, document.getElementById("answer").textContent]);
      else setTimeout(look, 2);
    })();
  });
}"""
"""Clicks, and looks every 2 ms whether the newest board has something else on."""

PAINTED = """() => new Promise((done) => {
  new PerformanceObserver((list) => {
    const found = list.getEntriesByName("first-contentful-paint");
    if (found.length) done(found[0].startTime);
  }).observe({ type: "paint", buffered: true });
})"""


@dataclass
class Pressed:
    """Milliseconds from each press until it was seen on air, and until the button said something."""

    on_air: list[float] = field(default_factory=list)
    said: list[float] = field(default_factory=list)


def first_paint(room: Room, loads: int) -> list[float]:
    """Milliseconds of each load, with an empty cache."""
    with _browser() as browser:
        state = _signed_in(browser, room)
        found = []
        for _ in range(loads):
            context = browser.new_context(storage_state=state)
            page = context.new_page()
            page.goto(room.url, wait_until="load")
            found.append(float(page.evaluate(PAINTED)))
            context.close()
    return found


def presses(room: Room, count: int) -> Pressed:
    """So many takes, by clicking the page's own button."""
    pressed = Pressed()
    with _browser() as browser:
        page = browser.new_context(storage_state=_signed_in(browser, room)).new_page()
        page.goto(room.url)
        page.wait_for_function("document.getElementById('take').disabled === false")
        for _ in range(count):
            time.sleep(PAUSE)
            _press(page, pressed)
    return pressed


def _press(page: Page, pressed: Pressed) -> None:
    passed, said = page.evaluate(PRESS)
    if passed is None:
        raise RuntimeError(f"a take was not seen: {said}")
    pressed.on_air.append(passed)
    pressed.said.append(said)


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        try:
            yield browser
        finally:
            browser.close()


def _signed_in(browser: Browser, room: Room) -> Any:
    """What a browser keeps of having signed in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{room.url}/login")
    page.fill("[name=name]", NAME)
    page.fill("[name=password]", PASSWORD)
    page.click("main [type=submit], main button")
    page.wait_for_url(f"{room.url}/")
    state = context.storage_state()
    context.close()
    return state
