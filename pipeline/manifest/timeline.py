"""Where things stand in a timeline picture: times become per cent of its width; pure geometry.

The picture's width is only known to the reader's screen; `FLOOR_PX` is the least it is drawn with,
and what fits there fits everywhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.manifest.report import SessionAccount
from pipeline.manifest.words import FILLER, KIND, clock_time, duration

FLOOR_PX = 880
_CHARACTER_PX = 7
_DIGIT_PX = 9
_LEAST_CHARACTERS = 8
_PADDING_PX = 16
_TICK_PX = 76
_LEAST_PERCENT = 0.22
_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
)


@dataclass(frozen=True, slots=True)
class Block:
    """A coloured stretch: `label` is what fits on it, `tip` the whole story; `x`, `width` in %."""

    x: float
    width: float
    kind: str
    label: str
    tip: str
    stand: int | None
    missed: bool = False
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A stretch of time drawn over the whole width."""

    start: datetime
    end: datetime

    def percent(self, moment: datetime) -> float:
        at = (moment - self.start) / (self.end - self.start) * 100
        return round(min(100.0, max(0.0, at)), 3)

    def place(self, start: datetime, end: datetime) -> tuple[float, float]:
        """x and width of a stretch; one that is too short to be seen is drawn a hair wide."""
        x = self.percent(start)
        width = max(self.percent(end) - x, _LEAST_PERCENT)
        return min(x, 100 - width), round(width, 3)

    def ticks(self) -> tuple[Tick, ...]:
        """Round times of day, as many as have room."""
        room = FLOOR_PX // _TICK_PX
        length = self.end - self.start
        step = next((step for step in _STEPS if length / step <= room), _STEPS[-1])
        midnight = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        first = -((midnight - self.start) // step)  # rounded up
        seconds = step < timedelta(minutes=1)
        ticks = []
        moment = midnight + first * step
        while moment <= self.end:
            label = clock_time(moment) if seconds else f"{moment:%H.%M}"
            ticks.append(Tick(self.percent(moment), label))
            moment += step
        return tuple(ticks)


def scale(session: SessionAccount) -> Scale:
    """From the first to the last thing that was planned or aired."""
    edges = [
        *(edge for item in session.planned for edge in (item.start, item.end)),
        *(edge for entry in session.airings for edge in (entry.start, entry.end)),
    ]
    start = min(edges, default=session.start)
    end = max(edges, default=session.end)
    return Scale(start, max(end, start + timedelta(seconds=1)))


def planned_blocks(
    session: SessionAccount, over: Scale, names: dict[int, str]
) -> tuple[Block, ...]:
    """The lane of the plan; what was missed is marked."""
    missed = {item.item: item.reason for item in session.missed}
    blocks = []
    for item in session.planned:
        x, width = over.place(item.start, item.end)
        lost = f"\nTidak tayang: {missed[item.item]}" if item.item in missed else ""
        blocks.append(
            Block(
                x,
                width,
                item.kind,
                _label(item.stand, item.title, width),
                _tip(f"Rencana · {_kind(item.kind)}", item.title, item.stand, names)
                + f"\n{clock_time(item.start)}-{clock_time(item.end)}"
                + lost,
                item.stand,
                missed=item.item in missed,
            )
        )
    return tuple(blocks)


def aired_blocks(session: SessionAccount, over: Scale, names: dict[int, str]) -> tuple[Block, ...]:
    """The lane of what aired; a slate in place of something else is marked as a stand-in."""
    blocks = []
    for entry in session.airings:
        airing = entry.airing
        x, width = over.place(entry.start, entry.end)
        stand_in = airing.kind == "slate" and airing.planned_kind not in (None, "slate")
        head = f"Tayang ke-{airing.occurrence} · {_kind(airing.kind)}"
        if entry.filler:
            head += f" · {FILLER.id}"
        if stand_in:
            head += f" pengganti {_kind(airing.planned_kind or '')}"
        blocks.append(
            Block(
                x,
                width,
                airing.kind,
                _label(airing.stand, airing.title, width),
                _tip(head, airing.title, airing.stand, names)
                + f"\n{clock_time(entry.start)}-{clock_time(entry.end)}"
                + f" · {duration(entry.seconds)} · {airing.frames} frame"
                + (" · dipotong" if airing.cut else "")
                + (f" · {entry.unrecorded} frame tidak terekam" if entry.unrecorded else ""),
                airing.stand,
                stand_in=stand_in,
            )
        )
    return tuple(blocks)


def kinds(blocks: Iterable[Block]) -> tuple[str, ...]:
    """The kinds that occur, in the order of the legend."""
    found = {block.kind for block in blocks}
    return tuple(kind for kind in KIND if kind in found)


def _tip(head: str, title: str, stand: int | None, names: dict[int, str]) -> str:
    name = "" if stand is None else f"\nStand {stand} · {names.get(stand, '')}"
    return f"{head}\n{title}{name}"


def _kind(kind: str) -> str:
    return KIND[kind].id if kind in KIND else kind


def _label(stand: int | None, title: str, width: float) -> str:
    """Stand and title if there is room, else the stand's number, else nothing."""
    pixels = width / 100 * FLOOR_PX
    room = int((pixels - _PADDING_PX) / _CHARACTER_PX)
    full = title if stand is None else f"{stand} · {title}"
    if len(full) <= room:
        return full
    if room >= _LEAST_CHARACTERS:
        return f"{full[: room - 1].rstrip(' ·')}…"
    short = "" if stand is None else str(stand)
    return short if len(short) * _DIGIT_PX <= pixels else ""
