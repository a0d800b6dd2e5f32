"""The control room as a process of its own beside a program on air, and the names by which to use it."""

import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

import requests
import yaml
from channel import Channel
from processes import Process
from report import progress
from stage import CLOCK, Stage

from pipeline.errors import OutsideError
from pipeline.panel.accounts import Accounts
from pipeline.panel.passwords import Passwords
from pipeline.panel.server import serving_panel
from pipeline.settings import read_settings
from pipeline.wiring import Studio

NAME, PASSWORD = "Ukur", "kain jemuran biru"
SETTLING = 3.0


@dataclass(frozen=True)
class Room:
    """A program on air, its panel at `url`, and the header of a crew's device."""

    url: str
    device: dict[str, str]
    air: Channel
    panel: Process

    @property
    def late(self) -> int:
        """Frames that went out late so far."""
        return int(self.air.ask("status")["late"]["frames"])

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def memory(self) -> float:
        """MiB that the panel holds."""
        said = Path(f"/proc/{self.panel.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", said)
        assert found is not None
        return int(found[1]) / 1024


@contextmanager
def on_air(stage: Stage, home: Path, seconds: int) -> Iterator[Room]:
    """Everything runs while it is entered, the program for so many seconds at least."""
    lengths = list(islice(cycle(item.duration_s for item in stage.items), seconds // 8 + 4))
    session = stage.session(CLOCK.now() + timedelta(seconds=1), lengths)
    file = stage.prepare(home, session, [])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    values = yaml.safe_load(file.read_text()) | {"panel": {"port": port}}
    file.write_text(yaml.safe_dump(values))
    device = _people(file)
    air = Channel(file, session.id)
    air.until(lambda status: status["on"] is not None and status["on"]["item"] is not None)
    panel = Process([sys.executable, __file__, str(file)], home / "panel.log")
    try:
        url = f"http://127.0.0.1:{port}"
        _until_answered(url, panel, home / "panel.log")
        time.sleep(SETTLING)
        yield Room(url, device, air, panel)
    finally:
        panel.signal(signal.SIGTERM)
        panel.end()
        with suppress(OutsideError):  # it may be gone before its answer is
            air.ask("stop")
        air.process.end()


def _people(file: Path) -> dict[str, str]:
    """One who signs in, and a device."""
    path = read_settings(file).state / "panel.sqlite"
    with closing(Accounts(path, CLOCK, lambda _: None, Passwords())) as accounts:
        accounts.people.accept(accounts.people.add(NAME, "crew"), "", PASSWORD)
        token = accounts.devices.add("Tombol", "crew", by=NAME)
    return {"Authorization": f"Bearer {token}"}


def _until_answered(url: str, panel: Process, log: Path) -> None:
    for _ in range(600):
        try:
            requests.get(f"{url}/login", timeout=5)
            progress(f"the panel answers at {url}")
            return
        except requests.ConnectionError:
            if not panel.alive:
                break
            time.sleep(0.05)
    raise RuntimeError(log.read_text())


def _serve(file: Path) -> None:
    """What the process does."""
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with serving_panel(Studio(read_settings(file), CLOCK)):
        over.wait()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
