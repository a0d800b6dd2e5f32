"""The recorder loses nothing when the disk refuses lines, frames or both, and when air is killed then."""

import contextlib
import errno
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from peers import chunks
from refusing import NINE, PLENTY, RATE, Disk, Show, agree

from pipeline.air import airings, recordings, unrecorded
from pipeline.air.journal import FULL, RESERVE, RESERVED, refusal
from pipeline.air.program import Chunk
from pipeline.air.repair import repair
from pipeline.air.watermarks import keep_watermarks, read_watermarks
from pipeline.clock import HandClock
from pipeline.errors import OutsideError, Text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> list[Chunk]:
    """Sixteen seconds of a program."""
    segment = make_segment(tmp_path_factory.mktemp("recorder") / "a.ts", 50, 30)
    return chunks(segment, RATE, 400)[1]


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(tmp_path / "s", monkeypatch)


def show(disk: Disk, made: list[Chunk]) -> Show:
    """One with an item on air for fifty frames."""
    one = Show(disk.folder, made)
    one.start()
    one.until(50)
    return one


def once(disk: Disk, event: str) -> None:
    """The disk refuses the next line of an event, then takes it."""

    def refuses(line: str) -> bool:
        if f'"event":"{event}"' not in line:
            return False
        disk.refuses_line = lambda line: False
        return True

    disk.refuses_line = refuses


def test_while_a_line_waits_no_frame_is_recorded_that_a_kill_would_leave_without_its_airing(
    disk: Disk, made: list[Chunk]
) -> None:
    one = show(disk, made)
    once(disk, "start")
    one.start()
    one.until(70)
    assert one.recorder.trouble == Text(
        "jurnal tak dapat ditulis: disk bermasalah (EIO)",
        "can't write the journal: the disk is failing (EIO)",
    )
    one.until(220)
    assert one.recorder.trouble is None
    frames, lines = one.killed()
    assert 217 <= frames <= 220
    assert [(a.first_frame, a.frames) for a in airings(lines)] == [(0, 50), (50, frames - 50)]
    assert unrecorded(lines) == ((50, 100),), "it goes on with the first keyframe after a second"


def test_lines_that_wait_are_tried_once_a_second_without_a_new_fact(
    disk: Disk, made: list[Chunk]
) -> None:
    one = show(disk, made)
    disk.refuses_line = lambda line: True
    one.start()
    one.until(300)
    assert disk.refused == 2 + 4, "two facts, and the keyframes of four times two seconds"
    disk.refuses_line = lambda line: False
    one.until(350)
    assert one.recorder.trouble is None
    lines = one.close()
    agree(disk.folder, lines)
    assert unrecorded(lines) == ((50, 300),)
    assert [line["event"] for line in lines].count("alarm") == 1


@pytest.mark.parametrize("event", ["unrecorded", "part", "alarm"])
def test_a_part_whose_own_lines_are_refused_is_given_up_and_the_trouble_stays(
    disk: Disk, made: list[Chunk], event: str
) -> None:
    one = show(disk, made)
    disk.refuses_frames = True
    one.until(60)
    disk.refuses_frames = False
    once(disk, event)
    one.until(110)
    assert (one.recorder.trouble is None) == (event == "alarm")
    one.until(210)
    assert one.recorder.trouble is None
    lines = one.close()
    agree(disk.folder, lines)
    assert recordings(lines)[-1].stop == 210


def test_a_disk_that_refuses_frames_only_is_not_filled_with_empty_parts(
    disk: Disk, made: list[Chunk]
) -> None:
    one = show(disk, made)
    disk.refuses_frames = True
    one.until(300)
    assert one.recorder.trouble == Text("disk bermasalah (EIO)", "the disk is failing (EIO)")
    assert len(list(disk.folder.glob("program-*.ts"))) == 1
    events = [line["event"] for line in one.lines()]
    assert events == ["open", "part", "start", "alarm"]
    one.close()


def test_when_lines_are_refused_first_the_reserve_is_for_lines_only(
    disk: Disk, made: list[Chunk]
) -> None:
    one = show(disk, made)
    disk.free = 0
    one.note("mark", order="m", by="", item=None, text="")
    one.until(350)
    assert one.recorder.trouble == FULL
    for number in range(300):
        one.note("mark", order=f"{number}", by="", item=None, text="")
    lines = one.close()
    agree(disk.folder, lines)
    assert [line["event"] for line in lines].count("mark") == 301
    assert unrecorded(lines) == ((50, 350),)


