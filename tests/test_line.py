"""The whole line, from a rundown file to the manifest: real ffmpeg, real time, the emulator as YouTube.

A short session airs once; everything that the issue of the first release promises is counted on it.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from PIL import Image

from pipeline import publicity
from pipeline.air import JOURNAL, Airing, Line, airings, read_journal
from pipeline.broadcasting import on_youtube
from pipeline.clips import Clip
from pipeline.clock import SystemClock
from pipeline.manifest import as_json
from pipeline.publish.emulator import running
from pipeline.settings import settings_from
from pipeline.tools import run
from pipeline.wiring import Studio

RUNDOWN = """
stands:
  - {number: 1, name: 'Batik "Ndalem" & Putra', category: Fashion, whatsapp: '+6281345600001',
     entitled: 5 detik, products: [{name: Batik tulis, price: 150000, photo: batik.jpg}]}
  - {number: 2, name: Kopi Contoh ☕, category: Minuman, shop: 'https://contoh.example/kopi',
     entitled: 60 detik, products: [{name: Kopi bubuk, price: 85000, photo: batik.jpg}, {name: Kopi susu}]}
sessions:
  - day: DAY
    items:
      - {kind: slate, at: AT0, duration: 4 detik, title: Segera dimulai, start: fixed}
      - {kind: video, at: AT1, duration: 4 detik, title: Promosi Batik, stand: 1, media: batik.mp4}
      - {kind: live, at: AT2, duration: 2 detik, title: Gong, media: kamera}
      - {kind: catalogue, at: AT3, duration: 4 detik, title: Katalog Kopi, stand: 2}
      - {kind: catalogue, at: AT4, duration: 3 detik, title: Batik lagi, stand: 1, start: fixed}
