"""The recorder loses nothing when the disk refuses lines, frames or both, and when air is killed then."""

import contextlib
import errno
import json
import os
import queue
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from peers import chunks

from pipeline.air import JOURNAL, Line, airings, check_chain, read_journal, recordings, unrecorded
from pipeline.air.destinations import Delivery
from pipeline.air.journal import FULL, RESERVE, RESERVED, JournalWriter, refusal
from pipeline.air.log import Part, pictures
from pipeline.air.program import Chunk, Program
from pipeline.air.recorder import Recorder
from pipeline.air.repair import repair
from pipeline.air.watermarks import keep_watermarks, read_watermarks
from pipeline.clock import HandClock
from pipeline.errors import OutsideError, Text
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
RATE, GOP = Rate(25), 50
PLENTY = 1 << 30


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> list[Chunk]:
    """Sixteen seconds of a program."""
    segment = make_segment(tmp_path_factory.mktemp("recorder") / "a.ts", 50, 30)
    return chunks(segment, RATE, 400)[1]


class Disk:
    """Stands between the recorder and its folder: so many bytes are free, and errors come on demand."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.free = folder, PLENTY
        self.refuses_line: Callable[[str], bool] = lambda line: False
        self.refuses_frames = False
        self.refused = 0
        self._reserved = False
        write, append = os.write, Part.write
        folder = folder.resolve()

        def line(file: int, data: bytes) -> int:
            if Path(f"/proc/self/fd/{file}").readlink() == folder / JOURNAL:
                if self.refuses_line(bytes(data).decode()):
                    self.refused += 1
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                self._take(len(data))
            return write(file, data)

        def frame(part: Part, data: bytes) -> None:
            if self.refuses_frames:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            self._take(len(data))
            append(part, data)

        monkeypatch.setattr(os, "write", line)
        monkeypatch.setattr(Part, "write", frame)
        monkeypatch.setattr(os, "statvfs", self._told)

    def _told(self, path: Path) -> SimpleNamespace:
        self._look()
        return SimpleNamespace(f_bavail=self.free, f_frsize=1)

    def _look(self) -> None:
        """Room that the reserve takes, or gives."""
        there = (self.folder / RESERVE).exists()
        self.free += RESERVED * (self._reserved - there)
        self._reserved = there

    def _take(self, size: int) -> None:
        self._look()
        if size > self.free:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self.free -= size


class Show:
    """A program that is recorded into a folder, frame by frame, on a clock that it turns."""

    def __init__(self, folder: Path, made: list[Chunk], first_frame: int = 0) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self._chunks = folder, made
        self._program = Program(RATE.fps, first_frame)
        self._clock = HandClock(NINE)
        self._events: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._on: int | None = None
        self._occurrence = 0
        self.recorder = Recorder(
            folder,
            JournalWriter(folder / JOURNAL),
            self._program,
            self._clock,
            self._events,
            lambda line: None,
        )
        self.note("open", session="s", fps=25, sampling=48000, ahead_s=0)

    def note(self, event: str, **fields: Any) -> None:
        self.recorder.note(event, at=self._clock.now(), frame=self._program.head, **fields)

    def start(self) -> None:
        """Ends what is on, and the next item begins."""
        self.end()
        self._on, self._occurrence = self._program.head, self._occurrence + 1
        names = dict.fromkeys(("stand", "stand_name", "planned_kind"))
        item = {"item": f"{self._occurrence}", "kind": "video", "title": "A", "segment": "a"}
        self.note("start", occurrence=self._occurrence, first_frame=self._on, **names, **item)

    def end(self) -> None:
        if self._on is not None:
            frames = self._program.head - self._on
            self.note(
                "end",
                occurrence=self._occurrence,
                first_frame=self._on,
                frames=frames,
                packets="",
                cut=False,
            )
            self._on = None

    def until(self, frame: int) -> None:
        """Plays the frames before this one, each recorded, or not, before the next."""
        for number in range(self._program.head, frame):
            self._clock.turn(1 / RATE.fps)
            chunk = self._chunks[number]
            self._program.append(chunk)
            self.recorder.chunk(chunk)
            while self._program.recorded <= number:
                self._program.read(number, 1.0)

    def delivered(self, state: str, frames: int, first_frame: int = 0) -> None:
        self._events.put(Delivery("tujuan", state, first_frame, frames))

    def close(self) -> list[Line]:
        self.end()
        self.note("close", frames=self._program.head)
        self.recorder.close()
        return self.lines()

    def lines(self) -> list[Line]:
        return list(read_journal(self.folder / JOURNAL).lines)

    def killed(self) -> tuple[int, list[Line]]:
        """What repair makes of the folder as it is now: frames, and the journal."""
        copy = self.folder.with_name("killed")
        shutil.copytree(self.folder, copy)
        with contextlib.suppress(OutsideError):
            self.recorder.close()
        frames = repair(copy, RATE, HandClock(NINE))
        lines = list(read_journal(copy / JOURNAL).lines)
        agree(copy, lines)
        return frames, lines


def agree(folder: Path, lines: list[Line]) -> None:
    """Journal and log tell the same, and every frame is an airing's, and recorded or said not to be."""
    assert check_chain(lines) == ()
    for part in recordings(lines):
        assert len(list(pictures((folder / part.part).read_bytes()))) == part.frames, part
    aired = airings(lines)
    assert [a.first_frame + a.frames for a in aired] == [
        *(a.first_frame for a in aired[1:]),
        lines[-1]["frames"],
    ]
    lost = sum(stop - begin for begin, stop in unrecorded(lines))
    assert sum(part.frames for part in recordings(lines)) + lost == lines[-1]["frames"]


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
    assert disk.refused == 1 + 250 // GOP
    disk.refuses_line = lambda line: False
    one.until(351)
    assert one.recorder.trouble is None
    lines = one.close()
    agree(disk.folder, lines)
    assert unrecorded(lines) == ((50, 350),)
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


