"""A `Manifest` becomes an Excel workbook with real numbers, times, links and sums.

Durations are fractions of a day shown as `[h]:mm:ss`, times are local times of the event. Text is
always text, whatever it begins with.
"""

import io
import math
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.manifest.report import AiringAccount, Manifest, StandAccount
from pipeline.manifest.words import FILLER, KIND, STATUS, both, clock_time, day, recording

SUMMARY = "Ringkasan · Summary"
AIRINGS = "Tayangan · Airings"

_INDIGO, _CREAM, _MADDER, _ROSE, _LINE = "14214D", "FDF6E6", "A11F28", "FBE0DC", "E0D3BD"
_DURATION = "[h]:mm:ss"
_HEADING_ROW = 4
_FIRST_ROW = _HEADING_ROW + 1
_LINE_POINTS = 15
_HAIRLINE = Border(bottom=Side(style="thin", color=_LINE))

_SUMMARY_COLUMNS = (
    ("No", 6),
    ("Stand · Exhibitor", 44),
    ("Hak\nEntitled", 12),
    ("Rencana\nPlanned", 12),
    ("Tayang\nAired", 12),
    ("Terkirim\nDelivered", 12),
    ("Kurang\nOwed", 12),
    ("Terpenuhi\nShare", 12),
    ("Tayangan\nAirings", 11),
    ("Status", 22),
)
_AIRING_COLUMNS = (
    ("No", 6),
    ("Stand · Exhibitor", 34),
    ("Tanggal\nDate", 12),
    ("Mulai\nStart", 10),
    ("Selesai\nEnd", 10),
    ("Lama\nLength", 10),
    ("Frame\nFrames", 10),
    ("Terkirim\nDelivered", 11),
    ("Jenis\nKind", 20),
    ("Dihitung\nCounts", 12),
    ("Acara · Item", 34),
    ("Klip\nClip", 9),
    ("Siaran\nBroadcast", 11),
    ("Rekaman\nProgram log", 18),
    ("Frame pertama\nFirst frame", 14),
    ("Frame terakhir\nLast frame", 14),
    ("Segmen · Segment (SHA-256)", 68),
)
_NUMBERS = {heading for heading, width in _SUMMARY_COLUMNS[2:9] + _AIRING_COLUMNS[2:8]} | {
    heading for heading, width in _AIRING_COLUMNS[14:16]
}


def xlsx_file(manifest: Manifest) -> bytes:
    """The workbook: a summary with one row a stand, and a sheet with one row an airing."""
    book = Workbook()
    book.properties.title = f"Manifes jam tayang: {manifest.event}"
    book.properties.creator = "Tayang"
    summary = book.worksheets[0]
    summary.title = SUMMARY
    _summary(summary, manifest)
    _airings(book.create_sheet(AIRINGS), manifest)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _summary(sheet: Worksheet, manifest: Manifest) -> None:
    _head(sheet, manifest, "Manifes jam tayang · Airtime manifest", _SUMMARY_COLUMNS)
    for row, stand in enumerate(manifest.stands, _FIRST_ROW):
        _summary_row(sheet, row, stand)
    last = sheet.max_row if manifest.stands else _FIRST_ROW
    _summary_foot(sheet, last)
    sheet.conditional_formatting.add(
        f"G{_FIRST_ROW}:G{last}",
        CellIsRule(
            operator="greaterThan",
            formula=["0"],
            font=Font(color=_MADDER, bold=True),
            fill=PatternFill(bgColor=_ROSE, fill_type="solid"),
        ),
    )
    sheet.auto_filter.ref = f"A{_HEADING_ROW}:{get_column_letter(sheet.max_column)}{last}"


def _summary_row(sheet: Worksheet, row: int, stand: StandAccount) -> None:
    sheet.cell(row, 1, stand.number)
    _text(sheet.cell(row, 2), stand.name)
    amounts = (stand.entitled, stand.planned, stand.aired, stand.delivered, stand.owed)
    for column, seconds in enumerate(amounts, 3):
        _duration(sheet.cell(row, column), seconds)
    if stand.entitled:
        _number(sheet.cell(row, 8), float(stand.aired / stand.entitled), "0%")
    _number(sheet.cell(row, 9), sum(entry.counts for entry in stand.airings), "0")
    _text(sheet.cell(row, 10), both(STATUS[stand.status]))
    _finish(sheet, row, (stand.name, 44))


def _summary_foot(sheet: Worksheet, last: int) -> None:
    """The sums, as formulas over the rows above, so that anyone sees what they add up."""
    row = last + 1
    sheet.cell(row, 2, "Jumlah · Total")
    for column in (3, 4, 5, 6, 7, 9):
        letter = get_column_letter(column)
        cell = sheet.cell(row, column, f"=SUM({letter}{_FIRST_ROW}:{letter}{last})")
        cell.number_format = "0" if column == 9 else _DURATION
    share = sheet.cell(row, 8, f"=IF(C{row}=0,1,(C{row}-G{row})/C{row})")
    share.number_format = "0%"
    sheet.row_dimensions[row].height = _LINE_POINTS + 3
    sheet.cell(row, 2).alignment = Alignment("left", indent=1)
    for cell in sheet[row]:
        cell.font = _font(bold=True)
        cell.border = Border(top=Side(style="medium", color=_INDIGO))


