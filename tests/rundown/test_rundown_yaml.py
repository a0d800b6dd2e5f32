"""The YAML form holds the same as a workbook, gives faults as good, and reads back what it wrote."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import Fault, InputFaults
from pipeline.rundown import (
    Item,
    Kind,
    Product,
    Rundown,
    Session,
    Stand,
    StartMode,
    dump_yaml,
    read_rundown,
)
from pipeline.rundown.cells import clean, is_blank

ZONE = ZoneInfo("Asia/Jakarta")
Faults = Callable[[Path], dict[str, Fault]]

PLAIN = """\
stands:
- number: 1
  name: Batik & Putra
  whatsapp: 0812-3456-0001
  entitled: 3 menit
  products:
  - {name: Kain, price: 'Rp 150.000', photo: kain.jpg}
sessions:
- day: 2021-11-24
  items:
  - {at: 10:30, duration: 90 detik, kind: video, stand: 1, title: Promo, media: a.mp4}
  - {at: 10:32, duration: 1, kind: katalog, stand: '01', title: Katalog, start: lanjut}
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "acara.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_scalars_are_read_as_they_are_written(write: Callable[[str], Path]) -> None:
    rundown = read_rundown(write(PLAIN), ZONE).rundown
    stand = rundown.stands[0]
    assert (stand.whatsapp, stand.entitled_s, stand.products[0].price) == (
        "+6281234560001", 180, 150_000,
    )  # fmt: skip
    # 10:30 is 630 to YAML 1.1, which counts it in base 60.
    assert rundown.sessions[0].items[0].at == datetime(2021, 11, 24, 10, 30, tzinfo=ZONE)
    assert [i.start for i in rundown.sessions[0].items] == [StartMode.FIXED, StartMode.FOLLOW]


def test_keys_may_be_indonesian(write: Callable[[str], Path]) -> None:
    indonesian = PLAIN
    for english, other in {
        "stands:": "peserta:", "number:": "No. Stand:", "name:": "nama:", "price:": "harga:",
        "sessions:": "sesi:", "day:": "tanggal:", "items:": "acara:", " at:": " jam:",
        "duration:": "durasi:", "kind:": "jenis:", "title:": "judul:", "products:": "produk:",
    }.items():  # fmt: skip
        indonesian = indonesian.replace(english, other)
    assert read_rundown(write(indonesian), ZONE) == read_rundown(write(PLAIN), ZONE)


def test_a_workbook_and_its_yaml_form_are_equal(book: Any, write: Callable[[str], Path]) -> None:
    rundown = book.rundown
    assert read_rundown(write(dump_yaml(rundown)), ZONE).rundown == rundown


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("number: 1", "number: satu", "stands[0].number (baris/line 2)", "terbaca “satu”"),
        ("number: 1", "nomer: 1", "stands[0].nomer (baris/line 2)", "kunci tidak dikenal"),
        ("name: Batik & Putra", "name: ''", "stands[0].name (baris/line 2)", "wajib diisi"),
        ("'Rp 150.000'", "mahal", "stands[0].products[0].price (baris/line 7)", "mahal"),
        ("'Rp 150.000'", "[1, 2]", "stands[0].products[0].price (baris/line 7)", "satu nilai"),
        ("2021-11-24", "besok", "sessions[0].day (baris/line 9)", "besok"),
        ("10:32", "'10:72'", "sessions[0].items[1].at (baris/line 12)", "10:72"),
        ("kind: video", "kind: vidio", "sessions[0].items[0].kind (baris/line 11)", "vidio"),
        ("stand: '01'", "stand: 7", "sessions[0].items[1].stand (baris/line 12)", "stand 7"),
        (", media: a.mp4", "", "sessions[0].items[0].media (baris/line 11)", "tanpa materi"),
        ("media: a.mp4", "media: /a.mp4", "sessions[0].items[0].media (baris/line 11)", "folder"),
        ("title: Promo,", "title: Promo, title: x,", "sessions[0].items[0].title (baris/line 11)",
         "berulang"),
    ],
)  # fmt: skip
def test_one_spoilt_value_gives_one_fault_with_its_path_and_line(
    write: Callable[[str], Path],
    read_faults: Faults,
    old: str,
    new: str,
    where: str,
    says: str,
) -> None:
    assert old in PLAIN
    faults = read_faults(write(PLAIN.replace(old, new, 1)))
    assert where in faults
    assert says in faults[where].what.id


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stands: [", "bukan YAML"),
        ("a: b: c", "bukan YAML"),
        ("", "kunci dan nilai"),
        ("- 1\n- 2\n", "kunci dan nilai"),
        ("stands: 5\nsessions: {}\n", "daftar"),
        ("stands:\n- number: 1\n  name: A\n", "wajib diisi"),
        ("stands:\n- {number: 1, name: A}\nsessions:\n- day: 2021-11-24\n", "belum ada acara"),
        ("stands:\n- {}\n- 7\nsessions:\n", "kunci dan nilai"),
        ("[" * 3_000, "dalam"),
        ("x" * (3 << 20), "terlalu besar"),
        (f"stands: [{'1,' * 6000}]\nsessions: []\n", "paling banyak"),
        ("s: &s [a]\nstands: &a [{number: 1, name: A, products: *a}]\nsessions: []\n", "daftar"),
    ],
)
def test_what_is_not_of_its_shape_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "acara.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputFaults) as caught:
        read_rundown(path, ZONE)
    assert any(says in fault.what.id for fault in caught.value.faults)
    assert all(fault.where.startswith("acara.yml") for fault in caught.value.faults)


