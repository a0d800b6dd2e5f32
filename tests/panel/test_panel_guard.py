"""Floods, slow clients, bodies without end, nonsense: the panel answers or drops them, and goes on."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from peers import until
from rooms import Room, control_room, settings_in

from pipeline.clock import SystemClock
from pipeline.panel import guard
from pipeline.panel.server import serving_panel
from pipeline.wiring import Studio


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with control_room(settings_in(tmp_path_factory.mktemp("room")), still=True) as room:
        yield room


@pytest.fixture(scope="module")
def device(room: Room) -> dict[str, str]:
    return room.device("crew")


@pytest.fixture(autouse=True)
def goes_on(room: Room) -> Iterator[None]:
    """Whatever was done to it, it answers everybody else."""
    yield
    assert requests.get(f"{room.url}/login", timeout=10).status_code == 200


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.3)


def connect(room: Room, sent: bytes = b"") -> socket.socket:
    host, _, port = room.url.removeprefix("http://").partition(":")
    one = socket.create_connection((host, int(port)), timeout=20)
    one.sendall(sent)
    return one


def answer(one: socket.socket) -> bytes:
    """All that comes until the other side closes; nothing when it was cut off."""
    got = b""
    try:
        while data := one.recv(65536):
            got += data
    except ConnectionError:
        pass
    return got


def test_a_body_that_announces_its_size_is_refused_before_it_comes(
    room: Room, device: dict[str, str]
) -> None:
    head = "POST /api/take HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"Authorization: {device['Authorization']}\r\nContent-Length: {50 << 20}\r\n\r\n"
    with connect(room, head.encode()) as one:
        said = answer(one)
    assert said.startswith(b"HTTP/1.1 413 ")
    assert b"permintaan terlalu besar" in said


@pytest.mark.parametrize("path", ["/api/take", "/login", "/api/x"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_in_pieces_is_read_no_further_than_the_limit(
    room: Room,
    device: dict[str, str],
    path: str,
    kind: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "HEAD_SECONDS", 0.3)
    sent = 0
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
    head += f"Content-Type: {kind}\r\nAuthorization: {device['Authorization']}\r\n\r\n"
    piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    with connect(room, head.encode()) as one:
        try:
            for _ in range(500 * 16):
                one.sendall(piece)
                sent += 65536
        except OSError:  # it has heard enough
            pass
        said = answer(one)
    assert sent < 500 << 20
    assert said == b"" or said.split()[1] in (b"413", b"404", b"403", b"503")


def test_a_body_within_the_limit_is_read_whole(room: Room, device: dict[str, str]) -> None:
    body = b'{"item": "a"' + b" " * (guard.LARGEST_BODY - 13) + b"}"
    kind = {"Content-Type": "application/json"}
    for data in (body, iter([body[:1000], body[1000:]])):  # announced, and in pieces
        said = requests.post(f"{room.url}/api/take", data, headers=device | kind, timeout=20)
        assert said.status_code == 503


def test_a_body_that_never_ends_is_answered_408(
    room: Room, device: dict[str, str], hurried: None
) -> None:
    head = "POST /api/take HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += f"Authorization: {device['Authorization']}\r\nContent-Length: 100\r\n\r\n{{"
    with connect(room, head.encode()) as one:
        said = answer(one)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"terlalu lama" in said


@pytest.mark.parametrize("sent", [b"", b"G", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_never_ends_is_cut_off(room: Room, hurried: None, sent: bytes) -> None:
    with connect(room, sent) as one:
        assert answer(one) == b""


def test_a_second_head_that_never_ends_is_cut_off_too(room: Room, hurried: None) -> None:
    with connect(room, b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET / HT") as one:
        assert answer(one).startswith(b"HTTP/1.1 200 ")


def test_an_answer_that_goes_on_is_not_hurried(
    room: Room, device: dict[str, str], hurried: None
) -> None:
    with requests.get(f"{room.url}/api/events", headers=device, stream=True, timeout=20) as events:
        lines = events.iter_lines()
        next(lines)
        other = connect(room)
        assert answer(other) == b""  # which takes longer than a head may
        other.close()
        room.parts.hub.show({"held": True})
        until(lambda: next(lines) == b"event: board")


def test_beyond_the_most_connections_the_next_are_dropped_at_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MOST_CONNECTIONS", 20)
    with ExitStack() as stack:
        many = [stack.enter_context(connect(room)) for _ in range(40)]
        for one in many:
            one.settimeout(0.01)
        until(lambda: sum(map(_dropped, many)) >= 20)


def _dropped(one: socket.socket) -> bool:
    try:
        return one.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA b: c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 100_000,
        b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        bytes(range(256)) * 10,
    ],
)
def test_what_is_no_http_is_refused_or_dropped(room: Room, hurried: None, sent: bytes) -> None:
    with connect(room, sent) as one:
        said = answer(one)
    assert said == b"" or said.split()[1] in (b"400", b"404", b"405")


def test_it_answers_to_its_own_names_only(room: Room) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "127.0.0.1@evil"):
        said = requests.get(f"{room.url}/login", headers={"Host": host}, timeout=10)
        assert said.status_code == 400, host


def test_behind_a_proxy_it_answers_to_the_name_in_its_address_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    panel = {"port": port, "address": "https://panel.example"}
    with serving_panel(Studio(settings_in(tmp_path, panel=panel), SystemClock())):
        for host, status in (("panel.example", 200), ("127.0.0.1", 200), ("evil.example", 400)):
            url = f"http://127.0.0.1:{port}/login"
            assert requests.get(url, headers={"Host": host}, timeout=10).status_code == status


def test_paths_that_climb_reach_no_file(room: Room) -> None:
    for path in (
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static//etc/passwd",
    ):
        with connect(room, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()) as one:
            assert one.recv(65536).startswith(b"HTTP/1.1 404 "), path


def test_a_panel_that_closes_ends_what_would_never_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with control_room(settings_in(tmp_path), still=True) as room:
        head = "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        one = connect(
            room, f"{head}Authorization: {room.device('crew')['Authorization']}\r\n\r\n".encode()
        )
        until(lambda: room.parts.hub.watchers == 1)
    with one:
        assert answer(one).startswith(b"HTTP/1.1 200 ")
    assert "graceful shutdown exceeded" not in caplog.text  # nothing had to be torn off
