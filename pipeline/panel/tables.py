"""The tables of the panel's database: people, their sessions and invitations, devices, the audit list.

Of each token only its SHA-256 is kept: 256 random bits need no slow hash. The audit list copies
names instead of referring to people, so it stays readable when they are gone.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Dialect, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware datetime as UTC text of one width, which sorts as time does."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return datetime.fromisoformat(value) if value else None


class Base(DeclarativeBase):
    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's hook


class PersonRow(Base):
    """`key` is the name in small letters: two names that look alike are one; no `password` yet: ''."""

    __tablename__ = "person"

    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    password: Mapped[str]
    created: Mapped[datetime]


class InvitationRow(Base):
    """The right to choose a password, once; an empty `person` is the first admin, still without a name."""

    __tablename__ = "invitation"

    token: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    expires: Mapped[datetime]


class SessionRow(Base):
    __tablename__ = "session"

    token: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(index=True)
    created: Mapped[datetime]
    seen: Mapped[datetime]
    expires: Mapped[datetime]


class DeviceRow(Base):
    __tablename__ = "device"

    number: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    created: Mapped[datetime]
    by: Mapped[str]
    used: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class AuditRow(Base):
    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(index=True)
    role: Mapped[str]
    kind: Mapped[str]
    what: Mapped[str] = mapped_column(index=True)
    detail: Mapped[dict[str, Any]]
    outcome: Mapped[str]
