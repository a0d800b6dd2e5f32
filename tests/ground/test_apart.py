"""Programs that outlive the one that started them, and telling that waits for nobody."""

import io
import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from peers import until

from pipeline.errors import OutsideError, Text
from pipeline.lock import only_one, told_by_holder
from pipeline.screen import console, say, telling
from pipeline.tools import run, start_apart

BUSY = Text("sibuk", "busy")


def test_what_is_started_apart_outlives_its_starter_and_says_all_to_its_log(
    tmp_path: Path,
) -> None:
    log = tmp_path / "logs" / "log"
    said = "import os, sys; print(os.getpid(), flush=True); print('b', file=sys.stderr, flush=True)"
    child = f"{said}; sys.stdin.read(); import time; time.sleep(60)"
    code = (
        "import os, sys; from pathlib import Path; from pipeline.tools import start_apart\n"
        "start_apart([sys.executable, '-c', sys.argv[2]], Path(sys.argv[1]))\n"
        "os.killpg(os.getpid(), 9)"
    )
    argv = [sys.executable, "-c", code, str(log), child]
    with pytest.raises(OutsideError):  # killed with all of its group
        run(argv, deadline=20)
    until(lambda: log.read_text().count("\n") == 2)
    pid, there = log.read_text().split()
    assert there == "b"
    os.kill(int(pid), signal.SIGKILL)  # fails when it is not there


def test_it_is_known_when_what_was_started_apart_has_ended_and_nothing_is_left_of_it(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    runs = start_apart([sys.executable, "-c", "import os; print(os.getpid())"], log)
    until(lambda: not runs())
    before, pid = log.read_text().split()
    assert before == "before"
    assert not Path(f"/proc/{pid}").exists()


def test_a_program_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutsideError, match="can't run /no/program"):
        start_apart(["/no/program"], tmp_path / "log")


def test_what_is_told_comes_in_order_and_whole_before_it_is_left() -> None:
    told: list[int] = []
    with telling(told.append) as tell:
        for n in range(500):
            tell(n)
    assert told == list(range(500))


def test_telling_waits_for_nobody() -> None:
    blocked = threading.Event()
    with telling(lambda what: blocked.wait()) as tell:
        for n in range(5000):
            tell(n)
        blocked.set()


def test_when_whoever_listened_is_gone_telling_goes_on() -> None:
    told: list[int] = []

    def tell_one(n: int) -> None:
        if n == 1:
            raise BrokenPipeError
        told.append(n)

    with telling(tell_one) as tell:
        for n in range(3):
            tell(n)
    assert told == [0, 2]


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(5, "EIO"), OSError(28, "ENOSPC")])
def test_what_can_not_be_said_stops_no_work(
    monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    class Gone(io.StringIO):
        def write(self, text: str) -> int:
            raise error

    monkeypatch.setattr(console, "quiet", False)
    monkeypatch.setattr(sys, "stderr", Gone())
    say(Text("satu", "one"))
    say(Text("dua", "two"))


def test_whoever_looks_whether_a_lock_is_held_is_in_nobodys_way(tmp_path: Path) -> None:
    path, over = tmp_path / "lock", threading.Event()

    def look() -> None:
        while not over.is_set():
            told_by_holder(path)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for _ in range(1000):
            with only_one(path, BUSY):
                pass
    finally:
        over.set()
        thread.join()


def test_what_the_holder_told_is_known_as_long_as_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert told_by_holder(path) is None
    with only_one(path, BUSY) as told:
        assert told_by_holder(path) is None
        told.write("s")
        told.flush()
        assert told_by_holder(path) == "s"
        with (
            pytest.raises(OutsideError, match=rf"busy \(pid {os.getpid()}\)"),
            only_one(path, BUSY),
        ):
            pass
    assert told_by_holder(path) is None


@pytest.mark.parametrize("name", ["pipeline.commands.show", "pipeline.commands.crew"])
def test_what_must_be_quick_imports_nothing_that_takes_time(name: str) -> None:
    slow = ["openpyxl", "sqlalchemy", "googleapiclient", "pipeline.segments", "pipeline.wiring"]
    code = f"import sys, {name}; print([slow for slow in {slow} if slow in sys.modules])"
    assert run([sys.executable, "-c", code], deadline=20)[0] == "[]"
