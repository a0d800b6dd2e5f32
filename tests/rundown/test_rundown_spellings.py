"""Every spelling of times, dates, durations, prices and contacts reads right, or is refused."""

from datetime import date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rundown.cells import Unread, clean, is_blank, plain
from pipeline.rundown.contacts import (
    instagram_of,
    media_path_of,
    phone_of,
    shop_of,
    whatsapp_link,
)
from pipeline.rundown.moments import date_of, duration_of, time_of
from pipeline.rundown.money import price_of, rupiah
from pipeline.rundown.rows import stand_number_of, text_of

DURATIONS = {
    "10 menit": 600, "90 detik": 90, "2 mnt": 120, "2'30\"": 150, "2\u203230\u2033": 150,
    "2'30": 150, "00:03:00": 180, "2:30": 150, "3": 180, "1 jam 30 menit": 5400,
    "1 jam dan 30 menit": 5400, "1,5 menit": 90, "1.5 min": 90, "1 min 30 s": 90, "2 minutes": 120,
    "1 hour": 3600, "45s": 45, "45 sec": 45, "1m30s": 90, "3 menit.": 180, " 3\u00a0MENIT ": 180,
    "\uff13 menit": 180, "5'": 300, "30\"": 30, "30''": 30, "1 jam 30": 5400,
}  # fmt: skip


@pytest.mark.parametrize(("written", "seconds"), DURATIONS.items())
def test_a_written_duration(written: str, seconds: int) -> None:
    assert duration_of(written) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (time(0, 3), 180),
        (time(0, 1, 30), 90),
        (timedelta(minutes=2, seconds=30), 150),
        (timedelta(seconds=89, microseconds=999_997), 90),
        (3, 180),
        (1.5, 90),
        (0.5, 30),
        (3 / 1440, 180),
        (30 / 1440, 1800),
    ],
)
def test_a_duration_that_excel_holds(value: object, seconds: int) -> None:
    assert duration_of(value) == seconds  # type: ignore[arg-type]


@pytest.mark.parametrize(("unit", "seconds"), [("detik", 90), ("menit", 5400), ("sec", 90)])
def test_a_bare_number_counts_the_units_of_its_header(unit: str, seconds: int) -> None:
    assert duration_of(90, unit) == seconds


@pytest.mark.parametrize(
    "value",
    ["-5 menit", "0", "0 menit", "tiga", "10-15 menit", "", "1 menit 2 jam", "1 menit 2 menit",
     "menit", "13 jam", "2.30", "02,30", "0,001 menit", "1:75", True, -3, float("nan"), float("inf"), 1e300,
     date(2021, 11, 24), "9" * 400, "1 menit lagi"],
)  # fmt: skip
def test_what_is_no_duration_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        duration_of(value)  # type: ignore[arg-type]


@given(st.integers(1, 12 * 3600))
def test_every_duration_reads_back_from_each_of_its_spellings(seconds: int) -> None:
    hours, rest = divmod(seconds, 3600)
    minutes, secs = divmod(rest, 60)
    parts = ((hours, "jam"), (minutes, "menit"), (secs, "detik"))
    words = " ".join(f"{n} {unit}" for n, unit in parts if n)
    assert duration_of(words) == seconds
    assert duration_of(f"{hours:02}:{minutes:02}:{secs:02}") == seconds
    assert duration_of(f"{seconds} detik") == seconds
    assert duration_of(timedelta(seconds=seconds)) == seconds


PRICES = {
    "Rp 150.000": 150_000, "Rp150.000,-": 150_000, "150000": 150_000, "Rp. 85.000,00": 85_000,
    "Rp 25rb": 25_000, "1.250.000": 1_250_000, "1,5 juta": 1_500_000, "1.25 jt": 1_250_000,
    "25 ribu": 25_000, "25k": 25_000, "150,000": 150_000, "1,250,000.00": 1_250_000,
    "IDR 150000": 150_000, "150.000 rupiah": 150_000, "RP 85.000.-": 85_000,
    "150 000": 150_000, "\uff32\uff50 150.000": 150_000, "2,5 rb": 2_500, "gratis": 0,
    "Rp\u00a0150.000\u200b": 150_000,
}  # fmt: skip


