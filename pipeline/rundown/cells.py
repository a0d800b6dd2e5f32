"""Cells, rows and tables as parse reads them, each with the place a person can find it at; pure.

Both forms of a rundown (workbook and YAML) become these tables, so that one parse and one set of
faults serves both. A cell's value is data: nothing here evaluates it.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from pipeline.errors import Fault, Text


@dataclass(frozen=True, slots=True)
class Unusable:
    """What stands in a cell that holds no value: a formula without result, a list in YAML."""

    what: Text
    hint: Text | None = None


CellValue = str | int | float | bool | datetime | date | time | timedelta | Unusable | None

# Typists and word processors use these for ' and ", also in `2'30"`.
_QUOTES = str.maketrans("\u2032\u2019\u2018`\u00b4\u2033\u201d", "'''''\"\"")
_DASHES = frozenset("-\u2013\u2014")


@dataclass(frozen=True, slots=True)
class Cell:
    """One value. `unit` is what the header says in parentheses, as in `Hak Tayang (menit)`.

    `filled` tells that the value belongs to a merged cell that begins in a row above.
    """

    value: CellValue
    where: str
    unit: str = ""
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row by field; a field whose cell is blank is absent.

    `places` says for every field of the table where its cell is, or would be.
    """

    cells: Mapping[str, Cell]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """`kind` is stands, products or items; `columns` are the fields that the table has at all."""

    kind: str
    where: str
    columns: frozenset[str]
    rows: tuple[Row, ...]


class Tables(NamedTuple):
    """None for a table that isn't there or can't be read; its fault is already noted."""

    stands: Table | None
    products: Table | None
    items: Table | None


@dataclass(slots=True)
class Findings:
    """Faults and warnings in the order in which they are found; the same one is noted once."""

    faults: dict[Fault, None] = field(default_factory=dict)
    warnings: dict[Fault, None] = field(default_factory=dict)

    def fault(self, where: str, what: Text, hint: Text | None = None) -> None:
        self.faults[Fault(where, what, hint)] = None

    def warn(self, where: str, what: Text, hint: Text | None = None) -> None:
        self.warnings[Fault(where, what, hint)] = None


class Unread(Exception):
    """A value isn't what it should be: what was expected, and how to put it right."""

    def __init__(self, expected: Text, hint: Text | None = None) -> None:
        super().__init__(str(expected))
        self.expected = expected
        self.hint = hint


def clean(text: str) -> str:
    """Text for people: NFC, single spaces, without invisible or control characters.

    Zero-width joiners stay inside, because emoji are built with them.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split())
    kept = (
        c for c in text if c in "\u200c\u200d" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
    return "".join(kept).strip(" \u200c\u200d")


def plain(text: str) -> str:
    """Text for parsing: lower case, ASCII digits and quotes, nothing invisible."""
    text = unicodedata.normalize("NFKC", text.translate(_QUOTES)).translate(_QUOTES)
    text = "".join(c for c in clean(text) if c not in "\u200c\u200d")
    return " ".join(text.casefold().split())


def is_blank(value: CellValue) -> bool:
    """True for nothing, spaces, and the dash that stands for nothing."""
    return value is None or (isinstance(value, str) and not set(clean(value)) - _DASHES)


def shown(value: CellValue) -> str:
    """A value as a fault quotes it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.10g}"
    text = clean(str(value))
    return text if len(text) <= 60 else text[:59] + "…"


def whole(value: CellValue) -> int | None:
    """The whole number that a numeric cell holds, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value and abs(value) < 1e15 and value == int(value) else None


def number(text: str) -> float | None:
    """The number in `1,5` or `1.5`, or None."""
    return float(text.replace(",", ".")) if re.fullmatch(r"\d{1,9}(?:[.,]\d{1,6})?", text) else None
