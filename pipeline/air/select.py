"""What is on air: a pure function of the plan, what has been, what the crew wants, and now.

A fixed start cuts whatever is on; a follow start comes when the item before it has ended; a manual one
waits for a take. Where nothing can air there is the slate, so that always exactly one thing is on.
No clock, no file, no packet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from pipeline.errors import Text
from pipeline.rundown import Planned, StartMode


@dataclass(frozen=True, slots=True)
class State:
    """What has been, and what the crew wants.

    `done` items have aired or were missed; `on` is on air, None for the slate; `over`: all of `on`
    has been sent; `last` is the item that went on air last: the chain goes on from its place.
    `taken` shall be on air now, from its moment `back` on; `next` was chosen to come next; `held`
    and `slated`: the crew stays with what is on, or with the slate, until it says otherwise.
    """

    done: frozenset[str] = frozenset()
    on: str | None = None
    over: bool = False
    last: str | None = None
    taken: str | None = None
    back: timedelta = timedelta(0)
    next: str | None = None
    held: bool = False
    slated: bool = False

    def entered(self, item: str | None) -> "State":
        """After `item`, or the slate, went on air."""
        if item is None:
            return replace(self, on=None, over=False)
        chosen = None if self.next == item else self.next
        by_hand = self.taken == item
        return replace(
            self,
            on=item,
            over=False,
            last=item,
            taken=None,
            back=timedelta(0),
            next=chosen,
            slated=self.slated and not by_hand,
        )

    def left(self) -> "State":
        """After what is on has ended, or was cut."""
        done = self.done if self.on is None else self.done | {self.on}
        return replace(self, done=done, on=None, over=False)

    def missed(self, items: Sequence[Planned]) -> "State":
        return replace(self, done=self.done | {planned.item.id for planned in items})


@dataclass(frozen=True, slots=True)
class Choice:
    """What shall be on air now. `item` None means the slate, which announces `following`.

    `skip` is how far into the item to enter; `missed` items won't air any more; `ended`: nothing
    of the session is left. `until`: nothing is planned before then, so that a filler may air.
    """

    item: str | None
    reason: Text
    following: Planned | None = None
    missed: tuple[Planned, ...] = ()
    skip: timedelta = timedelta(0)
    ended: bool = False
    until: datetime | None = None


STAY = Text("masih tayang", "still on air")
FIXED = Text("waktunya tiba", "its time has come")
FOLLOW = Text("menyusul acara sebelumnya", "follows the item before")
JOINED = Text("siaran mulai di tengah acara", "the broadcast began within the item")
REJOINED = Text("siaran tersambung lagi", "the broadcast is back")
WAIT = Text("menunggu acara berikutnya", "waiting for the next item")
TAKE = Text("menunggu aba-aba", "waiting for a take")
TAKEN = Text("diambil kru", "taken by the crew")
UNDONE = Text("take dibatalkan kru", "the crew undid a take")
HELD = Text("ditahan kru", "held by the crew")
SLATED = Text("slate diminta kru", "slate by the crew")
END = Text("acara selesai", "the session is over")


def join(plan: Sequence[Planned], now: datetime) -> Choice:
    """The first choice of a broadcast that begins now, at whatever point of the plan that is."""
    past = tuple(planned for planned in plan if planned.end <= now)
    for planned in plan:
        if planned.start <= now < planned.end and planned.item.start is not StartMode.MANUAL:
            skip = now - planned.start
            return Choice(planned.item.id, JOINED if skip else FIXED, missed=past, skip=skip)
    choice = choose(plan, State().missed(past), now)
    return replace(choice, missed=past + choice.missed)


def rejoin(
    plan: Sequence[Planned], state: State, began: datetime, now: datetime
) -> tuple[Choice, State]:
    """What would be on now, had the program not broken off while `state` held; and the state then.

    `began` is when what is on began. What would have come and gone meanwhile is missed.
    """
    if state.on is None and state.last is None and state.taken is None:
        return join(plan, now), state
    at, missed, came = began, list[Planned](), list[str]()
    while (moment := _change(plan, state, began, at)) is not None and moment <= now:
        at, end = moment, _end(plan, state, began)
        over = end is not None and end <= moment
        choice = choose(plan, replace(state, over=over), moment)
        missed += choice.missed
        state = state.missed(choice.missed)
        if choice.ended or over or choice.item != state.on:
            state, began = state.left().entered(choice.item), moment
            came += [choice.item] if choice.item is not None else []
        if choice.ended:
            break
    missed += [_planned(plan, item) for item in came if item != state.on]
    choice = choose(plan, state, now)
    told = tuple(missed) + choice.missed
    if choice.item is None or choice.item != state.on:
        return replace(choice, missed=told), state.left()
    return Choice(state.on, REJOINED, choice.following, told, skip=now - began), state


def choose(plan: Sequence[Planned], state: State, now: datetime) -> Choice:
    """What shall be on air at `now`, a moment at which what is on can be left."""
    if state.taken is not None:
        return Choice(state.taken, UNDONE if state.back else TAKEN, skip=state.back)
    coming = following(plan, state)
    first = coming[0] if coming else None
    if state.slated:
        return Choice(None, SLATED, first)
    running = state.on is not None and not state.over
    if state.held:
        return Choice(state.on, STAY, first) if running else Choice(None, HELD, first)
    due = [p for p in plan if _fixed(p, plan, state) and p.start <= now and _may(p, state)]
    if due:
        return _due(plan, state, now, due)
    if running:
        return Choice(state.on, STAY, first)
    if first is None:
        return Choice(None, END, missed=_left(plan, state), ended=True)
    if _ready(first, plan, state, now):
        return Choice(first.item.id, FOLLOW)
    upcoming = [p for p in coming if _fixed(p, plan, state) and p.start > now]
    if upcoming and _fixed(first, plan, state):
        first = min(upcoming, key=lambda planned: planned.start)
        return Choice(None, WAIT, first, until=first.start)
    if not upcoming and state.next is None and now >= max(p.end for p in coming):
        return Choice(None, END, missed=_left(plan, state), ended=True)
    return Choice(None, TAKE, first)


def next_start(plan: Sequence[Planned], state: State, now: datetime) -> datetime | None:
    """When the clock next starts an item that may still air; None for never."""
    fixed = (p.start for p in plan if _fixed(p, plan, state) and p.start > now and _may(p, state))
    return min(fixed, default=None)


def following(plan: Sequence[Planned], state: State) -> tuple[Planned, ...]:
    """What is still to come by itself, in that order; first of all what was chosen by hand.

    Items that a take has jumped over come no more, unless they start at a time of their own.
    """
    at = next((n for n, p in enumerate(plan) if p.item.id == state.last), -1)
    chosen = tuple(p for p in plan if p.item.id == state.next and p.item.id != state.on)
    left = [(n, p) for n, p in enumerate(plan) if _may(p, state) and p not in chosen]
    ahead = tuple(p for n, p in left if n > at)
    return chosen + ahead + tuple(p for n, p in left if n < at and _fixed(p, plan, state))


def filler(
    lengths: Mapping[int, Fraction], owed: Mapping[int, Fraction], hole: Fraction
) -> int | None:
    """The stand whose filler airs in a hole of so many seconds: the one that is owed most.

    `lengths` are the seconds of each stand's filler, `owed` what it was promised and did not have.
    None when no filler fits, or nobody is owed anything.
    """
    fits = [stand for stand, length in lengths.items() if length <= hole and owed[stand] > 0]
    return max(fits, key=lambda stand: (owed[stand], -stand), default=None)


def _due(plan: Sequence[Planned], state: State, now: datetime, due: Sequence[Planned]) -> Choice:
    """The latest fixed start wins, unless even its end has passed; what lies before it is missed."""
    latest = due[-1]
    before = tuple(p for p in plan[: plan.index(latest)] if _may(p, state))
    if latest.end > now:
        return Choice(latest.item.id, FIXED, missed=before)
    missed = (*before, latest)
    choice = choose(plan, state.missed(missed), now)
    return replace(choice, missed=missed + choice.missed)


def _may(planned: Planned, state: State) -> bool:
    return planned.item.id not in state.done and planned.item.id != state.on


def _left(plan: Sequence[Planned], state: State) -> tuple[Planned, ...]:
    return tuple(planned for planned in plan if _may(planned, state))


def _ready(first: Planned, plan: Sequence[Planned], state: State, now: datetime) -> bool:
    """Whether it airs as soon as what was on has ended."""
    if _fixed(first, plan, state):
        return first.item.id == state.next and first.start <= now
    return first.item.start is StartMode.FOLLOW


def _fixed(planned: Planned, plan: Sequence[Planned], state: State) -> bool:
    """Whether the clock starts it: a fixed start, or the first item, which has none to follow."""
    if planned is plan[0] and state.last is None and state.on is None:
        return planned.item.start is not StartMode.MANUAL
    return planned.item.start is StartMode.FIXED


def _change(
    plan: Sequence[Planned], state: State, began: datetime, after: datetime
) -> datetime | None:
    """When what is on would have changed by itself, after a moment; None for never."""
    moments = [p.start for p in plan if _fixed(p, plan, state) and _may(p, state)]
    end = _end(plan, state, began)
    moments += [end] if end else []
    return min((moment for moment in moments if moment > after), default=None)


def _end(plan: Sequence[Planned], state: State, began: datetime) -> datetime | None:
    if state.on is None:
        return None
    return began + timedelta(seconds=_planned(plan, state.on).item.duration_s)


def _planned(plan: Sequence[Planned], item: str) -> Planned:
    return next(planned for planned in plan if planned.item.id == item)
