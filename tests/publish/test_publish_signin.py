"""Signing in once by loopback and PKCE, and a token file that stays fresh, private and whole."""

import base64
import hashlib
import http.server
import json
import threading
import urllib.request
import webbrowser
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from google.oauth2.credentials import Credentials

from pipeline.clock import HandClock
from pipeline.errors import InputFaults, OutsideError, UsageError
from pipeline.publish import connect, login
from pipeline.publish.account import _of_signin
from pipeline.publish.signin import SCOPE, read_signin, write_signin
from pipeline.settings import YouTube

NOW = datetime(2021, 11, 20, tzinfo=UTC)


class Google(http.server.BaseHTTPRequestHandler):
    """The token endpoint: gives a token for the code that the verifier belongs to."""

    challenge = ""
    scope = SCOPE

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        digest = hashlib.sha256(form.get("code_verifier", [""])[0].encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == Google.challenge
        answer: dict[str, Any] = {"error": "invalid_grant"}
        if "refresh_token" in form:
            answer = {"access_token": "fresh", "expires_in": 3600}
        elif proven:
            answer = {"access_token": "first", "refresh_token": "lasting", "expires_in": 3600}
            answer |= {"scope": Google.scope, "token_type": "Bearer"}
        body = json.dumps(answer).encode()
        self.send_response(400 if "error" in answer else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


class Browser(webbrowser.BaseBrowser):
    """A person who consents at once, or doesn't."""

    consents = True

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        asked = {key: value[0] for key, value in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"] == SCOPE
        Google.challenge = asked["code_challenge"]
        answer = {"code": "c"} if Browser.consents else {"error": "access_denied"}
        back = f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"
        threading.Thread(target=lambda: urllib.request.urlopen(back).read()).start()
        return True


@pytest.fixture
def google() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Google)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def youtube(tmp_path: Path, google: str, monkeypatch: pytest.MonkeyPatch) -> YouTube:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # Google's endpoint is https, ours isn't
    webbrowser.register("person", Browser)
    client = {"client_id": "i", "client_secret": "s", "redirect_uris": ["http://localhost"]}
    client |= {"auth_uri": f"{google}/auth", "token_uri": f"{google}/token"}
    (tmp_path / "client.json").write_text(json.dumps({"installed": client}))
    return YouTube(client_secret=tmp_path / "client.json", token=tmp_path / "var" / "token.json")


def test_consent_in_a_browser_becomes_a_private_token_file(youtube: YouTube) -> None:
    file = login(youtube, HandClock(NOW), browser="person")
    assert file.stat().st_mode & 0o777 == 0o600
    signin = read_signin(file)
    assert signin.credentials.refresh_token == "lasting"
    assert signin.scopes == (SCOPE,)
    assert signin.since == NOW
    assert connect(youtube, HandClock(NOW)).signin.since == NOW


def test_consent_that_is_not_given_is_said(
    youtube: YouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Browser, "consents", False)
    with pytest.raises(OutsideError, match="consent was not given"):
        login(youtube, HandClock(NOW), browser="person")
    assert not youtube.token.exists()


def test_fewer_rights_than_asked_for_are_no_sign_in(
    youtube: YouTube, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Google, "scope", "https://www.googleapis.com/auth/youtube.readonly")
    with pytest.raises(OutsideError, match="consent was not given"):
        login(youtube, HandClock(NOW), browser="person")
    assert not youtube.token.exists()


def test_a_refreshed_token_is_kept_with_the_day_of_the_login(
    tmp_path: Path, google: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("google.oauth2.credentials._GOOGLE_OAUTH2_TOKEN_ENDPOINT", f"{google}/t")
    file = tmp_path / "token.json"
    write_signin(file, _credentials("old"), NOW)
    api = connect(YouTube(token=file), HandClock(NOW))
    api.signin.credentials.refresh(api._connection()._request)
    assert read_signin(file).credentials.token == "fresh"
    assert read_signin(file).since == NOW
    assert [path.name for path in tmp_path.iterdir()] == ["token.json"]


def _credentials(token: str) -> Credentials:
    return Credentials(
        token, refresh_token="lasting", client_id="i", client_secret="s", scopes=[SCOPE]
    )


def test_without_a_sign_in_the_fault_says_how_to_get_one(tmp_path: Path) -> None:
    for content in (None, "{}", "[]", "not json"):
        file = tmp_path / "token.json"
        if content is not None:
            file.write_text(content)
        with pytest.raises(InputFaults) as raised:
            connect(YouTube(token=file), HandClock(NOW))
        (fault,) = raised.value.faults
        assert fault.hint is not None
        assert "tayang youtube login" in fault.hint.id


def test_login_needs_a_client_file_and_the_emulator_needs_no_login(tmp_path: Path) -> None:
    with pytest.raises(InputFaults):
        login(YouTube(client_secret=tmp_path / "none.json"), HandClock(NOW))
    with pytest.raises(UsageError):
        login(YouTube(address="http://127.0.0.1:1"), HandClock(NOW))


def test_a_sign_in_that_may_end_before_the_show_is_a_warning(tmp_path: Path) -> None:
    file = tmp_path / "token.json"
    write_signin(file, _credentials("t"), NOW)
    fresh = connect(YouTube(token=file), HandClock(NOW + timedelta(days=5)))
    stale = connect(YouTube(token=file), HandClock(NOW + timedelta(days=6, hours=1)))
    assert _of_signin(fresh) == []
    (warning,) = _of_signin(stale)
    assert warning.what.id == "izin masuk berumur 6 hari"
