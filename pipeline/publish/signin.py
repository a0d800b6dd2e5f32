"""The right to act for a channel: a token file comes in, credentials that stay fresh go out.

The file (mode 0600) is replaced in one step whenever a token is renewed, and read again before it
is: who signs in anew while a daemon runs is taken over by it. It must not know how a person is asked,
nor YouTube's methods.
"""

import contextlib
import json
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from google.auth.exceptions import RefreshError, TransportError
from google.oauth2.credentials import Credentials

from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, Text
from pipeline.publish.transport import NotSent
from pipeline.settings import YouTube

TOKEN_URI = "https://oauth2.googleapis.com/token"
"""https://developers.google.com/identity/protocols/oauth2/native-app#exchange-authorization-code"""

EMULATOR_TOKEN = "emulator-refresh"

MARGIN = timedelta(seconds=60)
"""A token is renewed so long before its end: a request and its clock take a while."""

REFUSED_FOR = timedelta(minutes=10)
"""How long a refusal holds, so that a dead sign-in isn't asked about again with every call."""

AGAIN = Text("Masuk: tayang youtube login", "Sign in: tayang youtube login")

Json = dict[str, Any]
Send = Callable[..., Any]
"""google-auth's transport: called with url, method, body, headers; gives `status` and `data`."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The right to act for a channel; it changes as its credentials are renewed."""

    credentials: "OwnCredentials"

    @property
    def since(self) -> datetime | None:
        """When a person gave it; None: the emulator's own."""
        return self._moment("signed_in")

    @property
    def ends(self) -> datetime | None:
        """When it will end, if Google said so."""
        return self._moment("ends")

    def _moment(self, key: str) -> datetime | None:
        value = self.credentials.info.get(key)
        return datetime.fromisoformat(value) if value else None

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted, as far as it is known."""
        return tuple(str(scope) for scope in self.credentials.scopes or ())

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the token file."""
        return tuple(self.credentials.faults.values())


class OwnCredentials(Credentials):
    """Credentials renewed by our clock: one request, no waiting, no second one while it is refused.

    google-auth's own would ask three times with real sleep in between, forget what it got, and
    ask again for every call of a dead sign-in. `info` is the content of a token file.
    """

    def __init__(self, info: Json, token_uri: str, clock: Clock, file: Path | None = None) -> None:
        super().__init__(token=None, token_uri=token_uri)  # type: ignore[no-untyped-call]
        self.faults: dict[str, Fault] = {}
        self._clock = clock
        self._file = file
        self._renewing = threading.Lock()
        self._refused: tuple[datetime, RefreshError] | None = None
        self._take(info)

    def _take(self, info: Json) -> None:
        """From a token file; KeyError, TypeError or ValueError when that isn't one."""
        self._client_id, self._client_secret = info["client_id"], info["client_secret"]
        self._refresh_token, self.token = info["refresh_token"], info.get("token")
        self._scopes = info.get("scopes")
        self.expiry = None
        if "expiry" in info:
            self.expiry = _expiry(info).replace(tzinfo=None)  # so that google-auth takes it for UTC
        self.info = info

    @property
    def expired(self) -> bool:
        """By the clock that we were given, where google-auth reads the machine's."""
        now = self._clock.now().astimezone(UTC).replace(tzinfo=None)
        return self.expiry is None or now >= self.expiry - MARGIN

    def refresh(self, request: Send) -> None:
        """A fresh access token; RefreshError when Google gives none, TransportError without an answer.

        Taken from the token file where somebody else has got one already, or signed in anew.
        """
        stale = self.token
        with self._renewing:
            if self.token != stale or self._taken_over(stale):
                return
            now = self._clock.now()
            if self._refused is not None and now - self._refused[0] < REFUSED_FOR:
                said = self._refused[1]
                raise RefreshError(*said.args)  # type: ignore[no-untyped-call]
            try:
                answer = ask_token(request, str(self.token_uri), self._grant())
            except RefreshError as error:
                self._refused = None if error.retryable else (now, error)
                raise
            self._refused = None
            self._take({**self.info, **granted(answer, now)})
            self._keep()

    def _grant(self) -> Json:
        return {
            "grant_type": "refresh_token",
            "refresh_token": self._refresh_token,
            "client_id": self._client_id,
            "client_secret": self._client_secret,
        }

    def _taken_over(self, stale: str | None) -> bool:
        """Whether the file has another token than the stale one, that is still good."""
        info = self._in_file()
        if info is None or not _newer(info, self.info):
            return False
        self._take(info)
        self._refused = None
        return self.token != stale and not self.expired

    def _in_file(self) -> Json | None:
        if self._file is None:
            return None
        with contextlib.suppress(InputFaults):
            return read_signin(self._file, str(self.token_uri), self._clock).credentials.info
        return None

    def _keep(self) -> None:
        """Into the file. That it can't be written doesn't stop the call: the token is good."""
        if self._file is None:
            return

        def ours_is_newest() -> bool:
            there = self._in_file()
            return there is None or not _newer(there, self.info)

        try:
            write_private(self._file, self.info, only_if=ours_is_newest)
        except OSError as error:
            self.faults["unsaved"] = Fault(
                self._file.name,
                Text(
                    f"izin yang diperbarui tidak dapat disimpan: {error.strerror}",
                    f"the renewed token can't be saved: {error.strerror}",
                ),
                Text(
                    "Periksa ruang disk dan izin foldernya. Izin yang lama tetap ada dan berlaku.",
                    "Check disk space and permissions. The old token file is still there and good.",
                ),
            )
        else:
            self.faults.pop("unsaved", None)


def _newer(there: Json, ours: Json) -> bool:
    """Whether the file is of another sign-in, as only a person makes one, or has a later token."""
    if there["signed_in"] != ours["signed_in"]:
        return True
    return _expiry(there) > _expiry(ours)


