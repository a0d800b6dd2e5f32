"""A session's journal is proved against its program log, packet by packet and, if asked, picture by picture.

Only journal, program log and segments are believed to exist; the database isn't asked. What doesn't fit
is named by its line or its first frame.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.air import JOURNAL, Airing, Line, airings, check_chain, read_journal
from pipeline.errors import Fault, OutsideError, Text
from pipeline.segments import SegmentReader
from pipeline.timing import Rate
from pipeline.tools import run

Segments = Callable[[str], Path | None]

_DECODED_A_SECOND = 10
"""Frames a second that even a slow, busy machine decodes: sets the deadline."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`checked_frames` is the number of video frames found in the program log."""

    checked_frames: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of the program log: what the journal says of it, and its packets' hashes in order."""

    path: Path
    first_frame: int
    due: int
    packets: tuple[bytes, ...]


def verify(session: Path, segments: Segments, ffmpeg: str, *, deep: bool = False) -> Verdict:
    """Checks the folder of one session that has ended.

    Always: the hash chain; that airings cover the program without gap or overlap; that each part
    of the log has the frames the journal gives it; that each airing's packets have their hash.
    `deep` also decodes the log without complaint, and compares every airing's pictures with its
    segment's. A segment is entered at any keyframe, repeats as often as needed and may be cut.
    `segments` finds a segment's file by its key. Raises OutsideError when there is no journal to
    read.
    """
    lines = read_journal(session / JOURNAL).lines
    faults = list(check_chain(lines))
    if faults:
        return Verdict(0, tuple(faults))  # what a forged journal says is not worth comparing
    opened = next((line for line in lines if line["event"] == "open"), None)
    if opened is None or lines[-1]["event"] != "close":
        return Verdict(0, (_not_closed(len(lines)),))
    rate, frames, aired = Rate(opened["fps"]), lines[-1]["frames"], airings(lines)
    faults += _gaps(lines, aired, frames)
    parts, found = _parts(session, lines, frames, rate)
    faults += found
    faults += _packets(parts, aired, segments, rate)
    if deep:
        faults += _pictures(parts, aired, segments, ffmpeg, rate)
    return Verdict(sum(len(part.packets) for part in parts), tuple(faults))


def _gaps(lines: Sequence[Line], aired: Sequence[Airing], frames: int) -> Iterator[Fault]:
    """Every frame of the program belongs to exactly one airing."""
    at = 0
    for airing in sorted(aired, key=lambda airing: (airing.first_frame, airing.occurrence)):
        if airing.first_frame != at:
            yield _unaccounted(at, airing.first_frame)
        at = airing.first_frame + airing.frames
    if at != frames:
        yield _unaccounted(at, frames)


def _parts(
    session: Path, lines: Sequence[Line], frames: int, rate: Rate
) -> tuple[list[_Part], list[Fault]]:
    said = [line for line in lines if line["event"] == "part"]
    ends = [line["first_frame"] for line in said[1:]] + [frames]
    parts, faults = [], []
    for line, end in zip(said, ends, strict=True):
        path, due = session / line["part"], end - line["first_frame"]
        try:
            packets = tuple(_packet_hashes(path, rate)) if due or path.exists() else ()
        except OutsideError as error:
            faults.append(Fault(path.name, error.what, error.hint))
            packets = ()
        if len(packets) != due:
            faults.append(_count(path.name, line["first_frame"], due, len(packets)))
        parts.append(_Part(path, line["first_frame"], due, packets))
    return parts, faults


def _packet_hashes(path: Path, rate: Rate) -> Iterator[bytes]:
    ...
