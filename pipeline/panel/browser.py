"""What browsers send and keep: the session's cookie, where a request comes from, where to go next.

Requests come in, plain answers go out; it must not know people, rights or a database.
"""

from urllib.parse import quote, urlsplit

from fastapi import Request, Response

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing (RFC 9110, 9.2.1)."""


def _cookie(request: Request) -> str:
    """Over TLS the name makes browsers insist on Secure, this host and Path=/ (RFC 6265bis, 4.1.3.2)."""
    return "__Host-tayang" if request.url.scheme == "https" else "tayang"


def session_token(request: Request) -> str | None:
    """The token of the session's cookie."""
    return request.cookies.get(_cookie(request))


def keep_session(request: Request, response: Response, token: str) -> None:
    """Sets the cookie: until the browser is closed, for no script, and sent with no foreign request."""
    secure = request.url.scheme == "https"
    response.set_cookie(
        _cookie(request), token, path="/", secure=secure, httponly=True, samesite="strict"
    )


def forget_session(request: Request, response: Response) -> None:
    """Takes the cookie away."""
    secure = request.url.scheme == "https"
    response.delete_cookie(
        _cookie(request), path="/", secure=secure, httponly=True, samesite="strict"
    )


def from_own_page(request: Request) -> bool:
    """Whether a browser sent this from a page of ours; true also when it isn't a browser.

    All browsers since 2023 say `Sec-Fetch-Site`, over plain HTTP only to loopback; `Origin` goes with
    every unsafe request. The order is that of Go's net/http (https://pkg.go.dev/net/http#CrossOriginProtection).
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or _host(origin) == request.headers.get("host", "").lower()


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def local(path: str) -> str:
    """`path` when it leads to a page of ours, else the first page.

    Browsers take a backslash for a slash and leave out tabs and line breaks (https://url.spec.whatwg.org/,
    "basic URL parser"): what looks local could lead to another host.
    """
    plain = path.isprintable() and not {"\\", " "} & set(path)
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def login_for(request: Request) -> str:
    """The address of the sign-in page that leads back to what was asked for, if that can be repeated."""
    if request.method not in SAFE:
        return "/login"
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?next={quote(asked, safe='/')}"
