"""Killed at any step of an upload, the next run ends with one video and sends no byte twice."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.publish import Upload, Wanted, publishing
from pipeline.settings import Settings

CHUNK = 1 << 20

CHILD = """
import os, signal, sys
from pathlib import Path
from pipeline.clock import SystemClock
from pipeline.publish import Upload, Wanted, ledger, publishing, youtube
from pipeline.settings import settings_from

folder, address, sha256, step = sys.argv[1:]
passed = []

def dying_after(owner, name, label):
    act = getattr(owner, name)
    def wrapped(*args, **kw):
        result = act(*args, **kw)
        passed.append(label(args))
        if f"{passed[-1]} {passed.count(passed[-1])}" == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(owner, name, wrapped)

dying_after(ledger.Ledger, "note", lambda args: f"noted {args[1]}")
dying_after(youtube.Transfer, "open", lambda args: "opened")
dying_after(youtube.Transfer, "step", lambda args: "sent")
values = {"event": {"name": "E"}, "rundown": "r.yaml", "media": ".",
          "youtube": {"address": address}}
clip = Upload(Path(folder) / "clip.mp4", sha256, "Batik", "", chunk_mib=1)
with publishing(settings_from(values, Path(folder) / "settings.yaml"), SystemClock()) as publisher:
    publisher.publish(Wanted(clips=(clip,)))
"""

STEPS = {
    "noted wish 1": (0, 1),
    "opened 1": (0, 2),  # a session without a byte is forgotten: it makes no video
    "noted session 1": (0, 1),
    "sent 1": (CHUNK, 1),
    "sent 3": (3 * CHUNK, 1),
    "sent 4": (None, 1),  # whole: the look at the channel finds it before the session is asked
    "noted uploaded 1": (None, 1),
}
"""Where the child dies: what the next run finds sent already, and how many sessions there are."""


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_upload_is_continued_and_makes_one_video(
    tmp_path: Path, settings: Settings, clock: HandClock, tube: Any, clip: Upload, step: str
) -> None:
    held, sessions = STEPS[step]
    argv = [sys.executable, "-c", CHILD, str(tmp_path), tube.url, clip.sha256, step]
    child = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert child.returncode == -signal.SIGKILL, child.stderr

    seen: list[int] = []
    with publishing(settings, clock) as publisher:
        done = publisher.publish(
            Wanted(clips=(replace(clip, picture=None),)),
            lambda action, sent, whole: seen.append(sent) if sent else None,
        )
    assert done.faults == ()
    assert len(tube.state["videos"]) == 1
    assert tube.calls("videos.insert") == sessions
    if held is None:
        assert seen == []
    else:  # the first chunk that is sent begins where the server's bytes end
        assert seen[0] == min(held // CHUNK * CHUNK + CHUNK, clip.path.stat().st_size)


def test_a_torn_last_line_is_dropped_and_the_rest_is_known(
    settings: Settings, clock: HandClock, tube: Any, clip: Upload
) -> None:
    with publishing(settings, clock) as publisher:
        publisher.publish(Wanted(clips=(clip,)))
    path = settings.state / "emulator" / "publish" / "ledger.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"fact": "upl')
    with publishing(settings, clock) as publisher:
        assert publisher.publish(Wanted(clips=(clip,))).faults == ()
    assert path.read_bytes() == whole
    assert tube.calls("videos.insert") == 1
