"""Takes the program and what happened to disk, in a thread of its own, in the order in which they came.

Chunks go to the parts of the log, facts to the journal. A frame is in the log only after the line of its
airing's start is in the journal. When the disk refuses, the program goes on without being recorded:
lines wait in memory, and once there is room the journal says which frames are in no part.
"""

import contextlib
import errno
import json
import os
import queue
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.air.destinations import Delivery
from pipeline.air.journal import JournalWriter, Line
from pipeline.air.log import Part, tables
from pipeline.air.program import KEEP_SECONDS, Chunk, Program
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text

RETRY_SECONDS = 1.0
RESERVE, RESERVED = "reserve", 1 << 18
"""A file that is given up when the disk is full, so that the journal has room for what happened."""
ROOM_SECONDS = 10
"""Recording goes on when there is room for so much of the program."""
WATERMARKS = "delivered.json"
"""What each destination has accepted so far, for the case that air is killed."""
WATERMARKS_SIZE = 4096


@dataclass(frozen=True, slots=True)
class _Fact:
    event: str
    at: datetime
    frame: int
    fields: dict[str, Any]


class Recorder:
    """`note` and `chunk` never wait for the disk; `close` waits until all is written, or given up."""

    def __init__(
        self,
        folder: Path,
        journal: JournalWriter,
        program: Program,
        clock: Clock,
        events: "queue.SimpleQueue[Delivery]",
        on_line: Callable[[Line], None],
    ) -> None:
        self._folder = folder
        self._journal = journal
        self._program = program
        self._clock = clock
        self._events = events
        self._on_line = on_line
        self._queue: queue.SimpleQueue[Chunk | _Fact | None] = queue.SimpleQueue()
        self._room = threading.Event()
        self._most = KEEP_SECONDS * program.fps
        self._waiting: deque[_Fact] = deque()
        self._part: Part | None = None
        self._next = program.head
        self._retry = 0.0
        self._last = (clock.now(), program.head)
        self._delivered: dict[str, list[int]] = {}
        self._began: dict[int, str] = {}
        self._newest = ""
        self._broken: BaseException | None = None
        self.trouble: str | None = None
        """Why the program isn't being recorded; None while it is."""
        self._keep_reserve()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def part(self) -> str:
        """The name of the newest part."""
        return self._newest

    def note(self, event: str, *, at: datetime, frame: int, **fields: Any) -> None:
        """Hands over a fact that became true at wall time `at`, when `frame` frames had aired."""
        self._queue.put(_Fact(event, at, frame, fields))

    def chunk(self, chunk: Chunk) -> None:
        """Hands over the next frame; when the disk is far behind, it won't be recorded."""
        if self._queue.qsize() >= self._most:
            self._room.clear()
            if self._queue.qsize() >= self._most and not self._clock.wait(self._room, 0.0):
                return
        self._queue.put(chunk)

    def close(self) -> None:
        """Writes what is left; OutsideError when lines of the journal could not be written."""
        self._queue.put(None)
        self._thread.join()
        if self._broken is not None:
            raise self._broken
        if self._waiting:
            raise _unwritten(self._rescue(), self.trouble)

    def _run(self) -> None:
        try:
            while (entry := self._queue.get()) is not None:
                if not self._room.is_set() and self._queue.qsize() < self._most // 2:
                    self._room.set()
                self._note_deliveries()
                if isinstance(entry, Chunk):
                    self._write(entry)
                else:
                    self._fact(entry)
            self._note_deliveries()
            self._flush()
        except BaseException as error:  # told by `close`: the program goes on without us
            self._broken = error
            self.trouble = str(error)
        finally:
            self._room.set()
            if self._part is not None:
                self._part.close()
            self._journal.close()

    # Frames

    def _write(self, chunk: Chunk) -> None:
        if self._part is None or chunk.frame != self._next:
            self._leave_part()
            if not self._may_go_on(chunk) or not self._new_part(chunk):
                self._program.reached(chunk.frame + 1)
                return
        assert self._part is not None
        try:
            if chunk.key:
                self._part.sync()  # a power cut takes no more than a GOP
            self._part.write(chunk.data)
        except OSError as error:
            self._refused(error)
        else:
            self._next = chunk.frame + 1
        self._program.reached(chunk.frame + 1)

    def _may_go_on(self, chunk: Chunk) -> bool:
        """Whether it is time to try the disk again, and there is room."""
        if not chunk.key or self._clock.monotonic() < self._retry:
            return False
        if self.trouble is None:
            return self._flush()
        self._retry = self._clock.monotonic() + RETRY_SECONDS
        try:
            disk = os.statvfs(self._folder)
        except OSError:
            return False
        needed = self._program.bytes_a_frame * self._program.fps * ROOM_SECONDS
        return disk.f_bavail * disk.f_frsize > needed + 2 * RESERVED and self._flush()

    def _new_part(self, chunk: Chunk) -> bool:
        """Opens the next part; the journal first says which frames are in none."""
        try:
            part = Part(self._folder)
            if not tables(chunk.data):
                part.write(self._program.tables)
        except OSError as error:
            self._refused(error)
            return False
        lost, self._part, self._newest = chunk.frame - self._next, part, part.path.name
        if lost:
            self._say("unrecorded", chunk.frame, first_frame=self._next, frames=lost)
        self._say("part", chunk.frame, part=part.path.name, first_frame=chunk.frame)
        self._next = chunk.frame
        self.trouble = None
        self._keep_reserve()
        return True

    def _leave_part(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None

    def _refused(self, error: OSError) -> None:
        """The disk takes no more: an alarm, and another try later."""
        self._leave_part()
        self._retry = self._clock.monotonic() + RETRY_SECONDS
        if self.trouble is None:
            self.trouble = error.strerror or str(error)
            self._say("alarm", self._next, what="recording", error=self.trouble)

    # Lines

    def _fact(self, fact: _Fact) -> None:
        self._last = (fact.at, fact.frame)
        match fact.event:
            case "start":
                self._began[fact.fields["occurrence"]] = self._newest
                fact.fields.update(self._place())
            case "kept":
                fact.fields.update(self._place())
            case "end":
                fact.fields["part"] = self._began.pop(fact.fields["occurrence"])
                self._sync()
            case "close":
                lost = fact.frame - self._next
                if lost > 0:
                    self._say("unrecorded", fact.frame, first_frame=self._next, frames=lost)
        self._waiting.append(fact)
        self._flush()
        if fact.event == "open":
            self._first_part(fact.frame)

    def _first_part(self, frame: int) -> None:
        """The part of a run is there before its first airing."""
        try:
            self._part = Part(self._folder)
        except OSError as error:
            self._refused(error)
            return
        self._newest = self._part.path.name
        self._say("part", frame, part=self._newest, first_frame=frame)

    def _place(self) -> dict[str, Any]:
        """Where the next frame will be; nowhere while nothing is recorded."""
        if self._part is None:
            return {}
        return {"part": self._part.path.name, "offset": self._part.size}

    def _sync(self) -> None:
        """What the journal is about to say of the log is on disk before it is said."""
        if self._part is not None:
            try:
                self._part.sync()
            except OSError as error:
                self._refused(error)

    def _say(self, event: str, frame: int, **fields: Any) -> None:
        """A line of the recorder's own, at the time of a frame."""
        at, known = self._last
        moment = at + timedelta(seconds=(frame - known) / self._program.fps)
        self._waiting.append(_Fact(event, moment, frame, fields))
        self._flush()

    def _flush(self) -> bool:
        """Writes the lines that wait, in order; whether none is left."""
        while self._waiting:
            fact = self._waiting[0]
            try:
                line = self._line(fact)
            except OutsideError as error:
                self.trouble = self.trouble or error.what.id
                return False
            self._waiting.popleft()
            self._on_line(line)
        return True

    def _line(self, fact: _Fact) -> Line:
        """One line; when the disk is full, the reserve makes room for it."""
        try:
            return self._journal.write(fact.event, at=fact.at, frame=fact.frame, **fact.fields)
        except OutsideError as error:
            if not _full(error) or not (self._folder / RESERVE).exists():
                raise
            with contextlib.suppress(OSError):
                (self._folder / RESERVE).unlink()
            return self._journal.write(fact.event, at=fact.at, frame=fact.frame, **fact.fields)

    def _keep_reserve(self) -> None:
        path = self._folder / RESERVE
        with contextlib.suppress(OSError):
            if not path.exists():
                path.write_bytes(bytes(RESERVED))

    # Deliveries

    def _note_deliveries(self) -> None:
        changed = False
        while not self._events.empty():
            delivery = self._events.get()
            changed = True
            if delivery.state in ("connected", "progress"):
                self._delivered[delivery.destination] = [delivery.first_frame, delivery.frames]
            else:
                self._delivered.pop(delivery.destination, None)
            if delivery.state != "progress":
                self._say("delivery", self._program.head, **asdict(delivery))
        if changed:
            self._keep_watermarks()

    def _keep_watermarks(self) -> None:
        """In place and in one write, which a kill can't tear; a power cut may."""
        data = json.dumps(self._delivered).encode().ljust(WATERMARKS_SIZE)
        with contextlib.suppress(OSError):
            descriptor = os.open(self._folder / WATERMARKS, os.O_WRONLY | os.O_CREAT, 0o644)
            try:
                os.pwrite(descriptor, data, 0)
            finally:
                os.close(descriptor)

    def _rescue(self) -> Path | None:
        """Puts the lines that the disk didn't take where temporary files go."""
        lines = [
            {"event": f.event, "at": f.at.isoformat(), "frame": f.frame, **f.fields}
            for f in self._waiting
        ]
        path = Path(tempfile.gettempdir()) / f"tayang-{self._folder.name}-{os.getpid()}.jsonl"
        try:
            path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        except OSError:
            return None
        return path


def _full(error: OutsideError) -> bool:
    cause = error.__cause__
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)


def _unwritten(rescue: Path | None, trouble: str | None) -> OutsideError:
    where = f" · {rescue}" if rescue else ""
    return OutsideError(
        Text(
            f"akhir jurnal tak dapat ditulis: {trouble}{where}",
            f"the end of the journal can't be written: {trouble}{where}",
        ),
        Text(
            "Kosongkan disk, lalu jalankan `tayang air`: jurnal dilengkapi dari rekaman.",
            "Free the disk, then run `tayang air`: the journal is completed from the log.",
        ),
    )
