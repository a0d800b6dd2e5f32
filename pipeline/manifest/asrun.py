"""Journal lines become one session's `AsRun`: its airings, and plan and stands as they stood then.

Pure; must not know where the lines are kept nor what the workbook says today.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.air import JOURNAL, Airing, Line, airings, check_chain
from pipeline.errors import Fault, InputFaults, Text


@dataclass(frozen=True, slots=True)
class StandCopy:
    """A stand as the workbook had it when the session opened; `entitled_s` in seconds."""

    number: int
    name: str
    entitled_s: int


@dataclass(frozen=True, slots=True)
class PlannedCopy:
    """An item's place in the plan as it stood when the session opened."""

    item: str
    title: str
    kind: str
    stand: int | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """An item that was due and didn't go on air, with the reason the journal gives."""

    item: str
    title: str
    stand: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class AsRun:
    """What one session's journal says.

    `frames` is the length of the program; final once `closed`. `lines` and `head` (the hash of the
    last line) name the state of the journal; `damage` says where its chain breaks, "" if whole.
    """

    session: str
    event: str
    fps: int
    opened: datetime
    closed: bool
    frames: int
    lines: int
    head: str
    damage: str
    stands: tuple[StandCopy, ...]
    planned: tuple[PlannedCopy, ...]
    missed: tuple[Missed, ...]
    airings: tuple[Airing, ...]


def as_run(lines: Sequence[Line]) -> AsRun | None:
    """Reads a whole journal; None when no session was opened in it yet.

    A session that was opened again after an interruption keeps every stand it ever knew, and the
    plan of its last opening. A broken chain is said in `damage`; a line that can't be understood
    any more raises InputFaults.
    """
    try:
        return _read(lines)
    except (KeyError, TypeError, ValueError) as error:
        faults = check_chain(lines) or (Fault(JOURNAL, Text(repr(error), repr(error))),)
        raise InputFaults(faults) from error


def _read(lines: Sequence[Line]) -> AsRun | None:
    opens = [line for line in lines if line["event"] == "open"]
    if not opens:
        return None
    first, last = opens[0], opens[-1]
    faults = check_chain(lines)
    stands = {copy["number"]: copy for line in opens for copy in line["stands"]}
    return AsRun(
        session=last["session"],
        event=last["event_name"],
        fps=last["fps"],
        opened=datetime.fromisoformat(first["at"]),
        closed=lines[-1]["event"] == "close",
        frames=lines[-1]["frame"],
        lines=len(lines),
        head=lines[-1]["hash"],
        damage=f"{faults[0].where}: {faults[0].what}" if faults else "",
        stands=tuple(
            StandCopy(number, copy["name"], copy["entitled_s"])
            for number, copy in sorted(stands.items())
        ),
        planned=tuple(_planned(copy) for copy in last["planned"]),
        missed=tuple(
            Missed(line["item"], line["title"], line["stand"], line["reason"])
            for line in lines
            if line["event"] == "missed"
        ),
        airings=airings(lines),
    )


def _planned(copy: Line) -> PlannedCopy:
    return PlannedCopy(
        item=copy["item"],
        title=copy["title"],
        kind=copy["kind"],
        stand=copy["stand"],
        start=datetime.fromisoformat(copy["start"]),
        end=datetime.fromisoformat(copy["end"]),
    )
