"""A write that must not happen twice: noted before and after, and looked up when nobody knows.

A step's key, a write and a look come in, what came of it goes out. It must not know what is written.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import Outcome, Uncertain, YouTubeError, demand

Resource: TypeAlias = dict[str, Any]
Look: TypeAlias = Callable[[], Resource | None]

BEGUN = "begun"
TRIES = 2
LOOKS_S = (0, 5, 15, 30)
"""Waits before each look for what may have been made: lists lag behind by up to 15 s (seen by others)."""

LISTED_S = 60.0
"""After so long, what isn't listed was not made."""


def once(
    ledger: Ledger,
    clock: Clock,
    step: str,
    doing: Text,
    write: Callable[[], Outcome[Resource]],
    look: Look,
) -> Resource:
    """Writes, unless an earlier try has worked after all; what it gives is the resource.

    An answer that got lost, or a process that was killed before it came, leaves the step open: then it
    is looked for before anything is sent again. Raises YouTubeError.
    """
    lost: Uncertain | None = None
    for _ in range(TRIES):
        begun = _left_open(ledger, step)
        if begun is not None:
            found = patiently(clock, look, begun)
            ledger.note("step", step=step, state="found" if found else "not there")
            if found is not None:
                return found
        ledger.note("step", step=step, state=BEGUN)
        outcome = write()
        if not isinstance(outcome, Uncertain):
            ledger.note("step", step=step, state=type(outcome).__name__.lower())
            return demand(outcome, doing)
        lost = outcome
    found = patiently(clock, look, clock.now())
    if found is None:
        raise YouTubeError(doing, lost or Uncertain(step))
    ledger.note("step", step=step, state="found")
    return found


def patiently(clock: Clock, look: Look, since: datetime) -> Resource | None:
    """Looks for what may have been made since then, until it would have to be listed."""
    for wait in LOOKS_S:
        clock.sleep(wait)
        found = look()
        if found is not None:
            return found
        if (clock.now() - since).total_seconds() > LISTED_S:
            return None
    return None


def _left_open(ledger: Ledger, step: str) -> datetime | None:
    """When the step was begun that nobody knows the end of."""
    newest = ledger.last("step", step=step)
    if newest is None or newest["state"] != BEGUN:
        return None
    return datetime.fromisoformat(newest["at"])
