"""The daemon runs a day by itself, in real time against the emulator, and ends when the day is over."""

import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from pipeline.air import JOURNAL, read_journal
from pipeline.clock import SystemClock
from pipeline.daemon import Day, run_daemon
from pipeline.errors import OutsideError, Text, UsageError
from pipeline.lock import only_one
from pipeline.publish.emulator import running
from pipeline.settings import read_settings
from pipeline.wiring import Studio

CLOCK = SystemClock()


def event(home: Path, address: str, starts_in: float, seconds: int) -> Studio:
    """A session of one catalogue, that many seconds from now."""
    values = {
        "event": {"name": "Pameran Uji"},
        "rundown": "rundown.yaml",
        "media": ".",
        "house": {"width": 320, "height": 180, "video_kbps": 300, "preset": "ultrafast"},
        "youtube": {"address": address},
    }
    (home / "settings.yaml").write_text(yaml.safe_dump(values))
    settings = read_settings(home / "settings.yaml")
    at = CLOCK.now().astimezone(settings.event.zone) + timedelta(seconds=starts_in)
    settings.rundown.write_text(
        "stands: [{number: 1, name: Kopi Contoh, products: [{name: Kopi, price: 15000}]}]\n"
        f"sessions: [{{day: '{at.date()}', items: [{{at: '{at:%H:%M:%S}', duration: {seconds} s,"
        " kind: catalogue, stand: 1, title: Katalog}]}]\n"
    )
    return Studio(settings, CLOCK)


def test_a_day_is_composed_aired_published_and_accounted_and_then_the_daemon_ends(
    tmp_path: Path, ffmpeg: str
) -> None:
    with running(tmp_path / "youtube", ffmpeg=ffmpeg, clock=CLOCK) as emulator:
        studio = event(tmp_path, emulator.url, 5, 4)
        run_daemon(studio)
        (session,) = studio.aired_sessions()
        assert read_journal(studio.air_folder(session) / JOURNAL).lines[-1]["event"] == "close"
        (stand,) = studio.manifest().stands
    (airing,) = stand.airings
    assert airing.clip_url is not None
    assert (studio.settings.state / "manifest.html").exists()


def test_a_second_daemon_on_the_same_state_is_refused(tmp_path: Path) -> None:
    studio = event(tmp_path, "http://127.0.0.1:9", 60, 4)
    held = only_one(studio.settings.state / "daemon.lock", Text("", ""))
    with held, pytest.raises(OutsideError, match="another daemon"):
        run_daemon(studio)


def test_without_a_session_to_come_there_is_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is over"):
        run_daemon(event(tmp_path, "http://127.0.0.1:9", -60, 4))


def test_interrupted_while_waiting_it_ends_at_once(tmp_path: Path) -> None:
    studio = event(tmp_path, "http://127.0.0.1:9", 3600 * 3, 4)
    main = threading.main_thread().ident
    timer = threading.Timer(1, signal.pthread_kill, [main, signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_daemon(studio)
    assert studio.aired_sessions() == []


def test_a_step_that_fails_is_told_and_the_next_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    studio = event(tmp_path, "http://127.0.0.1:9", 60, 4)
    session = studio.session()
    (studio.settings.state).mkdir()
    (studio.settings.state / "segments").write_text("not a folder")
    day = Day(studio)
    day.prepare(session)
    assert "segments" in capsys.readouterr().err
    day.stopping.set()
    day.show(session)
    assert capsys.readouterr().err == ""
