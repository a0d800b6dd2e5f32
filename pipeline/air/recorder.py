"""Takes the program and what happened to disk, in a thread of its own, in the order in which they came.

Chunks go to the parts of the log, facts to the journal. A frame is in the log only after the line of its
airing's start is in the journal. When the disk refuses either, the program goes on without being
recorded: lines wait in memory, and once all are written and there is room, the journal says which frames
are in no part.
"""

import json
import queue
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.air.bell import Bell
from pipeline.air.destinations import Delivery
from pipeline.air.journal import FULL, RESERVED, JournalWriter, Line, refusal
from pipeline.air.log import Part, tables
from pipeline.air.program import KEEP_SECONDS, Chunk, Program
from pipeline.air.watermarks import Connection, keep_watermarks
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text

RETRY_SECONDS = 1.0
ROOM_SECONDS = 10
"""Recording goes on when there is room for so much of the program."""


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
        """Where frames go; there is none while lines wait."""
        self._next = program.head
        self._retry = 0.0
        self._last = (clock.now(), program.head)
        self._accepted: dict[Connection, int] = {}
        self._over: set[Connection] = set()
        self._airing = ""
        """The part that holds the beginning of what is on; none as long as no part holds any of it."""
        self._newest = ""
        self._broken: BaseException | None = None
        self.trouble: Text | None = None
        """Why the program isn't being recorded; None while it is."""
        self.bell = Bell(clock)
        keep_watermarks(folder, self._accepted)
        journal.keep_reserve()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    @property
    def part(self) -> str:
        """The name of the newest part."""
        return self._newest

    def note(self, event: str, *, at: datetime, frame: int, **fields: Any) -> None:
        """Hands over a fact that became true at wall time `at`, when `frame` frames had aired."""
        self._queue.put(_Fact(event, at, frame, fields))
        self.bell.ring()

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
            raise _unwritten(self._rescue(), self.trouble or FULL)

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
            self.trouble = Text(str(error), str(error))
        finally:
            self._room.set()
            self._leave_part()
            self._journal.close()

    # Frames

    def _write(self, chunk: Chunk) -> None:
        if chunk.frame != self._next:
            self._leave_part()
        try:
            if self._part is not None:
                self._append(self._part, chunk)
            elif self._may_go_on(chunk):
                self._go_on(chunk)
        except OSError as error:
            self._refused(refusal(error))
            self._flush()
        self._program.reached(chunk.frame + 1)

    def _append(self, part: Part, chunk: Chunk) -> None:
        if chunk.key:
            part.sync()  # a power cut takes no more than a GOP
        part.write(chunk.data)
        self._next = chunk.frame + 1
        self._airing = self._airing or part.path.name

    def _may_go_on(self, chunk: Chunk) -> bool:
        """Whether a part can begin here: no line waits, and there is room for the next seconds."""
        if not chunk.key:
            return False
        if self.trouble is None:
            return True
        if self._clock.monotonic() < self._retry:
            return False
        self._retry = self._clock.monotonic() + RETRY_SECONDS
        needed = int(self._program.bytes_a_frame * self._program.fps * ROOM_SECONDS)
        return self._flush() and self._journal.keep_reserve(RESERVED + needed)

    def _go_on(self, chunk: Chunk) -> None:
        """The next part begins with this frame; the journal then says which frames are in none."""
        head = b"" if tables(chunk.data) else self._program.tables
        part, lost = Part(self._folder, head + chunk.data), chunk.frame - self._next
        self._part, self._airing = part, self._airing or part.path.name
        if lost:
            self._say("unrecorded", chunk.frame, first_frame=self._next, frames=lost)
        self._next = chunk.frame + 1
        self._say_part(part, chunk.frame)

    def _say_part(self, part: Part, frame: int) -> None:
        self._newest = part.path.name
        self._say("part", frame, part=self._newest, first_frame=frame)
        if self._part is not None:  # the line is written, too
            self.trouble = None

    def _leave_part(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None

    def _refused(self, why: Text) -> None:
        """The disk takes no more: an alarm joins the lines that wait, and another try comes later."""
        self._leave_part()
        self._retry = self._clock.monotonic() + RETRY_SECONDS
        if self.trouble is None:
            self.trouble = why
            self.bell.ring()
            self._enqueue("alarm", self._next, what="recording", error=why.id)

    # Lines

    def _fact(self, fact: _Fact) -> None:
        self._last = (fact.at, fact.frame)
        match fact.event:
            case "start":
                self._airing = ""
                fact.fields.update(self._place())
            case "kept":
                fact.fields.update(self._place())
            case "end":
                fact.fields["part"] = self._airing
                self._sync()
            case "close":
                lost = fact.frame - self._next
                if lost > 0:
                    self._say("unrecorded", fact.frame, first_frame=self._next, frames=lost)
        self._waiting.append(fact)
        self._flush()
        if fact.event == "open" and self.trouble is None:
            self._first_part(fact.frame)

    def _first_part(self, frame: int) -> None:
        """The part of a run is there before its first airing."""
        try:
            self._part = Part(self._folder)
        except OSError as error:
            self._refused(refusal(error))
            self._flush()
        else:
            self._say_part(self._part, frame)

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
                self._refused(refusal(error))

    def _say(self, event: str, frame: int, **fields: Any) -> None:
        """A line of the recorder's own, at the time of a frame."""
        self._enqueue(event, frame, **fields)
        self._flush()

    def _enqueue(self, event: str, frame: int, **fields: Any) -> None:
        at, known = self._last
        moment = at + timedelta(seconds=(frame - known) / self._program.fps)
        self._waiting.append(_Fact(event, moment, frame, fields))

    def _flush(self) -> bool:
        """Writes the lines that wait, in order; whether none is left."""
        while self._waiting:
            fact = self._waiting[0]
            try:
                line = self._journal.write(fact.event, at=fact.at, frame=fact.frame, **fact.fields)
            except OutsideError as error:
                self._refused(error.what)
                return False
            self._waiting.popleft()
            self.bell.ring()
            self._on_line(line)
            if not self._journal.reserved:
                self._refused(FULL)  # what room there is, is for lines only
        return True

    # Deliveries

    def _note_deliveries(self) -> None:
        if self._events.empty():
            return
        while not self._events.empty():
            delivery = self._events.get()
            connection = delivery.destination, delivery.first_frame
            self._accepted[connection] = delivery.frames
            self._over.discard(connection)
            if delivery.state != "progress":
                self._say("delivery", self._program.head, **asdict(delivery))
            if delivery.state not in ("connected", "progress"):
                self._over.add(connection)
        if not self._waiting:  # until then only the watermarks know it
            for connection in self._over:
                del self._accepted[connection]
            self._over.clear()
        keep_watermarks(self._folder, self._accepted)

    def _rescue(self) -> str:
        """Puts the lines that the disk didn't take where temporary files go, if that takes them."""
        lines = [
            {"event": f.event, "at": f.at.isoformat(), "frame": f.frame, **f.fields}
            for f in self._waiting
        ]
        try:
            with tempfile.NamedTemporaryFile("w", suffix=".jsonl", delete=False) as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)
        except OSError:
            return ""
        return file.name


def _unwritten(rescue: str, trouble: Text) -> OutsideError:
    where = f" · {rescue}" if rescue else ""
    return OutsideError(
        Text(
            f"akhir jurnal tak dapat ditulis: {trouble.id}{where}",
            f"the end of the journal can't be written: {trouble.en}{where}",
        ),
        Text(
            "Kosongkan disk, lalu jalankan `tayang air`: jurnal dilengkapi dari rekaman.",
            "Free the disk, then run `tayang air`: the journal is completed from the log.",
        ),
    )
