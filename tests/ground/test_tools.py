"""Programs are run with a deadline; real child processes of Python stand for them."""

import sys
from pathlib import Path

import pytest

from pipeline.errors import OutsideError, ToolError, ToolTimeout
from pipeline.tools import Child, find_ffmpeg, run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_comes_back_whole_and_line_by_line() -> None:
    lines: list[str] = []
    out, said = run(
        python("import sys; print('satu'); print('dua'); print('galat', file=sys.stderr)"),
        deadline=20,
        on_line=lines.append,
    )
    assert (out, said, lines) == ("satu\ndua", "galat", ["satu", "dua"])


def test_a_failure_carries_status_and_the_end_of_standard_error() -> None:
    code = "import sys; [print(n, file=sys.stderr) for n in range(100)]; sys.exit(7)"
    with pytest.raises(ToolError) as caught:
        run(python(code), deadline=20)
    assert caught.value.status == 7
    assert caught.value.tail.splitlines()[-1] == "99"
    assert len(caught.value.tail.splitlines()) == 40


def test_a_program_that_ignores_its_deadline_and_sigterm_is_killed() -> None:
    code = "import signal, time; signal.signal(15, lambda *_: None); print(1, flush=True); time.sleep(60)"
    with pytest.raises(ToolTimeout):
        run(python(code), deadline=0.5)


def test_a_flood_on_standard_error_does_not_block_the_program() -> None:
    code = "import sys; sys.stderr.write('x' * 5_000_000 + chr(10)); print('selesai')"
    assert run(python(code), deadline=30)[0] == "selesai"


def test_an_absent_program_is_an_outside_error() -> None:
    with pytest.raises(OutsideError):
        run(["/nowhere/at-all"], deadline=1)


def test_a_child_can_be_fed_and_stopped() -> None:
    got: list[str] = []
    child = Child(python("print(input()[::-1])"), feed=True, on_line=got.append)
    child.stdin.write(b"gnayat\n")
    child.stdin.flush()
    assert child.wait(20) == 0
    assert got == ["tayang"]


def test_a_named_ffmpeg_that_is_absent_is_said_with_what_to_do() -> None:
    with pytest.raises(OutsideError) as caught:
        find_ffmpeg(Path("/nowhere/ffmpeg"))
    assert caught.value.hint is not None and "TAYANG_FFMPEG" in caught.value.hint.en
