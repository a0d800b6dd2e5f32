"""The control room's app: routes, refusals and headers around the parts of a `Control`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

from pipeline.errors import Text, UsageError
from pipeline.monitor import program_of
from pipeline.panel.access import Person, Right, handlers, needs
from pipeline.panel.guard import Guarded
from pipeline.panel.orders import Refusal
from pipeline.panel.routes import (
    admin,
    api,
    edits,
    entry,
    etalase,
    manifest,
    room,
    screens,
)
from pipeline.panel.routes.api import not_understood, refused
from pipeline.panel.studio import Control, control

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
            Middleware(Guarded, headers=HEADERS),
        ],
    )
    answers = {
        **handlers,
        Refusal: refused,
        UsageError: refused,
        RequestValidationError: not_understood,
        HTTPException: _not_there,
    }
    for error, answer in answers.items():
        app.add_exception_handler(error, answer)
    app.state.panel = parts
    for page in (entry, room, admin, api, edits, screens, etalase, manifest):
        app.include_router(page.router)
    app.get("/program.mp4", include_in_schema=False)(_program)
    app.get("/status", include_in_schema=False)(_status)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


_UNCLEAR = Text("Permintaan ini tidak dimengerti.", "This request isn't understood.")
_WORDS = {
    404: Text("Halaman ini tidak ada.", "There is no such page."),
    405: Text("Metode ini tidak dikenal di sini.", "This method isn't known here."),
}


def _not_there(request: Request, error: Exception) -> Response:
    """What the routing refuses: said in both languages, outside /api as a page."""
    assert isinstance(error, HTTPException)
    told = _WORDS.get(error.status_code, _UNCLEAR)
    status = 422 if error.status_code == 400 else error.status_code  # a body too deep to be read
    if request.url.path.startswith("/api/"):
        return JSONResponse(told._asdict(), status, error.headers)
    request.state.asking = None  # whoever it is: no database has to be asked for that
    page = control(request).templates(request, "refused.html.j2", told=told, hint=None)
    page.status_code = status
    return page


async def _program(request: Request, _: _Watcher) -> Response:
    """The program as an endless MP4."""
    return await program_of(control(request).monitor, request)


def _status(request: Request, _: _Watcher) -> Response:
    """What of the program the monitor shows, and how old it is."""
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(asdict(control(request).monitor.status()), headers=headers)
