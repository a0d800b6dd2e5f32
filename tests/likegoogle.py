"""Google's token endpoint as a test wants it: right by RFC 6749 and 7636, or failing in one way."""

import base64
import hashlib
import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"


class Google:
    """What it answers, and what it was asked. `dead` is a refresh token that it takes no more."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.status = 200
        self.scope = SCOPE
        self.expires_in = 3600
        self.lasting = True
        self.cut = False
        self.more: dict[str, Any] = {}
        self.slow: threading.Event | None = None
        self.meanwhile: Callable[[], object] = lambda: None
        self.asked = 0
        self.given: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def consent(self, link: str, *, error: str | None = None) -> str:
        """The address that a browser is sent to after a person has answered the link."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(link).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["response_type"] == "code"
        assert asked["access_type"] == "offline"
        assert asked["scope"] == SCOPE
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        answer = {"error": error} if error else {"code": code, "scope": self.scope}
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **answer})}"

    def answer(self, form: dict[str, str]) -> dict[str, Any]:
        """The token endpoint's answer to a form."""
        self.asked += 1
        self.meanwhile()
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] == "dead":
                return {"error": "invalid_grant", "error_description": "Expired or revoked."}
            return self._granted()
        asked = self._codes.pop(form["code"], None)
        if asked is None or not self._proven(asked, form):
            return {"error": "invalid_grant", "error_description": "Malformed auth code."}
        return {**self._granted(), **({"refresh_token": "lasting"} if self.lasting else {})}

    def _proven(self, asked: dict[str, str], form: dict[str, str]) -> bool:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        same = asked["redirect_uri"] == form["redirect_uri"]
        return same and challenge == asked["code_challenge"]

    def _granted(self) -> dict[str, Any]:
        self.given.append(f"token-{len(self.given)}")
        told = {"access_token": self.given[-1], "expires_in": self.expires_in, "scope": self.scope}
        return {**told, "token_type": "Bearer", **self.more}


@contextmanager
def like_google() -> Iterator[Google]:
    """Serves a Google on loopback; what isn't its token endpoint is not found there."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"])).decode()
            if google.slow is not None:
                google.slow.wait(10)
            answer = google.answer({key: values[0] for key, values in parse_qs(sent).items()})
            if google.status != 200:
                answer = {}
            body = json.dumps(answer).encode()
            self.send_response(400 if "error" in answer else google.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if google.cut else body)

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *about: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    google = Google(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield google
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
