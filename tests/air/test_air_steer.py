"""What the crew asks for: take, next, hold, slate, resume; as pure functions, and on air."""

import dataclasses
import tempfile
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import Made

from pipeline.air import JOURNAL, Player, Session, airings, check_chain, play, read_journal
from pipeline.air.desk import Desk, Press
from pipeline.air.select import State, choose, filler, following, join, rejoin
from pipeline.air.steer import LastTake, Order, steer, undone
from pipeline.clock import HandClock
from pipeline.errors import Text
from pipeline.rundown import Item, Kind, Planned, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
RATE = Rate(25)


def at(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def planned(*lines: tuple[str, float, int]) -> tuple[Planned, ...]:
    """A plan of items a, b, c …: start mode, time in seconds, length in seconds."""
    items = tuple(
        Item(
            id="abcdefghij"[n],
            kind=Kind.VIDEO,
            title="abcdefghij"[n],
            at=at(when),
            duration_s=length,
            start=StartMode(mode),
        )
        for n, (mode, when, length) in enumerate(lines)
    )
    return plan(RundownSession(id="s", day=NINE.date(), items=items))


CHAIN = planned(("fixed", 0, 10), ("follow", 0, 10), ("follow", 0, 10), ("fixed", 60, 10))
ON_A = State(on="a", last="a")


def names(items: Iterable[Planned]) -> list[str]:
    return [one.item.id for one in items]


def test_what_was_taken_is_on_whatever_the_plan_says() -> None:
    assert choose(CHAIN, dataclasses.replace(ON_A, taken="c", held=True), at(70)).item == "c"


def test_after_a_take_the_chain_goes_on_behind_it_and_fixed_starts_stay() -> None:
    on_c = ON_A.left().entered("c")
    assert names(following(CHAIN, on_c)) == ["d"]
    early = ON_A.left().entered("d")
    assert names(following(CHAIN, early)) == []
    taken_back = early.left().entered("b")
    assert names(following(CHAIN, taken_back)) == ["c"]


def test_an_item_that_was_taken_early_does_not_air_again_by_itself() -> None:
    after = ON_A.left().entered("d").left()
    assert choose(CHAIN, after, at(61)).ended


def test_what_was_chosen_as_next_comes_next_even_when_it_has_aired() -> None:
    state = dataclasses.replace(State(done=frozenset("a"), on="b", last="b"), next="a")
    assert names(following(CHAIN, state))[:2] == ["a", "c"]
    over = dataclasses.replace(state, over=True)
    assert choose(CHAIN, over, at(20)).item == "a"
    assert over.left().entered("a").next is None


def test_hold_lets_what_is_on_run_out_and_then_shows_the_slate_past_fixed_starts() -> None:
    held = dataclasses.replace(ON_A, held=True)
    assert choose(CHAIN, held, at(65)).item == "a"
    assert choose(CHAIN, dataclasses.replace(held, over=True), at(65)).item is None


def test_resumed_late_what_has_passed_is_missed_and_what_lasts_still_airs() -> None:
    state = State(done=frozenset("a"), last="a")
    choice = choose(CHAIN, state, at(65))
    assert (choice.item, names(choice.missed)) == ("d", ["b", "c"])
    choice = choose(CHAIN, state, at(75))
    assert (choice.item, choice.ended, names(choice.missed)) == (None, True, ["b", "c", "d"])


def test_the_slate_stays_until_resume_or_a_take() -> None:
    slated = dataclasses.replace(ON_A, slated=True)
    assert choose(CHAIN, slated, at(5)).item is None
    assert choose(CHAIN, slated.left(), at(65)).item is None
    assert not dataclasses.replace(slated, taken="b").left().entered("b").slated


def test_a_chain_that_runs_late_marks_what_a_fixed_start_cuts_as_missed() -> None:
    late = State(done=frozenset("a"), on="b", last="b")
    choice = choose(CHAIN, late, at(60))
    assert (choice.item, names(choice.missed)) == ("d", ["c"])


@pytest.mark.parametrize(
    ("seconds", "item", "skip", "missed"),
    [(4, "a", 4, []), (12, "b", 2, []), (25, "c", 5, ["b"]), (40, None, 0, ["b", "c"])],
)
def test_after_a_break_that_is_on_which_would_be_on(
    seconds: int, item: str | None, skip: int, missed: list[str]
) -> None:
    choice, _ = rejoin(CHAIN, ON_A, at(0), at(seconds))
    assert (choice.item, choice.skip) == (item, timedelta(seconds=skip))
    assert names(choice.missed) == missed


def test_after_a_break_past_a_fixed_start_that_is_on() -> None:
    choice, _ = rejoin(CHAIN, ON_A, at(0), at(64))
    assert (choice.item, choice.skip) == ("d", timedelta(seconds=4))
    assert names(choice.missed) == ["b", "c"]


def test_after_a_break_a_hold_still_holds() -> None:
    held = dataclasses.replace(ON_A, held=True)
    choice, state = rejoin(CHAIN, held, at(0), at(64))
    assert (choice.item, names(choice.missed), state.done) == (None, [], {"a"})


def test_a_fixed_start_that_passed_during_a_hold_does_not_change_the_place_after_a_break() -> None:
    plan = planned(("fixed", 0, 100), ("fixed", 60, 10))
    choice, _ = rejoin(plan, State(on="a", last="a", held=True), at(0), at(80))
    assert (choice.item, choice.skip) == ("a", timedelta(seconds=80))


def test_what_aired_by_the_clock_during_a_break_does_not_air_again() -> None:
    plan = planned(("fixed", 0, 10), ("follow", 0, 10), ("fixed", 40, 10))
    taken = State(on="c", last="c", done=frozenset("a"))  # taken early, at 12 s
    choice, state = rejoin(plan, taken, at(12), at(30))
    assert (choice.item, choice.ended) == (None, True)
    assert "c" in state.done
    assert choose(plan, state, at(41)).ended


def test_what_was_chosen_as_next_and_passed_during_a_break_is_missed_and_does_not_air() -> None:
    plan = planned(("fixed", 0, 10), ("follow", 0, 10), ("follow", 0, 5), ("follow", 0, 10))
    state = dataclasses.replace(ON_A, next="c")
    choice, after = rejoin(plan, state, at(0), at(17))
    assert (choice.item, names(choice.missed)) == ("d", ["c"])
    assert (after.next, choice.skip) == (None, timedelta(seconds=2))


def test_broken_off_before_anything_aired_it_is_joined_by_the_clock() -> None:
    choice, _ = rejoin(CHAIN, State(), at(0), at(12))
    assert (choice.item, choice.skip) == ("b", timedelta(seconds=2))


def test_after_midnight_the_plan_goes_on() -> None:
    night = datetime.fromisoformat("2021-11-24T23:59:55+07:00")
    items = tuple(
        Item(id=n, kind=Kind.VIDEO, title=n, at=night, duration_s=10, start=StartMode.FOLLOW)
        for n in "ab"
    )
    two = plan(RundownSession(id="s", day=night.date(), items=items))
    choice = join(two, night + timedelta(seconds=12))
    assert (choice.item, choice.skip) == ("b", timedelta(seconds=2))


def test_the_filler_is_the_stand_that_is_owed_most_whose_segment_fits() -> None:
    lengths = {1: Fraction(10), 2: Fraction(30), 3: Fraction(10), 4: Fraction(10)}
    owed = {1: Fraction(50), 2: Fraction(90), 3: Fraction(50), 4: Fraction(-1)}
    assert filler(lengths, owed, Fraction(40)) == 2
    assert filler(lengths, owed, Fraction(20)) == 1
    assert filler(lengths, owed, Fraction(5)) is None
    assert filler({4: Fraction(10)}, owed, Fraction(60)) is None


# What orders do


def test_a_take_without_an_item_takes_what_follows() -> None:
    wanted = steer(Order("1", "take"), ON_A, CHAIN, 1, None)
    assert isinstance(wanted, State)
    assert wanted.taken == "b"


@pytest.mark.parametrize(
    ("order", "last", "word"),
    [
        (Order("1", "take", item="a"), None, "is on air"),
        (Order("1", "take", item="z"), None, "no item z"),
        (Order("1", "next", item="z"), None, "no item z"),
        (Order("1", "take"), LastTake("Sari", 0.2), "already taken by Sari"),
        (Order("1", "take", seen=6), LastTake("Sari", 3.0), "already taken by Sari"),
        (Order("1", "take", seen=6), None, "another item is on air"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    order: Order, last: LastTake | None, word: str
) -> None:
    refused = steer(order, ON_A, CHAIN, 7, last)
    assert isinstance(refused, Text)
    assert word in refused.en


def test_an_order_sent_twice_acts_once_and_both_get_the_same_answer() -> None:
    desk = Desk()
    first, second = Press(Order("x", "mark")), Press(Order("x", "mark"))
    answers = desk.press(first), desk.press(second)
    assert desk.pressed() is first
    assert desk.pressed() is None
    first.done(12)
    assert [answer.result(0) for answer in answers] == [{"ok": True, "frame": 12}] * 2


def test_an_order_obeyed_before_a_break_is_not_obeyed_again() -> None:
    desk = Desk({"x": 40})
    assert desk.press(Press(Order("x", "take", item="b"))).result(0) == {"ok": True, "frame": 40}
    assert desk.pressed() is None


# On air


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Made]:
    folder = tmp_path_factory.mktemp("shelf")
    made = {
        name: Made(name, make_segment(folder / f"{name}.ts", 50, 30 * n), "video", 50)
        for n, name in enumerate("abcd")
    }
    slate = make_segment(folder / "slate.ts", 30, 200)
    return made | {"slate": Made("slate", slate, "slate", 30, loop=True)}


def broadcast(
    folder: Path,
    shelf: dict[str, Made],
    items: tuple[Planned, ...],
    orders: dict[int, Callable[[Player], object]],
    **more: Any,
) -> list[dict[str, Any]]:
    """Two-second items on a hand-driven clock; `orders` by the frame at which they are given."""
    left = dict(orders)

    def on_frame(player: Player) -> None:
        assert player.frames < 60 * 25, "the program never ends"
        if player.frames in left:
            left.pop(player.frames)(player)

    session = Session("s", items, shelf, {None: shelf["slate"]}, {7: "Batik Tujuh"}, **more)
    play(
        folder,
        session,
        RATE,
        shown_at=NINE,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(NINE),
        on_frame=on_frame,
    )
    return [dict(line) for line in read_journal(folder / JOURNAL).lines]


def pressing(*words: Any, **more: Any) -> Callable[[Player], object]:
    return lambda player: player.desk.press(Press(Order(f"{words}{more}", *words, **more)))


def aired(lines: list[dict[str, Any]]) -> list[tuple[str | None, int]]:
    return [(one.item, one.first_frame) for one in airings(lines)]


FOUR = planned(*[("follow", 0, 2)] * 4)


def test_take_hold_slate_and_resume_do_on_air_what_they_say(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    lines = broadcast(
        tmp_path,
        shelf,
        FOUR,
        {
            12: pressing("take", item="c"),
            20: pressing("hold"),
            90: pressing("mark", text="gong"),
            100: pressing("resume"),
            120: pressing("slate"),
            150: pressing("take", item="b"),
        },
    )
    found = aired(lines)
    assert [item for item, _ in found] == ["a", "c", None, "d", None, "b", "c", "d"][: len(found)]
    assert [item for item, _ in found] == ["a", "c", None, "d", None, "b"]
    for (_, frame), ordered in zip(found[1:], [12, 62, 100, 120, 150], strict=True):
        assert ordered <= frame <= ordered + 5
    (mark,) = [line for line in lines if line["event"] == "mark"]
    assert (mark["frame"], mark["text"]) == (90, "gong")
    assert check_chain(lines) == ()


def test_two_who_press_take_at_once_make_one_take_and_the_second_is_told(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    presses = [Press(Order(name, "take", by=name, seen=1)) for name in ("Sari", "Budi")]

    def both(player: Player) -> None:
        threads = [threading.Thread(target=player.desk.press, args=(one,)) for one in presses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    lines = broadcast(tmp_path, shelf, FOUR, {10: both})
    answers = [press.answer.result(0) for press in presses]
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    (refused,) = [answer for answer in answers if not answer["ok"]]
    assert "already taken by" in refused["en"]
    assert [line["event"] for line in lines].count("take") == 1
    assert [item for item, _ in aired(lines)] == ["a", "b", "c", "d"]


def test_a_changed_rundown_leaves_what_is_on_and_goes_on_with_the_new_plan(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    fresh = planned(*[("follow", 0, 2)] * 3)[1:]  # a is gone, d too; b and c remain

    def change(player: Player) -> None:
        session = Session("s", fresh[::-1], shelf, {None: shelf["slate"]}, {})
        facts = {"rundown": "new", "planned": [], "stands": []}
        player.desk.press(Press(Order("r", "reload", by="Sari"), session, facts))

    lines = broadcast(tmp_path, shelf, FOUR, {10: change})
    assert aired(lines) == [("a", 0), ("c", 50), ("b", 100)]
    (told,) = [line for line in lines if line["event"] == "rundown"]
    assert (told["frame"], told["by"], told["rundown"]) == (10, "Sari", "new")


def test_in_a_hole_the_stand_that_is_owed_airs_and_the_rest_is_the_slate(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    hole = planned(("fixed", 0, 2), ("fixed", 7, 2))
    lines = broadcast(tmp_path, shelf, hole, {}, fillers={7: shelf["d"]}, owed={7: 3})
    assert [(a.item, a.stand, a.first_frame, a.frames) for a in airings(lines)] == [
        ("a", None, 0, 50),
        (None, 7, 50, 50),
        (None, 7, 100, 50),
        (None, None, 150, 25),
        ("b", None, 175, 50),
    ]


ORDERS = st.lists(
    st.tuples(
        st.integers(1, 250),
        st.sampled_from(["take", "next", "hold", "resume", "slate", "mark"]),
        st.sampled_from([None, "a", "b", "c", "d", "x"]),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(
    modes=st.lists(
        st.tuples(st.sampled_from(StartMode), st.integers(0, 8)), min_size=4, max_size=4
    ),
    orders=ORDERS,
)
def test_whatever_the_crew_does_one_thing_is_on_and_nothing_twice_by_itself(
    shelf: dict[str, Made], modes: list[tuple[StartMode, int]], orders: list[Any]
) -> None:
    items = planned(
        *[(mode.value, float(when), 2) for mode, when in sorted(modes, key=lambda m: m[1])]
    )
    given_at = {
        frame: pressing(command, item=item if command in ("take", "next") else None)
        for frame, command, item in orders
    } | {400: pressing("resume"), 900: lambda player: player.stop()}
    with tempfile.TemporaryDirectory() as folder:
        lines = broadcast(Path(folder) / "s", shelf, items, given_at)
    assert check_chain(lines) == ()
    found = airings(lines)
    assert found[0].first_frame == 0
    for one, two in pairwise(found):
        assert two.first_frame == one.first_frame + one.frames
        assert one.frames > 0
    by_hand = [line["item"] for line in lines if line["event"] in ("take", "next")]
    for item in "abcd":
        times = sum(airing.item == item for airing in found)
        assert times <= 1 + by_hand.count(item), f"{item} aired {times} times"
    assert sum(airing.frames for airing in found) == lines[-1]["frames"]


# Undo


def test_a_take_is_undone_and_what_it_cut_goes_on_at_its_place(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    items = planned(("fixed", 0, 2), ("follow", 0, 2), ("follow", 0, 2))
    lines = broadcast(
        tmp_path, shelf, items, {10: pressing("take", item="c"), 40: pressing("undo")}
    )
    aired = [(a.item, a.frames) for a in airings(lines)]
    taken = next(a for a in airings(lines) if a.item == "c")
    assert [item for item, _ in aired] == ["a", "c", "a", "b", "c"]
    back = next(line for line in lines if line["event"] == "start" and line["occurrence"] == 3)
    assert back["skip"] == 0  # the keyframe before frame 12: a two-second item has one GOP
    assert taken.frames < 50
    assert aired[-1] == ("c", 50)


def test_a_take_out_of_the_slate_is_undone_to_the_slate(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    items = planned(("fixed", 0, 2), ("manual", 0, 60))
    given = {80: pressing("take", item="b"), 100: pressing("undo"), 200: pressing("stop")}
    lines = broadcast(tmp_path, shelf, items, given)
    assert [a.item for a in airings(lines)] == ["a", None, "b", None]


@pytest.mark.parametrize("late", [113, 150])
def test_a_take_is_undone_only_for_a_moment(
    tmp_path: Path, shelf: dict[str, Made], late: int
) -> None:
    slow = Order("u", "undo")
    answers: list[Any] = []
    items = planned(("fixed", 0, 2), ("follow", 0, 2))
    held = {10: pressing("take", item="b"), 12: pressing("hold"), 200: pressing("stop")}
    given = held | {late: lambda player: answers.append(player.desk.press(Press(slow)))}
    broadcast(tmp_path, shelf, items, given)
    assert answers[0].result(0)["en"] == "there is no take to undo"


def test_after_a_break_an_undone_take_stays_undone() -> None:
    undo = {"event": "undo", "item": "a", "of": "c", "back_s": 4.0, "last": "a"}
    state = State(done=frozenset("a"), on="c", last="c")
    back = undone(state, undo)
    assert (back.taken, back.back, back.done) == ("a", timedelta(seconds=4), frozenset())
    choice = choose(CHAIN, back, at(5))
    assert (choice.item, choice.skip) == ("a", timedelta(seconds=4))
    assert names(following(CHAIN, back.entered("a"))) == ["b", "c", "d"]
