"""The only file that knows Google's client: signs in, sends requests, and says how each one ended.

Settings come in; `YouTubeApi` goes out, whose writes are never sent twice unseen and end as an
outcome, and whose reads are retried here. It must not know broadcasts, clips or the ledger.

The client's habits that this file works around were found by trying it (google-api-python-client
2.202): its own retries hang on chunks and repeat inserts, and `client_options.api_endpoint` doesn't
move uploads.
"""

import contextlib
import io
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import google_auth_httplib2
import httplib2
from googleapiclient.discovery import build_from_document
from googleapiclient.discovery_cache import get_static_doc
from googleapiclient.errors import HttpError
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
from pipeline.publish.signin import SignIn, signin_of
from pipeline.publish.transport import attempt, connection, unheard
from pipeline.settings import YouTube

T = TypeVar("T")

RETRY_S = (1, 2, 4, 8, 16)
"""Waits before a call is repeated that certainly wasn't applied, or changes nothing."""

UNCOUNTED = frozenset({"notSent", "tokenServer", "quotaExceeded", "dailyLimitExceeded"})
"""Refusals that take nothing from the quota: the request never arrived, or the quota refused it."""


class Meter(Protocol):
    """What a call asks before it is sent, and tells afterwards."""

    def allow(self, method: str) -> None: ...
    def begin(self, method: str) -> str: ...
    def end(self, call: str, *, counted: bool) -> None: ...
    def exhaust(self, method: str) -> None: ...


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
        self,
        request: Any,
        connection: httplib2.Http,
        counted: Callable[[Callable[[], str]], Outcome[str]],
    ) -> None:
        self._request = request
        self._http = connection
        self._counted = counted

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

        return self._counted(post)

    def resume(self, uri: str) -> None:
        """Goes on with a session of an earlier process; the next step asks how much arrived."""
        self._request.resumable_uri = uri
        self._request._in_error_state = True  # from_json() forgets the session: this is the way

    def step(self) -> Outcome[Progress]:
        """Sends the next chunk; after a failure it first asks the server how much it has.

        One connection for all chunks: what a reset on it means, that question tells.
        """

        def put() -> Progress:
            status, result = self._request.next_chunk(http=self._http, num_retries=0)
            if result is not None:
                return Progress(self._request.resumable.size(), result)
            return Progress(status.resumable_progress)

        return attempt(put)

    def close(self) -> None:
        """Closes its connection."""
        self._http.close()


class YouTubeApi:
    """YouTube's methods by name, such as `liveBroadcasts.list`. May be used from any thread."""

    def __init__(
        self,
        service: Any,
        signin: SignIn,
        address: str | None,
        clock: Clock,
        meter: Meter | None = None,
    ) -> None:
        self._service = service
        self._build = threading.Lock()
        self._meter = meter
        self.signin = signin
        self.address = address
        self.clock = clock
        self.server_time: datetime | None = None
        """What the clock of the last answer's sender said."""

    def read(self, method: str, **query: Any) -> dict[str, Any]:
        """The answer to a question, retried with back-off; YouTubeError when there is none."""
        doing = Text(f"membaca {method}", f"reading {method}")
        return demand(self._patiently(method, query, None, again=(Rejected, Uncertain)), doing)

    def look(self, method: str, **query: Any) -> Outcome[dict[str, Any]]:
        """The answer to a question that is asked once, for who wants to know how things stand."""
        return self._once(method, query, None)

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

        `media` is sent along: a picture (JPEG or PNG), or captions.
        """
        return self._patiently(method, query, media, again=(Rejected,))

    def transfer(self, method: str, path: Path, *, chunk: int, **query: Any) -> Transfer:
        """A resumable upload of a file in chunks of `chunk` bytes (a multiple of 256 KiB)."""
        media = ByteMedia(str(path), mimetype="video/mp4", chunksize=chunk, resumable=True)
        self._allow(method)

        def counted(call: Callable[[], str]) -> Outcome[str]:
            return self._counted(method, call)

        request = self._request(method, {**query, "media_body": media})
        return Transfer(request, self._connection(), counted)

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
            query = {**query, "media_body": MediaIoBaseUpload(io.BytesIO(media), _type_of(media))}
        request = self._request(method, query)
        # A fresh connection a call: httplib2's are not for two threads, and on a kept one a reset
        # could mean either that the request was lost or that its answer was.
        with contextlib.closing(self._connection()) as http:
            return self._counted(method, lambda: request.execute(http=http, num_retries=0) or {})

    def _counted(self, method: str, call: Callable[[], T]) -> Outcome[T]:
        """On paper before it is sent; taken back when YouTube can't have counted it."""
        if self._meter is None:
            return attempt(call)
        number = self._meter.begin(method)
        outcome = attempt(call)
        if isinstance(outcome, Uncertain):
            return outcome  # and stays uncertain: only YouTube knows
        self._meter.end(number, counted=isinstance(outcome, Applied) or _is_counted(outcome))
        return outcome

    def _request(self, method: str, query: dict[str, Any]) -> Any:
        collection, name = method.split(".")
        with self._build:
            return getattr(getattr(self._service, collection)(), name)(**query)

    def _connection(self) -> Any:
        return google_auth_httplib2.AuthorizedHttp(
            self.signin.credentials, http=connection(self.address is not None, self._heard)
        )

    def _heard(self, response: httplib2.Response) -> None:
        with contextlib.suppress(ValueError, TypeError):
            self.server_time = parsedate_to_datetime(response.get("date", ""))

    def _allow(self, method: str) -> None:
        if self._meter is not None:
            self._meter.allow(method)


def connect(youtube: YouTube, clock: Clock, meter: Meter | None = None) -> YouTubeApi:
    """YouTube, or the emulator when the settings name its address. Sends nothing yet.

    Raises InputFaults when nobody has signed in (`tayang youtube login`).
    """
    address = youtube.address.rstrip("/") if youtube.address else None
    document = json.loads(get_static_doc("youtube", "v3"))
    if address is not None:
        document["rootUrl"] = document["baseUrl"] = f"{address}/"
    signin = signin_of(youtube, clock)
    service = build_from_document(document, http=connection(address is not None, unheard))
    return YouTubeApi(service, signin, address, clock, meter)


def _type_of(media: bytes) -> str:
    if media.startswith(b"\xff\xd8"):
        return "image/jpeg"
    return "image/png" if media.startswith(b"\x89PNG") else "application/octet-stream"


def _is_counted(refusal: Rejected) -> bool:
    """A refused request costs as much as another, but for one that nobody was charged for."""
    per_day = refusal.status == 429 and refusal.remedy is Remedy.WAIT
    return refusal.status != 401 and refusal.reason not in UNCOUNTED and not per_day
