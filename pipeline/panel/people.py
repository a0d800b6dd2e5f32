"""People in the panel's database: who there is, with which role, and how each gets a password.

Nobody's password is ever chosen by another: an invitation, good once and for a day, lets its holder
choose it. Knows no HTTP; what it refuses is a UsageError with the reason.
"""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from pipeline.clock import Clock
from pipeline.errors import Text, UsageError
from pipeline.panel.database import Database
from pipeline.panel.passwords import Passwords, refuse_weak
from pipeline.panel.rights import GIVEN, Role
from pipeline.panel.tables import InvitationRow, PersonRow, SessionRow
from pipeline.panel.tokens import digest, new_token

INVITATION = timedelta(hours=24)
LONGEST_NAME = 40
FIRST = ""
"""Whom the invitation of the first admin is for: nobody yet."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person; `ready` once a password is chosen."""

    name: str
    role: Role
    ready: bool
    created: datetime


def key_of(name: str) -> str:
    """The same for all spellings of a name that look alike."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def fit_name(name: str) -> str:
    """A name as it is kept; UsageError when it is empty, too long, or has signs that can't be seen."""
    tidy = " ".join(unicodedata.normalize("NFC", name).split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise UsageError(
            Text(
                f"Nama terdiri atas 1 sampai {LONGEST_NAME} karakter.",
                f"A name has 1 to {LONGEST_NAME} characters.",
            )
        )
    return tidy


def fit_role(role: str) -> Role:
    """A role that can be given; UsageError for anything else."""
    if role not in GIVEN:
        raise UsageError(Text("Peran itu tidak ada.", "There is no such role."))
    return Role(role)


class People:
    """All that is known of people; each change is one transaction."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords

    def all(self) -> tuple[Account, ...]:
        """Everybody, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(PersonRow.__table__).order_by(PersonRow.key))
            return tuple(_account(row) for row in rows)

    def add(self, name: str, role: str) -> str:
        """A new person; gives the token with which they choose their password."""
        name, given = fit_name(name), fit_role(role)
        with self._database.writing() as connection:
            if _row(connection, name) is not None:
                raise UsageError(
                    Text(f"Nama {name} sudah ada.", f"There is a {name} already."),
                )
            self._insert(connection, name, given, "")
            return self._invite(connection, key_of(name))

    def set_role(self, name: str, role: str) -> None:
        """Another role, from the person's next request on."""
        given = fit_role(role)
        with self._database.writing() as connection:
            found = _found(connection, name)
            if given is not Role.admin:
                _refuse_last_admin(connection, found)
            connection.execute(_of(name).values(role=given))

    def reset(self, name: str) -> str:
        """Takes away password and sessions; gives the token with which they choose a new one."""
        with self._database.writing() as connection:
            _refuse_last_admin(connection, _found(connection, name))
            connection.execute(_of(name).values(password=""))
            _end_sessions(connection, name)
            return self._invite(connection, key_of(name))

    def remove(self, name: str) -> None:
        """The person, their sessions and invitations; not what the audit list says of them."""
        with self._database.writing() as connection:
            _refuse_last_admin(connection, _found(connection, name))
            _forget(connection, name)

    def first_admin(self) -> str | None:
        """A token for whoever sets up this panel, in place of any earlier one; None: there is an admin."""
        with self._database.writing() as connection:
            return None if _ready_admins(connection) else self._invite(connection, FIRST)

    def invited(self, token: str) -> str:
        """Whom an invitation is for, `FIRST` for the first admin; UsageError when it isn't good any more."""
        with self._database.reading() as connection:
            return self._invited(connection, token)

    def accept(self, token: str, name: str, password: str) -> Account:
        """Uses up an invitation: sets the password. `name` counts for the first admin only.

        UsageError when the link isn't good any more, or name or password aren't; then it stays good.
        """
        invited = self.invited(token)
        name = invited or fit_name(name)
        refuse_weak(password, name)
        kept = self._passwords.hash(password)
        with self._database.writing() as connection:
            self._invited(connection, token)  # another may have used it while we hashed
            connection.execute(delete(InvitationRow).where(InvitationRow.token == digest(token)))
            if invited == FIRST:
                _forget(connection, name)  # also an admin who lost the invitation: no password yet
                self._insert(connection, name, Role.admin, kept)
            else:
                connection.execute(_of(name).values(password=kept))
            return _account(_found(connection, name))

    def verify(self, name: str, password: str) -> Account | None:
        """Whose name and password these are; takes as long for a name that nobody has."""
        with self._database.reading() as connection:
            row = _row(connection, name[: 2 * LONGEST_NAME])
        fits = self._passwords.fits(row.password if row else None, password)
        return _account(row) if row and fits else None

    def change_password(self, name: str, password: str) -> None:
        """A new password; all sessions of the person end, also the one that asked."""
        refuse_weak(password, name)
        kept = self._passwords.hash(password)
        with self._database.writing() as connection:
            connection.execute(_of(name).values(password=kept))
            _end_sessions(connection, name)

    def _insert(self, connection: Connection, name: str, role: Role, kept: str) -> None:
        values = {"key": key_of(name), "name": name, "role": role, "password": kept}
        connection.execute(insert(PersonRow).values(**values, created=self._clock.now()))

    def _invite(self, connection: Connection, key: str) -> str:
        token = new_token()
        values = {"token": digest(token), "person": key, "expires": self._clock.now() + INVITATION}
        connection.execute(delete(InvitationRow).where(InvitationRow.person == key))
        connection.execute(insert(InvitationRow).values(**values))
        return token

    def _invited(self, connection: Connection, token: str) -> str:
        query = (
            select(InvitationRow.person, PersonRow.name)
            .outerjoin(PersonRow, PersonRow.key == InvitationRow.person)
            .where(InvitationRow.token == digest(token))
            .where(InvitationRow.expires > self._clock.now())
        )
        row = connection.execute(query).one_or_none()
        if row is None or (row.person == FIRST and _ready_admins(connection)):
            raise UsageError(
                Text(
                    "Tautan ini sudah dipakai atau kedaluwarsa. Minta yang baru kepada admin.",
                    "This link was used or has expired. Ask an admin for a new one.",
                )
            )
        return row.name or FIRST


