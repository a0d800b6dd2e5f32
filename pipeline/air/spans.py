"""Spans of frames in a session: which are recorded, in which part of the log, and which are not. Pure.

Journal lines come in. A span is (begin, stop) and holds the frames from `begin` to before `stop`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Recording:
    """Frames of the session that stand side by side in one part of the program log."""

    part: str
    first_frame: int
    frames: int

    @property
    def stop(self) -> int:
        """The frame after the last."""
        return self.first_frame + self.frames


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same frames as disjoint spans in order; empty ones are left out."""
    joined: list[Span] = []
    for begin, stop in sorted(span for span in spans if span[0] < span[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((begin, stop))
    return tuple(joined)


def unrecorded(lines: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    """The frames that went out and are in no part of the log."""
    return union(
        (line["first_frame"], line["first_frame"] + line["frames"])
        for line in lines
        if line["event"] == "unrecorded"
    )


def recordings(lines: Sequence[Mapping[str, Any]]) -> tuple[Recording, ...]:
    """What each part of the log holds, as far as the journal goes; a part may hold nothing.

    A part ends where the next begins, or at the first frame that could not be recorded any more.
    """
    parts = [line for line in lines if line["event"] == "part"]
    lost = unrecorded(lines)
    firsts = [line["first_frame"] for line in parts]
    ends = [*firsts[1:], *(line["frame"] for line in lines[-1:])]
    found = []
    for line, first, end in zip(parts, firsts, ends, strict=False):
        stop = min([end, *(max(first, begin) for begin, stop in lost if stop > first)])
        found.append(Recording(line["part"], first, stop - first))
    return tuple(found)


def within(recorded: Iterable[Recording], first_frame: int, frames: int) -> tuple[Recording, ...]:
    """Where a stretch of the session is recorded: in one part, in several, or nowhere."""
    found = []
    for whole in recorded:
        begin = max(whole.first_frame, first_frame)
        stop = min(whole.stop, first_frame + frames)
        if begin < stop:
            found.append(Recording(whole.part, begin, stop - begin))
    return tuple(found)
