"""The socket over which a program is steered: who may, what nonsense does to it, and what orders do.

Steered are a real program in a thread of this process, and one in a process of its own, by commands.
"""

import contextlib
import json
import os
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Client, Connection, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any

import pytest
from made import session
from peers import until

from pipeline.air import JOURNAL, Sheet, ask, check_chain, play, read_journal, write_sheet
from pipeline.air.control import KEY, SOCKET, listening
from pipeline.air.desk import OVER, Desk, Press
from pipeline.air.journal import JournalWriter
from pipeline.air.session import Footage
from pipeline.air.steer import Order
from pipeline.clock import SystemClock
from pipeline.errors import OutsideError
from pipeline.timing import Rate
from pipeline.tools import Child

FACTS = {"event_name": "Uji", "stands": [], "planned": [], "rundown": "old"}


def echo(request: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "heard": request}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextlib.contextmanager
def known(folder: Path) -> Iterator["Connection[Any, Any]"]:
    """A caller that has the key."""
    key = (folder / KEY).read_bytes()
    with Client(str(folder / SOCKET), "AF_UNIX") as connection:
        deliver_challenge(connection, key)
        answer_challenge(connection, key)
        yield connection


# The socket


def test_socket_and_key_are_for_their_owner_only_and_gone_afterwards(tmp_path: Path) -> None:
    with listening(tmp_path, echo):
        assert (mode(tmp_path / SOCKET), mode(tmp_path / KEY)) == (0o600, 0o600)
    assert list(tmp_path.iterdir()) == []


def test_files_that_others_make_meanwhile_are_not_for_their_owner_only(tmp_path: Path) -> None:
    over = threading.Event()
    made: list[Path] = []

    def make() -> None:
        while not over.is_set():
            made.append(tmp_path / f"file-{len(made)}")
            made[-1].touch()

    usual = tmp_path / "usual"
    usual.touch()
    thread = threading.Thread(target=make)
    thread.start()
    try:
        for _ in range(50):
            with listening(tmp_path, echo):
                pass
    finally:
        over.set()
        thread.join()
    assert {mode(path) for path in made} == {mode(usual)}


def test_a_wrong_key_is_refused(tmp_path: Path) -> None:
    with listening(tmp_path, echo):
        key = (tmp_path / KEY).read_bytes()
        (tmp_path / KEY).write_bytes(bytes(len(key)))
        with pytest.raises(OutsideError):
            ask(tmp_path, {"command": "status"})
        (tmp_path / KEY).write_bytes(key)
        assert ask(tmp_path, {"command": "status"})["ok"]


def test_callers_that_connect_and_stay_silent_hold_up_nobody(tmp_path: Path) -> None:
    with contextlib.ExitStack() as silent, listening(tmp_path, echo):
        for _ in range(40):
            silent.enter_context(Client(str(tmp_path / SOCKET), "AF_UNIX"))
            half = silent.enter_context(Client(str(tmp_path / SOCKET), "AF_UNIX"))
            os.write(half.fileno(), b"\0\0")  # the first half of a message's length
        assert ask(tmp_path, {"command": "x"}, patience=5)["ok"]


def test_one_that_answers_nothing_is_given_up_in_time(tmp_path: Path) -> None:
    (tmp_path / KEY).write_bytes(b"key")
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(tmp_path / SOCKET))
        hung.listen()
        with pytest.raises(OutsideError, match="doesn't answer"):
            ask(tmp_path, {"command": "status"}, patience=0.1)


@pytest.mark.parametrize("there", [(), (KEY,), (KEY, SOCKET)])
def test_where_nobody_is_on_air_the_hint_says_how_to_start(
    tmp_path: Path, there: tuple[str, ...]
) -> None:
    for name in there:
        (tmp_path / name).touch()
    with pytest.raises(OutsideError, match="no program is on air") as caught:
        ask(tmp_path, {"command": "status"})
    assert caught.value.hint is not None and "tayang air" in caught.value.hint.en


def test_a_folder_with_a_long_name_has_its_socket_among_the_temporary_files(
    tmp_path: Path,
) -> None:
    folder = tmp_path / ("panjang" * 20)
    folder.mkdir()
    with listening(folder, echo):
        assert ask(folder, {"command": "x"})["heard"] == {"command": "x"}
        assert [path.name for path in folder.iterdir()] == [KEY]


def test_it_ends_even_when_somebody_has_removed_its_socket(tmp_path: Path) -> None:
    ended = threading.Event()

    def listen() -> None:
        with listening(tmp_path, echo):
            (tmp_path / SOCKET).unlink()
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    assert ended.wait(20)


def test_after_a_server_was_killed_the_next_one_takes_the_socket_over(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from pipeline.air.control import listening\n"
        "with listening(Path(sys.argv[1]), lambda r: {'ok': True}): print(1, flush=True);"
        " time.sleep(60)"
    )
    told: list[str] = []
    child = Child([sys.executable, "-c", code, str(tmp_path)], on_line=told.append)
    try:
        until(lambda: bool(told))
        assert ask(tmp_path, {})["ok"]
        old = (tmp_path / KEY).read_bytes()
    finally:
        child.kill()
        child.stop()
    assert (tmp_path / SOCKET).exists()
    with listening(tmp_path, echo):
        assert ask(tmp_path, {"command": "x"})["heard"] == {"command": "x"}
        assert (tmp_path / KEY).read_bytes() != old


