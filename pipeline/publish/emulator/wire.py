"""Answers that get lost, and bodies that are read with a limit: what HTTP is used for here.

Requests and responses of Starlette come in; it must not know the API.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from pipeline.publish.emulator.refusal import Refusal

BATCH = 1 << 20

Line = Callable[[Scope], asyncio.Transport | None]
"""The connection that a request came in on, which ASGI hides."""


class Dropped(Response):
    """An answer that never comes: the connection is closed instead."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = self._line(scope)
        if transport is not None:
            transport.abort()
        await asyncio.sleep(0)  # lets the server notice, or it would answer 500


class Truncated(Response):
    """The head of an answer and half of its body; one without a body is lost as a whole."""

    def __init__(self, whole: Response, line: Line) -> None:
        super().__init__()
        self._whole = whole
        self._line = line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self._whole.body)
        if not body:
            await Dropped(self._line)(scope, receive, send)
            return
        head = {"status": self._whole.status_code, "headers": self._whole.raw_headers}
        await send({"type": "http.response.start", **head})
        half = body[: len(body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        transport = self._line(scope)
        if transport is not None:
            transport.close()  # sends first what is written
        while (await receive())["type"] != "http.disconnect":
            pass


async def read(request: Request, limit: int) -> bytes:
    """The body; a Refusal as soon as it is longer than `limit` bytes."""
    blocks, size = [], 0
    async for block in request.stream():
        blocks.append(block)
        size += len(block)
        if size > limit:
            raise Refusal(413, "uploadTooLarge", f"The body has more than {limit} bytes.")
    return b"".join(blocks)


async def batches(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of about a MiB: a thread a block would take longer than the writing.

    When the client hangs up, what had come is given before ClientDisconnect is raised.
    """
    blocks, size = [], 0
    try:
        async for block in request.stream():
            blocks.append(block)
            size += len(block)
            if size >= BATCH:
                yield b"".join(blocks)
                blocks, size = [], 0
    except ClientDisconnect:
        yield b"".join(blocks)
        raise
    yield b"".join(blocks)


async def drain(request: Request) -> None:
    """Reads what is left, so that a client which is still sending gets to see the answer."""
    try:
        async for _ in request.stream():
            pass
    except (RuntimeError, ClientDisconnect):
        return  # read already, or nobody is there any more


def file(found: tuple[Path, str] | None) -> Response:
    """A file and its media type; 404 without one."""
    if found is None:
        return Response(status_code=404)
    path, kind = found
    return FileResponse(path, media_type=kind)
