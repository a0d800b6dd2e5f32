"""The words and numbers of the reports as people read them, Indonesian first; pure, no layout."""

from datetime import datetime
from fractions import Fraction

from babel.dates import format_date

from pipeline.errors import Text
from pipeline.manifest.report import AiringAccount, Status
from pipeline.timing import hms

STATUS = {
    Status.MET: Text("terpenuhi", "met"),
    Status.SHORT: Text("kurang", "short"),
    Status.NONE: Text("belum tayang", "not aired"),
}

KIND = {
    "video": Text("video", "video"),
    "catalogue": Text("katalog", "catalogue"),
    "live": Text("langsung", "live"),
    "slate": Text("jeda", "slate"),
}

FILLER = Text("Pengisi", "Filler")


def recording(entry: AiringAccount) -> str:
    """Where an airing is in the program log, and what of it isn't."""
    if not entry.unrecorded:
        return entry.airing.part
    if entry.unrecorded == entry.airing.frames:
        return "tidak terekam · not recorded"
    return f"{entry.airing.part} ({entry.unrecorded} frame tidak terekam · not recorded)"


def both(text: Text) -> str:
    """`katalog · catalogue`; once where both languages say the same."""
    return text.id if text.id == text.en else str(text)


def duration(seconds: Fraction) -> str:
    """`2:03`, or `2:03,04` with the decimals that 25 and 30 frames a second need; `1:02:03`."""
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    return hms(whole) + (f",{rest:03}".rstrip("0") if rest else "")


def day(moment: datetime) -> str:
    """`Rabu, 24 November 2021`."""
    return format_date(moment, "EEEE, d MMMM y", locale="id")


def short_day(moment: datetime) -> str:
    """`24 Nov`."""
    return format_date(moment, "d MMM", locale="id")


def clock_time(moment: datetime) -> str:
    """`09.30.05`, the Indonesian way to write a time of day."""
    return f"{moment:%H.%M.%S}"


def thousands(number: int) -> str:
    """`12.345`."""
    return f"{number:,}".replace(",", ".")
