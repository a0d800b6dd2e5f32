"""Journal lines become one session's `AsRun`: its airings, and plan and stands as they stood then.

Pure; must not know where the lines are kept nor what the workbook says today.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.air import JOURNAL, Airing, Line, Span, airings, check_chain, unrecorded
from pipeline.errors import Fault, InputFaults, Text
from pipeline.manifest.outages import Outage, outages


@dataclass(frozen=True, slots=True)
class StandCopy:
    """A stand as the workbook had it at the session's latest plan; `entitled_s` in seconds."""

    number: int
    name: str
    entitled_s: int


@dataclass(frozen=True, slots=True)
class PlannedCopy:
    """An item's place in the plan as it stood last while the session was open."""

    item: str
    title: str
    kind: str
    stand: int | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Missed:
    """An item that was due and never went on air, with the reason the journal gives."""

    item: str
    title: str
    stand: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class AsRun:
    """What one session's journal says.

    `frames` is the length of the program; final once `closed`. `lines` and `head` (the hash of the
    last line) name the state of the journal; `damage` says where its chain breaks, "" if whole.
    `unrecorded` are the frames that went out and are in no part of the program log.
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
    unrecorded: tuple[Span, ...]
    outages: tuple[Outage, ...]


def as_run(lines: Sequence[Line]) -> AsRun | None:
    """Reads a whole journal; None when no session was opened in it yet.

    A session that was opened again after an interruption, or whose rundown was changed on air,
    keeps every stand it ever knew; its plan is the latest. A broken chain is said in `damage`; a
    line that can't be understood any more raises InputFaults.
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
    plans = [line for line in lines if line["event"] in ("open", "rundown")]
    faults = check_chain(lines)
    stands = {copy["number"]: copy for line in plans for copy in line["stands"]}
    aired = airings(lines)
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
        planned=tuple(_planned(copy) for copy in plans[-1]["planned"]),
        missed=_missed(lines, {airing.item for airing in aired if airing.frames}),
        airings=aired,
        unrecorded=unrecorded(lines),
        outages=outages(lines, last["fps"]),
    )


def _missed(lines: Sequence[Line], aired: Collection[str | None]) -> tuple[Missed, ...]:
    """Every item once, but for those that went on air all the same."""
    missed = {
        line["item"]: Missed(line["item"], line["title"], line["stand"], line["reason"])
        for line in lines
        if line["event"] == "missed" and line["item"] not in aired
    }
    return tuple(missed.values())


def _planned(copy: Line) -> PlannedCopy:
    return PlannedCopy(
        item=copy["item"],
        title=copy["title"],
        kind=copy["kind"],
        stand=copy["stand"],
        start=datetime.fromisoformat(copy["start"]),
        end=datetime.fromisoformat(copy["end"]),
    )
