"""Signing in once: a person's consent in a browser becomes a token file.

On a desktop the browser comes back to this machine by itself; otherwise the link is opened anywhere, and
the address of the last page is brought back by hand. Service accounts don't work with YouTube, and the
device flow can't ask for what captions need (https://developers.google.com/youtube/v3/guides/authentication).
It must not call YouTube's methods.
"""

import base64
import contextlib
import hashlib
import json
import secrets
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import google_auth_httplib2
from google.auth.exceptions import RefreshError, TransportError

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text, UsageError
from pipeline.publish.client import Client, client_of
from pipeline.publish.loopback import HOST, Loopback
from pipeline.publish.scopes import SCOPE, missing
from pipeline.publish.signin import (
    AGAIN,
    Json,
    ask_token,
    granted,
    reason_of,
    token_file,
    write_private,
)
from pipeline.publish.transport import connection, unheard
from pipeline.settings import YouTube

CONSENT_S = 300
TEXT_BROWSERS = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""What Python finds where there is no screen, as over ssh: consent can't be given in them."""


class BadAnswer(UsageError):
    """What was brought back isn't the address of the last page; it may be tried again."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that waits for its answer: RFC 7636 (PKCE), RFC 8252 (loopback)."""

    redirect: str
    state: str
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(64), repr=False)

    def link(self, client: Client) -> str:
        """Where a person gives consent."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "client_id": client.id,
            "redirect_uri": self.redirect,
            "response_type": "code",
            "scope": SCOPE,
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",  # without it a second login gives no refresh token
        }
        return f"{client.auth_uri}?{urlencode(asked)}"


def login(
    youtube: YouTube,
    clock: Clock,
    *,
    browser: webbrowser.BaseBrowser | None = None,
    on_link: Callable[[str], None] = lambda link: None,
) -> Path | None:
    """Asks in this machine's browser and returns the token file that it wrote.

    None: no browser can be opened here; go on with `begin_login`. Raises InputFaults without a client
    file, OutsideError when consent isn't given.
    """
    client = client_of(youtube)
    shown = browser or _browser()
    if shown is None:
        return None
    state = _state()
    with Loopback(lambda address: code_of(address, state)) as loopback:
        asking = Asking(loopback.address, state)
        link = asking.link(client)
        if not shown.open(link):
            return None
        on_link(link)
        code = loopback.wait(clock, CONSENT_S)
    if code is None:
        raise OutsideError(
            Text("tidak ada jawaban dari peramban", "no answer came from the browser"),
            Text(
                "Ulangi, atau buka tautannya di perangkat lain: tayang youtube login --elsewhere",
                "Try again, or open the link elsewhere: tayang youtube login --elsewhere",
            ),
        )
    return _sign_in(youtube, clock, client, asking, code)


def begin_login(youtube: YouTube) -> str:
    """A link that may be opened anywhere; `finish_login` takes the answer, in another process too.

    InputFaults without a client file.
    """
    client = client_of(youtube)
    asking = Asking(f"http://{HOST}:{_unused_port()}/", _state())
    write_private(_waiting(youtube), asdict(asking))
    return asking.link(client)


def finish_login(youtube: YouTube, clock: Clock, answer: str) -> Path:
    """The token file, from the address of the page on which consent ended.

    BadAnswer when it isn't that address, UsageError when no link waits, OutsideError when consent
    wasn't given.
    """
    try:
        asking = Asking(**json.loads(_waiting(youtube).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            Text("tidak ada tautan yang menunggu jawaban", "no link waits for an answer"),
            Text(
                "Mulai: tayang youtube login --elsewhere", "Start: tayang youtube login --elsewhere"
            ),
        ) from error
    code = code_of(answer, asking.state)
    file = _sign_in(youtube, clock, client_of(youtube), asking, code)
    _waiting(youtube).unlink()
    return file


def code_of(answer: str, state: str) -> str:
    """The code in the address to which consent led; `state` ties it to the link that was opened.

    BadAnswer: it is something else. OutsideError: consent was refused.
    """
    address = "".join(answer.split()).strip("'\"<>")  # terminals and messengers break lines
    found = {key: values[0] for key, values in parse_qs(address.partition("?")[2]).items()}
    if not address:
        raise BadAnswer(Text("tidak ada yang ditempel", "nothing was pasted"), _PASTE)
    if "code_challenge" in found:
        raise BadAnswer(
            Text(
                "itu tautan untuk menyetujui; yang diperlukan alamat halaman sesudahnya",
                "that is the link for consenting; what is needed is the address of the page after it",
            ),
            _PASTE,
        )
    if not {"code", "error"} & found.keys():
        raise BadAnswer(
            Text("itu bukan alamat halaman terakhir", "that isn't the last page's address"), _PASTE
        )
    if not secrets.compare_digest(found.get("state", "").encode(), state.encode()):
        raise BadAnswer(
            Text(
                "alamat itu terpotong, atau dari tautan yang lain",
                "that address is cut off, or of another link",
            ),
            Text(
                "Salin seluruhnya; pakai tautan yang paling baru.",
                "Copy all of it; use the newest link.",
            ),
        )
    if "error" in found:
        error = found["error"]
        raise OutsideError(
            Text(f"izin tidak diberikan: {error}", f"consent was not given: {error}"), AGAIN
        )
    return found["code"]


_PASTE = Text(
    "Salin seluruh alamat dari bilah alamat peramban; bentuknya http://127.0.0.1:…/?state=…&code=…",
    "Copy the whole address from the browser's address bar: http://127.0.0.1:…/?state=…&code=…",
)


def _sign_in(youtube: YouTube, clock: Clock, client: Client, asking: Asking, code: str) -> Path:
    """Exchanges the code and writes the token file."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asking.redirect,
        "code_verifier": asking.verifier,
        "client_id": client.id,
        "client_secret": client.secret,
    }
    answer = _exchange(client, form, local=youtube.address is not None)
    lacking = missing(str(answer.get("scope", SCOPE)).split())
    if lacking is not None:
        raise OutsideError(
            Text(f"izin kurang: {lacking.id}", f"consent was not given to: {lacking.en}"),
            Text(
                "Masuk lagi dan centang semuanya: tayang youtube login",
                "Sign in again and tick all boxes: tayang youtube login",
            ),
        )
    if "refresh_token" not in answer:
        raise OutsideError(
            Text("Google tidak memberi izin tetap", "Google gave no lasting permission"), AGAIN
        )
    file, now = token_file(youtube), clock.now()
    known = {"client_id": client.id, "client_secret": client.secret, "token_uri": client.token_uri}
    info = {"scopes": [SCOPE], **granted(answer, now), **known, "signed_in": now.isoformat()}
    write_private(file, info)
    return file


