"""After air was killed: the journal gets the end of the airing that was on, read from the program log.

What the log holds did air; nothing else did. Returns where the session's frame count goes on.
"""

import hashlib
from datetime import datetime
from pathlib import Path

from pipeline.air.journal import JournalWriter, Line
from pipeline.air.log import PACKET, pictures, truncate
from pipeline.clock import Clock
from pipeline.segments import SegmentReader
from pipeline.timing import Rate


def repair(folder: Path, journal: JournalWriter, rate: Rate, clock: Clock) -> int:
    """Completes the journal of a session that was not closed; returns the frames it has so far."""
    closes = [line for line in journal.lines if line["event"] == "close"]
    recent = journal.lines[journal.lines.index(closes[-1]) + 1 :] if closes else journal.lines
    before = int(closes[-1]["frames"]) if closes else 0
    part = next((line for line in recent if line["event"] == "part"), None)
    if part is None:
        return before
    ends = {line["occurrence"]: line for line in recent if line["event"] == "end"}
    starts = [line for line in recent if line["event"] == "start"]
    open_one = next((line for line in starts if line["occurrence"] not in ends), None)
    first: int = part["first_frame"]
    begins = max((end["first_frame"] + end["frames"] - first for end in ends.values()), default=0)
    kept, packets = _cut_back(folder / part["part"], begins, rate)
    frames = first + kept
    now = clock.now()
    if open_one is not None:
        journal.write(
            "end",
            at=now,
            frame=frames,
            occurrence=open_one["occurrence"],
            first_frame=open_one["first_frame"],
            frames=kept - begins,
            part=part["part"],
            audio_frames=None,
            packets=packets,
            cut=True,
        )
    gap = _gap(part, frames, rate, now)
    journal.write("close", at=now, frame=frames, frames=frames, repaired=gap)
    return frames


def _cut_back(path: Path, begins: int, rate: Rate) -> tuple[int, str]:
    """Cuts a part back to where a decoder misses nothing: at most one mini-GOP is given up.

    Every picture before `begins` is whole: the journal line came after it. Returns how many pictures
    the part has then, and the hash of those from `begins` on.
    """
    digest = hashlib.sha256()
    kept, packets = begins, digest.hexdigest()
    seen = shown = 0
    if path.exists() and _holds_pictures(path):
        with SegmentReader(path, rate) as reader:
            while (picture := reader.picture()) is not None:
                if seen == shown and seen > begins:  # what is before this one is all there
                    kept, packets = seen, digest.hexdigest()
                if seen >= begins:
                    digest.update(picture.data)
                seen, shown = seen + 1, max(shown, picture.display + 1)
        truncate(path, kept)
    return kept, packets


def _holds_pictures(path: Path) -> bool:
    with path.open("rb") as file:
        return any(True for _ in pictures(file.read(PACKET * 64)))


def _gap(part: Line, frames: int, rate: Rate, now: datetime) -> float:
    """Seconds between the last recorded frame and the repair."""
    recorded = datetime.fromisoformat(part["at"]) + rate.span(frames - part["first_frame"])
    return round((now - recorded).total_seconds(), 3)
