"""What each destination did not get of a session's program, from the `delivery` lines. Pure.

A destination's outages are the frames of the program that it did not accept, whatever others did.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from pipeline.air import Line, Span, union

PAUSED = "dijeda"


@dataclass(frozen=True, slots=True)
class Outage:
    """Frames [first_frame, first_frame + frames) that one destination did not accept.

    `error` is what the destination's feed told when it began, None when nothing was told.
    """

    destination: str
    first_frame: int
    frames: int
    start: datetime
    end: datetime
    error: str | None

    @property
    def seconds(self) -> Fraction:
        return Fraction((self.end - self.start) // timedelta(microseconds=1), 1_000_000)


def outages(lines: Sequence[Line], fps: int) -> tuple[Outage, ...]:
    """Every stretch of the program that a destination lacks, by destination and then in order.

    The program begins with its first frame and ends with the journal. What a destination that is
    still connected has accepted is not known yet, so that its account ends where that connection
    began.
    """
    wall = _Wall(lines, fps)
    found = []
    for name in dict.fromkeys(li["destination"] for li in lines if li["event"] == "delivery"):
        told = [li for li in lines if li["event"] == "delivery" and li["destination"] == name]
        last = told[-1]
        known = last["first_frame"] if last["state"] == "connected" else lines[-1]["frame"]
        for begin, stop in _gaps(union(_accepted(line) for line in told), known):
            start, end = wall.time(begin), wall.time(stop - 1) + wall.frame
            found.append(Outage(name, begin, stop - begin, start, end, _why(told, begin, stop)))
    return tuple(found)


def _accepted(line: Line) -> Span:
    return line["first_frame"], line["first_frame"] + line["frames"]


def _gaps(accepted: Sequence[Span], known: int) -> list[Span]:
    """What is missing of the frames [0, known)."""
    edges = [0, *(edge for span in accepted for edge in span), known]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(begin, min(stop, known)) for begin, stop in pairs if begin < min(stop, known)]


def _why(told: Sequence[Line], begin: int, stop: int) -> str | None:
    """The first reason given at the beginning of a gap or in it."""
    for line in told:
        if line["state"] != "connected" and begin <= _accepted(line)[1] < stop:
            if line["error"]:
                return str(line["error"])
            if line["state"] == "paused":
                return PAUSED
    return None


class _Wall:
    """The wall time of frames, from the starts of airings: between runs of air, frames stand still."""

    def __init__(self, lines: Sequence[Line], fps: int) -> None:
        starts = [line for line in lines if line["event"] == "start"]
        self._fps = fps
        self._frames: list[int] = [0, *(line["first_frame"] for line in starts)]
        self._times = [datetime.fromisoformat(line["at"]) for line in [*lines[:1], *starts]]
        self.frame = timedelta(seconds=1) / fps

    def time(self, frame: int) -> datetime:
        """When a frame was on air."""
        at = bisect_right(self._frames, frame) - 1
        return self._times[at] + (frame - self._frames[at]) * timedelta(seconds=1) / self._fps
