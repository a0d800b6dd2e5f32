"""The ledger: what we asked of YouTube and what it gave us, one fact a line, never rewritten.

A fact is on disk before the next step is taken, so that a killed publisher knows where it stood.
One process writes at a time. It must not know what the facts mean, nor YouTube.
"""

import contextlib
import errno
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, TypeAlias

from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, OutsideError, Text
from pipeline.lock import only_one

Fact: TypeAlias = Mapping[str, Any]

LEDGER = "ledger.jsonl"

BUSY = Text("proses lain sedang menerbitkan ke YouTube", "another process is publishing to YouTube")


class Facts:
    """Facts in the order they were noted, found by name and one field at once."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self._newest: dict[tuple[str, str, Any], Fact] = {}
        self._named: dict[str, list[Fact]] = {}
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> None:
        """Adds the newest."""
        self._named.setdefault(fact["fact"], []).append(fact)
        for name, value in fact.items():
            if isinstance(value, str | int | None):
                self._newest[fact["fact"], name, value] = fact

    def last(self, fact: str, /, **fields: Any) -> Fact | None:
        """The newest fact of that name with that field, or with all of those."""
        if len(fields) == 1:
            ((name, value),) = fields.items()
            return self._newest.get((fact, name, value))
        return next((line for line in reversed(self.all(fact, **fields))), None)

    def all(self, fact: str, /, **fields: Any) -> list[Fact]:
        """Every fact of that name with those fields, oldest first."""
        wanted = fields.items()
        return [line for line in self._named.get(fact, ()) if wanted <= line.items()]


class Ledger:
    """An open ledger; `facts` are all that were ever noted. May be used from any thread."""

    def __init__(self, file: IO[bytes], facts: Facts, clock: Clock) -> None:
        self._file = file
        self._writing = threading.Lock()
        self._clock = clock
        self.facts = facts

    def note(self, fact: str, /, **fields: Any) -> None:
        """Adds a fact; when it returns, the fact survives a power cut. OutsideError: the disk is full."""
        line = {"at": self._clock.now().isoformat(), "fact": fact, **fields}
        data = json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        with self._writing:
            self._append(data)
            self.facts.add(line)

    def _append(self, data: bytes) -> None:
        """All of it or nothing: half a line in the middle would make the ledger unreadable."""
        begins = os.fstat(self._file.fileno()).st_size
        try:
            if os.write(self._file.fileno(), data) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._file.fileno())
        except OSError as error:
            os.ftruncate(self._file.fileno(), begins)
            raise _unwritable(error) from error

    def last(self, fact: str, /, **fields: Any) -> Fact | None:
        """See `Facts.last`."""
        return self.facts.last(fact, **fields)


def read_facts(folder: Path) -> Facts:
    """All whole facts of a folder's ledger, without locking it; none when there is no ledger."""
    try:
        whole, _ = _parse(folder / LEDGER)
    except FileNotFoundError:
        return Facts()
    return Facts(whole)


@contextlib.contextmanager
def open_ledger(folder: Path, clock: Clock) -> Iterator[Ledger]:
    """Locks and opens a folder's ledger, and drops a last line that was torn by a crash.

    Raises OutsideError when another process publishes from this folder, InputFaults when a line
    inside can't be read (that is damage, not a crash).
    """
    try:
        path = folder / LEDGER
        with only_one(folder / "lock", BUSY), path.open("ab", buffering=0) as file:
            path.chmod(0o600)  # it holds upload addresses, which let anyone finish an upload
            facts, size = _parse(path)
            file.truncate(size)
            os.fsync(file.fileno())
            yield Ledger(file, Facts(facts), clock)
    except PermissionError as error:
        raise OutsideError(
            Text(f"{folder} tidak dapat ditulisi", f"{folder} can't be written")
        ) from error


def _parse(path: Path) -> tuple[list[Fact], int]:
    """The facts, and the size in bytes of the whole lines that hold them."""
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    facts: list[Fact] = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            facts.append(json.loads(line))
        except ValueError as error:
            raise InputFaults([_damaged(path, number)]) from error
    return facts, len(whole)


def _unwritable(error: OSError) -> OutsideError:
    return OutsideError(
        Text(
            f"catatan YouTube tidak dapat ditulis: {error}",
            f"the ledger of YouTube can't be written: {error}",
        ),
        Text(
            "Kosongkan ruang disk, lalu ulangi; yang sudah jadi tidak diulang.",
            "Free some disk space and run again; what is done is not done twice.",
        ),
    )


def _damaged(path: Path, number: int) -> Fault:
    return Fault(
        f"{path.name}, baris/line {number}",
        Text("rusak: bukan JSON", "damaged: not JSON"),
        Text(
            f"Pulihkan {path} dari cadangan, atau hapus baris itu; video lama dikenali lagi.",
            f"Restore {path} from a backup, or delete the line; old videos are found again.",
        ),
    )
