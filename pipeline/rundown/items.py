"""Rows of the rundown become sessions: dates carried down, midnights passed; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.errors import Text
from pipeline.rundown.cells import CellValue, Findings, Table, Unread, plain
from pipeline.rundown.contacts import media_path_of
from pipeline.rundown.labels import KINDS, STARTS, K, all_names, did_you_mean, find, nearest
from pipeline.rundown.model import Item, Kind, Session, StartMode
from pipeline.rundown.moments import date_of, duration_of, time_of
from pipeline.rundown.rows import RowReader, nearest_number, stand_number_of, text_of
from pipeline.rundown.timeline import later

HALF_DAY = timedelta(hours=12)
"""A time this much earlier than the one before is taken to be after midnight."""


@dataclass(frozen=True, slots=True)
class Known:
    """Names by stand number, and the stands with products; None where a broken row hides some."""

    stands: Mapping[int, str] | None
    with_products: frozenset[int] | None


class Planned(NamedTuple):
    """Sessions by day, and where each item stands."""

    sessions: tuple[Session, ...]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row that is right by itself; its time still waits for the row before."""

    reader: RowReader
    kind: Kind
    title: str
    clock: time | None
    duration_s: int
    start: StartMode | None
    stand: int | None
    media: str | None
    note: str | None


def read_sessions(
    table: Table | None, zone: ZoneInfo, known: Known, found: Findings
) -> Planned | None:
    """None when there is no table; what is wrong is noted in `found`."""
    if table is None:
        return None
    if not table.rows:
        found.fault(table.where, Text("belum ada acara", "there are no items"))
    blocks = _by_day(table, zone, known, found)
    sessions, places = [], {}
    for ordinal, day in enumerate(sorted(blocks), start=1):
        items = _placed(blocks[day], day, ordinal, zone)
        places.update({item.id: draft.reader.place for item, draft in items})
        if items:
            sessions.append(
                Session(id=day.isoformat(), day=day, items=tuple(item for item, _ in items))
            )
    return Planned(tuple(sessions), places)


def _by_day(
    table: Table, zone: ZoneInfo, known: Known, found: Findings
) -> dict[date, list[_Draft | None]]:
    """The drafts of each day, with None for a row that is broken."""
    blocks: dict[date, list[_Draft | None]] = {}
    day: date | None = None
    dated = "date" not in table.columns
    for row in table.rows:
        reader = RowReader(row, table, found)
        if "date" in row.cells:
            day, dated = reader.take("date", date_of), True
        elif not dated:
            reader.lacking("date", Text("Misalnya 24/11/2021.", "Such as 24/11/2021."))
            dated = True
        if set(row.cells) == {"date"}:
            continue  # a day written on a row of its own, above its items
        draft = _draft(reader, _zone_name(day, zone), known)
        if day is not None:
            blocks.setdefault(day, []).append(draft)
    return blocks


def _zone_name(day: date | None, zone: ZoneInfo) -> str:
    return datetime.combine(day or date(2000, 1, 1), time(12), zone).tzname() or ""


def _draft(reader: RowReader, zone_name: str, known: Known) -> _Draft | None:
    span = reader.take_cell("at", lambda cell: time_of(cell.value, zone_name, cell.unit))
    duration = _duration(reader, span)
    kind = reader.take("kind", lambda value: _one_of(value, KINDS), required=True)
    title = reader.text("title", required=True)
    start = reader.take("start", lambda value: _one_of(value, STARTS))
    stand = _stand(reader, known)
    media = reader.take("media", text_of if kind is Kind.LIVE else media_path_of)
    note = reader.text("note")
    _check_content(reader, kind, stand, known)
    if reader.broken or duration is None or kind is None:
        return None
    clock = span[0] if span else None
    return _Draft(reader, kind, title, clock, duration, start, stand, media, note or None)


def _duration(reader: RowReader, span: tuple[time, time | None] | None) -> int | None:
    """The duration as written, or what a span such as `09.00 - 09.15` leaves."""
    written = reader.take_cell("duration", lambda cell: duration_of(cell.value, cell.unit))
    start, end = span or (None, None)
    spanned = _seconds_between(start, end) if start and end else None
    if "duration" in reader.row.cells:
        if written and spanned and written != spanned:
            reader.found.warn(
                reader.where("at"),
                Text(
                    f"jam menyebut {spanned} detik, durasi {written} detik",
                    f"the times say {spanned} s, the duration {written} s",
                ),
                Text("Durasi yang dipakai.", "The duration is used."),
            )
        return written
    if spanned:
        return spanned
    if "duration" in reader.table.columns or spanned == 0:
        reader.lacking("duration", Text("Misalnya 2 menit.", "Such as 2 min."))
    elif "at" not in reader.row.cells or span:
        reader.broken = True
        reader.found.fault(
            reader.table.where,
            Text("kolom “Durasi” tidak ada", "there is no column “Durasi”"),
            Text("Tambahkan, atau tulis jam 09.00 - 09.15.", "Add it, or write 09.00 - 09.15."),
        )
    return None


