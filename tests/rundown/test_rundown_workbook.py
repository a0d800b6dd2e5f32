"""Workbooks as committees send them read right; broken ones give every fault, with its cell."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font

from pipeline.errors import Fault, InputFaults
from pipeline.rundown import Kind, StartMode, read_rundown
from pipeline.rundown.labels import HEADERS, KINDS, SHEETS, STARTS, bare

Faults = Callable[[Path], dict[str, Fault]]


def test_a_plain_workbook(book: Any) -> None:
    rundown = book.rundown
    assert [(s.number, s.name, len(s.products)) for s in rundown.stands] == [
        (1, "Batik Contoh", 1), (2, "Kopi Contoh", 1), (3, "Madu Contoh", 1),
    ]  # fmt: skip
    assert [[i.id for i in s.items] for s in rundown.sessions] == [
        ["1-01", "1-02", "1-03"],
        ["2-01"],
    ]
    first, second = rundown.sessions
    assert (first.id, second.id) == ("2021-11-24", "2021-11-25")
    assert [(i.at.isoformat(), i.duration_s, i.kind, i.start) for i in first.items] == [
        ("2021-11-24T09:00:00+07:00", 600, Kind.SLATE, StartMode.FIXED),
        ("2021-11-24T09:10:00+07:00", 180, Kind.VIDEO, StartMode.FOLLOW),
        ("2021-11-24T09:13:00+07:00", 120, Kind.CATALOGUE, StartMode.FOLLOW),
    ]
    assert second.items[0].start is StartMode.FIXED  # blank, and first of its session
    assert rundown.stand_of(first.items[1]).name == "Batik Contoh"


def test_everything_that_a_row_can_hold(book: Any) -> None:
    for field, value in {
        "Kategori": " Fashion ", "Asal": "Pekalongan", "No. WhatsApp": "0812-3456-0001",
        "Instagram": "batikcontoh", "Toko": "contoh.id", "Hak": 1.5, "Deskripsi": "Batik\npesisir",
    }.items():  # fmt: skip
        book.set("stands", 1, field, value)
    book.set("products", 1, "Keterangan", "katun")
    book.set("items", 2, "Catatan", "tunggu aba-aba")
    stand = book.rundown.stands[0]
    assert stand.model_dump(exclude={"products"}) == {
        "number": 1, "name": "Batik Contoh", "category": "Fashion", "origin": "Pekalongan",
        "whatsapp": "+6281234560001", "instagram": "@batikcontoh", "shop": "https://contoh.id",
        "entitled_s": 90, "description": "Batik pesisir",
    }  # fmt: skip
    assert stand.products[0].model_dump() == {
        "name": "Kain", "price": 150_000, "photo": "kain.jpg", "note": "katun",
    }  # fmt: skip
    assert book.rundown.sessions[0].items[1].note == "tunggu aba-aba"


def test_headers_stand_anywhere_below_titles_and_are_repeated_on_pages(book: Any) -> None:
    plain = book.rundown
    for kind in book.rows:
        book.rows[kind].insert(2, list(book.rows[kind][0]))
        book.rows[kind].insert(2, [None, "  ", "\u00a0", "\u200b"])
    book.corner = (7, 2)

    def add_title(made: openpyxl.Workbook) -> None:
        for sheet in made:
            sheet["B2"] = "PEKALONGAN HYBRID EXPO (CONTOH)"
            sheet.merge_cells("B2:H2")

    book.finish = add_title
    assert book.rundown == plain


def test_english_sheets_headers_and_values(book: Any) -> None:
    plain = book.rundown
    book.titles = {"stands": " exhibitors ", "products": "PRODUCTS", "items": "Schedule"}
    book.rows["stands"][0] = ["Stand No.", "Business name", "Category", "Origin", "WhatsApp",
                              "IG", "Shop", "Entitlement (min)", "Description"]  # fmt: skip
    book.rows["products"][0] = ["Booth", "Product name", "Price", "Photo", "Notes"]
    book.rows["items"][0] = ["Date", "Time", "Duration", "Kind", "Stand", "Title", "Media", "Start",
                             "Note"]  # fmt: skip
    book.rows["items"][1][:4] = ["Wednesday, November 24, 2021", "9:00 AM", "10 min", "Slate"]
    book.rows["items"][1][7] = "fixed"
    book.rows["items"][3][3] = "Catalogue"
    book.rows["items"][3][7] = "follow"
    assert book.rundown == plain


@pytest.mark.parametrize(
    ("kind", "field", "label"),
    [
        ("stands", "No. Stand", "NOMOR  STAND"),
        ("stands", "No. Stand", "Stand"),
        ("stands", "Nama Usaha", "Nama Stand"),
        ("stands", "No. WhatsApp", "No. HP / WA"),
        ("products", "Produk", "Nama Produk"),
        ("items", "Jam (WIB)", "Waktu"),
        ("items", "Tanggal", "Hari / Tanggal"),
        ("items", "Judul Acara", "Kegiatan"),
        ("items", "Materi", "File"),
    ],
)
def test_headers_have_synonyms(book: Any, kind: str, field: str, label: str) -> None:
    plain = book.rundown
    headers = book.rows[kind][0]
    headers[headers.index(field)] = label
    assert book.rundown == plain


def test_no_name_means_two_things() -> None:
    for names in (SHEETS, *HEADERS.values(), KINDS, STARTS):
        owner: dict[str, object] = {}
        for key, of in names.items():
            for name in of:
                assert owner.setdefault(bare(name), key) == key, name


def test_a_header_of_two_rows_with_merged_groups(book: Any) -> None:
    book.rows["stands"] = [
        ["No. Stand", "Nama Usaha", "Kontak", None],
        [None, None, "WhatsApp", "Instagram"],
        [1, "Batik", "0812 3456 0001", "@batik"],
        [2, "Kopi"],
        [3, "Madu"],
    ]

    def merge(made: openpyxl.Workbook) -> None:
        for cells in ("A1:A2", "B1:B2", "C1:D1"):
            made["Stand"].merge_cells(cells)

    book.finish = merge
    stand = book.rundown.stands[0]
    assert (stand.whatsapp, stand.instagram) == ("+6281234560001", "@batik")


def test_cells_merged_over_rows_stand_in_each_of_them(book: Any) -> None:
    book.add("products", Produk="Madu hitam")

    def merge(made: openpyxl.Workbook) -> None:
        made["Produk"].merge_cells("A4:A9")
        made["Rundown"].merge_cells("A2:A4")

    book.finish = merge
    rundown = book.rundown
    assert [p.name for p in rundown.stands[2].products] == ["Madu", "Madu hitam"]
    assert [len(s.items) for s in rundown.sessions] == [3, 1]


def test_sheets_in_another_order_and_others_beside_them(book: Any) -> None:
    plain = book.rundown

    def reorder(made: openpyxl.Workbook) -> None:
        made.move_sheet("Rundown", -2)
        made.create_sheet("Petunjuk")["A1"] = "Cara mengisi"

    book.finish = reorder
    assert book.rundown == plain


def test_hidden_rows_and_sheets_are_read_and_said(book: Any) -> None:
    plain = book.rundown

    def hide(made: openpyxl.Workbook) -> None:
        made["Rundown"].row_dimensions[4].hidden = True
        made["Produk"].sheet_state = "hidden"

    book.finish = hide
    reading = book.read()
    assert reading.rundown == plain
    assert [w.where for w in reading.warnings] == ["buku.xlsx, Produk", "buku.xlsx, Rundown"]


def test_numeric_times_dates_as_numbers_and_durations_as_times(book: Any) -> None:
    plain = book.rundown
    book.set("items", 1, "Tanggal", 44524)
    book.set("items", 1, "Jam", 9)
    book.set("items", 2, "Jam", 9.1)
    book.set("items", 3, "Jam", time(9, 13))
    book.set("items", 1, "Durasi", timedelta(minutes=10))
    book.set("items", 2, "Durasi", time(0, 3))
    assert book.rundown == plain


def test_a_day_on_a_row_of_its_own_and_the_same_day_twice(book: Any) -> None:
    book.set("items", 1, "Tanggal", None)
    book.rows["items"].insert(1, ["Rabu, 24 November 2021"])
    book.add("items", Tanggal="24/11/2021", Jam="13.00", Durasi=1, Jenis="Jeda", Judul="Siang")
    sessions = book.rundown.sessions
    assert [s.id for s in sessions] == ["2021-11-24", "2021-11-25"]
    assert [i.title for i in sessions[0].items] == ["Buka", "Promo 1", "Promo 2", "Siang"]


def test_a_session_goes_on_after_midnight(book: Any) -> None:
    book.set("items", 4, "Tanggal", None)
    book.set("items", 4, "Jam", "23.50")
    book.add("items", Jam="00.10", Durasi=5, Jenis="Jeda", Judul="Larut", Mulai="tepat")
    book.add("items", Jam="00.20", Durasi=5, Jenis="Jeda", Judul="Selesai")
    (session,) = book.rundown.sessions
    assert [i.at.strftime("%d %H.%M") for i in session.items[3:]] == [
        "24 23.50", "25 00.10", "25 00.20",
    ]  # fmt: skip


def test_a_time_going_back_is_a_fault_when_fixed_and_a_warning_when_following(book: Any) -> None:
    book.set("items", 3, "Jam", "09.05")
    (warning,) = book.read().warnings
    assert warning.where == "buku.xlsx, Rundown!B4" and "09.05 setelah 09.10" in warning.what.id
    book.set("items", 3, "Mulai", "tepat")
    assert list(book.faults()) == ["Rundown!B4"]


def test_a_blank_time_is_when_the_item_before_ends(book: Any) -> None:
    book.set("items", 3, "Jam", None)
    assert book.rundown.sessions[0].items[2].at.strftime("%H.%M") == "09.13"
    book.set("items", 3, "Mulai", "tepat")
    book.set("items", 4, "Jam", None)
    assert list(book.faults()) == ["Rundown!B4", "Rundown!B5"]


def test_a_span_of_times_gives_the_duration_that_is_not_written(book: Any) -> None:
    book.set("items", 2, "Jam", "09.10 - 09.13 WIB")
    book.set("items", 2, "Durasi", None)
    book.set("items", 3, "Jam", "09.13 - 09.20")
    reading = book.read()
    assert [i.duration_s for i in reading.rundown.sessions[0].items] == [600, 180, 120]
    assert "420 detik" in reading.warnings[0].what.id


def test_a_rundown_with_spans_needs_no_column_for_durations(book: Any) -> None:
    for row, span in enumerate(["09.00-09.10", "09.10-09.13", "09.13-09.15", "09.00-09.01"], 1):
        book.set("items", row, "Jam", span)
    for row in book.rows["items"]:
        del row[2]
    assert [i.duration_s for i in book.rundown.sessions[0].items] == [600, 180, 120]
    book.set("items", 2, "Jam", "09.10")
    assert list(book.faults()) == ["Rundown"]


def test_a_fixed_start_that_cuts_says_by_how_much(book: Any) -> None:
    book.set("items", 3, "Jam", "09.11")
    book.set("items", 3, "Mulai", "tepat")
    (warning,) = book.read().warnings
    assert warning.where == "buku.xlsx, Rundown!A4"
    assert "2:00" in warning.what.id and "Promo 1" in warning.what.id


def test_what_may_not_be_meant_is_a_warning(book: Any) -> None:
    book.set("items", 2, "Durasi", time(2, 30))
    book.add("stands", No="4", Nama="Tanpa Siaran")
    book.add("items", Jam="14.00", Durasi=1, Jenis="Jeda", Judul="Sore", Mulai="tepat")
    book.add("items", Jam="15.00", Durasi=1, Jenis="Jeda", Judul="Sore 2", Mulai="lanjut")
    book.add("items", Jam="15.01", Durasi=1, Jenis="Jeda", Judul="Sore 3", Mulai="lanjut")
    said = {w.where.removeprefix("buku.xlsx, "): w.what.id for w in book.read().warnings}
    assert "2:30:00" in said["Rundown!A3"]
    assert "kosong" in said["Rundown!A6"]
    assert "tertulis 15.00, menurut urutan 14.01" in said["Rundown!A7"]
    assert "Rundown!A8" not in said
    assert "stand 4" in said["Stand!A5"]


SPOILT = [
    ("stands", 1, "No. Stand", "A1", "Stand!A2", "A1"),
    ("stands", 2, "No. Stand", 1, "Stand!A3", "sudah dipakai di Stand!A2"),
    ("stands", 1, "Nama", None, "Stand!B2", "wajib diisi"),
    ("stands", 1, "Nama", "x" * 501, "Stand!B2", "500 huruf"),
    ("stands", 1, "No. WhatsApp", "08CALLME", "Stand!E2", "08CALLME"),
    ("stands", 1, "Instagram", "batik kami!", "Stand!F2", "batik kami!"),
    ("stands", 1, "Toko", "javascript:alert(1)", "Stand!G2", "alamat"),
    ("stands", 1, "Hak", "tiga", "Stand!H2", "durasi"),
    ("products", 1, "Stand", 9, "Produk!A2", "stand 9 tidak ada"),
    ("products", 1, "Stand", None, "Produk!A2", "wajib diisi"),
    ("products", 1, "Produk", None, "Produk!B2", "wajib diisi"),
    ("products", 1, "Produk", datetime(2021, 7, 11), "Produk!B2", "teks"),
    ("products", 1, "Harga", "murah", "Produk!C2", "terbaca “murah”"),
    ("products", 1, "Harga", -5000, "Produk!C2", "-5000"),
    ("products", 1, "Harga", "25.000 - 50.000", "Produk!C2", "25.000 - 50.000"),
    ("products", 1, "Foto", "../rahasia.jpg", "Produk!D2", "folder media"),
    ("items", 1, "Tanggal", "kapan-kapan", "Rundown!A2", "tanggal"),
    ("items", 1, "Tanggal", None, "Rundown!A2", "wajib diisi"),
    ("items", 2, "Jam", "pagi", "Rundown!B3", "jam"),
    ("items", 2, "Jam", "09.10 WITA", "Rundown!B3", "jam dalam WIB"),
    ("items", 2, "Durasi", "-5 menit", "Rundown!C3", "durasi"),
    ("items", 2, "Durasi", None, "Rundown!C3", "wajib diisi"),
    ("items", 2, "Jenis", "Vidio", "Rundown!D3", "Video, Katalog, Langsung, Jeda"),
    ("items", 2, "Jenis", None, "Rundown!D3", "wajib diisi"),
    ("items", 2, "Stand", 33, "Rundown!E3", "stand 33 tidak ada"),
    ("items", 2, "Stand", "Kopi Contok", "Rundown!E3", "nomor stand"),
    ("items", 2, "Judul", None, "Rundown!F3", "wajib diisi"),
    ("items", 2, "Materi", None, "Rundown!G3", "video tanpa materi"),
    ("items", 2, "Materi", "https://youtu.be/x", "Rundown!G3", "folder media"),
    ("items", 2, "Mulai", "lanjutt", "Rundown!H3", "tepat, lanjut, manual"),
    ("items", 3, "Stand", None, "Rundown!E4", "katalog tanpa stand"),
]


@pytest.mark.parametrize(("kind", "row", "field", "value", "where", "says"), SPOILT)
def test_one_spoilt_cell_gives_one_fault_at_its_place(
    book: Any, kind: str, row: int, field: str, value: object, where: str, says: str
) -> None:
    book.set(kind, row, field, value)
    faults = book.faults()
    assert list(faults) == [where]
    assert says in faults[where].what.id
    assert faults[where].what.en


def test_all_faults_come_at_once_and_none_follows_from_another(book: Any) -> None:
    book.set("stands", 2, "No. Stand", "dua")  # stand 2 is in the rundown and has a product
    book.set("products", 3, "Stand", "tiga")  # stand 3 has a catalogue
    book.set("items", 1, "Tanggal", "besok")  # the rows below carry it down
    book.set("items", 2, "Durasi", "sebentar")
    book.set("items", 2, "Mulai", "cepat")
    assert list(book.faults()) == [
        "Stand!A3",
        "Produk!A4",
        "Rundown!A2",
        "Rundown!C3",
        "Rundown!H3",
    ]


def test_a_broken_first_item_is_not_held_against_the_next(book: Any) -> None:
    book.set("items", 1, "Jam", "pagi")
    book.set("items", 2, "Jam", None)
    book.set("items", 2, "Mulai", None)
    assert list(book.faults()) == ["Rundown!B2"]


def test_a_catalogue_needs_products(book: Any) -> None:
    del book.rows["products"][2]
    faults = book.faults()
    assert "stand 2 tidak punya produk" in faults["Rundown!E4"].what.id
    del book.rows["products"][1:]
    assert list(book.faults()) == ["Rundown!E4", "Rundown!E5"]


@pytest.mark.parametrize(
    ("kind", "row", "field", "value", "hint"),
    [
        ("items", 2, "Jenis", "Vidio", "Maksudnya Video?"),
        ("items", 3, "Jenis", "Katalok", "Maksudnya Katalog?"),
        ("items", 2, "Mulai", "lanjutt", "Maksudnya lanjut?"),
        ("items", 2, "Stand", 4, "Maksudnya 3?"),
        ("items", 2, "Stand", "Kopi Contok", "Maksudnya 2 (Kopi Contoh)?"),
        ("products", 1, "Harga", 25, "Maksudnya Rp25.000?"),
    ],
)
def test_hints_give_the_nearest_valid_value(
    book: Any, kind: str, row: int, field: str, value: object, hint: str
) -> None:
    book.set(kind, row, field, value)
    (fault,) = book.faults().values()
    assert fault.hint and fault.hint.id == hint


def test_slips_in_sheet_names_and_headers_are_asked_about(book: Any) -> None:
    book.rows["stands"][0][1] = "Nama Usahaa"
    book.rows["stands"][0][2] = "Kategorii"
    book.titles["products"] = "Produkk"
    faults = book.faults()
    assert list(faults) == ["Stand!B1", "buku.xlsx"]
    assert "“Produkk”" in faults["buku.xlsx"].hint.id
    assert faults["Stand!B1"].hint.id == "Maksudnya Nama Usaha?"


def test_a_slip_in_a_header_that_may_be_absent_is_a_warning(book: Any) -> None:
    book.rows["products"][0][2] = "Hargaa"
    book.rows["stands"][0] += ["Pemilik"]
    book.rows["stands"][1] += ["Ani"]
    (warning,) = book.read().warnings
    assert (warning.where, warning.hint.id) == ("buku.xlsx, Produk!C1", "Maksudnya Harga?")


def test_two_columns_for_one_thing(book: Any) -> None:
    book.rows["products"][0] += ["Deskripsi"]
    book.rows["products"][1] += ["panjang"]
    (warning,) = book.read().warnings
    assert "“Keterangan” (E1)" in warning.what.id
    book.rows["products"][0][-1] = "Harga"
    assert list(book.faults()) == ["Produk!F1"]


def test_a_row_outside_the_known_columns_is_not_dropped_silently(book: Any) -> None:
    book.rows["stands"].append([None] * 10 + ["Mengetahui, ketua panitia"])
    (warning,) = book.read().warnings
    assert warning.where == "buku.xlsx, Stand!K5"


def test_missing_sheets_headers_and_rows(book: Any) -> None:
    for kind in book.rows:
        book.rows[kind] = book.rows[kind][:1]
    assert list(book.faults()) == ["Stand", "Rundown"]
    for kind in book.rows:
        book.rows[kind] = [["x", "y"]]
    assert list(book.faults()) == ["Stand", "Produk", "Rundown"]
    book.titles = {"stands": "Sheet1", "products": "Sheet2", "items": "Sheet3"}
    with pytest.raises(InputFaults) as caught:
        book.read()
    assert [fault.where for fault in caught.value.faults] == ["buku.xlsx"] * 3


def test_a_formula_gives_its_stored_value(book: Any, zone: ZoneInfo) -> None:
    plain = book.rundown
    stored = _with_cell(book.save(), "sheet2", "C3", '<c r="C3"><f>5*5000</f><v>25000</v></c>')
    assert read_rundown(stored, zone).rundown == plain
    empty = '<c r="C3" t="str"><f>IF(1,"")</f><v></v></c>'
    blank = read_rundown(_with_cell(book.save(), "sheet2", "C3", empty), zone).rundown
    assert blank.stands[1].products[0].price is None


def test_a_formula_without_a_stored_value_or_with_an_error_is_a_fault(
    book: Any, read_faults: Faults
) -> None:
    failed = _with_cell(book.save(), "sheet2", "C3", '<c r="C3" t="e"><v>#REF!</v></c>')
    assert "#REF!" in read_faults(failed)["Produk!C3"].what.id
    book.set("stands", 2, "No. Stand", "=A2+1")
    assert "rumus tanpa hasil" in book.faults()["Stand!A3"].what.id


def _with_cell(source: Path, sheet: str, place: str, xml: str) -> Path:
    """The workbook with one cell's XML replaced."""
    pattern = rf'<c r="{place}"[^>]*?(/>|>.*?</c>)'

    def change(name: str, content: bytes) -> bytes:
        if name != f"xl/worksheets/{sheet}.xml":
            return content
        text, found = re.subn(pattern, xml, content.decode(), count=1)
        assert found
        return text.encode()

    return _rewritten(source, change)


