"""After a break: each time the folder is taken as kill -9 would leave it, and played on from there."""

import dataclasses
import shutil
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made import Made

from pipeline.air import (
    JOURNAL,
    Player,
    Session,
    airings,
    check_chain,
    play,
    read_journal,
    would_be_on,
)
from pipeline.air.desk import Press
from pipeline.air.steer import Order
from pipeline.clock import HandClock
from pipeline.rundown import Item, Kind, Planned, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
RATE = Rate(25)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Made]:
    """Segments of 2 s, one of 10 s, one that breaks off in its middle, and a slate."""
    folder = tmp_path_factory.mktemp("shelf")
    lengths = {"a": 50, "b": 50, "c": 50, "d": 50, "e": 50, "long": 250, "slate": 30}
    made = {
        name: Made(name, make_segment(folder / f"{name}.ts", frames, 30 * n), "video", frames)
        for n, (name, frames) in enumerate(lengths.items())
    }
    (folder / "torn.ts").write_bytes(made["long"].path.read_bytes()[:200_000])
    made["torn"] = Made("torn", folder / "torn.ts", "video", 250)
    made["slate"] = dataclasses.replace(made["slate"], kind="slate", loop=True)
    return made


def planned(*lines: tuple[str, float, int]) -> tuple[Planned, ...]:
    items = tuple(
        Item(
            id="abcde"[n],
            kind=Kind.VIDEO,
            title="abcde"[n],
            at=NINE + timedelta(seconds=when),
            duration_s=length,
            start=StartMode(mode),
        )
        for n, (mode, when, length) in enumerate(lines)
    )
    return plan(RundownSession(id="s", day=NINE.date(), items=items))


Orders = dict[int, Callable[[Player], object]]


class _KillError(Exception):
    """Stands for SIGKILL, after the folder has been copied."""


class Air:
    """One session, its folder, and the clock that goes on over breaks."""

    def __init__(
        self, folder: Path, items: tuple[Planned, ...], segments: Any, **more: Any
    ) -> None:
        self.folder = folder
        self.clock = HandClock(NINE)
        slate = segments["slate"]
        named = {p.item.id: segments.get(p.item.id, slate) for p in items}
        self.session = Session("s", items, named, {None: slate}, {7: "Tujuh"}, **more)

    def play(self, orders: Orders | None = None, **more: Any) -> list[dict[str, Any]]:
        left = dict(orders or {})

        def on_frame(player: Player) -> None:
            assert player.frames < 60 * 25, "the program never ends"
            if player.frames in left:
                left.pop(player.frames)(player)

        play(
            self.folder,
            self.session,
            RATE,
            shown_at=NINE,
            facts={"planned": names(self.session.plan)},
            destinations=(),
            ffmpeg="unused",
            clock=self.clock,
            on_frame=on_frame,
            **more,
        )
        lines = [dict(line) for line in read_journal(self.folder / JOURNAL).lines]
        assert check_chain(lines) == ()
        return lines

    def killed_at(self, frame: int, orders: Orders | None = None, **more: Any) -> None:
        as_left = self.folder.with_name("as-left")

        def kill(player: Player) -> None:
            while player._recorder._queue.qsize() or player._program.recorded < frame:
                time.sleep(0.002)
            shutil.copytree(self.folder, as_left)
            raise _KillError

        with pytest.raises(_KillError):
            self.play((orders or {}) | {frame: kill}, **more)
        shutil.rmtree(self.folder)
        as_left.rename(self.folder)


def pressing(*words: Any, **more: Any) -> Callable[[Player], object]:
    return lambda player: player.desk.press(Press(Order(f"{words}{more}", *words, **more)))


def names(items: tuple[Planned, ...]) -> list[dict[str, str]]:
    """A plan as the journal has it, as far as a break needs it."""
    return [{"item": one.item.id} for one in items]


def aired(lines: Any) -> list[tuple[str | None, int, int]]:
    return [(a.item, a.first_frame, a.frames) for a in airings(lines)]


FIVE = planned(*[("follow", 0, 2)] * 5)


