"""What a journal says of a broadcast that broke off: where it was, and what the crew wanted. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline.air.journal import Line, airings
from pipeline.air.select import State, rejoin
from pipeline.air.steer import carried, obeyed, undone
from pipeline.rundown import Planned

STAYS = timedelta(hours=6)
"""A program that stays on, or is held, is over so long after the end of its plan."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """`began` is the wall time at which what is on would have begun at its first frame.

    `planned` are the ids of the plan that held. `ahead` is by how much the rundown's clock led the
    wall's. `orders` are those that were obeyed, and at which frame: sent again after the break,
    they act once, too.
    """

    state: State
    planned: Sequence[str]
    began: datetime
    ahead: timedelta
    orders: dict[str, int]

    def fitted(self, plan: Sequence[Planned]) -> State:
        """The state for a plan in which items may be gone, also the one that was on."""
        there = {one.item.id for one in plan}
        state = carried(self.state, self.planned, there)
        return state if state.on in there else state.left()


def broke_off(lines: Sequence[Line]) -> bool:
    """Whether the program that the journal tells of was not ended in order."""
    if not lines or (lines[-1]["event"] == "close" and "repaired" not in lines[-1]):
        return False
    opened = max((n for n, line in enumerate(lines) if line["event"] == "open"), default=0)
    return not any(line["event"] == "stop" for line in lines[opened:])


def would_be_on(
    lines: Sequence[Line], plan: Sequence[Planned], now: datetime, *, stay: bool
) -> bool:
    """Whether a program that broke off would be on air at wall time `now`; not for ever, if it stays."""
    if not broke_off(lines) or not any(line["event"] == "open" for line in lines):
        return False
    recalled = recall(lines)
    shown = now + recalled.ahead
    if shown > plan[-1].end + STAYS:
        return False
    choice, _ = rejoin(plan, recalled.fitted(plan), recalled.began + recalled.ahead, shown)
    return stay or not choice.ended


def recall(lines: Sequence[Line]) -> Recalled:
    """Reads a repaired journal, from the last program on that began when none had broken off."""
    ends = [n for n, line in enumerate(lines) if line["event"] == "close"]
    orderly = [n for n in ends if "repaired" not in lines[n]]
    state = State()
    began = datetime.fromisoformat(lines[-1]["at"])
    orders: dict[str, int] = {}
    fps, ahead = 1, timedelta(0)
    planned: list[str] = []
    for line in lines[orderly[-1] + 1 if orderly else 0 :]:
        state = _after(state, line)
        if line["event"] == "open":
            fps, ahead = line["fps"], timedelta(seconds=line["ahead_s"])
        if "planned" in line:
            ids = [one["item"] for one in line["planned"]]
            state, planned = carried(state, planned, ids), ids
        if line["event"] == "start":
            began = datetime.fromisoformat(line["at"]) - timedelta(seconds=line["skip"] / fps)
        if "order" in line:
            orders[line["order"]] = line["frame"]
    return Recalled(state, planned, began, ahead, orders)


def occurrences(lines: Sequence[Line]) -> int:
    """How many airings have begun."""
    return sum(line["event"] == "start" for line in lines)


def aired(lines: Sequence[Line]) -> dict[int, int]:
    """Frames of each stand that have aired."""
    found: dict[int, int] = {}
    for airing in airings(lines):
        if airing.stand is not None and airing.kind != "slate":
            found[airing.stand] = found.get(airing.stand, 0) + airing.frames
    return found


def _after(state: State, line: Line) -> State:
    match line["event"]:
        case "start":
            other = state.on is not None and state.on != line["item"]
            return (state.left() if other else state).entered(line["item"])
        case "end":
            return state if "repaired" in line else state.left()
        case "undo":
            return undone(state, line)
        case "missed":
            return replace(state, done=state.done | {line["item"]})
    return obeyed(state, line["event"], line.get("item"))
