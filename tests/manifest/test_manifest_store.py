"""The projection: what goes into SQLite comes out the same, however often and by whomever."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.air import JOURNAL
from pipeline.errors import OutsideError
from pipeline.manifest import as_run, project, read_sessions

Opens = Callable[..., Any]
PLANNED = {
    "item": "1-01",
    "title": "Batik & Kopi",
    "kind": "video",
    "stand": 1,
    "start": "2021-11-24T08:00:00+07:00",
    "end": "2021-11-24T08:02:00+07:00",
}


@pytest.fixture
def air(tmp_path: Path, show: Opens) -> Path:
    folder = tmp_path / "air"
    for day in ("2021-11-24", "2021-11-25"):
        one = show(f"{day}T08:00:00+07:00", session=day, stands=[(1, "A", 60)], planned=[PLANNED])
        one.air(100, stand=1, item="1-01")
        one.air(50, kind="slate")
        one.air(100, stand=1, item="1-01", cut=True)
        one.write("missed", item="1-02", title="Tenun", stand=1, reason="waktunya lewat")
        one.deliver(20, 60, error="macet")
        one.write("unrecorded", first_frame=90, frames=5, error="disk penuh")
        one.close()
        one.save(folder)
    return folder


def test_what_is_read_back_is_what_the_journals_say(air: Path, tmp_path: Path, show: Opens) -> None:
    project(air, tmp_path / "m.sqlite")
    one = show("2021-11-26T08:00:00+07:00", session="2021-11-26", stands=[(3, "Baru", 5)])
    one.air(7, stand=3)
    one.save(air)
    project(air, tmp_path / "m.sqlite")
    sessions = read_sessions(tmp_path / "m.sqlite")
    assert sessions[2] == as_run(one.lines)
    assert [run.session for run in sessions] == ["2021-11-24", "2021-11-25", "2021-11-26"]
    assert [airing.occurrence for airing in sessions[0].airings] == [1, 2, 3]
    assert sessions[0].airings[0].delivered_frames == 60 + 20 - 20
    assert sessions[0].missed[0].title == "Tenun"
    assert sessions[0].unrecorded == ((90, 95),)
    assert [outage.error for outage in sessions[0].outages] == [None, "macet"]
    assert sessions[0].planned[0].title == "Batik & Kopi"


def test_projecting_again_changes_nothing(air: Path, tmp_path: Path) -> None:
    project(air, tmp_path / "m.sqlite")
    before = read_sessions(tmp_path / "m.sqlite")
    project(air, tmp_path / "m.sqlite")
    assert read_sessions(tmp_path / "m.sqlite") == before


def test_a_rebuilt_database_says_the_same(air: Path, tmp_path: Path) -> None:
    project(air, tmp_path / "one.sqlite")
    project(air, tmp_path / "two.sqlite")
    assert read_sessions(tmp_path / "one.sqlite") == read_sessions(tmp_path / "two.sqlite")


def test_a_session_whose_journal_is_gone_leaves_the_database(air: Path, tmp_path: Path) -> None:
    project(air, tmp_path / "m.sqlite")
    (air / "2021-11-24" / JOURNAL).unlink()
    project(air, tmp_path / "m.sqlite")
    assert [run.session for run in read_sessions(tmp_path / "m.sqlite")] == ["2021-11-25"]


def test_nothing_projected_yet_is_no_sessions(tmp_path: Path) -> None:
    assert read_sessions(tmp_path / "m.sqlite") == ()


def test_a_journal_just_begun_is_left_for_later(air: Path, tmp_path: Path) -> None:
    (air / "2021-11-30").mkdir()
    (air / "2021-11-30" / JOURNAL).write_bytes(b"")
    project(air, tmp_path / "m.sqlite")
    assert len(read_sessions(tmp_path / "m.sqlite")) == 2


def test_two_processes_can_project_at_once(air: Path, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pipeline.manifest import project\n"
        "for _ in range(12): project(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(air), str(tmp_path / "m.sqlite")]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    assert said == ["", ""]
    project(air, tmp_path / "alone.sqlite")
    assert read_sessions(tmp_path / "m.sqlite") == read_sessions(tmp_path / "alone.sqlite")


def test_the_database_is_one_file_that_may_be_deleted(air: Path, tmp_path: Path) -> None:
    project(air, tmp_path / "m.sqlite")
    assert [path.name for path in tmp_path.glob("m.sqlite*")] == ["m.sqlite"]


def test_a_failed_projection_leaves_the_one_before_it(air: Path, tmp_path: Path) -> None:
    project(air, tmp_path / "m.sqlite")
    before = read_sessions(tmp_path / "m.sqlite")
    journal = air / "2021-11-25" / JOURNAL
    journal.write_bytes(b"{not json}\n" + journal.read_bytes())
    with pytest.raises(OutsideError):
        project(air, tmp_path / "m.sqlite")
    assert read_sessions(tmp_path / "m.sqlite") == before


def test_a_file_that_is_no_database_is_said_with_what_to_do(air: Path, tmp_path: Path) -> None:
    (tmp_path / "m.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(OutsideError, match=r"m\.sqlite") as refused:
        project(air, tmp_path / "m.sqlite")
    assert refused.value.hint is not None
