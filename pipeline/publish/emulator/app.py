"""HTTP in front of the service: routes, bodies, dropped connections. Starlette lives here."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pipeline.publish.emulator import page, uploads
from pipeline.publish.emulator.document import Method, methods
from pipeline.publish.emulator.faults import Injected
from pipeline.publish.emulator.refusal import Refusal, bad_request, invalid
from pipeline.publish.emulator.service import WITH_MEDIA, Service
from pipeline.publish.emulator.world import fresh_id

JSON_LIMIT = 1 << 20
MULTIPART_LIMIT = 64 << 20
CHUNK = "upload.chunk"
TOKEN = "oauth.token"

Drop = Callable[[Scope], None]


class Dropped(Response):
    """An answer that never comes: the connection is closed instead."""

    def __init__(self, drop: Drop) -> None:
        super().__init__()
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._drop(scope)
        await asyncio.sleep(0)  # lets the server notice, or it would answer 500


@dataclass(frozen=True, slots=True)
class Api:
    """YouTube's paths. `drop` closes the connection of a request without an answer."""

    service: Service
    drop: Drop

    async def api(self, request: Request) -> Response:
        try:
            method = _method(request)
            resumed = request.query_params.get("upload_id")
            name = method.id if resumed is None else CHUNK
            await run_in_threadpool(self.service.count, name)
            fault = self.service.faults.take(name, "drop_before", "status")
            if fault is not None:
                return await self._fail(request, fault)
            header = request.headers.get("authorization")
            await run_in_threadpool(self.service.authorize, method, header)
            if resumed is not None:
                response = await self._chunk(request, method, resumed)
            elif request.url.path.startswith("/upload/"):
                response = await self._upload(request, method)
            else:
                response = await self._plain(request, method)
        except Refusal as refusal:
            await _drain(request)
            return JSONResponse(refusal.envelope(), refusal.code)
        except ClientDisconnect:
            return Response(status_code=499)
        late = self.service.faults.take(name, "drop_after_apply")
        return response if late is None else Dropped(self.drop)

    async def _fail(self, request: Request, fault: Injected) -> Response:
        if fault.kind == "drop_before":
            return Dropped(self.drop)
        await _drain(request)
        if fault.method == CHUNK and fault.status == 404:
            self.service.expire(request.query_params["upload_id"])
        return JSONResponse(fault.refusal().envelope(), fault.status)

    async def _plain(self, request: Request, method: Method) -> Response:
        if method.id in WITH_MEDIA:
            raise invalid("mediaBodyRequired", "The request does not include media content.")
        body = await _read(request, JSON_LIMIT)
        pairs = request.query_params.multi_items()
        call = await run_in_threadpool(self.service.begin, method, pairs, body)
        result = await run_in_threadpool(self.service.perform, call)
        return Response(status_code=204) if result is None else JSONResponse(result)

    # ---- uploads

    async def _upload(self, request: Request, method: Method) -> Response:
        ways = {"resumable": self._resumable, "multipart": self._multipart, "media": self._media}
        way = ways.get(request.query_params.get("uploadType", ""))
        if way is None:
            raise bad_request("uploadType must be resumable, multipart or media.", "uploadType")
        return await way(request, method)

    async def _resumable(self, request: Request, method: Method) -> Response:
        body = await _read(request, JSON_LIMIT)
        pairs = request.query_params.multi_items()
        call = await run_in_threadpool(self.service.begin, method, pairs, body)
        kind = request.headers.get("x-upload-content-type", "application/octet-stream")
        total = request.headers.get("x-upload-content-length", "")
        size = int(total) if total.isdecimal() else None
        session = await run_in_threadpool(self.service.open_session, call, kind, size)
        query = urlencode([*pairs, ("upload_id", session)])
        location = f"{self.service.world.url}{request.url.path}?{query}"
        headers = {"Location": location, "X-GUploader-UploadID": session}
        return Response(status_code=200, headers=headers)

    async def _multipart(self, request: Request, method: Method) -> Response:
        body = await _read(request, MULTIPART_LIMIT)
        content_type = request.headers.get("content-type", "")
        metadata, kind, media = uploads.split_related(content_type, body)
        file = self._fresh_file()
        file.write_bytes(media)
        return await self._at_once(request, method, metadata, kind, file)

    async def _media(self, request: Request, method: Method) -> Response:
        file = self._fresh_file()
        with file.open("wb") as out:
            async for block in request.stream():
                out.write(block)
        kind = request.headers.get("content-type", "application/octet-stream")
        return await self._at_once(request, method, b"", kind, file)

    async def _at_once(
        self, request: Request, method: Method, metadata: bytes, kind: str, file: Path
    ) -> Response:
        try:
            uploads.check_media(method, kind, file.stat().st_size)
            pairs = request.query_params.multi_items()
            call = await run_in_threadpool(self.service.begin, method, pairs, metadata)
            whole = replace(call, media=file, media_type=kind)
            return JSONResponse(await run_in_threadpool(self.service.perform, whole))
        finally:
            file.unlink(missing_ok=True)

    def _fresh_file(self) -> Path:
        return self.service.world.folder / "uploads" / fresh_id(24, "once-")

    async def _chunk(self, request: Request, method: Method, identity: str) -> Response:
        session = await run_in_threadpool(self.service.session, method, identity)
        if session.row["result"] is None:
            await self._receive(request, session)
            if session.held != session.row["total"]:
                held = session.held
                headers = {"Range": f"bytes=0-{held - 1}"} if held else {}
                return Response(status_code=308, headers=headers)
        await _drain(request)
        return JSONResponse(await run_in_threadpool(self.service.finish, method, session))

    async def _receive(self, request: Request, session: uploads.Session) -> None:
        length = request.headers.get("content-length", "")
        size = int(length) if length.isdecimal() else None
        chunk = uploads.read_range(request.headers.get("content-range"), size)
        held = session.held
        uploads.admit(chunk, held, session.row["total"], size)
        session.row["total"] = chunk.total if chunk.total is not None else session.row["total"]
        if chunk.first is None:
            return
        try:
            with session.file.open("ab") as out:
                async for block in request.stream():
                    out.write(block)
        except ClientDisconnect:
            session.keep_whole_grains(held)
            raise


