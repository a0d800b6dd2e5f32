"""What the rooms' tests share: ffmpeg, a small house format, and segments made with it."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from pipeline.segments.house import COLOUR, audio_arguments, video_arguments
from pipeline.settings import House
from pipeline.tools import find_ffmpeg, run

# A shell that starts the tests in the background has Ctrl-C ignored, by all that they start too.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("home", deadline=None)  # how long an example takes proves nothing
settings.register_profile("ci", deadline=None, derandomize=True)  # new ones are sought at home
settings.load_profile("ci" if os.environ.get("CI") == "true" else "home")

SMALL = House(width=320, height=180, video_kbps=300, audio_kbps=64, preset="ultrafast")

MakeSegment = Callable[[Path, int, int], Path]


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    return find_ffmpeg()


@pytest.fixture(scope="session")
def make_segment(ffmpeg: str) -> MakeSegment:
    """Makes a segment of so many frames whose every frame differs; `tone` tells it from others."""

    def make(path: Path, frames: int, tone: int) -> Path:
        samples = frames * SMALL.rate.sampling // SMALL.fps + 1024
        pictures = f"testsrc2=s={SMALL.width}x{SMALL.height}:r={SMALL.fps},hue=h={tone}"
        pictures += f",format=yuv420p,setsar=1,setparams={COLOUR},trim=end_frame={frames}"
        sound = f"sine=f={200 + tone}:r=48000,aformat=channel_layouts=stereo"
        sound += f",atrim=end_sample={samples}"
        inputs = [*("-f", "lavfi", "-i", pictures), *("-f", "lavfi", "-i", sound)]
        codecs = [*video_arguments(SMALL), *audio_arguments(SMALL)]
        ts = ["-muxdelay", "0", "-muxpreload", "0", "-f", "mpegts", str(path)]
        run([ffmpeg, "-v", "error", "-y", *inputs, *codecs, *ts], deadline=60)
        return path

    return make


@pytest.fixture(scope="session")
def picture_hashes(ffmpeg: str) -> Callable[..., list[str]]:
    """The hash of every decoded frame of a file, in display order; any complaint is an error."""

    def hashes(path: Path) -> list[str]:
        argv = [ffmpeg, "-v", "warning", "-xerror", "-i", str(path), "-map", "0:v"]
        out, said = run([*argv, "-f", "framehash", "-"], deadline=120)
        assert said == "", said
        return [line.rsplit(",", 1)[1].strip() for line in out.splitlines() if line[0] != "#"]

    return hashes