def test_what_was_chosen_as_next_and_passed_meanwhile_does_not_air(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    air = Air(tmp_path / "s", FIVE, shelf)
    air.killed_at(25, {10: pressing("next", item="c")})
    air.clock.turn(3.5)  # c would have been on from 2 to 4 s, and d is
    lines = air.play()
    assert [item for item, _, frames in aired(lines) if frames] == ["a", "d", "e"]
    assert [line["item"] for line in lines if line["event"] == "missed"] == ["c", "b"]


def test_a_fixed_item_that_was_taken_early_does_not_air_twice(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    plan = planned(("fixed", 0, 2), ("fixed", 6, 2))
    air = Air(tmp_path / "s", plan, shelf)
    air.killed_at(60, {25: pressing("take", item="b")})
    air.clock.turn(3)
    lines = air.play()
    assert [item for item, _, _ in aired(lines)] == ["a", "b"]


def test_an_item_whose_segment_is_damaged_still_ends_at_its_time(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    plan = planned(("fixed", 0, 10), ("follow", 0, 2))
    air = Air(tmp_path / "s", plan, shelf | {"a": shelf["torn"]})
    air.killed_at(200)
    lines = air.play()
    assert aired(lines)[-1][:1] == ("b",)
    assert 247 <= aired(lines)[-1][1] <= 253


def test_a_hold_outlasts_a_break_and_a_stop_ends_it(tmp_path: Path, shelf: dict[str, Made]) -> None:
    air = Air(tmp_path / "s", FIVE, shelf)
    air.killed_at(60, {10: pressing("hold")})
    air.clock.turn(1)
    lines = air.play({150: pressing("resume")})
    assert [item for item, _, frames in aired(lines) if frames] == [
        "a",
        None,
        None,
        "b",
        "c",
        "d",
        "e",
    ]
    assert not would_be_on(lines, FIVE, air.clock.now(), stay=True)


def test_after_the_crew_has_stopped_it_a_kill_does_not_bring_it_back(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    air = Air(tmp_path / "s", FIVE, shelf)
    lines = air.play({60: pressing("stop")})
    cut = [line for line in lines if line["event"] != "close"]
    assert not would_be_on(cut, FIVE, air.clock.now(), stay=True)


def test_what_is_late_goes_on_and_what_stays_is_over_the_next_day(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    plan = planned(("fixed", 0, 2), ("manual", 2, 2))
    air = Air(tmp_path / "s", plan, shelf | {"b": shelf["long"]})
    long = planned(("fixed", 0, 2), ("manual", 2, 10))
    air.session = Session("s", long, air.session.segments, air.session.slates, air.session.names)
    air.killed_at(325, {260: pressing("take", item="b")})
    lines = read_journal(air.folder / JOURNAL).lines
    now = air.clock.now()
    assert now > long[-1].end
    assert would_be_on(lines, long, now, stay=False)
    assert not would_be_on(lines, long, now + timedelta(seconds=9), stay=False)
    assert would_be_on(lines, long, now + timedelta(seconds=9), stay=True)
    assert not would_be_on(lines, long, now + timedelta(days=1), stay=True)


def test_a_whole_item_does_not_air_again_in_its_last_moment(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    plan = planned(("fixed", 0, 10), ("follow", 0, 2))
    air = Air(tmp_path / "s", plan, shelf | {"a": shelf["long"]})
    air.killed_at(100)
    air.clock.turn(5.985)
    lines = air.play()
    assert aired(lines)[-1][0] == "b"
    assert sum(frames for item, _, frames in aired(lines) if item == "a") <= 100 + 50


def test_an_item_on_air_that_is_reloaded_away_may_be_damaged_too(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    plan = planned(("fixed", 0, 10), ("follow", 0, 2))
    air = Air(tmp_path / "s", plan, shelf | {"a": shelf["torn"]})
    fresh = Session("s", plan[1:], {"b": shelf["b"]}, {None: shelf["slate"]}, {})
    change = Press(Order("r", "reload"), fresh, {"rundown": "", "planned": [], "stands": []})
    lines = air.play({10: lambda player: player.desk.press(change)})
    assert [item for item, _, _ in aired(lines)] == ["a", "a", "b"]


def test_a_reload_does_not_bring_back_what_a_take_has_jumped_over(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    air = Air(tmp_path / "s", FIVE, shelf)
    without = tuple(p for p in FIVE if p.item.id != "d")
    fresh = Session("s", without, air.session.segments, air.session.slates, {})
    change = Press(Order("r", "reload"), fresh, {"rundown": "", "planned": [], "stands": []})
    lines = air.play({10: pressing("take", item="d"), 30: lambda player: player.desk.press(change)})
    assert [item for item, _, _ in aired(lines)] == ["a", "d", "e"]


def test_broken_off_after_the_item_on_air_was_reloaded_away_the_chain_goes_on_behind_it(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    air = Air(tmp_path / "s", FIVE, shelf)
    without = tuple(p for p in FIVE if p.item.id != "d")
    fresh = Session("s", without, air.session.segments, air.session.slates, {})
    facts = {"rundown": "", "planned": names(without), "stands": []}
    change = Press(Order("r", "reload"), fresh, facts)
    air.killed_at(
        40, {10: pressing("take", item="d"), 25: lambda player: player.desk.press(change)}
    )
    air.session = fresh
    assert would_be_on(
        read_journal(air.folder / JOURNAL).lines, without, air.clock.now(), stay=False
    )
    lines = air.play()
    assert [item for item, _, frames in aired(lines) if frames] == ["a", "d", "e"]


def test_a_filler_is_held_to_its_end_and_counts_over_a_break(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    hole = planned(("fixed", 0, 2), ("fixed", 13, 2))
    fillers = {7: shelf["c"], 8: shelf["d"]}
    air = Air(tmp_path / "s", hole, shelf, fillers=fillers, owed={7: 5, 8: 4})
    air.killed_at(110, {60: pressing("hold"), 70: pressing("resume")})
    lines = air.play()
    stands = [(a.stand, a.frames) for a in airings(lines) if a.stand is not None and a.frames]
    assert [stand for stand, _ in stands] == [7, 8, 8, 7, 8, 7]
    assert stands[0] == (7, 50), "the hold let it end"


def test_a_segment_that_opens_slowly_after_a_break_is_waited_for_behind_the_slate(
    tmp_path: Path, shelf: dict[str, Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    air = Air(
        tmp_path / "s", planned(("fixed", 0, 10), ("follow", 0, 2)), shelf | {"a": shelf["long"]}
    )
    air.killed_at(50)
    opened = threading.Event()
    wait = air.clock.wait

    def impatient(event: threading.Event, seconds: float) -> bool:
        """The disk takes until frame 100 to open anything but the slate."""
        return wait(event, seconds) if opened.is_set() or seconds == 0 else False

    monkeypatch.setattr(air.clock, "wait", impatient)
    lines = air.play({100: lambda player: opened.set()})
    found = [(item, frames > 0) for item, _, frames in aired(lines)]
    assert found == [("a", True), (None, True), ("a", True), ("b", True)]
    starts = [line for line in lines if line["event"] == "start"]
    assert starts[2]["skip"] >= 50, "it goes on at its place by the clock"


def test_when_the_folder_of_segments_goes_away_the_slate_stays_on_from_memory(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    folder = tmp_path / "segments"
    folder.mkdir()
    moved = {
        name: dataclasses.replace(made, path=Path(shutil.copy(made.path, folder)))
        for name, made in shelf.items()
    }
    air = Air(tmp_path / "s", planned(("fixed", 0, 2), ("fixed", 6, 2), ("fixed", 9, 2)), moved)
    lines = air.play({60: lambda player: shutil.rmtree(folder)})
    assert 275 <= lines[-1]["frames"] <= 278
    *_, before, last = airings(lines)
    assert (last.item, last.kind) == ("c", "slate"), "b may have been open already"
    assert before.kind == "slate"
