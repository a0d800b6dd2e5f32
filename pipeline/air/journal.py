"""The journal: what happened on air, one hash-chained JSON object a line; the truth of the product.

Facts come in and are appended; reading gives lines, faults of the chain, and airings. A line's `hash`
is the SHA-256 of its canonical JSON without `hash`, and the next line carries it as `prev`: a line
can't be changed, removed or swapped without the chain telling. Knows no database and no destination.
"""

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.air.spans import Span, union
from pipeline.errors import Fault, OutsideError, Text

Line = Mapping[str, Any]

JOURNAL = "journal.jsonl"
FIRST = "0" * 64
RESERVE, RESERVED = "reserve", 1 << 18
"""A file that is given up when the disk is full, so that the journal has room for what happened."""
FULL = Text("disk penuh", "the disk is full")
SHORT_OF_SPACE = Text(
    "Kosongkan ruang disk, atau pindahkan `state` di settings.yaml.",
    "Free some disk space, or move `state` in settings.yaml.",
)


def _canonical(line: Line) -> bytes:
    text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode(errors="backslashreplace")  # a file's name may be no text: JSON escapes it


def _digest(line: Line) -> str:
    return hashlib.sha256(_canonical({k: v for k, v in line.items() if k != "hash"})).hexdigest()


@dataclass(frozen=True, slots=True)
class Journal:
    """The whole lines of a journal, as they stand; `torn` is what a crash left of a last one."""

    lines: tuple[Line, ...]
    torn: bytes = b""


def read_journal(path: Path) -> Journal:
    """Reads a journal without judging it; an absent one is empty.

    Only the last line may be unreadable: a crash tears nothing else. Any other one raises
    OutsideError, naming it.
    """
    raw = path.read_bytes() if path.exists() else b""
    whole, _, torn = raw.rpartition(b"\n")
    lines = []
    for number, text in enumerate(whole.split(b"\n") if whole else [], 1):
        try:
            line = json.loads(text)
        except ValueError as error:
            raise _unreadable(path, number) from error
        if not isinstance(line, dict):
            raise _unreadable(path, number)
        lines.append(line)
    return Journal(tuple(lines), torn)


def _unreadable(path: Path, number: int) -> OutsideError:
    return OutsideError(
        Text(f"baris {number} dari {path.name} rusak", f"line {number} of {path.name} is damaged"),
        Text("Kembalikan berkas dari cadangan.", "Restore the file from a backup."),
    )