def _airings(sheet: Worksheet, manifest: Manifest) -> None:
    _head(sheet, manifest, "Semua tayangan stand · All airings of stands", _AIRING_COLUMNS)
    row = _FIRST_ROW
    for stand in manifest.stands:
        for entry in stand.airings:
            _airing_row(sheet, row, stand, entry)
            row += 1
    last = max(row - 1, _FIRST_ROW)
    sheet.print_area = f"A1:P{last}"  # without the hashes, which are for checking, not for paper
    sheet.auto_filter.ref = f"A{_HEADING_ROW}:{get_column_letter(sheet.max_column)}{last}"


def _airing_row(sheet: Worksheet, row: int, stand: StandAccount, entry: AiringAccount) -> None:
    airing = entry.airing
    start, end = _local(entry.start), _local(entry.end)
    sheet.cell(row, 1, stand.number)
    _text(sheet.cell(row, 2), airing.stand_name or stand.name)
    _number(sheet.cell(row, 3), start, "dd/mm/yyyy")
    _number(sheet.cell(row, 4), start, "hh:mm:ss")
    _number(sheet.cell(row, 5), end, "hh:mm:ss")
    _duration(sheet.cell(row, 6), entry.seconds)
    _number(sheet.cell(row, 7), airing.frames, "#,##0")
    _number(sheet.cell(row, 8), airing.delivered_frames, "#,##0")
    kind = both(KIND[airing.kind])
    _text(sheet.cell(row, 9), f"{both(FILLER)}: {kind}" if entry.filler else kind)
    _text(sheet.cell(row, 10), "ya · yes" if entry.counts else "tidak · no")
    _text(sheet.cell(row, 11), airing.title)
    _link(sheet.cell(row, 12), "klip", entry.clip_url)
    _link(sheet.cell(row, 13), "siaran", entry.video_url)
    _text(sheet.cell(row, 14), recording(entry))
    _number(sheet.cell(row, 15), airing.first_frame, "#,##0")
    _number(sheet.cell(row, 16), airing.first_frame + airing.frames - 1, "#,##0")
    _text(sheet.cell(row, 17), airing.segment)
    texts = [(airing.stand_name or stand.name, 34), (airing.title, 34), (recording(entry), 18)]
    _finish(sheet, row, *texts)


def _head(
    sheet: Worksheet, manifest: Manifest, title: str, columns: Sequence[tuple[str, int]]
) -> None:
    """Title, event and time above the heading row, which stays on screen and on every page."""
    at = manifest.generated
    _text(sheet.cell(1, 1), title).font = _font(bold=True, size=16, color=_INDIGO)
    _text(sheet.cell(2, 1), manifest.event).font = _font(bold=True, size=12)
    stood = f"Keadaan {day(at)}, pukul {clock_time(at)} {at.tzname()} · as it stood then"
    if any(session.damage for session in manifest.sessions):
        stood += "; jurnal rusak, periksa dengan `tayang verify` · journal damaged"
    _text(sheet.cell(3, 1), stood).font = _font(color="665660")
    for column, (heading, width) in enumerate(columns, 1):
        cell = _text(sheet.cell(_HEADING_ROW, column), heading)
        cell.font = _font(bold=True, color=_CREAM)
        cell.fill = PatternFill("solid", fgColor=_INDIGO)
        side = "right" if heading in _NUMBERS else "center" if column == 1 else "left"
        cell.alignment = Alignment(side, "center", wrap_text=True, indent=int(side == "left"))
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in (1, 2, 3):
        sheet.cell(row, 1).alignment = Alignment(vertical="center")
    sheet.row_dimensions[_HEADING_ROW].height = 34
    sheet.freeze_panes = f"C{_FIRST_ROW}"
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = f"{_HEADING_ROW}:{_HEADING_ROW}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.5
    sheet.oddFooter.left.text = "Manifes jam tayang · Airtime manifest"
    sheet.oddFooter.right.text = "&P / &N"


def _finish(sheet: Worksheet, row: int, *texts: tuple[str, int]) -> None:
    """A hairline below, and the height that the longest (text, column width) needs: LibreOffice and
    Excel don't work it out for a file that never was on their screen.
    """
    lines = max(math.ceil(len(text) / width) for text, width in texts)
    sheet.row_dimensions[row].height = _LINE_POINTS * max(1, lines)
    for cell in sheet[row]:
        cell.border = _HAIRLINE
    sheet.cell(row, 1).alignment = Alignment(horizontal="center", vertical="top")


def _font(**how: Any) -> Font:
    return Font(name="Calibri", **{"size": 11, **how})


def _text(cell: Cell, text: str) -> Cell:
    """Text as text: openpyxl takes what begins with `=` for a formula, and so would an editor."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    cell.alignment = Alignment("left", "top", wrap_text=True, indent=1)
    return cell


def _number(cell: Cell, value: float | datetime, form: str) -> None:
    cell.value = value
    cell.number_format = form
    cell.alignment = Alignment(horizontal="right", vertical="top")


def _duration(cell: Cell, seconds: Fraction) -> None:
    _number(cell, float(seconds / 86_400), _DURATION)


def _link(cell: Cell, text: str, address: str | None) -> None:
    if address is not None:
        _text(cell, text).font = _font(color="1F3D93", underline="single")
        cell.hyperlink = address


def _local(moment: datetime) -> datetime:
    """Excel knows no time zones: the wall time of the event."""
    return moment.replace(tzinfo=None)
