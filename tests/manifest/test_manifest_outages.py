"""What each destination lacks of the program, by hand and by property."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.manifest.outages import PAUSED, outages

Opens = Callable[..., Any]


@pytest.fixture
def one(show: Opens) -> Any:
    """A thousand frames, in two airings."""
    session = show("2021-11-24T08:00:00+07:00")
    session.air(400)
    session.air(600)
    return session


def lacked(show: Any) -> list[tuple[str, int, int, str | None]]:
    found = outages(show.lines, show.fps)
    return [(o.destination, o.first_frame, o.frames, o.error) for o in found]


def test_a_destination_that_got_all_lacks_nothing(one: Any) -> None:
    one.deliver(0, 600, "lost")
    one.deliver(550, 450)
    assert lacked(one) == []


def test_what_it_did_not_get_before_between_and_after_is_told_with_times_and_reason(
    one: Any,
) -> None:
    one.deliver(50, 0, "connected")
    one.deliver(50, 250, "lost", error="server menutup sambungan")
    one.deliver(350, 0, "lost", error="sambungan ditolak")
    one.deliver(500, 0, "connected")
    one.deliver(500, 400, "lost", error="macet")
    assert lacked(one) == [
        ("youtube", 0, 50, None),
        ("youtube", 300, 200, "server menutup sambungan"),
        ("youtube", 900, 100, "macet"),
    ]
    middle = outages(one.lines, one.fps)[1]
    assert middle.start == one.began + timedelta(seconds=12)
    assert middle.end == one.began + timedelta(seconds=20)
    assert middle.seconds == 8


def test_each_destination_is_accounted_for_alone(one: Any) -> None:
    one.deliver(0, 1000, to="satu")
    one.deliver(0, 700, "lost", to="dua", error="macet")
    assert lacked(one) == [("dua", 700, 300, "macet")]


def test_a_destination_that_never_accepted_lacks_the_whole_program(one: Any) -> None:
    one.deliver(0, 0, "lost", error="server tidak dikenal")
    one.deliver(80, 0, "lost", error="sambungan ditolak")
    assert lacked(one) == [("youtube", 0, 1000, "server tidak dikenal")]


def test_a_pause_is_no_error_and_is_called_by_its_name(one: Any) -> None:
    one.deliver(0, 200, "paused")
    one.deliver(300, 700)
    assert lacked(one) == [("youtube", 200, 100, PAUSED)]


def test_what_a_running_connection_has_accepted_is_not_known_yet(one: Any) -> None:
    one.deliver(0, 200, "lost", error="macet")
    one.deliver(300, 0, "connected")
    assert lacked(one) == [("youtube", 200, 100, "macet")]
    one.deliver(300, 500, "lost", error="lagi")
    assert lacked(one) == [("youtube", 200, 100, "macet"), ("youtube", 800, 200, "lagi")]


def test_after_a_gap_of_air_itself_frames_have_the_times_of_their_own_run(one: Any) -> None:
    one.deliver(0, 900, "lost", error="air")
    one.close()
    one.began += timedelta(minutes=5)  # air was down for so long
    one.air(100)
    one.deliver(1050, 50)
    (outage,) = outages(one.lines, one.fps)
    assert (outage.first_frame, outage.frames) == (900, 150)
    assert outage.start == one.began - timedelta(minutes=5) + timedelta(seconds=36)
    assert outage.end == one.began + timedelta(seconds=42)


def test_a_session_without_destinations_has_no_outages(one: Any) -> None:
    assert outages(one.lines, 25) == outages((), 25) == ()


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 60)), max_size=8))
def test_every_frame_was_either_accepted_or_lacked(
    show: Opens, accepted: list[tuple[int, int]]
) -> None:
    session = show()
    session.air(100)
    for first, frames in accepted:
        session.deliver(first, frames, "lost", error="putus")
    got = {frame for first, frames in accepted for frame in range(first, min(100, first + frames))}
    told = outages(session.lines, 25)
    lacks = [frame for o in told for frame in range(o.first_frame, o.first_frame + o.frames)]
    if accepted:
        assert len(lacks) == len(set(lacks))
        assert set(lacks) == set(range(100)) - got
