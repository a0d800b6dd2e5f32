"""The daemon runs a day by itself, in real time against the emulator, and ends when the day is over."""

import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml
from peers import until

from pipeline.air import JOURNAL, Line, ask, read_journal
from pipeline.clock import SystemClock
from pipeline.daemon import run_daemon
from pipeline.day import Day
from pipeline.errors import OutsideError, Text, UsageError
from pipeline.lock import only_one
from pipeline.playout import on_air
from pipeline.publish.emulator import running
from pipeline.settings import read_settings
from pipeline.tools import Child
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
        "panel": {"port": 0},
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
        studio = event(tmp_path, emulator.url, 8, 6)
        run_daemon(studio, stay=False)
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
        run_daemon(studio, stay=False)


def test_without_a_session_to_come_there_is_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is over"):
        run_daemon(event(tmp_path, "http://127.0.0.1:9", -60, 4), stay=False)


def test_interrupted_while_waiting_it_ends_at_once(tmp_path: Path) -> None:
    studio = event(tmp_path, "http://127.0.0.1:9", 3600 * 3, 4)
    main = threading.main_thread().ident
    timer = threading.Timer(1, signal.pthread_kill, [main, signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        run_daemon(studio, stay=False)
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


def lines(studio: Studio) -> tuple[Line, ...]:
    (session,) = studio.aired_sessions()
    return read_journal(studio.air_folder(session) / JOURNAL).lines


def frame(studio: Studio) -> int:
    """How far the program is; 0 while there is none."""
    try:
        return int(ask(studio.settings.state / "air", {"command": "status"})["frame"])
    except OutsideError:
        return 0


@contextlib.contextmanager
def daemon(studio: Studio, on_air_from: int = 1) -> Iterator[Child]:
    """A daemon in a process of its own, whose program is on air."""
    argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(studio.settings.file)]
    child = Child([*argv, "daemon", "--until-end"])
    try:
        until(lambda: child.status is not None or frame(studio) >= on_air_from)
        assert child.status is None, child.tail
        yield child
    finally:
        child.kill()
        child.stop()


def broadcasts(url: str) -> list[str]:
    """What YouTube says each one is."""
    with urlopen(f"{url}/emulator/state") as answer:
        return [
            one["status"]["lifeCycleStatus"] for one in json.load(answer)["broadcasts"].values()
        ]


def kill_program(studio: Studio, from_frame: int) -> None:
    until(lambda: frame(studio) >= from_frame)
    pid, session = (studio.settings.state / "air" / "lock").read_text().split()
    assert session == on_air(studio.settings)
    os.kill(int(pid), signal.SIGKILL)


def test_the_program_outlives_its_daemon_which_outlives_its_program_and_completes_the_day(
    tmp_path: Path, ffmpeg: str
) -> None:
    with running(tmp_path / "youtube", ffmpeg=ffmpeg, clock=CLOCK) as emulator:
        studio = event(tmp_path, emulator.url, 1, 20)
        with daemon(studio) as first:
            os.kill(first.pid, signal.SIGINT)
            assert first.wait(30) == 130, first.tail
        there = frame(studio)
        assert there > 0
        assert broadcasts(emulator.url) not in ([], ["complete"])
        with daemon(studio, there + 25) as second:
            second.kill()
        there = frame(studio)
        assert there > 0
        assert [line["event"] for line in lines(studio)].count("open") == 1
        killing = threading.Thread(target=kill_program, args=(studio, there + 50))
        killing.start()
        run_daemon(studio, stay=False)
        killing.join()
        assert broadcasts(emulator.url) == ["complete"]
        (stand,) = studio.manifest().stands
    told = [line["event"] for line in lines(studio)]
    assert (told.count("open"), told.count("close")) == (2, 2)
    assert "repaired" not in lines(studio)[-1]
    assert [airing.clip_url is not None for airing in stand.airings] == [True, True]
    assert (studio.settings.state / "manifest.html").exists()
