"""Hears the crew while a program runs: what it wants comes out as the state and the plan that hold.

Every order is noted before it acts. A take, and its undo, are answered when they are on air.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pipeline.air.airing import OnAir
from pipeline.air.desk import OVER, Desk, Press
from pipeline.air.inserts import Cue
from pipeline.air.select import State
from pipeline.air.session import Session
from pipeline.air.steer import LastTake, carried, may_undo, steer
from pipeline.errors import Text
from pipeline.timing import Rate

REPLACED = Text("diganti perintah berikutnya", "replaced by the order after it")


class Helm:
    """The orders of one program. `stopped`: the crew has ended it."""

    def __init__(self, desk: Desk, rate: Rate, note: Callable[..., None]) -> None:
        self.stopped = False
        self._desk = desk
        self._rate = rate
        self._note = note
        self._pending: Press | None = None
        self._last: LastTake | None = None
        self._last_frame = 0

    def hear(
        self, state: State, session: Session, on: OnAir | None, frame: int
    ) -> tuple[State, Session]:
        """The state and the session after all that has been pressed; the same ones when nothing was."""
        while (press := self._desk.pressed()) is not None:
            if press.session is not None:
                state, session = self._reload(press, state, session, frame), press.session
            elif press.cue is not None:
                self._cue(press, press.cue, on, frame)
            else:
                state = self._obey(press, state, session, on, frame)
        return state, session

    def entered(self, state: State, before: OnAir | None, last: str | None, frame: int) -> None:
        """Something went on air in place of `before`, after which `last` was what the chain goes on from."""
        if self._pending is None or state.taken is not None:
            return
        if self._last is not None:
            place = 0 if before is None else before.skip + before.sent
            self._last = replace(
                self._last,
                item=state.on,
                before=before.item if before else None,
                place=self._rate.span(place),
                last=last,
            )
        self._pending.done(frame)
        self._pending = None

    def close(self) -> None:
        """The program is over: whoever waits is told."""
        if self._pending is not None:
            self._pending.refuse(OVER)
        self._desk.close()

    def undoable(self, state: State, frame: int) -> LastTake | None:
        """The take that an undo would undo now."""
        last = self._taken(frame)
        return last if last is not None and may_undo(last, state) else None

    def _obey(
        self, press: Press, state: State, session: Session, on: OnAir | None, frame: int
    ) -> State:
        """Does what was ordered, or refuses."""
        order, last = press.order, self._taken(frame)
        wanted = steer(order, state, session.plan, on.occurrence if on else 0, last)
        if isinstance(wanted, Text):
            press.refuse(wanted)
            return state
        said: dict[str, Any] = {"item": order.item}
        if order.command == "take":
            said = {"item": wanted.taken}
        if order.command == "undo" and last is not None:
            said = last.undo
        self._note(order.command, order=order.id, by=order.by, text=order.text, **said)
        self.stopped = self.stopped or order.command == "stop"
        press.act()
        if order.command == "take":
            self._last, self._last_frame = LastTake(order.by, 0.0), frame
        if order.command == "undo":
            self._last = None
        if wanted.taken is not None and order.command in ("take", "undo"):
            self._wait(press)
        else:
            press.done(frame)
        return wanted

    def _wait(self, press: Press) -> None:
        """It is answered when it is on air."""
        if self._pending is not None:
            self._pending.refuse(REPLACED)
        self._pending = press

    def _taken(self, frame: int) -> LastTake | None:
        seconds = (frame - self._last_frame) / self._rate.fps
        return self._last and replace(self._last, seconds=seconds)

    def _cue(self, press: Press, cue: Cue, on: OnAir | None, frame: int) -> None:
        """A lower third comes or goes; answered with the frame at which it does."""
        if on is None:
            press.refuse(OVER)
            return
        if (refused := on.refusal(cue)) is not None:
            press.refuse(refused)
            return
        order = press.order
        if cue.order.after is None:  # what follows is of the same wish
            said = {"order": order.id, "by": order.by, "item": on.item, "text": cue.order.action}
            self._note("cue", **said)
        on.inserts.take(cue)
        press.done(frame + cue.inserts[0].first - on.reel.at)

    def _reload(self, press: Press, state: State, session: Session, frame: int) -> State:
        """The rundown was changed; what is on air stays as it was composed."""
        assert press.session is not None
        wanted = carried(state, session.ids, press.session.ids)
        if self._pending is not None and wanted.taken is None:
            gone = Text(f"{state.taken} dihapus dari rundown", f"{state.taken} was removed")
            self._pending.refuse(gone)
            self._pending = None
        self._note("rundown", order=press.order.id, by=press.order.by, **press.facts)
        press.done(frame)
        return wanted