def _rewritten(source: Path, change: Callable[[str, bytes], bytes]) -> Path:
    made = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    source.write_bytes(made.getvalue())
    return source


OLE2 = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "kosong"),
        (b"Stand;Nama\n1;Batik\n", "bukan buku kerja"),
        (b"PK\x03\x04 torn", "bukan buku kerja"),
        (OLE2, ".xls"),
        (OLE2 + "EncryptedPackage".encode("utf-16-le"), "kata sandi"),
    ],
)
def test_what_is_no_workbook_is_refused_in_one_sentence(
    tmp_path: Path, read_faults: Faults, content: bytes, says: str
) -> None:
    path = tmp_path / "kiriman.xlsx"
    path.write_bytes(content)
    faults = read_faults(path)
    assert list(faults) == ["kiriman.xlsx"]
    assert says in faults["kiriman.xlsx"].what.id


@pytest.mark.parametrize("content", [bytes(70 << 20), b"<a>" + b" " * (20 << 20) + b"</a>"])
def test_a_zip_bomb_is_refused_before_it_fills_memory(
    tmp_path: Path, read_faults: Faults, content: bytes
) -> None:
    path = tmp_path / "bom.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb:
        bomb.writestr("xl/workbook.xml", "<a/>")
        bomb.writestr("xl/worksheets/sheet1.xml", content)
    assert "terlalu besar" in read_faults(path)["bom.xlsx"].what.id


