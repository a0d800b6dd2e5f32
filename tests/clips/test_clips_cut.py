"""Clips are cut out of a program that was really played, and compared frame by frame."""

import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import av
import pytest

from pipeline.air import JOURNAL, Airing, Session, airings, play, read_journal
from pipeline.clips import cut, worth_a_clip
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
