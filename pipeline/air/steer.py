"""What the crew's orders do: an order and the state come in, the new state or a refusal goes out. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from pipeline.air.select import State, following
from pipeline.errors import Text
from pipeline.rundown import Planned

Crew = Literal["take", "undo", "next", "hold", "resume", "slate", "mark"]
Command = Literal[Crew, "reload", "pause", "unpause", "cue", "stop"]

GUARD_SECONDS = 0.5
"""A second take so soon after another's is taken for the same wish, pressed by two."""

UNDO_SECONDS = 4.0
"""How long a take can be undone: three seconds on the screen, and one on the way."""

OVERTAKEN = Text("acara sudah berganti", "another item is on air by now")


@dataclass(frozen=True, slots=True)
class Order:
    """One press of a button. `id` is its own: sent twice, it acts once.

    `seen` is the occurrence that was on air when it was pressed: a take that comes after somebody
    else's is refused instead of taking the item after.
    """

    id: str
    command: Command
    by: str = ""
    item: str | None = None
    text: str | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class LastTake:
    """The take before: who made it, and how long ago.

    Once it is on air: `item` went on in place of `before` (None: the slate), which had come to `place`;
    the chain went on from `last`.
    """

    by: str
    seconds: float
    item: str | None = None
    before: str | None = None
    place: timedelta = timedelta(0)
    last: str | None = None

    @property
    def undo(self) -> dict[str, Any]:
        """What the journal keeps of its undoing."""
        place = self.place / timedelta(seconds=1)
        return {"item": self.before, "of": self.item, "back_s": place, "last": self.last}


def steer(
    order: Order, state: State, plan: Sequence[Planned], occurrence: int, last: LastTake | None
) -> State | Text:
    """The state that the crew wants now, or why not. `occurrence` is the one on air."""
    if order.command == "take":
        item = _to_take(order, state, plan, occurrence, last)
        return item if isinstance(item, Text) else obeyed(state, order.command, item)
    if order.command == "undo":
        return _undo(order, state, plan, occurrence, last)
    refused = _refusal(order.item, state, plan) if order.command == "next" and order.item else None
    return refused or obeyed(state, order.command, order.item)


def obeyed(state: State, command: str, item: str | None) -> State:
    """The state after an order that is in order; others than those of the crew's wishes change none."""
    match command:
        case "take":
            return replace(state, taken=item, back=timedelta(0))
        case "next":
            return replace(state, next=item)
        case "hold":
            return replace(state, held=True)
        case "resume":
            return replace(state, held=False, slated=False)
        case "slate":
            return replace(state, slated=True)
    return state


def undone(state: State, undo: Mapping[str, Any]) -> State:
    """The state after the undoing of a take, as the journal has it: what it cut is on at its place.

    Neither counts as done; what was taken airs again when its time comes.
    """
    return replace(
        state,
        done=state.done - {undo["item"], undo["of"]},
        on=None,
        over=False,
        last=undo["last"],
        taken=undo["item"],
        back=timedelta(seconds=undo["back_s"]),
    )


def may_undo(last: LastTake, state: State) -> bool:
    """Whether a take is on air since a moment, and nothing else happened after it."""
    fresh = last.item is not None and last.seconds <= UNDO_SECONDS
    return fresh and state.on == last.item and state.taken is None


def _undo(
    order: Order, state: State, plan: Sequence[Planned], occurrence: int, last: LastTake | None
) -> State | Text:
    if last is None or not may_undo(last, state):
        return Text("tidak ada take yang dapat dibatalkan", "there is no take to undo")
    if order.seen is not None and order.seen != occurrence:
        return OVERTAKEN
    if last.before is not None and last.before not in [planned.item.id for planned in plan]:
        return Text(f"{last.before} dihapus dari rundown", f"{last.before} was removed")
    return undone(state, last.undo)


def _to_take(
    order: Order, state: State, plan: Sequence[Planned], occurrence: int, last: LastTake | None
) -> str | Text:
    """The item that a take puts on air, or why it may not."""
    overtaken = order.seen is not None and order.seen != occurrence
    if last is not None and (overtaken or last.seconds < GUARD_SECONDS):
        who = last.by or "?"
        return Text(
            f"sudah diambil {who}, {last.seconds:.1f} detik lalu",
            f"already taken by {who}, {last.seconds:.1f} seconds ago",
        )
    if overtaken:
        return OVERTAKEN
    item = order.item
    if item is None:
        coming = following(plan, state)
        if not coming:
            return Text("tidak ada acara berikutnya", "nothing follows")
        item = coming[0].item.id
    return _refusal(item, state, plan) or item


def _refusal(item: str, state: State, plan: Sequence[Planned]) -> Text | None:
    if item == state.on:
        return Text(f"{item} sedang tayang", f"{item} is on air")
    there = [planned.item.id for planned in plan]
    if item not in there:
        known = ", ".join(there)
        return Text(f"tidak ada acara {item}; ada: {known}", f"no item {item}; there are: {known}")
    return None


def carried(state: State, before: Sequence[str], after: Collection[str]) -> State:
    """The state when the plan's items were changed: nothing is wanted any more of those that are gone.

    When the item that aired last is gone, the chain goes on from the nearest before it that is there.
    """
    passed = before[: before.index(state.last) + 1] if state.last in before else (state.last,)
    return replace(
        state,
        taken=state.taken if state.taken in after else None,
        next=state.next if state.next in after else None,
        last=next((item for item in reversed(passed) if item in after), None),
    )
