"""What exhibitors really send: odd clocks, odd shapes, odd photos; and composing that is interrupted."""

import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.clock import SystemClock
from pipeline.errors import OutsideError, ToolError
from pipeline.overlays import Painter
from pipeline.rundown import Item, Kind, Product, Stand, StartMode
from pipeline.segments import Composer, Planner, Segment, footage, photo
from pipeline.segments import plan as planning
from pipeline.segments.house import DELAY
from pipeline.segments.probe import upright
from pipeline.segments.runs import Runs
from pipeline.settings import Event, House
from pipeline.splice import SegmentReader
from pipeline.tools import run

HOUSE = House(width=320, height=180, video_kbps=400, audio_kbps=64, preset="ultrafast")
NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
STAND = Stand(number=4, name="Kopi", products=(Product(name="Kopi bubuk"),))
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
FLASH = "color=black:s=320x180:r=25:d=4,drawbox=c=white:t=fill:enable='not(mod(n,25))*gte(n,25)'"
BEEP = "aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t,1),0.04)*gte(t,1)':s=48000:d=4"

Film = Callable[..., Path]
Compose = Callable[[str, int], Segment]


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def film(media: Path, ffmpeg: str) -> Film:
    """Makes a file in the media folder from ffmpeg's arguments."""

    def make(name: str, *arguments: str) -> Path:
        run([ffmpeg, "-v", "error", "-y", *arguments, str(media / name)], deadline=60)
        return media / name

    return make


@pytest.fixture
def planner(media: Path) -> Planner:
    return Planner(Painter(None, HOUSE, Event(name="Uji")), media, HOUSE)


@pytest.fixture
def compose(planner: Planner, tmp_path: Path, ffmpeg: str) -> Compose:
    def make(name: str, seconds: int) -> Segment:
        plan = planner.segment(item(Kind.VIDEO, seconds, name), STAND, None)
        (made,) = Composer(tmp_path, HOUSE, ffmpeg, SystemClock()).compose([plan]).values()
        assert made.kind == "video", made.faults
        return made

    return make


def item(kind: Kind, seconds: int, media: str | None = None, name: str = "1-01") -> Item:
    return Item(
        id=name,
        kind=kind,
        title="Promosi",
        at=NINE,
        duration_s=seconds,
        start=StartMode.FOLLOW,
        stand=4,
        media=media,
    )


