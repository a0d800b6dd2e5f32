"""Clips are cut out of a program that was really played, and compared frame by frame."""

import dataclasses
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import av
import pytest
from made import Made
from PIL import Image

from pipeline.air import (
    JOURNAL,
    Airing,
    Recording,
    Session,
    airings,
    play,
    read_journal,
    recordings,
)
from pipeline.air.log import pictures
from pipeline.clips import Clip, cut, still, worth_a_clip
from pipeline.clips.pick import stretch_of
from pipeline.clock import HandClock
from pipeline.errors import Fault, OutsideError
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
RATE = Rate(25)
GOP = 50


@pytest.fixture(scope="module")
def aired(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> Path:
    """Three items, the first of them cut by the second's fixed start; then a slate."""
    folder = tmp_path_factory.mktemp("aired")
    made = {
        name: Made(name, make_segment(folder / f"{name}.ts", frames, 50 * n), kind, frames)
        for n, (name, frames, kind) in enumerate(
            [("1-01", 113, "video"), ("1-02", 140, "catalogue"), ("1-03", 50, "slate")]
        )
    }
    items = tuple(
        Item(
            id=name,
            kind=Kind.VIDEO,
            title=f"Batik “{name}” & ☕",
            at=NINE + timedelta(seconds=at),
            duration_s=3,
            start=mode,
        )
        for name, at, mode in [
            ("1-01", 0, StartMode.FIXED),
            ("1-02", 2, StartMode.FIXED),
            ("1-03", 8, StartMode.FOLLOW),
        ]
    )
    session = Session(
        "2021-11-24",
        plan(RundownSession(id="2021-11-24", day=NINE.date(), items=items)),
        made,
        {None: made["1-03"]},
        {},
    )
    play(
        folder,
        session,
        RATE,
        shown_at=NINE,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(NINE),
    )
    return folder


def all_airings(folder: Path) -> tuple[Airing, ...]:
    return airings(read_journal(folder / JOURNAL).lines)


@dataclasses.dataclass(frozen=True)
class Cutter:
    """Cuts from one log into one folder, and keeps what is told."""

    log: Path
    out: Path
    ffmpeg: str
    recorded: tuple[Recording, ...]
    warnings: list[Fault] = dataclasses.field(default_factory=list)
    faults: list[Fault] = dataclasses.field(default_factory=list)

    def __call__(self, *wanted: Airing) -> tuple[Clip, ...]:
        return cut(
            self.log,
            self.recorded,
            wanted,
            RATE,
            self.ffmpeg,
            self.out,
            on_warning=self.warnings.append,
            on_fault=self.faults.append,
        )


@pytest.fixture
def cutter(aired: Path, tmp_path: Path, ffmpeg: str) -> Cutter:
    return Cutter(aired, tmp_path, ffmpeg, recordings(read_journal(aired / JOURNAL).lines))


@pytest.fixture
def wanted(aired: Path) -> tuple[Airing, ...]:
    return worth_a_clip(all_airings(aired))


def test_a_clip_has_exactly_the_frames_of_its_airing_and_its_sound(
    aired: Path,
    cutter: Cutter,
    wanted: tuple[Airing, ...],
    picture_hashes: Callable[[Path], list[str]],
) -> None:
    clips = cutter(*wanted)

    assert [clip.path.name for clip in clips] == ["001-batik-1-01.mp4", "002-batik-1-02.mp4"]
    program = picture_hashes(aired / "program-0001.ts")
    for clip, airing in zip(clips, wanted, strict=True):
        last = airing.first_frame + airing.frames
        assert picture_hashes(clip.path) == program[airing.first_frame : last]
        assert (clip.first_frame, clip.frames) == (airing.first_frame, airing.frames)
        assert abs(sounds_of(clip.path) * 1024 / 48000 - clip.frames / 25) <= 1024 / 48000
    assert cutter.warnings == cutter.faults == []


def sounds_of(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(audio=0) if packet.size)


def test_cutting_again_keeps_what_is_there(cutter: Cutter, wanted: tuple[Airing, ...]) -> None:
    first = cutter(*wanted)
    times = [clip.path.stat().st_mtime_ns for clip in first]

    assert dataclasses.replace(cutter, ffmpeg="no-ffmpeg")(*wanted) == first
    assert [clip.path.stat().st_mtime_ns for clip in first] == times


def test_a_program_log_that_is_too_short_is_said_and_stops_no_other_clip(
    cutter: Cutter, wanted: tuple[Airing, ...]
) -> None:
    one, two = wanted
    said_to_be_there = (dataclasses.replace(cutter.recorded[0], frames=9000),)
    long = dataclasses.replace(two, frames=5000)
    (clip,) = dataclasses.replace(cutter, recorded=said_to_be_there)(one, long)

    assert clip.occurrence == one.occurrence
    assert list(cutter.out.glob("*.mp4")) == [clip.path]
    (fault,) = cutter.faults
    assert fault.where == "002-batik-1-02.mp4"
    assert "too early" in fault.what.en


def test_a_part_that_is_gone_is_said_and_stops_no_other_part(
    aired: Path, cutter: Cutter, wanted: tuple[Airing, ...]
) -> None:
    one, two = wanted
    gone = Recording("program-0009.ts", 0, two.first_frame)
    rest = Recording(second_part(aired, two.first_frame), two.first_frame, two.frames)
    (clip,) = dataclasses.replace(cutter, recorded=(gone, rest))(one, two)

    assert clip.occurrence == two.occurrence
    assert [fault.where for fault in cutter.faults] == ["program-0009.ts"]


def second_part(aired: Path, first_frame: int) -> str:
    """What the log holds from a keyframe on, as a part of its own."""
    data = (aired / "program-0001.ts").read_bytes()
    begins = [at for at, _ in pictures(data)]
    path = aired / f"from-{first_frame}.ts"
    path.write_bytes(data[: begins[0]] + data[begins[first_frame] :])
    return path.name


@pytest.mark.parametrize("lost", [8, 9, 10, 11])
def test_of_an_airing_whose_end_was_not_recorded_the_beginning_is_cut(
    aired: Path,
    cutter: Cutter,
    wanted: tuple[Airing, ...],
    picture_hashes: Callable[[Path], list[str]],
    lost: int,
) -> None:
    two = wanted[1]
    recorded = two.frames - lost
    cutter = dataclasses.replace(
        cutter, recorded=(Recording("program-0001.ts", 0, two.first_frame + recorded),)
    )
    (clip,) = cutter(two)

    program = picture_hashes(aired / "program-0001.ts")[two.first_frame :]
    assert picture_hashes(clip.path) == program[: clip.frames]
    assert recorded - 3 <= clip.frames <= recorded  # never a picture after one that is missing
    (warning,) = cutter.warnings
    assert f"{lost} of {two.frames} frames" in warning.what.en
    assert cutter(two) == (clip,)


def test_of_an_airing_in_two_parts_the_longer_stretch_is_cut(
    aired: Path,
    cutter: Cutter,
    wanted: tuple[Airing, ...],
    picture_hashes: Callable[[Path], list[str]],
) -> None:
    two = wanted[1]
    begin, rest = two.first_frame + GOP, two.frames - GOP
    recorded = (
        Recording("program-0001.ts", 0, begin - 10),
        Recording(second_part(aired, begin), begin, rest),
    )
    (clip,) = dataclasses.replace(cutter, recorded=recorded)(two)

    assert (clip.first_frame, clip.frames) == (begin, rest)
    program = picture_hashes(aired / "program-0001.ts")
    assert picture_hashes(clip.path) == program[begin : begin + rest]
    assert abs(sounds_of(clip.path) * 1024 / 48000 - clip.frames / 25) <= 1024 / 48000


def test_a_clip_cut_short_gives_way_to_the_whole_one(
    cutter: Cutter, wanted: tuple[Airing, ...]
) -> None:
    two = wanted[1]
    half = (Recording("program-0001.ts", 0, two.first_frame + 80),)
    (short,) = dataclasses.replace(cutter, recorded=half)(two)
    (whole,) = cutter(two)

    assert short.path == whole.path
    assert short.frames <= 80 < whole.frames == two.frames


def test_an_airing_that_was_hardly_recorded_has_no_clip_and_is_told(
    cutter: Cutter, wanted: tuple[Airing, ...]
) -> None:
    one, two = wanted
    least = Recording("program-0001.ts", 0, two.first_frame + 3 * RATE.fps)
    assert stretch_of(two, [least], RATE.fps) is not None
    for less in ([dataclasses.replace(least, frames=least.frames - 1)], []):
        assert stretch_of(two, less, RATE.fps) is None

    assert dataclasses.replace(cutter, recorded=())(one, two) == ()
    assert [warning.where for warning in cutter.warnings] == [
        *("001-batik-1-01.mp4", "002-batik-1-02.mp4"),
    ]
    assert cutter.faults == []


def test_a_clip_of_another_broadcast_under_the_same_name_is_cut_anew(
    cutter: Cutter, wanted: tuple[Airing, ...]
) -> None:
    one, two = wanted
    (clip,) = cutter(one)
    (other,) = dataclasses.replace(cutter, out=cutter.out / "other")(two)
    other.path.rename(clip.path)

    assert cutter(one) == (clip,)


def test_a_file_that_is_no_clip_is_cut_anew(cutter: Cutter, wanted: tuple[Airing, ...]) -> None:
    (clip,) = cutter(wanted[0])
    clip.path.write_bytes(clip.path.read_bytes()[:500])

    assert cutter(wanted[0]) == (clip,)


@pytest.mark.parametrize("frames", [1, 4])
def test_a_clip_of_a_few_frames_at_the_end_of_the_log_plays(
    aired: Path,
    cutter: Cutter,
    picture_hashes: Callable[[Path], list[str]],
    frames: int,
) -> None:
    last = all_airings(aired)[-1]
    (clip,) = cutter(dataclasses.replace(last, frames=frames))

    program = picture_hashes(aired / "program-0001.ts")
    assert picture_hashes(clip.path) == program[last.first_frame : last.first_frame + frames]


def test_a_disk_that_refuses_is_one_clear_error(cutter: Cutter, wanted: tuple[Airing, ...]) -> None:
    (cutter.out / "clips").write_text("a file where the folder should be")
    with pytest.raises(OutsideError, match="can't write clips"):
        dataclasses.replace(cutter, out=cutter.out / "clips")(*wanted)


@pytest.mark.parametrize("number", [0, 1, 30, 60, 111, 400])
def test_a_still_is_the_frame_of_that_number(
    cutter: Cutter, wanted: tuple[Airing, ...], number: int
) -> None:
    (clip,) = cutter(wanted[1])

    with av.open(str(clip.path)) as container:
        pictures = [frame.to_image() for frame in container.decode(video=0)]
    shown = Image.open(io.BytesIO(still(clip.path, number)))
    assert shown.tobytes() == pictures[min(number, len(pictures) - 1)].tobytes()
