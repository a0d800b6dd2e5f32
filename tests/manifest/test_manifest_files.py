"""JSON, CSV, Excel and the terminal's table, opened again with what others open them with."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from rich.console import Console

from pipeline.errors import OutsideError
from pipeline.manifest import (
    Links,
    Manifest,
    account,
    as_json,
    as_run,
    csv_file,
    save,
    table,
    xlsx_file,
)

EVIL = '=HYPERLINK("http://jahat.example","klik")'
STANDS = [(1, "Batik & Kopi", 60), (2, EVIL, 30), (3, "[red]Tenun[/]\x07", 10)]
FIRST_ROW = 5


@pytest.fixture
def manifest(show: Callable[..., Any]) -> Manifest:
    one = show("2021-11-24T23:59:00+07:00", stands=STANDS)
    one.air(1500, stand=1, item="1-01", title="+62 Batik")
    one.air(403, stand=2, item="1-02", kind="catalogue", title="@kopi")
    one.air(100, stand=1, item="1-03", kind="slate", planned_kind="live")
    one.deliver(0, 1000)
    one.close()
    links = Links(clips={("2021-11-24", 1): "https://youtu.be/klip"})
    run = as_run(one.lines)
    assert run is not None
    return account(
        None,
        [run],
        links,
        event="Pameran",
        zone=ZoneInfo("Asia/Jakarta"),
        generated=datetime(2021, 11, 25, tzinfo=UTC),
    )


def rows(manifest: Manifest) -> list[dict[str, str]]:
    text = csv_file(manifest).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheets(manifest: Manifest) -> tuple[Any, Any]:
    book = openpyxl.load_workbook(io.BytesIO(xlsx_file(manifest)))
    summary, airings = book.worksheets
    return summary, airings


def test_json_has_event_time_totals_sessions_and_stands(manifest: Manifest) -> None:
    values = json.loads(json.dumps(as_json(manifest)))
    assert list(values) == ["event", "generated", "totals", "sessions", "stands"]
    assert values["totals"]["aired_s"] == 76.12
    assert values["totals"]["owed_s"] == 23.88
    assert values["totals"]["airings"] == 2
    assert values["sessions"][0]["program_s"] == 80.12
    assert values["sessions"][0]["journal"]["damage"] == ""
    assert [run["kind"] for run in values["sessions"][0]["as_run"]] == [
        *("video", "catalogue", "slate"),
    ]


def test_csv_opens_in_excel_and_has_one_row_an_airing(manifest: Manifest) -> None:
    assert csv_file(manifest).startswith(b"\xef\xbb\xbf")
    found = rows(manifest)
    assert [row["Stand"] for row in found] == ["1", "1", "2", "3"]
    assert found[0]["Tayang total (dtk) · Aired in all (s)"] == "60"
    assert found[2]["Kurang (dtk) · Owed (s)"] == "13.88"
    assert found[1]["Dihitung · Counts"] == "tidak"
    assert found[3]["Mulai · Start"] == ""


def test_csv_leaves_no_cell_that_a_spreadsheet_would_run(manifest: Manifest) -> None:
    cells = [cell for row in rows(manifest) for cell in row.values()]
    assert "'" + EVIL in cells
    assert "'+62 Batik" in cells
    assert "'@kopi" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_fillers_and_what_was_not_recorded_are_told_in_both_tables(
    show: Callable[..., Any],
) -> None:
    one = show(stands=STANDS)
    one.air(100, stand=1, kind="catalogue")
    one.air(100, stand=1, item="1-01")
    one.write("unrecorded", first_frame=80, frames=120, error="disk penuh")
    run = as_run(one.lines)
    assert run is not None
    now = datetime(2021, 11, 25, tzinfo=UTC)
    manifest = account(None, [run], Links(), event="P", zone=ZoneInfo("UTC"), generated=now)
    filler, item, *_ = rows(manifest)
    assert (filler["Acara · Item"], item["Acara · Item"]) == ("Pengisi · Filler", "1-01")
    assert filler["Rekaman · Program log"].startswith("program-0001.ts (20 frame tidak terekam")
    assert item["Rekaman · Program log"] == "tidak terekam · not recorded"
    first = sheets(manifest)[1][FIRST_ROW]
    assert first[8].value == "Pengisi · Filler: katalog · catalogue"
    assert first[13].value == filler["Rekaman · Program log"]


def test_summary_has_real_durations_and_sums_as_formulas(manifest: Manifest) -> None:
    summary, _ = sheets(manifest)
    aired = summary.cell(FIRST_ROW, 5)
    assert aired.value.total_seconds() == 60
    assert aired.number_format == "[h]:mm:ss"
    assert summary.cell(FIRST_ROW + 1, 7).value.total_seconds() == pytest.approx(13.88)
    last = FIRST_ROW + len(STANDS) - 1
    assert summary.cell(last + 1, 5).value == f"=SUM(E{FIRST_ROW}:E{last})"
    assert summary.freeze_panes == f"C{FIRST_ROW}"
    assert summary.conditional_formatting


def test_airings_have_real_dates_frames_and_links(manifest: Manifest) -> None:
    _, airings = sheets(manifest)
    first = airings[FIRST_ROW]
    assert first[2].value == datetime(2021, 11, 24, 23, 59)
    assert first[4].value == datetime(2021, 11, 25, 0, 0)
    assert first[6].value == 1500
    assert first[11].hyperlink.target == "https://youtu.be/klip"
    assert airings.max_row == FIRST_ROW + 2


def test_text_stays_text_in_the_workbook(manifest: Manifest) -> None:
    summary, airings = sheets(manifest)
    name = summary.cell(FIRST_ROW + 1, 2)
    assert (name.value, name.data_type) == (EVIL, "s")
    assert summary.cell(FIRST_ROW + 2, 2).value == "[red]Tenun[/]"
    formulas = [cell for row in airings for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_an_empty_manifest_still_makes_every_file() -> None:
    empty = Manifest("Pameran", datetime(2021, 11, 25, tzinfo=UTC), (), ())
    assert as_json(empty)["totals"]["aired_s"] == 0
    assert rows(empty) == []
    assert sheets(empty)[0].cell(FIRST_ROW + 1, 2).value == "Jumlah · Total"
    assert table(empty).row_count == 0


def test_the_terminal_shows_names_as_they_are(manifest: Manifest) -> None:
    console = Console(width=140, file=io.StringIO())
    console.print(table(manifest))
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert "[red]Tenun[/]" in said
    assert "1:16,12" in said
    assert "Jurnal rusak" not in said


def test_the_terminal_warns_of_a_damaged_journal(show: Callable[..., Any]) -> None:
    one = show(stands=STANDS)
    one.air(10, stand=1)
    one.lines[2]["title"] = "Lain"
    run = as_run(one.lines)
    assert run is not None
    now = datetime(2021, 11, 25, tzinfo=UTC)
    damaged = account(None, [run], Links(), event="P", zone=ZoneInfo("UTC"), generated=now)
    assert "Jurnal rusak" in str(table(damaged).caption)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    save(tmp_path / "laporan" / "m.csv", b"satu")
    save(tmp_path / "laporan" / "m.csv", b"dua")
    assert [path.name for path in (tmp_path / "laporan").iterdir()] == ["m.csv"]
    assert (tmp_path / "laporan" / "m.csv").read_bytes() == b"dua"


def test_a_place_that_cant_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_bytes(b"")
    with pytest.raises(OutsideError, match="berkas"):
        save(tmp_path / "berkas" / "m.csv", b"satu")
