"""One process at a time: a path comes in that only one may hold; a second is refused at once.

The system gives the lock back when its holder ends, however it ends. Knows nothing of what is locked.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import OutsideError, Text


@contextmanager
def only_one(path: Path, busy: Text) -> Iterator[None]:
    """Holds `path` while entered; OutsideError with `busy` and the holder's number: another does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = f"(pid {file.read().strip() or '?'})"
            raise OutsideError(
                Text(f"{busy.id} {holder}", f"{busy.en} {holder}"),
                Text("Tunggu sampai selesai, atau hentikan.", "Wait until it is done, or stop it."),
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
