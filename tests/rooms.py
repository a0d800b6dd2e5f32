"""A real control room for tests: the app behind a real server, with people, and boards by hand if wanted."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI

from pipeline.clock import SystemClock
from pipeline.errors import Text
from pipeline.panel.app import build
from pipeline.panel.guard import Connection
from pipeline.panel.hub import Hub
from pipeline.panel.orders import Refusal
from pipeline.panel.passwords import Passwords
from pipeline.panel.server import made
from pipeline.panel.studio import Control
from pipeline.settings import Settings, settings_from
from pipeline.wiring import Studio

ROOT = Path(__file__).parents[1]
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "kain jemuran biru"


class StillHub(Hub):
    """Shows only what it is told by `show`."""

    def _run(self) -> None:
        """Looks at nothing."""


class NoCues:
    """Lower thirds where there is no program: every one is refused."""

    def show(self, item: str | None, by: str, order_id: str) -> dict[str, Any]:
        return {"ok": False, "id": "tidak ada lower third", "en": "no lower third"}

    hide = show

    def drawn(self, item: str) -> bytes:
        raise Refusal(Text(f"tidak ada acara {item}", f"no item {item}"))


def settings_in(state: Path, **more: Any) -> Settings:
    """The sample event, with its state in a folder of the test."""
    values = {
        "event": {"name": "Pekalongan Hybrid Expo 2021", "sample": True},
        "rundown": str(ROOT / "schedules" / "pekalongan-hybrid-expo-2021.xlsx"),
        "media": str(state / "media"),
        "state": str(state),
        "panel": {"port": 0},
    }
    return settings_from({**values, **more}, state / "settings.yaml")


@dataclass(frozen=True)
class Room:
    """A control room that is served at `url` (without a slash at its end)."""

    url: str
    parts: Control
    app: FastAPI

    def join(self, name: str, role: str) -> None:
        """Somebody who has chosen `PASSWORD`; nothing when they are there already."""
        people = self.parts.accounts.people
        if name not in [account.name for account in people.all()]:
            people.accept(people.add(name, role), "", PASSWORD)

    def device(self, role: str, name: str = "Tombol") -> dict[str, str]:
        """The header of a device's token."""
        token = self.parts.accounts.devices.add(name, role, by="tes")
        return {"Authorization": f"Bearer {token}"}

    def cookies(self, role: str = "crew") -> dict[str, str]:
        """The cookie of somebody of that role who has signed in."""
        self.join(role, role)
        browser = requests.Session()
        browser.post(f"{self.url}/login", {"name": role, "password": PASSWORD}, timeout=10)
        return dict(browser.cookies.items())

    def signed_in(self, context: Any, role: str = "crew") -> Any:
        """A Playwright context as somebody of that role."""
        context.add_cookies(
            [
                {"name": name, "value": value, "url": self.url}
                for name, value in self.cookies(role).items()
            ]
        )
        return context


@contextmanager
def control_room(settings: Settings, *, still: bool = False, cues: Any = None) -> Iterator[Room]:
    """Served while it is entered; `still`: boards come only from `room.parts.hub.show`."""
    clock = SystemClock()
    studio = Studio(settings, clock)
    with made(studio, cues or NoCues(), passwords=Passwords(CHEAP)) as parts:
        if still:
            parts = replace(parts, hub=StillHub(settings, clock, lambda: None, dict))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            app = build(parts, ["127.0.0.1"])
            config = uvicorn.Config(
                app, http=Connection, ws="none", log_config=None, timeout_graceful_shutdown=1
            )
            logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                yield Room(f"http://127.0.0.1:{listener.getsockname()[1]}", parts, app)
            finally:
                server.should_exit = True
                parts.monitor.close()
                thread.join(15)
