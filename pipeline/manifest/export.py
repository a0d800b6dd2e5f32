"""A `Manifest` becomes JSON values or a CSV file; bytes of any format are put on disk in one piece.

Knows no layout: the workbook, the page and the terminal's table have files of their own.
"""

import contextlib
import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

from pipeline.errors import OutsideError, Text
from pipeline.manifest.asrun import PlannedCopy
from pipeline.manifest.report import AiringAccount, Manifest, SessionAccount, StandAccount
from pipeline.manifest.words import FILLER, both, recording

CSV_HEADER = (
    "Stand",
    "Nama · Name",
    "Hak (dtk) · Entitled (s)",
    "Rencana (dtk) · Planned (s)",
    "Tayang total (dtk) · Aired in all (s)",
    "Terkirim total (dtk) · Delivered in all (s)",
    "Kurang (dtk) · Owed (s)",
    "Sesi · Session",
    "Tayangan ke · Occurrence",
    "Acara · Item",
    "Judul · Title",
    "Jenis · Kind",
    "Mulai · Start",
    "Selesai · End",
    "Lama (dtk) · Length (s)",
    "Frame · Frames",
    "Frame terkirim · Delivered frames",
    "Dihitung · Counts",
    "Segmen · Segment (SHA-256)",
    "Rekaman · Program log",
    "Frame pertama · First frame",
    "Frame terakhir · Last frame",
    "Siaran · Broadcast",
    "Klip · Clip",
)


def number(seconds: Fraction) -> int | float:
    """Seconds for a file: an integer when whole, else rounded to milliseconds."""
    return int(seconds) if seconds.denominator == 1 else round(float(seconds), 3)


def as_json(manifest: Manifest) -> dict[str, Any]:
    """The manifest as plain JSON values; times are ISO 8601 with the event's offset."""
    totals = manifest.totals
    return {
        "event": manifest.event,
        "generated": manifest.generated.isoformat(),
        "totals": {
            "stands": totals.stands,
            "met": totals.met,
            "airings": totals.airings,
            "entitled_s": number(totals.entitled),
            "planned_s": number(totals.planned),
            "aired_s": number(totals.aired),
            "delivered_s": number(totals.delivered),
            "owed_s": number(totals.owed),
        },
        "sessions": [_session(session) for session in manifest.sessions],
        "stands": [_stand(stand) for stand in manifest.stands],
    }


def _session(session: SessionAccount) -> dict[str, Any]:
    return {
        "session": session.session,
        "start": session.start.isoformat(),
        "end": session.end.isoformat(),
        "program_s": number(session.program),
        "closed": session.closed,
        "video_url": session.video_url,
        "journal": {"lines": session.lines, "head": session.head, "damage": session.damage},
        "planned": [_plan(item) for item in session.planned],
        "as_run": [
            {
                "occurrence": entry.airing.occurrence,
                "item": entry.airing.item,
                "title": entry.airing.title,
                "kind": entry.airing.kind,
                "stand": entry.airing.stand,
                "start": entry.start.isoformat(),
                "end": entry.end.isoformat(),
                "frames": entry.airing.frames,
                "cut": entry.airing.cut,
            }
            for entry in session.airings
        ],
        "missed": [
            {"item": m.item, "title": m.title, "stand": m.stand, "reason": m.reason}
            for m in session.missed
        ],
        "unrecorded": [
            {"first_frame": begin, "frames": stop - begin} for begin, stop in session.unrecorded
        ],
        "outages": [
            {
                "destination": outage.destination,
                "start": outage.start.isoformat(),
                "end": outage.end.isoformat(),
                "first_frame": outage.first_frame,
                "frames": outage.frames,
                "error": outage.error,
            }
            for outage in session.outages
        ],
    }


def _plan(item: PlannedCopy) -> dict[str, Any]:
    return {
        "item": item.item,
        "title": item.title,
        "kind": item.kind,
        "stand": item.stand,
        "start": item.start.isoformat(),
        "end": item.end.isoformat(),
    }


def _stand(stand: StandAccount) -> dict[str, Any]:
    return {
        "stand": stand.number,
        "name": stand.name,
        "entitled_s": number(stand.entitled),
        "planned_s": number(stand.planned),
        "aired_s": number(stand.aired),
        "delivered_s": number(stand.delivered),
        "owed_s": number(stand.owed),
        "airings": [_airing(entry) for entry in stand.airings],
    }


def _airing(entry: AiringAccount) -> dict[str, Any]:
    airing = entry.airing
    return {
        "occurrence": airing.occurrence,
        "session": airing.session,
        "item": airing.item,
        "kind": airing.kind,
        "start": entry.start.isoformat(),
        "end": entry.end.isoformat(),
        "frames": airing.frames,
        "delivered_frames": airing.delivered_frames,
        "segment": airing.segment,
        "program": {
            "part": airing.part,
            "first_frame": airing.first_frame,
            "last_frame": airing.first_frame + airing.frames - 1,
        },
        "video_url": entry.video_url,
        "clip_url": entry.clip_url,
    }


def csv_file(manifest: Manifest) -> bytes:
    """One row an airing beside its stand's totals; a stand without airings has one row too.

    UTF-8 with a byte order mark, without which Excel takes it for a local code page. Text that a
    spreadsheet would take for a formula is put behind an apostrophe
    (https://owasp.org/www-community/attacks/CSV_Injection).
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_HEADER)
    for stand in manifest.stands:
        totals = [
            stand.number,
            _harmless(stand.name),
            *(
                number(amount)
                for amount in (
                    stand.entitled,
                    stand.planned,
                    stand.aired,
                    stand.delivered,
                    stand.owed,
                )
            ),
        ]
        for cells in [_cells(entry) for entry in stand.airings] or [[]]:
            row = totals + cells
            writer.writerow(row + [""] * (len(CSV_HEADER) - len(row)))
    return out.getvalue().encode("utf-8-sig")


def _cells(entry: AiringAccount) -> list[object]:
    airing = entry.airing
    return [
        _harmless(airing.session),
        airing.occurrence,
        both(FILLER) if entry.filler else _harmless(airing.item or ""),
        _harmless(airing.title),
        airing.kind,
        entry.start.isoformat(),
        entry.end.isoformat(),
        number(entry.seconds),
        airing.frames,
        airing.delivered_frames,
        "ya" if entry.counts else "tidak",
        airing.segment,
        recording(entry),
        airing.first_frame,
        airing.first_frame + airing.frames - 1,
        entry.video_url or "",
        entry.clip_url or "",
    ]


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def save(path: Path, content: bytes) -> None:
    """Puts a file in place in one step, so that no reader ever sees half of it.

    Raises OutsideError when it can't be written; what stood there before is then still whole.
    """
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(content)
        half.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            half.unlink()
        raise OutsideError(
            Text(f"{path} tidak dapat ditulis: {error}", f"{path} can't be written: {error}"),
            Text("Periksa folder dan sisa ruang disk.", "Check the folder and the free space."),
        ) from error
