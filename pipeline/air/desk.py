"""Where orders wait for the player: pressed from any thread, obeyed in the on-air loop, answered once.

An order that comes a second time, by its id, gets the first one's answer and does nothing.
"""

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from pipeline.air.inserts import Cue
from pipeline.air.session import Session
from pipeline.air.steer import Order
from pipeline.errors import Text

REMEMBERED = 1000
OVER = Text("siaran sudah berakhir", "the program is over")
Answer = dict[str, Any]


@dataclass
class Press:
    """One order on its way; a changed rundown comes as `session`, with `facts` for the journal.

    `cue`: pictures for what is on. `act` does what of it concerns others than the player.
    """

    order: Order
    session: Session | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    cue: Cue | None = None
    act: Callable[[], object] = lambda: None
    answer: "Future[Answer]" = field(default_factory=Future)

    def done(self, frame: int) -> None:
        """It holds from this frame on."""
        self._say({"ok": True, "frame": frame})

    def refuse(self, why: Text) -> None:
        self._say({"ok": False, "id": why.id, "en": why.en})

    def _say(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)


class Desk:
    """The orders of one program. `obeyed` are those of before a break: id to frame."""

    def __init__(self, obeyed: Mapping[str, int] | None = None) -> None:
        self._pressed: queue.SimpleQueue[Press] = queue.SimpleQueue()
        self._known: OrderedDict[str, Future[Answer]] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False
        for id, frame in (obeyed or {}).items():
            self._known[id] = Future()
            self._known[id].set_result({"ok": True, "frame": frame})

    def press(self, press: Press) -> "Future[Answer]":
        """Hands over an order; the answer comes when it was obeyed or refused."""
        with self._lock:
            known = self._known.get(press.order.id)
            if known is not None:
                return known
            if self._closed:
                press.refuse(OVER)
                return press.answer
            self._known[press.order.id] = press.answer
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            self._pressed.put(press)
        return press.answer

    def pressed(self) -> Press | None:
        """The next order, if one waits."""
        return None if self._pressed.empty() else self._pressed.get()

    def close(self) -> None:
        """The program is over: whoever still waits is told, and whoever comes later."""
        with self._lock:
            self._closed = True
        while (press := self.pressed()) is not None:
            press.refuse(OVER)
