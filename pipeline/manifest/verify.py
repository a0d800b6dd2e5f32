"""A session's journal is proved against its program log, by packets and, if asked, by pictures.

Only journal, program log and segments are looked at; the database isn't asked. What doesn't fit is
named by its line or by the first frame concerned.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipeline.air import JOURNAL, Airing, Line, airings, check_chain, read_journal
from pipeline.errors import Fault, OutsideError, Text
from pipeline.manifest.pictures import misfit, picture_hashes
from pipeline.segments import SegmentReader
from pipeline.timing import Rate

FindSegment = Callable[[str], Path | None]
"""Where a segment's file is, by its key; None when it is no longer kept."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`checked_frames` is the number of video frames that were found in the program log."""

    checked_frames: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        return not self.faults


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of the program log, as the journal has it; `aired` in order, without a gap."""

    path: Path
    first_frame: int
    frames: int
    aired: tuple[Airing, ...]


def verify(session: Path, segments: FindSegment, ffmpeg: str, *, deep: bool = False) -> Verdict:
    """Checks the folder of a session that has ended.

    Always: the journal's chain; that its airings cover the program without gap or overlap; that
    each part of the log has the frames the journal gives it, and each airing's packets their hash.
    `deep` also decodes the log, which may not give one complaint, and compares each airing's
    pictures with its segment's. Raises OutsideError only when ffmpeg can't be run at all.
    """
    try:
        journal = read_journal(session / JOURNAL)
    except OSError as error:
        return Verdict(0, (Fault(JOURNAL, Text(str(error), str(error))),))
    except OutsideError as error:
        return Verdict(0, (Fault(JOURNAL, error.what, error.hint),))
    lines = journal.lines
    faults = check_chain(lines) or tuple(_whole(lines, journal.torn))
    if faults:
        return Verdict(0, faults)  # what a broken journal says can't be held against the log
    rate = Rate(lines[0]["fps"])
    found = 0
    misfits: list[Fault] = []
    for part in _parts(session, lines):
        count, wrong = _check_packets(part, segments, rate)
        found += count
        misfits += wrong
        if deep:
            misfits += _check_pictures(part, segments, ffmpeg)
    return Verdict(found, tuple(misfits))


def _whole(lines: Sequence[Line], torn: bytes) -> Iterator[Fault]:
    """A journal tells a whole session when it opens and closes it, and every frame aired once."""
    end = f"{JOURNAL}, baris/line {len(lines)}"
    if not lines or lines[0]["event"] != "open":
        yield Fault(JOURNAL, Text("tidak membuka sesi apa pun", "opens no session"))
        return
    if torn or lines[-1]["event"] != "close":
        yield Fault(
            end,
            Text("sesi tidak ditutup: ekor jurnal hilang", "no close: the journal's tail is gone"),
            Text(
                "Jika sesi masih tayang, periksa lagi sesudahnya.",
                "If the session is still on air, check again afterwards.",
            ),
        )
        return
    at = 0
    for airing in airings(lines):
        if airing.first_frame != at:
            yield _uncovered(at, airing.first_frame)
        at = airing.first_frame + airing.frames
    if at != lines[-1]["frames"]:
        yield _uncovered(at, lines[-1]["frames"])


def _uncovered(reached: int, said: int) -> Fault:
    return Fault(
        f"{JOURNAL}, frame {min(reached, said)}",
        Text(
            f"tayangan sampai frame {reached}, tetapi lanjut dari {said}",
            f"airings reach frame {reached}, but go on from {said}",
        ),
    )


def _parts(session: Path, lines: Sequence[Line]) -> Iterator[_Part]:
    said = [line for line in lines if line["event"] == "part"]
    ends = [line["first_frame"] for line in said[1:]] + [lines[-1]["frames"]]
    aired = airings(lines)
    for line, end in zip(said, ends, strict=True):
        yield _Part(
            session / line["part"],
            line["first_frame"],
            end - line["first_frame"],
            tuple(airing for airing in aired if airing.part == line["part"]),
        )


def _check_packets(part: _Part, segments: FindSegment, rate: Rate) -> tuple[int, list[Fault]]:
    """The number of frames in a part, and what is wrong with their number and their packets."""
    if not part.frames and not (part.path.exists() and part.path.stat().st_size):
        return 0, []  # air was stopped before the part's first frame
    faults: list[Fault] = []
    count = 0
    try:
        payloads = _payloads(part.path, rate)
        for airing in part.aired:
            digest = hashlib.sha256()
            for payload in islice(payloads, airing.frames):
                digest.update(payload)
                count += 1
            if digest.hexdigest() != airing.packets:
                faults.append(_changed(part, airing, segments, rate))
        count += sum(1 for _ in payloads)
    except OutsideError as error:
        faults.append(Fault(part.path.name, error.what, error.hint))
    if count != part.frames:
        faults.append(_wrong_count(part, count))
    return count, faults


def _payloads(path: Path, rate: Rate) -> Iterator[bytes]:
    """The coded pictures of a file, in decoding order, without their times."""
    with SegmentReader(path, rate, sounds=False) as reader:
        while (picture := reader.picture()) is not None:
            yield picture.data


def _changed(part: _Part, airing: Airing, segments: FindSegment, rate: Rate) -> Fault:
    """Names the first packet that isn't the segment's, where the segment is still kept."""
    begins = airing.first_frame - part.first_frame
    place = 0
    segment = segments(airing.segment)
    if segment is not None:
        recorded = islice(_payloads(part.path, rate), begins, begins + airing.frames)
        aired = [_hash(payload) for payload in recorded]
        wrong = misfit(aired, [_hash(payload) for payload in _payloads(segment, rate)])
        # All that is there may fit: then the log ends too early, or else the journal is wrong.
        place = wrong if wrong is not None else len(aired) % max(airing.frames, 1)
    return Fault(
        f"{part.path.name}, frame {airing.first_frame + place}",
        Text(
            f"paket tayangan {_named(airing)} bukan yang dicatat jurnal",
            f"the packets of airing {_named(airing)} aren't those the journal recorded",
        ),
    )


def _hash(payload: bytes) -> bytes:
    return hashlib.sha256(payload).digest()


def _wrong_count(part: _Part, count: int) -> Fault:
    return Fault(
        f"{part.path.name}, frame {part.first_frame + min(count, part.frames)}",
        Text(
            f"berisi {count} frame, menurut jurnal {part.frames}",
            f"holds {count} frames, {part.frames} by the journal",
        ),
    )


def _check_pictures(part: _Part, segments: FindSegment, ffmpeg: str) -> Iterator[Fault]:
    if not part.frames:
        return
    try:
        yield from _misfits(part, segments, ffmpeg)
    except OutsideError as error:
        yield Fault(part.path.name, error.what, error.hint)


def _misfits(part: _Part, segments: FindSegment, ffmpeg: str) -> Iterator[Fault]:
    pictures = picture_hashes(part.path, part.frames, ffmpeg)
    if len(pictures) != part.frames:
        yield _wrong_count(part, len(pictures))
    known: dict[str, tuple[str, ...] | None] = {}
    for airing in part.aired:
        if airing.segment not in known:
            path = segments(airing.segment)
            known[airing.segment] = (
                None if path is None else picture_hashes(path, airing.frames, ffmpeg)
            )
        begins = airing.first_frame - part.first_frame
        fault = _compare(part, airing, pictures[begins:][: airing.frames], known[airing.segment])
        if fault is not None:
            yield fault


def _compare(
    part: _Part, airing: Airing, pictures: Sequence[str], segment: Sequence[str] | None
) -> Fault | None:
    if segment is None:
        return Fault(
            f"{part.path.name}, frame {airing.first_frame}",
            Text(
                f"segmen tayangan {_named(airing)} sudah tidak ada untuk dibandingkan",
                f"the segment of airing {_named(airing)} is gone, so there is nothing to compare",
            ),
            Text("Susun lagi dengan `tayang compose`.", "Compose it again: `tayang compose`."),
        )
    place = misfit(pictures, segment)
    if place is None:
        return None
    return Fault(
        f"{part.path.name}, frame {airing.first_frame + place}",
        Text(
            f"gambar tayangan {_named(airing)} bukan gambar segmennya",
            f"the picture of airing {_named(airing)} isn't its segment's",
        ),
    )


def _named(airing: Airing) -> str:
    return f"{airing.occurrence} ({airing.title})"
