"""Takes at random moments, as a crew makes them: what nginx recorded has every frame once, in order."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import av
import pytest
from aids import free_port
from hurried import HurriedClock, with_real_patience
from made import Made
from peers import Nginx
from pydantic import SecretStr

from pipeline.air import JOURNAL, Player, Session, airings, check_chain, play, read_journal
from pipeline.air.desk import Press
from pipeline.air.steer import Order
from pipeline.clock import Clock, HandClock
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.settings import Destination
from pipeline.timing import Rate

RATE = Rate(25)
TAKES, SEGMENTS = 200, 20
MINI_GOP = 3
NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
HALF_AN_AAC_FRAME = 1024 / 48_000 / 2


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Made]:
    """Twenty segments of 2 to 4 s, none a whole number of AAC frames, and a slate."""
    folder = tmp_path_factory.mktemp("shelf")
    made = {}
    for n in range(SEGMENTS):
        name, frames = f"1-{n:02}", 53 + 3 * (n % 16)
        path = make_segment(folder / f"{name}.ts", frames, 17 * n)
        made[name] = Made(name, path, "video", frames)
    slate = make_segment(folder / "slate.ts", 40, 350)
    return made | {"slate": Made("slate", slate, "slate", 40, loop=True)}


class Crew:
    """Takes something else than what is on, again and again, then ends the program."""

    def __init__(self, items: list[str], seed: int) -> None:
        self._random = random.Random(seed)
        self._items = items
        self._next = 20
        self.presses: list[tuple[int, Press]] = []

    def __call__(self, player: Player) -> None:
        waiting = self.presses and not self.presses[-1][1].answer.done()
        if player.frames < self._next or waiting:
            return
        if len(self.presses) == TAKES:
            player.stop()
            return
        on = player.on_air[0]
        wanted = self._random.choice([item for item in self._items if item != on])
        press = Press(Order(f"take {len(self.presses)}", "take", by="kru", item=wanted))
        player.desk.press(press)
        self.presses.append((player.frames, press))
        self._next = player.frames + 13 + self._random.randrange(12)


def broadcast(
    folder: Path,
    shelf: dict[str, Made],
    clock: Clock,
    crew: Crew,
    ffmpeg: str = "unused",
    destinations: Sequence[Destination] = (),
) -> None:
    now = clock.now()
    items = tuple(
        Item(id=n, kind=Kind.VIDEO, title=n, at=now, duration_s=3, start=StartMode.FOLLOW)
        for n in shelf
        if n != "slate"
    )
    play(
        folder,
        Session(
            "uji",
            plan(RundownSession(id="uji", day=now.date(), items=items)),
            shelf,
            {None: shelf["slate"]},
            {},
        ),
        RATE,
        shown_at=now,
        facts={},
        destinations=destinations,
        ffmpeg=ffmpeg,
        clock=clock,
        stay=True,
        on_frame=crew,
    )


def test_a_take_is_on_air_within_two_frames_and_a_mini_gop(
    tmp_path: Path, shelf: dict[str, Made]
) -> None:
    crew = Crew(list(shelf)[:-1], seed=5)
    broadcast(tmp_path, shelf, HandClock(NINE), crew)
    late = [press.answer.result(0)["frame"] - pressed for pressed, press in crew.presses]
    assert len(late) == TAKES
    assert max(late) <= 2 + MINI_GOP


def test_after_200_takes_nginx_has_every_frame_once_in_order_and_sound_in_step(
    tmp_path: Path,
    shelf: dict[str, Made],
    picture_hashes: Callable[[Path], list[str]],
    ffmpeg: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = HurriedClock(10)
    with_real_patience(monkeypatch, 10)
    crew = Crew(list(shelf)[:-1], seed=3)
    (tmp_path / "nginx").mkdir(mode=0o777)
    nginx = Nginx(tmp_path / "nginx", free_port())
    try:
        url = f"rtmp://127.0.0.1:{nginx.port}/live"
        destination = Destination(name="nginx", url=url, key=SecretStr("program"))
        broadcast(tmp_path / "air", shelf, clock, crew, ffmpeg, [destination])
    finally:
        nginx.kill()

    lines = read_journal(tmp_path / "air" / JOURNAL).lines
    assert check_chain(lines) == ()
    aired = airings(lines)
    taken = [line for line in lines if line["event"] == "take"]
    assert len(taken) == TAKES
    assert all(press.answer.result(0)["ok"] for _, press in crew.presses)
    own = {name: picture_hashes(made.path) for name, made in shelf.items()}
    expected = [
        own[airing.segment][n % len(own[airing.segment])]
        for airing in aired
        for n in range(airing.frames)
    ]
    (received,) = (tmp_path / "nginx").glob("*.flv")
    (delivered,) = [li for li in lines if li["event"] == "delivery" and li["state"] == "ended"]
    first = delivered["first_frame"]  # the newest keyframe when the connection was opened
    assert first < 75
    assert picture_hashes(received) == expected[first:]
    assert delivered["frames"] == len(expected) - first

    frames = sounds = 0
    for line in lines:
        if line["event"] == "end":
            frames, sounds = frames + line["frames"], sounds + line["audio_frames"]
            assert abs(frames / 25 - sounds * 1024 / 48_000) <= HALF_AN_AAC_FRAME + 1e-9
    picture_end, sound_end = ends_of(received)
    assert abs(picture_end - sound_end) <= HALF_AN_AAC_FRAME + 0.002, "FLV counts milliseconds"


def ends_of(path: Path) -> tuple[float, float]:
    """Where picture and sound end, in seconds; the AAC frames follow each other without a hole."""
    with av.open(str(path)) as container:
        packets = [(p.stream.type, p.pts) for p in container.demux(video=0, audio=0) if p.size]
    pictures = [at for kind, at in packets if kind == "video"]
    sounds = [at for kind, at in packets if kind == "audio"]
    for number, at in enumerate(sounds):
        assert abs(at - sounds[0] - number * 1024 / 48) <= 1
    return max(pictures) / 1000 + 1 / 25, sounds[-1] / 1000 + 1024 / 48_000
