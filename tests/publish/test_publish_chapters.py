"""Whatever airs, a video's chapters are such as YouTube takes, or there are none."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.publish.chapters import Chapter, Moment, chapters, fitted, position
from pipeline.publish.words import octets, one_line

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
END = START + timedelta(hours=3)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def aired(*parts: tuple[float, float, str]) -> list[Moment]:
    return [Moment(at(start), at(end), title) for start, end, title in parts]


def lines(*parts: tuple[float, float, str]) -> list[str]:
    return [chapter.line for chapter in chapters(aired(*parts), START, END)]


def assert_legal(found: tuple[Chapter, ...], seconds: float) -> None:
    if not found:
        return
    places = [chapter.at_s for chapter in found]
    assert len(found) >= 3
    assert places[0] == 0
    assert all(later - earlier >= 10 for earlier, later in pairwise([*places, int(seconds)]))
    assert all(chapter.title.strip() and "\n" not in chapter.title for chapter in found)


@st.composite
def moments(draw: st.DrawFn) -> list[Moment]:
    """Airings one after the other, from before the video to after it, with gaps and flickers."""
    now = draw(st.floats(-600, 600))
    made = []
    for _ in range(draw(st.integers(0, 30))):
        now += draw(st.sampled_from([0.0, 0.0, 0.04, 5.0, 90.0]))
        end = now + draw(st.floats(0, 30) | st.floats(0, 900))
        title = draw(st.sampled_from(["A", "B", "C"]) | st.text(max_size=150))
        made.append(Moment(at(now), at(end), title, draw(st.none() | st.text(max_size=50))))
        now = end
    return made


@settings(max_examples=150, deadline=None)
@given(shown=moments(), seconds=st.floats(-10, 12_000))
def test_whatever_airs_chapters_are_legal_or_none(shown: list[Moment], seconds: float) -> None:
    found = chapters(shown, START, at(seconds))
    assert_legal(found, seconds)
    assert all(one.title != two.title for one, two in pairwise(found))


def test_chapters_are_placed_from_the_moment_the_video_began() -> None:
    assert lines((-30, 100.9, "Pembukaan"), (100.9, 3600, "Tinjauan"), (3600, 4000, "Batik")) == [
        "00:00 Pembukaan",
        "01:40 Tinjauan",
        "1:00:00 Batik",
    ]
    assert Chapter(3723, "X").line == "1:02:03 X"


def test_what_came_first_begins_the_video_and_gaps_belong_to_what_was_before() -> None:
    assert lines((45, 100, "A"), (160, 200, "B"), (260, 300, "C")) == [
        "00:00 A",
        "02:40 B",
        "04:20 C",
    ]


def test_what_aired_before_or_after_the_video_is_in_no_chapter() -> None:
    hours = 3 * 3600
    parts = ((-60, 0, "sebelum"), (0, 60, "A"), (60, 90, "B"), (90, hours, "C"))
    assert lines(*parts, (hours, hours + 60, "sesudah")) == ["00:00 A", "01:00 B", "01:30 C"]


def test_a_short_one_joins_the_one_before_and_the_longer_gives_the_title() -> None:
    assert lines((0, 60, "A"), (60, 69.9, "kilas"), (69.9, 120, "B"), (120, 180, "C")) == [
        "00:00 A",
        "01:09 B",
        "02:00 C",
    ]
    assert lines((0, 9, "kilas"), (9, 60, "A"), (60, 120, "B"), (120, 180, "C")) == [
        "00:00 A",
        "01:00 B",
        "02:00 C",
    ]


def test_one_interrupted_by_a_short_one_is_one_chapter() -> None:
    parts = ((0, 60, "A"), (60, 64, "kilas"), (64, 120, "A"), (120, 180, "B"), (180, 240, "C"))
    assert lines(*parts) == ["00:00 A", "02:00 B", "03:00 C"]


def test_many_short_ones_in_a_row_take_the_title_of_the_longest() -> None:
    parts = ((0, 3, "a"), (3, 6, "b"), (6, 10, "c"), (10, 40, "B"), (40, 70, "C"))
    assert lines(*parts) == ["00:00 c", "00:10 B", "00:40 C"]


def test_fewer_than_three_are_none() -> None:
    assert lines((0, 60, "A"), (60, 120, "B")) == []
    assert lines((0, 60, "A"), (60, 120, "B"), (120, 180, "B")) == []
    assert lines() == []


def test_a_chapter_names_its_stand_and_has_no_second_time_in_it() -> None:
    shown = [
        Moment(at(0), at(60), "Profil", "Batik Sekar"),
        Moment(at(60), at(120), "Katalog Batik Sekar", "Batik Sekar"),
        Moment(at(120), at(180), "Sampai jumpa 09:00"),
    ]
    assert [chapter.title for chapter in chapters(shown, START, END)] == [
        "Profil · Batik Sekar",
        "Katalog Batik Sekar",
        "Sampai jumpa 09.00",
    ]


def test_seconds_are_real_ones_when_clocks_change_during_the_show() -> None:
    zone = ZoneInfo("Europe/Berlin")
    begin = datetime(2026, 10, 25, 2, 50, tzinfo=zone)
    after = datetime(2026, 10, 25, 2, 10, tzinfo=zone, fold=1)
    end = datetime(2026, 10, 25, 4, 0, tzinfo=zone)
    assert position(after, begin, end) == 20 * 60
    shown = [
        Moment(begin, after, "A"),
        Moment(after, after.replace(minute=30), "B"),
        Moment(after.replace(minute=30), end, "C"),
    ]
    assert [chapter.at_s for chapter in chapters(shown, begin, end)] == [0, 20 * 60, 40 * 60]


def test_a_place_in_the_video_is_whole_seconds_and_only_inside_it() -> None:
    assert position(at(61.9), START, END) == 61
    assert position(START, START, END) == 0
    assert position(END, START, END) is None
    assert position(at(-0.1), START, END) is None


TITLES = st.text(max_size=120).map(one_line).filter(bool) | st.sampled_from(
    ["👨‍👩‍👧‍👦" * 20, "x" * 100, "é" * 90]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(10, 900), TITLES), min_size=3, max_size=40), st.data())
def test_fitted_chapters_are_legal_and_fit(
    parts: list[tuple[int, str]], data: st.DataObject
) -> None:
    places = [sum(length for length, _ in parts[:n]) for n in range(len(parts))]
    found = [Chapter(place, title) for place, (_, title) in zip(places, parts, strict=True)]
    room = data.draw(st.integers(0, 6000))
    left = fitted(found, room)
    assert sum(octets(chapter.line) + 1 for chapter in left) <= room
    assert_legal(left, places[-1] + 10)
    assert {chapter.at_s for chapter in left} <= set(places)
    assert bool(left) or room < 3 * (32 + 9)


def test_chapters_that_fit_stay_as_they_are() -> None:
    found = [Chapter(n * 60, f"Profil stand {n}") for n in range(30)]
    room = sum(octets(chapter.line) + 1 for chapter in found)
    assert fitted(found, room) == tuple(found)


def test_long_titles_are_shortened_before_a_chapter_is_left_out() -> None:
    found = [Chapter(n * 60, "Batik" if n % 2 else "Kelompok Usaha Bersama " * 4) for n in range(9)]
    left = fitted(found, 400)
    assert [chapter.at_s for chapter in left] == [chapter.at_s for chapter in found]
    assert left[1].title == "Batik"
    assert left[0].title.endswith("…") and left[0].title.startswith("Kelompok Usaha Bersama")


def test_the_shortest_lived_is_left_out_first_but_never_the_first_or_the_last() -> None:
    places = [0, 10, 100, 115, 200]
    found = [Chapter(place, "Kelompok Usaha Bersama Perajin") for place in places]
    size = len("00:00 Kelompok Usaha Bersama Perajin\n")
    assert [chapter.at_s for chapter in fitted(found, 5 * size - 1)] == [0, 10, 115, 200]
    assert [chapter.at_s for chapter in fitted(found, 4 * size - 1)] == [0, 10, 200]
    assert fitted(found, 3 * size - 1) == ()