@pytest.mark.parametrize(("written", "price"), PRICES.items())
def test_a_written_price(written: str, price: int) -> None:
    assert price_of(written) == price


def test_a_price_in_a_number_cell_and_in_thousands() -> None:
    assert price_of(150_000) == price_of(150_000.0) == 150_000
    assert price_of(150, "ribu") == price_of(150, "Rp ribu") == 150_000
    assert price_of("Tanya harga") is None


@pytest.mark.parametrize(
    "value",
    ["25.000 - 50.000", "25rb-50rb", "-5000", -5000, "murah", "Rp", 1.25, 25, 150_000.5, "1.2.3",
     "15.00.000", "1,250.000", "0x10", "=1+1", True, date(2021, 11, 24), 10**12, "9" * 40,
     float("nan"), "25.000/pcs", "1,55555 juta"],
)  # fmt: skip
def test_what_is_no_price_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        price_of(value)  # type: ignore[arg-type]


def test_a_span_and_an_english_excels_decimal_point_are_explained() -> None:
    with pytest.raises(Unread) as span:
        price_of("25.000 - 50.000")
    with pytest.raises(Unread) as decimal:
        price_of(1.25)
    assert "satu harga" in str(span.value.hint)
    assert "Rp1.250" in str(decimal.value.hint)


@given(st.integers(100, 10**10))
def test_every_price_reads_back_from_each_of_its_spellings(price: int) -> None:
    dots = f"{price:,}".replace(",", ".")
    for written in (rupiah(price), f"Rp {dots},-", f"Rp. {dots},00", f"{price:,}", str(price)):
        assert price_of(written) == price
    assert price_of(price) == price


def test_rupiah_as_pictures_show_it() -> None:
    assert [rupiah(1_250_000), rupiah(500), rupiah(None), rupiah(0)] == [
        "Rp1.250.000", "Rp500", "Tanya harga", "Gratis",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        datetime(2021, 11, 24), date(2021, 11, 24), 44524, 44524.0, "2021-11-24", "24/11/2021",
        "24-11-2021", "24.11.21", "24 November 2021", "Rabu, 24 November 2021", "rabu 24 nop 2021",
        "Wednesday, November 24, 2021", "Nov 24 2021", "24 Nov 2021", "2021/11/24",
        "2021-11-24 00:00:00", "2021-11-24T00:00:00", " 24\u00a0November 2021 ",
    ],
)  # fmt: skip
def test_a_date(value: object) -> None:
    assert date_of(value) == date(2021, 11, 24)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    ["11/24/2021", "Senin, 24 November 2021", "24 November", "31/02/2021", "besok", 24, 0.5, True,
     "24/11/1821", time(9), "24/11/2021 - 25/11/2021", "24//2021", "1/2/3/4"],
)  # fmt: skip
def test_what_is_no_date_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        date_of(value)  # type: ignore[arg-type]


def test_a_weekday_that_does_not_fit_is_told_with_the_right_one() -> None:
    with pytest.raises(Unread, match="Rabu, 24/11/2021"):
        date_of("Senin, 24 November 2021")


def test_friday_has_an_apostrophe() -> None:
    assert date_of("Jum'at, 26 November 2021") == date_of("Jumat, 26-11-2021")


TIMES = {
    "09.10": time(9, 10), "09:30 WIB": time(9, 30), "9.30": time(9, 30), "pukul 9": time(9),
    "Pkl. 09.00": time(9), "jam 13.05": time(13, 5), "9": time(9), "9.5": time(9, 50),
    "09:53:30": time(9, 53, 30), "9:30 AM": time(9, 30), "1.15 p.m.": time(13, 15),
    "12 am": time(0), "12.30 pm": time(12, 30), "24.00": time(0), "09,30": time(9, 30),
}  # fmt: skip


