"""Killed with SIGKILL at any moment, publishing ends with exactly what was wanted, nothing twice.

`TAYANG_PUBLISH_KILLS` says how many kills. Each round has something new to publish besides what the last
kills left undone.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import SystemClock
from pipeline.publish.quota import Meter

KILLS = int(os.environ.get("TAYANG_PUBLISH_KILLS", "8"))

PUBLISHER = """
import hashlib, json, os, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from pipeline.clock import SystemClock
from pipeline.publish import BroadcastWish, Picture, PlaylistWish, Upload, Wanted, publishing
from pipeline.settings import settings_from

folder, address = Path(sys.argv[1]), sys.argv[2]
youtube = {"address": address, "quota_units": 1_000_000, "quota_uploads": 10_000}
values = {"event": {"name": "E"}, "rundown": "r.yaml", "media": ".", "youtube": youtube}
settings = settings_from(values, folder / "settings.yaml")
start = datetime.fromisoformat(sys.argv[3])

def wanted():
    name = (folder / "name").read_text()
    picture = Picture(name, (folder / "picture.png").read_bytes)
    days = [
        BroadcastWish(str(n), f"Hari {n} {name}", "Acara", start + timedelta(days=n),
                      start + timedelta(days=n, hours=1), "unlisted", f"tayang:siaran:{n:016}",
                      picture=picture)
        for n in (1, 2)
    ]
    clips = [
        Upload(path, hashlib.sha256(path.read_bytes()).hexdigest(), path.stem, name, ("batik",),
               picture=picture, chunk_mib=1)
        for path in sorted(folder.glob("clip-*.mp4"))
    ]
    playlist = PlaylistWish("Pameran", name, "unlisted", "tayang:daftar:" + "0" * 16)
    return Wanted(tuple(days), tuple(clips), playlist=playlist)

for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        print(os.getpid(), flush=True)
        with publishing(settings, SystemClock()) as publisher:
            done = publisher.publish(wanted())
            left = publisher.plan(wanted()).actions
        said = [str(fault.what) for fault in done.faults] + [action.what.en for action in left]
        (folder / "done").write_text(json.dumps(said))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(status, flush=True)
"""
"""Forks a publisher for each line of its input, and tells its number and how it ended."""


@pytest.fixture
def forker(tmp_path: Path, tube: Any, picture: bytes) -> Iterator[subprocess.Popen[str]]:
    (tmp_path / "picture.png").write_bytes(picture)
    argv = [
        sys.executable,
        "-c",
        PUBLISHER,
        str(tmp_path),
        tube.url,
        f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:00:00+00:00}",
    ]
    with subprocess.Popen(argv, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as forker:
        yield forker
        assert forker.stdin is not None
        forker.stdin.close()


def run(forker: subprocess.Popen[str], kill_after: float | None) -> int:
    """One publisher's end: a wait status."""
    assert forker.stdin is not None
    assert forker.stdout is not None
    print(file=forker.stdin, flush=True)
    pid = int(forker.stdout.readline())
    if kill_after is not None:
        killer = subprocess.Popen(
            ["sh", "-c", f"sleep {kill_after:.3f}; kill -9 {pid} 2>/dev/null"]
        )
        killer.wait()
    return int(forker.stdout.readline())


def test_kills_at_any_moment_leave_nothing_out_and_nothing_twice(
    tmp_path: Path, tube: Any, movie: bytes, forker: subprocess.Popen[str]
) -> None:
    tube.limit(units=1_000_000, uploads=10_000)
    moments, killed, rounds = random.Random(5), 0, 0
    while killed < KILLS:
        rounds += 1
        assert rounds < 3 * KILLS, "too few of the kills came in time"
        path = tmp_path / f"clip-{rounds:03}.mp4"
        path.write_bytes(movie + b"\0\0\0\x0cfree" + rounds.to_bytes(4))
        (tmp_path / "name").write_text(f"versi {rounds // 10}")
        killed += os.WIFSIGNALED(run(forker, moments.uniform(0.0, 0.6)))
    status = run(forker, None)
    assert status == 0
    assert json.loads((tmp_path / "done").read_text()) == []

    state = tube.state
    name = (tmp_path / "name").read_text()
    assert sorted(b["snippet"]["title"] for b in state["broadcasts"].values()) == [
        f"Hari 1 {name}",
        f"Hari 2 {name}",
    ]
    uploaded = {i: v for i, v in state["videos"].items() if i not in state["broadcasts"]}
    assert sorted(v["snippet"]["title"] for v in uploaded.values()) == [
        f"clip-{n:03}" for n in range(1, rounds + 1)
    ]
    picture = hashlib.sha256((tmp_path / "picture.png").read_bytes()).hexdigest()
    for identity, video in uploaded.items():
        assert video["snippet"]["description"].startswith(f"{name}\n")
        path = tmp_path / f"{video['snippet']['title']}.mp4"
        assert state["notes"][identity]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert state["notes"][identity]["thumbnail_sha256"] == picture
    assert len(state["playlists"]) == len(state["streams"]) == 1
    listed = [item["contentDetails"]["videoId"] for item in state["playlist_items"].values()]
    assert sorted(listed) == sorted(state["videos"])

    # A call whose publisher died before it heard of it may have been counted by YouTube or not.
    folder = tmp_path / "var" / "emulator" / "publish"
    for bucket, spent in zip(
        Meter(folder, SystemClock()).buckets(),
        (state["spent"]["units"], state["spent"]["uploads"]),
        strict=True,
    ):
        assert bucket.spent - bucket.uncertain <= spent <= bucket.spent
        assert bucket.uncertain <= 50 * killed
