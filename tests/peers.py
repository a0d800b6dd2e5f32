"""What the tests of destinations play against: a program in real time, nginx, and peers that fail.

A program is made of chunks cut from a segment, once per segment; `Broadcast` hands them out on the clock.
"""

import contextlib
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from getpass import getuser
from pathlib import Path

from aids import program as installed
from aids import until_listening

from pipeline.air.program import Chunk, Program
from pipeline.splice import SegmentReader, Timeline, TransportWriter
from pipeline.timing import Rate
from pipeline.tools import Child


class Sheaf:
    """Where a TransportWriter writes; `cut` takes what has come since."""

    def __init__(self) -> None:
        self._data = b""

    def write(self, data: bytes, /) -> int:
        self._data += data
        return len(data)

    def cut(self) -> bytes:
        data, self._data = self._data, b""
        return data


def chunks(segment: Path, rate: Rate, frames: int) -> tuple[bytes, list[Chunk]]:
    """The tables, and so many frames of a program that plays a segment again and again."""
    sheaf, made, tables = Sheaf(), list[Chunk](), b""
    timeline: Timeline | None = None
    writer: TransportWriter | None = None
    while len(made) < frames:
        with SegmentReader(segment, rate) as reader:
            timeline = timeline or Timeline(rate, reader.delay)
            writer = writer or TransportWriter(sheaf, reader)
            timeline.enter()
            while (picture := reader.picture()) is not None and len(made) < frames:
                writer.picture(picture, timeline.picture(picture))
                while timeline.sounds_due > 0 and (sound := reader.sound()) is not None:
                    writer.sound(sound, timeline.sound())
                made.append(Chunk(len(made), picture.key, sheaf.cut()))
    assert writer is not None
    writer.close()
    made[-1] = Chunk(made[-1].frame, made[-1].key, made[-1].data + sheaf.cut())
    first = next(at for at in range(0, 188 * 16, 188) if made[0].data[at + 1] & 0x1F == 1)
    tables = made[0].data[:first]
    return tables, made


def until(there: Callable[[], bool]) -> None:
    """Waits for something that comes soon."""
    for _ in range(2000):
        if there():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come within twenty seconds")


class Broadcast:
    """Plays chunks into a `Program` in real time, all of them or until `end`."""

    def __init__(self, tables: bytes, made: list[Chunk], fps: int) -> None:
        self.program = Program(fps)
        self.program.tables = tables
        self._chunks = made
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def __enter__(self) -> "Broadcast":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """The program ends here."""
        self._ended.set()
        self._thread.join()

    def until(self, frame: int) -> None:
        """Until that frame is played."""
        until(lambda: self.program.head > frame)

    def wait(self) -> None:
        """Until all is played."""
        self._thread.join()

    def _play(self) -> None:
        begun = time.monotonic()
        for chunk in self._chunks:
            due = begun + chunk.frame / self.program.fps
            if self._ended.wait(max(0.0, due - time.monotonic())):
                break
            self.program.append(chunk)
            self.program.reached(chunk.frame + 1)
        self.program.end()


NGINX = """
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off;
master_process off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{}}
rtmp {{
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        application live {{
            live on;
            record all;
            record_unique on;
            record_append off;
            record_path {folder};
            record_suffix .flv;
        }}
        application closed {{
            live on;
            deny publish all;
        }}
    }}
}}
"""


class Nginx:
    """An RTMP server that records what it receives, each connection into a file of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._config = folder / "nginx.conf"
        self._config.write_text(NGINX.format(user=getuser(), folder=folder, port=port))
        self._child: Child | None = None
        self.start()

    def start(self) -> None:
        argv = [installed("nginx"), "-e", str(self.folder / "start.log"), "-c", str(self._config)]
        self._child = Child(argv)
        until_listening(self.port)

    def kill(self) -> None:
        assert self._child is not None
        self._child.kill()

    def halt(self) -> None:
        """It stays connected and does nothing."""
        assert self._child is not None
        os.kill(self._child.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._child is not None
        os.kill(self._child.pid, signal.SIGCONT)

    def stop(self) -> None:
        assert self._child is not None
        self.go_on()
        self._child.stop()

    def recordings(self, stream: str) -> list[Path]:
        """What was received of a stream, a file a connection, oldest first."""
        return sorted(self.folder.glob(f"{stream}-*.flv"))


class SrtServer:
    """srt-live-transmit, which passes on what it receives to a port where the pictures are counted."""

    def __init__(self, port: int, passphrase: str) -> None:
        self._receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self._receiver.bind(("127.0.0.1", 0))
        source = f"srt://127.0.0.1:{port}?mode=listener&passphrase={passphrase}"
        sink = f"udp://127.0.0.1:{self._receiver.getsockname()[1]}"
        self._child = Child([installed("srt-live-transmit"), source, sink])

    def kill(self) -> int:
        """Ends it at once; how many coded pictures it has passed on."""
        self._child.kill()
        found = 0
        with self._receiver as receiver, contextlib.suppress(BlockingIOError):
            receiver.setblocking(False)
            while data := receiver.recv(1 << 16):
                found += sum(
                    data[at + 1] & 0x5F == 0x41 and data[at + 2] == 0  # a unit begins on PID 0x100
                    for at in range(0, len(data) - 187, 188)
                )
        return found


def pictures(path: Path) -> int:
    """The coded pictures in an FLV file, whose last tag may be torn (Adobe FLV 10.1, annex E)."""
    data, at, found = path.read_bytes(), 13, 0
    while at + 11 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        if data[at] == 9 and data[at + 12] == 1 and at + 15 + size <= len(data):
            found += 1
        at += 15 + size
    return found


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """The port of a server whose kernel accepts connections, and which never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


class Gate:
    """A server in front of another one: passes on what comes, until it is shut; by TLS when it can."""

    def __init__(self, behind: int, tls: ssl.SSLContext | None = None) -> None:
        self._behind = behind
        self._tls = tls
        self._open = threading.Event()
        self._open.set()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.port = int(self._server.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def shut(self) -> None:
        """Stops reading, and keeps what is connected."""
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def __enter__(self) -> "Gate":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it has been closed
            while True:
                thread = threading.Thread(target=self._serve, args=self._server.accept()[:1])
                self._threads.append(thread)
                thread.start()

    def _serve(self, came: socket.socket) -> None:
        with came, contextlib.suppress(OSError):  # it doesn't trust us, or has gone
            one = self._tls.wrap_socket(came, server_side=True) if self._tls else came
            with one, socket.create_connection(("127.0.0.1", self._behind)) as other:
                back = threading.Thread(target=self._pass, args=(other, one))
                back.start()
                self._pass(one, other)
                back.join()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        """Until one of them ends; then the other is told so."""
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                self._open.wait()
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
