"""A session becomes air's sheet: out of rundown, segments and settings all that air needs to play it."""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from pipeline.air import JOURNAL, Sheet, aired, read_journal
from pipeline.air import Session as AirSession
from pipeline.errors import OutsideError
from pipeline.rundown import Kind, Rundown, Session, plan
from pipeline.segments import BEFORE, Segment, house_digest
from pipeline.settings import Destination, Settings


def sheet_of(
    settings: Settings,
    rundown: Rundown,
    session: Session,
    segments: Mapping[str, Segment],
    *,
    stay: bool,
    destinations: Sequence[Destination],
) -> Sheet:
    """All that air needs to play a session."""
    slates = {
        key.removeprefix(BEFORE) or None: segment
        for key, segment in segments.items()
        if key.startswith(BEFORE)
    }
    played = AirSession(
        session.id,
        plan(session),
        {item.id: segments[item.id] for item in session.items},
        slates,
        {stand.number: stand.name for stand in rundown.stands},
        _fillers(session, segments) if settings.air.filler == "stand" else {},
        _owed(settings, rundown, session),
    )
    facts = _facts(settings, rundown, session)
    return Sheet.of(played, facts, stay=stay, destinations=destinations)


def _fillers(session: Session, segments: Mapping[str, Segment]) -> dict[int, Segment]:
    """For each stand the shortest of its segments in the session."""
    found: dict[int, Segment] = {}
    for item in session.items:
        segment = segments[item.id]
        if item.stand is None or segment.kind in (Kind.SLATE, Kind.LIVE):
            continue
        if item.stand not in found or segment.frames < found[item.stand].frames:
            found[item.stand] = segment
    return found


def _owed(settings: Settings, rundown: Rundown, session: Session) -> dict[int, int]:
    """Seconds that each stand was promised and did not have in the other sessions."""
    had = aired_elsewhere(settings.state / "air", session.id)
    return {s.number: s.entitled_s - int(had.get(s.number, 0)) for s in rundown.stands}


def aired_elsewhere(air: Path, session: str) -> dict[int, Fraction]:
    """Seconds that each stand had on air in all sessions but this one.

    A journal that is damaged counts as none, as `verify` and the manifest tell.
    """
    seconds: dict[int, Fraction] = {}
    for journal in sorted(air.glob(f"*/{JOURNAL}")):
        if journal.parent.name == session:
            continue
        try:
            lines = read_journal(journal).lines
        except OutsideError:
            continue
        fps = next((line["fps"] for line in lines if line["event"] == "open"), 1)
        for stand, frames in aired(lines).items():
            seconds[stand] = seconds.get(stand, Fraction(0)) + Fraction(frames, fps)
    return seconds


def _facts(settings: Settings, rundown: Rundown, session: Session) -> dict[str, object]:
    """What the journal keeps of today's rundown, so that tomorrow's can't rewrite history."""
    text = rundown.model_dump_json()
    return {
        "event_name": settings.event.name,
        "house": house_digest(settings.house),
        "rundown": hashlib.sha256(text.encode()).hexdigest(),
        "stands": [
            {"number": s.number, "name": s.name, "entitled_s": s.entitled_s} for s in rundown.stands
        ],
        "planned": [
            {
                "item": p.item.id,
                "title": p.item.title,
                "kind": p.item.kind.value,
                "stand": p.item.stand,
                "start": p.start.isoformat(),
                "end": p.end.isoformat(),
            }
            for p in plan(session)
        ],
    }
