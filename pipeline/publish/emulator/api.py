"""YouTube's paths over HTTP: a request becomes a call of the service, and meets its faults.

Requests come in, responses go out; what a call does is the service's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from pipeline.publish.emulator import uploads
from pipeline.publish.emulator.arriving import Arriving
from pipeline.publish.emulator.document import Method, methods
from pipeline.publish.emulator.faults import CHUNK, OnAnswer, Slow, Status, Truncated
from pipeline.publish.emulator.refusal import Refusal, bad_request, invalid
from pipeline.publish.emulator.service import WITH_MEDIA, Service
from pipeline.publish.emulator.waiting import Faults
from pipeline.publish.emulator.wire import Dropped, Line, batches, drain, read
from pipeline.publish.emulator.wire import Truncated as Halved
from pipeline.publish.emulator.world import Media

JSON_LIMIT = 1 << 20
MULTIPART_LIMIT = 64 << 20
INVALID = (400, 413)
"""Statuses of a request that doesn't fit the document or its rules: it costs one unit."""


async def answered(faults: Faults, name: str, response: Response, line: Line) -> Response:
    """The answer of a call that was applied, as the faults let it out."""
    slow = faults.take(name, Slow)
    if slow is not None:
        await asyncio.sleep(slow.seconds)
    lost = faults.take(name, OnAnswer)
    if lost is None:
        return response
    return Halved(response, line) if isinstance(lost, Truncated) else Dropped(line)


@dataclass(frozen=True, slots=True)
class Api:
    """Every path of the discovery document."""

    service: Service
    line: Line
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def respond(self, request: Request) -> Response:
        """The answer of one request; a Refusal, for `app.py` to tell."""
        method = _method(request)
        resumed = request.query_params.get("upload_id")
        if resumed is not None:
            return await self._put(request, method, resumed)
        return await self._call(request, method)

    async def _call(self, request: Request, method: Method) -> Response:
        header = request.headers.get("authorization")
        fault = await run_in_threadpool(self.service.arrive, method, header)
        if isinstance(fault, Status):
            raise fault.refusal()
        if fault is not None:
            return Dropped(self.line)
        upload = request.url.path.startswith("/upload/")
        try:
            response = await (self._upload if upload else self._plain)(request, method)
        except Refusal as refusal:
            if refusal.code in INVALID:
                await run_in_threadpool(self.service.rebate, method)
            raise
        return await answered(self.service.faults, method.id, response, self.line)

    async def _plain(self, request: Request, method: Method) -> Response:
        if method.id in WITH_MEDIA:
            raise invalid("mediaBodyRequired", "The request does not include media content.")
        body = await read(request, JSON_LIMIT)
        pairs = request.query_params.multi_items()

        def perform() -> Response:
            result = self.service.perform(self.service.begin(method, pairs, body))
            return Response(status_code=204) if result is None else JSONResponse(result)

        return await run_in_threadpool(perform)

    # ---- uploads

    async def _upload(self, request: Request, method: Method) -> Response:
        ways: dict[str, Callable[[Request, Method], Awaitable[Response]]]
        ways = {"resumable": self._resumable, "multipart": self._multipart, "media": self._media}
        way = ways.get(request.query_params.get("uploadType", ""))
        if way is None:
            raise bad_request("uploadType must be resumable, multipart or media.", "uploadType")
        return await way(request, method)

    async def _resumable(self, request: Request, method: Method) -> Response:
        body = await read(request, JSON_LIMIT)
        pairs = request.query_params.multi_items()
        kind = request.headers.get("x-upload-content-type", "application/octet-stream")
        total = request.headers.get("x-upload-content-length", "")
        size = int(total) if total.isdecimal() else None
        uploads.check_media(method, kind, size)

        def open_session() -> str:
            call = self.service.begin(method, pairs, body)
            return self.service.open_session(call, kind, size)

        session = await run_in_threadpool(open_session)
        query = urlencode([*pairs, ("upload_id", session)])
        location = f"{self.service.world.url}{request.url.path}?{query}"
        headers = {"Location": location, "X-GUploader-UploadID": session}
        return Response(status_code=200, headers=headers)

    async def _multipart(self, request: Request, method: Method) -> Response:
        body = await read(request, MULTIPART_LIMIT)
        content_type = request.headers.get("content-type", "")
        metadata, kind, media = uploads.split_related(content_type, body)
        file = self.service.fresh_file()
        file.append(media)
        return await self._at_once(request, method, metadata, kind, file)

    async def _media(self, request: Request, method: Method) -> Response:
        file = self.service.fresh_file()
        file.append(b"")
        async for batch in batches(request):
            await run_in_threadpool(file.append, batch)
        kind = request.headers.get("content-type", "application/octet-stream")
        return await self._at_once(request, method, b"", kind, file)

    async def _at_once(
        self, request: Request, method: Method, metadata: bytes, kind: str, file: Arriving
    ) -> Response:
        pairs = request.query_params.multi_items()

        def perform() -> Response:
            try:
                uploads.check_media(method, kind, file.file.stat().st_size)
                call = self.service.begin(method, pairs, metadata)
                media = Media(file.file, kind, file.sha256())
                return JSONResponse(self.service.perform(replace(call, media=media)))
            except Refusal:
                file.file.unlink()
                raise

        return await run_in_threadpool(perform)

    # ---- PUTs of a resumable upload

    async def _put(self, request: Request, method: Method, identity: str) -> Response:
        header = request.headers.get("authorization")
        fault = await run_in_threadpool(self.service.arrive_chunk, method, header)
        if isinstance(fault, Status):
            if fault.status == 404:
                await run_in_threadpool(self.service.expire, identity)
            raise fault.refusal()
        if fault is not None:
            return Dropped(self.line)
        # A client that has given up on one PUT may send the next before we have noticed.
        async with self._turns.setdefault(identity, asyncio.Lock()):
            response = await self._chunk(request, method, identity)
        return await answered(self.service.faults, CHUNK, response, self.line)

    async def _chunk(self, request: Request, method: Method, identity: str) -> Response:
        session = await run_in_threadpool(self.service.session, method, identity)
        if session.row["result"] is None:
            await self._receive(request, session)
            if session.held != session.row["total"]:
                held = session.held
                headers = {"Range": f"bytes=0-{held - 1}"} if held else {}
                return Response(status_code=308, headers=headers)
        await drain(request)
        return JSONResponse(await run_in_threadpool(self.service.finish, method, session))

    async def _receive(self, request: Request, session: uploads.Session) -> None:
        length = request.headers.get("content-length", "")
        size = int(length) if length.isdecimal() else None
        chunk = uploads.read_range(request.headers.get("content-range"), size)
        uploads.admit(chunk, session.held, session.row["total"], size)
        session.row["total"] = chunk.total if chunk.total is not None else session.row["total"]
        if chunk.first is None:
            return
        arriving = self.service.arriving(session)
        try:
            async for batch in batches(request):
                await run_in_threadpool(arriving.append, batch)
        except ClientDisconnect:
            uploads.keep_whole_grains(session.file, session.row["total"])
            raise


def _method(request: Request) -> Method:
    path = request.url.path.lstrip("/")
    resumed = "upload_id" in request.query_params
    upload = path.startswith("upload/")
    verb = "POST" if resumed and request.method == "PUT" else request.method
    method = methods().get((verb, path.removeprefix("upload/")))
    if method is None or (upload and not method.takes_media) or (resumed and not upload):
        raise Refusal(404, "notFound", f"Not Found: {request.method} /{path}")
    return method
