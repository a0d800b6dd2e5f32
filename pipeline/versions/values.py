"""What a version of the rundown is, what is told of it, and what stands against a new one; pure values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from pipeline.errors import Fault, OutsideError, Text
from pipeline.rundown import (
    Change,
    Edit,
    Reading,
    Rundown,
    Session,
    changes,
    plan,
)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Told(_Value):
    """One thing that became different; `item` is empty for what is no item."""

    item: str
    title: str
    id: str
    en: str

    @classmethod
    def of(cls, change: Change) -> "Told":
        return cls(item=change.item, title=change.title, id=change.what.id, en=change.what.en)


class Record(_Value):
    """What is kept beside a version's rundown: who, when, what, and which ids its items have.

    `workbook` is the SHA-256 of the workbook that it descends from, `yaml` that of the rundown itself.
    `touches` are the items that its edits meant; `merged` versions were made meanwhile by others.
    """

    number: int = Field(ge=1)
    at: AwareDatetime
    by: str
    what: Literal["workbook", "edits", "restore"]
    based_on: str
    session: str | None = None
    edits: tuple[Edit, ...] = ()
    touches: tuple[str, ...] = ()
    merged: tuple[int, ...] = ()
    restored: int | None = None
    told: tuple[Told, ...] = ()
    workbook: str
    yaml: str
    ids: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Version:
    """A rundown that holds, or held. `record` is None while the workbook itself serves."""

    record: Record | None
    reading: Reading
    workbook: str

    @property
    def name(self) -> str:
        """What a draft calls the version that it is based on."""
        return str(self.record.number) if self.record else book_name(self.workbook)

    @property
    def number(self) -> int:
        """0 is the workbook."""
        return self.record.number if self.record else 0

    @property
    def rundown(self) -> Rundown:
        return self.reading.rundown

    def with_rundown(self, rundown: Rundown) -> "Version":
        """The same with other ids."""
        return replace(self, reading=Reading(rundown, self.reading.warnings))


@dataclass(frozen=True, slots=True)
class Preview:
    """What edits would do to version `on`: the session after them, or their faults.

    `theirs` are the newer versions by others that meant the same items.
    """

    on: Version
    theirs: tuple[Record, ...]
    session: Session | None
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """That the workbook says something else than the version that serves; `faults`: it can't be read."""

    what: Text
    differences: tuple[Change, ...]
    faults: tuple[Fault, ...]


class Conflict(OutsideError):
    """Others changed the same meanwhile: `theirs`, the versions that stand against it; `now` serves."""

    def __init__(self, now: Version, theirs: Sequence[Record]) -> None:
        who = ", ".join(dict.fromkeys(record.by for record in theirs)) or "?"
        super().__init__(
            Text(
                f"acara yang sama sudah diubah oleh {who}",
                f"the same items were changed meanwhile by {who}",
            ),
            Text("Lihat perubahannya, lalu pilih.", "Look at the changes, then choose."),
        )
        self.now = now
        self.theirs = tuple(theirs)


def book_name(digest: str) -> str:
    """What the workbook with that digest is called as the base of a draft."""
    return f"w{digest[:12]}"


def differences(before: Rundown, after: Rundown) -> tuple[Change, ...]:
    """What became different between two rundowns whose items have the same ids."""
    found = [
        _told(f"Stand {stand.number} {stand.name}", "data berubah", "data changed")
        for stand in after.stands
        if before.by_number.get(stand.number) not in (stand, None)
    ]
    news = after.by_number.keys() - before.by_number.keys()
    found += [_told(f"Stand {number}", "baru", "new") for number in sorted(news)]
    gone = before.by_number.keys() - after.by_number.keys()
    found += [_told(f"Stand {number}", "dihapus", "removed") for number in sorted(gone)]
    olds = {session.id: session for session in before.sessions}
    for session in after.sessions:
        old = olds.pop(session.id, None)
        if old is None:
            found.append(_told(f"Sesi {session.id}", "baru", "new"))
        else:
            found += changes(plan(old), session)
    return (*found, *(_told(f"Sesi {id}", "dihapus", "removed") for id in olds))


def _told(title: str, id: str, en: str) -> Change:
    return Change("", title, Text(id, en))


def newer(records: Sequence[Record], base: str) -> tuple[Record, ...] | None:
    """Those made after `base`, the oldest first; None when there is no such base. `records` likewise."""
    for place, record in reversed(tuple(enumerate(records, 1))):
        as_book = record.what == "workbook" and book_name(record.workbook) == base
        if as_book or str(record.number) == base:
            return tuple(records[place:])
    return None


def against(records: Sequence[Record], session: str, mine: frozenset[str]) -> tuple[Record, ...]:
    """The versions that change what I mean to change: the same items, or all of the day."""
    return tuple(
        record
        for record in records
        if record.what != "edits" or (record.session == session and mine & {*record.touches})
    )


def when(moment: datetime) -> Text:
    """A moment as it is told."""
    return Text(f"{moment:%d/%m %H.%M}", f"{moment:%d/%m %H:%M}")
