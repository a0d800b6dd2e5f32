"""The program is pushed to a real RTMP server (a listening ffmpeg) and to a file, in real time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aids import free_port, until_listening
from made import Made
from peers import Nginx
from pydantic import SecretStr

from pipeline.air import JOURNAL, Session, airings, play, read_journal
from pipeline.clock import SystemClock
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.settings import Destination
from pipeline.timing import Rate
from pipeline.tools import Child

RATE = Rate(25)


def broadcast(
    folder: Path, segments: dict[str, Path], ffmpeg: str, destinations: list[Destination]
) -> Any:
    clock = SystemClock()
    now = clock.now()
    items, at = [], now
    for name in segments:
        items.append(
            Item(id=name, kind=Kind.VIDEO, title=name, at=at, duration_s=2, start=StartMode.FOLLOW)
        )
        at += timedelta(seconds=2)
    made = {name: Made(name * 64, path, "video", 50) for name, path in segments.items()}
    session = Session(
        "uji",
        plan(RundownSession(id="uji", day=now.date(), items=tuple(items))),
        made,
        {None: next(iter(made.values()))},
        {},
    )
    return play(
        folder,
        session,
        RATE,
        shown_at=now,
        facts={},
        destinations=destinations,
        ffmpeg=ffmpeg,
        clock=clock,
    )


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("segments")
    return {n: make_segment(folder / f"{n}.ts", 50, 60 * i) for i, n in enumerate("ab")}


def test_an_rtmp_server_and_a_file_receive_every_frame_of_the_program(
    tmp_path: Path,
    segments: dict[str, Path],
    ffmpeg: str,
    picture_hashes: Callable[[Path], list[str]],
) -> None:
    port = free_port()
    received, copied = tmp_path / "received.mkv", tmp_path / "copy.ts"
    listen = ["-listen", "1", "-i", f"rtmp://127.0.0.1:{port}/live/rahasia"]
    server = Child([ffmpeg, "-v", "error", "-f", "flv", *listen, "-c", "copy", str(received)])
    until_listening(port)
    destinations = [
        Destination(name="server", url=f"rtmp://127.0.0.1:{port}/live", key=SecretStr("rahasia")),
        Destination(name="berkas", url=f"file://{copied}"),
    ]
    result = broadcast(tmp_path / "air", segments, ffmpeg, destinations)
    assert server.wait(10) == 0

    assert result.unreached == ()
    program = picture_hashes(result.program)
    assert len(program) == 100
    assert picture_hashes(received) == program
    assert picture_hashes(copied) == program
    lines = read_journal(tmp_path / "air" / JOURNAL).lines
    assert [a.delivered_frames for a in airings(lines)] == [50, 50]
    assert "rahasia" not in (tmp_path / "air" / JOURNAL).read_text()


def test_nginxs_rtmp_module_receives_every_frame_of_the_program(
    tmp_path: Path,
    segments: dict[str, Path],
    ffmpeg: str,
    picture_hashes: Callable[[Path], list[str]],
) -> None:
    server = Nginx(tmp_path, free_port())
    try:
        url = f"rtmp://127.0.0.1:{server.port}/live"
        nginx = Destination(name="nginx", url=url, key=SecretStr("program"))
        result = broadcast(tmp_path / "air", segments, ffmpeg, [nginx])
        assert result.unreached == ()
    finally:
        server.stop()

    (received,) = server.recordings("program")
    assert picture_hashes(received) == picture_hashes(result.program)


def test_an_absent_server_leaves_the_program_whole_and_says_so_without_the_key(
    tmp_path: Path, segments: dict[str, Path], ffmpeg: str
) -> None:
    url = f"rtmp://127.0.0.1:{free_port()}/live"
    gone = Destination(name="hilang", url=url, key=SecretStr("rahasia"))
    result = broadcast(tmp_path, {"a": segments["a"]}, ffmpeg, [gone])

    assert result.frames == 50
    assert [entry.split(":")[0] for entry in result.unreached] == ["hilang"]
    journal = (tmp_path / JOURNAL).read_text()
    assert '"state":"lost"' in journal
    assert "rahasia" not in journal + str(result.unreached)
    (airing,) = airings(read_journal(tmp_path / JOURNAL).lines)
    assert airing.delivered_frames == 0
