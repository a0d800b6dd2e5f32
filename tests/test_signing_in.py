"""Signing in as a person does it, against the emulator's consent page: its whole life, and by command."""

import http.client
import json
import queue
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from aids import program
from playwright.sync_api import sync_playwright

from pipeline.cli import main
from pipeline.clock import HandClock, SystemClock
from pipeline.publish import (
    SCOPE,
    Account,
    Airtime,
    begin_login,
    connect,
    finish_login,
    health,
    login,
)
from pipeline.publish.emulator import Emulator, Limits, running
from pipeline.settings import Settings, YouTube, settings_from

RUNDOWN = """
stands: [{number: 1, name: Kopi Contoh}]
sessions: [{day: '2021-11-24', items: [{at: '09:00', duration: 8 s, kind: slate, title: Pagi}]}]
"""


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime.now(UTC))


@pytest.fixture
def testing(tmp_path: Path, ffmpeg: str, clock: HandClock) -> Iterator[Emulator]:
    """An emulator for which the Google Cloud project is in "Testing"."""
    limits = Limits(refresh_days=7)
    with running(tmp_path / "there", ffmpeg=ffmpeg, clock=clock, limits=limits) as emulator:
        yield emulator


@pytest.fixture
def event(tmp_path: Path, ffmpeg: str) -> Iterator[Path]:
    """A settings file of an event, and an emulator that it names."""
    (tmp_path / "rundown.yaml").write_text(RUNDOWN)
    path = tmp_path / "settings.yaml"
    with running(tmp_path / "there", ffmpeg=ffmpeg, clock=SystemClock()) as emulator:
        path.write_text(
            "event: {name: Pameran Uji}\nrundown: rundown.yaml\nmedia: .\n"
            f"youtube: {{address: '{emulator.url}'}}\n"
        )
        yield path


def settings_of(tmp_path: Path, emulator: Emulator) -> Settings:
    values = {"event": {"name": "Pameran Uji"}, "rundown": "rundown.yaml", "media": "."}
    return settings_from(
        {**values, "youtube": {"address": emulator.url}}, tmp_path / "settings.yaml"
    )


def consent(link: str, *, answer: str = "allow", grant: str = SCOPE) -> str:
    """The address that the page's form leads to."""
    there = urlsplit(link)
    form = urlencode([*parse_qsl(there.query), ("grant", grant), ("answer", answer)])
    connection = http.client.HTTPConnection(there.netloc, timeout=10)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    connection.request("POST", there.path, form, headers)
    leads_to = connection.getresponse().headers["location"]
    connection.close()
    return leads_to


def token_calls(emulator: Emulator) -> int:
    with urllib.request.urlopen(f"{emulator.url}/emulator/state") as answer:
        calls: dict[str, int] = json.load(answer)["spent"]["calls"]
    return calls["oauth.token"]


def urgent(account: Account) -> str:
    return " ".join(str(n.fault.what) + str(n.fault.hint) for n in account.warnings if n.urgent)


def test_a_sign_in_in_testing_lives_seven_days_and_that_is_said_before_the_show(
    tmp_path: Path, testing: Emulator, clock: HandClock
) -> None:
    settings = settings_of(tmp_path, testing)
    finish_login(settings.youtube, clock, consent(begin_login(settings.youtube)))
    api = connect(settings.youtube, clock)  # as of a daemon that runs all the time
    start = clock.now() + timedelta(days=6, hours=20)
    days = [Airtime(start, start + timedelta(hours=8))]

    clock.turn(5 * 86_400)
    before = health(settings, clock, days)
    assert before.channel
    assert before.ends is not None
    assert abs(before.ends - (start + timedelta(hours=4))) < timedelta(minutes=1)
    assert "before the event is over" in urgent(before)
    assert "says Google" in urgent(before)

    clock.turn(2 * 86_400 + 60)
    asked = token_calls(testing)
    dead = health(settings, clock, days)
    assert dead.refused is not None
    assert "in “Testing”" in urgent(dead)
    for _ in range(5):
        api.look("channels.list", part="id", mine=True)
    assert token_calls(testing) == asked + 2, "once by each of the two"

    finish_login(settings.youtube, clock, consent(begin_login(settings.youtube)))
    assert api.read("channels.list", part="id", mine=True)["items"], "without a restart"
    alive = health(settings, clock, days)
    assert alive.trouble is None
    assert "Testing" not in urgent(alive)


