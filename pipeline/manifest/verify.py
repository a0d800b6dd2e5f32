"""A session's journal is proved against its program log, by packets and, if asked, by pictures.

Only journal, program log and segments are looked at; the database isn't asked. What doesn't fit is
named by its line or by the first frame concerned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.air import (
    JOURNAL,
    Line,
    airings,
    check_chain,
    inserted,
    read_journal,
    recordings,
    unrecorded,
)
from pipeline.errors import Fault, OutsideError, Text
from pipeline.manifest.proof import FindSegment, PacketProof, PictureProof, parts_of
from pipeline.timing import Rate


@dataclass(frozen=True, slots=True)
class Verdict:
    """`checked_frames` is the number of video frames that were found in the program log.

    `unrecorded_frames` went out, but by the journal are in no part of the log, as when the disk was
    full: nothing can be proved of them, and nothing speaks against them.
    """

    checked_frames: int
    faults: tuple[Fault, ...]
    unrecorded_frames: int = 0

    @property
    def ok(self) -> bool:
        return not self.faults


def verify(session: Path, segments: FindSegment, ffmpeg: str, *, deep: bool = False) -> Verdict:
    """Checks the folder of a session that has ended.

    Always: the journal's chain; that its airings cover the program without gap or overlap; that
    each part of the log has the frames the journal gives it, and each wholly recorded airing's
    packets their hash. `deep` also decodes the log, which may not give one complaint, and compares
    every recorded picture with the one its segment, or an insert, has there. Raises OutsideError
    only when ffmpeg can't be run at all.
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
    inserts = inserted(lines)
    packets = PacketProof(segments, rate, inserts)
    pictures = PictureProof(segments, rate, ffmpeg, inserts)
    misfits: list[Fault] = []
    for part in parts_of(session, recordings(lines), airings(lines)):
        misfits += packets.check(part)
        if deep:
            misfits += pictures.check(part)
    return Verdict(packets.frames, tuple(misfits), _unrecorded(lines))


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
    told = sum(part.frames for part in recordings(lines)) + _unrecorded(lines)
    if told != lines[-1]["frames"]:
        yield _unaccounted(told, lines[-1]["frames"])


def _unrecorded(lines: Sequence[Line]) -> int:
    return sum(stop - begin for begin, stop in unrecorded(lines))


def _uncovered(reached: int, said: int) -> Fault:
    return Fault(
        f"{JOURNAL}, frame {min(reached, said)}",
        Text(
            f"tayangan sampai frame {reached}, tetapi lanjut dari {said}",
            f"airings reach frame {reached}, but go on from {said}",
        ),
    )


def _unaccounted(told: int, aired: int) -> Fault:
    return Fault(
        JOURNAL,
        Text(
            f"{told} frame terekam atau disebut tidak terekam, tetapi {aired} tayang",
            f"{told} frames are recorded or said not to be, but {aired} aired",
        ),
    )
