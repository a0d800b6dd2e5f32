"""A real RTMP push: what arrives is recorded frame by frame, and decides what may go live."""

import queue
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ToolError
from pipeline.publish.emulator import running
from pipeline.tools import Child, find_ffmpeg, run

from .conftest import Channel, connect

Refused = Callable[[Any], tuple[int, str]]


def frames(file: Path) -> list[str]:
    """The hash of every decoded picture, then of every block of sound."""
    found: list[str] = []
    for kind in ("v", "a"):
        argv = [find_ffmpeg(), "-v", "error", "-i", str(file), "-map", f"0:{kind}"]
        lines, _ = run([*argv, "-f", "framemd5", "-"], deadline=30)
        found += [line.split(",")[-1] for line in lines.splitlines() if not line.startswith("#")]
    return found


@contextmanager
def pushing(clip: Path, address: str) -> Iterator[Child]:
    """An encoder that has sent the clip and holds its connection until this is left."""
    argv = [find_ffmpeg(), "-v", "error", "-analyzeduration", "500000", "-fpsprobesize", "0"]
    argv += ["-f", "mpegts", "-i", "pipe:0", "-c", "copy", "-f", "flv", address]
    child = Child(argv, feed=True)
    try:
        child.stdin.write(clip.read_bytes())
        child.stdin.flush()
        yield child
        child.stdin.close()
        child.wait(20)
    finally:
        child.stop()


def until(channel: Channel, stream: str, status: str) -> None:
    call = channel.youtube.liveStreams().list(part="status", id=stream)
    while call.execute()["items"][0]["status"]["streamStatus"] != status:
        pass


def hung_up(channel: Channel, stream: str) -> dict[str, Any]:
    """The stream's first push, when all that it brought has been taken."""
    while (push := channel.state()["pushes"][f"{stream}-1"])["ended"] is None:
        pass
    found: dict[str, Any] = push
    return found


def test_a_broadcast_goes_live_only_on_real_data_and_its_archive_is_what_was_sent(
    channel: Channel, refused: Refused, clip_ts: Path
) -> None:
    broadcast, stream, address = channel.bound()
    live = channel.youtube.liveBroadcasts().transition(
        id=broadcast, broadcastStatus="live", part="status"
    )
    assert refused(live) == (403, "errorStreamInactive")
    with pushing(clip_ts, address):
        until(channel, stream, "active")
        assert live.execute()["status"]["lifeCycleStatus"] == "liveStarting"
        assert refused(live) == (403, "redundantTransition")
        channel.clock.turn(0.5)
        assert channel.lifecycle(broadcast) == "live"
        delete = channel.youtube.liveBroadcasts().delete(id=broadcast)
        assert refused(delete) == (403, "liveBroadcastDeletionNotAllowed")
        bind = channel.youtube.liveBroadcasts().bind(id=broadcast, part="id")
        assert refused(bind) == (403, "liveBroadcastBindingNotAllowed")
        details = {"id": broadcast, "contentDetails": {}}
        update = channel.youtube.liveBroadcasts().update(part="contentDetails", body=details)
        assert refused(update) == (403, "modificationNotAllowed")
        channel.clock.turn(4)
        until(channel, stream, "inactive")  # connected, but nothing comes
        assert channel.lifecycle(broadcast) == "live"
    assert channel.go(broadcast, "complete") == "complete"
    push = hung_up(channel, stream)
    recording = channel.folder / "ingest" / f"{stream}-1.flv"
    assert frames(recording) == frames(clip_ts)
    assert push["frames"] == 50
    channel.clock.turn(1)
    video = channel.youtube.videos().list(part="status,snippet", id=broadcast).execute()["items"]
    assert video[0]["status"]["uploadStatus"] == "processed"
    status, _, archive = channel.send("GET", f"/emulator/media/{broadcast}")
    assert status == 200
    copy = channel.folder / "archive.mp4"
    copy.write_bytes(archive)
    assert frames(copy)[:50] == frames(clip_ts)[:50]


def test_testing_comes_first_while_the_monitor_stream_is_on(
    channel: Channel, refused: Refused, clip_ts: Path
) -> None:
    broadcast, stream, address = channel.bound(monitor=True)
    with pushing(clip_ts, address):
        until(channel, stream, "active")
        live = channel.youtube.liveBroadcasts().transition(
            id=broadcast, broadcastStatus="live", part="id"
        )
        assert refused(live) == (403, "invalidTransition")
        channel.fault(method="liveBroadcasts.transition", kind="hold", seconds=90)
        assert channel.go(broadcast, "testing") == "testStarting"
        channel.clock.turn(89)
        assert channel.lifecycle(broadcast) == "testStarting"
        channel.clock.turn(1)
        assert channel.lifecycle(broadcast) == "testing"