def test_no_object_is_ever_built(write: Callable[[str], Path], tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    text = PLAIN.replace("Batik & Putra", f"!!python/object/apply:pathlib.Path.touch [{trap}]")
    with pytest.raises(InputFaults):
        read_rundown(write(text), ZONE)
    assert not trap.exists()


def test_bytes_that_are_no_text_and_a_missing_file(tmp_path: Path, read_faults: Faults) -> None:
    path = tmp_path / "acara.yaml"
    assert "tidak ada" in read_faults(path)["acara.yaml"].what.id
    path.write_bytes(b"\xff\xfe\x00stands")
    assert "UTF-8" in read_faults(path)["acara.yaml"].what.id


def _texts(most: int = 40) -> st.SearchStrategy[str]:
    """Texts as a reading leaves them."""
    return (
        st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=most)
        .map(clean)
        .filter(lambda text: text and not is_blank(text) and clean(text) == text)
    )


_paths = st.from_regex(r"[a-z0-9 _-]{0,8}[a-z]\.(mp4|jpg)", fullmatch=True).filter(
    lambda path: clean(path) == path
)
_products = st.builds(
    Product,
    name=_texts(),
    price=st.none() | st.just(0) | st.integers(100, 10**10),
    photo=st.none() | _paths,
    note=st.none() | _texts(),
)
_stands = st.lists(
    st.builds(
        Stand,
        number=st.integers(1, 9999),
        name=_texts(),
        category=st.just("") | _texts(),
        origin=st.just("") | _texts(),
        whatsapp=st.none() | st.integers(10**6, 10**7 - 1).map(lambda n: f"+62812{n}"),
        instagram=st.none() | st.from_regex(r"@[a-z0-9._]{1,30}", fullmatch=True),
        shop=st.none() | st.from_regex(r"https?://[a-z]{1,9}\.id/[a-z?=&]{0,9}", fullmatch=True),
        entitled_s=st.integers(0, 43_200),
        description=st.just("") | _texts(),
        products=st.lists(_products, max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda stand: stand.number,
).map(lambda stands: tuple(sorted(stands, key=lambda stand: stand.number)))


@st.composite
def _sessions(draw: st.DrawFn, stands: tuple[Stand, ...]) -> tuple[Session, ...]:
    days = draw(st.lists(st.dates(date(2000, 1, 1), date(2099, 12, 31)), max_size=3, unique=True))
    sessions = []
    for ordinal, day in enumerate(sorted(days), start=1):
        at = datetime.combine(day, draw(st.times()).replace(microsecond=0, tzinfo=None), ZONE)
        items = []
        for number in range(1, draw(st.integers(1, 5)) + 1):
            items.append(_item(draw, f"{ordinal}-{number:02}", at, stands))
            at += timedelta(seconds=draw(st.integers(0, 11 * 3600)))
        sessions.append(Session(id=day.isoformat(), day=day, items=tuple(items)))
    return tuple(sessions)


def _item(draw: st.DrawFn, item_id: str, at: datetime, stands: tuple[Stand, ...]) -> Item:
    kind = draw(st.sampled_from(Kind))
    selling = [stand.number for stand in stands if stand.products]
    if kind is Kind.CATALOGUE and not selling:
        kind = Kind.SLATE
    numbers = selling if kind is Kind.CATALOGUE else [None, *(stand.number for stand in stands)]
    return Item(
        id=item_id,
        kind=kind,
        title=draw(_texts()),
        at=at,
        duration_s=draw(st.integers(1, 43_200)),
        start=draw(st.sampled_from(StartMode)),
        stand=draw(st.sampled_from(numbers)),
        media=draw(_paths if kind is Kind.VIDEO else st.none() | _paths),
        note=draw(st.none() | _texts()),
    )


@st.composite
def rundowns(draw: st.DrawFn) -> Rundown:
    stands = draw(_stands)
    sessions = draw(_sessions(stands).filter(bool))
    return Rundown(stands=stands, sessions=sessions)


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(rundowns())
def test_reading_what_was_dumped_gives_an_equal_rundown(
    tmp_path_factory: pytest.TempPathFactory, rundown: Rundown
) -> None:
    path = tmp_path_factory.mktemp("yaml") / "acara.yaml"
    path.write_text(dump_yaml(rundown), encoding="utf-8")
    assert read_rundown(path, ZONE).rundown == rundown


def test_midnight_itself_reads_back(write: Callable[[str], Path]) -> None:
    late = PLAIN.replace("10:30", "23:59:30").replace("10:32", "00:00")
    rundown = read_rundown(write(late), ZONE).rundown
    assert rundown.sessions[0].items[1].at == datetime.combine(date(2021, 11, 25), time(), ZONE)
    assert read_rundown(write(dump_yaml(rundown)), ZONE).rundown == rundown
