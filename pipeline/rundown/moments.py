"""Dates, times of day and durations as people and Excel write them; pure, without a time zone.

Each reader takes one cell's value and raises Unread with an example when it can't be meant.
"""

import re
from datetime import date, datetime, time, timedelta

from pipeline.errors import Text
from pipeline.rundown.cells import CellValue, Unread, number, plain, whole

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb pebruari peb",
            "maret march mar mrt",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "agustus august agu ags agt aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov nopember nop",
            "desember december des dec",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = (
    ("senin", "monday", "mon", "sen"),
    ("selasa", "tuesday", "tue", "sel"),
    ("rabu", "wednesday", "wed", "rab"),
    ("kamis", "thursday", "thu", "kam"),
    ("jumat", "friday", "fri", "jum"),
    ("sabtu", "saturday", "sat", "sab"),
    ("minggu", "sunday", "sun", "min", "ahad"),
)
_DATE = Text("tanggal, misalnya 24/11/2021", "a date, such as 24/11/2021")
_TIME = Text("jam, misalnya 09.30", "a time, such as 09.30")
_DURATION = Text("durasi, misalnya 2 menit 30 detik", "a duration, such as 2 min 30 s")

EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's serial dates after February 1900 (ECMA-376 part 1, 18.17.4.1)."""

_SECONDS = {
    unit: seconds
    for seconds, units in (
        (3600, "jam j hour hours hr hrs h"),
        (60, "menit mnt mn min minute minutes mins m '"),
        (1, "detik dtk dt det second seconds secs sec s '' \""),
    )
    for unit in units.split()
}
"""Seconds in each unit that a duration may name."""

_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+|''|'|\")?\.?(?:,| dan | and )?\s*")
_RANGE = re.compile(r"\s*(?:[-\u2013\u2014~]|s/d|s\.d\.?|sd|sampai|hingga|to|until)\s*")
_OPEN_END = re.compile(_RANGE.pattern + r"(?:selesai|akhir|end|finish)$")
_ZONE = re.compile(r"\s*\b(wib|wita|wit)\b\.?")
_CLOCK = re.compile(r"(?:pukul|pkl\.?|jam|at)?\s*(\d{1,2})(?:([.:,])(\d{1,2})(?:[.:](\d{2}))?)?")

MAX_SECONDS = 12 * 3600
"""No session is longer, so no item is."""


def date_of(value: CellValue) -> date:
    """A day from an Excel date, its serial number, or text in Indonesian or English."""
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        serial = whole(value)
        if serial is not None and serial > 0:
            value = EXCEL_EPOCH + timedelta(days=min(serial, 99_999))
        elif isinstance(value, str):
            value = _written_date(plain(value).replace("jum'at", "jumat"))
        else:
            raise Unread(_DATE)
    if not 2000 <= value.year <= 2100:
        raise Unread(_DATE, Text("Tahun harus 2000-2100.", "The year must be 2000-2100."))
    return value


def _written_date(text: str) -> date:
    text = re.sub(r"[ t]\d{2}:\d{2}(:\d{2})?(\.\d+)?$", "", text)
    words = [word for word in re.split(r"[\s,./-]+", text) if word]
    weekdays = [i for word in words for i, names in enumerate(_WEEKDAYS) if word in names]
    words = [word for word in words if not any(word in names for names in _WEEKDAYS)]
    if len(words) != 3:
        raise Unread(_DATE)
    try:
        day = _day(words)
    except ValueError as error:
        raise Unread(
            _DATE, Text("Urutannya hari/bulan/tahun.", "Order: day/month/year.")
        ) from error
    if weekdays and weekdays[0] != day.weekday():
        name = _WEEKDAYS[day.weekday()]
        raise Unread(
            Text(f"{name[0].title()}, {day:%d/%m/%Y}", f"{name[1].title()}, {day}"),
            Text("Periksa hari atau tanggalnya.", "Check the weekday or the date."),
        )
    return day


def _day(words: list[str]) -> date:
    if words[0] in _MONTHS:  # November 25 2021
        words = [words[1], words[0], words[2]]
    elif len(words[0]) == 4:  # 2021-11-25
        words = words[::-1]
    numbers = [str(_MONTHS.get(words[1], words[1])), words[0], words[2]]
    if not all(re.fullmatch(r"\d{1,4}", each) for each in numbers):
        raise ValueError("not three numbers")
    month, day, year = map(int, numbers)
    return date(year + 2000 if year < 100 else year, month, day)