def test_with_a_box_unticked_or_a_refusal_nobody_is_signed_in(event: Path) -> None:
    youtube = YouTube(address=_address(event), token=event.parent / "token.json")
    link = begin_login(youtube)
    assert "error=access_denied" in consent(link, answer="deny")
    assert "error=access_denied" in consent(link, grant="")


def test_a_person_consents_in_a_real_browser(event: Path) -> None:
    chromium = program("chromium")
    youtube = YouTube(address=_address(event), token=event.parent / "token.json")
    links, files = queue.Queue[str](), queue.Queue[Path | None]()

    class Shown(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            links.put(url)
            return True

    thread = threading.Thread(
        target=lambda: files.put(login(youtube, SystemClock(), browser=Shown()))
    )
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        page = browser.new_page()
        page.goto(links.get(timeout=10))
        page.get_by_role("button", name="Izinkan").click()
        page.get_by_text("Halaman ini boleh ditutup").wait_for()
        browser.close()
    thread.join()
    assert files.get() == event.parent / "emulator-token.json"


class Pasting:
    """Standard input of a person who first pastes the wrong thing."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._lines = iter(("halo\n", None))
        self.link = ""

    def readline(self) -> str:
        self.link = self._capsys.readouterr().out.strip() or self.link
        return next(self._lines) or consent(self.link) + "\n"


def test_login_elsewhere_asks_again_and_then_says_who_we_are(
    event: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Pasting(capsys))
    assert _run(monkeypatch, event, "login", "--elsewhere") == 0
    told = capsys.readouterr()
    assert "Kanal Emulator" in told.err
    token = json.loads((event.parent / "var" / "emulator-youtube-token.json").read_text())
    assert token["refresh_token"] not in told.err + told.out
    assert token["token"] not in told.err + told.out


def test_login_elsewhere_can_be_answered_by_a_later_command(
    event: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Path("/dev/null").open() as nobody:
        monkeypatch.setattr(sys, "stdin", nobody)
        assert _run(monkeypatch, event, "login", "--elsewhere") == 2
    answer = consent(capsys.readouterr().out.strip())
    assert _run(monkeypatch, event, "login", "--answer", "halo") == 2
    assert _run(monkeypatch, event, "login", "--answer", answer) == 0
    assert "Masuk" in capsys.readouterr().err


def test_status_gives_one_document(
    event: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(monkeypatch, event, "status", "--json") == 0
    assert json.loads(capsys.readouterr().out)["channel"] == "Kanal Emulator Tayang"


@pytest.mark.parametrize(("address", "status"), [("http://127.0.0.1:1", 3), (None, 1)])
def test_status_without_network_or_sign_in_tells_what_it_knows_and_ends_with_that_status(
    event: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    address: str | None,
    status: int,
) -> None:
    text = event.read_text().replace(f"'{_address(event)}'", json.dumps(address))
    event.write_text(text)
    assert _run(monkeypatch, event, "status", "--json") == status
    document = json.loads(capsys.readouterr().out)
    assert document["trouble"]
    assert document["quota"][0]["left"] == 10_000
    assert _run(monkeypatch, event, "status") == status
    assert "sisa 10.000 dari 10.000" in capsys.readouterr().err


def test_status_does_without_a_rundown(
    event: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (event.parent / "rundown.yaml").write_text("stands: 5\n")
    assert _run(monkeypatch, event, "status") == 0
    told = capsys.readouterr().err
    assert "hari acaranya tidak diketahui" in told
    assert "Kanal Emulator Tayang" in told


def _address(event: Path) -> str:
    return event.read_text().partition("address: '")[2].partition("'")[0]


def _run(monkeypatch: pytest.MonkeyPatch, event: Path, *words: str) -> int | str | None:
    argv = ["tayang", "--settings", str(event), "youtube", *words]
    monkeypatch.setattr(sys, "argv", argv)
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code
