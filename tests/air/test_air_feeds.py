"""Feeds keep real servers supplied in real time, and know what those received when they fail."""

import queue
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aids import free_port
from aids import program as installed
from peers import Broadcast, Gate, Nginx, SrtServer, chunks, pictures, silent, until
from pydantic import SecretStr

from pipeline.air import push
from pipeline.air.destinations import Delivery, Feed, feeds
from pipeline.air.program import Chunk
from pipeline.clock import SystemClock
from pipeline.settings import Destination
from pipeline.timing import Rate
from pipeline.tools import run

RATE = Rate(25)
HALF_A_SECOND = 12  # frames


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> tuple[bytes, list[Chunk]]:
    """Nine seconds of a program, in chunks."""
    segment = make_segment(tmp_path_factory.mktemp("feeds") / "a.ts", 50, 30)
    return chunks(segment, RATE, 225)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Callable[[str], Nginx]]:
    """Starts RTMP servers, each recording into a folder of its own."""
    running: list[Nginx] = []

    def start(name: str) -> Nginx:
        (tmp_path / name).mkdir()
        running.append(Nginx(tmp_path / name, free_port()))
        return running[-1]

    yield start
    for server in running:
        server.stop()


class Fed:
    """Feeds of a broadcast by their names, and what they said of themselves."""

    def __init__(self, cast: Broadcast, ffmpeg: str, *destinations: Destination) -> None:
        self._events: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self._feeds = feeds(destinations, cast.program, ffmpeg, SystemClock(), self._events)
        self.said: list[Delivery] = []

    def __getitem__(self, name: str) -> Feed:
        return next(feed for feed in self._feeds if feed.status().name == name)

    def wait(self, name: str, state: str) -> None:
        until(lambda: self[name].status().state == state)

    def join(self) -> None:
        for feed in self._feeds:
            feed.join()
        while not self._events.empty():
            self.said.append(self._events.get())

    def ends(self, name: str) -> list[Delivery]:
        """How each connection of a destination ended, those that never took anything left out."""
        ends = {"lost", "paused", "ended"}
        mine = [delivery for delivery in self.said if delivery.destination == name]
        return [delivery for delivery in mine if delivery.state in ends and delivery.frames]


def to(server: Nginx | Gate, name: str, key: str = "rahasia") -> Destination:
    url = f"rtmp://127.0.0.1:{server.port}/live"
    return Destination(name=name, url=url, key=SecretStr(key))


def command_line(feed: Feed) -> str:
    """What every user of the machine sees of a feed's child."""
    assert feed._push is not None
    return Path(f"/proc/{feed._push._child.pid}/cmdline").read_text()


