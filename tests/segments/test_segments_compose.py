"""Segments are composed by real ffmpeg from footage made here, decoded, measured and counted."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image

from pipeline.clock import SystemClock
from pipeline.overlays import Painter
from pipeline.rundown import Item, Kind, Product, Stand, StartMode
from pipeline.segments import Composer, Next, Planner, Segment
from pipeline.settings import Event, House
from pipeline.splice import SegmentReader
from pipeline.tools import run

HOUSE = House(width=320, height=180, video_kbps=400, audio_kbps=64, preset="ultrafast")
NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
STAND = Stand(
    number=4,
    name='Kopi "Ndalem" & Putra ☕',
    category="Minuman",
    origin="Kota Pekalongan",
    whatsapp="+6281345600004",
    products=(
        Product(name="Kopi bubuk", price=85_000, photo="kopi.jpg"),
        Product(name="Kopi susu", price=None, photo="turned.jpg"),
    ),
)


def item(kind: Kind, seconds: int, media: str | None = None, stand: int | None = 4) -> Item:
    return Item(
        id="1-01",
        kind=kind,
        title="Promosi Kopi",
        at=NINE,
        duration_s=seconds,
        start=StartMode.FOLLOW,
        stand=stand,
        media=media,
    )


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Path:
    """A video with quiet sound, one without, one silent, a portrait one, one that is none; photos."""
    folder = tmp_path_factory.mktemp("media")

    def film(name: str, picture: str, *sound: str) -> None:
        inputs = ["-f", "lavfi", "-i", picture]
        codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-t", "3"]
        argv = [ffmpeg, "-v", "error", "-y", *inputs, *sound, *codecs, str(folder / name)]
        run(argv, deadline=60)

    tone = ("-f", "lavfi", "-i", "sine=f=300:r=44100,volume=-24dB")
    film("quiet.mp4", "testsrc2=s=640x360:r=30", *tone)
    film("mute.mp4", "testsrc2=s=640x360:r=25")
    film("silent.mp4", "testsrc2=s=640x360:r=25", "-f", "lavfi", "-i", "anullsrc")
    film("portrait.mov", "testsrc2=s=180x320:r=24", *tone)
    (folder / "broken.mp4").write_bytes(b"\0" * 50_000)
    Image.new("RGB", (800, 600), (120, 60, 30)).save(folder / "kopi.jpg")
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (800, 600), (30, 60, 120)).save(folder / "turned.jpg", exif=exif)
    return folder


@pytest.fixture(scope="module")
def planner(media: Path) -> Planner:
    return Planner(Painter(None, HOUSE, Event(name="Pameran Uji")), media, HOUSE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


Compose = Callable[..., Segment]


@pytest.fixture
def compose(store: Path, planner: Planner, ffmpeg: str) -> Compose:
    def make(one: Item, stand: Stand | None = STAND) -> Segment:
        plan = planner.segment(one, stand, Next("Acara berikut", NINE))
        return Composer(store, HOUSE, ffmpeg, SystemClock()).compose([plan])[one.id]

    return make


def decoded(path: Path, ffmpeg: str) -> tuple[int, float]:
    """Pictures decoded without a complaint, and LUFS."""
    argv = [
        ffmpeg,
        "-v",
        "warning",
        "-xerror",
        "-i",
        str(path),
        "-map",
        "0:v",
        "-f",
        "framehash",
        "-",
    ]
    out, said = run(argv, deadline=60)
    assert said == ""
    meter = [
        ffmpeg,
        "-hide_banner",
        "-i",
        str(path),
        "-af",
        "ebur128=framelog=quiet",
        "-f",
        "null",
        "-",
    ]
    _, said = run(meter, deadline=60)
    frames = sum(not line.startswith("#") for line in out.splitlines())
    return frames, float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


@pytest.mark.parametrize("name", ["quiet.mp4", "mute.mp4", "silent.mp4", "portrait.mov"])
def test_any_footage_becomes_exactly_its_slot_at_the_houses_loudness(
    name: str, compose: Compose, ffmpeg: str
) -> None:
    segment = compose(item(Kind.VIDEO, 8, name))

    frames, lufs = decoded(segment.path, ffmpeg)
    assert frames == segment.frames == 200
    assert abs(lufs - HOUSE.loudness) <= 1
    assert segment.faults == ()


def test_a_short_video_is_followed_by_the_stands_catalogue_which_is_made_once(
    compose: Compose,
) -> None:
    first = compose(item(Kind.VIDEO, 40, "quiet.mp4"))

    rounds = first.copied_frames
    assert first.frames == 1000
    assert rounds > 0, "a catalogue round that stands twice in a segment is copied"
    assert first.encoded_frames + rounds == first.frames


def test_a_segment_that_is_there_is_not_made_again_and_a_new_name_is(compose: Compose) -> None:
    one = item(Kind.CATALOGUE, 6)
    first, again = compose(one), compose(one)
    assert (first.cached, again.cached) == (False, True)
    assert again.key == first.key

    renamed = compose(one, STAND.model_copy(update={"name": "Kopi Baru"}))
    assert renamed.key != first.key
    assert not renamed.cached


def test_everything_composed_has_the_same_parameter_sets(compose: Compose) -> None:
    segments = [
        compose(item(Kind.VIDEO, 5, "portrait.mov")),
        compose(item(Kind.CATALOGUE, 6)),
        compose(item(Kind.SLATE, 4, stand=None), None),
    ]
    found = set()
    for segment in segments:
        with SegmentReader(segment.path, HOUSE.rate) as reader:
            found.add((reader.extradata, reader.delay))
    assert len(found) == 1


def test_a_file_that_is_no_video_gives_way_to_the_catalogue_and_says_so(compose: Compose) -> None:
    segment = compose(item(Kind.VIDEO, 6, "broken.mp4"))

    assert segment.kind == "catalogue"
    (fault,) = segment.faults
    assert "broken.mp4" in fault.where
    assert "catalogue airs instead" in fault.what.en


def test_without_a_catalogue_the_slate_airs_instead(compose: Compose) -> None:
    segment = compose(item(Kind.VIDEO, 6, "broken.mp4", stand=None), None)

    assert segment.kind == "slate"
    assert "slate airs instead" in segment.faults[0].what.en


def test_a_missing_file_is_named_with_the_one_that_was_probably_meant(compose: Compose) -> None:
    segment = compose(item(Kind.VIDEO, 6, "quite.mp4"))

    assert segment.faults[0].hint is not None
    assert "quiet.mp4" in segment.faults[0].hint.en


def test_footage_that_fails_while_it_is_encoded_gives_way_too(
    planner: Planner, tmp_path: Path, ffmpeg: str, media: Path
) -> None:
    doomed = media / "doomed.mp4"
    doomed.write_bytes((media / "quiet.mp4").read_bytes())
    plan = planner.segment(item(Kind.VIDEO, 6, "doomed.mp4"), STAND, None)
    doomed.unlink()

    segment = Composer(tmp_path, HOUSE, ffmpeg, SystemClock()).compose([plan])["1-01"]
    assert segment.kind == "catalogue"
    assert "doomed.mp4" in segment.faults[0].where


def test_a_slate_longer_than_its_loop_is_made_as_a_loop(compose: Compose) -> None:
    segment = compose(item(Kind.SLATE, 600, stand=None), None)
    assert segment.loop
    assert segment.frames == 400


def test_progress_comes_to_its_end(planner: Planner, tmp_path: Path, ffmpeg: str) -> None:
    told: list[tuple[int, int]] = []
    plan = planner.segment(item(Kind.CATALOGUE, 6), STAND, None)
    composer = Composer(tmp_path, HOUSE, ffmpeg, SystemClock())
    composer.compose([plan], on_progress=lambda done, whole, what: told.append((done, whole)))
    assert told[-1] == (150, 150)


def test_what_a_crash_left_behind_is_never_taken_for_a_segment(
    planner: Planner, tmp_path: Path, ffmpeg: str
) -> None:
    plan = planner.segment(item(Kind.CATALOGUE, 6), STAND, None)
    (tmp_path / f"{plan.key}.ts").write_bytes(b"half a segment")
    segment = Composer(tmp_path, HOUSE, ffmpeg, SystemClock()).compose([plan])["1-01"]

    assert not segment.cached
    assert decoded(segment.path, ffmpeg)[0] == 150
    assert json.loads(segment.path.with_suffix(".json").read_text())["frames"] == 150


def crop(
    path: Path, frame: int, box: tuple[int, int, int, int], ffmpeg: str, out: Path
) -> Sequence[int]:
    """The mean colour of a box in one decoded frame."""
    select = f"select=eq(n\\,{frame})"
    argv = [ffmpeg, "-v", "error", "-y", "-i", str(path), "-vf", select, "-frames:v", "1", str(out)]
    run(argv, deadline=60)
    with Image.open(out) as image:
        return image.crop(box).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[return-value]


def test_a_photo_that_was_stored_sideways_stands_upright_in_the_right_colours(
    compose: Compose, ffmpeg: str, tmp_path: Path
) -> None:
    """The second product's photo: plain blue; had it been lost, the ground would show."""
    segment = compose(item(Kind.CATALOGUE, 10))
    colour = crop(segment.path, 200, (60, 50, 120, 90), ffmpeg, tmp_path / "frame.png")
    assert max(abs(a - b) for a, b in zip(colour, (30, 60, 120), strict=True)) <= 6


@pytest.mark.parametrize("frame", [0, 1, 124, 130, 248, 249])
def test_the_photo_window_is_never_empty(
    frame: int, compose: Compose, ffmpeg: str, tmp_path: Path
) -> None:
    """Photos of one colour each: whatever is seen is one of them, or a mixture of both."""
    segment = compose(item(Kind.CATALOGUE, 10))
    red, green, blue = crop(segment.path, frame, (60, 50, 120, 90), ffmpeg, tmp_path / "frame.png")
    assert 24 <= red <= 126
    assert 54 <= green <= 66, "the ground's green is another"
    assert abs(red + blue - 150) <= 12
