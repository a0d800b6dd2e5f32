"""The emulator as a running thing: folder, ports, threads; it starts and stops all the rest."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.lock import only_one, told_by_holder
from pipeline.publish.emulator import pushes, streams, uploads
from pipeline.publish.emulator.app import build
from pipeline.publish.emulator.ingest import HOST, Ingest, Push
from pipeline.publish.emulator.quota import Limits
from pipeline.publish.emulator.scenario import Scenario
from pipeline.publish.emulator.service import Service
from pipeline.publish.emulator.store import Store
from pipeline.publish.emulator.waiting import Faults
from pipeline.publish.emulator.wire import Line
from pipeline.publish.emulator.world import Delays, World
from pipeline.tools import find_ffmpeg

FOLDERS = ("ingest", "files")
LOCK = "lock"  # held while an emulator runs; says its address
STOP_SECONDS = 5.0


class Emulator:
    """YouTube's stand-in on 127.0.0.1 while it is entered; `url` is its address without a slash.

    `state` is the folder that it keeps everything in, `port` 0 takes any free one. Raises
    OutsideError when the port is in use, another emulator runs on the folder, or ffmpeg is absent.
    """

    def __init__(
        self,
        state: Path,
        *,
        ffmpeg: str,
        clock: Clock,
        port: int = 0,
        limits: Limits | None = None,
        delays: Delays | None = None,
        scenario: Scenario | None = None,
    ) -> None:
        self._folder = state
        self._ffmpeg = ffmpeg
        self._clock = clock
        self._port = port
        self._limits = limits or Limits()
        self._delays = delays or Delays()
        self._scenario = scenario or Scenario()
        self._stack = ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        find_ffmpeg(Path(self._ffmpeg))
        with ExitStack() as stack:
            for name in FOLDERS:
                (self._folder / name).mkdir(parents=True, exist_ok=True)
            lock = stack.enter_context(
                only_one(
                    self._folder / LOCK,
                    Text(
                        f"Emulator lain memakai {self._folder}",
                        f"Another emulator uses {self._folder}",
                    ),
                    Text(
                        "Hentikan yang lain, atau pilih --state lain.", "Stop it, or use --state."
                    ),
                )
            )
            listener = stack.enter_context(_listener(self._port))
            self.url = f"http://{HOST}:{listener.getsockname()[1]}"
            lock.write(self.url)
            lock.flush()
            world = self._world()
            stack.callback(world.store.close)
            stack.callback(world.ingest.stop)
            streams.reopen(world)
            uploads.sweep(world)
            service = Service(world, Faults())
            service.give(self._scenario)
            stack.enter_context(_serving(service, listener))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _world(self) -> World:
        store = Store(self._folder)
        pushes.close_pushes(store.tables, self._clock.now())

        def tell(push: Push) -> None:
            with store.lock:
                pushes.note_push(store.tables, push, self._clock.now())
                store.save()

        ingest = Ingest(self._folder / "ingest", self._ffmpeg, self._clock, tell)
        return World(
            store=store,
            clock=self._clock,
            ingest=ingest,
            folder=self._folder,
            ffmpeg=self._ffmpeg,
            url=self.url,
            limits=self._limits,
            delays=self._delays,
        )


running = Emulator
"""Reads better in `with running(folder, ffmpeg=..., clock=...) as emulator: emulator.url`."""


def serve(
    state: Path,
    port: int,
    ffmpeg: str,
    clock: Clock,
    ready: Callable[[str], None],
    stop: threading.Event | None = None,
    scenario: Scenario | None = None,
) -> None:
    """Runs until SIGINT, SIGTERM or `stop`; `ready` is told the address once it answers."""
    over = stop or threading.Event()
    emulator = Emulator(state, port=port, ffmpeg=ffmpeg, clock=clock, scenario=scenario)
    with emulator, _signals(over):
        ready(emulator.url)
        over.wait()


@contextmanager
def _signals(over: threading.Event) -> Iterator[None]:
    """Sets `over` at SIGINT and SIGTERM; only the main thread can listen for them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kinds = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(kind, lambda *_: over.set()) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)


@contextmanager
def _serving(service: Service, listener: socket.socket) -> Iterator[None]:
    """uvicorn in a thread of its own, answering when this is entered, gone when it is left."""
    protocol, line = _traceable()
    config = uvicorn.Config(
        build(service, line),
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started:
        if not thread.is_alive():
            raise OutsideError(
                Text("Emulator tidak dapat dimulai", "The emulator couldn't start"),
                Text("Alasannya tertulis di atas.", "The reason is written above."),
            )
        pause.wait(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)


def _traceable() -> tuple[type[H11Protocol], Line]:
    """A protocol that remembers each connection's transport, and how to find it."""
    connections: dict[tuple[str, int], asyncio.Transport] = {}

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            connections[transport.get_extra_info("peername")[:2]] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            connections.pop(self.transport.get_extra_info("peername")[:2], None)
            super().connection_lost(exc)

    def line(scope: Scope) -> asyncio.Transport | None:
        return connections.get(tuple(scope["client"]))

    return Protocol, line


@contextmanager
def _listener(port: int) -> Iterator[socket.socket]:
    # asyncio switches Nagle's delay off only for sockets that say they are TCP: 40 ms an answer
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            raise OutsideError(
                Text(
                    f"Port {port} tidak dapat dipakai: {error}",
                    f"Port {port} can't be used: {error}",
                ),
                Text("Pilih port lain dengan --port.", "Choose another one with --port."),
            ) from error
        listener.listen(128)
        yield listener


def address_of(state: Path) -> str | None:
    """The address of the emulator that runs on this folder; None when none does."""
    return told_by_holder(state / LOCK)
