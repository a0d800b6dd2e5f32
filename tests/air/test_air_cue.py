"""A lower third comes and goes over what is on air: real inserts, played on a hand-driven clock."""

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from made import Made
from peers import until

from pipeline.air import JOURNAL, Player, Session, airings, inserted, play, read_journal
from pipeline.air.desk import Press
from pipeline.air.inserts import CueOrder, read_cue
from pipeline.air.repair import repair
from pipeline.air.steer import Order
from pipeline.clock import HandClock
from pipeline.errors import OutsideError, Text
from pipeline.manifest import verify
from pipeline.overlays import Drawn
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.segments import Cue, Inserter, InsertPlan, Runs, joints
from pipeline.settings import House
from pipeline.splice import SegmentReader
from pipeline.tools import run

SMALL = House(width=320, height=180, video_kbps=300, audio_kbps=64, preset="ultrafast")
OTHER = SMALL.model_copy(update={"video_kbps": 500})
RATE = SMALL.rate
NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
LOG = "program-0001.ts"

BOX = (20, 130, 200, 30)
DRAWN = Drawn(
    svg='<svg xmlns="http://www.w3.org/2000/svg" width="200" height="30">'
    '<rect width="200" height="30" fill="#c01820"/></svg>',
    scale=1,
    template="test.svg",
    x=BOX[0],
    y=BOX[1],
    width=BOX[2],
    height=BOX[3],
)


@dataclass
class Crew:
    """Makes inserts for segments, and orders them while a program plays."""

    inserter: Inserter
    shelf: dict[str, Made]
    wishes: dict[int, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)

    def file(
        self, name: str, begin: int, end: int, cue: tuple[int, int], house: House = SMALL
    ) -> dict[str, Any]:
        made = self.shelf[name]
        wanted = InsertPlan(made.key, begin, end - begin, Cue(DRAWN, *cue), None, house)
        path = self.inserter.make(wanted, made.path, Runs())
        return {"key": wanted.key, "path": str(path), "first": begin, "frames": end - begin}

    def wish(self, name: str, *files: dict[str, Any], action: str = "on", **more: Any) -> Any:
        wanted = {"action": action, "segment": self.shelf[name].key, "inserts": files}
        span = {"first": files[0]["first"], "last": files[-1]["first"] + files[-1]["frames"]}
        return CueOrder.model_validate(wanted | span | more)

    def orders(self, player: Player) -> None:
        """As the socket does, at the program's frame that is due."""
        for name, wish in self.wishes.pop(player.frames, {}).items():
            assert player.on is not None
            try:
                press = Press(Order(name, "cue"), cue=read_cue(wish, player.on.segment, RATE))
            except OutsideError as error:
                self.answers[name] = error.what
                continue
            self.answers[name] = player.desk.press(press)

    def answer(self, name: str) -> Any:
        found = self.answers[name]
        return found if isinstance(found, Text) else found.result(1)


@pytest.fixture
def crew(tmp_path: Path, ffmpeg: str, shelf: dict[str, Made]) -> Crew:
    return Crew(Inserter(tmp_path / "store", SMALL, ffmpeg), shelf)


@pytest.fixture
def hashes(picture_hashes: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    return picture_hashes


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Made]:
    """Segments of 5 and 4 s, and a slate that loops."""
    folder = tmp_path_factory.mktemp("shelf")
    lengths = {"a": 125, "b": 100, "slate": 50}
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
    folder: Path, shelf: dict[str, Made], on_frame: Callable[[Player], None] = lambda player: None
) -> list[dict[str, Any]]:
    """Plays both, one after the other; the journal's lines."""
    items = tuple(
        Item(
            id=name,
            kind=Kind.VIDEO,
            title=f"Acara {name}",
            at=NINE,
            duration_s=shelf[name].frames // 25,
            start=StartMode.FOLLOW,
        )
        for name in "ab"
    )
    session = Session(
        "s",
        plan(RundownSession(id="s", day=NINE.date(), items=items)),
        shelf,
        {None: shelf["slate"]},
        {},
    )
    play(
        folder,
        session,
        RATE,
        shown_at=NINE,
        facts={"event_name": "Uji"},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(NINE),
        on_frame=on_frame,
    )
    return [dict(line) for line in read_journal(folder / JOURNAL).lines]