@pytest.mark.parametrize("left", [0, 4096])
def test_killed_with_a_full_disk_air_comes_back_and_records_again_when_there_is_room(
    disk: Disk, made: list[Chunk], left: int
) -> None:
    one = show(disk, made)
    with contextlib.suppress(OutsideError):
        one.recorder.close()  # as a kill leaves it
    assert (disk.folder / RESERVE).stat().st_size == RESERVED
    disk.free = left
    frames = repair(disk.folder, RATE, HandClock(NINE))
    assert 47 <= frames <= 50
    assert not (disk.folder / RESERVE).exists(), "what else a program begins with needs room"

    two = Show(disk.folder, made, first_frame=frames)
    two.start()
    two.until(150)
    assert two.recorder.trouble == FULL
    assert not (disk.folder / RESERVE).exists(), "it would fill the disk again"
    assert recordings(two.lines())[-1].part == "program-0001.ts"
    disk.free = PLENTY
    two.until(200)
    assert two.recorder.trouble is None
    assert (disk.folder / RESERVE).stat().st_size == RESERVED
    lines = two.close()
    agree(disk.folder, lines)
    assert unrecorded(lines) == ((frames, 150),)


@pytest.mark.parametrize("how", ["connected", "lost", "lost, but the line waits"])
def test_killed_while_not_recording_what_was_delivered_stays(
    disk: Disk, made: list[Chunk], how: str
) -> None:
    one = Show(disk.folder, made)
    one.start()
    one.delivered("connected", 0)
    one.until(60)
    if how == "lost, but the line waits":
        disk.refuses_line = lambda line: True
    disk.refuses_frames = True
    one.until(120)
    one.delivered("progress", 80)
    one.until(200)
    if how == "connected":
        one.delivered("progress", 190)
    else:
        one.delivered("lost", 190)
    one.until(201)
    assert read_watermarks(disk.folder) == ({} if how == "lost" else {("tujuan", 0): 190})
    frames, lines = one.killed()
    ((begin, stop),) = unrecorded(lines)
    assert 57 <= begin <= 60
    assert frames == stop == 190
    assert [(a.frames, a.delivered_frames, a.packets) for a in airings(lines)] == [(190, 190, "")]
    lost = [line for line in lines if line["event"] == "delivery" and line["state"] == "lost"]
    assert [(line["first_frame"], line["frames"]) for line in lost] == [(0, 190)]


def test_killed_while_recording_nothing_counts_but_what_the_log_can_show(
    disk: Disk, made: list[Chunk]
) -> None:
    one = Show(disk.folder, made)
    one.start()
    one.until(59)
    one.delivered("progress", 59)
    one.until(60)
    frames, lines = one.killed()
    assert 57 <= frames < 59, "the pictures after it need one that isn't there"
    assert unrecorded(lines) == ()
    assert [a.delivered_frames for a in airings(lines)] == [frames]


def test_an_airing_names_the_part_that_holds_its_beginning_or_none(
    disk: Disk, made: list[Chunk]
) -> None:
    one = show(disk, made)
    disk.refuses_frames = True
    for frame in (80, 110, 140):
        one.start()
        one.until(frame)
    disk.refuses_frames = False
    one.until(260)
    frames, repaired = one.killed()
    assert [a.part for a in airings(repaired)] == ["program-0001.ts", "", "", "program-0002.ts"]
    assert 257 <= frames <= 260


def test_an_airing_whose_end_is_said_in_order_names_that_part_too(
    disk: Disk, made: list[Chunk]
) -> None:
    one = show(disk, made)
    disk.refuses_frames = True
    for frame in (80, 110):
        one.start()
        one.until(frame)
    disk.refuses_frames = False
    one.until(160)
    lines = one.close()
    agree(disk.folder, lines)
    assert [a.part for a in airings(lines)] == ["program-0001.ts", "", "program-0002.ts"]


def test_lines_that_no_disk_takes_are_put_where_temporary_files_go(
    disk: Disk, made: list[Chunk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    one = show(disk, made)
    disk.refuses_line = lambda line: True
    with pytest.raises(OutsideError, match="journal can't be written") as told:
        one.close()
    (rescued,) = tmp_path.glob("*.jsonl")
    assert str(rescued) in told.value.what.id
    events = [json.loads(line)["event"] for line in rescued.read_text().splitlines()]
    assert events == ["end", "alarm", "close"]
    assert [line["event"] for line in one.lines()] == ["open", "part", "start"]


def test_what_the_disk_refuses_is_said_in_both_languages() -> None:
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
        why = refusal(OSError(number, os.strerror(number)))
        assert why.id.startswith("disk ")
        assert why.en != os.strerror(number)
    assert refusal(OSError(errno.ENOSPC, "")) == refusal(OSError(errno.EDQUOT, "")) == FULL


def test_watermarks_are_those_written_last_also_after_more_and_none_when_torn(
    tmp_path: Path,
) -> None:
    many = {(f"tujuan {number}", number): 1 for number in range(400)}
    keep_watermarks(tmp_path, many)
    assert read_watermarks(tmp_path) == many
    keep_watermarks(tmp_path, {("a", 7): 190})
    assert read_watermarks(tmp_path) == {("a", 7): 190}
    (tmp_path / "delivered.json").write_bytes(bytes(4096))
    assert read_watermarks(tmp_path) == {}
