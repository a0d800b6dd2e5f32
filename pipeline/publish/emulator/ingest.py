"""The RTMP side: one listening port a stream, each push recorded by a listening ffmpeg of its own.

Bytes of an encoder come in and go on to ffmpeg unchanged, which writes them with `-c copy` into
`<stream>-<n>.flv`: FLV in, FLV out, so every frame keeps its order and time. A front of our own is
needed because ffmpeg accepts one connection only, takes any stream key with a warning, and leaves
the port deaf between two pushes.
"""

import contextlib
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.tools import Child

HOST = "127.0.0.1"
APP = "live2"
STALE_SECONDS = 3.0
"""A stream whose last byte is older than this isn't active any more."""

BLOCK = 1 << 16
KEY_WITHIN = 1 << 15
"""Bytes of a connection in which the publish command must come."""

CONNECT_TRIES = 250
CONNECT_PAUSE = 0.02
FINISH_SECONDS = 10.0

# The command `publish(number, null, key)` in AMF0 (Adobe's RTMP 1.0, 7.2.2.6). It is shorter than
# RTMP's first chunk size of 128 bytes, so no chunk header cuts through it.
_PUBLISH = re.compile(rb"\x02\x00\x07publish\x00.{8}\x05\x02(..)", re.DOTALL)


class Address(NamedTuple):
    """Where a stream listens."""

    port: int

    @property
    def url(self) -> str:
        return f"rtmp://{HOST}:{self.port}/{APP}"


@dataclass(slots=True)
class Push:
    """One connection of an encoder: what it brought so far."""

    stream: str
    file: Path
    started: datetime
    last_byte: float
    frames: int = 0
    out_ms: int = 0
    accepted: bool = False
    over: bool = False

    def progress(self, line: str) -> None:
        """One line of ffmpeg's `-progress`."""
        name, _, value = line.partition("=")
        if name == "frame" and value.isdecimal():
            self.frames = int(value)
        elif name == "out_time_us" and value.isdecimal():
            self.out_ms = int(value) // 1000


@dataclass(slots=True)
class _Door:
    """A stream's key and listening socket, and its pushes since the start, newest last."""

    stream: str
    key: str
    listener: socket.socket
    recorded: bool
    pushes: list[Push] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)
    encoder: socket.socket | None = None


