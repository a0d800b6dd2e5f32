"""The hub: what watchers are told, how slow they may be, and how air comes, goes and comes back."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rooms import StillHub, settings_in

from pipeline.air import JOURNAL
from pipeline.air.control import listening
from pipeline.air.journal import JournalWriter
from pipeline.clock import HandClock, SystemClock
from pipeline.errors import Text
from pipeline.panel import hub as hubs
from pipeline.panel.hub import Hub
from pipeline.wiring import Studio

START = datetime(2021, 11, 24, 2, 0, tzinfo=UTC)


class Air:
    """An honest stand-in for a program: a journal, and a socket that answers `status`."""

    def __init__(self, folder: Path, session: str) -> None:
        self.session = session
        self.journal = folder / session / JOURNAL
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        self.frame = 0
        self.rung = 0
        self.bell = threading.Condition()
        slot = {"item": "a", "title": "Acara", "kind": "video", "stand": 1}
        slot |= {"start": START.isoformat(), "end": (START + timedelta(minutes=5)).isoformat()}
        stand = {"number": 1, "name": "Batik", "entitled_s": 300}
        facts = {"session": session, "fps": 25, "planned": [slot], "stands": [stand]}
        self.note("open", ahead_s=0, **facts)

    def note(self, event: str, **fields: Any) -> None:
        with closing(JournalWriter(self.journal)) as writer:
            writer.write(event, at=START, frame=0, **fields)
        with self.bell:
            self.rung += 1
            self.bell.notify_all()

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.bell:
            if (after := request.get("after")) is not None:
                self.bell.wait_for(lambda: self.rung != after, request["patience"])
        self.frame += 1
        texts = {"held": False, "slated": False, "taken": None, "undo": None, "next": None}
        return {
            "session": self.session,
            "frame": self.frame,
            "fps": 25,
            "now": START.isoformat(),
            "on": None,
            "coming": ["a"],
            "recording": {"part": None, "trouble": None},
            "late": {"frames": 0},
            "destinations": [],
            "rung": self.rung,
            **texts,
        }


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "PATIENCE", 0.05)


async def told(watched: AsyncIterator[bytes]) -> tuple[str, dict[str, Any]]:
    """The next event, and what it carries."""
    async with asyncio.timeout(20):
        head, data = (await anext(watched)).decode().removesuffix("\n\n").split("\n")
    values = json.loads(data.removeprefix("data: "))
    assert isinstance(values, dict)
    return head.removeprefix("event: "), values


async def until(watched: AsyncIterator[bytes], holds: Callable[[dict[str, Any]], bool]) -> Any:
    while not holds(values := (await told(watched))[1]):
        pass
    return values


def still(tmp_path: Path) -> tuple[StillHub, HandClock]:
    clock = HandClock(START)
    return StillHub(settings_in(tmp_path), clock, lambda: None, dict), clock


def test_what_only_passes_is_told_by_pulses_and_what_changes_by_whole_boards(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        hub, clock = still(tmp_path)
        hub.start()
        hub.show({"now": "1", "held": False, "on": {"sent_s": 1.0}, "frame": 25})
        watched = hub.watch()
        assert (await told(watched))[0] == "board"
        hub.show({"now": "2", "held": False, "on": {"sent_s": 2.0}, "frame": 50})
        event, pulse = await told(watched)
        assert (event, pulse) == ("pulse", {"version": 1, "now": "2", "frame": 50})
        hub.show({"now": "2", "held": True, "on": {"sent_s": 2.0}, "frame": 50})
        event, values = await told(watched)
        assert (event, values["held"], values["version"]) == ("board", True, 2)
        clock.turn(hubs.WHOLE_EVERY + 1)
        hub.show({"now": "8", "held": True, "on": {"sent_s": 8.0}, "frame": 200})
        event, values = await told(watched)
        assert (event, values["on"]["sent_s"]) == ("board", 8.0)

    asyncio.run(play())


def test_who_is_slow_gets_the_newest_and_none_of_those_between(tmp_path: Path) -> None:
    async def play() -> None:
        hub, _ = still(tmp_path)
        hub.start()
        slow, quick = hub.watch(), hub.watch()
        await told(slow)
        await told(quick)
        for number in range(100):
            hub.show({"held": number})
            assert (await told(quick))[1]["held"] == number
        assert (await told(slow))[1]["held"] == 99
        assert hub.watchers == 2
        await slow.aclose()
        assert hub.watchers == 1
        hub.show({"held": 100})
        assert (await told(quick))[1]["held"] == 100

    asyncio.run(play())


def test_no_change_is_lost_however_it_falls_between_looks(tmp_path: Path) -> None:
    """Boards are shown by another thread while the watcher reads: its last one is the last."""

    async def play() -> None:
        hub, _ = still(tmp_path)
        hub.start()
        watched = hub.watch()
        await told(watched)

        def show() -> None:
            for number in range(2000):
                hub.show({"held": number})

        thread = threading.Thread(target=show)
        thread.start()
        seen = -1
        while seen < 1999:
            held = (await told(watched))[1].get("held", seen)  # a pulse has none
            assert held >= seen
            seen = held
        thread.join()

    asyncio.run(play())


def test_air_comes_goes_and_comes_back_and_another_session_takes_its_place(
    tmp_path: Path, patient: None
) -> None:
    folder = tmp_path / "air"
    folder.mkdir()

    async def play() -> None:
        hub = Hub(settings_in(tmp_path), SystemClock(), lambda: None, lambda: {"job": "x"})
        hub.start()
        watched = hub.watch()
        shown = await until(watched, lambda values: "items" in values)
        assert (shown["connected"], shown["items"], shown["job"]) == (False, [], "x")
        with ExitStack() as stack:
            air = Air(folder, "2021-11-24")
            stack.enter_context(listening(folder, air.answer))
            shown = await until(watched, lambda values: values["connected"] and "items" in values)
            assert (shown["session"]["id"], shown["items"][0]["state"]) == ("2021-11-24", "next")
            air.note("mark", order="1", by="Sari", text="gong", item=None)
            await until(watched, lambda values: bool(values.get("marks")))
            pulse = await until(watched, lambda values: "items" not in values)
            assert pulse["frame"] > 0
        await until(watched, lambda values: not values["connected"])
        with listening(folder, air.answer):
            await until(watched, lambda values: values["connected"])
        second = Air(folder, "2021-11-25")
        with listening(folder, second.answer):
            shown = await until(
                watched, lambda values: values.get("session", {}).get("id") == "2021-11-25"
            )
            assert shown["marks"] == []
        hub.stop()

    asyncio.run(play())


def test_a_look_that_fails_is_said_once_and_the_next_one_shows_again(
    tmp_path: Path, patient: None
) -> None:
    said: list[Text] = []
    broken = threading.Event()
    broken.set()

    def extras() -> dict[str, Any]:
        if broken.is_set():
            raise KeyError("youtube")
        return {}

    async def play() -> None:
        hub = Hub(settings_in(tmp_path), SystemClock(), lambda: None, extras, said.append)
        hub.start()
        watched = hub.watch()
        assert (await told(watched))[1] == {"version": 0, "connected": False}
        await asyncio.sleep(0.2)
        broken.clear()
        await until(watched, lambda values: "items" in values)
        hub.stop()

    asyncio.run(play())
    assert [text.en for text in said] == [
        "The panel can't read what is on air: KeyError: 'youtube'"
    ]


def test_a_panel_that_is_opened_after_the_show_knows_what_aired(
    tmp_path: Path, patient: None
) -> None:
    air = Air(tmp_path / "air", "2021-11-25")
    air.note("missed", item="a", title="Acara", stand=1, reason="r")
    air.note("close", frames=1, late={"frames": 0, "worst_s": 0})

    def plan() -> Any:
        studio = Studio(settings_in(tmp_path), SystemClock())
        return studio.rundown, studio.session("2021-11-25")

    async def play() -> None:
        hub = Hub(settings_in(tmp_path), SystemClock(), plan, dict)
        hub.start()
        shown = await until(hub.watch(), lambda values: "items" in values)
        assert [item["state"] for item in shown["items"]] == ["missed"]
        hub.stop()

    asyncio.run(play())
