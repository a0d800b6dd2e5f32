"""What the publisher's tests share: an emulator, a publisher with a hand-driven clock, a clip."""

import hashlib
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock, SystemClock
from pipeline.publish import Picture, Publisher, Upload, publishing
from pipeline.publish.emulator import running
from pipeline.settings import Settings, settings_from
from pipeline.tools import find_ffmpeg, run

CHUNK = 1 << 20
PADDING = 3 * CHUNK


@dataclass(frozen=True)
class Tube:
    """A running emulator, and what it says of itself."""

    url: str

    @property
    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/emulator/state") as answer:
            state: dict[str, Any] = json.load(answer)
            return state

    def calls(self, method: str) -> int:
        """How often a method was called; `upload.chunk` for the PUTs of uploads."""
        count: int = self.state["spent"]["calls"].get(method, 0)
        return count

    def fault(self, method: str, kind: str, **more: object) -> None:
        """Arms a fault for the next call of a method."""
        self._give({"method": method, "kind": kind, **more})

    def force(self, table: str, **more: object) -> None:
        """Changes the newest resource of a table at once, as if YouTube or a person had done it."""
        self._give({"kind": "force", "table": table, **more})

    def limit(self, **limits: int) -> None:
        """Sets what may be spent a day: `units`, `uploads`."""
        data = json.dumps(limits).encode()
        urllib.request.urlopen(f"{self.url}/emulator/limits", data=data).close()

    def clear(self) -> None:
        """Forgets all faults."""
        request = urllib.request.Request(f"{self.url}/emulator/faults", method="DELETE")
        urllib.request.urlopen(request).close()

    def _give(self, fault: dict[str, object]) -> None:
        data = json.dumps(fault).encode()
        urllib.request.urlopen(f"{self.url}/emulator/faults", data=data).close()


@pytest.fixture
def tube(tmp_path: Path) -> Iterator[Tube]:
    folder = tmp_path / "var" / "emulator"
    with running(folder, ffmpeg=find_ffmpeg(), clock=SystemClock()) as emulator:
        yield Tube(emulator.url)


@pytest.fixture
def settings(tmp_path: Path, tube: Tube) -> Settings:
    values = {
        "event": {"name": "Pekalongan Hybrid Expo 2021"},
        "rundown": "rundown.yaml",
        "media": ".",
        "youtube": {"address": tube.url, "chunk_mib": 1},
    }
    return settings_from(values, tmp_path / "settings.yaml")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime.now(UTC))


@pytest.fixture
def publisher(settings: Settings, clock: HandClock) -> Iterator[Publisher]:
    with publishing(settings, clock) as publisher:
        yield publisher


@pytest.fixture(scope="session")
def movie(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real MP4 of a little over three chunks: an empty box of MP4 makes it that long."""
    path = tmp_path_factory.mktemp("movie") / "movie.mp4"
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=0.4"]
    run([find_ffmpeg(), "-v", "error", *source, "-c:v", "mpeg4", str(path)], deadline=30)
    return path.read_bytes() + (PADDING + 8).to_bytes(4) + b"free" + bytes(PADDING)


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("picture") / "picture.png"
    source = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:d=0.04"]
    run([find_ffmpeg(), "-v", "error", *source, "-frames:v", "1", str(path)], deadline=30)
    return path.read_bytes()


@pytest.fixture
def clip(tmp_path: Path, movie: bytes, picture: bytes) -> Upload:
    path = tmp_path / "clip.mp4"
    path.write_bytes(movie)
    digest = hashlib.sha256(movie).hexdigest()
    return Upload(
        path,
        digest,
        "Batik Sekar",
        "Kain jlamprang.",
        tags=("batik",),
        picture=Picture("bunga", lambda: picture),
        chunk_mib=1,
    )
