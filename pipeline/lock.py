"""One process at a time: a path comes in that only one may hold; a second is refused at once.

The system gives the lock back when its holder ends, however it ends. Knows nothing of what is locked.
The file says the holder's number, and below it whatever the holder wants others to know.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from pipeline.errors import OutsideError, Text

WAIT = Text("Tunggu sampai selesai, atau hentikan.", "Wait until it is done, or stop it.")


@contextmanager
def only_one(path: Path, busy: Text, hint: Text = WAIT) -> Iterator[TextIO]:
    """Holds `path` while entered; OutsideError with `busy` and the holder's number: another does.

    What is written to the file that it gives is what `told_by_holder` reads.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        while not _locked(file, fcntl.LOCK_EX):
            if not _locked(file, fcntl.LOCK_SH):
                file.seek(0)
                holder = f"(pid {file.readline().strip() or '?'})"
                raise OutsideError(Text(f"{busy.id} {holder}", f"{busy.en} {holder}"), hint)
            fcntl.flock(file, fcntl.LOCK_UN)  # only somebody who looked was in the way
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield file


def told_by_holder(path: Path) -> str | None:
    """What the holder of `path` has written; None when nobody holds it, or nothing is told yet."""
    try:
        with path.open() as file:
            if _locked(file, fcntl.LOCK_SH):
                return None
            return file.read().partition("\n")[2] or None
    except FileNotFoundError:
        return None


def _locked(file: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
