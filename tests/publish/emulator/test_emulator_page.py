"""The emulated channel in a real browser: what a viewer sees, plays and finds by keyboard."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from aids import program
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.tools import find_ffmpeg, run

from .conftest import Channel
from .test_emulator_oauth import QUERY, SCOPE

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
TEXT = (
    "Kain & 'halus'\n\n00:00 Pembuka\n00:10 Kain\n00:20 Penutup\n\nhttps://a.example/?b=1&c #Batik"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program("chromium"), args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def movie(clip_ts: Path) -> Path:
    """The clip as browsers play it."""
    file = clip_ts.with_suffix(".mp4")
    run([find_ffmpeg(), "-v", "error", "-i", str(clip_ts), "-c", "copy", str(file)], deadline=30)
    return file


@pytest.fixture
def page(browser: Browser, channel: Channel) -> Iterator[Page]:
    """A phone; every script error fails the test."""
    errors: list[Any] = []
    context = browser.new_context(
        base_url=channel.url,
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(error))
    yield page
    assert errors == []
    context.close()


def check_layout(page: Page) -> None:
    """Nothing sticks out of a phone or a desk, and axe finds no fault by day and by night."""
    for width, scheme in ((1440, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def fill(channel: Channel, movie: Path, tmp_path: Path) -> dict[str, str]:
    """A channel with one of everything."""
    video = channel.upload(movie, "Batik & \"Kopi\" 'enak' 🧵", description=TEXT, tags=["batik"])
    file = tmp_path / "wide.png"
    Image.new("RGB", (1280, 720), "#a3202d").save(file)
    head = {"authorization": channel.token(), "content_type": "image/png"}
    path = f"/upload/youtube/v3/thumbnails/set?videoId={video}&uploadType=media"
    assert channel.send("POST", path, file.read_bytes(), **head)[0] == 200
    playlist = channel.playlist("Stan batik & kopi")
    resource = {"kind": "youtube#video", "videoId": video}
    body = {"snippet": {"playlistId": playlist, "resourceId": resource}}
    channel.youtube.playlistItems().insert(part="snippet", body=body).execute()
    broadcast, stream, _ = channel.bound()
    channel.clock.turn(1)
    return {"video": video, "playlist": playlist, "broadcast": broadcast, "stream": stream}


def test_the_channel_leads_to_all_that_is_on_it(
    channel: Channel, page: Page, movie: Path, tmp_path: Path
) -> None:
    made = fill(channel, movie, tmp_path)
    page.goto("/")
    check_layout(page)
    card = page.locator("section", has_text="Unggahan").get_by_role("link")
    assert card.locator(".name").inner_text() == "Batik & \"Kopi\" 'enak' 🧵"
    assert card.locator("img").evaluate("image => image.naturalWidth") == 1280
    page.get_by_text("Di balik layar").click()
    assert page.get_by_text("videos.insert").is_visible()
    key = channel.state()["streams"][made["stream"]]["cdn"]["ingestionInfo"]["streamName"]
    assert key not in page.content()  # what a screen shows may be filmed
    page.locator("section", has_text="Daftar putar").get_by_role("link").click()
    assert page.url.endswith(f"/playlist?list={made['playlist']}")
    check_layout(page)
    page.get_by_role("link", name="Batik").click()
    assert page.url.endswith(f"/watch?v={made['video']}")


def test_a_video_starts_where_the_link_says_and_a_chapter_leads_on(
    channel: Channel, page: Page, movie: Path, tmp_path: Path
) -> None:
    made = fill(channel, movie, tmp_path)
    page.goto(f"/watch?v={made['video']}&t=1s")
    at = "document.getElementById('player').currentTime"
    page.wait_for_function(f"{at} === 1")
    check_layout(page)
    assert page.locator(".badge", has_text="tidak publik").is_visible()
    assert page.locator(".text").get_by_role("link", name="https://a.example").count() == 1
    chapters = page.get_by_role("navigation").get_by_role("link")
    assert chapters.all_text_contents() == ["00:00 Pembuka", "00:10 Kain", "00:20 Penutup"]
    page.evaluate("document.getElementById('player').play = () => {}")
    chapters.first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"{at} === 0")
    assert page.url.endswith("&t=0s")
    page.locator("summary").click()
    assert page.locator("dd", has_text="batik").first.is_visible()


def test_a_broadcast_says_what_it_is_and_follows_what_happens(
    channel: Channel, page: Page, movie: Path, tmp_path: Path
) -> None:
    made = fill(channel, movie, tmp_path)
    page.goto(f"/watch?v={made['broadcast']}")
    assert "Dijadwalkan" in page.get_by_role("status").inner_text()
    check_layout(page)
    channel.fault(kind="force", table="streams", fields={"status.streamStatus": "active"})
    channel.go(made["broadcast"], "live")
    channel.clock.turn(1)
    page.get_by_role("status").get_by_text("SEDANG TAYANG").wait_for()
    assert "0 gambar diterima" in page.get_by_role("status").inner_text()
    page.goto("/")
    assert page.locator("section", has_text="Siaran").get_by_text("SEDANG TAYANG").is_visible()


def test_what_was_rejected_or_is_not_there_is_said(
    channel: Channel, page: Page, clip_ts: Path
) -> None:
    video = channel.upload(clip_ts)
    fields = {"status.uploadStatus": "rejected", "status.rejectionReason": "duplicate"}
    channel.fault(kind="force", table="videos", fields=fields)
    page.goto(f"/watch?v={video}")
    assert "Ditolak YouTube: duplicate" in page.get_by_role("status").inner_text()
    answer = page.goto("/watch?v=nope&t=5s")
    assert answer is not None and answer.status == 404
    assert page.get_by_text("Video ini tidak ada").is_visible()
    check_layout(page)


@pytest.fixture
def app() -> Iterator[tuple[str, list[str]]]:
    """An installed app that listens for its answer: its address, and what it was told."""
    told: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", told
        server.shutdown()
        thread.join()


def test_consent_is_given_in_part_by_keyboard(page: Page, app: tuple[str, list[str]]) -> None:
    address, told = app
    page.goto(f"/auth?{urlencode({**QUERY, 'redirect_uri': address})}")
    check_layout(page)
    boxes = page.get_by_role("checkbox")
    assert boxes.count() == 2
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Izinkan")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}**")
    answer = parse_qs(urlsplit(told[0]).query)
    assert answer["scope"] == [SCOPE]
    assert answer["state"] == ["s 1"] and answer["code"]
