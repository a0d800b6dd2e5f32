"""What air really wrote is accounted for to the frame, and proved, through joins, cuts and a crash."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from made import Made

from pipeline.air import JOURNAL, Session, play, read_journal
from pipeline.clock import HandClock
from pipeline.manifest import Links, Manifest, account, as_run, project, read_sessions, verify
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as Day
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
LENGTHS = {"1-01": 100, "1-02": 75, "1-03": 125, "jeda": 50}


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, make_segment: Callable[[Path, int, int], Path]
) -> dict[str, Made]:
    folder = tmp_path_factory.mktemp("segmen")
    return {
        name: Made(
            f"{n:064}",
            make_segment(folder / f"{name}.ts", frames, 40 * n),
            "slate" if name == "jeda" else "video",
            frames,
            loop=name == "jeda",
        )
        for n, (name, frames) in enumerate(LENGTHS.items())
    }


@pytest.fixture
def air(tmp_path: Path, shelf: dict[str, Made]) -> Callable[[float], Path]:
    """Plays the day from that many seconds after nine, beside what was played before."""
    items = [
        Item(
            id=f"1-{n:02}",
            kind=Kind.VIDEO,
            title=f"Acara {n}",
            at=NINE + timedelta(seconds=at),
            duration_s=length,
            start=StartMode.FIXED,
            stand=7,
        )
        for n, at, length in ((1, 0, 4), (2, 6, 3), (3, 8, 5))
    ]
    day = plan(Day(id="2021-11-24", day=NINE.date(), items=tuple(items)))
    session = Session("2021-11-24", day, shelf, {None: shelf["jeda"]}, {7: "Batik Contoh"})
    facts: dict[str, Any] = {
        "event_name": "Uji",
        "stands": [{"number": 7, "name": "Batik Contoh", "entitled_s": 20}],
        "planned": [],
    }

    def played(start_s: float) -> Path:
        start = NINE + timedelta(seconds=start_s)
        folder = tmp_path / "air" / session.id
        clock = HandClock(start)
        play(
            folder,
            session,
            Rate(25),
            shown_at=start,
            facts=facts,
            destinations=(),
            ffmpeg="unused",
            clock=clock,
        )
        return folder

    return played


def proved(folder: Path, shelf: dict[str, Made], ffmpeg: str) -> Manifest:
    paths = {made.key: made.path for made in shelf.values()}
    verdict = verify(folder, paths.get, ffmpeg, deep=True)
    assert verdict.faults == ()
    database = folder.parent.parent / "manifest.sqlite"
    project(folder.parent, database)
    manifest = account(
        None,
        read_sessions(database),
        Links(),
        event="Uji",
        zone=ZoneInfo("Asia/Jakarta"),
        generated=NINE,
    )
    (session,) = manifest.sessions
    assert session.program * 25 == verdict.checked_frames
    assert sum(entry.airing.frames for entry in session.airings) == verdict.checked_frames
    return manifest


def test_holes_and_cuts_are_accounted_to_the_frame(
    air: Callable[[float], Path], shelf: dict[str, Made], ffmpeg: str
) -> None:
    (stand,) = proved(air(0), shelf, ffmpeg).stands
    assert [entry.airing.item for entry in stand.airings] == ["1-01", "1-02", "1-03"]
    assert stand.airings[1].airing.cut
    assert stand.aired * 25 == sum(entry.airing.frames for entry in stand.airings)
    assert stand.owed == 20 - stand.aired


def test_a_session_joined_late_is_proved_from_where_it_was_joined(
    air: Callable[[float], Path], shelf: dict[str, Made], ffmpeg: str
) -> None:
    (stand,) = proved(air(10.5), shelf, ffmpeg).stands
    assert [entry.airing.item for entry in stand.airings] == ["1-03"]
    assert stand.aired < 5


def test_a_session_resumed_after_a_crash_is_one_account(
    air: Callable[[float], Path], shelf: dict[str, Made], ffmpeg: str
) -> None:
    folder = air(0)
    journal = folder / JOURNAL
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:-2]))  # killed before it could write the end and the close
    (stand,) = proved(air(10.5), shelf, ffmpeg).stands
    assert [entry.airing.part for entry in stand.airings][-1] == "program-0002.ts"
    assert [entry.airing.occurrence for entry in stand.airings] == sorted(
        {entry.airing.occurrence for entry in stand.airings}
    )


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The system refuses to let a file grow beyond that, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_program_whose_log_the_disk_refused_is_accounted_to_the_frame(
    air: Callable[[float], Path], shelf: dict[str, Made], ffmpeg: str
) -> None:
    with files_no_larger_than(100_000):
        folder = air(0)
    lines = read_journal(folder / JOURNAL).lines
    verdict = verify(folder, {m.key: m.path for m in shelf.values()}.get, ffmpeg, deep=True)
    assert verdict.faults == ()
    assert verdict.unrecorded_frames > 25
    assert verdict.checked_frames + verdict.unrecorded_frames == lines[-1]["frames"]

    run = as_run(lines)
    assert run is not None
    made = account(None, [run], Links(), event="Uji", zone=ZoneInfo("UTC"), generated=NINE)
    (session,) = made.sessions
    assert session.unrecorded_frames == verdict.unrecorded_frames
    assert sum(entry.airing.frames for entry in session.airings) == lines[-1]["frames"]
