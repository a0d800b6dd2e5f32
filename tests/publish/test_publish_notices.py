"""What is said before the show of what would spoil it, and when it is urgent."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Fault, InputFaults, Text
from pipeline.publish.account import Account, when
from pipeline.publish.notices import NEAR, warnings_of
from pipeline.publish.outcomes import Rejected, Uncertain, YouTubeError
from pipeline.publish.quota import Airtime, Bucket
from pipeline.publish.scopes import SCOPE

WIB = ZoneInfo("Asia/Jakarta")
FIRST = datetime(2021, 11, 24, 8, tzinfo=WIB)
DAYS = [
    Airtime(FIRST, FIRST + timedelta(hours=8)),
    Airtime(FIRST + timedelta(days=1), FIRST + timedelta(days=1, hours=8)),
]
END = DAYS[-1].end
REFILL = FIRST.replace(hour=15)
POOL = Bucket("pool", 10_000, 200, 0, REFILL)
GOOD = Account(
    emulated=False,
    buckets=(POOL, Bucket("uploads", 100, 0, 0, REFILL)),
    scopes=(SCOPE,),
    signed_in=FIRST - timedelta(days=1),
    channel="Kota Pekalongan",
    channel_id="UC1",
    live=True,
    clock_off=timedelta(seconds=1),
)


def troubled(reason: str, status: int = 0) -> YouTubeError:
    return YouTubeError(Text("menanyakan", "asking"), Rejected(reason, status, ""))


NOT_SIGNED_IN = InputFaults([Fault("token", Text("belum masuk", "not signed in"))])
THREATS = {
    "not signed in": replace(GOOD, signed_in=None, trouble=NOT_SIGNED_IN),
    "takes this sign-in no more": replace(GOOD, trouble=troubled("invalid_grant", 401)),
    "no answer came": replace(GOOD, trouble=YouTubeError(Text("", ""), Uncertain("timed out"))),
    "can't be reached": replace(GOOD, trouble=troubled("notSent")),
    "no YouTube channel": replace(GOOD, trouble=troubled("youtubeSignupRequired")),
    "too few rights": replace(GOOD, scopes=("https://www.googleapis.com/auth/youtube.readonly",)),
    "says Google": replace(GOOD, ends=END - timedelta(hours=1)),
    "may end": replace(GOOD, signed_in=END - timedelta(days=7, minutes=1)),
    "live streaming is off": replace(GOOD, live=False),
    "units of quota are left": replace(GOOD, needed=9_801),
    "5 minutes fast": replace(GOOD, clock_off=timedelta(minutes=5)),
    "5 minutes slow": replace(GOOD, clock_off=-timedelta(minutes=5)),
}


@pytest.mark.parametrize("said", THREATS)
def test_what_threatens_the_show_is_urgent_from_two_days_before_to_its_end(said: str) -> None:
    account = THREATS[said]
    urgent = {
        FIRST - NEAR - timedelta(seconds=1): False,
        FIRST - NEAR: True,
        DAYS[0].end + timedelta(hours=3): True,
        END - timedelta(hours=2): True,
    }
    for now, expected in urgent.items():
        if account.ends_if_testing is not None and now >= account.ends_if_testing:
            continue
        notices = warnings_of(account, now, DAYS)
        assert [notice.urgent for notice in notices] == [expected], now
        assert said in notices[0].fault.what.en
        assert notices[0].fault.hint is not None or account.trouble is NOT_SIGNED_IN
    over = warnings_of(account, END + timedelta(seconds=1), [])
    assert not any(notice.urgent for notice in over)


def test_a_good_account_has_nothing_to_warn_of() -> None:
    for now in (FIRST - timedelta(days=30), FIRST - NEAR, FIRST, END):
        assert warnings_of(replace(GOOD, signed_in=now - timedelta(days=8)), now, DAYS) == ()


def test_a_sign_in_of_an_unknown_project_warns_only_if_it_could_end_before_the_event() -> None:
    now = FIRST - timedelta(days=6)
    early = replace(GOOD, signed_in=now)
    (notice,) = warnings_of(early, now, DAYS)
    assert "25 November 2021 pukul 08.00 WIB" in notice.fault.what.id
    assert when(END).id in notice.fault.what.id
    late = replace(GOOD, signed_in=END - timedelta(days=7))
    assert warnings_of(late, END - timedelta(days=6), DAYS) == ()


def test_a_sign_in_that_works_after_seven_days_is_not_of_a_project_in_testing() -> None:
    old = replace(GOOD, signed_in=FIRST - timedelta(days=8))
    assert warnings_of(old, FIRST, DAYS) == ()


@pytest.mark.parametrize(
    ("age", "why"), [(timedelta(days=3), "revoked"), (timedelta(days=7), "in “Testing”")]
)
def test_a_dead_sign_in_says_why_and_that_what_runs_takes_over_the_next(
    age: timedelta, why: str
) -> None:
    dead = replace(GOOD, signed_in=FIRST - age, trouble=troubled("invalid_grant", 401))
    (notice,) = warnings_of(dead, FIRST, DAYS)
    assert notice.fault.hint is not None
    assert why in notice.fault.hint.en
    assert "takes it over by itself" in notice.fault.hint.en
    assert f"umurnya {age.days} hari" in notice.fault.what.id


def test_live_streaming_that_takes_a_day_to_come_is_too_late_a_day_before() -> None:
    off = replace(GOOD, live=False, signed_in=FIRST)
    (in_time,) = warnings_of(off, FIRST - timedelta(hours=25), DAYS)
    (late,) = warnings_of(off, FIRST - timedelta(hours=23), DAYS)
    assert "less than 24 hours" not in in_time.fault.what.en
    assert "less than 24 hours" in late.fault.what.en
    assert "24 November 2021 pukul 08.00 WIB" in late.fault.what.id


def test_without_a_network_it_is_said_what_happens_next() -> None:
    (notice,) = warnings_of(THREATS["can't be reached"], FIRST, DAYS)
    assert notice.fault.hint is not None
    assert "Antrean dan catatan tetap utuh" in notice.fault.hint.id


def test_what_is_wrong_with_the_token_file_is_said_but_never_urgent() -> None:
    fault = Fault("token.json", Text("terlalu longgar", "too wide"))
    (notice,) = warnings_of(replace(GOOD, faults=(fault,)), FIRST, DAYS)
    assert notice == (fault, False)


moments = st.integers(-60 * 24, 60 * 24).map(lambda hours: FIRST + timedelta(hours=hours))


@given(
    now=moments,
    signed_in=st.none() | moments,
    ends=st.none() | moments,
    live=st.none() | st.booleans(),
    needed=st.integers(0, 20_000),
    off=st.none() | st.timedeltas(-timedelta(hours=1), timedelta(hours=1)),
    days=st.sampled_from([[], DAYS[:1], DAYS]),
)
def test_whatever_is_known_there_is_something_to_say_and_it_is_urgent_only_near_the_show(
    now: datetime,
    signed_in: datetime | None,
    ends: datetime | None,
    live: bool | None,
    needed: int,
    off: timedelta | None,
    days: list[Airtime],
) -> None:
    account = replace(GOOD, signed_in=signed_in, ends=ends, live=live, needed=needed, clock_off=off)
    notices = warnings_of(account, now, days)
    near = bool(days) and days[0].start - NEAR <= now <= days[-1].end
    assert all(notice.urgent == near for notice in notices)
    assert (live is False) == any("live streaming" in n.fault.what.en for n in notices)
    assert (needed > POOL.left) == any("quota" in n.fault.what.en for n in notices)
