"""Sheets of a workbook, as bare cells, become tables: finds sheets by name and headers wherever
they stand; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.errors import Text
from pipeline.rundown.cells import Cell, Findings, Row, Table, Tables, shown
from pipeline.rundown.labels import (
    HEADERS,
    REQUIRED,
    SHEETS,
    all_names,
    bare,
    did_you_mean,
    find,
    nearest,
    unit_of,
)

_COUNTERS = frozenset({"no", "nomor"})
_HEADER_SEARCH = 40
"""Rows in which a header row with slips is looked for."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of a sheet that hold something, by row and column, both from 1."""

    title: str
    file: str
    rows: Mapping[int, Mapping[int, Cell]]

    @property
    def where(self) -> str:
        return f"{self.file}, {self.title}"

    def place(self, row: int, column: int) -> str:
        letters = ""
        while column:
            column, digit = divmod(column - 1, 26)
            letters = chr(ord("A") + digit) + letters
        return f"{self.where}!{letters}{row}"


def tables_of(sheets: Sequence[Sheet], file: str, found: Findings) -> Tables:
    """The three tables of a rundown; what can't be found is noted in `found`."""
    tables = {}
    for kind in SHEETS:
        sheet = _sheet_for(kind, sheets, file, found)
        tables[kind] = None if sheet is None else _table(kind, sheet, found)
    return Tables(**tables)


def _sheet_for(kind: str, sheets: Sequence[Sheet], file: str, found: Findings) -> Sheet | None:
    matches = [sheet for sheet in sheets if find(sheet.title, {kind: SHEETS[kind]})]
    name = SHEETS[kind][0]
    if len(matches) == 1:
        return matches[0]
    if matches:
        titles = ", ".join(sheet.title for sheet in matches)
        found.fault(
            file,
            Text(f"ada beberapa lembar {name}: {titles}", f"several sheets {name}: {titles}"),
            Text("Sisakan satu saja.", "Keep just one."),
        )
        return None
    titles = ", ".join(f"“{shown(sheet.title)}”" for sheet in sheets) or "-"
    near = next((s.title for s in sheets if nearest(s.title, SHEETS[kind])), None)
    found.fault(
        file,
        Text(
            f"lembar “{name}” tidak ada; yang ada: {titles}",
            f"no sheet “{name}”; there are: {titles}",
        ),
        Text(f"Ganti nama “{near}” menjadi “{name}”.", f"Did you mean “{near}”? Rename it.")
        if near
        else Text(f"Tambahkan lembar “{name}”.", f"Add a sheet “{name}”."),
    )
    return None


def _table(kind: str, sheet: Sheet, found: Findings) -> Table | None:
    header_row = _header_row(kind, sheet)
    if header_row is None:
        names = ", ".join(names[0] for names in HEADERS[kind].values())
        found.fault(
            sheet.where,
            Text("lembar ini kosong", "this sheet is empty")
            if not sheet.rows
            else Text("baris judul kolom tidak ditemukan", "no header row found"),
            Text(f"Tulis satu baris berisi: {names}", f"Write one row with: {names}"),
        )
        return None
    return _TableReader(kind, sheet, header_row, found).read()


def _label(cell: Cell) -> str:
    return cell.value if isinstance(cell.value, str) and len(cell.value) <= 80 else ""


def _header_row(kind: str, sheet: Sheet) -> int | None:
    """The row with the most headers, at least two; slips count where nothing is spelt right."""

    def best(rows: Iterable[int], known: Callable[[str], str | None]) -> int | None:
        scores = {
            row: len({known(_label(cell)) for cell in sheet.rows[row].values()} - {None})
            for row in rows
        }
        row = max(scores, key=lambda row: scores[row], default=None)
        return row if row is not None and scores[row] >= 2 else None

    names = HEADERS[kind]
    every = all_names(names)
    fields = {bare(name): field for field, of in names.items() for name in of}
    rows = sorted(sheet.rows)
    exact = best(rows, lambda label: fields.get(bare(label)))
    return exact or best(rows[:_HEADER_SEARCH], lambda label: nearest(label, every))