def seen(lines: list[dict[str, Any]]) -> list[tuple[str | None, int, int, bool]]:
    return [(a.item, a.first_frame, a.frames, a.cut) for a in airings(lines)]


def sounds(path: Path) -> list[bytes]:
    found = []
    with SegmentReader(path, RATE) as reader:
        while (sound := reader.sound()) is not None:
            found.append(sound)
    return found


def first_exit(shelf: dict[str, Made], name: str, frame: int) -> int:
    """The first frame at or after one at which a segment can be left that is no keyframe."""
    made = shelf[name]
    found = joints(made.path, RATE, frame, frame + 8, frames=made.frames)
    return next(at for at in found.exits if at >= frame and at not in found.keys)


def proved(folder: Path, crew: Crew, ffmpeg: str, *, deep: bool = True) -> Any:
    paths = {made.key: made.path for made in crew.shelf.values()}

    def find(key: str) -> Path | None:
        path = paths.get(key, crew.inserter.path(key))
        return path if path.exists() else None

    return verify(folder, find, ffmpeg, deep=deep)


def test_a_cue_changes_its_frames_and_its_box_and_nothing_else(
    tmp_path: Path, crew: Crew, hashes: Any, ffmpeg: str, shelf: dict[str, Made]
) -> None:
    first = first_exit(shelf, "a", 31)
    span = (first, 97)
    files = [crew.file("a", first, 50, span), crew.file("a", 50, 100, span)]
    crew.wishes[10] = {"one": crew.wish("a", files[0], last=97)}
    crew.wishes[20] = {"two": crew.wish("a", files[1], after=files[0]["key"], last=97)}
    with_cue, without = tmp_path / "with", tmp_path / "without"
    lines = on_air(with_cue, shelf, crew.orders)
    on_air(without, shelf)

    assert crew.answer("one") == {"ok": True, "frame": first}
    assert crew.answer("two") == {"ok": True, "frame": 50}
    assert seen(lines) == [("a", 0, 125, False), ("b", 125, 100, False)]
    told = [(one.first_frame, one.frames) for one in inserted(lines)[1]]
    assert told == [(first, 50 - first), (50, 50)]
    ours, plain = hashes(with_cue / LOG), hashes(without / LOG)
    assert ours[:first] == plain[:first] and ours[100:] == plain[100:]
    assert not set(ours[first:100]) & set(plain[first:100])
    assert sounds(with_cue / LOG) == sounds(without / LOG)
    inside, outside = differences(with_cue / LOG, without / LOG, 70, ffmpeg)
    assert inside > 40 and outside < 6
    assert proved(with_cue, crew, ffmpeg).faults == ()
    assert [line["text"] for line in lines if line["event"] == "cue"] == ["on"], "one wish"


def differences(one: Path, other: Path, frame: int, ffmpeg: str) -> tuple[float, float]:
    """The mean difference of one frame's luma in the lower third's box, and elsewhere."""
    pictures = []
    for path in (one, other):
        pick = f"select=eq(n\\,{frame}),format=gray"
        out = path.with_suffix(".gray")
        argv = [ffmpeg, "-v", "error", "-y", "-i", str(path), "-map", "0:v", "-vf", pick]
        run([*argv, "-frames:v", "1", "-f", "rawvideo", str(out)], deadline=60)
        pictures.append(out.read_bytes())
    x, y, width, height = BOX
    inside: list[int] = []
    outside: list[int] = []
    for at, (a, b) in enumerate(zip(*pictures, strict=True)):
        column, row = at % SMALL.width, at // SMALL.width
        there = x <= column < x + width and y <= row < y + height
        (inside if there else outside).append(abs(a - b))
    return sum(inside) / len(inside), sum(outside) / len(outside)


