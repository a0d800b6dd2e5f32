"""How we stand with YouTube, as it is said to people."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.publish import SCOPE, Account, Bucket
from pipeline.standing import sentences, title

WIB = ZoneInfo("Asia/Jakarta")
SINCE = datetime(2021, 11, 18, 8, tzinfo=WIB)
GOOD = Account(
    emulated=False,
    buckets=(Bucket("pool", 10_000, 152, 2, datetime(2021, 11, 19, 15, tzinfo=WIB)),),
    waiting=3,
    scopes=(SCOPE, "https://www.googleapis.com/auth/youtube.readonly"),
    signed_in=SINCE,
    channel="Kota Pekalongan",
    channel_id="UC1",
    live=True,
    clock_off=timedelta(seconds=2),
)


def told(account: Account, now: datetime = SINCE + timedelta(days=4)) -> str:
    """All of it in one piece, both languages."""
    return "\n".join(str(sentence) for sentence in (title(account), *sentences(account, now)))


def test_a_good_account_is_told_with_link_age_rights_and_quota() -> None:
    text = told(GOOD)
    assert "Kanal Kota Pekalongan" in text
    assert "https://www.youtube.com/channel/UC1" in text
    assert "Masuk 18 November 2021 pukul 08.00 WIB, 4 hari lalu." in text
    assert "sisa 9.848 dari 10.000 (2 dari yang terpakai belum pasti)" in text
    assert "9,848 of 10,000 left" in text
    assert "diisi ulang 19 November 2021 pukul 15.00 WIB" in text
    assert "assumed: reading 1, writing 50" in text
    assert "3 unggahan belum selesai" in text
    assert "Live streaming is on" in text
    assert "clock agrees" in text
    assert text.count("Boleh:") == 1, "what was asked for includes the rest"


def test_the_day_on_which_a_sign_in_in_testing_dies_is_told_until_it_is_over() -> None:
    trap = "25 November 2021 pukul 08.00 WIB"
    assert trap in told(GOOD)
    assert trap not in told(GOOD, SINCE + timedelta(days=7))
    assert "not in “Testing”" in told(GOOD, SINCE + timedelta(days=7))
    assert "not in “Testing”" not in told(replace(GOOD, channel=None), SINCE + timedelta(days=7))


def test_what_google_says_of_the_end_is_no_guess() -> None:
    text = told(replace(GOOD, ends=SINCE + timedelta(days=7)))
    assert "Menurut Google izin ini gugur 25 November 2021 pukul 08.00 WIB" in text
    assert "tidak dapat mengetahuinya" not in text


def test_that_videos_may_be_locked_is_told_of_youtube_and_not_of_the_emulator() -> None:
    assert "dikunci YouTube sebagai privat" in told(GOOD)
    emulated = told(replace(GOOD, emulated=True, signed_in=None))
    assert "dikunci" not in emulated
    assert "Emulator tidak memerlukan izin masuk" in emulated
    assert "youtube.com/channel" not in emulated


def test_what_is_not_known_is_not_claimed() -> None:
    text = told(Account(emulated=False, buckets=GOOD.buckets))
    assert "The channel isn't known yet" in text
    assert "Live streaming: not known" in text
    assert "Signed in" not in text
    assert "clock" not in text
