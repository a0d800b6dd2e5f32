"""What the tests put on air: segments without a composer, and a session of catalogues."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.air import Session
from pipeline.air.session import Footage
from pipeline.clock import SystemClock
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession


@dataclass(frozen=True)
class Made:
    key: str
    path: Path
    kind: str
    frames: int
    loop: bool = False
    cues: tuple[tuple[int, int], ...] = ()


def session(made: dict[str, Footage], id: str, names: str, seconds: int = 600) -> Session:
    """Items of so many seconds, one after another, from now on."""
    start = SystemClock().now()
    items = tuple(
        Item(
            id=name,
            kind=Kind.CATALOGUE,
            title=f"Acara {name}",
            at=start,
            duration_s=seconds,
            start=StartMode.FOLLOW,
        )
        for name in names
    )
    return Session(
        id,
        plan(RundownSession(id=id, day=start.date(), items=items)),
        {item.id: made["catalogue"] for item in items},
        {None: made["slate"]},
        {},
    )