class _TableReader:
    """Reads the rows below a header row."""

    def __init__(self, kind: str, sheet: Sheet, header_row: int, found: Findings) -> None:
        self.kind = kind
        self.sheet = sheet
        self.header_row = header_row
        self.headers = sheet.rows[header_row]
        self.columns = self._columns()
        self.found = found

    def read(self) -> Table:
        self._report_headers()
        below = sorted(row for row in self.sheet.rows if row > self.header_row)
        rows = (self._row(number, self.sheet.rows[number]) for number in below)
        return Table(
            self.kind,
            self.sheet.where,
            frozenset(self.columns),
            tuple(row for row in rows if row is not None),
        )

    def _columns(self) -> dict[str, int]:
        """Field to column; where several columns could be a field, its earlier name wins."""
        columns: dict[str, int] = {}
        for field, names in HEADERS[self.kind].items():
            rank = {bare(name): i for i, name in reversed(list(enumerate(names)))}
            candidates = [
                (rank[bare(_label(cell))], column)
                for column, cell in self.headers.items()
                if bare(_label(cell)) in rank
            ]
            if candidates:
                columns[field] = min(candidates)[1]
        return columns

    def _report_headers(self) -> None:
        names = HEADERS[self.kind]
        missing = {field: of for field, of in names.items() if field not in self.columns}
        slips: dict[str, Cell] = {}
        for column, cell in sorted(self.headers.items()):
            if column in self.columns.values():
                continue
            field = find(_label(cell), names)
            near = nearest(_label(cell), all_names(missing))
            if field:
                self._report_second(column, self.headers[self.columns[field]])
            elif near and (slipped := find(near, missing)):
                slips[slipped] = cell
                if slipped == "duration":  # needed, unless the times are spans
                    self.found.fault(cell.where, _unknown(cell), did_you_mean(near))
                elif slipped not in REQUIRED[self.kind]:
                    self.found.warn(cell.where, _unknown(cell), did_you_mean(near))
        for field in missing:
            if field in REQUIRED[self.kind]:
                self._report_missing(names[field][0], slips.get(field))

    def _report_missing(self, name: str, slip: Cell | None) -> None:
        if slip:
            self.found.fault(slip.where, _unknown(slip), did_you_mean(name))
        else:
            self.found.fault(
                self.sheet.where,
                Text(f"kolom “{name}” tidak ada", f"there is no column “{name}”"),
                Text(f"Tambahkan kolom “{name}”.", f"Add a column “{name}”."),
            )

    def _report_second(self, column: int, used: Cell) -> None:
        """Another column for a field that has one. A counter beside a number is no matter."""
        cell = self.headers[column]
        empty = all(
            column not in cells for row, cells in self.sheet.rows.items() if row > self.header_row
        )
        if empty or bare(_label(cell)) in _COUNTERS:
            return
        label, other = shown(cell.value), f"“{shown(used.value)}” ({used.where.rsplit('!')[-1]})"
        what = Text(
            f"kolom “{label}” sama artinya dengan {other}",
            f"the column “{label}” means the same as {other}",
        )
        if bare(_label(cell)) == bare(_label(used)):
            self.found.fault(cell.where, what, Text("Sisakan satu kolom.", "Keep one of them."))
        else:
            self.found.warn(cell.where, what, Text("Isinya tidak dipakai.", "It isn't used."))

    def _row(self, number: int, cells: Mapping[int, Cell]) -> Row | None:
        known = {f: cells[column] for f, column in self.columns.items() if column in cells}
        own = {field: cell for field, cell in known.items() if not cell.filled}
        if not own:
            self._report_stray(cells)
            return None
        if len(own) > 1 and all(self._label_of(f) == bare(_label(c)) for f, c in own.items()):
            return None  # the header row again, as printed lists have it on every page
        places = {f: self.sheet.place(number, column) for f, column in self.columns.items()}
        return Row({f: replace(cell, unit=self._unit_of(f)) for f, cell in known.items()}, places)

    def _label_of(self, field: str) -> str:
        return bare(_label(self.headers[self.columns[field]]))

    def _unit_of(self, field: str) -> str:
        return unit_of(_label(self.headers[self.columns[field]]))

    def _report_stray(self, cells: Mapping[int, Cell]) -> None:
        stray = next((cell for cell in cells.values() if not cell.filled), None)
        if stray is not None:
            self.found.warn(
                stray.where,
                Text("isi di luar kolom yang dikenal", "content outside the known columns"),
                Text("Baris ini tidak dipakai.", "This row isn't used."),
            )


def _unknown(cell: Cell) -> Text:
    label = shown(cell.value)
    return Text(f"judul kolom “{label}” tidak dikenal", f"unknown column “{label}”")