def _account(row: Row[Any]) -> Account:
    return Account(row.name, Role(row.role), bool(row.password), row.created)


def _row(connection: Connection, name: str) -> Row[Any] | None:
    query = select(PersonRow.__table__).where(PersonRow.key == key_of(name))
    return connection.execute(query).one_or_none()


def _found(connection: Connection, name: str) -> Row[Any]:
    row = _row(connection, name)
    if row is None:
        raise UsageError(Text("Orang itu tidak ada lagi.", "That person isn't there any more."))
    return row


def _of(name: str) -> Any:
    return update(PersonRow).where(PersonRow.key == key_of(name))


def _end_sessions(connection: Connection, name: str) -> None:
    connection.execute(delete(SessionRow).where(SessionRow.person == key_of(name)))


def _forget(connection: Connection, name: str) -> None:
    _end_sessions(connection, name)
    connection.execute(delete(InvitationRow).where(InvitationRow.person == key_of(name)))
    connection.execute(delete(PersonRow).where(PersonRow.key == key_of(name)))


def _ready_admins(connection: Connection) -> int:
    """Admins who can sign in: one who has only been invited may never come."""
    query = select(func.count()).select_from(PersonRow).where(PersonRow.role == Role.admin)
    return connection.execute(query.where(PersonRow.password != "")).scalar_one()


def _refuse_last_admin(connection: Connection, person: Row[Any]) -> None:
    if person.role == Role.admin and person.password and _ready_admins(connection) == 1:
        raise UsageError(
            Text(
                f"{person.name} satu-satunya admin. Jadikan orang lain admin lebih dulu.",
                f"{person.name} is the only admin. Make somebody else an admin first.",
            )
        )