def time_of(value: CellValue, zone_name: str, unit: str = "") -> tuple[time, time | None]:
    """A time of day, and the end where a span is written (`09.00 - 09.15`).

    A number is read as Indonesians type it: 9.1 is 09.10 and 9.3 is 09.30; below 1 it is Excel's
    fraction of a day. `zone_name` is the event's (`WIB`): another one in the text, or in the
    header (`unit`), is refused.
    """
    _check_zone(plain(unit), zone_name)
    if isinstance(value, datetime):
        return _to_second(value.time()), None
    if isinstance(value, time):
        return _to_second(value), None
    if isinstance(value, timedelta):
        value = value / timedelta(days=1)
    if isinstance(value, str):
        return _written_span(plain(value), zone_name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2400:
        raise Unread(_TIME)
    if 0 < value < 1:
        return _to_second((datetime.min + timedelta(days=value)).time()), None
    if value > 99:  # 0930 typed as a number
        value = value / 100
    hours, minutes = divmod(round(value * 100), 100)
    if abs(value * 100 - round(value * 100)) > 1e-6:
        raise Unread(_TIME)
    return _clock(hours, minutes, 0), None


def _check_zone(text: str, zone_name: str) -> None:
    zone = _ZONE.search(text)
    if zone and zone.group(1) != zone_name.casefold():
        raise Unread(Text(f"jam dalam {zone_name}", f"a time in {zone_name}"))


def _written_span(text: str, zone_name: str) -> tuple[time, time | None]:
    _check_zone(text, zone_name)
    parts = _RANGE.split(_OPEN_END.sub("", _ZONE.sub("", text)))
    if len(parts) > 2:
        raise Unread(_TIME)
    return _written_time(parts[0]), _written_time(parts[1]) if len(parts) == 2 else None


def _written_time(text: str) -> time:
    half = re.search(r"\s*([ap])\.?m\.?$", text)
    match = _CLOCK.fullmatch(text[: half.start()] if half else text)
    if match is None:
        raise Unread(_TIME)
    hours, mark, minutes, seconds = match.groups()
    if minutes and len(minutes) == 1:
        if mark == ":":
            raise Unread(_TIME, Text("Menit ditulis dua angka.", "Write minutes with two digits."))
        minutes += "0"  # 9.3 is 09.30, as in a numeric cell
    hour = int(hours)
    if half:
        if not 1 <= hour <= 12:
            raise Unread(_TIME)
        hour = hour % 12 + (12 if half.group(1) == "p" else 0)
    return _clock(hour, int(minutes or 0), int(seconds or 0))


def _clock(hour: int, minute: int, second: int) -> time:
    if (hour, minute, second) == (24, 0, 0):
        hour = 0
    if hour > 23 or minute > 59 or second > 59:
        raise Unread(Text("jam antara 00.00 dan 23.59", "a time between 00.00 and 23.59"))
    return time(hour, minute, second)


def _to_second(value: time) -> time:
    # Excel keeps times as floats: 09:53:30 can come back as 09:53:29.999997.
    rounded = datetime.combine(date(2000, 1, 1), value) + timedelta(microseconds=500_000)
    return rounded.time().replace(microsecond=0)


def duration_of(value: CellValue, unit: str = "", *, least: int = 1) -> int:
    """Whole seconds from an Excel duration, `00:03:00`, `2:30`, `2'30"`, `10 menit`, `1,5 menit`.

    A bare number counts `unit`s (a header's parenthesis), minutes when there is none; a bare
    fraction that isn't whole seconds of that is Excel's fraction of a day.
    """
    match value:
        case bool():
            raise Unread(_DURATION)
        case time():
            seconds = (datetime.combine(date.min, value) - datetime.min).total_seconds()
        case timedelta():
            seconds = value.total_seconds()
        case int() | float():
            seconds = _counted(float(value), unit)
        case str():
            seconds = _written_duration(plain(value), unit)
        case _:
            raise Unread(_DURATION)
    nearest = round(seconds) if abs(seconds) < 1e9 else -1
    if not _is_whole(seconds):
        raise Unread(Text("durasi dalam detik utuh", "a duration in whole seconds"))
    if not least <= nearest <= MAX_SECONDS:
        low = Text("lebih dari 0", "more than 0") if least else Text("0 atau lebih", "0 or more")
        raise Unread(
            Text(f"durasi {low.id}, paling lama 12 jam", f"a duration of {low.en}, at most 12 h")
        )
    return nearest


def _is_whole(seconds: float) -> bool:
    return abs(seconds) < 1e9 and abs(seconds - round(seconds)) < 0.011


def _counted(value: float, unit: str) -> float:
    unit_words = re.findall(r"[a-z]+", plain(unit))
    scale = next((_SECONDS[word] for word in unit_words if word in _SECONDS), 60)
    counted = value * scale
    if 0 < value < 1 and not _is_whole(counted) and _is_whole(value * 86_400):
        return value * 86_400
    return counted


def _written_duration(text: str, unit: str) -> float:
    clock = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:\.0+)?", text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        if seconds > 59 or (clock.group(1) and minutes > 59):
            raise Unread(_DURATION)
        return hours * 3600 + minutes * 60 + seconds
    if re.fullmatch(r"\d+[.,]\d\d+", text):  # 2.30 may be 2 min 30 s, or 2.3 min
        raise Unread(_DURATION, Text("Tulis satuannya.", "Write the units."))
    bare = number(text)
    return _counted(bare, unit) if bare is not None else _sum_of_parts(text)


def _sum_of_parts(text: str) -> float:
    """`1 jam 30 menit`, `2'30`: units fall from part to part, a last bare number is the next."""
    total, at, smallest = 0.0, 0, 216_000
    while at < len(text):
        part = _PART.match(text, at)
        amount = number(part.group(1)) if part else None
        if part is None or amount is None:
            raise Unread(_DURATION)
        default = smallest // 60 if smallest <= 3600 and part.end() == len(text) else 0
        scale = _SECONDS.get(part.group(2), 0) if part.group(2) else default
        if not 0 < scale < smallest:
            raise Unread(_DURATION)
        total, at, smallest = total + amount * scale, part.end(), scale
    return total
