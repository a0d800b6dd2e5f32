"""Journals are projected into a SQLite database, and read back from it as `AsRun` values.

The database is a copy: it may be thrown away at any time, and projecting again gives the same
answers. It must not be written by anything else, and knows no report.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, create_engine, delete, event, insert, select
from sqlalchemy.exc import SQLAlchemyError

from pipeline.air import JOURNAL, Airing, read_journal
from pipeline.errors import OutsideError, Text
from pipeline.manifest.asrun import AsRun, Missed, PlannedCopy, StandCopy, as_run
from pipeline.manifest.outages import Outage
from pipeline.manifest.tables import (
    AiringRow,
    Base,
    MissedRow,
    OutageRow,
    PlannedRow,
    SessionRow,
    StandRow,
    UnrecordedRow,
)

BUSY_SECONDS = 60
"""How long one projection waits for another that holds the database.

SQLite's own rollback journal is kept: switching a new database to WAL takes a lock that this
waiting doesn't cover (https://sqlite.org/wal.html, section 9, "Sometimes Queries Return
SQLITE_BUSY In WAL Mode"), and a copy that people may delete should be one file.
"""


def project(air: Path, database: Path) -> None:
    """Makes the database say exactly what the journals `air/*/journal.jsonl` say now.

    The write lock is taken before the journals are read: of two processes that project at once,
    the one that comes second also reads second, so an older reading never covers a newer one.
    Raises OutsideError when the database can't be written.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with _writing(database) as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(delete(table))
        for journal in sorted(air.glob(f"*/{JOURNAL}")):
            run = as_run(read_journal(journal).lines)
            if run is not None:
                _insert(connection, run)


def read_sessions(database: Path) -> tuple[AsRun, ...]:
    """Every projected session, the earliest first; empty when nothing was projected yet."""
    if not database.exists():
        return ()
    with _reading(database) as connection:
        rows = connection.execute(
            select(SessionRow.__table__).order_by(SessionRow.opened, SessionRow.session)
        )
        return tuple(_session(connection, row) for row in rows.mappings().all())


def _insert(connection: Connection, run: AsRun) -> None:
    own = asdict(run)
    key = {"session": run.session}
    contents: list[tuple[type[Base], list[dict[str, Any]]]] = [
        (StandRow, own.pop("stands")),
        (PlannedRow, own.pop("planned")),
        (MissedRow, own.pop("missed")),
        (AiringRow, own.pop("airings")),
        (OutageRow, own.pop("outages")),
        (UnrecordedRow, [{"begin": b, "stop": s} for b, s in own.pop("unrecorded")]),
    ]
    connection.execute(insert(SessionRow), own)
    for table, values in contents:
        rows = [{"position": n, **value, **key} for n, value in enumerate(values)]
        if rows:
            columns = table.__table__.columns.keys()
            connection.execute(insert(table), [{c: row[c] for c in columns} for row in rows])


def _session(connection: Connection, row: RowMapping) -> AsRun:
    def rows(table: type[Base], order: str, *without: str) -> Sequence[dict[str, Any]]:
        columns = table.__table__.columns
        wanted = [column for column in columns if column.name not in without]
        query = select(*wanted).where(columns["session"] == row["session"]).order_by(columns[order])
        return [dict(found) for found in connection.execute(query).mappings()]

    return AsRun(
        **row,
        stands=tuple(StandCopy(**r) for r in rows(StandRow, "number", "session")),
        planned=tuple(
            PlannedCopy(**r) for r in rows(PlannedRow, "position", "session", "position")
        ),
        missed=tuple(Missed(**r) for r in rows(MissedRow, "position", "session", "position")),
        airings=tuple(Airing(**r) for r in rows(AiringRow, "occurrence")),
        unrecorded=tuple((r["begin"], r["stop"]) for r in rows(UnrecordedRow, "begin")),
        outages=tuple(Outage(**r) for r in rows(OutageRow, "position", "session", "position")),
    )


@contextmanager
def _engine(database: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{database}", connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: object) -> None:
        # sqlite3 would begin transactions by itself, and only at the first change: too late to
        # hold the lock while the journals are read. Switched off, `BEGIN` is ours to say.
        connection.isolation_level = None

    try:
        yield engine
    except SQLAlchemyError as error:
        raise _unusable(database, error) from error
    finally:
        engine.dispose()


@contextmanager
def _writing(database: Path) -> Iterator[Connection]:
    with _engine(database) as engine, engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        Base.metadata.create_all(connection)
        yield connection
        connection.commit()


@contextmanager
def _reading(database: Path) -> Iterator[Connection]:
    with _engine(database) as engine, engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")  # one snapshot for all the queries
        yield connection


def _unusable(database: Path, error: SQLAlchemyError) -> OutsideError:
    why = str(getattr(error, "orig", None) or error)
    return OutsideError(
        Text(f"{database} tidak dapat dipakai: {why}", f"{database} can't be used: {why}"),
        Text(
            "Basis data ini salinan jurnal: hapus berkasnya, lalu ulangi perintah ini.",
            "This database is a copy of the journals: delete it and repeat the command.",
        ),
    )