class Ingest:
    """Listens for every open stream; `tell` hears of each push, accepted and over."""

    def __init__(
        self, folder: Path, ffmpeg: str, clock: Clock, tell: Callable[[Push], None]
    ) -> None:
        self._folder = folder
        self._ffmpeg = ffmpeg
        self._clock = clock
        self._tell = tell
        self._doors: dict[str, _Door] = {}
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def open(self, stream: str, key: str, port: int = 0) -> Address:
        """Listens for a stream, at `port` if that is free; OutsideError when there is none."""
        listener = _listen(port)
        recorded = any(file.stat().st_size for file in self._folder.glob(f"{stream}-*.flv"))
        self._doors[stream] = door = _Door(stream, key, listener, recorded)
        self._start(self._accept, door)
        return Address(listener.getsockname()[1])

    def close(self, stream: str) -> None:
        """Stops listening and ends what is being pushed."""
        door = self._doors.pop(stream)
        # shutdown wakes accept(), close alone doesn't
        with contextlib.suppress(OSError):
            door.listener.shutdown(socket.SHUT_RDWR)
        door.listener.close()
        _hang_up(*door.connections)

    def stop(self) -> None:
        """Closes every stream; returns when all recordings are complete."""
        for stream in [*self._doors]:
            self.close(stream)
        for thread in self._threads:
            thread.join(FINISH_SECONDS)

    def status(self, stream: str) -> str:
        """`ready` before the first push, `active` while data arrives, `inactive` after."""
        door = self._doors.get(stream)
        if door is None or not any(push.frames for push in door.pushes):
            return "ready" if door and not door.recorded else "inactive"
        push = door.pushes[-1]
        fresh = self._clock.monotonic() - push.last_byte < STALE_SECONDS
        return "active" if push.frames and fresh and not push.over else "inactive"

    def silence(self, stream: str) -> float | None:
        """Seconds since the last byte; None when nothing has come since the start."""
        door = self._doors.get(stream)
        if door is None or not door.pushes:
            return None
        return self._clock.monotonic() - door.pushes[-1].last_byte

    def frames(self, stream: str) -> dict[str, int]:
        """What each push of a stream has brought so far, by its file's name without the suffix."""
        door = self._doors.get(stream)
        return {push.file.stem: push.frames for push in door.pushes} if door else {}

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        with self._starting:
            self._threads = [old for old in self._threads if old.is_alive()]
            thread.start()
            self._threads.append(thread)

    def _accept(self, door: _Door) -> None:
        while True:
            try:
                connection, _ = door.listener.accept()
            except OSError:
                return  # closed: the stream was deleted, or the emulator stops
            door.connections.append(connection)
            file, clock = self._next_file(door.stream), self._clock
            push = Push(door.stream, file, clock.now(), clock.monotonic())
            self._start(self._record, door, push, connection)

    def _next_file(self, stream: str) -> Path:
        numbers = (int(path.stem.rpartition("-")[2]) for path in self._folder.glob(f"{stream}-*"))
        file = self._folder / f"{stream}-{max(numbers, default=0) + 1}.flv"
        file.touch()
        return file

    def _record(self, door: _Door, push: Push, encoder: socket.socket) -> None:
        try:
            self._run_recorder(door, push, encoder)
        except OSError:
            pass  # the encoder or the recorder hung up: what was recorded stays
        finally:
            push.over = True
            _hang_up(encoder)
            door.connections.remove(encoder)
            if not push.frames:
                push.file.unlink(missing_ok=True)
            if push.accepted:
                self._tell(push)

    def _run_recorder(self, door: _Door, push: Push, encoder: socket.socket) -> None:
        port = _free_port()
        child = Child(_argv(self._ffmpeg, port, push.file), on_line=push.progress)
        try:
            with _connect(port, child) as recorder:
                self._start(_pump, recorder, encoder)
                try:
                    self._forward(door, push, encoder, recorder)
                finally:
                    recorder.shutdown(socket.SHUT_WR)
                    child.wait(FINISH_SECONDS)
        finally:
            child.stop()

    def _forward(
        self, door: _Door, push: Push, encoder: socket.socket, recorder: socket.socket
    ) -> None:
        """Encoder to recorder until the encoder ends; hangs up on a key that isn't the stream's."""
        head = b""
        while data := encoder.recv(BLOCK):
            push.last_byte = self._clock.monotonic()
            if not push.accepted:
                head += data
                key = published_key(head)
                if key == door.key:
                    self._accepted(door, push, encoder)
                elif key is not None or len(head) > KEY_WITHIN:
                    break
            recorder.sendall(data)

    def _accepted(self, door: _Door, push: Push, encoder: socket.socket) -> None:
        # The newest encoder wins: the one before may be half-open and never say so.
        if door.encoder is not None:
            _hang_up(door.encoder)
        door.encoder = encoder
        push.accepted = True
        door.pushes.append(push)
        self._tell(push)


def published_key(head: bytes) -> str | None:
    """The stream key in the first bytes of a connection, without a query; None before it comes."""
    found = _PUBLISH.search(head)
    if found is None:
        return None
    length = int.from_bytes(found[1], "big")
    text = head[found.end() : found.end() + length]
    return text.decode("utf-8", "replace").partition("?")[0] if len(text) == length else None


def _argv(ffmpeg: str, port: int, file: Path) -> list[str]:
    source = f"rtmp://{HOST}:{port}/{APP}/recorder"
    argv = [ffmpeg, "-hide_banner", "-nostdin", "-loglevel", "warning", "-y"]
    argv += ["-progress", "pipe:1", "-stats_period", "0.1"]
    # fpsprobesize: or ffmpeg holds a second of frames back to guess the rate before it records
    argv += ["-listen", "1", "-fpsprobesize", "0", "-f", "flv", "-i", source]
    return [*argv, "-c", "copy", "-f", "flv", "-flvflags", "no_duration_filesize", str(file)]


def _listen(port: int) -> socket.socket:
    for wanted in (port, 0):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, wanted))
        except OSError:
            listener.close()
            continue
        listener.listen()
        return listener
    raise OutsideError(
        Text("Tidak ada port bebas untuk RTMP", "No port is free for RTMP"),
        Text("Tutup program yang memakai banyak port.", "Close programs that hold many ports."),
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _connect(port: int, child: Child) -> socket.socket:
    """A connection to the recorder as soon as it listens; OSError when it ends before."""
    pause = threading.Event()
    for _ in range(CONNECT_TRIES):
        try:
            return socket.create_connection((HOST, port))
        except ConnectionRefusedError:
            if child.status is not None:
                break
            pause.wait(CONNECT_PAUSE)
    raise ConnectionRefusedError(f"ffmpeg doesn't listen: {child.tail}")


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):  # either end hung up: the recorder's end decides
        while data := source.recv(BLOCK):
            sink.sendall(data)


def _hang_up(*connections: socket.socket) -> None:
    for connection in connections:
        with contextlib.suppress(OSError):  # already gone
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()