"""


@dataclass(frozen=True)
class Aired:
    """What one airing of the line left behind."""

    studio: Studio
    session: str
    program: Path
    lines: tuple[Line, ...]
    clips: list[Clip]
    manifest: dict[str, Any]
    emulated: dict[str, Any]
    received: Path
    plan_afterwards: int


@pytest.fixture(scope="module")
def aired(tmp_path_factory: pytest.TempPathFactory, ffmpeg: str) -> Iterator[Aired]:
    home = tmp_path_factory.mktemp("event")
    clock = SystemClock()
    start = clock.now().astimezone() + timedelta(seconds=1)
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(running(home / "youtube", ffmpeg=ffmpeg, clock=clock))
        settings = settings_from(
            {
                "event": {"name": "Pameran Uji"},
                "rundown": "rundown.yaml",
                "media": "media",
                "house": {"width": 640, "height": 360, "video_kbps": 600, "preset": "ultrafast"},
                "youtube": {"address": emulator.url},
            },
            home / "settings.yaml",
        )
        _media(settings.media, ffmpeg)
        start = start.astimezone(settings.event.zone).replace(microsecond=0)
        settings.rundown.write_text(_rundown(start), encoding="utf-8")
        studio = Studio(settings, clock)
        session = studio.session()
        segments = studio.compose(session)
        wish, playlist = publicity.wishes_on_air(studio, session)
        with on_youtube(partial(publicity.publishing, studio), wish, playlist=playlist) as shown:
            sheet = studio.sheet(session, segments, destinations=[shown.ingest()])
            result = studio.air(sheet, shown_at=start)
        assert shown.faults == []
        with publicity.publishing(studio) as publisher:
            wanted = publicity.wanted(studio)
            assert publisher.publish(wanted).faults == ()
            left = publisher.plan(wanted).actions
        with urlopen(f"{emulator.url}/emulator/state") as answer:
            emulated = json.load(answer)
        (received,) = (home / "youtube" / "ingest").glob("*.flv")
        yield Aired(
            studio,
            session.id,
            result.program,
            read_journal(result.folder / JOURNAL).lines,
            studio.clips(session.id),
            as_json(studio.manifest()),
            emulated,
            received,
            len(left),
        )


def _rundown(start: datetime) -> str:
    text = RUNDOWN.replace("DAY", str(start.date()))
    for n, after in enumerate((0, 4, 8, 10, 14)):
        text = text.replace(f"AT{n}", f"'{start + timedelta(seconds=after):%H:%M:%S}'")
    return text


def _media(folder: Path, ffmpeg: str) -> None:
    folder.mkdir()
    Image.new("RGB", (900, 700), (140, 40, 50)).save(folder / "batik.jpg")
    source = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=25", "-f", "lavfi", "-i", "sine=f=330"]
    codecs = ["-t", "4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    run([ffmpeg, "-v", "error", *source, *codecs, str(folder / "batik.mp4")], deadline=60)
    captions = "WEBVTT\n\n00:00.500 --> 00:02.000\nSelamat datang di stand kami\n"
    (folder / "batik.vtt").write_text(captions)


def shown(aired: Aired) -> list[Airing]:
    return list(airings(aired.lines))


Hashes = Callable[[Path], list[str]]


def test_the_program_decodes_clean_and_is_what_the_journal_says(
    aired: Aired, picture_hashes: Hashes
) -> None:
    frames = len(picture_hashes(aired.program))
    assert frames == aired.lines[-1]["frames"] == 17 * 25
    assert aired.studio.verify(aired.session, deep=True).faults == ()


def test_every_item_aired_whole_and_on_its_frame(aired: Aired) -> None:
    assert [(a.item, a.kind, a.first_frame, a.frames) for a in shown(aired)] == [
        ("1-01", "slate", 0, 100),
        ("1-02", "video", 100, 100),
        ("1-03", "slate", 200, 50),
        ("1-04", "catalogue", 250, 100),
        ("1-05", "catalogue", 350, 75),
    ]


def test_every_items_frames_are_its_segments(aired: Aired, picture_hashes: Hashes) -> None:
    program = picture_hashes(aired.program)
    store = aired.studio.settings.state / "segments"
    for airing in shown(aired):
        segment = picture_hashes(store / f"{airing.segment}.ts")
        of_program = program[airing.first_frame : airing.first_frame + airing.frames]
        assert of_program == segment[: airing.frames], airing.item


def test_the_rtmp_side_received_the_same_frames(aired: Aired, picture_hashes: Hashes) -> None:
    assert picture_hashes(aired.received) == picture_hashes(aired.program)


def test_aired_seconds_are_frames_over_rate_and_all_were_delivered(aired: Aired) -> None:
    by_occurrence = {airing.occurrence: airing for airing in shown(aired)}
    told = {stand["stand"]: stand for stand in aired.manifest["stands"]}
    assert (told[1]["aired_s"], told[2]["aired_s"]) == (7, 4)
    assert (told[1]["owed_s"], told[2]["owed_s"]) == (0, 56)
    for stand in told.values():
        assert stand["delivered_s"] == stand["aired_s"]
        for entry in stand["airings"]:
            assert entry["frames"] == by_occurrence[entry["occurrence"]].frames
            assert entry["delivered_frames"] == entry["frames"]


def test_each_clip_has_the_frames_of_its_airing_and_its_id_is_in_the_manifest(
    aired: Aired, picture_hashes: Hashes
) -> None:
    program = picture_hashes(aired.program)
    links = {
        entry["occurrence"]: entry["clip_url"]
        for stand in aired.manifest["stands"]
        for entry in stand["airings"]
    }
    videos = json.dumps(aired.emulated)
    assert [clip.occurrence for clip in aired.clips] == [2, 4, 5]
    for clip in aired.clips:
        last = clip.first_frame + clip.frames
        assert picture_hashes(clip.path) == program[clip.first_frame : last]
        video = links[clip.occurrence].rpartition("=")[2]
        assert len(video) == 11
        assert f'"{video}"' in videos, "the emulator doesn't know it"


def test_the_broadcast_was_taken_live_and_completed(aired: Aired) -> None:
    (session,) = aired.manifest["sessions"]
    broadcast = session["video_url"].rpartition("=")[2]
    found = json.dumps(aired.emulated)
    assert f'"{broadcast}"' in found
    assert '"lifeCycleStatus": "complete"' in found


def test_nothing_is_left_to_publish_afterwards(aired: Aired) -> None:
    assert aired.plan_afterwards == 0


def test_captions_that_lie_beside_a_video_are_on_its_clip_alone(aired: Aired) -> None:
    (video,) = [airing for airing in shown(aired) if airing.kind == "video"]
    (track,) = aired.emulated["captions"].values()
    titled = aired.emulated["videos"][track["snippet"]["videoId"]]["snippet"]["title"]
    assert video.title in titled


def test_no_stream_key_is_written_anywhere(aired: Aired) -> None:
    keys = {stream["cdn"]["ingestionInfo"]["streamName"] for stream in _streams(aired.emulated)}
    assert keys
    ours = [p for p in aired.studio.settings.state.rglob("*") if p.suffix in {".jsonl", ".json"}]
    for path in ours:
        assert not any(key in path.read_text() for key in keys), path


def _streams(state: Any) -> Iterator[dict[str, Any]]:
    """Every live stream in the emulator's state, wherever it keeps them."""
    if isinstance(state, dict):
        if "cdn" in state and "ingestionInfo" in state["cdn"]:
            yield state
        for value in state.values():
            yield from _streams(value)
    elif isinstance(state, list):
        for value in state:
            yield from _streams(value)
