"""Which frames are recorded where: by hand, and for any spans."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pipeline.air import Recording, recordings, union, unrecorded, within

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)


def part(number: int, first_frame: int) -> dict[str, Any]:
    return {
        "event": "part",
        "part": f"program-{number:04}.ts",
        "first_frame": first_frame,
        "frame": first_frame,
    }


def lost(first_frame: int, frames: int) -> dict[str, Any]:
    return {
        "event": "unrecorded",
        "first_frame": first_frame,
        "frames": frames,
        "frame": first_frame + frames,
    }


def close(frame: int) -> dict[str, Any]:
    return {"event": "close", "frame": frame}


def held(*lines: dict[str, Any]) -> list[tuple[int, int]]:
    return [(found.first_frame, found.frames) for found in recordings(lines)]


def test_a_part_holds_the_frames_up_to_the_next() -> None:
    assert held(part(1, 0), part(2, 100), close(250)) == [(0, 100), (100, 150)]


def test_a_part_ends_where_the_disk_was_full() -> None:
    assert held(part(1, 0), lost(70, 30), part(2, 100), close(250)) == [(0, 70), (100, 150)]
    assert held(part(1, 0), lost(70, 180), close(250)) == [(0, 70)]


def test_a_part_may_hold_nothing() -> None:
    assert held(part(1, 0), part(2, 0), lost(0, 50), close(50)) == [(0, 0), (0, 0)]
    lines = (part(1, 0), lost(70, 30), part(2, 100), lost(100, 50), part(3, 150), close(160))
    assert held(*lines) == [(0, 70), (100, 0), (150, 10)]


def test_before_the_first_part_nothing_is_recorded() -> None:
    assert held() == held(close(9)) == []
    assert held(lost(0, 40), part(1, 40), close(60)) == [(40, 20)]


def test_a_stretch_is_where_its_frames_are() -> None:
    parts = recordings((part(1, 0), lost(70, 30), part(2, 100), close(250)))
    assert within(parts, 10, 20) == (Recording("program-0001.ts", 10, 20),)
    assert within(parts, 60, 60) == (
        Recording("program-0001.ts", 60, 10),
        Recording("program-0002.ts", 100, 20),
    )
    assert within(parts, 75, 20) == within(parts, 10, 0) == ()


def test_unrecorded_spans_that_touch_are_one() -> None:
    assert unrecorded([lost(10, 5), lost(15, 5), lost(30, 0), lost(40, 2)]) == ((10, 20), (40, 42))


@given(SPANS)
def test_a_union_has_the_same_frames_once_and_in_order(spans: list[tuple[int, int]]) -> None:
    joined = union(spans)
    frames = [frame for begin, stop in joined for frame in range(begin, stop)]
    assert frames == sorted({frame for begin, stop in spans for frame in range(begin, stop)})
    assert all(one[1] < other[0] for one, other in pairwise(joined))
