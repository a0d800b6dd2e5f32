"""Whatever the plan, the moment air begins and the state of its segments: one thing is on, always."""

import dataclasses
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import Made

from pipeline.air import JOURNAL, Player, Session, airings, check_chain, play, read_journal
from pipeline.air.log import pictures
from pipeline.clock import HandClock
from pipeline.rundown import Item, Kind, Planned, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.timing import Rate

RATE = Rate(25)
EVENING = datetime.fromisoformat("2021-11-24T23:59:50+07:00")  # what is planned crosses midnight


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[int | str, Made]:
    """Segments of 1, 2 and 3 s, one that breaks off, one that is no file, and a slate that loops."""
    folder = tmp_path_factory.mktemp("shelf")
    made: dict[int | str, Made] = {
        s: Made(f"{s}", make_segment(folder / f"{s}.ts", 25 * s, 50 * s), "video", 25 * s)
        for s in (1, 2, 3)
    }
    slate = make_segment(folder / "slate.ts", 30, 200)
    whole = made[3].path.read_bytes()
    (folder / "torn.ts").write_bytes(whole[: len(whole) * 2 // 3])
    made["torn"] = Made("torn", folder / "torn.ts", "video", 75)
    made["gone"] = Made("gone", folder / "gone.ts", "video", 75)
    made["slate"] = Made("slate", slate, "slate", 30, loop=True)
    return made


@st.composite
def plans(draw: st.DrawFn) -> tuple[tuple[Planned, ...], dict[str, int | str]]:
    """A plan of one to five items, and which segment each has."""
    items, at = [], 0
    segments: dict[str, int | str] = {}
    for number in range(draw(st.integers(1, 5))):
        seconds = draw(st.integers(1, 3))
        name = f"1-{number:02}"
        segments[name] = draw(st.sampled_from(["torn", "gone"])) if _bad(draw) else seconds
        items.append(
            Item(
                id=name,
                kind=Kind.VIDEO,
                title=name,
                at=EVENING + timedelta(seconds=at),
                duration_s=seconds if segments[name] == seconds else 3,
                start=draw(st.sampled_from(StartMode)),
            )
        )
        at += draw(st.integers(0, 4))  # less than its length: the next one cuts it
    day = EVENING.date()
    return plan(RundownSession(id="2021-11-24", day=day, items=tuple(items))), segments


def _bad(draw: st.DrawFn) -> bool:
    return draw(st.integers(0, 5)) == 0


def broadcast(
    folder: Path,
    planned: tuple[Planned, ...],
    segments: dict[str, Made],
    slate: Made,
    begin: timedelta = timedelta(0),
    on_frame: Callable[[Player], None] = lambda player: None,
) -> list[dict[str, Any]]:
    start = EVENING + begin
    session = Session("2021-11-24", planned, segments, {None: slate}, {})
    play(
        folder,
        session,
        RATE,
        shown_at=start,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(start),
        on_frame=on_frame,
    )
    return [dict(line) for line in read_journal(folder / JOURNAL).lines]


def ends_in_time(player: Player) -> None:
    assert player.frames < 60 * RATE.fps, "the program never ends"


@settings(max_examples=60, deadline=None)
@given(drawn=plans(), begin=st.integers(-3000, 9000))
def test_one_thing_is_on_air_at_every_frame_and_each_item_at_most_once(
    shelf: dict[int | str, Made],
    drawn: tuple[tuple[Planned, ...], dict[str, int | str]],
    begin: int,
) -> None:
    planned, names = drawn
    segments = {item: shelf[name] for item, name in names.items()}
    with tempfile.TemporaryDirectory() as folder:
        began = timedelta(milliseconds=begin)
        lines = broadcast(
            Path(folder) / "s", planned, segments, shelf["slate"], began, on_frame=ends_in_time
        )
        recorded = len(list(pictures((Path(folder) / "s" / "program-0001.ts").read_bytes())))

    aired = airings(lines)
    assert check_chain(lines) == ()
    assert recorded == lines[-1]["frames"] == sum(airing.frames for airing in aired)
    for one, two in pairwise(aired):
        assert two.first_frame == one.first_frame + one.frames
        assert two.item != one.item or two.kind == "slate", "an item follows itself"
    missed = [line["item"] for line in lines if line["event"] == "missed"]
    own = [airing.item for airing in aired if airing.kind == "video"]
    assert len(missed) == len(set(missed))
    assert len(own) == len(set(own))
    shown = {airing.item for airing in aired}
    assert not shown & set(missed)
    never = {p.item.id for p in planned} - shown - set(missed)
    assert not never, "an item that neither aired nor was missed"
    for airing in aired:
        if airing.item is not None and airing.kind == "slate":
            assert isinstance(names[airing.item], str), "only a damaged segment gives way"


def items(*lengths: int) -> tuple[Planned, ...]:
    return plan(
        RundownSession(
            id="2021-11-24",
            day=EVENING.date(),
            items=tuple(
                Item(
                    id=f"1-{n:02}",
                    kind=Kind.VIDEO,
                    title="Acara",
                    at=EVENING,
                    duration_s=length,
                    start=StartMode.FOLLOW,
                )
                for n, length in enumerate(lengths)
            ),
        )
    )


@pytest.mark.parametrize("bad", ["torn", "gone"])
def test_a_damaged_segment_gives_way_to_the_slate_for_the_rest_of_its_time(
    tmp_path: Path,
    shelf: dict[int | str, Made],
    picture_hashes: Callable[[Path], list[str]],
    bad: str,
) -> None:
    segments = {"1-00": shelf[1], "1-01": shelf[bad], "1-02": shelf[2]}
    lines = broadcast(tmp_path, items(1, 3, 2), segments, shelf["slate"])

    aired = airings(lines)
    (alarm,) = [line for line in lines if line["event"] == "damaged"]
    assert alarm["segment"] == bad
    assert [a.item for a in aired if a.kind == "video"] == [
        "1-00",
        *(["1-01"] * (bad == "torn")),
        "1-02",
    ]
    assert aired[-2].item == "1-01"
    assert (aired[-2].kind, aired[-2].planned_kind) == ("slate", "video")
    assert 100 <= aired[-1].first_frame <= 102, "the next item is on at its time"
    assert len(picture_hashes(tmp_path / "program-0001.ts")) == lines[-1]["frames"]


def test_a_slate_that_vanishes_while_it_loops_gives_way_to_another(
    tmp_path: Path, shelf: dict[int | str, Made]
) -> None:
    slate = dataclasses.replace(shelf["slate"], key="lost", path=tmp_path / "lost.ts")
    slate.path.write_bytes(shelf["slate"].path.read_bytes())

    def lose(player: Player) -> None:
        if player.frames == 10:
            slate.path.unlink()

    session = Session("s", items(1), {"1-00": shelf[1]}, {"1-00": slate, None: shelf["slate"]}, {})
    start = EVENING - timedelta(seconds=4)
    play(
        tmp_path,
        session,
        RATE,
        shown_at=start,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(start),
        on_frame=lose,
    )
    aired = airings(read_journal(tmp_path / JOURNAL).lines)
    assert [a.segment for a in aired] == ["lost", "slate", "1"]
    assert aired[0].frames in (30, 60), "its second round may have been open already"
    assert aired[2].first_frame == 100