# A program in this process


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Footage]:
    folder = tmp_path_factory.mktemp("shelf")
    files = {name: make_segment(folder / f"{name}.ts", 50, 60 * n) for n, name in enumerate("ab")}
    kinds = {"a": "catalogue", "b": "slate"}
    return {
        kind: Footage(key=name, path=files[name], kind=kind, frames=50, loop=True)
        for name, kind in kinds.items()
    }


@pytest.fixture(scope="module")
def air(tmp_path_factory: pytest.TempPathFactory, made: dict[str, Footage]) -> Iterator[Path]:
    """The folder of a program that is on air while this module is tested."""
    folder = tmp_path_factory.mktemp("air")

    def broadcast() -> None:
        play(
            folder / "s",
            session(made, "s", "abc"),
            Rate(25),
            shown_at=SystemClock().now(),
            facts=FACTS,
            destinations=(),
            ffmpeg="unused",
            clock=SystemClock(),
        )

    thread = threading.Thread(target=broadcast)
    thread.start()
    until((folder / KEY).exists)
    yield folder
    assert ask(folder, {"command": "stop", "id": "the end"})["ok"]
    thread.join()


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"\xff\xfe",
        b"{",
        b"[1]",
        b'"take"',
        b"null",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 10_000,
        b"{}" + b" " * (1 << 20),
    ],
    ids=lambda n: f"{n[:8]!r} {len(n)}",
)
def test_nonsense_ends_the_connection_and_nothing_else(air: Path, nonsense: bytes) -> None:
    with known(air) as connection:
        with contextlib.suppress(OSError):  # refused before all of it was read
            connection.send_bytes(nonsense)
        with pytest.raises((EOFError, OSError)):
            connection.recv_bytes()
    assert ask(air, {"command": "status"})["ok"]


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"command": None},
        {"command": "explode", "id": "1"},
        {"command": ["take"], "id": "1"},
        {"command": "take"},
        {"command": "take", "id": 7},
        {"command": "take", "id": "t", "item": ["a"]},
        {"command": "take", "id": "t", "seen": "now"},
        {"command": "mark", "id": "\ud800"},
        {"command": "mark", "id": "m", "text": "\ud800"},
        {"command": "pause"},
        {"command": "pause", "item": "nowhere"},
        {"command": "reload"},
        {"command": "reload", "sheet": "/dev/null", "id": "r"},
        {"command": "reload", "sheet": "\0", "id": "r"},
        {"command": "reload", "sheet": ["x"], "id": "r"},
        {"command": "reload", "sheet": "/", "id": ["x"]},
        {"command": "reload", "sheet": "/", "id": "r", "by": "\ud800"},
    ],
    ids=json.dumps,
)
def test_what_is_no_order_is_refused_with_a_reason(air: Path, request_: dict[str, Any]) -> None:
    answer = ask(air, request_)
    assert answer["ok"] is False
    assert answer["id"] and answer["en"]
    status = ask(air, {"command": "status"})
    assert status["ok"] and status["recording"]["trouble"] is None


def test_what_is_no_text_ends_no_journal(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    writer = JournalWriter(path)
    writer.write("damaged", at=SystemClock().now(), frame=0, error="\udcff.ts")
    writer.close()
    lines = read_journal(path).lines
    assert lines[0]["error"] == "\udcff.ts"
    assert check_chain(lines) == ()


def test_an_order_that_comes_twice_acts_once(air: Path) -> None:
    order = {"command": "mark", "id": "twice", "by": "Sari", "text": "gong"}
    answers: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: answers.append(ask(air, order))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.append(ask(air, order))
    assert answers == [answers[0]] * 9
    ask(air, {"command": "mark", "id": "after", "by": "Sari"})
    journal = air / "s" / JOURNAL
    until(lambda: b'"after"' in journal.read_bytes())
    assert [line["order"] for line in read_journal(journal).lines if "order" in line].count(
        "twice"
    ) == 1


def test_a_sheet_that_differs_from_what_a_program_needs_changes_nothing(
    air: Path, tmp_path: Path, made: dict[str, Footage]
) -> None:
    facts = {name: fact for name, fact in FACTS.items() if name != "rundown"}
    write_sheet(tmp_path, Sheet.of(session(made, "s", "xyz"), facts))
    answer = ask(air, {"command": "reload", "id": "r1", "sheet": str(tmp_path / "session.json")})
    assert not answer["ok"]
    assert ask(air, {"command": "status"})["on"]["item"] == "a"


def test_orders_that_come_when_the_program_is_over_are_told_so_at_once() -> None:
    desk = Desk()
    waiting = desk.press(Press(Order("before", "mark")))
    desk.close()
    late = desk.press(Press(Order("after", "mark")))
    for answer in (waiting, late):
        assert answer.result(0) == {"ok": False, "id": OVER.id, "en": OVER.en}


def test_what_is_being_answered_when_the_program_ends_is_answered(tmp_path: Path) -> None:
    asked, said = threading.Event(), threading.Event()

    def answer(_: dict[str, Any]) -> dict[str, Any]:
        asked.set()
        time.sleep(0.2)  # as long as a busy machine may take to come back to it
        said.set()
        return {"ok": True}

    answers: list[Any] = []
    caller = threading.Thread(target=lambda: answers.append(ask(tmp_path, {"command": "stop"})))
    with listening(tmp_path, answer):
        caller.start()
        assert asked.wait(10)
    assert said.is_set()
    caller.join(10)
    assert answers == [{"ok": True}]
