"""Builds small workbooks and YAML files with the oddities that committees really send."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from pipeline.errors import Fault, InputFaults
from pipeline.rundown import Reading, Rundown, read_rundown

ZONE = ZoneInfo("Asia/Jakarta")


class Book:
    """A valid workbook as lists of rows, to be spoilt by a test and then read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "buku.xlsx"
        self.titles = {"stands": "Stand", "products": "Produk", "items": "Rundown"}
        self.corner = (1, 1)
        self.finish: Callable[[openpyxl.Workbook], object] = lambda book: None
        self.rows: dict[str, list[list[Any]]] = {
            "stands": [
                ["No. Stand", "Nama Usaha", "Kategori", "Asal Daerah", "No. WhatsApp", "Instagram",
                 "Toko Online", "Hak Tayang (menit)", "Deskripsi Singkat"],
                ["01", "Batik Contoh", None, None, None, None, None, None, None],
                [2, "Kopi Contoh", None, None, None, None, None, None, None],
                [3.0, "Madu Contoh", None, None, None, None, None, None, None],
            ],
            "products": [
                ["Stand", "Produk", "Harga", "Foto", "Keterangan"],
                [1, "Kain", "Rp 150.000", "kain.jpg", None],
                [2, "Kopi", 25000, None, None],
                [3, "Madu", None, None, None],
            ],
            "items": [
                ["Tanggal", "Jam (WIB)", "Durasi", "Jenis", "Stand", "Judul Acara", "Materi",
                 "Mulai", "Catatan"],
                [datetime(2021, 11, 24), "09.00", "10 menit", "Jeda", None, "Buka", None, "tepat",
                 None],
                [None, "09.10", "3 menit", "Video", 1, "Promo 1", "01.mp4", "lanjut", None],
                [None, "09.13", "2 menit", "Katalog", 2, "Promo 2", None, "lanjut", None],
                ["Kamis, 25 November 2021", "09.00", "90 detik", "Katalog", 3, "Promo 3", None,
                 None, None],
            ],
        }  # fmt: skip

    def set(self, kind: str, row: int, field: str, value: object) -> None:
        """Puts a value under a header; `row` counts from 1 below the header."""
        headers = self.rows[kind][0]
        column = next(i for i, name in enumerate(headers) if str(name).startswith(field))
        self.rows[kind][row][column] = value

    def add(self, kind: str, **values: object) -> None:
        """Appends a row; keys are headers with `_` for spaces."""
        self.rows[kind].append([None] * len(self.rows[kind][0]))
        for name, value in values.items():
            self.set(kind, -1, name.replace("_", " "), value)

    def save(self) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for kind, title in self.titles.items():
            sheet = book.create_sheet(title)
            for i, row in enumerate(self.rows[kind]):
                for j, value in enumerate(row):
                    if value is not None:
                        sheet.cell(self.corner[0] + i, self.corner[1] + j, value)
        self.finish(book)
        book.save(self.path)
        return self.path

    def read(self) -> Reading:
        return read_rundown(self.save(), ZONE)

    @property
    def rundown(self) -> Rundown:
        return self.read().rundown

    def faults(self) -> dict[str, Fault]:
        """The faults by place, without the file's name."""
        return faults_of(self.save())


def faults_of(path: Path) -> dict[str, Fault]:
    with pytest.raises(InputFaults) as caught:
        read_rundown(path, ZONE)
    faults = {fault.where.removeprefix(f"{path.name}, "): fault for fault in caught.value.faults}
    assert len(faults) == len(caught.value.faults), "two faults for one place"
    return faults


@pytest.fixture
def zone() -> ZoneInfo:
    return ZONE


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


@pytest.fixture
def read_faults() -> Callable[[Path], dict[str, Fault]]:
    return faults_of
