"""After air was killed: the journal gets the end of the airing that was on, read from the program log.

What the log holds did air; nothing else did. Returns where the session's frame count goes on.
"""

import hashlib
from datetime import datetime
from pathlib import Path

from pipeline.air.journal import JournalWriter, Line
from pipeline.clock import Clock
from pipeline.segments import SegmentReader
from pipeline.timing import Rate


def repair(folder: Path, journal: JournalWriter, rate: Rate, clock: Clock) -> int:
    """Completes the journal of a session that was not closed; returns the frames it has so far."""
    if not journal.lines:
        return 0
    if journal.lines[-1]["event"] == "close":
        return int(journal.lines[-1]["frames"])
    part = next((line for line in reversed(journal.lines) if line["event"] == "part"), None)
    if part is None:
        return 0
    ended = {line["occurrence"] for line in journal.lines if line["event"] == "end"}
    starts = [line for line in journal.lines if line["event"] == "start"]
    open_one = next((line for line in starts if line["occurrence"] not in ended), None)
    frames, packets = _recorded(folder / part["part"], part, open_one, rate)
    now = clock.now()
    if open_one is not None:
        journal.write(
            "end",
            at=now,
            frame=frames,
            occurrence=open_one["occurrence"],
            first_frame=open_one["first_frame"],
            frames=frames - open_one["first_frame"],
            part=part["part"],
            audio_frames=None,
            packets=packets,
            cut=True,
        )
    journal.write(
        "close", at=now, frame=frames, frames=frames, repaired=_gap(part, frames, rate, now)
    )
    return frames


def _recorded(path: Path, part: Line, open_one: Line | None, rate: Rate) -> tuple[int, str]:
    """How many frames of the session are recorded, and the hash of the open airing's packets."""
    count = part["first_frame"]
    begins = open_one["first_frame"] if open_one else 0
    digest = hashlib.sha256()
    if path.exists() and path.stat().st_size:
        with SegmentReader(path, rate) as reader:
            while (picture := reader.picture()) is not None:
                if count >= begins:
                    digest.update(picture.data)
                count += 1
    return count, digest.hexdigest()


def _gap(part: Line, frames: int, rate: Rate, now: datetime) -> float:
    """Seconds between the last recorded frame and the repair."""
    recorded = datetime.fromisoformat(part["at"]) + rate.span(frames - part["first_frame"])
    return round((now - recorded).total_seconds(), 3)