def _expiry(info: Json) -> datetime:
    return datetime.fromisoformat(info.get("expiry") or info["signed_in"]).astimezone(UTC)


def ask_token(request: Send, uri: str, form: Mapping[str, str]) -> Json:
    """What a token endpoint answers to a form; asked once.

    RefreshError when it refuses (`retryable`: it failed and may work later), TransportError when
    it can't be reached. Errors by RFC 6749, 5.2.
    """
    headers = {"content-type": "application/x-www-form-urlencoded"}
    try:
        response = request(uri, method="POST", body=urlencode(form).encode(), headers=headers)
    except NotSent:
        raise
    except OSError as error:  # the transport lets these through
        raise TransportError(error) from error  # type: ignore[no-untyped-call]
    try:
        answer = json.loads(response.data)
    except ValueError:
        answer = None
    if response.status == 200 and isinstance(answer, dict) and "access_token" in answer:
        return answer
    if not isinstance(answer, dict) or "error" not in answer:
        answer = {"error": f"HTTP {response.status}"}
    said = ": ".join(str(answer[k]) for k in ("error", "error_description") if k in answer)
    broken = response.status >= 500 or response.status in {200, 408, 429}
    raise RefreshError(said, answer, retryable=broken)  # type: ignore[no-untyped-call]


def reason_of(refused: RefreshError) -> str:
    """The word of a refusal, such as `invalid_grant`."""
    return str(refused.args[1]["error"])


def granted(answer: Json, now: datetime) -> Json:
    """What of a token endpoint's answer belongs into a token file.

    `refresh_token_expires_in` is what Google is seen to answer for a project in "Testing": 604799
    (others' notes of 2025; draft-ietf-oauth-refresh-token-expiration). Absent, nothing is known.
    """
    lifetime = timedelta(seconds=int(answer.get("expires_in", 0)))
    info: Json = {"token": answer["access_token"], "expiry": (now + lifetime).isoformat()}
    if "scope" in answer:
        info["scopes"] = str(answer["scope"]).split()
    if "refresh_token" in answer:
        info["refresh_token"] = answer["refresh_token"]
    if "refresh_token_expires_in" in answer:
        ends = now + timedelta(seconds=int(answer["refresh_token_expires_in"]))
        info["ends"] = ends.isoformat()
    return info


def signin_of(youtube: YouTube, clock: Clock) -> SignIn:
    """The sign-in that these settings use; InputFaults when there is none.

    With the emulator's address: one made there by `login`, else the emulator's own.
    """
    if youtube.address is None:
        return read_signin(youtube.token, TOKEN_URI, clock)
    uri = f"{youtube.address.rstrip('/')}/token"
    with contextlib.suppress(InputFaults):
        return read_signin(token_file(youtube), uri, clock)
    info = {"client_id": "emulator", "client_secret": "emulator", "refresh_token": EMULATOR_TOKEN}
    return SignIn(OwnCredentials(info, uri, clock))


def token_file(youtube: YouTube) -> Path:
    """Where a sign-in is kept; that of the emulator lies apart, so that neither gets the other's."""
    file = youtube.token
    return file.with_name(f"emulator-{file.name}") if youtube.address else file


def read_signin(file: Path, token_uri: str, clock: Clock) -> SignIn:
    """The sign-in of a token file; InputFaults when there is none or it isn't one."""
    try:
        info = json.loads(file.read_text(encoding="utf-8"))
        if info["token_uri"] != token_uri:
            raise ValueError("of another server")
        credentials = OwnCredentials(info, token_uri, clock, file)
        signin = SignIn(credentials)
        if signin.since is None:
            raise ValueError("no day of signing in")
    except FileNotFoundError as error:
        what = Text("belum masuk ke YouTube", "not signed in to YouTube")
        raise InputFaults([Fault(file.name, what, AGAIN)]) from error
    except PermissionError as error:
        what = Text("izin masuk ini milik pengguna lain", "this sign-in belongs to another user")
        hint = Text(
            "Jalankan sebagai pengguna yang masuk, atau masuk lagi: tayang youtube login",
            "Run it as the user who signed in, or sign in again: tayang youtube login",
        )
        raise InputFaults([Fault(str(file), what, hint)]) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = Text("bukan berkas izin masuk", "not a file of a sign-in")
        raise InputFaults([Fault(file.name, what, AGAIN)]) from error
    _narrow(file, credentials)
    return signin


def _narrow(file: Path, credentials: OwnCredentials) -> None:
    """Others who can read the file could act for the channel."""
    if file.stat().st_mode & 0o077 == 0:
        return
    try:
        file.chmod(0o600)
    except OSError as error:
        done = Text(f"tidak dapat dibatasi: {error.strerror}", f"can't be: {error.strerror}")
    else:
        done = Text("sekarang dibatasi (0600)", "now limited (0600)")
    credentials.faults["mode"] = Fault(
        file.name,
        Text(
            f"pengguna lain dapat membaca izin masuk ini; {done.id}",
            f"other users could read this sign-in; {done.en}",
        ),
        Text(
            "Bila ada yang mungkin menyalinnya: cabut di https://myaccount.google.com/connections, "
            "lalu masuk lagi.",
            "If somebody may have copied it: revoke it at https://myaccount.google.com/connections "
            "and sign in again.",
        ),
    )


def write_private(file: Path, content: Json, only_if: Callable[[], bool] = lambda: True) -> None:
    """Replaces a file (mode 0600) in one step: whatever fails, the old one stays whole.

    `only_if` is asked last. OSError when it can't be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump(content, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        if only_if():
            new.replace(file)
    finally:
        new.unlink(missing_ok=True)
