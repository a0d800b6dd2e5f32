"""The board: a journal, air's status and a plan in; what the control room shows out."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.air import JOURNAL
from pipeline.air.journal import JournalWriter
from pipeline.panel.alarms import alarms, lights
from pipeline.panel.asrun import AsRun
from pipeline.panel.board import board
from pipeline.rundown import Item, Kind, Rundown, Session, Stand, StartMode

ZONE = ZoneInfo("Asia/Jakarta")
NINE = datetime(2021, 11, 24, 2, 0, tzinfo=UTC)
"""Nine o'clock in Pekalongan."""
STANDS = (
    {"number": 1, "name": "Batik", "entitled_s": 300},
    {"number": 2, "name": "Kopi", "entitled_s": 600},
)
FPS = 25


def at(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def slot(name: str, minute: int, stand: int | None = 1, minutes: int = 5) -> dict[str, Any]:
    start = at(minute * 60)
    values = {"item": name, "title": f"Acara {name}", "kind": "video", "stand": stand}
    end = start + timedelta(minutes=minutes)
    return values | {"start": start.isoformat(), "end": end.isoformat()}


PLANNED = [slot("a", 0), slot("b", 5, 2), slot("c", 10)]


class Day:
    """A session's journal, written as air writes it, and the board that is made of it."""

    def __init__(self, air: Path, session: str = "2021-11-24") -> None:
        self.air = air
        self.session = session
        (air / session).mkdir(parents=True)
        self.journal = air / session / JOURNAL
        self.asrun = AsRun(air, session)
        self.begun: dict[int, tuple[dict[str, Any], float]] = {}

    def note(self, second: float, event: str, **fields: Any) -> None:
        with closing(JournalWriter(self.journal)) as writer:
            writer.write(event, at=at(second), frame=round(second * FPS), **fields)

    def open(self, second: float = 0, ahead: float = 0, planned: Any = PLANNED) -> None:
        facts = {"session": self.session, "fps": FPS, "planned": planned, "stands": STANDS}
        self.note(second, "open", ahead_s=ahead, **facts)

    def start(self, second: float, occurrence: int, item: str | None, **more: Any) -> None:
        stand = next((p["stand"] for p in PLANNED if p["item"] == item), None)
        facts = {"kind": "video" if item else "slate", "planned_kind": "video", "stand": stand}
        facts |= {"stand_name": None, "title": f"Acara {item}", "segment": "s"} | more
        self.note(second, "start", occurrence=occurrence, item=item, **facts)
        self.begun[occurrence] = facts, second

    def end(self, second: float, occurrence: int, cut: bool = False) -> None:
        began = self.begun[occurrence][1]
        place = {"first_frame": round(began * FPS), "frames": round((second - began) * FPS)}
        more = {"part": "program-0001.ts", "cut": cut, "packets": ""}
        self.note(second, "end", occurrence=occurrence, **place, **more)

    def aired(self, first: float, last: float, occurrence: int, item: str | None) -> None:
        self.start(first, occurrence, item)
        self.end(last, occurrence)

    def board(self, second: float, status: Mapping[str, Any] | None = None) -> dict[str, Any]:
        self.asrun.look(None)
        return board(self.asrun.story(status, at(second), ZONE))

    def states(self, second: float, status: Mapping[str, Any] | None = None) -> str:
        items = self.board(second, status)["items"]
        return " ".join(f"{one['item']}:{one['state']}" for one in items)


def status(item: str | None, sent: float, left: float | None, *coming: str, **more: Any) -> Any:
    """Air's answer."""
    stand = next((p["stand"] for p in PLANNED if p["item"] == item), None)
    on = {
        "occurrence": 7,
        "item": item,
        "stand": stand,
        "title": f"Acara {item}",
        "kind": "video" if item else "slate",
        "reason": {"id": "r", "en": "r"},
        "sent_s": sent,
        "left_s": left,
        "behind_s": 0.0,
    }
    return {
        "frame": 0,
        "fps": FPS,
        "on": on,
        "next": None,
        "coming": list(coming),
        "undo": None,
        "held": False,
        "slated": False,
        "taken": None,
        "recording": {"part": "program-0001.ts", "trouble": None},
        "late": {"frames": 0, "worst_s": 0.0},
        "destinations": [],
    } | more


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return Day(tmp_path)


def test_before_anything_aired_the_rundown_is_shown_with_its_planned_times(tmp_path: Path) -> None:
    items = tuple(
        Item(
            id=name,
            kind=Kind.VIDEO,
            title=name,
            at=at(minute * 60),
            duration_s=300,
            start=mode,
            stand=1,
            media="m.mp4",
        )
        for name, minute, mode in (("a", 0, StartMode.FIXED), ("b", 5, StartMode.MANUAL))
    )
    session = Session(id="2021-11-24", day=date(2021, 11, 24), items=items)
    rundown = Rundown(stands=(Stand(number=1, name="Batik", entitled_s=300),), sessions=(session,))
    asrun = AsRun(tmp_path, session.id)
    asrun.look((rundown, session))
    shown = board(asrun.story(None, at(-600), ZONE))
    assert (shown["connected"], shown["on"], shown["next"]) == (False, None, None)
    assert [(i["state"], i["mode"]) for i in shown["items"]] == [
        ("coming", "fixed"),
        ("coming", "manual"),
    ]
    assert shown["items"][0]["expected"] == "2021-11-24T09:00:00.000+07:00"
    assert shown["session"]["end"] == "2021-11-24T09:10:00.000+07:00"
    assert [s["owed_s"] for s in shown["stands"]] == [300]
    asrun.look((rundown, session.model_copy(update={"items": items[:1]})))
    assert len(board(asrun.story(None, at(-600), ZONE))["items"]) == 1  # the plan was changed


def test_on_air_each_item_says_when_it_was_planned_when_it_was_and_when_it_will_be(
    day: Day,
) -> None:
    day.open()
    day.aired(30, 340, 1, "a")
    day.start(340, 2, "b")
    shown = day.board(400, status("b", 60, 250, "c"))
    a, b, c = shown["items"]
    assert (a["state"], a["began"], a["ended"]) == (
        "aired",
        "2021-11-24T09:00:30.000+07:00",
        "2021-11-24T09:05:40.000+07:00",
    )
    assert (a["over_s"], a["aired_s"], a["airings"], a["expected"]) == (30, 310, 1, None)
    assert (b["state"], b["began"], b["ended"], b["over_s"]) == (
        "on",
        "2021-11-24T09:05:40.000+07:00",
        None,
        40,
    )
    assert (b["aired_s"], b["airings"]) == (60, 1)
    assert (c["state"], c["expected"], c["over_s"]) == ("next", "2021-11-24T09:10:50.000+07:00", 50)
    assert shown["session"]["expected_end"] == "2021-11-24T09:15:50.000+07:00"
    assert shown["behind_s"] == 50
    on = shown["on"]
    assert (on["started"], on["length_s"], on["stand_name"]) == (b["began"], 310, "Kopi")


def test_a_fixed_start_makes_up_for_what_ran_over(day: Day) -> None:
    day.open()
    day.start(0, 1, "a")
    day.asrun.look(None)
    slots = day.asrun.slots
    day.asrun.slots = (slots[0], slots[1], type(slots[2])(*_but(slots[2], mode="fixed")))
    shown = day.board(290, status("a", 290, 70, "b", "c"))
    assert [i["over_s"] for i in shown["items"]] == [0, 60, 0]
    assert (shown["behind_s"], shown["session"]["expected_end"][11:19]) == (0, "09:15:00")


def _but(slot: Any, **more: Any) -> list[Any]:
    return [more.get(name, getattr(slot, name)) for name in type(slot).__slots__]


def test_what_was_missed_and_what_was_jumped_over_is_told_apart(day: Day) -> None:
    day.open()
    day.note(1, "missed", item="a", title="Acara a", stand=1, reason="r")
    day.start(1, 1, "c")
    assert day.states(2, status("c", 1, 299)) == "a:missed b:skipped c:on"
    assert day.states(2, status("c", 1, 299, "a")) == "a:next b:skipped c:on"  # chosen again
    day.end(300, 1)
    day.aired(300, 310, 2, "a")
    assert day.states(311, status(None, 1, None)) == "a:aired b:skipped c:aired"


def test_after_an_undo_the_item_that_was_left_is_on_again_and_has_two_airings(day: Day) -> None:
    day.open()
    day.aired(0, 60, 1, "a")
    day.note(60, "take", order="1", by="Sari", text=None, item="b")
    day.aired(60, 62, 2, "b")
    day.note(62, "undo", order="2", by="Sari", text=None, item="a")
    day.start(62, 3, "a", skip=1500)
    shown = day.board(72, status("a", 10, 230, "b", "c", undo=None))
    assert [i["state"] for i in shown["items"]] == ["on", "next", "coming"]
    a = shown["items"][0]
    assert (a["airings"], a["aired_s"], a["ended"], a["began"][11:19]) == (2, 70, None, "09:00:00")
    assert [(o["command"], o["by"], o["item"]) for o in shown["orders"]] == [
        ("undo", "Sari", "a"),
        ("take", "Sari", "b"),
    ]


def test_a_reloaded_rundown_is_the_plan_from_then_on_and_what_aired_stays_counted(day: Day) -> None:
    day.open()
    day.aired(0, 100, 1, "a")
    stands = ({"number": 1, "name": "Batik & Co", "entitled_s": 400},)
    planned = [slot("b", 5, 2), slot("x", 10)]
    day.note(100, "rundown", order="1", by="Sari", rundown="v2", planned=planned, stands=stands)
    shown = day.board(101, status("b", 1, 299, "x"))
    assert [(i["item"], i["state"]) for i in shown["items"]] == [("b", "on"), ("x", "next")]
    (stand,) = shown["stands"]
    assert (stand["name"], stand["aired_s"], stand["owed_s"], stand["share"]) == (
        "Batik & Co",
        100,
        300,
        0.25,
    )


def test_a_program_that_broke_off_leaves_the_rest_to_come_and_one_that_ended_does_not(
    day: Day,
) -> None:
    day.open()
    day.aired(0, 100, 1, "a")
    day.start(100, 2, "b")
    assert day.states(110) == "a:aired b:coming c:coming"  # it may go on
    assert day.board(110)["session"]["expected_end"] is None
    assert day.states(1000) == "a:aired b:skipped c:skipped"  # not any more
    day.end(105, 2, cut=True)
    day.note(120, "close", frames=2625, repaired=15)
    assert day.states(120) == "a:aired b:aired c:coming"
    day.open(second=121)
    day.start(121, 3, "b")
    b = day.board(131, status("b", 10, 280, "c"))["items"][1]
    assert (b["state"], b["airings"], b["aired_s"]) == ("on", 2, 15)
    day.end(200, 3)
    day.note(200, "close", frames=1, late={"frames": 0, "worst_s": 0})
    assert day.states(201) == "a:aired b:aired c:skipped"


def test_in_a_rehearsal_all_times_are_the_rundowns(day: Day) -> None:
    ahead = 3600.0
    day.open(ahead=ahead)
    day.aired(0, 50, 1, "a")
    day.note(10, "mark", order="1", by="Sari", text="gong", item=None)
    day.note(20, "asleep", seconds=2.0)
    shown = day.board(ahead + 60, status(None, 10, None))
    assert shown["items"][0]["began"][11:19] == "10:00:00"
    assert shown["items"][0]["ended"][11:19] == "10:00:50"
    assert shown["marks"] == [
        {"at": "2021-11-24T10:00:10.000+07:00", "frame": 250, "text": "gong", "by": "Sari"}
    ]
    assert shown["orders"][0]["at"] == shown["marks"][0]["at"]
    assert shown["alarms"][0]["since"][11:19] == "10:00:20"


def test_a_stands_airtime_is_of_all_sessions_and_of_what_is_on_but_no_slate_counts(
    tmp_path: Path,
) -> None:
    yesterday = Day(tmp_path, "2021-11-23")
    yesterday.open()
    yesterday.aired(0, 120, 1, "a")
    yesterday.start(120, 2, "b", kind="slate")
    yesterday.end(180, 2)
    broken = tmp_path / "2021-11-22" / JOURNAL
    broken.parent.mkdir()
    broken.write_text("this is no line\n{}\n")  # verify tells; the panel shows what it can
    day = Day(tmp_path)
    day.open()
    day.aired(0, 30, 1, "a")
    day.start(30, 2, "b")
    first, second = day.board(40, status("b", 10, 290))["stands"]
    assert (first["stand"], first["aired_s"], first["owed_s"]) == (2, 10, 590)
    assert (second["stand"], second["aired_s"], second["owed_s"]) == (1, 150, 150)
    slated = day.board(40, status("b", 10, 290, on={**status("b", 10, 290)["on"], "kind": "slate"}))
    assert slated["stands"][0]["aired_s"] == 0


def test_a_line_that_cannot_be_understood_costs_none_of_those_after_it(day: Day) -> None:
    day.open()
    day.note(1, "end")
    day.note(2, "mark", order="1", by="Sari", text="gong", item=None)
    with pytest.raises(KeyError):
        day.board(3)
    assert [mark["text"] for mark in day.board(3)["marks"]] == ["gong"]


def test_a_day_of_twelve_hours_stays_small_and_quick_to_show(tmp_path: Path) -> None:
    """2,000 airings, 200 changed rundowns and a destination that is lost 1,000 times."""
    day = Day(tmp_path)
    planned = [slot(f"i{n}", n * 5) for n in range(144)]
    stands = [{"number": n, "name": f"Stand {n}", "entitled_s": 300} for n in range(35)]
    facts = {"rundown": "v", "planned": planned, "stands": stands}
    lines: list[dict[str, Any]] = [
        {
            "event": "open",
            "at": at(0).isoformat(),
            "session": "s",
            "fps": FPS,
            "ahead_s": 0.0,
            **facts,
        }
    ]
    for n in range(2000):
        when = {"at": at(n * 20).isoformat(), "frame": n * 500, "occurrence": n}
        who = {"stand": n % 35, "stand_name": None, "planned_kind": "video", "kind": "video"}
        item = {"item": f"i{n % 144}", "title": "t" * 80, "segment": "s" * 64}
        lines.append({"event": "start", **when, **who, **item})
        lines += [{"event": "kept", **when, "packets": "p" * 64} for _ in range(2)]
        end = {"first_frame": n * 500, "frames": 500, "part": "p", "cut": False, "packets": ""}
        lines.append({"event": "end", **when, **end})
        if n % 2:
            lost = {"destination": "yt", "frames": 500, "first_frame": n * 500}
            lines.append({"event": "delivery", "state": "lost", "error": "e", **when, **lost})
            lines.append({"event": "delivery", "state": "connected", "error": None, **when, **lost})
        if n % 10 == 0:
            lines.append({"event": "rundown", **when, **facts})
    for line in lines:
        day.asrun._read(line, None)
    kept = day.asrun.story(None, at(0), ZONE)
    assert len(kept.aired) == 2000
    assert {line["event"] for line in kept.lines} == {"delivery"}
    assert sum("planned" in line for line in kept.lines) == 0
    assert day.asrun._starts == {}
    (alarm,) = alarms(kept.lines, None, ZONE)
    assert alarm["count"] == 1000


def test_lights_say_in_words_what_they_say_in_colour() -> None:
    def one(state: str, age: float | None) -> Any:
        more = {"frames": 0, "reconnects": 0, "retry_in_s": None}
        why = {"id": "penuh", "en": "full"}
        d = {"name": "yt", "state": state, "age_s": age, "last_error": why, **more}
        return lights(status(None, 0, None, destinations=[d]))["destinations"][0]

    assert (one("sending", 0.5)["light"], one("sending", 0.5)["reason"]) == ("green", None)
    assert one("sending", 3.5)["light"] == "amber"
    assert one("sending", None)["light"] == "amber"
    assert one("connecting", None)["light"] == "amber"
    assert (one("waiting", None)["light"], one("waiting", None)["reason"]["en"]) == ("red", "full")
    assert one("paused", None)["light"] == one("ended", None)["light"] == "grey"
    off = lights(None)
    assert (off["destinations"], off["recording"]["light"]) == ([], "grey")
    trouble = {"id": "disk penuh", "en": "the disk is full"}
    bad = lights(status(None, 0, None, recording={"part": None, "trouble": trouble}))["recording"]
    assert (bad["light"], bad["reason"]) == ("red", trouble)


def test_alarms_are_one_for_each_thing_and_end_when_it_does(day: Day) -> None:
    lost = {"state": "lost", "first_frame": 0, "frames": 0, "error": "reset"}
    up = {"state": "connected", "first_frame": 0, "frames": 0, "error": None}
    day.open()
    for second in (10, 20, 30):
        day.note(second, "delivery", destination="yt", **lost)
    day.note(15, "delivery", destination="lain", **lost)
    yt, lain = day.board(40, status(None, 1, None))["alarms"]
    assert (yt["key"], yt["count"], yt["level"], yt["until"]) == ("delivery:yt", 3, "red", None)
    assert (yt["since"][14:19], yt["what"]["en"]) == (
        "00:10",
        "A destination was cut off: yt · reset",
    )
    day.note(35, "delivery", destination="yt", **up)
    day.note(36, "delivery", destination="lain", **{**lost, "state": "paused"})
    yt, lain = day.board(40, status(None, 1, None))["alarms"]
    assert (yt["until"][14:19], lain["until"][14:19]) == ("00:35", "00:36")
    day.note(50, "delivery", destination="yt", **lost)
    again = day.board(51, status(None, 1, None))["alarms"][0]
    assert (again["since"][14:19], again["until"], again["count"]) == ("00:50", None, 4)
    assert day.board(52)["alarms"][0]["until"][14:19] == "00:50"  # the program is over


def test_what_is_not_recorded_ends_with_the_next_part_and_other_alarms_do_not(day: Day) -> None:
    day.open()
    day.note(1, "alarm", what="recording", error="disk penuh")
    day.note(2, "alarm", what="control", error="no socket")
    day.note(3, "alarm", what="cue", error="terlambat")
    day.note(4, "damaged", segment="s1", error="rusak")
    day.note(5, "damaged", segment="s2", error="rusak")
    day.note(6, "part", part="program-0002.ts", first_frame=150)
    day.note(6, "unrecorded", first_frame=25, frames=125)
    found = {one["key"]: one for one in day.board(7, status(None, 1, None))["alarms"]}
    assert {
        key: (one["level"], one["until"] and one["until"][17:19]) for key, one in found.items()
    } == {
        "recording": ("red", "06"),
        "control": ("red", None),
        "cue": ("amber", "03"),
        "damaged:s1": ("amber", "04"),
        "damaged:s2": ("amber", "05"),
        "unrecorded": ("amber", "06"),
    }
    assert found["unrecorded"]["what"]["id"] == "Sebagian program tidak terekam: 125 frame"


def test_the_board_says_at_most_twenty_orders_and_all_its_fields_at_any_time(day: Day) -> None:
    before = day.board(0)
    day.open()
    for n in range(30):
        day.note(n, "mark", order=f"{n}", by="Sari", text=f"m{n}", item=None)
    shown = day.board(31, status("a", 31, 269, "b"))
    assert [o["text"] for o in shown["orders"]][:2] == ["m29", "m28"]
    assert (len(shown["orders"]), len(shown["marks"])) == (20, 30)
    assert set(before) == set(shown)
    assert {"youtube", "job", "rundown"} <= set(shown)