def test_outages_are_counted_right_and_nobody_else_notices(
    tmp_path: Path,
    made: tuple[bytes, list[Chunk]],
    nginx: Callable[[str], Nginx],
    ffmpeg: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(push, "RUNNING", 1.0)
    dying, steady = nginx("dying"), nginx("steady")
    with Gate(steady.port) as gate, silent() as nobody, Broadcast(*made, RATE.fps) as cast:
        fed = Fed(
            cast,
            ffmpeg,
            to(dying, "mati"),
            to(gate, "macet", "macet"),
            to(steady, "sehat", "sehat"),
            Destination(name="diam", url=f"rtmp://127.0.0.1:{nobody}/live/x"),
            Destination(name="berkas", url=f"file://{tmp_path}/copy.ts"),
        )
        for name in ("mati", "macet"):
            fed.wait(name, "sending")
        cast.until(50)
        dying.kill()
        gate.shut()
        fed.wait("mati", "waiting")
        dying.start()
        fed.wait("mati", "sending")
        fed.wait("macet", "waiting")
        gate.open()
        fed.wait("macet", "sending")
        cast.until(150)
        dying.kill()
        dying.start()
        fed["macet"].pause()
        fed.wait("macet", "paused")
        fed["macet"].unpause()
        cast.wait()
        fed.join()

    assert cast.program.head == 225
    (healthy,) = fed.ends("sehat")
    assert (healthy.state, healthy.frames) == ("ended", 225)
    assert [pictures(path) for path in steady.recordings("sehat")] == [225]
    (copied,) = fed.ends("berkas")
    assert (copied.state, copied.frames) == ("ended", 225)
    assert fed.ends("diam") == []
    mati, macet = fed.ends("mati"), fed.ends("macet")
    assert [delivery.state for delivery in mati] == ["lost", "lost", "ended"]
    assert [delivery.first_frame for delivery in mati] == [0, 50, 150]  # the newest keyframes
    assert [delivery.state for delivery in macet] == ["lost", "paused", "ended"]
    for ends, recordings in (
        (mati, dying.recordings("rahasia")),
        (macet, steady.recordings("macet")),
    ):
        received = [pictures(path) for path in recordings]
        counted = [delivery.frames for delivery in ends]
        assert len(received) == len(counted)
        wrong = [abs(one - other) for one, other in zip(received, counted, strict=True)]
        assert max(wrong) <= HALF_A_SECOND, (received, counted)
    assert fed["mati"].status().reconnects == 2


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that it has given to itself, and its key."""
    paths = tmp_path / "certificate.pem", tmp_path / "key.pem"
    run(
        [
            *(installed("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes"),
            *("-out", str(paths[0]), "-keyout", str(paths[1]), "-days", "2"),
            *("-subj", "/CN=uji", "-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        deadline=20,
    )
    return paths


def test_rtmps_is_sent_to_a_server_whose_certificate_is_trusted_and_to_no_other(
    made: tuple[bytes, list[Chunk]],
    nginx: Callable[[str], Nginx],
    certificate: tuple[Path, Path],
    ffmpeg: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = nginx("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    tables, all_chunks = made
    with Gate(server.port, context) as gate, Broadcast(tables, all_chunks[:75], RATE.fps) as cast:
        url = f"rtmps://127.0.0.1:{gate.port}/live/rahasia"
        fed = Fed(cast, ffmpeg, Destination(name="a", url=url))
        fed.wait("a", "waiting")
        assert "sertifikat" in str(fed["a"].status().last_error)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        fed.wait("a", "sending")
        assert "rahasia" not in command_line(fed["a"])
        cast.wait()
        fed.join()
    (ended,) = fed.ends("a")
    assert ended.first_frame + ended.frames == 75
    assert [pictures(path) for path in server.recordings("rahasia")] == [ended.frames]


def test_srt_is_sent_encrypted_and_its_loss_counted_with_nothing_secret_seen(
    made: tuple[bytes, list[Chunk]], ffmpeg: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "RUNNING", 1.0)
    port = free_port()
    server = SrtServer(port, "sangat-rahasia")
    url = f"srt://127.0.0.1:{port}?passphrase=sangat-rahasia&latency=80000"
    tables, all_chunks = made
    with Broadcast(tables, all_chunks[:125], RATE.fps) as cast:
        fed = Fed(cast, ffmpeg, Destination(name="a", url=url, key=SecretStr("#!::r=rahasia")))
        fed.wait("a", "sending")
        seen = command_line(fed["a"])
        assert "latency=80000" in seen
        assert "rahasia" not in seen
        cast.until(60)
        received = server.kill()
        cast.wait()
        fed.join()
    (lost,) = fed.ends("a")
    assert lost.state == "lost"
    assert received > 0
    assert abs(received - lost.frames) <= HALF_A_SECOND
    assert "rahasia" not in repr(fed.said)


def test_the_stream_key_of_rtmp_is_in_no_list_of_processes_and_in_no_message(
    made: tuple[bytes, list[Chunk]], nginx: Callable[[str], Nginx], ffmpeg: str
) -> None:
    server = nginx("server")
    odd = "rahasia?token=a b#1&x=%20"
    tables, all_chunks = made
    apart = to(server, "a", odd)
    within = Destination(name="b", url=f"rtmp://127.0.0.1:{server.port}/live/rahasia-b")
    denied = Destination(name="c", url=f"rtmp://127.0.0.1:{server.port}/closed/rahasia-c")
    with Broadcast(tables, all_chunks[:75], RATE.fps) as cast:
        fed = Fed(cast, ffmpeg, apart, within, denied)
        for name in "ab":
            fed.wait(name, "sending")
            assert "/live" in command_line(fed[name])
            assert "rahasia" not in command_line(fed[name])
        cast.wait()
        fed.join()
    assert "rahasia" not in repr(fed.said) + repr(fed["c"].status())
    assert "kunci" in str(fed["c"].status().last_error)
    assert [pictures(path) for path in server.recordings("rahasia-b")] == [75]
    assert len(server.recordings("rahasia")) == 2


def test_nothing_is_left_over_when_feeds_are_stopped(
    made: tuple[bytes, list[Chunk]], nginx: Callable[[str], Nginx], ffmpeg: str
) -> None:
    server = nginx("server")
    threads = threading.active_count()
    files = len(list(Path("/proc/self/fd").iterdir()))
    with Broadcast(*made, RATE.fps) as cast:
        fed = Fed(cast, ffmpeg, to(server, "a"))
        fed.wait("a", "sending")
        begun = time.monotonic()
        fed["a"].stop()
        assert time.monotonic() - begun < push.LEAVING + 3  # it takes its leave, and no longer
    fed.join()
    assert [delivery.state for delivery in fed.ends("a")] == ["ended"]
    assert threading.active_count() <= threads
    assert len(list(Path("/proc/self/fd").iterdir())) == files