@pytest.mark.parametrize(("written", "clock"), TIMES.items())
def test_a_written_time(written: str, clock: time) -> None:
    assert time_of(written, "WIB") == (clock, None)


@pytest.mark.parametrize(
    ("value", "clock"),
    [
        (9.1, time(9, 10)),
        (9.3, time(9, 30)),
        (9.05, time(9, 5)),
        (9.15, time(9, 15)),
        (9, time(9)),
        (0, time(0)),
        (930, time(9, 30)),
        (0.375, time(9)),
        (0.5, time(12)),
        (timedelta(hours=9, minutes=30), time(9, 30)),
        (datetime(2021, 11, 24, 9, 30), time(9, 30)),
        (time(9, 53, 29, 999_997), time(9, 53, 30)),
    ],
)
def test_a_time_that_excel_holds(value: object, clock: time) -> None:
    assert time_of(value, "WIB")[0] == clock  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "written", ["09.00 - 09.15", "09:00\u201309:15 WIB", "pukul 09.00 s/d 09.15", "9 sampai 9.15"]
)
def test_a_span_has_a_start_and_an_end(written: str) -> None:
    assert time_of(written, "WIB") == (time(9), time(9, 15))


def test_an_open_end_is_no_end() -> None:
    assert time_of("11.30 WIB - selesai", "WIB") == (time(11, 30), None)


def test_another_zone_in_the_header_is_refused() -> None:
    assert time_of(9.3, "WIB", "WIB") == (time(9, 30), None)
    with pytest.raises(Unread):
        time_of(9.3, "WIB", "WITA")


@pytest.mark.parametrize(
    "value",
    ["25.00", "9.75", "9:5", "pagi", "09.00 WITA", "13 pm", "9.00-10.00-11.00", 9.75, 9.123, 2460,
     44524.4, -1, True, "", "setelah Isya", float("nan")],
)  # fmt: skip
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        time_of(value, "WIB")  # type: ignore[arg-type]


@given(st.times())
def test_every_minute_reads_back_from_each_of_its_spellings(moment: time) -> None:
    clock = moment.replace(second=0, microsecond=0, tzinfo=None, fold=0)
    number = clock.hour + clock.minute / 100
    assert time_of(f"{clock:%H.%M}", "WIB")[0] == clock
    assert time_of(f"{clock:%H:%M} WIB", "WIB")[0] == clock
    assert time_of(f"{clock:%I:%M %p}", "WIB")[0] == clock
    assert number < 1 or time_of(number, "WIB")[0] == clock
    assert time_of((clock.hour * 60 + clock.minute) / 1440, "WIB")[0] == clock


PHONES = {
    "0812-3456-0001": "+6281234560001", "+62 813 4560 002": "+628134560002",
    "0813 4560 004": "+628134560004", "0813.4560.006": "+628134560006",
    "(0285) 421234": "+62285421234", "62812-3456-0001": "+6281234560001",
    "+65 6123 4567": "+6561234567", "\uff10812 3456 0001": "+6281234560001",
}  # fmt: skip


@pytest.mark.parametrize(("written", "number"), PHONES.items())
def test_a_written_phone_number(written: str, number: str) -> None:
    assert phone_of(written) == number


@pytest.mark.parametrize("value", [6281345600003, 81345600003, 81345600003.0])
def test_a_phone_number_that_excel_took_for_a_number(value: float) -> None:
    assert phone_of(value) == "+6281345600003"


@pytest.mark.parametrize(
    "value",
    [
        "08CALLME",
        "0812",
        "0812 3456 0001 / 0813 4560 002",
        "6,28E+12",
        "-",
        "0" * 30,
        True,
        10_000_000_000_000.0,
    ],
)
def test_what_is_no_phone_number_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        phone_of(value)  # type: ignore[arg-type]