def test_merged_cells_without_end_are_refused_before_they_fill_memory(
    book: Any, read_faults: Faults
) -> None:
    merge = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells><pageMargins'
    path = _rewritten(book.save(), lambda name, content: content.replace(b"<pageMargins", merge))
    assert "terlalu besar" in read_faults(path)["buku.xlsx"].what.id


def test_another_kind_of_zip_is_refused(tmp_path: Path, read_faults: Faults) -> None:
    path = tmp_path / "lain.xlsx"
    with zipfile.ZipFile(path, "w") as other:
        other.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "bukan berkas .xlsx" in read_faults(path)["lain.xlsx"].what.id


def test_entities_in_the_xml_are_refused(book: Any, read_faults: Faults) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    path = _rewritten(
        book.save(),
        lambda name, content: doctype + content.split(b"?>")[-1] if "sheet1" in name else content,
    )
    assert "rusak" in read_faults(path)["buku.xlsx"].what.id


def test_a_damaged_workbook_is_refused(book: Any, read_faults: Faults) -> None:
    path = _rewritten(
        book.save(), lambda name, content: content[:300] if "sheet1" in name else content
    )
    assert "rusak" in read_faults(path)["buku.xlsx"].what.id


def test_cells_far_away_are_a_fault_and_formats_there_are_not(book: Any) -> None:
    plain = book.rundown

    def embolden(made: openpyxl.Workbook) -> None:
        made["Produk"]["XFD1048576"].font = Font(bold=True)

    book.finish = embolden
    assert book.rundown == plain
    book.finish = lambda made: made["Produk"].cell(1048576, 16384, "x")
    assert list(book.faults()) == ["Produk!XFD1048576"]


