"""What the pages and calls for changing the day say and are told: versions, items, faults, as plain values.

Made of what the versions give; knows no HTTP.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import Fault, Text
from pipeline.panel.access import Said
from pipeline.rundown import NO_TRUTH, Edit, Rundown, Session, item_at, plan
from pipeline.versions import Clash, Preview, Record, Told, Version

Day = Annotated[str, Field(max_length=10, description="the session's date, 2021-11-24")]


class Holds(BaseModel):
    """A version; `name` is what a draft says as its `base`. 0 is the workbook."""

    name: str
    number: int
    by: str | None
    at: datetime | None


class Line(BaseModel):
    """An item, as planned; `done`: it is on air, has aired or was missed, and stays as it is."""

    item: str
    title: str
    kind: str
    mode: str
    stand: int | None
    stand_name: str | None
    start: datetime
    end: datetime
    duration_s: int
    done: bool


class Made(BaseModel):
    """One version in the history: who, when and what; `touches` are the items that were meant."""

    number: int
    at: datetime
    by: str
    what: str
    session: str | None
    restored: int | None
    touches: tuple[str, ...]
    merged: tuple[int, ...]
    told: tuple[Told, ...]


class Wrong(BaseModel):
    """A fault or a warning, at its item if it is of one."""

    item: str | None
    where: str
    what: Said
    hint: Said | None


class Differs(BaseModel):
    """The workbook on disk says something else than the version that holds."""

    what: Said
    differences: tuple[Told, ...]
    faults: tuple[Wrong, ...]


class Overview(BaseModel):
    """Everything that the page for changing the day shows."""

    version: Holds
    sessions: tuple[str, ...]
    session: str
    items: tuple[Line, ...]
    history: tuple[Made, ...]
    clash: Differs | None
    troubles: tuple[Said, ...]


class Drafted(BaseModel):
    """Edits of a session, meant for version `base`; done in their order."""

    model_config = ConfigDict(extra="forbid")

    base: Annotated[str, Field(min_length=1, max_length=40)]
    session: Day
    edits: Annotated[tuple[Edit, ...], Field(min_length=1, max_length=200)]


class Foreseen(BaseModel):
    """What a draft would do to version `version`; `theirs`: newer versions that changed the same."""

    version: Holds
    items: tuple[Line, ...]
    changes: tuple[Told, ...]
    faults: tuple[Wrong, ...]
    warnings: tuple[Wrong, ...]
    theirs: tuple[Made, ...]


class Saved(BaseModel):
    """The new version; `merged` ones were made by others meanwhile, and hold too."""

    version: Holds
    merged: tuple[Made, ...] = ()


class Chosen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, le=999_999_999), NO_TRUTH]


class Conflicting(Said):
    """Others changed the same since the base, and `version` holds now; or there is no such session."""

    version: Holds | None = None
    theirs: tuple[Made, ...] = ()


class Faulty(Said):
    """The draft has faults, each at its item; or the request isn't as documented."""

    faults: tuple[Wrong, ...] = ()


def holds(version: Version) -> Holds:
    """A version, by name."""
    record = version.record
    return Holds(
        name=version.name,
        number=version.number,
        by=record and record.by,
        at=record and record.at,
    )


def made(records: Iterable[Record]) -> tuple[Made, ...]:
    """What is told of versions."""
    fields = set(Made.model_fields)
    return tuple(Made.model_validate(one.model_dump(include=fields)) for one in records)


def lines(rundown: Rundown, session: Session, aired: Collection[str]) -> tuple[Line, ...]:
    """The items of a session, as they are planned."""
    return tuple(
        Line(
            item=p.item.id,
            title=p.item.title,
            kind=p.item.kind.value,
            mode=p.item.start.value,
            stand=p.item.stand,
            stand_name=(stand := rundown.stand_of(p.item)) and stand.name,
            start=p.start,
            end=p.end,
            duration_s=p.item.duration_s,
            done=p.item.id in aired,
        )
        for p in plan(session)
    )


def wrong(faults: Iterable[Fault], session: Session) -> tuple[Wrong, ...]:
    """Faults, each with the item that it is of."""
    ids = {item.id for item in session.items}
    return tuple(
        Wrong(
            item=item if (item := item_at(one.where)) in ids else None,
            where=one.where,
            what=said(one.what),
            hint=one.hint and said(one.hint),
        )
        for one in faults
    )


def differs(clash: Clash | None, session: Session) -> Differs | None:
    """That the workbook says something else."""
    if clash is None:
        return None
    return Differs(
        what=said(clash.what),
        differences=tuple(map(Told.of, clash.differences)),
        faults=wrong(clash.faults, session),
    )


def foreseen(seen: Preview, before: Session, aired: Collection[str]) -> Foreseen:
    """What a preview shows."""
    rundown = seen.on.rundown
    return Foreseen(
        version=holds(seen.on),
        items=lines(rundown, seen.session, aired) if seen.session else (),
        changes=tuple(map(Told.of, seen.changes)),
        faults=wrong(seen.faults, before),
        warnings=wrong(seen.warnings, before),
        theirs=made(seen.theirs),
    )


def said(text: Text) -> Said:
    return Said(id=text.id, en=text.en)
