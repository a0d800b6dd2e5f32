"""Devices that steer the program with a token of their own: button boxes, scripts, other panels.

A token is given once and kept as its hash. Knows no HTTP; what it refuses is a UsageError.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from pipeline.clock import Clock
from pipeline.errors import Text, UsageError
from pipeline.panel.best_effort import BestEffort
from pipeline.panel.database import Database
from pipeline.panel.people import fit_name, fit_role, key_of
from pipeline.panel.rights import Person, Role
from pipeline.panel.sessions import SEEN_EVERY
from pipeline.panel.tables import DeviceRow
from pipeline.panel.tokens import digest, new_token


@dataclass(frozen=True, slots=True)
class Device:
    """One device; its name stays taken when it is revoked, so that the audit list has one meaning."""

    number: int
    name: str
    role: Role
    created: datetime
    by: str
    used: datetime | None
    revoked: datetime | None


class Devices:
    """All devices there are and were."""

    def __init__(self, database: Database, clock: Clock, best_effort: BestEffort) -> None:
        self._database = database
        self._clock = clock
        self._best_effort = best_effort

    def all(self) -> tuple[Device, ...]:
        """The newest first."""
        columns = [column for column in DeviceRow.__table__.columns if column.name != "token"]
        with self._database.reading() as connection:
            rows = connection.execute(select(*columns).order_by(DeviceRow.number.desc())).mappings()
            return tuple(Device(**{**row, "role": Role(row["role"])}) for row in rows)

    def add(self, name: str, role: str, by: str) -> str:
        """A new device; gives its token, which can't be found again."""
        name, given, token = fit_name(name), fit_role(role), new_token()
        values = {"token": digest(token), "name": name, "role": given, "by": by}
        with self._database.writing() as connection:
            taken = connection.execute(select(DeviceRow.name)).scalars()
            if key_of(name) in map(key_of, taken):
                raise UsageError(
                    Text(
                        f"Nama {name} sudah dipakai perangkat lain.",
                        f"Another device has the name {name}.",
                    )
                )
            connection.execute(insert(DeviceRow).values(**values, created=self._clock.now()))
        return token

    def revoke(self, number: int) -> str:
        """Its token is good for nothing from now on; gives the device's name."""
        with self._database.writing() as connection:
            query = select(DeviceRow.name).where(
                DeviceRow.number == number, DeviceRow.revoked.is_(None)
            )
            name = connection.execute(query).scalar()
            if name is None:
                raise UsageError(
                    Text("Perangkat itu sudah dicabut.", "That device was revoked already.")
                )
            revoked = update(DeviceRow).where(DeviceRow.number == number)
            connection.execute(revoked.values(revoked=self._clock.now()))
            return name

    def person(self, token: str) -> Person | None:
        """The device that has this token; None when nobody has it, or not any more."""
        kept, now = digest(token), self._clock.now()
        query = select(DeviceRow.name, DeviceRow.role, DeviceRow.used)
        query = query.where(DeviceRow.token == kept, DeviceRow.revoked.is_(None))
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.used is None or now - row.used >= SEEN_EVERY:
            used = update(DeviceRow).where(DeviceRow.token == kept).values(used=now)
            self._best_effort.write(
                used,
                Text("Pemakaian perangkat tidak tercatat", "The use of a device isn't recorded"),
            )
        return Person(row.name, Role(row.role), "device")
