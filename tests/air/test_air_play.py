"""A session is played on a hand-driven clock; what it recorded is decoded and counted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made import Made

from pipeline.air import JOURNAL, Player, Session, airings, check_chain, play, read_journal
from pipeline.air.log import pictures
from pipeline.clock import HandClock
from pipeline.rundown import Item, Kind, Planned, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
RATE = Rate(25)


def item(number: int, at_s: int, length: int, mode: str = "follow", **more: Any) -> Item:
    at = NINE + timedelta(seconds=at_s)
    values = {"kind": Kind.VIDEO, "title": f"Acara {number}", "start": StartMode(mode)}
    return Item(id=f"1-{number:02}", at=at, duration_s=length, **(values | more))


def planned(*items: Item) -> tuple[Planned, ...]:
    return plan(RundownSession(id="2021-11-24", day=NINE.date(), items=items))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Made]:
    """Segments of 4, 3 and 5 s and a slate of 2 s that loops; lengths that AAC frames don't divide."""
    folder = tmp_path_factory.mktemp("shelf")
    lengths = {"1-01": 100, "1-02": 75, "1-03": 125, "slate": 50}
    return {
        name: Made(
            f"{number:064}",
            make_segment(folder / f"{name}.ts", frames, 40 * number),
            "slate" if name == "slate" else "video",
            frames,
            loop=name == "slate",
        )
        for number, (name, frames) in enumerate(lengths.items())
    }


def on_air(
    folder: Path,
    shelf: dict[str, Made],
    plan: tuple[Planned, ...],
    *,
    start_s: int = 0,
    stay: bool = False,
    on_frame: Callable[[Player], None] = lambda player: None,
) -> list[dict[str, Any]]:
    session = Session("2021-11-24", plan, shelf, {None: shelf["slate"]}, {7: "Batik Contoh"})
    start = NINE + timedelta(seconds=start_s)
    play(
        folder,
        session,
        RATE,
        shown_at=start,
        facts={"event_name": "Uji"},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(start),
        stay=stay,
        on_frame=on_frame,
    )
    return [dict(line) for line in read_journal(folder / JOURNAL).lines]


def seen(lines: list[dict[str, Any]]) -> list[tuple[str | None, int, int, bool]]:
    return [(a.item, a.first_frame, a.frames, a.cut) for a in airings(lines)]


def test_follow_items_air_whole_and_in_order_and_every_frame_is_their_segments(
    tmp_path: Path, shelf: dict[str, Made], picture_hashes: Callable[[Path], list[str]]
) -> None:
    lines = on_air(tmp_path, shelf, planned(item(1, 0, 4), item(2, 4, 3), item(3, 7, 5)))

    assert seen(lines) == [
        ("1-01", 0, 100, False),
        ("1-02", 100, 75, False),
        ("1-03", 175, 125, False),
    ]
    wanted = [h for name in ("1-01", "1-02", "1-03") for h in picture_hashes(shelf[name].path)]
    assert picture_hashes(tmp_path / "program-0001.ts") == wanted


def test_a_hole_before_a_fixed_start_is_slate_and_the_start_is_on_its_frame(
    tmp_path: Path, shelf: dict[str, Made], picture_hashes: Callable[[Path], list[str]]
) -> None:
    lines = on_air(tmp_path, shelf, planned(item(1, 0, 4, "fixed"), item(2, 7, 3, "fixed")))

    assert seen(lines) == [("1-01", 0, 100, False), (None, 100, 75, True), ("1-02", 175, 75, False)]
    hashes = picture_hashes(tmp_path / "program-0001.ts")
    slate = picture_hashes(shelf["slate"].path)
    assert hashes[100:175] == (slate * 2)[:75]


def test_a_fixed_start_cuts_what_is_on_and_the_program_still_decodes_clean(
    tmp_path: Path, shelf: dict[str, Made], picture_hashes: Callable[[Path], list[str]]
) -> None:
    lines = on_air(tmp_path, shelf, planned(item(3, 0, 5, "fixed"), item(1, 2, 4, "fixed")))

    first, second = airings(lines)
    assert first.cut and not second.cut
    assert 50 <= first.frames <= 52, "within one mini-GOP after its time"
    hashes = picture_hashes(tmp_path / "program-0001.ts")
    assert hashes[: first.frames] == picture_hashes(shelf["1-03"].path)[: first.frames]
    assert hashes[first.frames :] == picture_hashes(shelf["1-01"].path)


