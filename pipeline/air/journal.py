"""The journal: what happened on air, one hash-chained JSON object a line; the truth of the product.

Facts come in and are appended; reading gives lines, faults of the chain, and airings. A line's `hash`
is the SHA-256 of its canonical JSON without `hash`, and the next line carries it as `prev`: a line
can't be changed, removed or swapped without the chain telling. Knows no database and no destination.
"""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.errors import Fault, OutsideError, Text

Line = Mapping[str, Any]

JOURNAL = "journal.jsonl"
FIRST = "0" * 64
SHORT_OF_SPACE = Text(
    "Kosongkan ruang disk, atau pindahkan `state` di settings.yaml.",
    "Free some disk space, or move `state` in settings.yaml.",
)


def _canonical(line: Line) -> bytes:
    return json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


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


def _unwritable(error: OSError) -> OutsideError:
    return OutsideError(
        Text(f"jurnal tak dapat ditulis: {error}", f"can't write the journal: {error}"),
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
    """Appends lines; each is on disk before `write` returns, or OutsideError and nothing of it."""

    def __init__(self, path: Path) -> None:
        """Opens or starts a journal; the torn tail that a crash left is cut off."""
        found = read_journal(path)
        self._count = len(found.lines)
        self._head: str = found.lines[-1]["hash"] if found.lines else FIRST
        try:
            self._file = path.open("ab", buffering=0)
            self._size = path.stat().st_size - len(found.torn)
        except OSError as error:
            raise _unwritable(error) from error

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
        file, left = self._file.fileno(), data
        try:
            if os.fstat(file).st_size != self._size:
                os.ftruncate(file, self._size)  # half a line that the disk took before it refused
            while left:
                left = left[os.write(file, left) :]
            os.fsync(file)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(file, self._size)
            raise _unwritable(error) from error
        self._size += len(data)

    def close(self) -> None:
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
    spans = _delivered(lines)
    return tuple(
        _airing(opened, line, ends[line["occurrence"]], spans)
        for line in lines
        if line["event"] == "start" and line["occurrence"] in ends
    )


def _airing(opened: Line, start: Line, end: Line, spans: Sequence[tuple[int, int]]) -> Airing:
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


def _delivered(lines: Iterable[Line]) -> tuple[tuple[int, int], ...]:
    """The union of all spans of frames that some destination accepted, disjoint and ordered."""
    spans = sorted(
        (line["first_frame"], line["first_frame"] + line["frames"])
        for line in lines
        if line["event"] == "delivery" and line["frames"]
    )
    union: list[tuple[int, int]] = []
    for begin, stop in spans:
        if union and begin <= union[-1][1]:
            union[-1] = (union[-1][0], max(union[-1][1], stop))
        else:
            union.append((begin, stop))
    return tuple(union)
