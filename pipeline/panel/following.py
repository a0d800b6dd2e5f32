"""After a change of the day the line follows: the plan is read anew, and the program on air gets it.

One thread does it, however many changes come; what it does now, and why it failed, the board shows.
Knows no HTTP.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from pipeline.errors import TayangError, Text
from pipeline.reloading import reloaded
from pipeline.rundown import Change
from pipeline.wiring import Studio

Values = dict[str, Any]


class Following:
    """`studio` is the one that the day is run with; `tell` hears what failed."""

    def __init__(self, studio: Studio, tell: Callable[[Text], None]) -> None:
        self._studio = studio
        self._tell = tell
        self._guard = threading.Lock()
        self._asked: str | None = None
        self._busy = False
        self._reload: Values | None = None

    def shown(self) -> Values:
        """The field `rundown` of the board: which version holds, and how far air has followed it."""
        try:
            version = self._studio.versions.newest()
        except TayangError as error:
            return {"version": None, "by": None, "reload": _state("failed", error.what)}
        by = version.record.by if version.record else None
        return {"version": version.name, "by": by, "reload": self._reload}

    def follow(self, by: str) -> None:
        """Begins to; returns at once. What is asked meanwhile is done afterwards, once."""
        with self._guard:
            self._asked = by
            self._reload = _state("working")
            if self._busy:
                return
            self._busy = True
        threading.Thread(target=self._run, name="following", daemon=True).start()

    def _run(self) -> None:
        while (by := self._next()) is not None:
            try:
                self._studio.reread()
                answer = reloaded(
                    self._studio, by, on_changes=self._changed, on_progress=self._composed
                )
            except (TayangError, OSError) as error:
                what = (
                    error.what if isinstance(error, TayangError) else Text(str(error), str(error))
                )
                self._failed(what)
            else:
                self._settled(answer)

    def _next(self) -> str | None:
        with self._guard:
            by, self._asked = self._asked, None
            self._busy = by is not None
            return by

    def _settled(self, answer: Values | None) -> None:
        if answer is None:
            self._reload = None  # nothing is on air: what airs next is read anew then
        elif answer["ok"]:
            self._reload = _state("done")
        else:
            self._failed(Text(answer["id"], answer["en"]))

    def _failed(self, why: Text) -> None:
        self._reload = _state("failed", why)
        self._tell(
            Text(
                f"Perubahan acara belum sampai ke siaran: {why.id}",
                f"The changed day has not reached the program: {why.en}",
            )
        )

    def _changed(self, _: Sequence[Change]) -> None:
        """The version itself tells what is different."""

    def _composed(self, done: int, whole: int, _: str) -> None:
        self._reload = {**_state("working"), "done": done, "whole": whole}


def _state(state: str, why: Text | None = None) -> Values:
    return {"state": state, "why": why and why._asdict(), "done": 0, "whole": 0}
