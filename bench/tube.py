"""The emulator of YouTube as a process of its own, as a user starts it; what it counts, and how to use it."""

import re
import signal
import sys
import time
from pathlib import Path
from typing import Any

import requests
import yaml
from processes import Process

from pipeline.publish.emulator import REFRESH_TOKEN
from pipeline.settings import Settings, read_settings

SHIPPED = Path(__file__).parent.parent / "settings.yaml"
NO_LIMIT = {"units": 10**7, "uploads": 10**5}
PATIENCE_S = 30.0


class Tube:
    """A channel of its own for the shipped event, empty at first; no day's quota is in the way."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True)
        self._home = home
        argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(self._settings("var"))]
        log = home / "emulator.log"
        self._process = Process([*argv, "youtube", "emulator", "--port", "0"], log)
        self.url = self._until_said(log)
        self._ask("POST", "/emulator/limits", json=NO_LIMIT)
        signing = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
        signing |= {"client_id": "bench", "client_secret": "bench"}
        token = self._ask("POST", "/token", data=signing).json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def _until_said(self, log: Path) -> str:
        """Its address, which it prints once it answers."""
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE_S and self._process.alive:
            said = re.search(r"^http://\S+$", log.read_text(), re.MULTILINE)
            if said:
                return said[0]
            time.sleep(0.02)
        raise RuntimeError(log.read_text())

    def settings(self, state: str, chunk_mib: int = 8) -> Settings:
        """Of an event that publishes to it from a state folder of that name."""
        return read_settings(self._settings(state, address=self.url, chunk_mib=chunk_mib))

    def _settings(self, state: str, **youtube: Any) -> Path:
        values = yaml.safe_load(SHIPPED.read_text())
        values |= {"rundown": str(SHIPPED.parent / values["rundown"]), "state": state}
        values["youtube"] |= {f"quota_{name}": most for name, most in NO_LIMIT.items()} | youtube
        file = self._home / f"settings-{state}.yaml"
        file.write_text(yaml.safe_dump(values))
        return file

    @property
    def spent(self) -> dict[str, Any]:
        """Calls by method since its start, and the units that they cost."""
        found: dict[str, Any] = self._ask("GET", "/emulator/state").json()["spent"]
        return found

    def open_session(self, file: Path) -> str:
        """The address to which a video's bytes may be sent."""
        size = str(file.stat().st_size)
        answer = self._ask(
            "POST",
            "/upload/youtube/v3/videos?part=snippet,status&uploadType=resumable",
            json={"snippet": {"title": "Dua hari"}, "status": {"privacyStatus": "unlisted"}},
            headers={"X-Upload-Content-Type": "video/mp4", "X-Upload-Content-Length": size},
        )
        return answer.headers["Location"]

    def empty(self) -> None:
        """Deletes all videos, so that the disk doesn't fill."""
        for video in self._ask("GET", "/emulator/state").json()["videos"]:
            self._ask("DELETE", "/youtube/v3/videos", params={"id": video})

    def _ask(self, verb: str, path: str, **more: Any) -> requests.Response:
        more["headers"] = getattr(self, "headers", {}) | more.get("headers", {})
        answer = requests.request(verb, f"{self.url}{path}", timeout=60, **more)
        answer.raise_for_status()
        return answer

    def stop(self) -> None:
        self._process.signal(signal.SIGTERM)
        self._process.end()
