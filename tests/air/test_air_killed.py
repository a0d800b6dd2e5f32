"""Air is killed with SIGKILL at random moments and started again, as its own process, with a destination.

TAYANG_KILLS says how often (4 unless told). Each time it must go on with the right item at the right
place, and in the end nothing of what aired may be missing, doubled or longer than it was.
"""

import json
import os
import random
import sys
import time
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.air import (
    JOURNAL,
    Line,
    Session,
    Sheet,
    airings,
    ask,
    check_chain,
    read_journal,
    unrecorded,
    write_sheet,
)
from pipeline.air.session import Footage
from pipeline.clock import SystemClock
from pipeline.manifest import verify
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.settings import Destination, read_settings
from pipeline.tools import Child

FPS, GOP = 25, 50
KILLS = int(os.environ.get("TAYANG_KILLS", "4"))
DAY = "2026-01-01"


class Event:
    """A session of 4 s items, one after another, whose program runs in a process of its own."""

    def __init__(self, home: Path, made: list[Footage]) -> None:
        values = {
            "event": {"name": "Uji"},
            "rundown": "unused.yaml",
            "media": ".",
            "house": {"width": 320, "height": 180, "video_kbps": 300, "audio_kbps": 64},
        }
        self.file = home / "settings.yaml"
        self.file.write_text(yaml.safe_dump(values))
        self.air = read_settings(self.file).state / "air"
        self.folder = self.air / DAY
        start = SystemClock().now()
        items = tuple(
            Item(
                id=f"{n:03}",
                kind=Kind.VIDEO,
                title=f"Acara {n}",
                at=start,
                duration_s=4,
                start=StartMode.FOLLOW,
            )
            for n in range(200)
        )
        session = Session(
            DAY,
            plan(RundownSession(id=DAY, day=start.date(), items=items)),
            {item.id: made[n % len(made)] for n, item in enumerate(items)},
            {None: made[-1].model_copy(update={"kind": "slate", "loop": True})},
            {},
        )
        copies = [Destination(name="copy", url=f"file://{home / 'copy.ts'}")]
        facts = {"event_name": "Uji", "stands": [], "planned": []}
        write_sheet(self.folder, Sheet.of(session, facts, destinations=copies))

    def start(self) -> Child:
        words = ["air", "--session", DAY, "--prepared", "--json"]
        argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(self.file), *words]
        return Child(argv)

    def until_on_air(self, child: Child, starts: int) -> float:
        """Waits for so many starts in the journal; the seconds that it took."""
        begun = time.monotonic()
        while self.starts() < starts:
            assert child.status is None, child.tail
            assert time.monotonic() - begun < 60
            time.sleep(0.01)
        return time.monotonic() - begun

    def starts(self) -> int:
        journal = self.folder / JOURNAL
        return journal.read_bytes().count(b'"event":"start"') if journal.exists() else 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> list[Footage]:
    folder = tmp_path_factory.mktemp("shelf")
    return [
        Footage(
            key=f"{n}",
            path=make_segment(folder / f"{n}.ts", 100, 60 * n),
            kind="video",
            frames=100,
        )
        for n in range(4)
    ]


def test_killed_at_any_moment_air_goes_on_at_the_right_place_and_nothing_is_lost(
    tmp_path: Path, made: list[Footage], ffmpeg: str
) -> None:
    event = Event(tmp_path, made)
    chance = random.Random(11)
    child = event.start()
    event.until_on_air(child, 1)
    back: list[float] = []
    alive: list[Line] = []
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.0, 2.5))
        alive.append(ask(event.air, {"command": "status"}))
        child.kill()
        child.stop()
        starts = event.starts()
        child = event.start()
        back.append(event.until_on_air(child, starts + 1))
    print("back on air after", " ".join(f"{seconds:.2f}" for seconds in sorted(back)), "s")
    time.sleep(1.0)
    assert ask(event.air, {"command": "stop", "id": "end"})["ok"]
    assert child.wait(30) == 0, child.tail

    journal = read_journal(event.folder / JOURNAL)
    lines = journal.lines
    assert journal.torn == b""
    assert check_chain(lines) == ()
    runs = [n for n, line in enumerate(lines) if line["event"] == "open"]
    assert len(runs) == KILLS + 1
    for before, after in pairwise(runs):
        assert goes_on_at_the_right_place(lines[before:after], lines[after:])
    for status in alive:
        assert known(lines, status), "what was on when air was killed is in the journal"
    verdict = verify(event.folder, {one.key: one.path for one in made}.get, ffmpeg, deep=True)
    assert verdict.faults == ()
    assert unrecorded(lines) == ()
    assert verdict.checked_frames == lines[-1]["frames"] == sum(a.frames for a in airings(lines))
    for airing in airings(lines):
        assert 0 <= airing.frames <= 100
        assert airing.delivered_frames <= airing.frames
    starts = [line["occurrence"] for line in lines if line["event"] == "start"]
    ends = [line["occurrence"] for line in lines if line["event"] == "end"]
    assert starts == ends == sorted(set(starts))


def goes_on_at_the_right_place(before: Any, after: Any) -> bool:
    """The chain of 4 s items, as if it had not stopped, is where the next program enters it."""
    last = [line for line in before if line["event"] == "start"][-1]
    first = next(line for line in after if line["event"] == "start")
    began = datetime.fromisoformat(last["at"]) - timedelta(seconds=last["skip"] / FPS)
    since = (datetime.fromisoformat(first["at"]) - began).total_seconds()
    items, rest = divmod(since, 4)
    assert int(first["item"]) == int(last["item"]) + items, (last, first)
    assert rest * FPS - GOP - 1 <= first["skip"] <= rest * FPS + 1, (rest, first)
    gone = [line["item"] for line in after if line["event"] == "missed"]
    assert {f"{int(last['item']) + n:03}" for n in range(1, int(items))} <= set(gone)
    return True


def known(lines: Any, status: Line) -> bool:
    on = status["on"]
    return any(
        line["event"] == "start"
        and line["item"] == on["item"]
        and line["first_frame"] == on["first_frame"]
        for line in lines
    )


def test_the_sheet_with_its_stream_keys_is_readable_by_its_owner_only(
    tmp_path: Path, made: list[Footage]
) -> None:
    event = Event(tmp_path, made)
    assert (event.folder / "session.json").stat().st_mode & 0o077 == 0
    assert json.loads((event.folder / "session.json").read_text())["id"] == DAY
