"""The account: seconds, kinds, links, plans and stands, over whole sessions."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputFaults, UsageError
from pipeline.manifest import Links, Manifest, Status, Video, account, as_json, as_run
from pipeline.rundown import Item, Kind, Rundown, Session, Stand, StartMode

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2021, 11, 25, 10, 0, tzinfo=UTC)
STANDS = [(1, "Batik Satu", 60), (2, "Kopi Dua", 30)]
Opens = Callable[..., Any]


def drawn_up(
    *shows: Any,
    rundown: Rundown | None = None,
    links: Links | None = None,
    zone: ZoneInfo = JAKARTA,
) -> Manifest:
    runs = [run for show in shows if (run := as_run(show.lines)) is not None]
    return account(rundown, runs, links or Links(), event="Pameran", zone=zone, generated=NOW)


def stand_json(manifest: Manifest, number: int) -> dict[str, Any]:
    found: dict[str, Any] = next(s for s in as_json(manifest)["stands"] if s["stand"] == number)
    return found


def rundown(*items: Item, stands: tuple[Stand, ...] = (), day: str = "2021-11-25") -> Rundown:
    session = Session(id=day, day=datetime.fromisoformat(day).date(), items=items)
    return Rundown(stands=stands, sessions=(session,))


def test_seconds_are_frames_over_the_rate_and_whole_ones_are_integers(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(750, stand=1, item="1-01")
    one.air(403, stand=2, item="1-02")
    manifest = drawn_up(one)
    assert stand_json(manifest, 1)["aired_s"] == 30
    assert isinstance(stand_json(manifest, 1)["aired_s"], int)
    assert stand_json(manifest, 2)["aired_s"] == 16.12
    assert manifest.stands[1].aired == Fraction(403, 25)


def test_thirds_of_a_second_add_up_exactly(show: Opens) -> None:
    one = show(stands=[(1, "Tiga", 1)], fps=30)
    for _ in range(3):
        one.air(10, stand=1)
    manifest = drawn_up(one)
    assert manifest.stands[0].aired == 1
    assert manifest.stands[0].status is Status.MET
    assert stand_json(manifest, 1)["owed_s"] == 0


def test_one_frame_is_accounted(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(1, stand=1, item="1-01")
    entry = stand_json(drawn_up(one), 1)["airings"][0]
    assert entry["frames"] == 1
    assert entry["program"] == {"part": "program-0001.ts", "first_frame": 0, "last_frame": 0}
    assert entry["end"] == "2021-11-24T08:00:00.040000+07:00"
    assert stand_json(drawn_up(one), 1)["owed_s"] == 59.96


def test_the_same_item_aired_five_times_is_five_airings(show: Opens) -> None:
    one = show(stands=STANDS)
    for _ in range(5):
        one.air(100, stand=1, item="1-01")
    stand = stand_json(drawn_up(one), 1)
    assert stand["aired_s"] == 20
    assert [entry["occurrence"] for entry in stand["airings"]] == [1, 2, 3, 4, 5]
    assert [entry["program"]["first_frame"] for entry in stand["airings"]] == [
        0,
        100,
        200,
        300,
        400,
    ]


def test_an_airing_entry_has_exactly_the_published_fields(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(25, stand=1, item="1-01")
    entry = stand_json(drawn_up(one), 1)["airings"][0]
    assert list(entry) == [
        *("occurrence", "session", "item", "kind", "start", "end", "frames", "delivered_frames"),
        *("segment", "program", "video_url", "clip_url"),
    ]


def test_a_slate_in_place_of_a_live_item_is_shown_but_is_nobodys_airtime(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(500, stand=1, item="1-01", kind="slate", planned_kind="live")
    stand = stand_json(drawn_up(one), 1)
    assert (stand["aired_s"], stand["owed_s"], stand["delivered_s"]) == (0, 60, 0)
    assert [entry["kind"] for entry in stand["airings"]] == ["slate"]


def test_owed_never_falls_below_zero_nor_does_one_stands_surplus_pay_for_another(
    show: Opens,
) -> None:
    one = show(stands=STANDS)
    one.air(25 * 90, stand=1)
    manifest = drawn_up(one)
    assert [stand.owed for stand in manifest.stands] == [0, 30]
    assert manifest.totals.owed == 30
    assert [stand.status for stand in manifest.stands] == [Status.MET, Status.NONE]


def test_delivered_counts_only_frames_that_a_destination_took(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(100, stand=1)
    one.air(100, stand=2)
    one.deliver(50, 75)
    one.deliver(60, 30)
    manifest = drawn_up(one)
    assert [stand.delivered for stand in manifest.stands] == [2, 1]


def test_times_are_the_events_own_across_midnight(show: Opens) -> None:
    one = show("2021-11-24T16:59:59+00:00", stands=STANDS)
    one.air(50, stand=1)
    entry = stand_json(drawn_up(one), 1)["airings"][0]
    assert entry["start"] == "2021-11-24T23:59:59+07:00"
    assert entry["end"] == "2021-11-25T00:00:01+07:00"


def test_a_zone_without_summer_time_has_its_own_offset(show: Opens) -> None:
    one = show("2021-11-24T00:00:00+00:00", stands=STANDS)
    one.air(50, stand=1)
    manifest = drawn_up(one, zone=ZoneInfo("Asia/Jayapura"))
    assert stand_json(manifest, 1)["airings"][0]["start"] == "2021-11-24T09:00:00+09:00"
    assert as_json(manifest)["generated"] == "2021-11-25T19:00:00+09:00"


def test_the_broadcast_is_linked_at_the_airings_second(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(1000, kind="slate")
    one.air(100, stand=1)
    links = Links(
        videos={"2021-11-24": [Video("https://www.youtube.com/watch?v=x")]},
        clips={("2021-11-24", 2): "https://youtu.be/klip"},
    )
    entry = stand_json(drawn_up(one, links=links), 1)["airings"][0]
    assert entry["video_url"] == "https://www.youtube.com/watch?v=x&t=40s"
    assert entry["clip_url"] == "https://youtu.be/klip"


def test_an_airing_is_linked_to_the_video_that_was_live_then(show: Opens) -> None:
    """The second video replaced the first 12 s after the start; the first began 10 s late."""
    one = show(stands=STANDS)
    start, late = one.now, timedelta(seconds=10)
    for stand in (1, 2, 1):
        one.air(250, stand=stand)
    cut = start + timedelta(seconds=12)
    links = Links(
        videos={
            "2021-11-24": [
                Video("https://youtu.be/a", start + late, cut),
                Video("https://youtu.be/b", cut + timedelta(seconds=3), None),
            ]
        }
    )
    manifest = drawn_up(one, links=links)
    missed, again = stand_json(manifest, 1)["airings"]
    assert missed["video_url"] is None
    assert again["video_url"] == "https://youtu.be/b?t=5s"
    assert stand_json(manifest, 2)["airings"][0]["video_url"] == "https://youtu.be/a?t=0s"


def test_an_address_that_no_browser_should_open_is_no_link(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(250, stand=1)
    links = Links(clips={("2021-11-24", 1): "javascript:alert(1)"})
    assert stand_json(drawn_up(one, links=links), 1)["airings"][0]["clip_url"] is None


def test_a_stand_removed_from_the_workbook_keeps_its_account(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(250, stand=1)
    item = Item(
        id="1-01",
        kind=Kind.VIDEO,
        title="Kopi",
        at=datetime(2021, 11, 25, 8, tzinfo=JAKARTA),
        duration_s=45,
        start=StartMode.FIXED,
        stand=2,
    )
    today = rundown(item, stands=(Stand(number=2, name="Kopi Baru", entitled_s=40),))
    manifest = drawn_up(one, rundown=today)
    gone, kept = manifest.stands
    assert (gone.name, gone.removed, gone.aired, gone.entitled) == ("Batik Satu", True, 10, 60)
    assert (kept.name, kept.removed, kept.planned, kept.entitled) == ("Kopi Baru", False, 45, 40)


def test_an_opened_session_counts_with_the_plan_it_opened_with(show: Opens) -> None:
    eight = datetime(2021, 11, 24, 8, tzinfo=JAKARTA)
    planned = [
        {
            "item": "1-01",
            "title": "Batik",
            "kind": "video",
            "stand": 1,
            "start": eight.isoformat(),
            "end": eight.replace(minute=2).isoformat(),
        }
    ]
    one = show(stands=STANDS, planned=planned)
    changed = rundown(
        Item(
            id="1-01",
            kind=Kind.VIDEO,
            title="Batik",
            at=eight,
            duration_s=5,
            start=StartMode.FIXED,
            stand=1,
        ),
        stands=(Stand(number=1, name="Batik Satu", entitled_s=60),),
        day="2021-11-24",
    )
    assert drawn_up(one, rundown=changed).stands[0].planned == 120
    assert drawn_up(rundown=changed).stands[0].planned == 5


def test_a_session_opened_again_keeps_all_stands_and_goes_on_counting(show: Opens) -> None:
    one = show(stands=[(1, "Lama", 60)])
    one.air(100, stand=1)
    one.close()
    one.write(
        "open",
        session=one.session,
        event_name="Pameran",
        fps=25,
        stands=[{"number": 2, "name": "Baru", "entitled_s": 30}],
        planned=[],
    )
    one.air(50, stand=2)
    manifest = drawn_up(one)
    assert [(stand.name, stand.aired) for stand in manifest.stands] == [("Lama", 4), ("Baru", 2)]
    assert manifest.sessions[0].program == 6
    assert not manifest.sessions[0].closed


def planned(item: str, stand: int | None, minutes: int) -> dict[str, Any]:
    eight = datetime(2021, 11, 24, 8, tzinfo=JAKARTA)
    end = eight.replace(minute=minutes)
    when = {"start": eight.isoformat(), "end": end.isoformat()}
    return {"item": item, "title": "Batik", "kind": "video", "stand": stand, **when}


def test_a_rundown_changed_on_air_is_the_plan_from_then_on(show: Opens) -> None:
    one = show(stands=STANDS, planned=[planned("1-01", 1, 2), planned("1-02", 2, 1)])
    one.air(250, stand=1, item="1-01")
    one.write(
        "rundown",
        rundown="2" * 64,
        planned=[planned("1-01", 1, 3), planned("1-09", 3, 1)],
        stands=[
            {"number": 1, "name": "Batik Satu", "entitled_s": 90},
            {"number": 3, "name": "Tenun Tiga", "entitled_s": 20},
        ],
    )
    one.air(250, stand=3, item="1-09")
    stands = [stand_json(drawn_up(one), number) for number in (1, 2, 3)]
    assert [stand["planned_s"] for stand in stands] == [180, 0, 60]
    assert [stand["entitled_s"] for stand in stands] == [90, 30, 20]
    assert [stand["owed_s"] for stand in stands] == [80, 30, 10]
    assert [stand["name"] for stand in stands] == ["Batik Satu", "Kopi Dua", "Tenun Tiga"]


def test_an_item_that_was_missed_and_aired_by_hand_was_not_missed(show: Opens) -> None:
    one = show(stands=STANDS)
    for item in ("1-01", "1-02", "1-02"):
        one.write("missed", item=item, title="Judul", stand=1, reason="waktunya lewat")
    one.air(100, stand=1, item="1-03")
    one.air(100, stand=1, item="1-01")
    (session,) = drawn_up(one).sessions
    assert [missed.item for missed in session.missed] == ["1-02"]


def test_an_item_missed_and_never_more_than_begun_was_missed(show: Opens) -> None:
    one = show(stands=STANDS)
    one.write("missed", item="1-01", title="Judul", stand=1, reason="waktunya lewat")
    one.air(0, stand=1, item="1-01")
    (session,) = drawn_up(one).sessions
    assert [missed.item for missed in session.missed] == ["1-01"]


def test_a_filler_is_airtime_of_its_stand(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(250, stand=2, kind="catalogue")
    one.air(250, kind="slate")
    one.air(250, stand=2, item="1-01")
    manifest = drawn_up(one)
    assert stand_json(manifest, 2)["aired_s"] == 20
    assert stand_json(manifest, 2)["owed_s"] == 10
    assert stand_json(manifest, 2)["airings"][0]["item"] is None
    assert [entry.filler for entry in manifest.sessions[0].airings] == [True, False, False]


def test_what_was_not_recorded_is_told_of_each_airing_and_takes_nothing_from_it(
    show: Opens,
) -> None:
    one = show(stands=STANDS)
    for _ in range(3):
        one.air(100, stand=1)
    one.write("unrecorded", first_frame=90, frames=150, error="disk penuh")
    manifest = drawn_up(one)
    assert [entry.unrecorded for entry in manifest.stands[0].airings] == [10, 100, 40]
    assert manifest.stands[0].aired == 12
    (session,) = as_json(manifest)["sessions"]
    assert session["unrecorded"] == [{"first_frame": 90, "frames": 150}]


def test_outages_are_told_in_the_events_time_and_delivered_is_what_any_destination_took(
    show: Opens,
) -> None:
    one = show("2021-11-24T01:00:00+00:00", stands=STANDS)
    one.air(500, stand=1)
    one.deliver(0, 250, "lost", to="satu", error="macet")
    one.deliver(200, 300, to="dua")
    manifest = drawn_up(one)
    assert manifest.stands[0].delivered == 20
    (session,) = as_json(manifest)["sessions"]
    assert session["outages"] == [
        {
            "destination": "satu",
            "start": "2021-11-24T08:00:10+07:00",
            "end": "2021-11-24T08:00:20+07:00",
            "first_frame": 250,
            "frames": 250,
            "error": "macet",
        },
        {
            "destination": "dua",
            "start": "2021-11-24T08:00:00+07:00",
            "end": "2021-11-24T08:00:08+07:00",
            "first_frame": 0,
            "frames": 200,
            "error": None,
        },
    ]


def test_what_the_crew_did_and_checkpoints_are_not_airings(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(250, stand=1)
    one.write("take", command="a", by="panel", item="1-02")
    one.write("mark", command="b", by="panel", text="juara")
    one.write("kept", occurrence=1, frames=10, packets="", part="program-0001.ts", offset=0)
    one.air(250, stand=1, item="1-02")
    manifest = drawn_up(one)
    assert manifest.stands[0].aired == 20
    assert manifest.sessions[0].damage == ""


def test_one_stand_alone_has_its_own_totals_and_an_unknown_one_is_refused(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(100, stand=1)
    one.air(100, stand=2)
    alone = drawn_up(one).only(2)
    assert (alone.totals.stands, alone.totals.aired) == (1, 4)
    with pytest.raises(UsageError, match="no stand 9"):
        drawn_up(one).only(9)


def test_a_journal_without_an_opening_is_no_session_yet() -> None:
    assert as_run([]) is None


def test_a_line_that_lost_a_field_is_named(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(100, stand=1)
    del one.lines[2]["segment"]
    with pytest.raises(InputFaults) as refused:
        as_run(one.lines)
    assert "3" in refused.value.faults[0].where


def test_a_broken_chain_is_said_in_the_account(show: Opens) -> None:
    one = show(stands=STANDS)
    one.air(100, stand=1)
    one.lines[3]["frames"] = 99_999
    assert "4" in drawn_up(one).sessions[0].damage


@given(
    aired=st.lists(
        st.tuples(st.integers(1, 3), st.integers(1, 5000), st.sampled_from(["video", "slate"])),
        max_size=30,
    ),
    fps=st.sampled_from([25, 30, 50, 60]),
)
def test_aired_is_always_the_frames_of_the_stands_own_airings(
    show: Opens, aired: list[tuple[int, int, str]], fps: int
) -> None:
    one = show(stands=[(n, f"Stand {n}", 100) for n in (1, 2, 3)], fps=fps)
    for stand, frames, kind in aired:
        one.air(frames, stand=stand, kind=kind)
    manifest = drawn_up(one)
    for stand in manifest.stands:
        frames = sum(f for n, f, kind in aired if n == stand.number and kind == "video")
        assert stand.aired == Fraction(frames, fps)
        assert stand.owed == max(0, 100 - stand.aired)
