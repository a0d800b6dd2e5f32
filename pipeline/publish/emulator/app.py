"""The emulator's routes: YouTube's API, and beside it sign-in, the page, and the tests' entrances."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from pipeline.errors import InputFaults
from pipeline.publish.emulator import oauth, page, wire
from pipeline.publish.emulator.api import JSON_LIMIT, Api, answered
from pipeline.publish.emulator.description import start_of
from pipeline.publish.emulator.faults import TOKEN, Status
from pipeline.publish.emulator.refusal import Refusal, bad_request
from pipeline.publish.emulator.scenario import scenario_of
from pipeline.publish.emulator.service import Service
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.wire import Dropped, Line


@dataclass(frozen=True, slots=True)
class Beside:
    """What isn't YouTube's API."""

    service: Service
    line: Line

    async def token(self, request: Request) -> Response:
        fault = await run_in_threadpool(self.service.arrive_token)
        form = oauth.basic(request.headers.get("authorization"))
        form |= await _form(request)
        if isinstance(fault, Status):
            return JSONResponse({"error": fault.refusal().reason}, fault.status)
        if fault is not None:
            return Dropped(self.line)
        status, body = await run_in_threadpool(self.service.token, form)
        return await answered(self.service.faults, TOKEN, JSONResponse(body, status), self.line)

    async def client_secret(self, request: Request) -> Response:
        return JSONResponse(oauth.client_secret(self.service.world.url))

    async def consent(self, request: Request) -> Response:
        """The page that asks; a form of it that comes back leads on to the app."""
        shown = request.method == "GET"
        query = request.query_params.multi_items() if shown else await _form(request)
        asked = oauth.asked(dict(query))
        if isinstance(asked, oauth.Denied):
            return HTMLResponse(page.denied(asked), asked.status)
        if shown:
            return HTMLResponse(page.consent(asked, query))
        allowed = ("answer", "allow") in query
        granted = {value for name, value in query if name == "grant" and allowed}
        link = await run_in_threadpool(self.service.consent, asked, granted)
        return RedirectResponse(link, 303)

    # ---- for tests

    async def state(self, request: Request) -> Response:
        text = await run_in_threadpool(self.service.state)
        return Response(text, media_type="application/json")

    async def add_faults(self, request: Request) -> Response:
        return await self._give(
            request, lambda given: given if isinstance(given, list) else [given]
        )

    async def set_limits(self, request: Request) -> Response:
        return await self._give(request, lambda given: {"limits": given})

    async def set_delays(self, request: Request) -> Response:
        return await self._give(request, lambda given: {"delays": given})

    async def _give(self, request: Request, scenario: Callable[[Any], object]) -> Response:
        try:
            given = json.loads(await wire.read(request, JSON_LIMIT))
            found = scenario_of(scenario(given), request.url.path)
        except ValueError as error:
            raise bad_request(f"Parse Error: {error}") from error
        except InputFaults as error:
            return JSONResponse({"faults": [fault.as_dict() for fault in error.faults]}, 400)
        await run_in_threadpool(self.service.give, found)
        return Response(status_code=204)

    async def faults(self, request: Request) -> Response:
        return JSONResponse(self.service.faults.waiting())

    async def clear_faults(self, request: Request) -> Response:
        self.service.faults.clear()
        return Response(status_code=204)

    # ---- for people

    async def home(self, request: Request) -> Response:
        return await self._page(page.home)

    async def watch(self, request: Request) -> Response:
        query = request.query_params
        identity, start = query.get("v", ""), start_of(query.get("t", ""))
        playable = await run_in_threadpool(self.service.playable, identity)
        return await self._page(lambda state: page.watch(state, identity, start, playable))

    async def playlist(self, request: Request) -> Response:
        identity = request.query_params.get("list", "")
        return await self._page(lambda state: page.playlist(state, identity))

    async def _page(self, render: Callable[[Json], str | None]) -> Response:
        state = json.loads(await run_in_threadpool(self.service.state))
        text = await run_in_threadpool(render, state)
        return HTMLResponse(page.missing(), 404) if text is None else HTMLResponse(text)

    async def revision(self, request: Request) -> Response:
        return PlainTextResponse(await run_in_threadpool(self.service.revision))

    async def media(self, request: Request) -> Response:
        find = partial(self.service.media_file, request.path_params["id"])
        return wire.file(await run_in_threadpool(find))

    async def thumbnail(self, request: Request) -> Response:
        find = partial(self.service.thumbnail_file, request.path_params["id"])
        return wire.file(await run_in_threadpool(find))


async def _form(request: Request) -> list[tuple[str, str]]:
    return parse_qsl((await wire.read(request, JSON_LIMIT)).decode("utf-8", "replace"))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    await wire.drain(request)
    return JSONResponse(error.envelope(), error.code)


async def _gone(request: Request, error: Exception) -> Response:
    return Response(status_code=499)  # nobody reads it


def build(service: Service, line: Line) -> Starlette:
    """The application; `line` finds the connection that a request came in on."""
    api, beside = Api(service, line), Beside(service, line)
    verbs = ["GET", "POST", "PUT", "DELETE"]
    return Starlette(
        routes=[
            Route("/", beside.home),
            Route("/watch", beside.watch),
            Route("/playlist", beside.playlist),
            Route("/auth", beside.consent, methods=["GET", "POST"]),
            Route("/token", beside.token, methods=["POST"]),
            Route("/emulator/client_secret.json", beside.client_secret),
            Route("/emulator/revision", beside.revision),
            Route("/emulator/state", beside.state),
            Route("/emulator/faults", beside.faults),
            Route("/emulator/faults", beside.add_faults, methods=["POST"]),
            Route("/emulator/faults", beside.clear_faults, methods=["DELETE"]),
            Route("/emulator/limits", beside.set_limits, methods=["POST"]),
            Route("/emulator/delays", beside.set_delays, methods=["POST"]),
            Route("/emulator/media/{id}", beside.media),
            Route("/emulator/thumbnails/{id}", beside.thumbnail),
            Route("/{path:path}", api.respond, methods=verbs),
        ],
        exception_handlers={Refusal: _refused, ClientDisconnect: _gone},
        # A web page elsewhere can't read the stream keys by pointing its own name at this machine.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )
