"""Inserts are made by real ffmpeg and decoded: they are the segment's frames, but for the cue."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.clock import SystemClock
from pipeline.overlays import Drawn, Painter
from pipeline.rundown import Item, Kind, Stand, StartMode
from pipeline.segments import (
    Composer,
    Cue,
    Inserter,
    InsertPlan,
    Joints,
    Planner,
    Runs,
    Segment,
    SegmentPlan,
    joints,
    split,
    without,
)
from pipeline.segments.plan import FootagePiece
from pipeline.settings import Event, House
from pipeline.tools import run

HOUSE = House(width=320, height=180, video_kbps=800, audio_kbps=64, preset="ultrafast")
NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
STAND = Stand(number=4, name="Kopi Putra", category="Minuman", origin="Kota Pekalongan")
BELOW = 110
"""The row under which the lower third is."""


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory, ffmpeg: str
) -> tuple[Path, SegmentPlan, Segment]:
    """A store, and a segment of 12 s, whose footage has another rate, and a lower third from 1 s on."""
    media = tmp_path_factory.mktemp("media")
    film = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30", "-t", "12", "-pix_fmt", "yuv420p"]
    run([ffmpeg, "-v", "error", *film, "-c:v", "libx264", str(media / "film.mp4")], deadline=60)
    item = Item(
        id="1-01",
        kind=Kind.VIDEO,
        title="Profil",
        at=NINE,
        duration_s=12,
        start=StartMode.FOLLOW,
        stand=4,
        media="film.mp4",
    )
    planner = Planner(Painter(None, HOUSE, Event(name="Pameran Uji")), media, HOUSE)
    plan = planner.segment(item, STAND, None)
    store = tmp_path_factory.mktemp("store")
    segment = Composer(store, HOUSE, ffmpeg, SystemClock()).compose([plan])["1-01"]
    return store, plan, segment


@pytest.fixture
def differences(ffmpeg: str) -> Callable[[Path, Path, int], list[tuple[float, float]]]:
    """Between a segment from a frame on and an insert: luma above and below, for every fifth frame."""

    def measure(segment: Path, insert: Path, first: int) -> list[tuple[float, float]]:
        def grey(path: Path, start: int) -> bytes:
            out = path.with_suffix(".gray")
            pick = f"trim=start_frame={start},format=gray"
            argv = [ffmpeg, "-v", "error", "-y", "-i", str(path), "-map", "0:v", "-vf", pick]
            run([*argv, "-fps_mode", "passthrough", "-f", "rawvideo", str(out)], deadline=60)
            return out.read_bytes()

        size, cut = HOUSE.width * HOUSE.height, HOUSE.width * BELOW
        ours, theirs = grey(insert, 0), grey(segment, first)
        found = []
        for at in range(0, len(ours), 5 * size):
            pairs = list(zip(ours[at : at + size], theirs[at : at + size], strict=True))
            off = [abs(a - b) for a, b in pairs]
            found.append((sum(off[:cut]) / cut, sum(off[cut:]) / (size - cut)))
        return found

    return measure


def test_a_cue_over_a_segments_own_frames_changes_only_where_it_is(
    made: tuple[Path, SegmentPlan, Segment],
    ffmpeg: str,
    differences: Callable[..., list[tuple[float, float]]],
) -> None:
    store, plan, segment = made
    first = next(
        at for at in joints(segment.path, HOUSE.rate, 231, 260, frames=300).exits if at > 231
    )
    cue = Cue(third(plan), first, 300)
    wanted = InsertPlan(segment.key, first, 300 - first, cue, None, HOUSE)
    path = Inserter(store, HOUSE, ffmpeg).make(wanted, segment.path, Runs())

    found = differences(segment.path, path, first)
    assert max(above for above, _ in found) < 4
    assert found[0][1] < 4 < min(below for _, below in found[3:-3])


def test_footage_without_its_planned_lower_third_is_the_same_frames(
    made: tuple[Path, SegmentPlan, Segment],
    ffmpeg: str,
    differences: Callable[..., list[tuple[float, float]]],
) -> None:
    store, plan, segment = made
    assert segment.cues == ((25, 225),)
    clean = without(plan, (25, 225))
    assert clean is not None
    for first, end in ((50, 100), (100, 250)):
        wanted = InsertPlan(segment.key, first, end - first, None, clean, HOUSE)
        path = Inserter(store, HOUSE, ffmpeg).make(wanted, segment.path, Runs())
        found = differences(segment.path, path, first)
        assert max(above for above, _ in found) < 4
        assert found[3][1] > 4
    assert found[-1][1] < 4, "the planned one has gone by itself"


def test_the_same_wish_is_made_once_and_another_has_another_key(
    made: tuple[Path, SegmentPlan, Segment], ffmpeg: str
) -> None:
    store, plan, segment = made
    inserter = Inserter(store, HOUSE, ffmpeg)
    wanted = InsertPlan(segment.key, 250, 50, Cue(third(plan), 250, 300), None, HOUSE)
    path = inserter.make(wanted, segment.path, Runs())
    before = path.stat()
    assert inserter.make(wanted, segment.path, Runs()).stat() == before
    others = [Cue(third(plan), 250, 299), Cue(third(plan), 251, 300), None]
    keys = {InsertPlan(segment.key, 250, 50, cue, None, HOUSE).key for cue in others}
    assert len(keys | {wanted.key}) == 4


def test_inserts_end_at_keyframes_and_none_is_too_short() -> None:
    found = Joints(exits=(31, 34, 50), keys=(0, 50, 100, 150, 200, 250, 300))

    assert split(31, 231, found, 38) == ((31, 100), (100, 150), (150, 200), (200, 250))
    assert split(31, 60, found, 38) == ((31, 100),)
    assert split(270, 290, found, 38) == ((270, 300),)
    assert split(310, 320, found, 38) == ()


def third(plan: SegmentPlan) -> Drawn:
    piece = plan.pieces[0]
    assert isinstance(piece, FootagePiece)
    return piece.cues[0].drawn