def refusal(error: OSError) -> Text:
    """Why the disk takes no more, for people."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return FULL
        case errno.EROFS:
            return Text("disk hanya dapat dibaca", "the disk is read-only")
        case errno.EIO:
            return Text("disk bermasalah (EIO)", "the disk is failing (EIO)")
    said = error.strerror or str(error)
    return Text(said, said)


def _unwritable(error: OSError) -> OutsideError:
    why = refusal(error)
    return OutsideError(
        Text(f"jurnal tak dapat ditulis: {why.id}", f"can't write the journal: {why.en}"),
        SHORT_OF_SPACE,
    )


def check_chain(lines: Iterable[Line]) -> tuple[Fault, ...]:
    """The first place where numbering, chain or a line's own hash doesn't fit, if any."""
    before = FIRST
    for number, line in enumerate(lines, 1):
        if line.get("n") != number or line.get("prev") != before:
            what = Text("rantai terputus di sini", "the chain is broken here")
        elif line.get("hash") != _digest(line):
            what = Text("isi baris ini telah diubah", "this line has been changed")
        else:
            before = line["hash"]
            continue
        return (Fault(f"{JOURNAL}, baris/line {number}", what),)
    return ()


class JournalWriter:
    """Appends lines; each is on disk before `write` returns, or OutsideError and nothing of it.

    When the disk is full, the reserve beside the journal makes room for them.
    """

    def __init__(self, path: Path) -> None:
        """Opens or starts a journal; the torn tail that a crash left is cut off."""
        found = read_journal(path)
        self._count = len(found.lines)
        self._head: str = found.lines[-1]["hash"] if found.lines else FIRST
        self._reserve = path.with_name(RESERVE)
        try:
            self._file = path.open("ab", buffering=0)
            self._size = path.stat().st_size - len(found.torn)
            self.reserved = self._reserve.exists()
            """Whether room is set aside for lines that the disk would else refuse."""
        except OSError as error:
            raise _unwritable(error) from error

    def keep_reserve(self, beside: int = RESERVED) -> bool:
        """Sets room aside where that leaves more than `beside` bytes; whether there is so much."""
        try:
            disk = os.statvfs(self._reserve.parent)
            free = disk.f_bavail * disk.f_frsize
            if not self.reserved and free > beside + RESERVED:
                self._reserve.write_bytes(bytes(RESERVED))
                self.reserved, free = True, free - RESERVED
        except OSError:
            self.give_up_reserve()  # half of one would only take room
            return False
        return self.reserved and free > beside

    def give_up_reserve(self) -> None:
        """Makes the room that was set aside free."""
        self.reserved = False
        with contextlib.suppress(OSError):
            self._reserve.unlink()

    def write(self, event: str, *, at: datetime, frame: int, **fields: Any) -> Line:
        """Appends one fact that became true at wall time `at`, when `frame` frames had aired."""
        line: dict[str, Any] = {
            "n": self._count + 1,
            "at": at.isoformat(timespec="microseconds"),
            "frame": frame,
            "event": event,
            **fields,
            "prev": self._head,
        }
        line["hash"] = _digest(line)
        self._append(_canonical(line) + b"\n")
        self._count += 1
        self._head = line["hash"]
        return line

    def _append(self, data: bytes) -> None:
        try:
            self._put(data)
        except OSError as error:
            if not self.reserved or refusal(error) != FULL:
                raise _unwritable(error) from error
            self.give_up_reserve()
            self._append(data)

    def _put(self, data: bytes) -> None:
        file, left = self._file.fileno(), data
        try:
            if os.fstat(file).st_size != self._size:
                os.ftruncate(file, self._size)  # half a line that the disk took before it refused
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._size)
            raise
        self._size += len(data)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what was written is on disk
            self._file.close()


@dataclass(frozen=True, slots=True)
class Airing:
    """One occurrence of an item on air. Frames are counted over the whole session, from 0."""

    session: str
    occurrence: int
    item: str | None
    kind: str
    planned_kind: str | None
    stand: int | None
    stand_name: str | None
    title: str
    segment: str
    part: str
    first_frame: int
    frames: int
    start: datetime
    end: datetime
    cut: bool
    packets: str
    delivered_frames: int


def airings(lines: Sequence[Line]) -> tuple[Airing, ...]:
    """Every airing that ended, in the order of their starts.

    A start without an end (air was killed) is no airing until air has repaired the journal.
    """
    opened = next((line for line in lines if line["event"] == "open"), None)
    if opened is None:
        return ()
    ends = {line["occurrence"]: line for line in lines if line["event"] == "end"}
    spans = union(
        (line["first_frame"], line["first_frame"] + line["frames"])
        for line in lines
        if line["event"] == "delivery"
    )
    return tuple(
        _airing(opened, line, ends[line["occurrence"]], spans)
        for line in lines
        if line["event"] == "start" and line["occurrence"] in ends
    )


def _airing(opened: Line, start: Line, end: Line, spans: Sequence[Span]) -> Airing:
    began = datetime.fromisoformat(start["at"])
    first, frames = end["first_frame"], end["frames"]
    seconds = Fraction(frames, opened["fps"])
    return Airing(
        session=opened["session"],
        occurrence=start["occurrence"],
        item=start["item"],
        kind=start["kind"],
        planned_kind=start["planned_kind"],
        stand=start["stand"],
        stand_name=start["stand_name"],
        title=start["title"],
        segment=start["segment"],
        part=end["part"],
        first_frame=first,
        frames=frames,
        start=began,
        end=began + timedelta(microseconds=round(seconds * 1_000_000)),
        cut=end["cut"],
        packets=end["packets"],
        delivered_frames=sum(
            max(0, min(first + frames, stop) - max(first, begin)) for begin, stop in spans
        ),
    )
