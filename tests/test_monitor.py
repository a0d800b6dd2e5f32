"""The monitor over HTTP and in a real browser, off a log that grows in real time."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from aids import program
from growing import RATE, GrowingLog, chunks
from playwright.sync_api import Page, sync_playwright

from pipeline import monitor as over_http
from pipeline.air import Monitor
from pipeline.clock import SystemClock
from pipeline.errors import OutsideError
from pipeline.monitor import serving

Hashes = Callable[[Path], list[str]]
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"),
    *("--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> Path:
    made: Path = make_segment(tmp_path_factory.mktemp("segment") / "a.ts", 500, 0)
    return made


@pytest.fixture(scope="module")
def frames(segment: Path) -> list[bytes]:
    return chunks(segment)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    watched = Monitor(tmp_path / "air", None, RATE, SystemClock())
    with serving(watched, "Pameran <Uji>", "127.0.0.1", 0) as address:
        yield address


class Air:
    """Writes a log as time passes, as air does, until it is left."""

    def __init__(self, folder: Path, frames: list[bytes], at_once: int = 0, speed: int = 1) -> None:
        self._rate = RATE.fps * speed
        self._log = GrowingLog(folder)
        self._log.grow(*frames[:at_once])
        self._frames = frames[at_once:]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @property
    def goes_on(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        begun = time.monotonic()
        for number, frame in enumerate(self._frames):
            if self._stop.wait(max(0.0, begun + number / self._rate - time.monotonic())):
                return
            self._log.grow(frame)

    def __enter__(self) -> "Air":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._log.close()


def port_of(url: str) -> int:
    return int(url.rstrip("/").rsplit(":", 1)[1])


@contextmanager
def get(url: str, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection("127.0.0.1", port_of(url), timeout=20)) as connection:
        connection.request("GET", path, headers=headers)
        with connection.getresponse() as response:
            yield response


def test_two_viewers_get_the_program_while_it_is_made_each_from_a_keyframe_on(
    tmp_path: Path,
    url: str,
    segment: Path,
    frames: list[bytes],
    picture_hashes: Hashes,
) -> None:
    seen = [tmp_path / "first.mp4", tmp_path / "second.mp4"]
    with (
        Air(tmp_path / "air" / "uji", frames, at_once=60),
        get(url, "/program.mp4") as first,
        get(url, "/program.mp4") as second,
    ):
        for response, path in zip((first, second), seen, strict=True):
            assert response.status == 200
            assert response.getheader("Cache-Control") == "no-store"
            assert response.getheader("Content-Type", "").startswith('video/mp4; codecs="avc1.')
            path.write_bytes(response.read(80_000))
    expected = picture_hashes(segment)
    for path in seen:
        hashes = picture_hashes(whole_fragments(path))
        assert len(hashes) > 20
        assert hashes[:-3] == expected[50 : 50 + len(hashes) - 3]  # the last ones wait for others


def whole_fragments(path: Path) -> Path:
    """Cuts off the fragment in the midst of which the viewer left."""
    data, at = path.read_bytes(), 0
    kept = 0
    while at + 8 <= len(data) and (size := int.from_bytes(data[at : at + 4])) <= len(data) - at:
        at += size
        if data[at - size + 4 : at - size + 8] == b"mdat":
            kept = at
    path.write_bytes(data[:kept])
    return path


def test_a_viewer_who_stops_reading_holds_nobody_up_and_is_let_go(
    tmp_path: Path,
    segment: Path,
    frames: list[bytes],
    picture_hashes: Hashes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(over_http, "PATIENCE_SECONDS", 1)
    watched = Monitor(tmp_path / "air", None, RATE, SystemClock())
    seen = tmp_path / "seen.mp4"
    with (
        Air(tmp_path / "air" / "uji", frames, at_once=70, speed=2) as air,
        serving(watched, "Uji", "127.0.0.1", 0) as url,
        socket.socket() as stuck,
        ExitStack() as stack,
    ):
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        stuck.connect(("127.0.0.1", port_of(url)))
        stuck.sendall(b"GET /program.mp4 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = stack.enter_context(get(url, "/program.mp4"))
        reader = threading.Thread(target=lambda: seen.write_bytes(response.read()))
        reader.start()
        until(lambda: watched.status().viewers == 2)
        until(lambda: watched.status().viewers == 1)
        assert air.goes_on
        watched.close()  # the program ends for the other viewer, and so does its answer
        reader.join()
    hashes = picture_hashes(seen)
    assert len(hashes) > 50
    assert hashes[:-3] == picture_hashes(segment)[50 : 50 + len(hashes) - 3]


def until(true: Callable[[], bool]) -> None:
    for _ in range(2000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came true")


def test_nothing_on_air_is_said_clearly_and_in_both_languages(url: str) -> None:
    with get(url, "/program.mp4") as response:
        assert response.status == 503
        said = response.read().decode().splitlines()
    assert said == ["Belum ada program yang tayang.", "Nothing is on air yet."]
    with get(url, "/status") as response:
        status = json.loads(response.read())
    assert status["on_air"] is False
    assert status["viewers"] == 0


def test_on_loopback_no_other_name_is_answered_to(url: str) -> None:
    """Else any page could look in through a name of its own that points here (DNS rebinding)."""
    for path in ("/", "/status", "/program.mp4"):
        with get(url, path, Host="jahat.example") as response:
            assert response.status == 400
    with get(url, "/", Host="localhost:8090") as response:
        assert response.status == 200


def test_the_port_that_is_in_use_is_named(url: str) -> None:
    watched = Monitor(Path("nowhere"), None, RATE, SystemClock())
    with (
        pytest.raises(OutsideError, match=f"Port {port_of(url)} tidak dapat dipakai"),
        serving(watched, "Uji", "127.0.0.1", port_of(url)),
    ):
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program("chromium"), args=QUIET)
        yield opened
        opened.close()


@pytest.fixture(params=[(1280, 800), (390, 844)], ids=["desktop", "phone"])
def page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    opened = browser.new_page(viewport={"width": width, "height": height})
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    opened.close()
    assert wrong == []


def test_a_browser_waits_for_the_program_and_plays_it_near_its_newest_picture(
    tmp_path: Path, url: str, page: Page, frames: list[bytes]
) -> None:
    page.goto(url)
    page.get_by_text("Belum ada program yang tayang.").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with Air(tmp_path / "air" / "uji", frames, at_once=70):
        video, delay = page.locator("video"), page.locator("#delay")
        until(lambda: video.evaluate("v => v.currentTime > 1"))
        page.locator("#message").wait_for(state="hidden")
        page.get_by_text("On air", exact=True).wait_for()
        until(lambda: delay.evaluate("d => parseFloat(d.textContent) < 3"))
        assert video.evaluate("v => [v.videoWidth, v.videoHeight, v.error]") == [320, 180, None]
        assert video.evaluate("v => v.muted && !v.paused")
        assert page.locator("h1").inner_text().endswith("Pameran <Uji>")
