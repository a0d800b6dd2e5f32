"""What the emulator has answered outlives it: killed with SIGKILL right after, it is all there."""

import queue
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.clock import HandClock
from pipeline.publish.emulator.uploads import GRAIN
from pipeline.tools import Child, find_ffmpeg

from .conftest import START, Channel
from .test_emulator_uploads import DATA, Upload

CODE = """
import sys
from pathlib import Path
from pipeline.clock import SystemClock
from pipeline.publish.emulator import serve
state, port, ffmpeg = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
serve(state, port, ffmpeg, SystemClock(), lambda url: print(url, flush=True))
"""


@contextmanager
def killed(folder: Path, port: int = 0) -> Iterator[Channel]:
    """An emulator in a process of its own, which is killed when this is left."""
    told: queue.Queue[str] = queue.Queue()
    argv = [sys.executable, "-c", CODE, str(folder), str(port), find_ffmpeg()]
    child = Child(argv, on_line=told.put)
    try:
        yield Channel(told.get(timeout=30), HandClock(START), folder, None)
        child.kill()
    finally:
        child.stop()


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    with killed(tmp_path) as channel:
        head = {"authorization": channel.token(), "content_type": "application/json"}
        path = "/youtube/v3/playlists?part=snippet"
        channel.send("GET", f"{path}&mine=true", **head)
        status, _, made = channel.send("POST", path, '{"snippet": {"title": "x"}}', **head)
        assert status == 200
    with killed(tmp_path) as channel:
        state = channel.state()
        assert [*state["playlists"]] == [made["id"]]
        assert state["spent"]["units"] == 51
        assert state["spent"]["charged"]["playlists.insert"] == {"calls": 1, "units": 50}
        assert state["spent"]["calls"]["oauth.token"] == 1
        head = {"authorization": head["authorization"]}  # the token lives on too
        assert channel.send("GET", f"{path}&mine=true", **head)[0] == 200


def test_an_upload_goes_on_where_it_was_and_its_last_byte_makes_one_video(tmp_path: Path) -> None:
    total = len(DATA)
    with killed(tmp_path) as channel:
        port = int(channel.url.rpartition(":")[2])
        upload = Upload(channel)
        assert upload.put(DATA[:GRAIN], f"bytes 0-{GRAIN - 1}/{total}")[0] == 308
        session = upload.location.rpartition("=")[2]
        with (tmp_path / "files" / session).open("ab") as file:
            file.write(DATA[GRAIN : GRAIN + 1000])  # a chunk that was cut off by the kill
    with killed(tmp_path, port) as upload.channel:
        held = upload.put(b"", f"bytes */{total}")
        assert held[:2] == (308, f"bytes=0-{GRAIN - 1}")
        first = f"bytes {GRAIN}-{total - 1}/{total}"
        upload.channel.fault(method="upload.chunk", kind="drop_after_apply")
        with pytest.raises(ConnectionError):
            upload.put(DATA[GRAIN:], first)
    with killed(tmp_path, port) as upload.channel:
        status, _, made = upload.put(b"", f"bytes */{total}")
        state = upload.channel.state()
        assert (status, [*state["videos"]]) == (200, [made["id"]])
        assert state["spent"]["uploads"] == 1
        assert (tmp_path / "files" / state["notes"][made["id"]]["file"]).read_bytes() == DATA
