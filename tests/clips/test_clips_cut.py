"""Clips are cut out of a program that was really played, and compared frame by frame."""

import dataclasses
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from pipeline.air import JOURNAL, Airing, Session, airings, play, read_journal
from pipeline.clips import cut, still, worth_a_clip
from pipeline.clock import HandClock
from pipeline.errors import OutsideError
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.timing import Rate

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
RATE = Rate(25)


@dataclasses.dataclass(frozen=True)
class Made:
    key: str
    path: Path
    kind: str
    frames: int
    loop: bool = False


@pytest.fixture(scope="module")
def aired(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> Path:
    """Three items, the first of them cut by the second's fixed start; then a slate."""
    folder = tmp_path_factory.mktemp("aired")
    made = {
        name: Made(name, make_segment(folder / f"{name}.ts", frames, 50 * n), kind, frames)
        for n, (name, frames, kind) in enumerate(
            [("1-01", 113, "video"), ("1-02", 77, "catalogue"), ("1-03", 50, "slate")]
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
            ("1-03", 5, StartMode.FOLLOW),
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


def test_a_clip_has_exactly_the_frames_of_its_airing_and_its_sound(
    aired: Path, tmp_path: Path, ffmpeg: str, picture_hashes: Callable[[Path], list[str]]
) -> None:
    wanted = worth_a_clip(all_airings(aired))
    clips = cut(aired / "program-0001.ts", 0, wanted, RATE, ffmpeg, tmp_path)

    assert [clip.path.name for clip in clips] == ["001-batik-1-01.mp4", "002-batik-1-02.mp4"]
    program = picture_hashes(aired / "program-0001.ts")
    for clip, airing in zip(clips, wanted, strict=True):
        last = airing.first_frame + airing.frames
        assert picture_hashes(clip.path) == program[airing.first_frame : last]
        with av.open(str(clip.path)) as container:
            sounds = sum(1 for packet in container.demux(audio=0) if packet.size)
        assert abs(sounds * 1024 / 48000 - clip.frames / 25) <= 1024 / 48000


def test_cutting_again_keeps_what_is_there(aired: Path, tmp_path: Path, ffmpeg: str) -> None:
    wanted = worth_a_clip(all_airings(aired))
    first = cut(aired / "program-0001.ts", 0, wanted, RATE, ffmpeg, tmp_path)
    times = [clip.path.stat().st_mtime_ns for clip in first]

    assert cut(aired / "program-0001.ts", 0, wanted, RATE, "no-ffmpeg", tmp_path) == first
    assert [clip.path.stat().st_mtime_ns for clip in first] == times


def test_a_program_log_that_is_too_short_is_said_and_leaves_no_file(
    aired: Path, tmp_path: Path, ffmpeg: str
) -> None:
    airing = worth_a_clip(all_airings(aired))[1]
    with pytest.raises(OutsideError, match="too early"):
        long = dataclasses.replace(airing, frames=5000)
        cut(aired / "program-0001.ts", 0, [long], RATE, ffmpeg, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_clip_of_another_broadcast_under_the_same_name_is_cut_anew(
    aired: Path, tmp_path: Path, ffmpeg: str
) -> None:
    one, two = worth_a_clip(all_airings(aired))
    (clip,) = cut(aired / "program-0001.ts", 0, [one], RATE, ffmpeg, tmp_path)
    (other,) = cut(aired / "program-0001.ts", 0, [two], RATE, ffmpeg, tmp_path / "other")
    other.path.rename(clip.path)

    assert cut(aired / "program-0001.ts", 0, [one], RATE, ffmpeg, tmp_path) == (clip,)


def test_a_file_that_is_no_clip_is_cut_anew(aired: Path, tmp_path: Path, ffmpeg: str) -> None:
    wanted = worth_a_clip(all_airings(aired))[:1]
    (clip,) = cut(aired / "program-0001.ts", 0, wanted, RATE, ffmpeg, tmp_path)
    clip.path.write_bytes(clip.path.read_bytes()[:500])

    assert cut(aired / "program-0001.ts", 0, wanted, RATE, ffmpeg, tmp_path) == (clip,)


@pytest.mark.parametrize("frames", [1, 4])
def test_a_clip_of_a_few_frames_at_the_end_of_the_log_plays(
    aired: Path,
    tmp_path: Path,
    ffmpeg: str,
    picture_hashes: Callable[[Path], list[str]],
    frames: int,
) -> None:
    last = all_airings(aired)[-1]
    short = dataclasses.replace(last, first_frame=last.first_frame, frames=frames)
    (clip,) = cut(aired / "program-0001.ts", 0, [short], RATE, ffmpeg, tmp_path)

    program = picture_hashes(aired / "program-0001.ts")
    assert picture_hashes(clip.path) == program[last.first_frame : last.first_frame + frames]


def test_a_disk_that_refuses_is_one_clear_error(aired: Path, tmp_path: Path, ffmpeg: str) -> None:
    (tmp_path / "clips").write_text("a file where the folder should be")
    with pytest.raises(OutsideError, match="can't write clips"):
        wanted = worth_a_clip(all_airings(aired))
        cut(aired / "program-0001.ts", 0, wanted, RATE, ffmpeg, tmp_path / "clips")


@pytest.mark.parametrize("number", [0, 1, 30, 60, 111, 400])
def test_a_still_is_the_frame_of_that_number(
    aired: Path, tmp_path: Path, ffmpeg: str, number: int
) -> None:
    airing = next(a for a in all_airings(aired) if a.item == "1-02")
    (clip,) = cut(aired / "program-0001.ts", 0, [airing], RATE, ffmpeg, tmp_path)

    with av.open(str(clip.path)) as container:
        pictures = [frame.to_image() for frame in container.decode(video=0)]
    shown = Image.open(io.BytesIO(still(clip.path, number)))
    assert shown.tobytes() == pictures[min(number, len(pictures) - 1)].tobytes()
