"""The ledger: what we asked of YouTube and what it gave us, one fact a line, never rewritten.

A fact is on disk before the next step is taken, so that a killed publisher knows where it stood.
One process writes at a time. It must not know what the facts mean, nor YouTube.
"""

import contextlib
import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, TypeAlias

from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, OutsideError, Text
from pipeline.lock import only_one

Fact: TypeAlias = Mapping[str, Any]

BUSY = Text("proses lain sedang menerbitkan ke YouTube", "another process is publishing to YouTube")


class Ledger:
    """An open ledger. `facts` are all that were ever noted, oldest first."""

    def __init__(self, file: IO[bytes], facts: list[Fact], clock: Clock) -> None:
        self._file = file
        self._writing = threading.Lock()
        self._clock = clock
        self.facts = facts
        self.surveyed = False
        """Whether the channel has been searched for our videos since this ledger was opened."""

    def note(self, fact: str, /, *, durable: bool = True, **fields: Any) -> None:
        """Adds a fact; when it returns, the fact survives a power cut (`durable`)."""
        line = {"at": self._clock.now().isoformat(), "fact": fact, **fields}
        with self._writing:
            self._file.write(json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n")
            self._file.flush()
            if durable:
                os.fsync(self._file.fileno())
            self.facts.append(line)

    def last(self, fact: str, /, **fields: Any) -> Fact | None:
        """The newest fact of that name with those fields."""
        return last(self.facts, fact, **fields)


def last(facts: Sequence[Fact], fact: str, /, **fields: Any) -> Fact | None:
    """The newest of `facts` with that name and those fields."""
    wanted = {"fact": fact, **fields}.items()
    return next((line for line in reversed(facts) if wanted <= line.items()), None)


def read_facts(folder: Path) -> tuple[Fact, ...]:
    """All whole facts of a folder's ledger, without locking it; empty when there is none."""
    try:
        whole, _ = _parse(folder / "ledger.jsonl")
    except FileNotFoundError:
        return ()
    return tuple(whole)


@contextlib.contextmanager
def open_ledger(folder: Path, clock: Clock) -> Iterator[Ledger]:
    """Locks and opens a folder's ledger, and drops a last line that was torn by a crash.

    Raises OutsideError when another process publishes from this folder, InputFaults when a line
    inside can't be read (that is damage, not a crash).
    """
    try:
        path = folder / "ledger.jsonl"
        with only_one(folder / "lock", BUSY), path.open("ab") as file:
            path.chmod(0o600)  # it holds upload addresses, which let anyone finish an upload
            facts, size = _parse(path)
            file.truncate(size)
            os.fsync(file.fileno())
            yield Ledger(file, facts, clock)
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


def _damaged(path: Path, number: int) -> Fault:
    return Fault(
        f"{path.name}, baris/line {number}",
        Text("rusak: bukan JSON", "damaged: not JSON"),
        Text(
            f"Pulihkan {path} dari cadangan, atau hapus baris itu; video lama dikenali lagi.",
            f"Restore {path} from a backup, or delete the line; old videos are found again.",
        ),
    )
