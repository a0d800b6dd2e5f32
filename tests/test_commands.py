"""Commands as typed: what is wrong ends them with one sentence, the right exit status and no trace."""

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.air import Sheet
from pipeline.cli import main
from pipeline.clock import HandClock, SystemClock
from pipeline.commands.fresh import begins_at
from pipeline.errors import OutsideError, Text, UsageError
from pipeline.lock import only_one
from pipeline.publish.emulator import address_of, running
from pipeline.screen import progress
from pipeline.settings import Settings, read_settings
from pipeline.tools import Child
from pipeline.wiring import Studio

RUNDOWN = """
stands:
  - {number: 1, name: Kopi Contoh, products: [{name: Kopi, price: 15000}]}
sessions:
  - day: '2021-11-24'
    items: [{at: '09:00', duration: 8 s, kind: slate, title: Pagi}]
  - day: '2021-11-25'
    items: [{at: '23:59:50', duration: 20 s, kind: catalogue, stand: 1, title: Malam}]
"""


@pytest.fixture
def event(tmp_path: Path) -> Path:
    (tmp_path / "rundown.yaml").write_text(RUNDOWN)
    path = tmp_path / "settings.yaml"
    path.write_text("event: {name: Pameran Uji}\nrundown: rundown.yaml\nmedia: .\n")
    return path


def status(monkeypatch: pytest.MonkeyPatch, event: Path, *words: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["tayang", "--settings", str(event), *words])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code


@pytest.mark.parametrize(
    "words",
    [
        ("air", "--at", "now", "--to", "http://contoh.id"),
        ("air", "--at", "entah"),
        ("verify", "--session", "2020-01-01"),
        ("compose", "--item", "9-99"),
        ("overlays", "--stand", "9"),
    ],
)
def test_what_can_not_be_done_as_asked_is_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, event: Path, words: tuple[str, ...]
) -> None:
    assert status(monkeypatch, event, *words) == 2


def test_a_folder_that_can_not_be_written_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, event: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(monkeypatch, event, "overlays", "--out", str(event / "di-bawah-berkas")) == 3


def test_overlays_lie_in_the_state_folder_wherever_the_command_is_run(
    monkeypatch: pytest.MonkeyPatch, event: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(monkeypatch, event, "overlays", "--json") == 0
    files = [Path(file) for file in json.loads(capsys.readouterr().out)["files"]]
    assert {file.parent for file in files} == {event.parent / "var" / "overlays"}


def studio(event: Path, now: str) -> Studio:
    settings: Settings = read_settings(event)
    moment = datetime.fromisoformat(now).replace(tzinfo=settings.event.zone)
    return Studio(settings, HandClock(moment))


@pytest.mark.parametrize(
    "now, session",
    [
        ("2021-11-23 10:00:00", "2021-11-24"),
        ("2021-11-24 09:00:05", "2021-11-24"),
        ("2021-11-24 09:00:08", "2021-11-25"),
        ("2021-11-26 00:00:05", "2021-11-25"),
        ("2021-12-01 00:00:00", "2021-11-25"),
    ],
)
def test_the_session_is_the_first_that_is_not_over(event: Path, now: str, session: str) -> None:
    assert studio(event, now).session().id == session


def test_a_session_over_midnight_is_aired_on_both_sides_of_it(event: Path) -> None:
    late = studio(event, "2021-11-26 00:00:05")
    session = late.session()
    assert begins_at(late, session, None) == late.clock.now()
    evening, morning = (begins_at(late, session, at) for at in ("23:59:55", "00:00:05"))
    assert morning - evening == timedelta(seconds=10)


@pytest.mark.parametrize("at", ["09:00:08", "17.00"])
def test_a_time_after_the_session_is_refused(event: Path, at: str) -> None:
    early = studio(event, "2021-11-24 08:00:00")
    with pytest.raises(UsageError, match="is over"):
        begins_at(early, early.session(), at)


def _until(reached: Callable[[], bool], child: Child) -> None:
    for _ in range(3000):
        if reached():
            return
        assert child.status is None, child.tail
        SystemClock().sleep(0.01)
    raise AssertionError("the child says nothing")


def test_a_second_program_on_the_same_state_is_refused_and_told_who_is_first(
    event: Path,
) -> None:
    there = studio(event, "2021-11-24 08:00:00")
    holder = "import sys; from pathlib import Path; from pipeline.errors import Text\n"
    holder += "from pipeline.lock import only_one\n"
    holder += "with only_one(Path(sys.argv[1]), Text('a', 'b')): print('held', flush=True); input()"
    told: list[str] = []
    lock = there.settings.state / "air" / "lock"
    child = Child([sys.executable, "-c", holder, str(lock)], feed=True, on_line=told.append)
    try:
        _until(lambda: bool(told), child)
        with pytest.raises(OutsideError, match=rf"another program.*pid {child.pid}"):
            there.air(
                Sheet(
                    id="2021-11-24",
                    plan=(),
                    segments={},
                    slates={},
                    names={},
                    fillers={},
                    owed={},
                    facts={},
                ),
                shown_at=there.clock.now(),
            )
    finally:
        child.stop()
    with only_one(lock, Text("bebas", "free again")):
        pass


def test_an_emulator_that_runs_says_where_and_one_that_ended_does_not(
    tmp_path: Path, ffmpeg: str
) -> None:
    assert address_of(tmp_path) is None
    with running(tmp_path, ffmpeg=ffmpeg, clock=SystemClock()) as emulator:
        assert address_of(tmp_path) == emulator.url
    assert address_of(tmp_path) is None


def test_a_leashed_emulator_ends_when_its_input_does(event: Path) -> None:
    argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(event), "youtube", "emulator"]
    told: list[str] = []
    child = Child([*argv, "--leashed", "--port", "0"], feed=True, on_line=told.append)
    try:
        _until(lambda: bool(told), child)
        child.stdin.close()  # as the system does when the demonstration is killed
        assert child.wait(30) == 0, child.tail
    finally:
        child.stop()


def test_plain_progress_is_one_line_each_however_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress(Text("Menyusun", "Composing")) as tell:
        tell(0, 2, "panjang " * 30)
        tell(2, 2, "selesai")
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_the_plan_of_publishing_needs_no_sign_in(
    event: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not read_settings(event).youtube.token.exists()
    assert status(monkeypatch, event, "publish", "--plan", "--json") == 0
    assert "actions" in json.loads(capsys.readouterr().out)


def test_a_broken_template_of_what_videos_say_is_a_fault_of_check(
    event: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = event.parent / "texts"
    folder.mkdir()
    (folder / "clip.id.j2").write_text("{% block title %}{{ nothing.like.it }}{% endblock %}")
    event.write_text(event.read_text() + "youtube: {templates: texts}\n")
    assert status(monkeypatch, event, "check", "--json") == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert "clip.id.j2" in fault["where"]


def test_the_plan_without_youtube_says_why_and_goes_by_the_ledger(
    event: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    event.write_text(event.read_text() + "youtube: {address: 'http://127.0.0.1:9'}\n")
    monkeypatch.setattr("pipeline.publish.youtube.RETRY_S", ())
    assert status(monkeypatch, event, "publish", "--plan") == 0
    told = capsys.readouterr().err
    assert "can't be reached" in told
    assert "by our own ledger" in told