def test_killed_with_a_full_disk_air_comes_back_and_records_again_when_there_is_room(
    disk: Disk, made: list[Chunk]
) -> None:
    one = show(disk, made)
    with contextlib.suppress(OutsideError):
        one.recorder.close()  # as a kill leaves it
    assert (disk.folder / RESERVE).stat().st_size == RESERVED
    disk.free = 0
    frames = repair(disk.folder, RATE, HandClock(NINE))
    assert 47 <= frames <= 50

    two = Show(disk.folder, made, first_frame=frames)
    two.start()
    two.until(150)
    assert two.recorder.trouble == FULL
    assert not (disk.folder / RESERVE).exists(), "it would fill the disk again"
    assert recordings(two.lines())[-1].part == "program-0001.ts"
    disk.free = PLENTY
    two.until(201)
    assert two.recorder.trouble is None
    assert (disk.folder / RESERVE).stat().st_size == RESERVED
    lines = two.close()
    agree(disk.folder, lines)
    assert unrecorded(lines) == ((frames, 200),)


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
    frames, lines = one.killed()
    assert frames == 190
    assert unrecorded(lines) == ((60, 190),)
    assert [(a.frames, a.delivered_frames, a.packets) for a in airings(lines)] == [(190, 190, "")]
    lost = [line for line in lines if line["event"] == "delivery" and line["state"] == "lost"]
    assert [(line["first_frame"], line["frames"]) for line in lost] == [(0, 190)]


def test_killed_while_recording_nothing_counts_but_what_the_log_can_show(
    disk: Disk, made: list[Chunk]
) -> None:
    one = Show(disk.folder, made)
    one.start()
    one.until(72)
    one.delivered("progress", 72)
    one.until(73)
    frames, lines = one.killed()
    assert 70 <= frames <= 72
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
