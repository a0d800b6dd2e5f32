"""The tables of the projection: what a journal said, row by row, keyed by session and occurrence.

No foreign key leaves a session and no row refers to the workbook, so what aired stays readable
whatever becomes of the rundown. The column names are the field names of the values they hold.
"""

from datetime import UTC, datetime

from sqlalchemy import Dialect, String
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
    type_annotation_map = {datetime: Moment}  # noqa: RUF012 - SQLAlchemy's own hook


class SessionRow(Base):
    __tablename__ = "session"

    session: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str]
    fps: Mapped[int]
    opened: Mapped[datetime]
    closed: Mapped[bool]
    frames: Mapped[int]
    lines: Mapped[int]
    head: Mapped[str]
    damage: Mapped[str]


class StandRow(Base):
    __tablename__ = "stand"

    session: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    entitled_s: Mapped[int]


class PlannedRow(Base):
    __tablename__ = "planned"

    session: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    title: Mapped[str]
    kind: Mapped[str]
    stand: Mapped[int | None]
    start: Mapped[datetime]
    end: Mapped[datetime]


class MissedRow(Base):
    __tablename__ = "missed"

    session: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str]
    title: Mapped[str]
    stand: Mapped[int | None]
    reason: Mapped[str]


class UnrecordedRow(Base):
    __tablename__ = "unrecorded"

    session: Mapped[str] = mapped_column(primary_key=True)
    begin: Mapped[int] = mapped_column(primary_key=True)
    stop: Mapped[int]


class OutageRow(Base):
    __tablename__ = "outage"

    session: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    destination: Mapped[str]
    first_frame: Mapped[int]
    frames: Mapped[int]
    start: Mapped[datetime]
    end: Mapped[datetime]
    error: Mapped[str | None]


class AiringRow(Base):
    __tablename__ = "airing"

    session: Mapped[str] = mapped_column(primary_key=True)
    occurrence: Mapped[int] = mapped_column(primary_key=True)
    item: Mapped[str | None]
    kind: Mapped[str]
    planned_kind: Mapped[str | None]
    stand: Mapped[int | None] = mapped_column(index=True)
    stand_name: Mapped[str | None]
    title: Mapped[str]
    segment: Mapped[str]
    part: Mapped[str]
    first_frame: Mapped[int]
    frames: Mapped[int]
    start: Mapped[datetime]
    end: Mapped[datetime]
    cut: Mapped[bool]
    packets: Mapped[str]
    delivered_frames: Mapped[int]
