"""Destinations that take nothing, each in its own way, beside a program that doesn't notice."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.air import destinations
from pipeline.air.destinations import Delivery, feeds
from pipeline.air.log import ProgramLog
from pipeline.air.reel import Reel
from pipeline.clock import SystemClock
from pipeline.settings import Destination
from pipeline.splice import Timeline
from pipeline.timing import Rate

RATE = Rate(25)


@pytest.fixture
def log(tmp_path: Path, make_segment: Any) -> Iterator[ProgramLog]:
    """A program log of one segment; it is open: more may come."""
    path = make_segment(tmp_path / "one.ts", 50, 90)
    reel = Reel(SimpleNamespace(key="", path=path, kind="", frames=50, loop=False), RATE)
    log, timeline = ProgramLog(tmp_path), Timeline(RATE, reel.reader.delay)
    log.like(reel.reader)
    timeline.enter()
    while not reel.at_end:
        picture = reel.picture()
        log.picture(picture, timeline.picture(picture))
        while timeline.sounds_due > 0 and (sound := reel.sound()) is not None:
            log.sound(sound, timeline.sound())
    reel.close()
    yield log
    log.close()


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server whose kernel accepts connections, and which never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def tried(log: ProgramLog, ffmpeg: str, destination: Destination, lost: int = 1) -> list[Delivery]:
    """What was said until the destination was lost so often; the program ends then."""
    events: SimpleQueue[Delivery] = SimpleQueue()
    before, files = threading.active_count(), open_files()
    (feed,) = feeds([destination], log, ffmpeg, SystemClock(), events)
    said: list[Delivery] = []
    while sum(delivery.state == "lost" for delivery in said) < lost:
        said.append(events.get(timeout=20))
    feed.stop()
    assert threading.active_count() == before
    assert open_files() == files
    assert not feed.reached
    assert "rahasia" not in repr(feed.last_error) + repr(said)
    return said


def test_a_server_that_accepts_and_stays_silent_is_given_up(
    log: ProgramLog, ffmpeg: str, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(destinations, "CONNECTING", 0.5)
    url = f"rtmp://127.0.0.1:{silent}/live"
    (lost,) = tried(log, ffmpeg, Destination(name="diam", url=url, key=SecretStr("rahasia")))
    assert (lost.state, lost.frames, lost.error) == ("lost", 0, "stalled")


def test_a_child_that_dies_at_once_is_tried_again(log: ProgramLog, ffmpeg: str) -> None:
    nowhere = Destination(name="x", url="file:///no/such/folder/rahasia", key=SecretStr("rahasia"))
    said = tried(log, ffmpeg, nowhere, lost=2)
    assert [delivery.frames for delivery in said] == [0, 0]
    assert "No such file" in str(said[0].error)


def test_without_ffmpeg_the_destination_is_lost_and_nothing_else(log: ProgramLog) -> None:
    (lost,) = tried(log, "/no/such/ffmpeg", Destination(name="x", url="rtmp://127.0.0.1/live"))
    assert lost.state == "lost"
    assert "/no/such/ffmpeg" in str(lost.error)


def test_when_the_program_ends_while_it_is_given_up_nobody_waits(
    log: ProgramLog, ffmpeg: str
) -> None:
    events: SimpleQueue[Delivery] = SimpleQueue()
    gone = Destination(name="x", url="file:///no/such/folder/x")
    (feed,) = feeds([gone], log, ffmpeg, SystemClock(), events)
    assert events.get(timeout=20).state == "lost"
    log.close()
    feed.join()
    assert feed.last_error
