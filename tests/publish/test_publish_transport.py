"""A write is sent once: facts of the transport, held against a server made of a raw socket."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import httplib2
import pytest

from pipeline.clock import HandClock
from pipeline.publish.outcomes import Rejected, Uncertain
from pipeline.publish.transport import OnceHttp, unheard
from pipeline.publish.youtube import YouTubeApi, connect
from pipeline.settings import YouTube

START = datetime(2021, 11, 24, 1, tzinfo=UTC)
TOKEN = b'{"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}'


class Deaf:
    """Reads each request to its end and closes the connection without a word; counts them."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.answers: dict[str, bytes] = {"POST /token": _ok(TOKEN)}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection, connection.makefile("rb") as file:
                first = file.readline().decode()
                if not first:
                    return
                length = 0
                while (line := file.readline()) not in {b"\r\n", b""}:
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                file.read(length)
                self.requests.append(first.rsplit(" ", 1)[0].split("?")[0])
                connection.sendall(self.answers.get(self.requests[-1], b""))

    def close(self) -> None:
        if not self._thread.is_alive():
            return
        socket.create_connection(self._listener.getsockname()).close()
        self._thread.join()
        self._listener.close()


def _ok(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    with contextlib.closing(Deaf()) as server:
        yield server


@pytest.fixture
def clock() -> HandClock:
    return HandClock(START)


@pytest.fixture
def api(deaf: Deaf, clock: HandClock) -> YouTubeApi:
    return connect(YouTube(address=deaf.url), clock)


def test_httplib2_itself_sends_a_post_again_when_no_answer_comes(deaf: Deaf) -> None:
    # Why OnceHttp exists: when this fails, httplib2 has mended its ways.
    with pytest.raises(Exception, match="closed connection"):
        httplib2.Http(proxy_info=None).request(f"{deaf.url}/insert", "POST", body="{}")
    assert deaf.requests == ["POST /insert", "POST /insert"]


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
def test_once_http_sends_a_write_once(deaf: Deaf, verb: str) -> None:
    with pytest.raises(Exception, match="closed connection"):
        OnceHttp(unheard, proxy_info=None).request(f"{deaf.url}/insert", verb, body="{}")
    assert deaf.requests == [f"{verb} /insert"]


def test_a_write_without_an_answer_is_uncertain_and_was_sent_once(
    api: YouTubeApi, deaf: Deaf, clock: HandClock
) -> None:
    outcome = api.write("liveBroadcasts.insert", part="snippet", body={"snippet": {"title": "x"}})
    assert isinstance(outcome, Uncertain)
    assert deaf.requests == ["POST /token", "POST /youtube/v3/liveBroadcasts"]
    assert clock.monotonic() == 0


def test_a_write_that_was_never_sent_is_surely_not_applied_and_is_tried_again(
    api: YouTubeApi, deaf: Deaf, clock: HandClock
) -> None:
    deaf.answers["GET /youtube/v3/channels"] = _ok(b'{"items": []}')
    api.read("channels.list", part="id", mine=True)
    deaf.close()
    outcome = api.write("liveBroadcasts.insert", part="snippet", body={"snippet": {"title": "x"}})
    assert isinstance(outcome, Rejected)
    assert outcome.reason == "notSent"
    assert clock.monotonic() == 31


def test_reads_are_retried_with_back_off_until_there_is_an_answer(
    api: YouTubeApi, deaf: Deaf, clock: HandClock
) -> None:
    def answer_later(seconds: float) -> None:
        deaf.answers["GET /youtube/v3/channels"] = _ok(b'{"items": [1]}')
        clock.turn(seconds)

    clock.sleep = answer_later
    assert api.read("channels.list", part="id", mine=True) == {"items": [1]}
    assert clock.monotonic() == 1


def test_the_address_moves_calls_uploads_and_the_token_request(api: YouTubeApi, deaf: Deaf) -> None:
    api.write("thumbnails.set", media=b"picture", videoId="v")
    assert deaf.requests == ["POST /token", "POST /upload/youtube/v3/thumbnails/set"]
