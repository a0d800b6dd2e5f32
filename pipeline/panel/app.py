"""The control room's app: routes, refusals and headers around the parts of a `Control`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.monitor import program_of
from pipeline.panel.access import Person, Right, handlers, needs
from pipeline.panel.orders import Refusal
from pipeline.panel.routes import admin, api, entry
from pipeline.panel.routes.api import not_understood, refused
from pipeline.panel.studio import Control, control

LARGEST_BODY = 1 << 20
"""Bytes of a request: forms and edits of a day are far smaller."""

POLICY = (
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; object-src 'none'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
}
_STATIC = Path(__file__).parent / "static"
_Watcher = Annotated[Person, Depends(needs(Right.see))]


def build(parts: Control, hosts: Sequence[str]) -> FastAPI:
    """The app; `hosts` are the names that it answers to ("*": any)."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        parts.hub.start()
        yield
        parts.hub.stop()

    app = FastAPI(
        title="Tayang",
        version="1",
        description="Ruang kendali siaran · The control room of a livestream.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=running,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts), www_redirect=False),
            Middleware(_Guarded),
        ],
    )
    answers = {**handlers, Refusal: refused, RequestValidationError: not_understood}
    for error, answer in answers.items():
        app.add_exception_handler(error, answer)
    app.state.panel = parts
    for room in (entry, admin, api):
        app.include_router(room.router)
    app.get("/program.mp4", include_in_schema=False)(_program)
    app.get("/status", include_in_schema=False)(_status)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


async def _program(request: Request, _: _Watcher) -> Response:
    """The program as an endless MP4."""
    return await program_of(control(request).monitor, request)


def _status(request: Request, _: _Watcher) -> Response:
    """What of the program the monitor shows, and how old it is."""
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(asdict(control(request).monitor.status()), headers=headers)


class _Guarded:
    """Headers for each answer, and a limit for each request's body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        got = 0

        async def limited() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > LARGEST_BODY:
                return {"type": "http.disconnect"}
            return message

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                more = [(name, value) for name, value in HEADERS.items() if name not in there]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        if _announced(scope) > LARGEST_BODY:
            said = {"id": "permintaan terlalu besar", "en": "the request is too large"}
            await JSONResponse(said, 413)(scope, receive, with_headers)
            return
        await self._app(scope, limited, with_headers)


def _announced(scope: Scope) -> int:
    """The length that a request's head announces."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
