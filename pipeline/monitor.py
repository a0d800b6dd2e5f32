"""The browser monitor: one page, and the program as an endless MP4 over HTTP for any number of viewers.

`Monitor` of the room air comes in, which reads the log; this file knows only HTTP. Bound to loopback
it answers to no other name, so that no page from elsewhere can look in through the browser.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import uvicorn
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pipeline.air import Monitor, OffAir, View
from pipeline.errors import OutsideError, TayangError, Text

PATIENCE_SECONDS = 30
"""How long a viewer may take nothing before its connection is closed by the system."""

SEND_BUFFER = 256 * 1024  # what the system holds for a viewer: more would only make it later
STOP_SECONDS = 5.0

_NO_STORE = {"Cache-Control": "no-store"}
_POLICY = "default-src 'self'; media-src 'self' blob:; style-src 'unsafe-inline'; img-src data:"
_TEMPLATES = Path(__file__).parent / "templates"
PLAYER = _TEMPLATES / "player.js"
"""The script that plays the program; the control room has it too."""


def build(monitor: Monitor, event: str, hosts: list[str]) -> Starlette:
    """The app; `event` is the page's title, `hosts` are the names that it answers to ("*": any)."""
    environment = Environment(
        loader=PackageLoader("pipeline"), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("monitor.html.j2").render(event=event)

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page, headers=_NO_STORE | {"Content-Security-Policy": _POLICY})

    async def script(request: Request) -> Response:
        name = request.url.path.removeprefix("/")
        return FileResponse(_TEMPLATES / name, media_type="text/javascript", headers=_NO_STORE)

    async def status(_: Request) -> Response:
        return JSONResponse(asdict(monitor.status()), headers=_NO_STORE)

    async def program(request: Request) -> Response:
        return await program_of(monitor, request)

    return Starlette(
        routes=[
            Route("/", show_page),
            Route("/monitor.js", script),
            Route("/player.js", script),
            Route("/status", status),
            Route("/program.mp4", program),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
    )


async def program_of(monitor: Monitor, request: Request) -> Response:
    """The program from the newest keyframe on, until the program or the viewer ends; 503 when off air."""
    wake, loop = asyncio.Event(), asyncio.get_running_loop()
    try:
        view = monitor.watch(lambda: loop.call_soon_threadsafe(wake.set))
    except OffAir as error:
        return _off_air(error)
    try:
        while view.head is None and not view.ended:
            await wake.wait()
            wake.clear()
    except BaseException:
        view.close()
        raise
    if view.head is None:
        view.close()
        return _off_air(
            view.error or OffAir(Text("Program baru saja berakhir.", "The program has just ended."))
        )
    if request.method == "HEAD":
        view.close()
        return Response(media_type=view.head.media_type, headers=_NO_STORE)
    return _Viewing(view, wake, view.head.media_type)


def _off_air(error: TayangError) -> Response:
    """Two lines, Indonesian first: the page shows them as they are."""
    headers = _NO_STORE | {"Retry-After": "2"}
    return PlainTextResponse(f"{error.what.id}\n{error.what.en}\n", 503, headers)


class _Viewing(StreamingResponse):
    """A viewer's response; however it ends, the viewer has left the monitor."""

    def __init__(self, view: View, wake: asyncio.Event, media_type: str) -> None:
        super().__init__(_pieces(view, wake), media_type=media_type, headers=_NO_STORE)
        self._view = view

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with closing(self._view):
            await super().__call__(scope, receive, send)


async def _pieces(view: View, wake: asyncio.Event) -> AsyncIterator[bytes]:
    assert view.head is not None
    yield view.head.data
    while True:
        wake.clear()
        ended = view.ended  # asked first: nothing comes after the end
        while (piece := view.take()) is not None:
            yield piece
        if ended:
            return
        await wake.wait()


@contextmanager
def serving(monitor: Monitor, event: str, host: str, port: int) -> Iterator[str]:
    """The monitor on an IPv4 address and port (0: any free one) while it is entered; gives its URL.

    OutsideError when the port can't be used.
    """
    with listener_on(host, port) as listener:
        address, port = listener.getsockname()
        config = uvicorn.Config(
            build(monitor, event, names_of(address)),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://{address}:{port}/"
        finally:
            server.should_exit = True
            monitor.close()
            thread.join(STOP_SECONDS)


def names_of(address: str) -> list[str]:
    """Other machines know this one by names that we don't: they can be checked on loopback only."""
    return ["127.0.0.1", "localhost"] if ipaddress.ip_address(address).is_loopback else ["*"]


@contextmanager
def listener_on(host: str, port: int) -> Iterator[socket.socket]:
    """What is set here holds for each connection that it accepts (Linux, socket(7) and tcp(7))."""
    try:
        listener = socket.create_server((host, port))
    except OSError as error:
        raise OutsideError(
            Text(
                f"Port {port} tidak dapat dipakai: {error}", f"Port {port} can't be used: {error}"
            ),
            Text("Pilih port lain dengan --port.", "Choose another one with --port."),
        ) from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            patience = PATIENCE_SECONDS * 1000
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, patience)
        yield listener
