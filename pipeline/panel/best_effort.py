"""Writing what nobody should have to fail over: a statement comes in, at worst a warning goes out.

A full disk or a locked file must not keep anybody from steering the program. Knows no table.
"""

from collections.abc import Callable

from sqlalchemy import Executable

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.panel.database import Database

PAUSE_SECONDS = 60.0
"""After a failure nothing is tried for so long: each try may wait for a lock, and each would warn."""


class BestEffort:
    """`tell` gets the warning."""

    def __init__(self, database: Database, clock: Clock, tell: Callable[[Text], None]) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell
        self._again = clock.monotonic()

    def write(self, statement: Executable, failed: Text) -> None:
        """Executes it; when that fails, says `failed` and why, once a minute."""
        if self._clock.monotonic() < self._again:
            return
        try:
            with self._database.writing() as connection:
                connection.execute(statement)
        except OutsideError as error:
            self._again = self._clock.monotonic() + PAUSE_SECONDS
            why = error.what
            self._tell(Text(f"{failed.id}: {why.id}", f"{failed.en}: {why.en}"))
