"""How a request is sent to YouTube: once, or not at all; and what came of it, as an outcome.

Google's client goes in front of it. httplib2 by itself sends a POST again when the connection drops
(tried: google-api-python-client 2.202, httplib2 0.32.1). It must not know methods, nor the quota.
"""

import http.client
import json
from collections.abc import Callable
from typing import Any, TypeVar

import httplib2
from google.auth.exceptions import RefreshError, TransportError
from googleapiclient.errors import HttpError, ResumableUploadError

from pipeline.publish.outcomes import Applied, Outcome, Rejected, Uncertain

T = TypeVar("T")

TIMEOUT_S = 60.0


class NotSent(OSError):
    """No connection was made, so that the server can't have seen the request."""


class OnceHttp(httplib2.Http):
    """httplib2 without its silent second sending: every request is sent once, or not at all.

    Overrides a private method; httplib2 is pinned for it. `on_answer` sees every response.
    """

    def __init__(self, on_answer: Callable[[httplib2.Response], None], **options: Any) -> None:
        super().__init__(**options)
        self._on_answer = on_answer

    def _conn_request(
        self, conn: Any, request_uri: str, method: str, body: Any, headers: Any
    ) -> tuple[httplib2.Response, bytes]:
        if conn.sock is None:
            try:
                conn.connect()
            except OSError as error:
                raise NotSent(str(error)) from error
        try:
            conn.request(method, request_uri, body, headers)
            raw = conn.getresponse()
            content = raw.read()
        except BaseException:
            conn.close()
            raise
        response = httplib2.Response(raw)
        self._on_answer(response)
        return response, httplib2._decompressContent(response, content, self.limit_kwargs)  # type: ignore[attr-defined]


def unheard(_: httplib2.Response) -> None:
    """What is built with it sends nothing."""


def connection(local: bool, on_answer: Callable[[httplib2.Response], None]) -> OnceHttp:
    """A connection that is opened when it is needed; `local` asks no proxy."""
    made = OnceHttp(
        on_answer,
        timeout=TIMEOUT_S,
        proxy_info=None if local else httplib2.proxy_info_from_environment,
    )
    # To httplib2 the 308 of a resumable upload is a redirect that lacks its address.
    made.redirect_codes = made.redirect_codes - {308}
    return made


def attempt(call: Callable[[], T]) -> Outcome[T]:
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
