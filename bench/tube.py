"""The emulator of YouTube as a user starts it, a process of its own; what it counts, and settings to use it."""

import json
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import requests
import yaml
from processes import Process

from pipeline.settings import Settings, read_settings

SHIPPED = Path(__file__).parent.parent / "settings.yaml"
PATIENCE = 30.0


class Tube:
    """A channel of the shipped event's own, empty at first; no day's quota is in the way."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True)
        self._home = home
        argv = [sys.executable, "-m", "pipeline.cli"]
        argv += ["--settings", str(self._settings("emulator", None)), "youtube", "emulator"]
        argv += ["--port", "0"]
        log = home / "emulator.log"
        self.process = Process(argv, log)
        self.url = self._until_said(log)
        self._give("limits", units=10**7, uploads=10**5)

    def _until_said(self, log: Path) -> str:
        """Its address, which it prints once it answers."""
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE and self.process.alive:
            said = re.search(r"^http://\S+$", log.read_text(), re.MULTILINE)
            if said:
                return said[0]
            time.sleep(0.02)
        raise RuntimeError(log.read_text())

    def settings(self, state: str, chunk_mib: int = 8) -> Settings:
        """Of an event that publishes to it from a state folder of that name."""
        return read_settings(self._settings(state, self.url, chunk_mib))

    def _settings(self, state: str, address: str | None, chunk_mib: int = 8) -> Path:
        values = yaml.safe_load(SHIPPED.read_text())
        values |= {"rundown": str(SHIPPED.parent / values["rundown"]), "state": state}
        values["youtube"] |= {"address": address, "chunk_mib": chunk_mib}
        values["youtube"] |= {"quota_units": 10**7, "quota_uploads": 10**5}
        file = self._home / f"settings-{state}-{chunk_mib}.yaml"
        file.write_text(yaml.safe_dump(values))
        return file

    @property
    def spent(self) -> dict[str, Any]:
        """Calls by method since its start, and the units that they cost."""
        found: dict[str, Any] = json.loads(self._ask("state"))["spent"]
        return found

    def _give(self, name: str, **values: int) -> None:
        requests.post(f"{self.url}/emulator/{name}", json=values, timeout=60).raise_for_status()

    def _ask(self, name: str) -> bytes:
        answer = requests.get(f"{self.url}/emulator/{name}", timeout=60)
        answer.raise_for_status()
        return answer.content

    def stop(self) -> None:
        self.process.signal(signal.SIGTERM)
        self.process.end()
