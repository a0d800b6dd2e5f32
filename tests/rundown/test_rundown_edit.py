"""The day changed by hand: each edit does what a crew expects, or is refused at its item; nothing is lost."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import Fault, InputFaults
from pipeline.rundown import (
    Edit,
    Late,
    Move,
    Remove,
    Resize,
    Restart,
    Retime,
    Retitle,
    Rundown,
    Session,
    StartMode,
    dump_yaml,
    edited,
    ids_of,
    plan,
    read_rundown,
)

ZONE = ZoneInfo("Asia/Jakarta")
DAY = "2021-11-24"
FIXED, FOLLOW, MANUAL = StartMode.FIXED, StartMode.FOLLOW, StartMode.MANUAL
SAMPLE = Path(__file__).parents[2] / "schedules" / "pekalongan-hybrid-expo-2021.xlsx"
EVENT = read_rundown(SAMPLE, ZONE).rundown


def day(tmp: Path, *lines: str) -> Rundown:
    """A session of slates and one other; a line is `HH:MM minutes mode title [stand]`."""
    items = []
    for line in lines:
        at, minutes, mode, title, *stand = line.split()
        of = f", stand: {stand[0]}" if stand else ""
        items.append(
            f"{{at: '{at}', duration: {minutes} min, kind: slate, start: {mode}, title: {title}{of}}}"
        )
    path = tmp / "r.yaml"
    path.write_text(
        "stands: [{number: 1, name: Kopi}, {number: 2, name: Madu}]\n"
        f"sessions: [{{day: '{DAY}', items: [{', '.join(items)}]}},"
        " {day: '2021-11-25', items: [{at: '09:00', duration: 5 min, kind: slate, title: Besok}]}]\n"
    )
    return read_rundown(path, ZONE).rundown


def first(rundown: Rundown) -> Session:
    return rundown.sessions[0]


def told(rundown: Rundown) -> list[str]:
    """`HH:MM mode title` of the first session, as planned."""
    return [f"{p.start:%H:%M} {p.item.start.value} {p.item.title}" for p in plan(first(rundown))]


def after(rundown: Rundown, *edits: Edit, aired: Sequence[str] = ()) -> list[str]:
    return told(edited(rundown, DAY, edits, ZONE, aired).rundown)


def faults(rundown: Rundown, *edits: Edit, aired: Sequence[str] = ()) -> dict[str, Fault]:
    with pytest.raises(InputFaults) as caught:
        edited(rundown, DAY, edits, ZONE, aired)
    return {fault.where: fault for fault in caught.value.faults}


@pytest.fixture
def block(tmp_path: Path) -> Rundown:
    return day(
        tmp_path,
        "09:00 10 fixed Buka",
        "09:10 5 follow Kopi 1",
        "09:15 5 follow Madu 2",
        "09:20 5 follow Teh",
        "10:00 10 fixed Wali",
        "10:10 5 follow Tutup",
    )


def test_nothing_edited_nothing_changed() -> None:
    assert edited(EVENT, EVENT.sessions[0].id, (), ZONE).rundown == EVENT


def test_a_moved_item_takes_its_place_and_those_between_move_up(block: Rundown) -> None:
    assert after(block, Move(item="1-02", before="1-05"))[:4] == [
        "09:00 fixed Buka", "09:10 follow Madu", "09:15 follow Teh", "09:20 follow Kopi",
    ]  # fmt: skip
    assert after(block, Move(item="1-02"))[-1] == "10:15 follow Kopi"


def test_the_sessions_start_stays_whoever_opens_it(block: Rundown) -> None:
    assert after(block, Move(item="1-03", before="1-01"))[:3] == [
        "09:00 fixed Madu", "09:05 follow Buka", "09:15 follow Kopi",
    ]  # fmt: skip
    assert after(block, Move(item="1-01", before="1-03"))[:3] == [
        "09:00 fixed Kopi", "09:05 follow Buka", "09:15 follow Madu",
    ]  # fmt: skip


def test_a_fixed_item_keeps_its_time_where_it_goes(block: Rundown) -> None:
    moved = after(block, Move(item="1-05", before="1-03"))
    assert moved[2:4] == ["10:00 fixed Wali", "10:10 follow Madu"]
    wrong = faults(block, Move(item="1-05", before="1-01"))
    assert wrong["1-01, Jam"].what.id == "jam mundur: 09.00 setelah 10.00"


def test_an_item_given_a_time_starts_then_exactly(block: Rundown) -> None:
    assert after(block, Retime(item="1-04", at="9.30"))[3] == "09:30 fixed Teh"
    both = after(block, Retime(item="1-04", at="09:30"), Restart(item="1-04", start=FOLLOW))
    assert both == told(block)


def test_a_manual_item_given_a_time_still_waits_for_its_take(block: Rundown) -> None:
    changed = after(block, Restart(item="1-03", start=MANUAL), Retime(item="1-03", at="09:18"))
    assert changed[2:4] == ["09:18 manual Madu", "09:23 follow Teh"]


def test_lengths_and_titles_are_typed_as_in_the_workbook(block: Rundown) -> None:
    changed = edited(
        block, DAY, [Resize(item="1-02", duration="2:30"), Retitle(item="1-02", title=" Kopi  enak ")],
        ZONE,
    )  # fmt: skip
    item = first(changed.rundown).items[1]
    assert (item.duration_s, item.title) == (150, "Kopi enak")
    assert first(changed.rundown).items[2].at.isoformat() == "2021-11-24T09:12:30+07:00"


def test_every_fault_is_told_at_its_item_in_the_workbooks_words(block: Rundown) -> None:
    wrong = faults(
        block,
        Retitle(item="1-02", title=" - "),
        Resize(item="1-03", duration="lama"),
        Retime(item="1-04", at="25.00"),
        Move(item="1-99"),
        Late(stand=9, minutes=5),
        Retitle(item="1-05", title="x" * 501),
    )
    assert set(wrong) == {
        "1-02, Judul Acara", "1-03, Durasi", "1-04, Jam", "1-99", "Stand 9", "1-05, Judul Acara",
    }  # fmt: skip
    assert wrong["1-02, Judul Acara"].what.id == "“Judul Acara” wajib diisi"
    assert "misalnya 2 menit 30 detik" in wrong["1-03, Durasi"].what.id


def test_what_has_aired_can_only_get_another_title(block: Rundown) -> None:
    aired = ["1-01", "1-02"]
    for edit in (
        Move(item="1-02"), Retime(item="1-02", at="9.30"), Resize(item="1-01", duration="9 menit"),
        Restart(item="1-01", start=MANUAL), Remove(item="1-02"), Move(item="1-03", before="1-02"),
    ):  # fmt: skip
        assert len(faults(block, edit, aired=aired)) == 1
    assert after(block, Retitle(item="1-02", title="Teh"), aired=aired)[1] == "09:10 follow Teh"
    assert after(block, Move(item="1-04", before="1-03"), aired=aired)[2] == "09:15 follow Teh"


def test_nothing_is_put_where_air_has_gone_by_though_what_is_there_was_jumped_over(
    block: Rundown,
) -> None:
    wrong = faults(block, Move(item="1-04", before="1-02"), aired=["1-01", "1-03"])
    assert wrong["1-04"].what.id == "tempat itu sudah lewat"


def test_a_late_stand_goes_behind_the_next_and_they_move_up(block: Rundown) -> None:
    assert after(block, Late(stand=1, minutes=6)) == [
        "09:00 fixed Buka", "09:10 follow Madu", "09:15 follow Teh", "09:20 follow Kopi",
        "10:00 fixed Wali", "10:10 follow Tutup",
    ]  # fmt: skip


def test_a_late_stand_in_a_fixed_place_leaves_its_time_to_the_next(tmp_path: Path) -> None:
    rundown = day(
        tmp_path, "09:00 10 fixed Buka", "09:30 5 fixed Kopi 1", "09:35 5 follow Teh",
        "09:40 5 follow Madu 2", "10:00 5 fixed Wali",
    )  # fmt: skip
    assert after(rundown, Late(stand=1, minutes=10)) == [
        "09:00 fixed Buka", "09:30 fixed Teh", "09:35 follow Madu", "09:40 follow Kopi",
        "10:00 fixed Wali",
    ]  # fmt: skip


def test_where_nothing_is_left_to_move_up_the_late_stand_starts_when_it_is_there(
    block: Rundown,
) -> None:
    assert after(block, Late(stand=1, minutes=30))[1:4] == [
        "09:10 follow Madu", "09:15 follow Teh", "09:40 fixed Kopi",
    ]  # fmt: skip


def test_a_late_stand_cuts_nobody_where_there_is_another_place(tmp_path: Path) -> None:
    rundown = day(
        tmp_path, "09:00 5 fixed Kopi 1", "09:05 5 follow Teh", "09:10 5 fixed Madu 2",
        "09:15 5 fixed Wali", "09:20 5 follow Tutup",
    )  # fmt: skip
    assert after(rundown, Late(stand=1, minutes=12)) == [
        "09:00 fixed Teh", "09:10 fixed Madu", "09:15 fixed Wali", "09:20 follow Kopi",
        "09:25 follow Tutup",
    ]  # fmt: skip


def test_only_what_a_late_stand_would_miss_goes_back(tmp_path: Path) -> None:
    rundown = day(
        tmp_path, "09:00 5 fixed Kopi 1", "09:05 5 follow Teh", "09:10 5 follow Madu",
        "09:15 5 follow Kopi2 1",
    )  # fmt: skip
    assert after(rundown, Late(stand=1, minutes=5)) == [
        "09:00 fixed Teh", "09:05 follow Kopi", "09:10 follow Madu", "09:15 follow Kopi2",
    ]  # fmt: skip


def test_two_items_of_a_late_stand_go_back_together(tmp_path: Path) -> None:
    rundown = day(
        tmp_path, "09:00 5 fixed Kopi 1", "09:05 5 follow Kopi2 1", "09:10 5 follow Teh",
        "09:15 5 follow Madu",
    )  # fmt: skip
    assert after(rundown, Late(stand=1, minutes=6)) == [
        "09:00 fixed Teh", "09:05 follow Madu", "09:10 follow Kopi", "09:15 follow Kopi2",
    ]  # fmt: skip


def test_who_follows_a_removed_fixed_item_takes_its_time(block: Rundown) -> None:
    assert after(block, Remove(item="1-05"))[-1] == "10:00 fixed Tutup"
    assert after(block, Remove(item="1-01"))[0] == "09:00 fixed Kopi"


def test_the_last_item_of_a_session_stays(block: Rundown) -> None:
    with pytest.raises(InputFaults):
        edited(block, "2021-11-25", [Remove(item="2-01")], ZONE)
    with pytest.raises(InputFaults):
        edited(block, "2021-12-25", [], ZONE)


def test_what_is_wrong_between_two_edits_may_be_right_after_both(block: Rundown) -> None:
    move = Move(item="1-05", before="1-01")
    assert after(block, move, Retime(item="1-05", at="08.50"))[0] == "08:50 fixed Wali"


IDS = [item.id for item in EVENT.sessions[0].items]
SOME = st.sampled_from(IDS)
TYPED = st.sampled_from(
    ["10.00", "9:41:30", "24.30", "", "5", "2:30", "12 jam", "-", "dua", "“&<”"]
)
EDITS = st.one_of(
    st.builds(Move, item=SOME, before=st.none() | SOME),
    st.builds(Retime, item=SOME, at=TYPED),
    st.builds(Resize, item=SOME, duration=TYPED),
    st.builds(Retitle, item=SOME, title=TYPED | st.text(max_size=20)),
    st.builds(Restart, item=SOME, start=st.sampled_from(StartMode)),
    st.builds(Remove, item=SOME),
    st.builds(Late, stand=st.integers(1, 36), minutes=st.integers(1, 120)),
)


@given(st.lists(EDITS, min_size=1, max_size=6), st.integers(0, 5))
def test_whatever_is_edited_the_result_is_whole_and_reads_back_or_is_refused(
    tmp_path_factory: pytest.TempPathFactory, edits: list[Edit], aired: int
) -> None:
    before, known = EVENT.sessions[0], IDS[:aired]
    try:
        result = edited(EVENT, before.id, edits, ZONE, known).rundown
    except InputFaults as error:
        assert error.faults
        return
    removed = {edit.item for edit in edits if isinstance(edit, Remove)}
    now = {item.id: item for item in result.sessions[0].items}
    assert set(now) == set(IDS) - removed
    assert [id for id in ids_of(result)[before.id] if id in known] == known
    assert (result.stands, result.sessions[1:]) == (EVENT.stands, EVENT.sessions[1:])
    for old in before.items:
        if old.id in now:
            new = now[old.id]
            assert (new.kind, new.stand, new.media, new.note) == (
                old.kind, old.stand, old.media, old.note,
            )  # fmt: skip
    path = tmp_path_factory.mktemp("v") / "r.yaml"
    path.write_text(dump_yaml(result))
    again = read_rundown(path, ZONE).rundown
    assert [item.model_copy(update={"id": ""}) for s in again.sessions for item in s.items] == [
        item.model_copy(update={"id": ""}) for s in result.sessions for item in s.items
    ]