def _seconds_between(start: time, end: time) -> int:
    begin, finish = (datetime.combine(date.min, moment) for moment in (start, end))
    return (finish - begin).seconds  # past midnight too: days are kept apart from seconds


def _one_of(value: CellValue, names: Mapping[K, tuple[str, ...]]) -> K:
    text = plain(value) if isinstance(value, str) else ""
    key = find(text, names)
    if key is None:
        firsts = [of[0] for of in names.values()]
        near = nearest(text, all_names(names))
        hint = did_you_mean(near) if near else None
        raise Unread(
            Text(f"salah satu dari {', '.join(firsts)}", f"one of {', '.join(firsts)}"), hint
        )
    return key


def _stand(reader: RowReader, known: Known) -> int | None:
    stands = known.stands or {}

    def read(value: CellValue) -> int:
        try:
            return stand_number_of(value)
        except Unread as unread:
            text = plain(value) if isinstance(value, str) else ""
            name = nearest(text, stands.values())
            number = next((n for n, of in stands.items() if name and of == name), None)
            hint = None if number is None else did_you_mean(f"{number} ({name})")
            raise Unread(unread.expected, hint) from unread

    number = reader.take("stand", read)
    if number is not None and known.stands is not None and number not in stands:
        reader.fault(
            "stand",
            Text(f"stand {number} tidak ada", f"there is no stand {number}"),
            nearest_number(number, stands),
        )
        return None
    return number


def _check_content(reader: RowReader, kind: Kind | None, stand: int | None, known: Known) -> None:
    if kind is Kind.VIDEO and "media" not in reader.row.cells:
        reader.fault(
            "media",
            Text("video tanpa materi", "a video without media"),
            Text(
                "Tulis nama berkasnya, misalnya 05-profil.mp4, atau ubah jenisnya menjadi Katalog.",
                "Write its file, such as 05-profil.mp4, or make it a catalogue.",
            ),
        )
    if kind is not Kind.CATALOGUE:
        return
    if "stand" not in reader.row.cells:
        reader.fault(
            "stand",
            Text("katalog tanpa stand", "a catalogue without a stand"),
            Text("Tulis nomor standnya.", "Write the stand's number."),
        )
    elif not (stand is None or known.with_products is None or stand in known.with_products):
        reader.fault(
            "stand",
            Text(f"stand {stand} tidak punya produk", f"stand {stand} has no products"),
            Text("Isi lembar Produk untuk stand ini.", "Give it products in sheet Produk."),
        )


def _placed(
    drafts: list[_Draft | None], day: date, ordinal: int, zone: ZoneInfo
) -> list[tuple[Item, _Draft]]:
    placed: list[tuple[Item, _Draft]] = []
    whole = True
    for number, draft in enumerate(drafts, start=1):
        if draft is None:
            whole = False
            continue
        before = placed[-1][0] if placed else None
        first = before is None and whole
        mode = draft.start or (StartMode.FIXED if first else StartMode.FOLLOW)
        at = _at(draft, mode, before, datetime.combine(day, time(), zone), whole)
        if at is not None:
            placed.append((_item(draft, f"{ordinal}-{number:02}", at, mode), draft))
    return placed


def _item(draft: _Draft, item_id: str, at: datetime, mode: StartMode) -> Item:
    return Item(
        id=item_id,
        kind=draft.kind,
        title=draft.title,
        at=at,
        duration_s=draft.duration_s,
        start=mode,
        stand=draft.stand,
        media=draft.media,
        note=draft.note,
    )


def _at(
    draft: _Draft, mode: StartMode, before: Item | None, midnight: datetime, whole: bool
) -> datetime | None:
    """The item's wall time; `whole` tells that no broken row stands between."""
    if draft.clock is None:
        if before is not None and mode is not StartMode.FIXED:
            return later(before.at, before.duration_s)
        if whole or mode is StartMode.FIXED:
            draft.reader.lacking("at", Text("Misalnya 09.30.", "Such as 09.30."))
        return None
    at = datetime.combine(before.at if before else midnight, draft.clock, midnight.tzinfo)
    if before is None or at >= before.at:
        return at
    if before.at - at > HALF_DAY:
        return at + timedelta(days=1)
    what = Text(
        f"jam mundur: {at:%H.%M} setelah {before.at:%H.%M}",
        f"the time goes back: {at:%H:%M} after {before.at:%H:%M}",
    )
    if mode is StartMode.FIXED:
        hint = Text("Urutkan barisnya, atau betulkan jamnya.", "Sort the rows or mend the time.")
        draft.reader.fault("at", what, hint)
    else:
        hint = Text("Item ini tetap tayang sesuai urutan.", "It still airs in its order.")
        draft.reader.found.warn(draft.reader.where("at"), what, hint)
    return at
