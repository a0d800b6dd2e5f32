"""What is unwelcome stays outside: connections that are too many or too slow, bodies too large or too slow.

Knows no route; what it lets in is still to be asked who it is.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping

import h11
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import Text

LARGEST_BODY = 1 << 20
"""Bytes of a request: forms and edits of a day are far smaller."""

BODY_SECONDS = 10.0
"""For the whole of a body."""

HEAD_SECONDS = 10.0
"""For the head of a request, from the connection's begin or the answer before it."""

LAST_SECONDS = 0.5
"""For answers that are under way when the server ends; less than it waits for them itself."""

MOST_CONNECTIONS = 800
"""200 open panels hold two each; beside that, files that may be open (often 1,024) are left for the rest."""

_TOO_LARGE = Text("permintaan terlalu besar", "the request is too large")
_TOO_SLOW = Text("permintaan terlalu lama dikirim", "the request took too long to arrive")


class Connection(H11Protocol):
    """Ends at once when there are too many, and when the head of a request is too long in coming.

    So does one whose body goes on long after its answer: nobody reads that.
    """

    _due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        self._hurry()

    def handle_events(self) -> None:
        """After whatever has come: is a head still awaited?"""
        super().handle_events()
        self._hurry()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._hurry()

    def shutdown(self) -> None:
        """The server ends, and soon after it what would never end by itself: events, the program."""
        super().shutdown()
        self.loop.call_later(LAST_SECONDS, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._calm()

    def _hurry(self) -> None:
        theirs, ours = self.conn.their_state, self.conn.our_state
        awaited = theirs is h11.IDLE or (theirs is h11.SEND_BODY and ours is h11.DONE)
        if self.transport.is_closing() or not awaited:
            self._calm()
        elif self._due is None:
            self._due = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _calm(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None


class Guarded:
    """Around an app: `headers` for each answer, and limits for each request's body."""

    def __init__(self, app: ASGIApp, headers: Mapping[bytes, bytes]) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                there = {name for name, _ in message["headers"]}
                more = [(n, value) for n, value in self._headers.items() if n not in there]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        body = _Body(receive, with_headers)
        if _announced(scope) > LARGEST_BODY:
            body.refused = 413, _TOO_LARGE
        else:
            async with body.reported():
                await self._app(scope, body.receive, body.send)
        if body.refused and not body.answered:
            status, said = body.refused
            # what is still to come of the body is read by nobody
            answer = JSONResponse(said._asdict(), status, {"Connection": "close"})
            await answer(scope, receive, with_headers)


class _Body:
    """One request's body as the app may have it; `refused` says with what it is answered instead."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.refused: tuple[int, Text] | None = None
        self.answered = False
        self._receive = receive
        self._send = send
        self._got = 0
        self._whole = False
        self._due = asyncio.get_running_loop().time() + BODY_SECONDS

    async def receive(self) -> Message:
        """The next piece; a disconnect where there is too much, or too late."""
        try:
            async with asyncio.timeout_at(None if self._whole else self._due):
                message = await self._receive()
        except TimeoutError:
            self.refused = 408, _TOO_SLOW
            return {"type": "http.disconnect"}
        self._got += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._got > LARGEST_BODY:
            self.refused = 413, _TOO_LARGE
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        """Whatever the app makes of half a body goes nowhere."""
        if self.refused is None or self.answered:
            self.answered = True
            await self._send(message)

    @contextlib.asynccontextmanager
    async def reported(self) -> AsyncIterator[None]:
        """The app may end with the disconnect that it was told of."""
        try:
            yield
        except ClientDisconnect:
            if self.refused is None:
                raise


def _announced(scope: Scope) -> int:
    """The length that a request's head announces."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
