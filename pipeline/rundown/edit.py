"""A day changed by hand: edits of one session's items come in, the changed rundown or every fault goes out.

The result is parsed as if a workbook held it. Knows what has aired only as ids; no file, no clock. Pure.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from pipeline.errors import Fault, InputFaults, Text
from pipeline.rundown.cells import Findings
from pipeline.rundown.draft import Draft
from pipeline.rundown.model import Rundown, Session, StartMode, Value
from pipeline.rundown.parse import parse
from pipeline.rundown.reading import Reading
from pipeline.rundown.tabled import tables_of_rundown

Id = Annotated[str, Field(min_length=1, max_length=100)]
Typed = Annotated[str, Field(max_length=2000, description="as it would be typed into the workbook")]


def _no_truth(number: Any) -> Any:
    if isinstance(number, bool):
        raise ValueError("not a number")
    return number


NO_TRUTH = BeforeValidator(_no_truth)
"""JSON's `true` is no number, though Python's is."""


class _OfItem(Value):
    item: Id


class Move(_OfItem):
    """Puts an item in front of another, or at the end."""

    do: Literal["move"] = "move"
    before: Id | None = None


class Retime(_OfItem):
    """Gives an item a time: one that followed starts at it, exactly."""

    do: Literal["time"] = "time"
    at: Typed


class Resize(_OfItem):
    """Gives an item a length: `2:30`, `90 detik`, `5 menit`."""

    do: Literal["duration"] = "duration"
    duration: Typed


class Retitle(_OfItem):
    """Gives an item a title."""

    do: Literal["title"] = "title"
    title: Typed


class Restart(_OfItem):
    """Says how an item gets on air; a fixed one starts at the time at which it is planned now."""

    do: Literal["mode"] = "mode"
    start: StartMode


class Remove(_OfItem):
    """Takes an item out."""

    do: Literal["remove"] = "remove"


class Late(Value):
    """A stand is so many minutes late: see `Draft.late`."""

    do: Literal["late"] = "late"
    stand: Annotated[int, Field(ge=1, le=9999), NO_TRUTH]
    minutes: Annotated[int, Field(ge=1, le=720), NO_TRUTH]


Edit = Annotated[
    Move | Retime | Resize | Retitle | Restart | Remove | Late,
    Field(discriminator="do", json_schema_extra={"required": ["do"]}),
]


def edited(
    rundown: Rundown,
    session: str,
    edits: Sequence[Edit],
    zone: ZoneInfo,
    aired: Collection[str] = (),
) -> Reading:
    """The rundown after the edits, one by one, with its warnings; every item keeps its id.

    Items in `aired` are on air, have aired or were missed: only their titles can change. Places of
    faults and warnings begin with the item's id (`1-04, Jam`). Raises InputFaults with all faults.
    """
    before = next((one for one in rundown.sessions if one.id == session), None)
    if before is None:
        what = Text(f"tidak ada sesi {session}", f"there is no session {session}")
        raise InputFaults([Fault(session, what)])
    found = Findings()
    draft = Draft(before, zone, aired, found)
    for edit in edits:
        _apply(draft, edit)
    after = before.model_copy(update={"items": draft.written()})
    sessions = tuple(after if one is before else one for one in rundown.sessions)
    whole = rundown.model_copy(update={"sessions": sessions})
    parsed = parse(tables_of_rundown(whole), zone, found)
    if parsed is None:
        raise InputFaults(tuple(found.faults))
    return Reading(under_ids(parsed, ids_of(whole)), tuple(found.warnings))


def touched(edit: Edit, session: Session, aired: Collection[str] = ()) -> frozenset[str]:
    """The items whose meaning an edit depends on: two that share one can't both be meant."""
    match edit:
        case Move():
            return frozenset(id for id in (edit.item, edit.before) if id is not None)
        case Late():
            ids = (item.id for item in session.items if item.stand == edit.stand)
            return frozenset(id for id in ids if id not in aired)
        case _:
            return frozenset({edit.item})


def ids_of(rundown: Rundown) -> dict[str, tuple[str, ...]]:
    """The ids of each session's items, in their order."""
    return {one.id: tuple(item.id for item in one.items) for one in rundown.sessions}


def under_ids(rundown: Rundown, ids: Mapping[str, Sequence[str]]) -> Rundown:
    """The rundown with its items under those ids; ValueError when there aren't as many."""
    sessions = []
    for session in rundown.sessions:
        own = zip(session.items, ids.get(session.id, ()), strict=True)
        items = tuple(item.model_copy(update={"id": id}) for item, id in own)
        sessions.append(session.model_copy(update={"items": items}))
    return rundown.model_copy(update={"sessions": tuple(sessions)})


def _apply(draft: Draft, edit: Edit) -> None:
    match edit:
        case Move():
            draft.move(edit.item, edit.before)
        case Retime():
            draft.retime(edit.item, edit.at)
        case Resize():
            draft.resize(edit.item, edit.duration)
        case Retitle():
            draft.retitle(edit.item, edit.title)
        case Restart():
            draft.restart(edit.item, edit.start)
        case Remove():
            draft.remove(edit.item)
        case Late():
            draft.late(edit.stand, edit.minutes)
