"""The shipped event is whole: both forms equal, every stand planned about as long as promised."""

from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from pipeline.rundown import Kind, Reading, plan, read_rundown
from pipeline.rundown.timeline import cuts

FOLDER = Path(__file__).parents[2] / "schedules"
EVENT = FOLDER / "pekalongan-hybrid-expo-2021.xlsx"
ZONE = ZoneInfo("Asia/Jakarta")


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_rundown(EVENT, ZONE)


def test_it_reads_without_a_fault_or_a_warning(reading: Reading) -> None:
    assert reading.warnings == ()
    assert [stand.number for stand in reading.rundown.stands] == list(range(1, 36))
    assert [session.id for session in reading.rundown.sessions] == ["2021-11-24", "2021-11-25"]
    assert reading.rundown.sessions[0].items[0].at == datetime(2021, 11, 24, 8, 50, tzinfo=ZONE)


def test_its_yaml_form_is_equal(reading: Reading) -> None:
    assert read_rundown(EVENT.with_suffix(".yaml"), ZONE).rundown == reading.rundown


def test_every_stand_is_planned_about_as_long_as_it_was_promised(reading: Reading) -> None:
    planned: Counter[int | None] = Counter()
    times: Counter[int | None] = Counter()
    for session in reading.rundown.sessions:
        assert cuts(plan(session)) == ()
        for item in session.items:
            planned[item.stand] += item.duration_s
            times[item.stand] += 1
    for stand in reading.rundown.stands:
        assert abs(planned[stand.number] - stand.entitled_s) <= 30, stand.name
    assert max(times[stand.number] for stand in reading.rundown.stands) == 2


def test_items_and_media_are_what_the_drawn_sample_media_expect(reading: Reading) -> None:
    for session in reading.rundown.sessions:
        assert {item.kind for item in session.items} == set(Kind)
        for item in session.items:
            if item.kind is Kind.VIDEO:
                assert 30 <= item.duration_s <= 120
                assert item.media == f"{item.stand:02}-profil.mp4"
            if item.kind is Kind.CATALOGUE:
                assert 30 <= item.duration_s <= 90
    for stand in reading.rundown.stands:
        photos = [product.photo for product in stand.products]
        assert photos == [f"{stand.number:02}-{n}.jpg" for n in range(1, len(photos) + 1)]
        assert 1 <= len(photos) <= 3


def test_nobody_real_is_in_it(reading: Reading) -> None:
    for stand in reading.rundown.stands:
        assert "Contoh" in stand.name
        assert stand.whatsapp == f"+62812000001{stand.number:02}"
        assert stand.shop is None or stand.shop.startswith("https://contoh.example/")


def test_the_workbook_guides_whoever_fills_it() -> None:
    book = openpyxl.load_workbook(EVENT)
    assert book.sheetnames == ["Petunjuk", "Stand", "Produk", "Rundown"]
    lists = {str(v.sqref): v.formula1 for v in book["Rundown"].data_validations.dataValidation}
    assert lists["D5:D500"] == '"Video,Katalog,Langsung,Jeda"'
    assert lists["H5:H500"] == '"tepat,lanjut,manual"'
    assert book["Rundown"].freeze_panes == "C5"


def test_the_folder_holds_data_only() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".xlsx", ".yaml"}