def test_a_wrong_key_is_turned_away_and_leaves_nothing(channel: Channel, clip_ts: Path) -> None:
    _, stream, address = channel.bound()
    argv = [find_ffmpeg(), "-v", "error", "-i", str(clip_ts), "-c", "copy", "-f", "flv"]
    with pytest.raises(ToolError):
        run([*argv, address[:-4] + "nope"], deadline=20)
    while [*(channel.folder / "ingest").iterdir()]:
        pass
    assert channel.state()["streams"][stream]["status"]["streamStatus"] == "ready"
    run([*argv, address], deadline=20)  # the port still listens
    until(channel, stream, "inactive")


def test_auto_start_and_auto_stop_follow_the_data(channel: Channel, clip_ts: Path) -> None:
    broadcast, stream, address = channel.bound(enableAutoStart=True, enableAutoStop=True)
    with pushing(clip_ts, address):
        until(channel, stream, "active")
        assert channel.lifecycle(broadcast) == "liveStarting"
        channel.clock.turn(1)
        assert channel.lifecycle(broadcast) == "live"
    hung_up(channel, stream)
    channel.clock.turn(61)
    assert channel.lifecycle(broadcast) == "complete"


def test_an_encoder_that_is_killed_leaves_its_recording_and_can_come_back(
    channel: Channel, clip_ts: Path
) -> None:
    broadcast, stream, address = channel.bound()
    with pushing(clip_ts, address) as encoder:
        until(channel, stream, "active")
        channel.go(broadcast, "live")
        channel.clock.turn(1)
        encoder.kill()
        until(channel, stream, "inactive")
    assert channel.lifecycle(broadcast) == "live"
    with pushing(clip_ts, address):
        until(channel, stream, "active")
    until(channel, stream, "inactive")
    first, second = (channel.folder / "ingest" / f"{stream}-{n}.flv" for n in (1, 2))
    assert set(frames(first)) <= set(frames(clip_ts))
    assert frames(second) == frames(clip_ts)


def test_the_newest_encoder_with_the_key_takes_the_stream_over(
    channel: Channel, clip_ts: Path
) -> None:
    _, stream, address = channel.bound()
    with pushing(clip_ts, address) as first:
        until(channel, stream, "active")
        argv = [find_ffmpeg(), "-v", "error", "-i", str(clip_ts), "-c", "copy", "-f", "flv"]
        with pytest.raises(ToolError):
            run([*argv, address[:-4] + "nope"], deadline=20)
        assert [push["ended"] for push in channel.state()["pushes"].values()] == [None]
        with pushing(clip_ts, address):
            while len(channel.state()["pushes"]) < 2:
                pass
            until(channel, stream, "active")
            first.kill()
            until(channel, stream, "active")


def test_a_stream_listens_at_the_same_address_after_a_restart(
    tmp_path: Path, channel: Channel
) -> None:
    def addresses() -> list[str]:
        with running(tmp_path / "x", ffmpeg=find_ffmpeg(), clock=channel.clock) as emulator:
            channel.url, channel.youtube = emulator.url, connect(emulator.url)
            if not channel.state()["streams"]:
                channel.stream()
            streams = channel.state()["streams"].values()
            channel.youtube.close()
            return [row["cdn"]["ingestionInfo"]["ingestionAddress"] for row in streams]

    (before,) = addresses()
    assert addresses() == [before]
    with socket.create_server(("127.0.0.1", int(before.split(":")[2].split("/")[0]))):
        (after,) = addresses()
    assert after != before


def test_served_in_a_process_of_its_own_it_ends_at_a_signal(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from pipeline.clock import SystemClock\n"
        "from pipeline.publish.emulator import serve\n"
        "state, ffmpeg = Path(sys.argv[1]), sys.argv[2]\n"
        "serve(state, 0, ffmpeg, SystemClock(), lambda url: print(url, flush=True))"
    )
    told: queue.Queue[str] = queue.Queue()
    argv = [sys.executable, "-c", code, str(tmp_path), find_ffmpeg()]
    child = Child(argv, on_line=told.put)
    try:
        assert told.get(timeout=20).startswith("http://127.0.0.1:")
    finally:
        child.stop()  # SIGTERM
    assert child.status == 0


def test_an_archive_begins_when_the_broadcast_went_live_and_ends_with_it(
    channel: Channel, clip_ts: Path
) -> None:
    """To the keyframe before, which the clip has each second: the second of its two seconds is left."""
    broadcast, stream, address = channel.bound()
    with pushing(clip_ts, address):
        until(channel, stream, "active")
        channel.clock.turn(1.0)
        channel.go(broadcast, "live")
        channel.clock.turn(0.5)
        assert channel.lifecycle(broadcast) == "live"
        channel.clock.turn(0.2)
        assert channel.go(broadcast, "complete") == "complete"
        channel.clock.turn(5)
    hung_up(channel, stream)
    _, _, archive = channel.send("GET", f"/emulator/media/{broadcast}")
    copy = channel.folder / "archive.mp4"
    copy.write_bytes(archive)
    found, pictures = set(frames(copy)), frames(clip_ts)[:50]
    assert not found & set(pictures[:25])
    assert 15 <= len(found & set(pictures[25:])) <= 20