def pictures(path: Path, ffmpeg: str, folder: Path) -> NDArray[np.uint8]:
    raw = folder / "pictures.raw"
    argv = [ffmpeg, "-v", "error", "-y", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24"]
    run([*argv, str(raw)], deadline=60)
    return np.fromfile(raw, np.uint8).reshape(-1, HOUSE.height, HOUSE.width, 3)


def beeps(path: Path, ffmpeg: str, folder: Path) -> list[float]:
    """When each sound begins, in seconds; what precedes the first picture is the encoder's priming."""
    raw = folder / "sound.raw"
    argv = [ffmpeg, "-v", "error", "-y", "-i", str(path), "-ac", "1", "-f", "f32le", str(raw)]
    run(argv, deadline=60)
    loud = np.flatnonzero(np.abs(np.fromfile(raw, np.float32)) > 0.1)
    begins = loud[np.diff(loud, prepend=-48_000) > 12_000]
    return [float(at - 1024) / 48_000 for at in begins]


@pytest.mark.parametrize("name", ["late.ts", "late.mkv", "shifted.ts", "gap.mkv"])
def test_sound_and_picture_stay_together_whatever_the_files_clock_says(
    name: str, film: Film, compose: Compose, ffmpeg: str, tmp_path: Path
) -> None:
    both = ("-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP)
    late = ("-f", "lavfi", "-itsoffset", "0.5", "-i", FLASH, "-f", "lavfi", "-i", BEEP)
    how: dict[str, tuple[str, ...]] = {
        "late.ts": (*late, *FAST, "-c:a", "mp2"),
        "late.mkv": (*late, *FAST, "-c:a", "pcm_s16le"),
        "shifted.ts": (*both, *FAST, "-c:a", "aac", "-output_ts_offset", "12.3"),
        "gap.mkv": (
            *(*both, "-af", "aselect='not(between(t,1.4,1.7))'"),
            *(*FAST, "-c:a", "pcm_s16le"),
        ),
    }
    film(name, *how[name])
    apart = 0.5 if name.startswith("late") else 0.0  # sound before picture, in the file itself

    segment = compose(name, 4)
    bright = pictures(segment.path, ffmpeg, tmp_path)[:, 60, 160].mean(axis=1) > 128
    flashes = np.flatnonzero(bright[1:] & ~bright[:-1]) + 1
    heard = beeps(segment.path, ffmpeg, tmp_path)
    assert len(flashes) == 3
    for flash, beep in zip(flashes, heard, strict=False):
        assert abs(beep + apart - flash / HOUSE.fps) < 0.02


def test_anamorphic_footage_fills_the_picture(
    film: Film, compose: Compose, ffmpeg: str, tmp_path: Path, media: Path
) -> None:
    squeezed = ("-f", "lavfi", "-i", "color=0xB03020:s=240x180:r=25:d=2", "-vf", "setsar=4/3")
    film("hdv.mp4", *squeezed, *FAST)
    found = footage(media, "hdv.mp4")
    assert (found.width, found.height) == (320, 180)

    frame = pictures(compose("hdv.mp4", 2).path, ffmpeg, tmp_path)[0].astype(int)
    assert np.abs(frame[20:30] - (0xB0, 0x30, 0x20)).mean() < 4, "from edge to edge"


def test_a_turned_phone_video_is_measured_as_it_is_shown(
    film: Film, media: Path, ffmpeg: str
) -> None:
    flat = film("flat.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", *FAST)
    film("turned.mp4", "-display_rotation", "90", "-i", str(flat), "-c", "copy")
    found = footage(media, "turned.mp4")
    assert (found.width, found.height) == (180, 320)


def test_a_cover_picture_isnt_taken_for_the_film(
    film: Film, compose: Compose, ffmpeg: str, tmp_path: Path, media: Path
) -> None:
    cover = film("cover.jpg", "-f", "lavfi", "-i", "color=blue:s=64x64", "-frames:v", "1")
    flat = film("green.mp4", "-f", "lavfi", "-i", "color=0x00A000:s=320x180:r=25:d=2", *FAST)
    both = ("-i", str(cover), "-i", str(flat), "-map", "0:v", "-map", "1:v", "-c", "copy")
    film("covered.mp4", *both, "-disposition:v:0", "attached_pic")

    frame = pictures(compose("covered.mp4", 2).path, ffmpeg, tmp_path)[0]
    assert tuple(frame[60, 160] > 100) == (False, True, False)


def test_a_video_long_enough_for_several_lower_thirds_is_composed(
    film: Film, planner: Planner, compose: Compose, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "LOWER_THIRD_EVERY", 10)
    film("long.mp4", "-f", "lavfi", "-i", "color=gray:s=320x180:r=25:d=30", *FAST)
    (piece,) = planner.segment(item(Kind.VIDEO, 30, "long.mp4"), STAND, None).pieces
    assert isinstance(piece, planning.FootagePiece)
    assert len(piece.cues) == 3

    assert compose("long.mp4", 30).frames == 750


@pytest.mark.parametrize("sound", ["clicks", "bursts"])
def test_sounds_that_are_nearly_all_peak_come_to_the_houses_loudness(
    sound: str, film: Film, compose: Compose, ffmpeg: str
) -> None:
    source = {
        "clicks": "aevalsrc='0.95*exp(-200*mod(t,0.5))*sin(2*PI*3000*t)':d=3:s=48000",
        "bursts": "aevalsrc='0.9*lt(mod(t,1),0.13)*(random(0)*2-1)+0.003*random(1)':d=3:s=48000",
    }[sound]
    gray = ("-f", "lavfi", "-i", "color=gray:s=320x180:r=25:d=3", "-f", "lavfi", "-i", source)
    film(f"{sound}.mkv", *gray, *FAST, "-c:a", "pcm_s16le")

    segment = compose(f"{sound}.mkv", 3)
    meter = ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    _, said = run([ffmpeg, "-hide_banner", "-i", str(segment.path), *meter], deadline=60)
    figures = dict(re.findall(r"(I|Peak):\s+(-?[\d.]+)", said[said.rindex("Summary:") :]))
    assert abs(float(figures["I"]) - HOUSE.loudness) <= 1
    assert float(figures["Peak"]) <= -1


def test_decoding_precedes_display_by_what_the_house_format_says(
    film: Film, compose: Compose
) -> None:
    film("one.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", *FAST)
    with SegmentReader(compose("one.mp4", 1).path, HOUSE.rate) as reader:
        assert reader.delay == DELAY


def test_a_sound_that_cant_be_decoded_gives_way_to_the_music(
    film: Film, compose: Compose, media: Path
) -> None:
    both = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1")
    data = film("known.mkv", *both, *FAST, "-c:a", "aac").read_bytes()
    (media / "unknown.mkv").write_bytes(data.replace(b"A_AAC", b"A_ZZZ"))

    assert not footage(media, "unknown.mkv").has_sound
    assert abs(compose("unknown.mkv", 1).lufs - HOUSE.loudness) <= 1


def test_photos_are_opaque_and_keep_their_tones(media: Path) -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    clear.paste((200, 30, 30, 255), (0, 0, 20, 40))
    clear.save(media / "clear.png")
    grey = np.full((40, 40), 0x8000, np.uint16)
    Image.fromarray(grey).save(media / "grey16.png")

    shown = upright(photo(media, "clear.png"), 40, 40)
    assert (shown.getpixel((5, 20)), shown.getpixel((35, 20))) == ((200, 30, 30), (255, 255, 255))
    assert upright(photo(media, "grey16.png"), 40, 40).getpixel((20, 20)) == (128, 128, 128)


def test_a_large_photo_is_measured_whole_and_a_cut_off_one_refused(media: Path) -> None:
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(media / "large.jpg")
    data = (media / "large.jpg").read_bytes()
    (media / "half.jpg").write_bytes(data[: len(data) // 2])

    found = photo(media, "large.jpg")
    assert (found.width, found.height) == (3000, 2000)
    assert upright(found, 600, 400).size == (600, 400)
    with pytest.raises(Exception, match="1 fault"):
        photo(media, "half.jpg")


def test_ctrl_c_stops_the_programs_leaves_no_half_file_and_the_next_run_goes_on(
    planner: Planner, tmp_path: Path, ffmpeg: str
) -> None:
    plans = [
        planner.segment(item(Kind.CATALOGUE, 20 + n, name=f"1-{n:02}"), STAND, None)
        for n in range(6)
    ]
    composer = Composer(tmp_path, HOUSE, ffmpeg, SystemClock())
    threads = threading.active_count()
    pressed = threading.Event()

    def press(*_: object) -> None:
        if not pressed.is_set():
            pressed.set()
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        composer.compose(plans, on_progress=press)
    assert threading.active_count() == threads
    assert not children()
    assert [path.name for path in tmp_path.glob(".*")] == []
    made = len(list((tmp_path / "pieces").iterdir()))
    assert made < len(plans)

    (segment,) = composer.compose(plans[-1:]).values()
    assert segment.frames == 25 * 25


def children() -> str:
    """The ids of this process's children."""
    tasks = Path("/proc/self/task").iterdir()
    return "".join((task / "children").read_text() for task in tasks)


def test_a_full_disk_isnt_taken_for_broken_footage() -> None:
    def fails_with(words: str) -> list[str]:
        return [sys.executable, "-c", f"import sys; sys.exit({words!r})"]

    with pytest.raises(OutsideError, match="can't write segments") as full:
        Runs().run(fails_with("av_write: No space left on device"), deadline=20)
    assert not isinstance(full.value, ToolError)
    with pytest.raises(ToolError):
        Runs().run(fails_with("Invalid data"), deadline=20)


def test_a_segment_whose_file_was_taken_away_is_made_again(film: Film, compose: Compose) -> None:
    film("two.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", *FAST)
    first = compose("two.mp4", 1)
    first.path.unlink()

    again = compose("two.mp4", 1)
    assert not again.cached
    assert again.path.exists()
