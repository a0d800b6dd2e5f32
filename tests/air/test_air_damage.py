"""Segments come to harm on the disk: what is left of them airs, then the slate; the program goes on."""

import dataclasses
import io
import os
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
from hurried import HurriedClock
from made import Made

from pipeline.air import JOURNAL, Player, Session, airings, check_chain, play, read_journal
from pipeline.air.reel import Reel
from pipeline.air.shelf import Shelf
from pipeline.clock import Clock, HandClock
from pipeline.errors import OutsideError
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.splice import SILENCE, Intact, Picture, SegmentReader, Stamp, TransportWriter
from pipeline.timing import Rate

RATE = Rate(25)
NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
PACKET = 188
Shelved = dict[str, "Made"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> Shelved:
    """Two segments of 2 s, one of 24 s, and a slate that loops."""
    folder = tmp_path_factory.mktemp("shelf")
    lengths = {"a": 50, "b": 50, "long": 600, "slate": 30}
    return {
        name: Made(
            name,
            make_segment(folder / f"{name}.ts", frames, 70 * number),
            "slate" if name == "slate" else "video",
            frames,
            loop=name == "slate",
        )
        for number, (name, frames) in enumerate(lengths.items())
    }


def broadcast(
    folder: Path,
    shelf: Shelved,
    order: str,
    *,
    clock: Clock | None = None,
    on_frame: Callable[[Player], None] = lambda player: None,
) -> list[dict[str, Any]]:
    """Plays items of 2 s, one after the other, with the segments that `order` names by their keys."""
    items = [
        Item(
            id=str(number),
            kind=Kind.VIDEO,
            title=name,
            at=NINE + timedelta(seconds=2 * number),
            duration_s=2,
            start=StartMode.FOLLOW,
        )
        for number, name in enumerate(order)
    ]
    planned = plan(RundownSession(id="s", day=NINE.date(), items=tuple(items)))
    segments = {item.id: shelf[item.title] for item in items}
    play(
        folder,
        Session("s", planned, segments, {None: shelf["slate"]}, {}),
        RATE,
        shown_at=NINE,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=clock or HandClock(NINE),
        on_frame=on_frame,
    )
    return [dict(line) for line in read_journal(folder / JOURNAL).lines]


def harmed(path: Path, data: bytes) -> Made:
    path.write_bytes(data)
    return Made(f"harmed-{path.stem}", path, "video", 50)


def cut(data: bytearray, dice: random.Random) -> None:
    del data[dice.randrange(PACKET, len(data)) :]


def zero(data: bytearray, dice: random.Random) -> None:
    size = dice.choice([PACKET, 512, 4096])
    at = dice.randrange(len(data) - size) // size * size
    data[at : at + size] = bytes(size)


def drop(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data) // PACKET - 20) * PACKET
    del data[at : at + PACKET * dice.choice([1, 2, 20])]


def double(data: bytearray, dice: random.Random) -> None:
    at = dice.randrange(len(data) // PACKET - 30) * PACKET
    data[at:at] = data[at : at + PACKET * dice.choice([1, 10, 30])]


def swap(data: bytearray, dice: random.Random) -> None:
    one, other = (PACKET * dice.randrange(n, n + 200) for n in (0, 300))
    size = PACKET * 10
    data[one : one + size], data[other : other + size] = (
        data[other : other + size],
        data[one : one + size],
    )


def flip(data: bytearray, dice: random.Random) -> None:
    for _ in range(dice.choice([1, 3, 10])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def stamps(program: Path) -> list[tuple[int, int]]:
    """The display and decoding time of every picture, in frames."""
    with av.open(program, format="mpegts") as container:
        times = [(p.pts or 0, p.dts or 0) for p in container.demux(video=0) if p.size]
    return [(pts // RATE.frame_ticks, dts // RATE.frame_ticks) for pts, dts in times]


@pytest.mark.parametrize("harm", [cut, zero, drop, double, swap, flip])
def test_whatever_befalls_a_segment_the_program_runs_to_its_end_and_every_frame_has_its_time(
    tmp_path: Path,
    shelf: Shelved,
    picture_hashes: Callable[[Path], list[str]],
    harm: Callable[[bytearray, random.Random], None],
) -> None:
    dice = random.Random(harm.__name__)
    whole = shelf["b"].path.read_bytes()
    more = dict(shelf)
    for name in "0123456789":
        data = bytearray(whole)
        harm(data, dice)
        more[name] = harmed(tmp_path / f"{name}.ts", bytes(data))

    lines = broadcast(tmp_path / "air", more, "a0123456789a")

    program = tmp_path / "air" / "program-0001.ts"
    shown = stamps(program)
    assert check_chain(lines) == ()
    assert len(shown) == lines[-1]["frames"] == sum(a.frames for a in airings(lines))
    assert 12 * 50 <= len(shown) <= 12 * 50 + 2 * 10, "a slate is left after a whole mini-GOP"
    assert all(b[1] == a[1] + 1 for a, b in pairwise(shown))
    assert sorted(pts for pts, _ in shown) == list(range(shown[0][0], shown[0][0] + len(shown)))
    assert all(pts >= dts for pts, dts in shown)
    if harm is not flip:  # a bit within a slice is known only to who decodes it
        refused = {line["segment"] for line in lines if line["event"] == "damaged"}
        assert refused == {more[name].key for name in "0123456789"}
        known = {h for name in ("a", "b", "slate") for h in picture_hashes(shelf[name].path)}
        assert set(picture_hashes(program)) <= known


def rewritten(
    shelf: Shelved, pictures: Callable[[list[Picture]], list[tuple[Picture, Stamp]]]
) -> bytes:
    """The segment `b` without sound, its pictures and their times as `pictures` gives them."""
    out = io.BytesIO()
    with SegmentReader(shelf["b"].path, RATE) as reader:
        found = list(iter(reader.picture, None))
        with TransportWriter(out, reader) as writer:
            for picture, stamp in pictures([p for p in found if p is not None]):
                writer.picture(picture, stamp)
                writer.sound(SILENCE, Stamp(stamp.dts, stamp.dts))
    return out.getvalue()


def in_order(pictures: list[Picture]) -> list[tuple[Picture, Stamp]]:
    ticks = RATE.frame_ticks
    return [
        (picture, Stamp((picture.display + 1) * ticks, place * ticks))
        for place, picture in enumerate(pictures)
    ]


def aired(tmp_path: Path, shelf: Shelved, data: bytes) -> int:
    """How many frames of such a segment come out of a reel until it is damaged or at its end."""
    try:
        reel = Reel(harmed(tmp_path / "rewritten.ts", data), RATE)
    except OutsideError:
        return 0
    count = 0
    while not reel.at_end:
        reel.picture()
        count += 1
    reel.close()
    assert (reel.damaged is None) == (count == 50)
    return count


def test_pictures_written_anew_make_a_segment_again(tmp_path: Path, shelf: Shelved) -> None:
    assert aired(tmp_path, shelf, rewritten(shelf, in_order)) == 50


def test_pictures_whose_places_are_not_the_next_ones_do_not_air(
    tmp_path: Path, shelf: Shelved
) -> None:
    def without_one(pictures: list[Picture]) -> list[tuple[Picture, Stamp]]:
        return in_order([p for p in pictures if p.display != 20])

    def one_twice(pictures: list[Picture]) -> list[tuple[Picture, Stamp]]:
        twice = {20: 40}
        return in_order(
            [dataclasses.replace(p, display=twice.get(p.display, p.display)) for p in pictures]
        )

    assert 17 <= aired(tmp_path, shelf, rewritten(shelf, without_one)) <= 20
    assert 17 <= aired(tmp_path, shelf, rewritten(shelf, one_twice)) <= 20


def test_a_segment_that_begins_without_a_keyframe_does_not_air(
    tmp_path: Path, shelf: Shelved
) -> None:
    def late(pictures: list[Picture]) -> list[tuple[Picture, Stamp]]:
        return in_order(pictures)[1:]

    assert aired(tmp_path, shelf, rewritten(shelf, late)) == 0


def test_a_segment_of_another_format_gives_way_to_the_slate(
    tmp_path: Path, shelf: Shelved, picture_hashes: Callable[[Path], list[str]]
) -> None:
    data = shelf["b"].path.read_bytes()
    with SegmentReader(shelf["b"].path, RATE) as reader:
        sps = reader.extradata[4:12]
    other = harmed(tmp_path / "other.ts", data.replace(sps, sps[:3] + b"\x33" + sps[4:]))

    lines = broadcast(tmp_path / "air", shelf | {"o": other}, "aoa")

    assert [line["segment"] for line in lines if line["event"] == "damaged"] == [other.key]
    assert [(a.item, a.kind) for a in airings(lines)] == [
        ("0", "video"),
        ("1", "slate"),
        ("2", "video"),
    ]
    assert len(picture_hashes(tmp_path / "air" / "program-0001.ts")) == lines[-1]["frames"]


def test_sound_that_is_lost_is_silence_and_what_follows_stays_in_step(
    tmp_path: Path, shelf: Shelved
) -> None:
    """The PIDs of some sound packets are changed, and their stream's counts mended."""
    data = bytearray(shelf["b"].path.read_bytes())
    sound = [
        at for at in range(0, len(data), PACKET) if data[at + 1] & 0x1F == 1 and data[at + 2] == 1
    ]
    starts = [at for at in sound if data[at + 1] & 0x40]
    lost = [at for at in sound if starts[3] <= at < starts[6]]
    for at in lost:
        data[at + 2] = 0x77
    for number, at in enumerate(at for at in sound if at not in lost):
        data[at + 3] = data[at + 3] & 0xF0 | (data[sound[0] + 3] + number) & 0x0F
    for number, at in enumerate(lost):
        data[at + 3] = data[at + 3] & 0xF0 | number & 0x0F

    whole, less = (
        Reel(segment, RATE) for segment in (shelf["b"], harmed(tmp_path / "less.ts", bytes(data)))
    )
    wanted, found = ([reel.sound() for _ in range(94)] for reel in (whole, less))
    missing = [n for n, sound_ in enumerate(found) if sound_ is None]
    whole.close()
    less.close()
    assert None not in wanted
    assert 1 <= len(missing) < 60
    assert [s for s in found if s] == [s for n, s in enumerate(wanted) if n not in missing]


def test_a_damaged_place_is_an_end_for_who_reads_and_a_seek_begins_anew() -> None:
    def packet(count: int) -> bytes:
        return bytes([0x47, 0x01, 0x00, 0x10 | count]) + bytes(184)

    numbers = [0, 1, 2, 4, 5]
    file = Intact(io.BytesIO(b"".join(map(packet, numbers))))
    assert len(b"".join(iter(lambda: file.read(100), b""))) // PACKET == 3
    assert file.broken
    file.seek(3 * PACKET - 10)
    assert len(file.read(1000)) == 2 * PACKET + 10
    assert not file.broken


@pytest.mark.parametrize("memory", [False, True])
def test_a_place_is_found_by_jumping_as_it_is_by_reading_from_the_start(
    shelf: Shelved, memory: bool
) -> None:
    path = shelf["long"].path
    with SegmentReader(path, RATE) as reader:
        pictures = [p for p in iter(reader.picture, None) if p is not None]
    with SegmentReader(path, RATE) as reader:
        sounds = list(iter(reader.sound, None))
    for frame in [0, 1, 49, 50, 51, 99, 100, 101, 149, 150, 331, 449, 450, 599, 600, 5000]:
        source = Intact(io.BytesIO(path.read_bytes())) if memory else None
        first = max(n for n, p in enumerate(pictures) if p.key and p.display <= frame)
        origin = pictures[first].display
        with SegmentReader(path, RATE, source=source) as reader:
            assert reader.seek_key(frame) == origin
            assert list(iter(reader.picture, None)) == pictures[first:]
            assert list(iter(reader.sound, None)) == sounds[RATE.audio_frames(origin) :]


def test_the_first_sound_is_heard_with_the_first_picture(shelf: Shelved) -> None:
    path = shelf["a"].path
    with av.open(path) as container:
        begin = next(packet.pts or 0 for packet in container.demux(video=0))
    with av.open(path) as container:
        sounds = {packet.pts or 0: bytes(packet) for packet in container.demux(audio=0)}
    nearest = min(sounds, key=lambda pts: abs(pts - begin))
    with SegmentReader(path, RATE) as reader:
        assert reader.sound() == sounds[nearest]


@pytest.fixture
def hung(tmp_path: Path) -> Iterator[Made]:
    """A file on a disk that doesn't answer: a pipe that nobody writes."""
    path = tmp_path / "hung.ts"
    os.mkfifo(path)
    yield Made("hung", path, "video", 50)
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def test_a_disk_that_hangs_with_one_segment_keeps_no_other_from_air(
    tmp_path: Path, shelf: Shelved, hung: Made
) -> None:
    clock = HurriedClock(20, NINE)
    lines = broadcast(tmp_path / "air", shelf | {"h": hung}, "aha", clock=clock)

    seen = {(a.item, a.kind) for a in airings(lines)}
    assert {("0", "video"), ("1", "slate"), ("2", "video")} <= seen
    assert [line["segment"] for line in lines if line["event"] == "damaged"] == [hung.key]


def test_a_disk_that_hangs_with_a_slate_lets_the_kept_one_air(
    tmp_path: Path, shelf: Shelved, hung: Made
) -> None:
    items = [
        Item(
            id=str(n),
            kind=Kind.VIDEO,
            title="a",
            at=NINE + timedelta(seconds=6 * n),
            duration_s=2,
            start=StartMode.FIXED,
        )
        for n in (0, 1)
    ]
    planned = plan(RundownSession(id="s", day=NINE.date(), items=tuple(items)))
    slate = dataclasses.replace(hung, kind="slate", loop=True)
    session = Session(
        "s", planned, {"0": shelf["a"], "1": shelf["b"]}, {None: shelf["slate"], "1": slate}, {}
    )
    play(
        tmp_path / "air",
        session,
        RATE,
        shown_at=NINE,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=HurriedClock(20, NINE),
    )
    lines = [dict(line) for line in read_journal(tmp_path / "air" / JOURNAL).lines]
    assert [(a.item, a.segment) for a in airings(lines)] == [
        ("0", "a"),
        (None, "slate"),
        ("1", "b"),
    ]


def test_whatever_goes_wrong_in_opening_is_told_to_who_takes(tmp_path: Path) -> None:
    class Odd:
        key, kind, frames, loop = "odd", "video", 50, False

        @property
        def path(self) -> Path:
            raise RuntimeError("nobody thought of this")

    shelf = Shelf(RATE, HandClock(NINE))
    with pytest.raises(OutsideError, match="nobody thought of this"):
        shelf.take(Odd())
    shelf.close()


def test_a_kept_slate_airs_when_the_segments_are_gone(tmp_path: Path, shelf: Shelved) -> None:
    there = {}
    for name, made in shelf.items():
        path = tmp_path / f"{name}.ts"
        path.write_bytes(made.path.read_bytes())
        there[name] = dataclasses.replace(made, path=path)

    def lose_all(player: Player) -> None:
        if player.frames == 3:
            for made in there.values():
                made.path.unlink(missing_ok=True)

    lines = broadcast(tmp_path / "air", there, "abab", on_frame=lose_all)
    assert {a.kind for a in airings(lines) if a.first_frame >= 100} == {"slate"}
    assert 200 <= lines[-1]["frames"] <= 200 + 2 * 3, "a slate is left after a whole mini-GOP"


def test_only_a_whole_slate_is_kept(tmp_path: Path, shelf: Shelved) -> None:
    half = harmed(tmp_path / "half.ts", shelf["b"].path.read_bytes()[: -100 * PACKET])
    keeper = Shelf(RATE, HandClock(NINE))
    for bad in (half, dataclasses.replace(half, path=tmp_path / "gone.ts")):
        with pytest.raises(OutsideError):
            keeper.keep(bad)
    keeper.close()


def test_a_packet_that_the_muxer_refuses_is_told_and_the_next_is_written(
    tmp_path: Path, shelf: Shelved
) -> None:
    out = io.BytesIO()
    with SegmentReader(shelf["a"].path, RATE) as reader, TransportWriter(out, reader) as writer:
        first, second = reader.picture(), reader.picture()
        assert first is not None
        assert second is not None
        with pytest.raises(OutsideError, match="muxer"):
            writer.picture(first, Stamp(0, 3600))
        writer.picture(first, Stamp(3600, 0))
        writer.picture(second, Stamp(7200, 3600))
    path = tmp_path / "written.ts"
    path.write_bytes(out.getvalue())
    assert stamps(path) == [(1, 0), (2, 1)]
