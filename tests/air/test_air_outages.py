"""A whole program while servers die, fall silent or stop reading, and the crew takes all the while.

TAYANG_OUTAGES says how often nginx is killed and started again (twice unless told).
"""

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aids import free_port
from made import Made
from peers import Gate, Nginx, pictures, silent
from pydantic import SecretStr

from pipeline.air import JOURNAL, Player, Session, airings, check_chain, play, read_journal
from pipeline.air.desk import Press
from pipeline.air.steer import Order
from pipeline.clock import SystemClock
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.settings import Destination
from pipeline.timing import Rate

OUTAGES = int(os.environ.get("TAYANG_OUTAGES", "2"))
HALF_A_SECOND = 12  # frames


class Crew:
    """Takes one item after another, until the weather is over."""

    def __init__(self, items: list[str], over: threading.Event) -> None:
        self._chance = random.Random(7)
        self._items = items
        self._over = over
        self._next = 30
        self.presses: list[tuple[int, Press]] = []

    def __call__(self, player: Player) -> None:
        if self._over.is_set():
            if self.presses[-1][1].answer.done():
                player.stop()
        elif player.frames >= self._next:
            other = [item for item in self._items if item != player.on_air[0]]
            press = Press(Order(f"{player.frames}", "take", item=self._chance.choice(other)))
            self.presses.append((player.frames, press))
            player.desk.press(press)
            self._next = player.frames + self._chance.randrange(15, 40)


def weather(nginx: Nginx, gate: Gate, over: threading.Event) -> None:
    """Nginx dies again and again; in between the other server stops reading for a while."""
    chance = random.Random(5)
    time.sleep(1.5)
    for outage in range(OUTAGES):
        nginx.kill()
        time.sleep(chance.uniform(0.0, 0.8))
        nginx.start()
        if outage % 10 == 1:
            gate.shut()
        time.sleep(chance.uniform(1.5, 2.5))
        if outage % 10 == 5:
            gate.open()
    gate.open()
    over.set()


def test_whatever_servers_do_the_program_and_the_healthy_one_have_every_frame(
    tmp_path: Path,
    make_segment: Any,
    ffmpeg: str,
    picture_hashes: Callable[[Path], list[str]],
) -> None:
    made = {
        n: Made(n, make_segment(tmp_path / f"{n}.ts", 75, 60 * k), "video", 75)
        for k, n in enumerate("abcd")
    }
    slate = Made("slate", make_segment(tmp_path / "s.ts", 50, 300), "slate", 50, loop=True)
    clock = SystemClock()
    now = clock.now()
    items = tuple(
        Item(id=n, kind=Kind.VIDEO, title=n, at=now, duration_s=3, start=StartMode.FOLLOW)
        for n in made
    )
    session = Session(
        "uji",
        plan(RundownSession(id="uji", day=now.date(), items=items)),
        made,
        {None: slate},
        {},
    )
    for name in ("dying", "steady"):
        (tmp_path / name).mkdir()
    dying, steady = (Nginx(tmp_path / name, free_port()) for name in ("dying", "steady"))
    over = threading.Event()
    crew = Crew(list(made), over)
    with Gate(steady.port) as gate, silent() as nobody:
        storm = threading.Thread(target=weather, args=(dying, gate, over))
        storm.start()
        urls = {"mati": dying.port, "macet": gate.port, "sehat": steady.port, "diam": nobody}
        play(
            tmp_path / "air",
            session,
            Rate(25),
            shown_at=now,
            facts={},
            destinations=[
                Destination(name=n, url=f"rtmp://127.0.0.1:{port}/live", key=SecretStr(n))
                for n, port in urls.items()
            ],
            ffmpeg=ffmpeg,
            clock=clock,
            stay=True,
            on_frame=crew,
        )
        storm.join()
    dying.stop()
    steady.stop()

    lines = read_journal(tmp_path / "air" / JOURNAL).lines
    assert check_chain(lines) == ()
    program = picture_hashes(tmp_path / "air" / "program-0001.ts")
    assert len(program) == lines[-1]["frames"] == sum(a.frames for a in airings(lines))
    (healthy,) = steady.recordings("sehat")
    (sent,) = ends(lines, "sehat")
    assert picture_hashes(healthy) == program[sent["first_frame"] :]
    assert sent["first_frame"] + sent["frames"] == len(program)
    assert all(press.answer.result(0)["ok"] for _, press in crew.presses)
    late = sorted(press.answer.result(0)["frame"] - pressed for pressed, press in crew.presses)
    print(f"{len(late)} takes, on air after {late} frames; {lines[-1]['late']}")
    for name, server in (("mati", dying), ("macet", steady)):
        counted = [line["frames"] for line in ends(lines, name)]
        received = [pictures(path) for path in server.recordings(name)]
        print(name, "counted", counted, "received", received)
        assert len(counted) == len(received)
        wrong = [abs(one - two) for one, two in zip(counted, received, strict=True)]
        assert max(wrong) <= HALF_A_SECOND
    assert 1 < len(ends(lines, "mati")) <= OUTAGES + 1, "it may die again before it is tried again"
    assert ends(lines, "diam") == []


def ends(lines: Any, name: str) -> list[dict[str, Any]]:
    """How each connection of a destination ended that took anything."""
    return [
        line
        for line in lines
        if line["event"] == "delivery"
        and line["destination"] == name
        and line["state"] in ("lost", "ended")
        and line["frames"]
    ]
