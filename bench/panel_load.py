"""Many who use a panel at the same time, well and badly: plain sockets in one event loop."""

import asyncio
import socket
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from panel_room import Room

LOST = 3.0
"""Seconds of silence after which a page says that it is cut off."""


@dataclass
class Seen:
    """What the watchers of a while saw: events, the longest silence of each, bytes of the program."""

    events: int = 0
    silences: list[float] = field(default_factory=list)
    program_bytes: int = 0


def watched(room: Room, panels: int, viewers: int, seconds: float) -> Seen:
    """So many panels follow the events, and some watch the program."""
    seen = Seen()
    many = [_follow(room, seen) for _ in range(panels)] + [
        _view(room, seen) for _ in range(viewers)
    ]
    asyncio.run(_for(seconds, many))
    return seen


def flooded(room: Room, rate: int, seconds: float, connections: int = 40) -> list[float]:
    """So many requests a second for the board; the seconds that each answer took."""
    taken: list[float] = []
    each = connections / rate
    many = [_ask_often(room, each, n * each / connections, taken) for n in range(connections)]
    asyncio.run(_for(seconds, many))
    return taken


def molested(room: Room, silent: int, deaf: int, bodies: int, seconds: float) -> list[float]:
    """Heads that never end, readers that never read, bodies of 50 MB; what others' answers took meanwhile."""
    taken: list[float] = []
    many = [_send(room, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ", b"x") for _ in range(silent)]
    many += [_send(room, _head(room, "/api/events"), b"") for _ in range(deaf)]
    chunked = "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n"
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    for _ in range(bodies):
        many.append(_send(room, _head(room, "/api/take", "POST", chunked), piece, 0.0, 800))
    many.append(_ask_often(room, 0.1, 0.0, taken))
    asyncio.run(_for(seconds, many))
    return taken


async def _for(seconds: float, many: list[Coroutine[Any, Any, None]]) -> None:
    tasks = [asyncio.create_task(one) for one in many]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    for end in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(end, Exception):
            raise end


def _head(room: Room, path: str, method: str = "GET", more: str = "") -> bytes:
    who = f"Authorization: {room.device['Authorization']}\r\n"
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{who}{more}\r\n".encode()


async def _open(room: Room) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", room.port, limit=1 << 22)


async def _follow(room: Room, seen: Seen) -> None:
    reader, writer = await _open(room)
    writer.write(_head(room, "/api/events"))
    last, worst = time.monotonic(), 0.0
    try:
        while line := await reader.readline():
            if line.startswith(b"event:"):
                now = time.monotonic()
                worst, last = max(worst, now - last), now
                seen.events += 1
        raise RuntimeError("an event stream ended")
    finally:
        seen.silences.append(max(worst, time.monotonic() - last))
        writer.close()


async def _view(room: Room, seen: Seen) -> None:
    reader, writer = await _open(room)
    writer.write(_head(room, "/program.mp4"))
    try:
        while data := await reader.read(1 << 16):
            seen.program_bytes += len(data)
        raise RuntimeError("the program ended for a viewer")
    finally:
        writer.close()


async def _ask_often(room: Room, every: float, first: float, taken: list[float]) -> None:
    """Asks again at each moment that is due, or at once when the answer before came later."""
    reader, writer = await _open(room)
    due = time.monotonic() + first
    head = _head(room, "/api/board")
    while True:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        due = max(due + every, time.monotonic() - 1)
        since = time.monotonic()
        writer.write(head)
        said = await reader.readuntil(b"\r\n\r\n")
        length = next(x for x in said.lower().split(b"\r\n") if x.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        assert said.startswith(b"HTTP/1.1 200"), said
        taken.append(time.monotonic() - since)


async def _send(
    room: Room, first: bytes, then: bytes, pause: float = 1.0, times: int = 1000
) -> None:
    """Sends and never reads; begins anew when it is thrown out."""
    loop = asyncio.get_running_loop()
    while True:
        with socket.socket() as one, suppress(OSError):
            one.setblocking(False)
            await loop.sock_connect(one, ("127.0.0.1", room.port))
            await loop.sock_sendall(one, first)
            for _ in range(times):
                await loop.sock_sendall(one, then)
                await asyncio.sleep(pause)
        await asyncio.sleep(0.5)
