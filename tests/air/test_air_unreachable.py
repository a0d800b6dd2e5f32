"""Destinations that take nothing, each in its own way, beside a program that doesn't notice."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from peers import chunks, silent
from pydantic import SecretStr

from pipeline.air import push
from pipeline.air.destinations import Delivery, feeds
from pipeline.air.program import Program
from pipeline.clock import SystemClock
from pipeline.settings import Destination
from pipeline.timing import Rate

RATE = Rate(25)


@pytest.fixture
def program(tmp_path: Path, make_segment: Any) -> Iterator[Program]:
    """A program of one segment; it is open: more may come."""
    program = Program(RATE.fps)
    program.tables, made = chunks(make_segment(tmp_path / "one.ts", 50, 90), RATE, 50)
    for chunk in made:
        program.append(chunk)
    program.reached(50)
    yield program
    program.end()


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def tried(
    program: Program, ffmpeg: str, destination: Destination, lost: int = 1
) -> tuple[list[Delivery], str]:
    """What was said until the destination was lost so often, and its last error."""
    events: SimpleQueue[Delivery] = SimpleQueue()
    before, files = threading.active_count(), open_files()
    (feed,) = feeds([destination], program, ffmpeg, SystemClock(), events)
    said: list[Delivery] = []
    while sum(delivery.state == "lost" for delivery in said) < lost:
        said.append(events.get(timeout=20))
    feed.stop()
    assert threading.active_count() == before
    assert open_files() == files
    assert not feed.reached
    status = feed.status()
    assert (status.state, status.frames, status.age_s) == ("ended", 0, None)
    assert "rahasia" not in repr(status) + repr(said)
    assert status.last_error is not None
    return said, status.last_error.en


def test_a_server_that_accepts_and_stays_silent_is_given_up(
    program: Program, ffmpeg: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "CONNECTING", 0.5)
    with silent() as port:
        url = f"rtmp://127.0.0.1:{port}/live"
        destination = Destination(name="diam", url=url, key=SecretStr("rahasia"))
        (lost,), error = tried(program, ffmpeg, destination)
    assert (lost.state, lost.frames) == ("lost", 0)
    assert "says nothing" in error


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("rtmp://127.0.0.1:9/live/rahasia", "refuses connections"),
        ("rtmp://nosuch.invalid/live/rahasia", "no server of that name"),
        ("rtmp://crew:rahasia@127.0.0.1/live/x", "show in the list of processes"),
        ("file:///no/such/folder/x.ts", "folder of the file isn't there"),
        ("file:///proc/x.ts", "folder of the file"),
    ],
)
def test_what_failed_is_said_in_words_that_help(
    program: Program, ffmpeg: str, url: str, error: str
) -> None:
    (lost,), said = tried(program, ffmpeg, Destination(name="x", url=url))
    assert (lost.state, lost.frames) == ("lost", 0)
    assert error in said


def test_a_child_that_dies_at_once_is_tried_again(program: Program, ffmpeg: str) -> None:
    nowhere = Destination(name="x", url="file:///no/such/folder/x")
    said, _ = tried(program, ffmpeg, nowhere, lost=2)
    assert [delivery.frames for delivery in said] == [0, 0]


def test_without_ffmpeg_the_destination_is_lost_and_nothing_else(program: Program) -> None:
    destination = Destination(name="x", url="rtmp://127.0.0.1/live", key=SecretStr("rahasia"))
    (lost,), error = tried(program, "/no/such/ffmpeg", destination)
    assert lost.state == "lost"
    assert "/no/such/ffmpeg" in error


def test_a_recording_that_is_there_is_not_written_over(
    tmp_path: Path, program: Program, ffmpeg: str
) -> None:
    there = tmp_path / "copy.ts"
    there.write_text("yesterday's")
    events: SimpleQueue[Delivery] = SimpleQueue()
    destination = Destination(name="x", url=f"file://{there}")
    (feed,) = feeds([destination], program, ffmpeg, SystemClock(), events)
    program.end()
    feed.join()
    assert there.read_text() == "yesterday's"
    assert (tmp_path / "copy-2.ts").stat().st_size > 188 * 50


def test_when_the_program_ends_while_it_is_given_up_nobody_waits(
    program: Program, ffmpeg: str
) -> None:
    events: SimpleQueue[Delivery] = SimpleQueue()
    gone = Destination(name="x", url="file:///no/such/folder/x")
    (feed,) = feeds([gone], program, ffmpeg, SystemClock(), events)
    assert events.get(timeout=20).state == "lost"
    program.end()
    feed.join()
    assert feed.status().last_error


def test_a_reader_that_is_too_slow_for_the_window_begins_anew(
    program: Program, ffmpeg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window has moved on before the first frame was read."""
    monkeypatch.setattr(Program, "newest_key", lambda self: -1)
    (lost,), error = tried(program, ffmpeg, Destination(name="x", url=f"file://{tmp_path}/x.ts"))
    assert (lost.state, lost.frames) == ("lost", 0)
    assert "slower than the program" in error
