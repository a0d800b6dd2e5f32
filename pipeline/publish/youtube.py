"""The only file that knows Google's client: signs in, sends requests, and says how each one ended.

Settings come in; `YouTubeApi` goes out, whose writes are never sent twice unseen and end as an
outcome, and whose reads are retried here. It must not know broadcasts, clips or the ledger.

The client's habits that this file works around were found by trying it (google-api-python-client
2.202, httplib2 0.32.1): httplib2 sends a POST again by itself when the connection drops; the
client's own retries hang on chunks and repeat inserts; `client_options.api_endpoint` doesn't move
uploads.
"""

import contextlib
import http.client
import io
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import google_auth_httplib2
import httplib2
from google.auth.exceptions import RefreshError, TransportError
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError, ResumableUploadError
from googleapiclient.http import MediaFileUpload, MediaIoBaseUpload

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.publish.outcomes import (
    Applied,
    Outcome,
    Rejected,
    Remedy,
    Uncertain,
    demand,
)
from pipeline.publish.signin import SignIn, read_signin
from pipeline.settings import YouTube

T = TypeVar("T")

TIMEOUT_S = 60.0
RETRY_S = (1, 2, 4, 8, 16)
"""Waits before a call is repeated that certainly wasn't applied, or changes nothing."""

EMULATOR_TOKEN = "emulator-refresh"


class Meter(Protocol):
    """What a call asks before it is sent, and tells afterwards."""

    def allow(self, method: str) -> None: ...
    def count(self, method: str) -> None: ...
    def exhaust(self, method: str) -> None: ...


class NotSent(OSError):
    """No connection was made, so that the server can't have seen the request."""


class OnceHttp(httplib2.Http):
    """httplib2 without its silent second sending: what may change something is sent once.

    A connection of its own for every such request: on a kept one a reset could mean either that the
    request was lost or that its answer was. Overrides a private method; httplib2 is pinned for it.
    """

    def _conn_request(
        self, conn: Any, request_uri: str, method: str, body: Any, headers: Any
    ) -> tuple[httplib2.Response, bytes]:
        if method in {"GET", "HEAD"}:
            return super()._conn_request(conn, request_uri, method, body, headers)  # type: ignore[misc, no-any-return]
        conn.close()
        try:
            conn.connect()
        except OSError as error:
            raise NotSent(str(error)) from error
        try:
            conn.request(method, request_uri, body, headers)
            raw = conn.getresponse()
            content = raw.read()
        finally:
            conn.close()
        response = httplib2.Response(raw)
        return response, httplib2._decompressContent(response, content, self.limit_kwargs)  # type: ignore[attr-defined]


class ByteMedia(MediaFileUpload):  # type: ignore[misc]
    """A file whose chunks are sent from memory: a stream would be empty when it is sent again."""

    def has_stream(self) -> bool:
        return False


class Progress(NamedTuple):
    """How far a transfer is. `result` is YouTube's answer once it has everything."""

    sent: int
    result: dict[str, Any] | None = None


class Transfer:
    """One resumable upload, a chunk at a time; its owner decides whether and when to go on."""

    def __init__(
        self, request: Any, connection: httplib2.Http, on_call: Callable[[], None]
    ) -> None:
        self._request = request
        self._http = connection
        self._on_call = on_call

    def open(self) -> Outcome[str]:
        """Opens a session without sending a byte of the file; its address must be kept first."""
        request = self._request
        media = request.resumable
        headers = {
            **request.headers,
            "X-Upload-Content-Type": media.mimetype(),
            "X-Upload-Content-Length": str(media.size()),
            "content-length": str(request.body_size),
        }

        def post() -> str:
            response, content = self._http.request(
                request.uri, method=request.method, body=request.body, headers=headers
            )
            if response.status != 200 or "location" not in response:
                raise HttpError(response, content, uri=request.uri)
            request.resumable_uri = response["location"]
            return str(response["location"])

        self._on_call()
        return _attempt(post)

    def resume(self, uri: str) -> None:
        """Goes on with a session of an earlier process; the next step asks how much arrived."""
        self._request.resumable_uri = uri
        self._request._in_error_state = True  # from_json() forgets the session: this is the way

    def step(self) -> Outcome[Progress]:
        """Sends the next chunk; after a failure it first asks the server how much it has."""

        def put() -> Progress:
            status, result = self._request.next_chunk(http=self._http, num_retries=0)
            if result is not None:
                return Progress(self._request.resumable.size(), result)
            return Progress(status.resumable_progress)

        return _attempt(put)


