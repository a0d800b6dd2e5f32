"""The plan of a session: fixed starts cut, followers follow, holes are what is left."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pipeline.rundown import Item, Kind, Session, StartMode, holes, plan
from pipeline.rundown.timeline import cuts, later

ZONE = ZoneInfo("Asia/Jakarta")
FIXED, FOLLOW, MANUAL = StartMode.FIXED, StartMode.FOLLOW, StartMode.MANUAL


def session(*items: tuple[str, int, StartMode], zone: ZoneInfo = ZONE) -> Session:
    """Items as (`HH:MM`, minutes, mode)."""
    day = datetime(2021, 11, 24, tzinfo=zone)
    made = []
    for number, (clock, minutes, mode) in enumerate(items, start=1):
        hour, minute = map(int, clock.split(":"))
        made.append(
            Item(
                id=f"1-{number:02}",
                kind=Kind.SLATE,
                title=f"Acara {number}",
                at=day.replace(hour=hour, minute=minute),
                duration_s=minutes * 60,
                start=mode,
            )
        )
    return Session(id="2021-11-24", day=day.date(), items=tuple(made))


def spans(of: Session) -> list[str]:
    return [f"{each.start:%H:%M}-{each.end:%H:%M}" for each in plan(of)]


def test_a_follower_starts_when_the_one_before_ends_whatever_is_written() -> None:
    made = session(("09:00", 10, FIXED), ("09:30", 5, FOLLOW), ("09:01", 5, FOLLOW))
    assert spans(made) == ["09:00-09:10", "09:10-09:15", "09:15-09:20"]


def test_a_fixed_start_cuts_the_chain_before_it() -> None:
    made = session(
        ("09:00", 10, FIXED), ("09:10", 10, FOLLOW), ("09:20", 10, FOLLOW), ("09:15", 5, FIXED)
    )
    assert spans(made) == ["09:00-09:10", "09:10-09:15", "09:15-09:15", "09:15-09:20"]
    assert [(c.item.id, c.lost_s, c.by.id) for c in cuts(plan(made))] == [
        ("1-02", 300, "1-04"), ("1-03", 600, "1-04"),
    ]  # fmt: skip


def test_a_manual_start_is_planned_at_the_later_of_its_time_and_the_end_before() -> None:
    made = session(("09:00", 10, FIXED), ("09:05", 5, MANUAL), ("09:30", 5, MANUAL))
    assert spans(made) == ["09:00-09:10", "09:10-09:15", "09:30-09:35"]


def test_the_first_item_starts_at_its_time_whatever_its_mode() -> None:
    for mode in StartMode:
        assert spans(session(("09:00", 10, mode))) == ["09:00-09:10"]


def test_holes_are_told_with_the_item_that_ends_them() -> None:
    made = session(
        ("09:00", 10, FIXED), ("09:15", 5, FIXED), ("09:20", 5, FOLLOW), ("10:00", 1, MANUAL)
    )
    found = holes(plan(made))
    assert [(f"{h.start:%H:%M}", f"{h.end:%H:%M}", h.before.id if h.before else "") for h in found] == [
        ("09:10", "09:15", "1-02"), ("09:25", "10:00", "1-04"),
    ]  # fmt: skip


def test_lengths_hold_when_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2021, 10, 31, 1, 30, tzinfo=zone)
    moved = later(start, 3 * 3600)
    assert moved.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=3)
    assert (moved.hour, moved.tzinfo) == (3, zone)


_items = st.lists(
    st.tuples(
        st.integers(0, 1439).map(lambda m: f"{m // 60:02}:{m % 60:02}"),
        st.integers(1, 600),
        st.sampled_from(StartMode),
    ),
    min_size=1,
    max_size=12,
)


@given(_items, st.sampled_from(["Asia/Jakarta", "Europe/Berlin", "America/New_York"]))
def test_a_plan_is_in_order_and_never_overlaps(
    items: list[tuple[str, int, StartMode]], zone: str
) -> None:
    made = session(*items, zone=ZoneInfo(zone))
    planned = plan(made)
    assert [each.item for each in planned] == list(made.items)
    moments = [m.astimezone(UTC) for each in planned for m in (each.start, each.end)]
    assert moments == sorted(moments)
    for each in planned:
        assert each.end.astimezone(UTC) - each.start.astimezone(UTC) <= timedelta(
            seconds=each.item.duration_s
        )
    assert planned[-1].end == later(planned[-1].start, made.items[-1].duration_s)


@given(_items)
def test_plan_and_holes_together_cover_the_session_without_a_gap(
    items: list[tuple[str, int, StartMode]],
) -> None:
    planned = plan(session(*items))
    stretches = sorted(
        [(each.start, each.end) for each in planned if each.start < each.end]
        + [(hole.start, hole.end) for hole in holes(planned)]
    )
    for one, two in pairwise(stretches):
        assert one[1] == two[0]
