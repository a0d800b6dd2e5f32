"""The identity of the panel over HTTP: its routes behind a real server, on a clock turned by hand."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import requests
import uvicorn
from argon2 import PasswordHasher
from fastapi import Depends, FastAPI, Request
from fastapi.staticfiles import StaticFiles

from pipeline.clock import HandClock
from pipeline.errors import Text
from pipeline.panel import access
from pipeline.panel.access import Person, Right, asking, handlers, needs
from pipeline.panel.accounts import Accounts
from pipeline.panel.links import Keys
from pipeline.panel.pages import Pages
from pipeline.panel.passwords import Passwords
from pipeline.panel.routes import admin, entry
from pipeline.panel.throttle import Throttle
from pipeline.settings import Settings, settings_from

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "kain jemuran biru"  # a password that is good enough
START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class Panel:
    """What `app.state.panel` is to the routes of identity."""

    def __init__(self, state: Path) -> None:
        self.clock = HandClock(START)
        self.warnings: list[Text] = []
        self.file = state / "panel.sqlite"
        self.accounts = Accounts(self.file, self.clock, self.warnings.append, Passwords(CHEAP))
        self.keys = Keys(b"k" * 32)
        self.throttle = Throttle()
        self.settings = _settings(state)
        self.named = [(1, "Batik <b>Jlamprang</b> & Co"), (7, 'Kopi "Robusta" 🙂')]
        self.templates = Pages(self.settings)

    def stands(self) -> Sequence[tuple[int, str]]:
        return self.named

    def join(self, name: str, role: str) -> None:
        """Somebody who has chosen `GOOD` as password."""
        self.accounts.people.accept(self.accounts.people.add(name, role), "", GOOD)


def _settings(state: Path) -> Settings:
    values = {"event": {"name": "Pameran"}, "rundown": "r.yaml", "media": "m", "state": str(state)}
    return settings_from(values, state / "settings.yaml")


def build() -> FastAPI:
    """The routes of identity, and for every right one that needs it; `app.state.panel` is to be set."""
    app = FastAPI(exception_handlers=handlers)
    app.include_router(entry.router)
    app.include_router(admin.router)
    static = Path(access.__file__).parent / "static"
    app.mount("/static", StaticFiles(directory=static))

    @app.get("/")
    def first_page(request: Request) -> str:
        person = asking(request)
        return person.name if person else "nobody"

    for right in Right:

        @app.get(f"/api/{right}")
        @app.post(f"/api/{right}")
        @app.get(f"/page/{right}")
        @app.post(f"/page/{right}")
        def guarded(person: Annotated[Person, Depends(needs(right))]) -> list[str]:
            return [person.name, person.role, person.kind]

    @app.get("/stage")
    def stage(person: Annotated[Person, Depends(access.screen("stage"))]) -> str:
        return person.kind

    @app.get("/stand/{number}")
    def stand(person: Annotated[Person, Depends(access.stand)]) -> str:
        return person.kind

    return app


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address of the app while it is entered."""
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # else each answer waits 40 ms for the ACK of its head: asyncio does this only for its own
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class Browser:
    """Keeps cookies, follows no redirect by itself, and finds the CSRF token as a page's form has it."""

    def __init__(self, address: str, **headers: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.headers.update(headers)

    def close(self) -> None:
        self.session.close()

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.address + path, allow_redirects=False, **options)

    def post(
        self, path: str, data: dict[str, str] | None = None, **options: Any
    ) -> requests.Response:
        return self.session.post(
            self.address + path, data=data or {}, allow_redirects=False, **options
        )

    def login(self, name: str, password: str = GOOD, **fields: str) -> requests.Response:
        return self.post("/login", {"name": name, "password": password, **fields})

    def csrf(self) -> str:
        page = self.get("/password").text
        return page.split('name="csrf" value="')[1].split('"')[0]

    def order(self, path: str, **fields: str) -> requests.Response:
        """A form of one of our pages."""
        return self.post(path, {"csrf": self.csrf(), **fields})
