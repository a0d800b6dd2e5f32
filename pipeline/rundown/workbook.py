"""An .xlsx file becomes sheets of bare cells; the only reader of workbooks, and it runs nothing.

Values are what Excel last showed: a formula is never computed here. Each part is parsed with
defusedxml before openpyxl sees it, so that entities and oversized sheets are refused.
"""

import contextlib
import io
import warnings
import zipfile
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.errors import Fault, InputFaults, OutsideError, Text
from pipeline.rundown.cells import Cell, CellValue, Findings, Unusable, is_blank, shown
from pipeline.rundown.sheets import Sheet

MAX_FILE = 32 << 20
MAX_XML = 16 << 20
MAX_UNPACKED = 64 << 20
MAX_PARTS = 5_000
MAX_CELLS = 500_000
"""A workbook of 500 stands has 1 MB of XML; these bounds keep a bomb from filling memory."""

MAX_ROWS, MAX_COLUMNS = 5_000, 200

_OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE_AS = Text("Simpan sebagai Excel Workbook (.xlsx).", "Save it as Excel Workbook (.xlsx).")


def read_sheets(path: Path, found: Findings) -> list[Sheet]:
    """Every sheet with the cells that hold something.

    Raises InputFaults when the file isn't a workbook that can be read, OutsideError when the disk
    fails. Hidden rows and sheets are read like the others, with a warning.
    """
    content = _content(path)
    _refuse_bombs(path.name, content)
    book = _load(path.name, content, data_only=False)
    sheets = book.worksheets
    formulas = {
        sheet.title: {place for place, cell in sheet._cells.items() if cell.data_type == "f"}
        for sheet in sheets
    }
    if any(formulas.values()):
        sheets = _load(path.name, content, data_only=True).worksheets
    return [_sheet(path.name, sheet, formulas[sheet.title], found) for sheet in sheets]


def _refusal(where: str, what: Text, hint: Text | None = None) -> InputFaults:
    return InputFaults([Fault(where, what, hint)])


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise _too_large(path.name)
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise _refusal(
            path.name,
            Text(f"berkas {path} tidak ada", f"there is no file {path}"),
            Text("Periksa `rundown` di settings.yaml.", "Check `rundown` in settings.yaml."),
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutsideError(
            Text(f"{path} tidak dapat dibaca: {reason}", f"{path} can't be read: {reason}")
        ) from error


def _too_large(name: str) -> InputFaults:
    return _refusal(
        name,
        Text("buku kerja terlalu besar", "the workbook is too large"),
        Text(
            "Hapus gambar dan baris kosong yang diformat.",
            "Delete pictures and empty formatted rows.",
        ),
    )


def _refuse_bombs(name: str, content: bytes) -> None:
    if content.startswith(_OLE2):
        raise _old_or_locked(name, content)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        what = Text("bukan buku kerja Excel", "isn't an Excel workbook")
        if not content:
            what = Text("berkas kosong", "the file is empty")
        raise _refusal(name, what, _SAVE_AS) from error
    parts = archive.infolist()
    # zipfile never unpacks more than these sizes claim, so they can be trusted as bounds.
    if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > MAX_PARTS:
        raise _too_large(name)
    if "xl/workbook.xml" not in {part.filename.lstrip("/") for part in parts}:
        raise _refusal(name, Text("bukan berkas .xlsx", "isn't an .xlsx file"), _SAVE_AS)
    try:
        cells = _count_cells(archive)
    except Exception as error:  # whatever a hostile or damaged part makes of its parsers
        raise _damaged(name, error) from error
    if cells > MAX_CELLS:
        raise _too_large(name)


def _old_or_locked(name: str, content: bytes) -> InputFaults:
    # A workbook with a password is an OLE2 file too, with this stream in it ([MS-OFFCRYPTO] 2.3.4).
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _refusal(
            name,
            Text("dilindungi kata sandi", "is protected by a password"),
            Text("Buka, hapus kata sandinya, simpan.", "Open it, remove the password, save."),
        )
    what = Text("format Excel lama (.xls)", "is in the old Excel format (.xls)")
    return _refusal(name, what, _SAVE_AS)


def _count_cells(archive: zipfile.ZipFile) -> int:
    """Cells that openpyxl would make: it makes one for each position of a merged range too."""
    cells = size = 0
    for part in archive.infolist():
        with archive.open(part) as stream:
            if b"<" not in stream.read(64):
                continue  # a picture or the like, which openpyxl doesn't take apart
        size += part.file_size
        if size > MAX_XML:
            return MAX_CELLS + 1
        with archive.open(part) as stream, contextlib.suppress(ParseError):
            for _, element in iterparse(stream):
                tag = element.tag.rpartition("}")[2]
                if tag == "mergeCell":
                    left, top, right, bottom = range_boundaries(element.get("ref", ""))
                    cells += (right - left + 1) * (bottom - top + 1)
                cells += tag == "c"
                element.clear()
    return cells


def _damaged(name: str, error: Exception) -> InputFaults:
    kind = type(error).__name__
    return _refusal(
        name,
        Text(f"buku kerja rusak ({kind})", f"the workbook is damaged ({kind})"),
        Text("Buka di Excel, perbaiki, simpan lagi.", "Open it in Excel, repair, save again."),
    )


def _load(name: str, content: bytes, *, data_only: bool) -> Any:
    try:
        with warnings.catch_warnings():
            # openpyxl warns of features it won't write back; nothing is written back here.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(
                io.BytesIO(content), data_only=data_only, keep_links=False
            )
    except Exception as error:  # on a damaged file it raises whatever its parsers stumble on
        raise _damaged(name, error) from error


