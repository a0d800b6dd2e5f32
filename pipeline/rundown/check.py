"""Warnings about a rundown that reads well but may not be what was meant; pure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from pipeline.errors import Text
from pipeline.rundown.cells import Findings
from pipeline.rundown.model import Item, Kind, Rundown
from pipeline.rundown.timeline import Planned, cuts, holes, plan
from pipeline.timing import hms

LONG_HOLE = timedelta(hours=3)
LONG_PROMOTION_S = 30 * 60
LONG_DRIFT = timedelta(minutes=15)


def check(
    rundown: Rundown, items: Mapping[str, str], stands: Mapping[int, str], found: Findings
) -> None:
    """Notes warnings; `items` and `stands` say where each of them stands."""
    for session in rundown.sessions:
        planned = plan(session)
        for item in session.items:
            _check_length(item, items[item.id], found)
        _check_drift(planned, items, found)
        _check_cuts(planned, items, found)
        _check_holes(planned, items, found)
    aired = {item.stand for session in rundown.sessions for item in session.items}
    for number in sorted(stands.keys() - aired):
        found.warn(
            stands[number],
            Text(f"stand {number} tidak ada di rundown", f"stand {number} isn't in the rundown"),
        )


def _check_length(item: Item, where: str, found: Findings) -> None:
    if item.kind in (Kind.VIDEO, Kind.CATALOGUE) and item.duration_s > LONG_PROMOTION_S:
        found.warn(
            where,
            Text(
                f"durasi {hms(item.duration_s)} untuk satu promosi",
                f"{hms(item.duration_s)} for one promotion",
            ),
            Text(
                "Excel membaca 2:30 sebagai jam; tulis 00:02:30.",
                "Excel reads 2:30 as hours; write 00:02:30.",
            ),
        )


def _check_drift(planned: Sequence[Planned], items: Mapping[str, str], found: Findings) -> None:
    """Times that the order of the items doesn't keep: told where it begins, not all the way on."""
    before = timedelta()
    for each in planned:
        written, start = each.item.at, each.start
        if abs(start - written - before) > LONG_DRIFT < abs(start - written):
            found.warn(
                items[each.item.id],
                Text(
                    f"tertulis {written:%H.%M}, menurut urutan {start:%H.%M}",
                    f"written {written:%H:%M}, in its order {start:%H:%M}",
                ),
                Text(
                    "Tulis “tepat” bila jamnya yang menentukan.", "Write “tepat” to keep its time."
                ),
            )
        before = start - written


def _check_cuts(planned: Sequence[Planned], items: Mapping[str, str], found: Findings) -> None:
    for cut in cuts(planned):
        found.warn(
            items[cut.by.id],
            Text(
                f"mulai tepat memotong {hms(cut.lost_s)} dari “{cut.item.title}”",
                f"its fixed start cuts {hms(cut.lost_s)} off “{cut.item.title}”",
            ),
            Text(
                "Mundurkan jamnya atau pendekkan acara sebelumnya.",
                "Start later, or shorten what is before.",
            ),
        )


def _check_holes(planned: Sequence[Planned], items: Mapping[str, str], found: Findings) -> None:
    for hole in holes(planned):
        if hole.before and hole.end - hole.start > LONG_HOLE:
            length = hms((hole.end - hole.start).total_seconds())
            found.warn(
                items[hole.before.id],
                Text(f"kosong {length} sebelum acara ini", f"{length} of nothing before this"),
                Text("Periksa jamnya.", "Check the time."),
            )
