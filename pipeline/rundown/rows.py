"""Reads one row of a table field by field, noting each fault with its place; pure."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from pipeline.errors import Text
from pipeline.rundown.cells import (
    Cell,
    CellValue,
    Findings,
    Row,
    Table,
    Unread,
    Unusable,
    clean,
    plain,
    shown,
    whole,
)
from pipeline.rundown.labels import HEADERS, did_you_mean

T = TypeVar("T")

LONGEST = 500
"""Characters in a text: more is a paste by mistake, and no picture could hold it."""

_NUMBER = Text("nomor stand, misalnya 5", "a stand number, such as 5")


class RowReader:
    """`broken` tells that a fault was noted, so that the row can't become a value."""

    def __init__(self, row: Row, table: Table, found: Findings) -> None:
        self.row = row
        self.table = table
        self.found = found
        self.broken = False

    def take(
        self, field: str, read: Callable[[CellValue], T], *, required: bool = False
    ) -> T | None:
        """The field's value; None when blank, or when a fault was noted."""
        return self.take_cell(field, lambda cell: read(cell.value), required=required)

    def take_cell(
        self, field: str, read: Callable[[Cell], T], *, required: bool = False
    ) -> T | None:
        """The same for a reader that needs the header's unit too."""
        cell = self.row.cells.get(field)
        if cell is None:
            if required:
                self.lacking(field)
            return None
        if isinstance(cell.value, Unusable):
            self.fault(field, cell.value.what, cell.value.hint)
            return None
        try:
            return read(cell)
        except Unread as unread:
            got = shown(cell.value)
            what = Text(
                f"terbaca “{got}”, seharusnya {unread.expected.id}",
                f"read “{got}”, expected {unread.expected.en}",
            )
            self.fault(field, what, unread.hint)
            return None

    def text(self, field: str, *, required: bool = False) -> str:
        return self.take(field, text_of, required=required) or ""

    def lacking(self, field: str, hint: Text | None = None) -> None:
        """Notes that a field is blank. A column that isn't there has been noted by itself."""
        self.broken = True
        if field in self.table.columns:
            name = HEADERS[self.table.kind][field][0]
            self.fault(field, Text(f"“{name}” wajib diisi", f"“{name}” is required"), hint)

    def fault(self, field: str, what: Text, hint: Text | None = None) -> None:
        self.broken = True
        self.found.fault(self.where(field), what, hint)

    def where(self, field: str) -> str:
        cell = self.row.cells.get(field)
        return cell.where if cell else self.row.places.get(field, self.place)

    @property
    def place(self) -> str:
        """Where the row begins."""
        return next(iter(self.row.places.values()))


def text_of(value: CellValue) -> str:
    """Text for people; numbers as they are shown."""
    number = whole(value)
    if number is not None:
        return str(number)
    if isinstance(value, float):
        return shown(value)
    if not isinstance(value, str):
        raise Unread(
            Text("teks", "text"),
            Text("Atur format sel sebagai Teks.", "Format the cell as Text."),
        )
    text = clean(value)
    if len(text) > LONGEST:
        raise Unread(
            Text(
                f"paling banyak {LONGEST} huruf, ini {len(text)}",
                f"at most {LONGEST} characters, this has {len(text)}",
            )
        )
    return text


def stand_number_of(value: CellValue) -> int:
    """1 to 9999, from `01`, `2.0`, `Stand 5`."""
    number = whole(value)
    if isinstance(value, str):
        match = re.fullmatch(
            r"(?:stand|stan|booth|no|nomor|#|[\s.:-])*(\d{1,4})(?:[.,]0)?", plain(value)
        )
        number = int(match.group(1)) if match else None
    if number is None or not 1 <= number <= 9999:
        raise Unread(_NUMBER)
    return number


def nearest_number(number: int, known: Iterable[int]) -> Text | None:
    """The known number that is most like the one that was read."""
    near = min(known, key=lambda n: (abs(n - number), n), default=None)
    return None if near is None else did_you_mean(str(near))