def _sheet(file: str, sheet: Worksheet, formulas: set[tuple[int, int]], found: Findings) -> Sheet:
    rows: dict[int, dict[int, Cell]] = {}
    made = Sheet(sheet.title, file, rows)
    # The public iterators make a cell for every position in between; this mapping is sparse.
    for (row, column), source in sorted(sheet._cells.items()):
        value = _value(source, (row, column) in formulas)
        if is_blank(value):
            continue
        if row > MAX_ROWS or column > MAX_COLUMNS:
            found.fault(
                made.place(row, column),
                Text("isi di luar batas lembar", "content beyond the bounds of a sheet"),
                Text(
                    f"Paling banyak {MAX_ROWS} baris dan {MAX_COLUMNS} kolom.",
                    f"At most {MAX_ROWS} rows and {MAX_COLUMNS} columns.",
                ),
            )
            break
        rows.setdefault(row, {})[column] = Cell(value, made.place(row, column))
    _fill_merged(sheet, rows)
    _warn_hidden(sheet, made, found)
    return made


def _value(cell: Any, formula: bool) -> CellValue:
    value = cell.value
    if cell.data_type == "e":
        return Unusable(
            Text(f"rumusnya salah ({shown(value)})", f"its formula fails ({shown(value)})"),
            Text("Tulis nilainya langsung.", "Write the value itself."),
        )
    if formula and value is None and cell.data_type != "str":  # str: computed, and empty
        return Unusable(
            Text("rumus tanpa hasil tersimpan", "a formula without a stored result"),
            Text("Buka di Excel lalu simpan, atau tulis nilainya.",
                 "Open in Excel and save, or write the value."),
        )  # fmt: skip
    if isinstance(value, str):
        return str(unescape(value))
    known: CellValue = value
    return known


def _fill_merged(sheet: Worksheet, rows: dict[int, dict[int, Cell]]) -> None:
    """A cell merged over rows stands in each of them; over columns it stays in the first."""
    for merged in sheet.merged_cells.ranges:
        source = rows.get(merged.min_row, {}).get(merged.min_col)
        if source is None:
            continue
        for row in range(merged.min_row + 1, min(merged.max_row, MAX_ROWS) + 1):
            filled = Cell(source.value, source.where, filled=True)
            rows.setdefault(row, {})[merged.min_col] = filled


def _warn_hidden(sheet: Worksheet, made: Sheet, found: Findings) -> None:
    hint = Text("Hapus bila tidak dipakai.", "Delete it when it isn't meant.")
    if sheet.sheet_state != "visible" and made.rows:
        found.warn(
            made.where,
            Text("lembar tersembunyi, tetap dibaca", "a hidden sheet, read all the same"),
            hint,
        )
    hidden = [row for row in made.rows if row in sheet.row_dimensions]
    hidden = [row for row in hidden if sheet.row_dimensions[row].hidden]
    if hidden:
        numbers = ", ".join(map(str, sorted(hidden)[:10]))
        found.warn(
            made.where,
            Text(
                f"baris tersembunyi, tetap dibaca: {numbers}",
                f"hidden rows, read all the same: {numbers}",
            ),
            hint,
        )