class YouTubeApi:
    """YouTube's methods by name, such as `liveBroadcasts.list`. May be used from any thread."""

    def __init__(
        self, service: Any, signin: SignIn, address: str | None, clock: Clock, meter: Meter | None
    ) -> None:
        self._service = service
        self._build = threading.Lock()
        self._meter = meter
        self.signin = signin
        self.address = address
        self.clock = clock

    def read(self, method: str, **query: Any) -> dict[str, Any]:
        """The answer to a question, retried with back-off; YouTubeError when there is none."""
        doing = Text(f"membaca {method}", f"reading {method}")
        return demand(self._patiently(method, query, None, again=(Rejected, Uncertain)), doing)

    def pages(self, method: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list, page after page; each page is a call."""
        while True:
            page = self.read(method, maxResults=50, **query)
            yield from page.get("items", ())
            if "nextPageToken" not in page:
                return
            query["pageToken"] = page["nextPageToken"]

    def write(
        self, method: str, *, media: bytes | None = None, **query: Any
    ) -> Outcome[dict[str, Any]]:
        """Changes something. Repeated only while YouTube certainly didn't do it and may yet.

        `media` is a PNG picture sent along (thumbnails.set).
        """
        return self._patiently(method, query, media, again=(Rejected,))

    def transfer(self, method: str, path: Path, *, chunk: int, **query: Any) -> Transfer:
        """A resumable upload of a file in chunks of `chunk` bytes (a multiple of 256 KiB)."""
        media = ByteMedia(str(path), mimetype="video/mp4", chunksize=chunk, resumable=True)
        self._allow(method)
        return Transfer(
            self._request(method, {**query, "media_body": media}),
            self._connection(),
            lambda: self._count(method),
        )

    def spent(self, method: str) -> None:
        """YouTube says that the day's quota for a method is spent."""
        if self._meter is not None:
            self._meter.exhaust(method)

    def _patiently(
        self,
        method: str,
        query: dict[str, Any],
        media: bytes | None,
        again: tuple[type, ...],
    ) -> Outcome[dict[str, Any]]:
        waits = iter(RETRY_S)
        while True:
            self._allow(method)
            outcome = self._once(method, query, media)
            if isinstance(outcome, Applied) or not isinstance(outcome, again):
                return outcome
            if isinstance(outcome, Rejected) and outcome.remedy is not Remedy.RETRY:
                if outcome.reason in {"quotaExceeded", "dailyLimitExceeded"}:
                    self.spent(method)
                return outcome
            wait = next(waits, None)
            if wait is None:
                return outcome
            self.clock.sleep(wait)

    def _once(
        self, method: str, query: dict[str, Any], media: bytes | None
    ) -> Outcome[dict[str, Any]]:
        if media is not None:
            kind = "image/jpeg" if media.startswith(b"\xff\xd8") else "image/png"
            query = {**query, "media_body": MediaIoBaseUpload(io.BytesIO(media), kind)}
        request = self._request(method, query)
        self._count(method)
        # A fresh connection a call: httplib2's are not for two threads, and broadcasts are watched
        # while clips go up.
        with contextlib.closing(self._connection()) as connection:
            return _attempt(lambda: request.execute(http=connection, num_retries=0) or {})

    def _request(self, method: str, query: dict[str, Any]) -> Any:
        collection, name = method.split(".")
        with self._build:
            return getattr(getattr(self._service, collection)(), name)(**query)

    def _connection(self) -> Any:
        return google_auth_httplib2.AuthorizedHttp(
            self.signin.credentials, http=_http(self.address is not None)
        )

    def _allow(self, method: str) -> None:
        if self._meter is not None:
            self._meter.allow(method)

    def _count(self, method: str) -> None:
        if self._meter is not None:
            self._meter.count(method)


def connect(youtube: YouTube, clock: Clock, meter: Meter | None = None) -> YouTubeApi:
    """YouTube, or the emulator when the settings name its address. Sends nothing yet.

    Raises InputFaults when nobody has signed in (`tayang youtube login`).
    """
    address = youtube.address.rstrip("/") if youtube.address else None
    document = json.loads(get_static_doc("youtube", "v3"))
    if address is None:
        signin = read_signin(youtube.token)
    else:
        document["rootUrl"] = document["baseUrl"] = f"{address}/"
        signin = SignIn(_emulated(address), None)
    service = build_from_document(document, http=_http(address is not None))
    return YouTubeApi(service, signin, address, clock, meter)


def _emulated(address: str) -> Credentials:
    return Credentials(  # type: ignore[no-untyped-call]
        token=None,
        refresh_token=EMULATOR_TOKEN,
        token_uri=f"{address}/token",
        client_id="emulator",
        client_secret="emulator",
    )


def _http(local: bool) -> OnceHttp:
    connection = OnceHttp(
        timeout=TIMEOUT_S,
        proxy_info=None if local else httplib2.proxy_info_from_environment,
    )
    # To httplib2 the 308 of a resumable upload is a redirect that lacks its address.
    connection.redirect_codes = connection.redirect_codes - {308}
    return connection


def _attempt(call: Callable[[], T]) -> Outcome[T]:
    """Foreign errors end here. A TypeError (an unknown parameter) is our bug and passes."""
    try:
        return Applied(call())
    except HttpError as error:
        if error.status_code >= 500 or error.status_code == 408:
            return _server_failed(error)
        return _refusal(error)
    except RefreshError as error:  # no token, so the request itself was never sent
        reason = "tokenServer" if error.retryable else _grant(error)
        return Rejected(reason, 401, str(error.args[0]) if error.args else "")
    except TransportError as error:  # google-auth raises it only for the token's own request
        return Rejected("tokenServer", 0, str(error))
    except NotSent as error:
        return Rejected("notSent", 0, str(error))
    except (
        OSError,
        http.client.HTTPException,
        httplib2.HttpLib2Error,
        ResumableUploadError,
        ValueError,  # an answer that isn't JSON
    ) as error:
        return Uncertain(f"{type(error).__name__}: {error}")


def _grant(error: RefreshError) -> str:
    detail = error.args[1] if len(error.args) > 1 else None
    return str(detail.get("error", "authError")) if isinstance(detail, dict) else "authError"


def _server_failed(error: HttpError) -> Uncertain:
    refusal = _refusal(error)
    return Uncertain(f"HTTP {refusal.status} {refusal.reason}")


def _refusal(error: HttpError) -> Rejected:
    """From Google's envelope: `{"error": {"message": …, "errors": [{"reason": …}]}}`."""
    try:
        envelope = json.loads(error.content)["error"]
        first = (envelope.get("errors") or [{}])[0]
        reason = first.get("reason") or envelope.get("status") or "unknown"
        message = envelope.get("message", "")
    except (ValueError, KeyError, TypeError, AttributeError, LookupError):
        reason, message = "unknown", str(error.reason or "")
    return Rejected(str(reason), int(error.status_code), str(message))
