"""Who is signed in: a cookie's token comes in, a `Person` goes out, as long as the session holds.

Asked with every request, so it is one query by an index; knows no cookie and no HTTP.
"""

from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.panel.best_effort import BestEffort
from pipeline.panel.database import Database
from pipeline.panel.people import key_of
from pipeline.panel.rights import Person, Role
from pipeline.panel.tables import PersonRow, SessionRow
from pipeline.panel.tokens import csrf_of, digest, new_token

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session or a device was last used."""


class Sessions:
    """The sessions of people."""

    def __init__(self, database: Database, clock: Clock, best_effort: BestEffort) -> None:
        self._database = database
        self._clock = clock
        self._best_effort = best_effort

    def begin(self, name: str) -> str:
        """A new session of that person; gives the token for the cookie. Clears away what is over."""
        token, now = new_token(), self._clock.now()
        values = {"token": digest(token), "person": key_of(name), "created": now, "seen": now}
        over = (SessionRow.expires <= now) | (SessionRow.seen <= now - IDLE)
        with self._database.writing() as connection:
            connection.execute(delete(SessionRow).where(over))
            connection.execute(insert(SessionRow).values(**values, expires=now + LONGEST))
        return token

    def person(self, token: str) -> Person | None:
        """Who has this session, with the role of now; None when it ended, or there never was one."""
        kept, now = digest(token), self._clock.now()
        query = (
            select(PersonRow.name, PersonRow.role, SessionRow.seen)
            .join(PersonRow, PersonRow.key == SessionRow.person)
            .where(SessionRow.token == kept)
            .where(SessionRow.expires > now)
            .where(SessionRow.seen > now - IDLE)
        )
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if now - row.seen >= SEEN_EVERY:
            seen = update(SessionRow).where(SessionRow.token == kept).values(seen=now)
            self._best_effort.write(
                seen, Text("Sesi tidak dapat diperpanjang", "A session can't be extended")
            )
        return Person(row.name, Role(row.role), "person", csrf_of(token))

    def end(self, token: str) -> None:
        """Nobody has this session any more."""
        with self._database.writing() as connection:
            connection.execute(delete(SessionRow).where(SessionRow.token == digest(token)))