def test_what_comes_too_late_or_is_missing_or_damaged_leaves_the_segment_as_it_is(
    tmp_path: Path, crew: Crew, hashes: Any, shelf: dict[str, Made]
) -> None:
    good = crew.file("a", 50, 100, (50, 90))
    path = Path(good["path"])
    torn, flipped = tmp_path / "torn.ts", tmp_path / "flipped.ts"
    data = path.read_bytes()
    torn.write_bytes(data[: len(data) // 2])
    flipped.write_bytes(data[:9400] + bytes(188) + data[9588:])
    wrong = {
        "late": good,
        "gone": good | {"path": str(tmp_path / "gone.ts")},
        "torn": good | {"path": str(torn)},
        "flipped": good | {"path": str(flipped)},
        "short": good | {"frames": 25},
    }
    for at, (name, file) in enumerate(wrong.items()):
        crew.wishes[52 if name == "late" else 10 + at] = {name: crew.wish("a", file)}
    crew.wishes[20] = {"segment": crew.wish("b", good)}
    lines = on_air(tmp_path / "air", shelf, crew.orders)

    refused = {name: crew.answer(name) for name in crew.answers}
    assert refused.pop("late")["en"] == "too late: its place has passed"
    assert refused.pop("segment")["en"] == "another item is on air by now"
    assert len(refused) == 4
    assert all(isinstance(why, Text) for why in refused.values()), refused
    assert [line for line in lines if line["event"] in ("insert", "cue", "alarm")] == []
    expected = hashes(shelf["a"].path) + hashes(shelf["b"].path)
    assert hashes(tmp_path / "air" / LOG) == expected


def test_an_insert_of_another_format_is_refused(
    tmp_path: Path, crew: Crew, shelf: dict[str, Made], ffmpeg: str
) -> None:
    other = Crew(Inserter(tmp_path / "other", OTHER, ffmpeg), shelf)
    crew.wishes[10] = {"other": crew.wish("a", other.file("a", 50, 100, (50, 90), OTHER))}
    on_air(tmp_path / "air", shelf, crew.orders)

    assert crew.answer("other")["en"] == "the inserts have another format"


def test_off_cuts_into_an_insert_that_is_on_and_what_follows_it_never_comes(
    tmp_path: Path, crew: Crew, shelf: dict[str, Made], ffmpeg: str
) -> None:
    on = [crew.file("a", 50, 100, (50, 125)), crew.file("a", 100, 125, (50, 125))]
    path = Path(on[0]["path"])
    leaves = 50 + joints(path, RATE, 23, 30, frames=50).exits[8]
    off = crew.file("a", leaves, 100, (leaves - 24, leaves + 12))
    crew.wishes[10] = {"on": crew.wish("a", *on)}
    crew.wishes[55] = {"off": crew.wish("a", off, action="off", first=leaves, last=leaves + 12)}
    crew.wishes[56] = {"more": crew.wish("a", on[1], after=on[1]["key"])}
    states = {}

    def follow(player: Player) -> None:
        crew.orders(player)
        assert player.on is not None
        states[player.frames] = player.on.inserts.shown(player.on.reel.at, ())[0]

    lines = on_air(tmp_path / "air", shelf, follow)

    assert crew.answer("on")["ok"] and crew.answer("off") == {"ok": True, "frame": leaves}
    assert crew.answer("more")["en"] == "another order has replaced it"
    told = [(one.first_frame, one.frames) for one in inserted(lines)[1]]
    assert told == [(50, leaves - 50), (leaves, 100 - leaves)]
    assert proved(tmp_path / "air", crew, ffmpeg).faults == ()
    assert [states[at] for at in (5, 20, 52, leaves + 4, leaves + 14, 110)] == [
        "off",
        "coming",
        "on",
        "leaving",
        "off",
        "off",
    ]


def test_a_take_ends_an_insert_and_one_may_reach_to_the_segments_end(
    tmp_path: Path, crew: Crew, shelf: dict[str, Made], ffmpeg: str
) -> None:
    crew.wishes[10] = {"a": crew.wish("a", crew.file("a", 50, 100, (50, 90)))}

    def follow(player: Player) -> None:
        crew.orders(player)
        if player.frames == 60:
            player.desk.press(Press(Order("take", "take")))
        if player.on and player.on.item == "b" and player.on.sent == 9:
            crew.wishes = {player.frames: {"b": crew.wish("b", crew.file("b", 50, 100, (50, 90)))}}
            crew.orders(player)

    lines = on_air(tmp_path / "air", shelf, follow)

    (_, _, cut, _), (_, _, frames, _) = seen(lines)
    assert 60 <= cut <= 63 and frames == 100
    assert [len(found) for found in inserted(lines).values()] == [1, 1]
    verdict = proved(tmp_path / "air", crew, ffmpeg)
    assert verdict.faults == () and verdict.checked_frames == cut + 100


def test_a_segment_that_loops_takes_no_lower_third(
    tmp_path: Path, crew: Crew, shelf: dict[str, Made]
) -> None:
    looped = shelf | {"a": replace(shelf["a"], loop=True)}
    crew.wishes[10] = {"loop": crew.wish("a", crew.file("a", 50, 100, (50, 90)))}
    on_air(tmp_path / "air", looped, crew.orders)

    assert crew.answer("loop")["en"] == "a loop takes no lower third"


def test_a_segment_that_breaks_under_an_insert_gives_way_to_the_slate(
    tmp_path: Path, crew: Crew, shelf: dict[str, Made], hashes: Any, ffmpeg: str
) -> None:
    data = shelf["a"].path.read_bytes()
    broken = tmp_path / "broken.ts"
    at = len(data) * 60 // 125 // 188 * 188
    broken.write_bytes(data[:at] + bytes(188) + data[at + 188 :])
    crew.wishes[10] = {"on": crew.wish("a", crew.file("a", 50, 100, (50, 90)))}

    damaged = shelf | {"a": replace(shelf["a"], path=broken)}
    lines = on_air(tmp_path / "air", damaged, crew.orders)

    assert crew.answer("on")["ok"]
    ((_, first, frames, cut), (_, _, rest, _), *_) = seen(lines)
    assert first == 0 and 50 < frames < 65 and cut
    assert 125 <= frames + rest <= 127
    assert len(hashes(tmp_path / "air" / LOG)) == lines[-1]["frames"]


def test_after_a_kill_in_an_insert_the_program_is_proved_and_tampering_is_found(
    tmp_path: Path, crew: Crew, shelf: dict[str, Made], ffmpeg: str
) -> None:
    file = crew.file("a", 50, 100, (50, 90))
    crew.wishes[10] = {"on": crew.wish("a", file)}
    air = tmp_path / "air"

    class Killed(BaseException):
        """As if the process were gone: nothing is tidied up."""

    def recorded() -> bool:
        """Whether what was sent is on disk, as far as it is looked at."""
        with contextlib.suppress(OutsideError, OSError):  # not even its head is there
            return len(sounds(air / LOG)) > 130
        return False

    def follow(player: Player) -> None:
        crew.orders(player)
        if player.frames == 80:
            until(recorded)
            shutil.copytree(air, tmp_path / "killed")
            raise Killed

    with pytest.raises(Killed):
        on_air(air, shelf, follow)
    killed = tmp_path / "killed"
    frames = repair(killed, RATE, HandClock(NINE))
    assert 60 < frames <= 80
    assert proved(killed, crew, ffmpeg).faults == ()

    other = Path(crew.file("b", 50, 100, (50, 90))["path"])
    crew.inserter.path(file["key"]).write_bytes(other.read_bytes())
    (fault,) = proved(killed, crew, ffmpeg).faults
    assert fault.where == f"{LOG}, frame 50"