def _exchange(client: Client, form: Json, *, local: bool) -> Json:
    with contextlib.closing(connection(local, unheard)) as http:
        try:
            return ask_token(google_auth_httplib2.Request(http), client.token_uri, form)
        except RefreshError as error:
            said = _REFUSALS.get(reason_of(error), Text("Google menolak", "Google refused"))
            raise OutsideError(
                Text(f"{said.id} ({error.args[0]})", f"{said.en} ({error.args[0]})"), AGAIN
            ) from error
        except (OSError, TransportError) as error:
            raise OutsideError(
                Text(f"Google tidak dapat dihubungi: {error}", f"Google can't be reached: {error}"),
                Text(
                    "Periksa sambungan internet, lalu masuk lagi: tayang youtube login",
                    "Check the internet connection, then sign in again: tayang youtube login",
                ),
            ) from error


_REFUSALS = {
    "invalid_grant": Text(
        "jawaban itu sudah dipakai atau kedaluwarsa",
        "that answer was used already, or is too old",
    ),
    "invalid_client": Text(
        "klien OAuth tidak dikenal Google; unduh lagi berkasnya",
        "Google doesn't know the OAuth client; download its file again",
    ),
    "redirect_uri_mismatch": Text(
        "klien OAuth bukan jenis Desktop", "the OAuth client is not of type Desktop"
    ),
}


def _state() -> str:
    return secrets.token_urlsafe(24)


def _browser() -> webbrowser.BaseBrowser | None:
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return None
    return None if Path(found.name).name in TEXT_BROWSERS else found


def _waiting(youtube: YouTube) -> Path:
    file = token_file(youtube)
    return file.with_name(f"{file.name}.asked")


def _unused_port() -> int:
    """Where nothing answers: the last page is not to be loaded, only its address is needed."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        return int(one.getsockname()[1])
