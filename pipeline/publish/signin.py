"""Signing in: a person's consent in a browser becomes a token file, kept fresh while it is used.

A client file comes in, a token file (mode 0600) goes out. Needed once, on any machine with a
browser: service accounts don't work with YouTube, and the device flow can't ask for what captions
need (https://developers.google.com/youtube/v3/guides/authentication). It must not call YouTube.
"""

import json
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import InstalledAppFlow, WSGITimeoutError
from oauthlib.oauth2 import OAuth2Error

from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, OutsideError, Text, UsageError
from pipeline.settings import YouTube

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
"""Accepted by every method that we call."""

CONSENT_S = 300
_AGAIN = Text("Masuk: tayang youtube login", "Sign in: tayang youtube login")
_ASK = "Buka di peramban · Open in a browser:\n{url}"
_DONE = "Tayang: berhasil masuk, halaman ini boleh ditutup. · Signed in, you may close this page."


@dataclass(frozen=True)
class SignIn:
    """The right to act for a channel; `since` is when a person gave it (None: the emulator)."""

    credentials: Credentials
    since: datetime | None

    @property
    def scopes(self) -> tuple[str, ...]:
        """What was granted, as far as it is known."""
        granted = self.credentials.granted_scopes or self.credentials.scopes or ()
        return tuple(str(scope) for scope in granted)


class SavedCredentials(Credentials):
    """Credentials that put every fresh token into their file: google-auth itself forgets it."""

    file: Path
    since: datetime

    def refresh(self, request: Any) -> None:
        super().refresh(request)  # type: ignore[no-untyped-call]
        write_signin(self.file, self, self.since)


def read_signin(file: Path) -> SignIn:
    """The sign-in of a token file; InputFaults when there is none or it isn't one."""
    try:
        info = json.loads(file.read_text(encoding="utf-8"))
        credentials = SavedCredentials.from_authorized_user_info(info)  # type: ignore[no-untyped-call]
        since = datetime.fromisoformat(info["signed_in"])
    except FileNotFoundError as error:
        what = Text("belum masuk ke YouTube", "not signed in to YouTube")
        raise InputFaults([Fault(file.name, what, _AGAIN)]) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        what = Text("bukan berkas izin masuk", "not a file of a sign-in")
        raise InputFaults([Fault(file.name, what, _AGAIN)]) from error
    credentials.file, credentials.since = file, since
    return SignIn(credentials, since)


def write_signin(file: Path, credentials: Credentials, since: datetime) -> None:
    """Replaces the token file in one step: a crash leaves the old one or the new one."""
    info = json.loads(credentials.to_json())  # type: ignore[no-untyped-call]
    info["signed_in"] = since.isoformat()
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    with os.fdopen(descriptor, "w", encoding="utf-8") as new:
        json.dump(info, new, indent=1)
        new.flush()
        os.fsync(new.fileno())
    Path(name).replace(file)


def login(youtube: YouTube, clock: Clock, *, browser: str | None = None) -> Path:
    """Asks for consent in a browser (loopback, PKCE) and returns the token file it wrote.

    `browser` names one of Python's `webbrowser` module. Raises UsageError for the emulator, which
    needs none, InputFaults without a client file, OutsideError when consent isn't given.
    """
    if youtube.address:
        raise UsageError(
            Text("emulator tidak memerlukan izin masuk", "the emulator needs no sign-in")
        )
    flow = _flow(youtube.client_secret)
    credentials = _consent(flow, browser)
    write_signin(youtube.token, credentials, clock.now())
    return youtube.token


def _flow(client: Path) -> InstalledAppFlow:
    try:
        return InstalledAppFlow.from_client_secrets_file(
            str(client), scopes=[SCOPE], autogenerate_code_verifier=True
        )
    except (OSError, ValueError) as error:
        raise InputFaults(
            [
                Fault(
                    client.name,
                    Text("bukan berkas klien OAuth", "not an OAuth client file"),
                    Text(
                        "Buat klien OAuth jenis Desktop di Google Cloud Console; unduh JSON-nya.",
                        "Create an OAuth client of type Desktop in Google Cloud Console and "
                        "download its JSON.",
                    ),
                )
            ]
        ) from error


def _consent(flow: InstalledAppFlow, browser: str | None) -> Credentials:
    try:
        credentials: Credentials = flow.run_local_server(
            host="127.0.0.1",
            port=0,
            browser=browser,
            authorization_prompt_message=_ASK,
            success_message=_DONE,
            timeout_seconds=CONSENT_S,
            access_type="offline",
            prompt="consent",  # without it a second login gives no refresh token
        )
    except (OAuth2Error, WSGITimeoutError, OSError, Warning) as error:
        # oauthlib raises a Warning when fewer scopes were granted than asked for.
        raise OutsideError(
            Text(f"izin tidak diberikan: {error}", f"consent was not given: {error}"), _AGAIN
        ) from error
    if not credentials.refresh_token:
        raise OutsideError(
            Text("Google tidak memberi izin tetap", "Google gave no lasting permission"), _AGAIN
        )
    return credentials