def test_a_missing_file_and_a_folder_are_faults(tmp_path: Path, read_faults: Faults) -> None:
    assert "tidak ada" in read_faults(tmp_path / "tiada.xlsx")["tiada.xlsx"].what.id
    assert "tidak ada" in read_faults(tmp_path)[tmp_path.name].what.id


def test_cell_text_is_data_and_never_computed(book: Any) -> None:
    book.set("items", 1, "Judul", "{{ 7*7 }} <b>&amp;</b> @SUM(A1) +62")
    assert book.rundown.sessions[0].items[0].title == "{{ 7*7 }} <b>&amp;</b> @SUM(A1) +62"


_values = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 1, 1)),
    st.times(),
    st.sampled_from(["09.00-09.00", "Video", "Katalog", "1/1/1", "=A1", "Rp", "#N/A", "Stand"]),
)
_spoils = st.lists(
    st.tuples(st.sampled_from(["stands", "products", "items"]), st.integers(0, 3),
              st.integers(0, 8), _values),
    min_size=1,
    max_size=6,
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(_spoils)
def test_whatever_stands_in_the_cells_it_reads_or_says_why_not(book: Any, spoils: Any) -> None:
    spoilt = type(book)(book.path.parent)
    for kind, row, column, value in spoils:
        cells = spoilt.rows[kind][row]
        cells[column % len(cells)] = value
    try:
        spoilt.read()
    except InputFaults as faults:
        assert all(fault.where and fault.what.id and fault.what.en for fault in faults.faults)