def test_a_manual_item_waits_on_slate_and_is_missed_when_a_fixed_start_comes(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    plan = planned(item(1, 0, 4), item(2, 4, 3, "manual"), item(3, 10, 5, "fixed"))
    lines = on_air(tmp_path, shelf, plan)

    assert [entry[0] for entry in seen(lines)] == ["1-01", None, "1-03"]
    assert [line["item"] for line in lines if line["event"] == "missed"] == ["1-02"]


def test_a_take_that_never_comes_doesnt_keep_the_program_on_for_ever(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    plan = planned(item(1, 0, 4), item(2, 4, 3, "manual"), item(3, 7, 5))
    lines = on_air(tmp_path, shelf, plan)

    assert [entry[0] for entry in seen(lines)] == ["1-01", None]
    assert [line["item"] for line in lines if line["event"] == "missed"] == ["1-02", "1-03"]
    assert 12 * 25 <= lines[-1]["frames"] <= 12 * 25 + 2, "to the end of the plan"


def test_joining_late_enters_the_item_at_its_place_and_marks_what_is_past_as_missed(
    tmp_path: Path, shelf: dict[str, Made], picture_hashes: Callable[[Path], list[str]]
) -> None:
    plan = planned(item(1, 0, 4), item(2, 4, 3), item(3, 7, 5))
    lines = on_air(tmp_path, shelf, plan, start_s=9)

    assert seen(lines) == [("1-03", 0, 75, False)]
    assert [line["item"] for line in lines if line["event"] == "missed"] == ["1-01", "1-02"]
    hashes = picture_hashes(tmp_path / "program-0001.ts")
    assert hashes == picture_hashes(shelf["1-03"].path)[50:]


def test_sound_stays_within_half_an_aac_frame_of_the_picture_at_every_join(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    items = [item(n % 3 + 1, 0, [4, 3, 5][n % 3]) for n in range(12)]
    items = [i.model_copy(update={"id": f"x-{n}"}) for n, i in enumerate(items)]
    more = {f"x-{n}": shelf[f"1-0{n % 3 + 1}"] for n in range(12)} | shelf
    lines = on_air(tmp_path, more, planned(*items))

    frames = sounds = 0
    for end in (line for line in lines if line["event"] == "end"):
        frames += end["frames"]
        sounds += end["audio_frames"]
        apart = abs(frames / 25 - sounds * 1024 / 48000)
        assert apart <= 512 / 48000 + 1e-9


def test_the_log_shows_a_late_reader_where_keyframes_are(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    on_air(tmp_path, shelf, planned(item(1, 0, 4), item(2, 4, 3)))

    found = list(pictures((tmp_path / "program-0001.ts").read_bytes()))
    keys = [number for number, (_, key) in enumerate(found) if key]
    assert len(found) == 175
    assert keys == [0, 50, 100, 150]


def test_stopping_leaves_a_whole_journal_and_a_program_that_decodes(
    tmp_path: Path, shelf: dict[str, Made], picture_hashes: Callable[[Path], list[str]]
) -> None:
    def stop_at_two_seconds(player: Player) -> None:
        if player.frames == 50:
            player.stop()

    lines = on_air(
        tmp_path, shelf, planned(item(1, 0, 4), item(2, 4, 3)), on_frame=stop_at_two_seconds
    )

    assert check_chain(lines) == ()
    assert lines[-1]["event"] == "close"
    (only,) = airings(lines)
    assert only.cut
    assert len(picture_hashes(tmp_path / "program-0001.ts")) == only.frames == lines[-1]["frames"]


def test_asked_to_stay_the_slate_airs_after_the_last_item_until_it_is_stopped(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    def stop_at_eight_seconds(player: Player) -> None:
        if player.frames == 200:
            player.stop()

    lines = on_air(
        tmp_path, shelf, planned(item(1, 0, 4)), stay=True, on_frame=stop_at_eight_seconds
    )
    (one, frames, _, _), (slate, first, rest, _) = seen(lines)
    assert (one, frames, slate, first) == ("1-01", 0, None, 100)
    assert 100 <= rest <= 103


def test_a_second_run_goes_on_counting_in_a_new_part_and_touches_nothing_before(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    on_air(tmp_path, shelf, planned(item(1, 0, 4)))
    before = (tmp_path / "program-0001.ts").read_bytes()
    lines = on_air(tmp_path, shelf, planned(item(2, 0, 3)))

    assert [(a.occurrence, a.part, a.first_frame) for a in airings(lines)] == [
        (1, "program-0001.ts", 0),
        (2, "program-0002.ts", 100),
    ]
    assert check_chain(lines) == ()
    assert (tmp_path / "program-0001.ts").read_bytes() == before


@pytest.mark.parametrize("lost", [1, 188, 3_000, 11_111, 40_000])
def test_after_a_kill_the_airing_that_was_on_is_completed_from_a_torn_program_log(
    tmp_path: Path,
    shelf: dict[str, Made],
    picture_hashes: Callable[[Path], list[str]],
    lost: int,
) -> None:
    lines = on_air(tmp_path, shelf, planned(item(1, 0, 4), item(2, 4, 3)))
    first, second = airings(lines)
    journal, part = tmp_path / JOURNAL, tmp_path / "program-0001.ts"
    before = picture_hashes(part)
    kept = [n for n, line in enumerate(lines) if line["event"] == "start"][1]
    text = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(text[: kept + 1]) + b'{"at": "torn')
    part.write_bytes(part.read_bytes()[:-lost])

    lines = on_air(tmp_path, shelf, planned(item(3, 0, 5)))

    assert check_chain(lines) == ()
    mended = airings(lines)
    assert mended[0] == first
    assert (mended[1].item, mended[1].first_frame, mended[1].cut) == ("1-02", 100, True)
    assert second.frames - 3 - 25 * lost // 37_500 <= mended[1].frames < second.frames
    assert mended[2].first_frame == 100 + mended[1].frames
    assert picture_hashes(part) == before[: 100 + mended[1].frames]
