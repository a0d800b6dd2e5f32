"""What is on air: a pure function of the plan, what has aired, and now. No clock, no file, no packet.

A fixed start cuts whatever is on; a follow start comes when the item before it has ended; a manual one
waits for a take. Where nothing can air there is the slate, so that always exactly one thing is on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.errors import Text
from pipeline.rundown import Planned, StartMode


@dataclass(frozen=True, slots=True)
class State:
    """What has been: `done` items have aired or were missed; `on` is on air, None for the slate.

    `over`: all of `on` has been sent.
    """

    done: frozenset[str] = frozenset()
    on: str | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall be on air now. `item` None means the slate, which announces `following`.

    `skip` is how far into the item to enter; `missed` items won't air any more; `ended`: nothing
    of the session is left.
    """

    item: str | None
    reason: Text
    following: Planned | None = None
    missed: tuple[Planned, ...] = ()
    skip: timedelta = timedelta(0)
    ended: bool = False


STAY = Text("masih tayang", "still on air")
FIXED = Text("waktunya tiba", "its time has come")
FOLLOW = Text("menyusul acara sebelumnya", "follows the item before")
JOINED = Text("siaran mulai di tengah acara", "the broadcast began within the item")
WAIT = Text("menunggu acara berikutnya", "waiting for the next item")
TAKE = Text("menunggu aba-aba", "waiting for a take")
END = Text("acara selesai", "the session is over")


def join(plan: Sequence[Planned], now: datetime) -> Choice:
    """The first choice of a broadcast that begins now, at whatever point of the plan that is."""
    past = tuple(planned for planned in plan if planned.end <= now)
    for planned in plan:
        if planned.start <= now < planned.end and planned.item.start is not StartMode.MANUAL:
            skip = now - planned.start
            return Choice(planned.item.id, JOINED if skip else FIXED, missed=past, skip=skip)
    done = frozenset(planned.item.id for planned in past)
    return _with(choose(plan, State(done), now), past)


def choose(plan: Sequence[Planned], state: State, now: datetime) -> Choice:
    """What shall be on air at `now`, a moment at which what is on can be left."""
    left = [p for p in plan if p.item.id not in state.done and p.item.id != state.on]
    due = [p for p in left if _fixed(p, plan) and p.start <= now]
    if due:
        missed = tuple(left[: left.index(due[-1])])
        return Choice(due[-1].item.id, FIXED, missed=missed)
    if state.on is not None and not state.over:
        return Choice(state.on, STAY, following=left[0] if left else None)
    if not left:
        return Choice(None, END, ended=True)
    first = left[0]
    if first.item.start is StartMode.FOLLOW and not _fixed(first, plan):
        return Choice(first.item.id, FOLLOW)
    if now >= left[-1].end and not any(_fixed(p, plan) for p in left):
        return Choice(None, END, missed=tuple(left), ended=True)
    return Choice(None, WAIT if _fixed(first, plan) else TAKE, following=first)


def _fixed(planned: Planned, plan: Sequence[Planned]) -> bool:
    """Whether the clock starts it: a fixed start, or the first item, which has none to follow."""
    if planned is plan[0]:
        return planned.item.start is not StartMode.MANUAL
    return planned.item.start is StartMode.FIXED


def _with(choice: Choice, missed: tuple[Planned, ...]) -> Choice:
    return Choice(
        choice.item, choice.reason, choice.following, missed + choice.missed, ended=choice.ended
    )
