"""After air was killed: the journal gets the end of the airing that was on, read from the program log.

What the log holds did air, and what a destination has accepted; nothing else did. Returns where the
session's frame count goes on. Only what came after the newest checkpoint is read, however long the
program was.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.air.digest import PictureDigest
from pipeline.air.journal import JOURNAL, JournalWriter, Line, read_journal
from pipeline.air.log import PACKET, pictures, tables, truncate
from pipeline.air.spans import recordings, within
from pipeline.air.watermarks import Connection, read_watermarks
from pipeline.clock import Clock
from pipeline.splice import SegmentReader
from pipeline.timing import Rate


def repair(folder: Path, rate: Rate, clock: Clock) -> int:
    """Completes the journal of a session that was not closed; returns the frames it has so far."""
    lines = read_journal(folder / JOURNAL).lines
    closes = [n for n, line in enumerate(lines) if line["event"] == "close"]
    recent = lines[closes[-1] + 1 :] if closes else lines
    before = int(lines[closes[-1]]["frames"]) if closes else 0
    if not any(line["event"] == "open" for line in recent):
        return before
    with closing(JournalWriter(folder / JOURNAL)) as journal:
        frames = _complete(folder, journal, recent, before, rate, clock.now())
        journal.give_up_reserve()  # on a full disk the next program needs room to begin
    return frames


@dataclass(frozen=True, slots=True)
class _Place:
    """Where reading may begin: at a keyframe, the session's frame `frame`, in a part of the log."""

    part: Line
    frame: int
    offset: int
    folded: str
    counted: int
    """Frames of the airing that lie before this place."""


def _complete(
    folder: Path,
    journal: JournalWriter,
    recent: Sequence[Line],
    before: int,
    rate: Rate,
    now: datetime,
) -> int:
    connected = _connected(folder, recent, before)
    recorded, frames, packets = _reached(folder, recent, before, connected, rate)
    ended = {line["occurrence"] for line in recent if line["event"] == "end"}
    for line in recent:
        if line["event"] == "start" and line["occurrence"] not in ended:
            first = line["first_frame"]
            journal.write(
                "end",
                at=now,
                frame=frames,
                occurrence=line["occurrence"],
                first_frame=first,
                frames=frames - first,
                part=_part_of(recent, first, recorded),
                audio_frames=None,
                packets=packets,
                cut=True,
                repaired=True,
            )
    if frames > recorded:
        lost = frames - recorded
        journal.write("unrecorded", at=now, frame=frames, first_frame=recorded, frames=lost)
    for (name, first), accepted in connected.items():
        journal.write(
            "delivery",
            at=now,
            frame=frames,
            destination=name,
            state="lost",
            first_frame=first,
            frames=max(0, min(accepted, frames - first)),
            error="siaran terhenti mendadak",
        )
    gap = _gap(recent[-1], frames, rate, now)
    journal.write("close", at=now, frame=frames, frames=frames, repaired=gap)
    return frames


def _reached(
    folder: Path,
    recent: Sequence[Line],
    before: int,
    connected: Mapping[Connection, int],
    rate: Rate,
) -> tuple[int, int, str]:
    """Up to which frame the program is recorded, up to which it aired, and the fingerprint.

    That is of the airing that was on, or "" where not all of it is known. What was accepted counts
    where the log had already ended: of what is in the log, it is what can be shown that counts.
    """
    ends = [_end(line) for line in recent if line["event"] == "end"]
    starts = [line["first_frame"] for line in recent if line["event"] == "start"]
    accepted = [_end(line) for line in recent if line["event"] == "delivery" and line["frames"]]
    accepted += [first + frames for (_, first), frames in connected.items()]
    place = _newest_place(recent)
    recorded, held, packets = before, before, ""
    if place is not None:
        whole = max([0, *(end - place.frame for end in ends)])
        kept, seen, packets = _cut_back(folder / place.part["part"], place, rate, whole)
        recorded, held = place.frame + kept, place.frame + seen
    frames = max([recorded, *starts, *ends, *(end for end in accepted if end > held)])
    known = place is not None and place.frame - place.counted in starts[-1:]
    return recorded, frames, packets if known and frames == recorded else ""


def _part_of(recent: Sequence[Line], first: int, recorded: int) -> str:
    """The part in which an airing began that reaches to the end of what is recorded."""
    parts = recordings([*recent, {"event": "close", "frame": recorded}])
    return next((found.part for found in within(parts, first, recorded - first)), "")


def _end(line: Line) -> int:
    return int(line["first_frame"]) + int(line["frames"])


def _newest_place(recent: Sequence[Line]) -> _Place | None:
    """The newest line that says where in the log its frame is."""
    part: Line | None = None
    found: _Place | None = None
    for line in recent:
        if line["event"] == "part":
            part = line
            found = _Place(line, line["first_frame"], 0, "", 0)
        elif part is None or line.get("part") != part["part"] or "offset" not in line:
            continue
        elif line["event"] == "start":
            found = _Place(part, line["first_frame"], line["offset"], "", 0)
        elif line["event"] == "kept":
            found = _Place(part, line["frame"], line["offset"], line["packets"], line["frames"])
    return found


def _cut_back(path: Path, place: _Place, rate: Rate, whole: int) -> tuple[int, int, str]:
    """Cuts a part back to where a decoder misses nothing: at most one mini-GOP is given up.

    Every picture before `place` is whole, and `whole` after it: the journal line came after them.
    Returns how many pictures are kept from there on, how many there were, and the fingerprint of the
    airing so far.
    """
    digest = PictureDigest(place.folded)
    kept, packets = 0, digest.hexdigest()
    seen = shown = 0
    if not path.exists():
        return 0, 0, packets
    source = _From(path, place.offset)
    with closing(source):
        if source.holds_pictures:
            with SegmentReader(path, rate, sounds=False, source=source) as reader:
                while (picture := reader.picture()) is not None:
                    if seen == shown and seen:  # what is before this one is all there
                        kept, packets = seen, digest.hexdigest()
                    digest.update(picture.data, picture.key)
                    seen, shown = seen + 1, max(shown, picture.display + 1)
    kept = max(kept, min(seen, whole))
    truncate(path, kept, place.offset)
    return kept, seen, packets


class _From:
    """A part of the log from a keyframe on, with the tables that say what its streams are."""

    def __init__(self, path: Path, offset: int) -> None:
        self._file = path.open("rb")
        self._head = tables(self._file.read(PACKET * 64)) if offset else b""
        self._file.seek(offset)
        self.holds_pictures = any(True for _ in pictures(self._file.read(PACKET * 64)))
        self._file.seek(offset)

    def read(self, size: int) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._file.read(size)

    def close(self) -> None:
        self._file.close()


def _connected(folder: Path, recent: Sequence[Line], before: int) -> dict[Connection, int]:
    """How many frames were accepted over each connection whose end the journal doesn't tell.

    The recorder's watermarks know it, also of one whose begin waited to be written down.
    """
    states: dict[Connection, str] = {
        (line["destination"], line["first_frame"]): line["state"]
        for line in recent
        if line["event"] == "delivery"
    }
    found = {connection: 0 for connection, state in states.items() if state == "connected"}
    for connection, frames in read_watermarks(folder).items():
        if connection in found or (connection not in states and connection[1] >= before):
            found[connection] = frames
    return found


def _gap(last: Line, frames: int, rate: Rate, now: datetime) -> float:
    """Seconds between the last recorded frame and the repair."""
    recorded = datetime.fromisoformat(last["at"]) + rate.span(frames - int(last["frame"]))
    return round((now - recorded).total_seconds(), 3)
