"""The panel's SQLite file: a path comes in, connections for one reading or one change go out.

Used by many threads at once, each transaction is short. Knows no table but that there are some.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import OutsideError, Text
from pipeline.panel.tables import Base

BUSY_SECONDS = 2
"""How long one transaction waits for another program that holds the file: less than patience for a page.

SQLite's own rollback journal is kept: switching a new database to WAL takes a lock that this
waiting doesn't cover (https://sqlite.org/wal.html, section 9).
"""


class Database:
    """One file, mode 0600, made with its tables when it isn't there; OutsideError when it can't be."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._one_writes = threading.Lock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(0o600)
        except OSError as error:
            raise _unusable(file, error) from error
        self._engine = create_engine(f"sqlite:///{file}", connect_args={"timeout": BUSY_SECONDS})

        @event.listens_for(self._engine, "connect")
        def _prepare(connection: Any, record: object) -> None:
            connection.isolation_level = None  # `BEGIN` is ours to say

        with self.reading() as connection:
            Base.metadata.create_all(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """For one query: each sees what is committed when it begins."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _unusable(self._file, error) from error

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One change, whole or not at all; what is read in it stays true until it is done.

        Own threads wait for each other here, in turn: SQLite's waiting would make them try again
        and again, and some of them long.
        """
        with self._one_writes, self.reading() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            connection.commit()

    def close(self) -> None:
        """Lets go of the file."""
        self._engine.dispose()


def _unusable(file: Path, error: Exception) -> OutsideError:
    why = str(getattr(error, "orig", None) or error)
    return OutsideError(
        Text(f"{file.name} tidak dapat dipakai: {why}", f"{file.name} can't be used: {why}"),
        Text(
            "Periksa ruang disk dan izin folder state. Program siaran tidak terganggu.",
            "Check disk space and the permissions of the state folder. The program isn't affected.",
        ),
    )
