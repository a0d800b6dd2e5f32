"""A disk that takes no more, as the kernel does it: a part of a write, then an error."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.air import JOURNAL, Player, Session, airings, check_chain, play, read_journal
from pipeline.air.journal import JournalWriter
from pipeline.air.log import ProgramLog, pictures
from pipeline.clock import HandClock
from pipeline.errors import OutsideError
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes; CPython ignores SIGXFSZ, so writes fail."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> Any:
    path = make_segment(tmp_path_factory.mktemp("one") / "one.ts", 150, 30)
    return SimpleNamespace(key="one", path=path, kind="video", frames=150, loop=False)


def broadcast(
    folder: Path, segment: Any, on_frame: Callable[[Player], None] = lambda player: None
) -> list[dict[str, Any]]:
    item = Item(
        id="1-01", kind=Kind.VIDEO, title="A", at=NINE, duration_s=6, start=StartMode.FOLLOW
    )
    planned = plan(RundownSession(id="s", day=NINE.date(), items=(item,)))
    session = Session("s", planned, {"1-01": segment}, {None: segment}, {})
    play(
        folder,
        session,
        Rate(25),
        shown_at=NINE,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(NINE),
        on_frame=on_frame,
    )
    return [dict(line) for line in read_journal(folder / JOURNAL).lines]


@pytest.mark.parametrize("size", [5_001, 60_000, 123_457])
def test_a_full_disk_is_one_clear_error_and_what_aired_before_is_whole(
    tmp_path: Path, segment: Any, picture_hashes: Callable[[Path], list[str]], size: int
) -> None:
    with files_end_at(size), pytest.raises(OutsideError, match="can't write the program"):
        broadcast(tmp_path, segment)

    lines = [dict(line) for line in read_journal(tmp_path / JOURNAL).lines]
    part = tmp_path / "program-0001.ts"
    assert check_chain(lines) == ()
    assert lines[-1]["event"] == "close"
    (airing,) = airings(lines)
    assert airing.cut
    assert airing.frames == lines[-1]["frames"] == len(list(pictures(part.read_bytes())))
    if airing.frames:
        assert picture_hashes(part) == picture_hashes(segment.path)[: airing.frames]

    lines = broadcast(tmp_path, segment)
    assert [a.first_frame for a in airings(lines)] == [0, airing.frames]
    assert lines[-1]["frames"] == airing.frames + 150


def test_half_a_journal_line_never_stays(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / JOURNAL)
    journal.write("open", at=NINE, frame=0)
    written = (tmp_path / JOURNAL).read_bytes()
    with files_end_at(len(written) + 20), pytest.raises(OutsideError, match="journal"):
        journal.write("note", at=NINE, frame=1)
    assert (tmp_path / JOURNAL).read_bytes() == written

    journal.write("close", at=NINE, frame=1)
    journal.close()
    lines = read_journal(tmp_path / JOURNAL).lines
    assert [line["event"] for line in lines] == ["open", "close"]
    assert check_chain(lines) == ()


def test_a_fault_in_the_middle_leaves_journal_and_log_in_step(
    tmp_path: Path, segment: Any, picture_hashes: Callable[[Path], list[str]]
) -> None:
    def interrupt(player: Player) -> None:
        if player.frames == 76:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broadcast(tmp_path, segment, interrupt)

    lines = [dict(line) for line in read_journal(tmp_path / JOURNAL).lines]
    assert [line["event"] for line in lines] == ["open", "part", "start", "end", "close"]
    assert 73 <= lines[-1]["frames"] <= 76
    assert len(picture_hashes(tmp_path / "program-0001.ts")) == lines[-1]["frames"]


def test_a_crash_before_the_new_part_leaves_the_parts_before_untouched(
    tmp_path: Path, segment: Any
) -> None:
    broadcast(tmp_path, segment)
    before = (tmp_path / "program-0001.ts").read_bytes()
    journal = JournalWriter(tmp_path / JOURNAL)
    journal.write("open", at=NINE, frame=150)
    journal.close()

    lines = broadcast(tmp_path, segment)
    assert (tmp_path / "program-0001.ts").read_bytes() == before
    assert [a.first_frame for a in airings(lines)] == [0, 150]


def test_a_crash_between_two_items_takes_nothing_from_the_one_that_ended(
    tmp_path: Path, segment: Any
) -> None:
    lines = broadcast(tmp_path, segment)
    text = (tmp_path / JOURNAL).read_bytes().splitlines(keepends=True)
    assert lines[-1]["event"] == "close"
    (tmp_path / JOURNAL).write_bytes(b"".join(text[:-1]))

    again = broadcast(tmp_path, segment)
    assert [(a.first_frame, a.frames) for a in airings(again)] == [(0, 150), (150, 150)]
    assert len(list(pictures((tmp_path / "program-0001.ts").read_bytes()))) == 150


@pytest.mark.parametrize("left", [0, 100, 188 * 2, 188 * 3])
def test_a_part_that_holds_no_picture_yet_is_repaired_too(
    tmp_path: Path, segment: Any, left: int
) -> None:
    broadcast(tmp_path, segment)
    text = (tmp_path / JOURNAL).read_bytes().splitlines(keepends=True)
    (tmp_path / JOURNAL).write_bytes(b"".join(text[:3]))
    part = tmp_path / "program-0001.ts"
    part.write_bytes(part.read_bytes()[:left])

    lines = broadcast(tmp_path, segment)
    assert [(a.first_frame, a.frames) for a in airings(lines)] == [(0, 0), (0, 150)]


def test_a_part_that_was_taken_away_doesnt_stop_the_next(tmp_path: Path) -> None:
    for _ in range(2):
        ProgramLog(tmp_path).close()
    (tmp_path / "program-0001.ts").unlink()

    log = ProgramLog(tmp_path)
    log.close()
    assert log.path.name == "program-0003.ts"
