"""A recorder on a disk that refuses on demand: what its tests steer, and what must hold afterwards.

The disk stands between the recorder and its folder, where bytes are written and room is asked for.
"""

import contextlib
import errno
import os
import queue
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.air import JOURNAL, Line, airings, check_chain, read_journal, recordings, unrecorded
from pipeline.air.destinations import Delivery
from pipeline.air.journal import RESERVE, RESERVED, JournalWriter
from pipeline.air.log import Part, pictures
from pipeline.air.program import Chunk, Program
from pipeline.air.recorder import Recorder
from pipeline.air.repair import repair
from pipeline.clock import HandClock
from pipeline.errors import OutsideError
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
RATE = Rate(25)
PLENTY = 1 << 30


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
        self._occurrence = first_frame  # no airing before has that number
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
