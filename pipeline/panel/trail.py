"""The audit list: who did what, when and with which outcome; it only grows, whatever becomes of people.

An entry that can't be written becomes a warning: an order is never lost over its own record.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, insert, select

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.panel.database import Database
from pipeline.panel.rights import Person
from pipeline.panel.tables import AuditRow

Outcome = Literal["done", "refused", "failed"]

LONGEST_DETAIL = 200
"""Characters of one text in an entry: what strangers type is recorded too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list; `who` is empty when nobody was signed in."""

    number: int
    at: datetime
    who: str
    role: str
    kind: str
    what: str
    detail: dict[str, Any]
    outcome: Outcome


class Trail:
    """`tell` gets the warnings."""

    def __init__(self, database: Database, clock: Clock, tell: Callable[[Text], None]) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell

    def note(
        self, person: Person | None, what: str, outcome: Outcome = "done", **detail: object
    ) -> None:
        """One more entry, of now; `detail` is kept as JSON. Never raises for a disk or a lock."""
        short = {name: _short(value) for name, value in detail.items()}
        who = {"who": "", "role": "", "kind": ""}
        if person is not None:
            who = {"who": person.name, "role": person.role, "kind": person.kind}
        values = {**who, "what": what, "detail": short, "outcome": outcome}
        try:
            with self._database.writing() as connection:
                connection.execute(insert(AuditRow).values(at=self._clock.now(), **values))
        except OutsideError as error:
            entry = f"{who['who'] or '?'}, {what}, {outcome}, {short}: "
            self._tell(
                Text(
                    f"Tidak tercatat di daftar audit: {entry}{error.what.id}",
                    f"Not recorded in the audit list: {entry}{error.what.en}",
                )
            )

    def entries(
        self, who: str = "", what: str = "", before: int | None = None, most: int | None = None
    ) -> tuple[Entry, ...]:
        """The newest first, at most so many, older than entry `before`; of one person, of one kind."""
        query: Select[Any] = select(AuditRow.__table__).order_by(AuditRow.number.desc())
        if who:
            query = query.where(AuditRow.who == who)
        if what:
            query = query.where(AuditRow.what == what)
        if before is not None:
            query = query.where(AuditRow.number < before)
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(most)).mappings()
            return tuple(Entry(**row) for row in rows)

    def choices(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Everybody who is in the list, and everything that was done: what it can be filtered by."""
        with self._database.reading() as connection:
            who = connection.execute(select(AuditRow.who).distinct().order_by(AuditRow.who))
            what = connection.execute(select(AuditRow.what).distinct().order_by(AuditRow.what))
            return tuple(filter(None, who.scalars())), tuple(what.scalars())


def _short(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= LONGEST_DETAIL else f"{text[: LONGEST_DETAIL - 1]}…"