@dataclass(frozen=True, slots=True)
class Beside:
    """What isn't YouTube's API: sign-in, the page with its media, and the tests' entrances."""

    service: Service
    drop: Drop

    async def token(self, request: Request) -> Response:
        await run_in_threadpool(self.service.count, TOKEN)
        form = dict(parse_qsl((await _read(request, JSON_LIMIT)).decode("utf-8", "replace")))
        fault = self.service.faults.take(TOKEN, "drop_before", "status")
        if fault is not None:
            if fault.kind == "drop_before":
                return Dropped(self.drop)
            return JSONResponse({"error": fault.reason}, fault.status)
        status, body = await run_in_threadpool(self.service.token, form)
        return JSONResponse(body, status)

    async def state(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self.service.state))

    async def add_fault(self, request: Request) -> Response:
        try:
            self.service.faults.add(json.loads(await _read(request, JSON_LIMIT)))
        except ValueError as error:
            return JSONResponse(bad_request(f"Parse Error: {error}").envelope(), 400)
        except Refusal as refusal:
            return JSONResponse(refusal.envelope(), refusal.code)
        return Response(status_code=204)

    async def clear_faults(self, request: Request) -> Response:
        self.service.faults.clear()
        return Response(status_code=204)

    async def home(self, request: Request) -> Response:
        state = await run_in_threadpool(self.service.state)
        return HTMLResponse(page.render(self.service.world, state))

    async def media(self, request: Request) -> Response:
        find = partial(self.service.media_file, request.path_params["id"])
        return _file(await run_in_threadpool(find))

    async def thumbnail(self, request: Request) -> Response:
        find = partial(self.service.thumbnail_file, request.path_params["id"])
        return _file(await run_in_threadpool(find))


def build(service: Service, drop: Drop) -> Starlette:
    """The application; `drop` closes the connection that a request came in on."""
    api, beside = Api(service, drop), Beside(service, drop)
    verbs = ["GET", "POST", "PUT", "DELETE"]
    return Starlette(
        routes=[
            Route("/", beside.home),
            Route("/token", beside.token, methods=["POST"]),
            Route("/emulator/state", beside.state),
            Route("/emulator/faults", beside.add_fault, methods=["POST"]),
            Route("/emulator/faults", beside.clear_faults, methods=["DELETE"]),
            Route("/emulator/media/{id}", beside.media),
            Route("/emulator/thumbnails/{id}", beside.thumbnail),
            Route("/{path:path}", api.api, methods=verbs),
        ],
        # A web page elsewhere can't read the stream keys by pointing its own name at this machine.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _method(request: Request) -> Method:
    path = request.url.path.lstrip("/")
    resumed = "upload_id" in request.query_params
    upload = path.startswith("upload/")
    verb = "POST" if resumed and request.method == "PUT" else request.method
    method = methods().get((verb, path.removeprefix("upload/")))
    if method is None or (upload and not method.takes_media) or (resumed and not upload):
        raise Refusal(404, "notFound", f"Not Found: {request.method} /{path}")
    return method


async def _read(request: Request, limit: int) -> bytes:
    """The body; a Refusal as soon as it is longer than `limit` bytes."""
    blocks, size = [], 0
    async for block in request.stream():
        blocks.append(block)
        size += len(block)
        if size > limit:
            raise Refusal(413, "uploadTooLarge", f"The body has more than {limit} bytes.")
    return b"".join(blocks)


async def _drain(request: Request) -> None:
    """Reads what is left, so that a client which is still sending gets to see the answer."""
    try:
        async for _ in request.stream():
            pass
    except (RuntimeError, ClientDisconnect):
        return  # read already, or nobody is there any more


def _file(found: tuple[Path, str] | None) -> Response:
    if found is None:
        return Response(status_code=404)
    path, kind = found
    return FileResponse(path, media_type=kind)