def test_a_whatsapp_link_opens_the_chat_with_the_text() -> None:
    text = "Halo, saya lihat “Kain” & kopi di siaran + harga?"
    link = urlsplit(whatsapp_link("+6281234560001", text))
    assert (link.scheme, link.netloc, link.path) == ("https", "wa.me", "/6281234560001")
    assert parse_qs(link.query) == {"text": [text]}


@pytest.mark.parametrize(
    "written", ["batik.contoh", "@batik.contoh", "https://www.instagram.com/batik.contoh/?hl=id"]
)
def test_an_instagram_name(written: str) -> None:
    assert instagram_of(written) == "@batik.contoh"


@pytest.mark.parametrize("value", ["batik kami", "batik/fb", "x" * 31, "@", "https://contoh.id/a"])
def test_what_is_no_instagram_name_is_refused(value: str) -> None:
    with pytest.raises(Unread):
        instagram_of(value)


def test_a_shop_address() -> None:
    assert shop_of("contoh.id/toko") == "https://contoh.id/toko"
    assert shop_of("http://contoh.id") == "http://contoh.id"


@pytest.mark.parametrize(
    "value",
    ["javascript:alert(1)", "ftp://contoh.id", "toko saya", "https://", "https://a b.id", "https://x",
     "https://user@contoh.id", 'https://contoh.id/"><b>', "http://[::1", "https://contoh.id:abc"],
)  # fmt: skip
def test_what_is_no_shop_address_is_refused(value: str) -> None:
    with pytest.raises(Unread):
        shop_of(value)


@pytest.mark.parametrize(
    "value",
    ["../x.mp4", "a/../../x.mp4", "/etc/passwd", "C:\\x.mp4", "\\\\server\\x.mp4", "~/x.mp4",
     "http://x/y.mp4", "file:x", "folder/", "..", 7, date(2021, 11, 24)],
)  # fmt: skip
def test_media_outside_its_folder_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        media_path_of(value)  # type: ignore[arg-type]


def test_media_inside_its_folder_is_kept_as_given() -> None:
    assert media_path_of("Stand 1/profil akhir..mp4") == "Stand 1/profil akhir..mp4"
    assert media_path_of("video\\01.mp4") == "video/01.mp4"


@pytest.mark.parametrize("value", ["05", 5, 5.0, "5.0", "Stand 5", "stand no. 05", "#5", "\uff15"])
def test_a_stand_number(value: object) -> None:
    assert stand_number_of(value) == 5  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["A5", 0, -1, 2.5, "5 dan 6", "", True, 10_000, date(2021, 1, 5)])
def test_what_is_no_stand_number_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        stand_number_of(value)  # type: ignore[arg-type]


def test_text_keeps_what_people_wrote_and_drops_what_nobody_sees() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clean(f" Kopi\u00a0 Kang\n&\u200b “Contoh” {family}\u202e\x00 ") == (
        f"Kopi Kang & “Contoh” {family}"
    )
    assert plain(" \uff33TAND\u200d  \u2019") == "stand '"
    assert text_of(7) == text_of(7.0) == "7"


@pytest.mark.parametrize("value", [None, "", "  ", "\u00a0", "\u200b\ufeff", "-", " \u2013 ", "--"])
def test_what_counts_as_blank(value: str | None) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", ["x" * 501, datetime(2021, 7, 11), time(7), True])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(Unread):
        text_of(value)  # type: ignore[arg-type]


@given(st.text(max_size=60))
def test_no_text_brings_a_reader_down(text: str) -> None:
    readers = (duration_of, price_of, date_of, phone_of, instagram_of, shop_of, media_path_of,
               stand_number_of, text_of, lambda value: time_of(value, "WIB"))  # fmt: skip
    for read in readers:
        try:
            read(text)
        except Unread as unread:
            assert unread.expected.id and unread.expected.en
