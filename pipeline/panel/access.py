"""Who asks, and may they: a request comes in, a `Person` or a refusal goes out.

`needs(right)` and its like are FastAPI dependencies for routes; `handlers` turn refusals into answers:
JSON under /api, pages elsewhere. It must not know what is asked for.
"""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response, Security
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from pipeline.errors import InputFaults, OutsideError, Text
from pipeline.panel.browser import SAFE, from_own_page, login_for, session_token
from pipeline.panel.links import SCREENS
from pipeline.panel.parts import parts
from pipeline.panel.rights import Person, Right, Role
from pipeline.panel.tokens import same

__all__ = [
    "REFUSALS",
    "Person",
    "Refused",
    "Right",
    "Role",
    "asking",
    "handlers",
    "may_still",
    "needs",
]

SIGN_IN = Text("Masuk dulu.", "Sign in first.")
NO_RIGHT = Text("Peran Anda tidak mengizinkan ini.", "Your role doesn't allow this.")
FOREIGN = Text(
    "Permintaan ini tidak berasal dari halaman panel. Muat ulang halamannya, lalu ulangi.",
    "This request didn't come from a page of the panel. Reload the page and try again.",
)
NO_LINK = Text(
    "Tautan ini tidak berlaku. Minta tautan baru kepada panitia.",
    "This link isn't valid. Ask the organisers for a new one.",
)


class Said(BaseModel):
    """What is said to people, in both languages."""

    id: str
    en: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"model": Said, "description": "Not signed in, or a token that isn't valid."},
    403: {"model": Said, "description": "The role doesn't allow this, or no CSRF token was sent."},
    503: {"model": Said, "description": "A part of the panel can't be used right now."},
}
"""For `responses=` of a router whose routes need a right."""

_BEARER = Security(HTTPBearer(auto_error=False, scheme_name="device"))


class Refused(Exception):
    """Ends a request: 401 who are you, 403 you may not."""

    def __init__(self, status: int, text: Text) -> None:
        super().__init__(str(text))
        self.status = status
        self.text = text


def asking(request: Request) -> Person | None:
    """Who asks: the device of a bearer token, else the person of the session's cookie; looked up once."""
    if not hasattr(request.state, "asking"):
        request.state.asking = _look_up(request)
    found: Person | None = request.state.asking
    return found


def may_still(request: Request, right: Right) -> bool:
    """Whether whoever opened this request has the right even now: an answer may last for hours."""
    person = _look_up(request)
    return person is not None and person.may(right)


def _look_up(request: Request) -> Person | None:
    accounts = parts(request).accounts
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return accounts.devices.person(token.strip())
    cookie = session_token(request)
    return accounts.sessions.person(cookie) if cookie else None


async def _csrf(request: Request) -> str:
    """What came as CSRF token: a header from scripts, a field from forms."""
    header = request.headers.get("x-csrf-token")
    kind = request.headers.get("content-type", "")
    if header is not None or request.method in SAFE or not kind.startswith(_FORMS):
        return header or ""
    field = (await request.form()).get("csrf")
    return field if isinstance(field, str) else ""


_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Csrf = Annotated[str, Depends(_csrf)]


def signed_in(request: Request, csrf: Csrf) -> Person:
    """A dependency: anybody who is signed in and, where something changes, means it."""
    person = asking(request)
    if person is None:
        raise Refused(401, SIGN_IN)
    harmless = request.method in SAFE or person.kind == "device"  # no browser sends its token
    if not harmless and not (from_own_page(request) and same(person.csrf, csrf)):
        raise Refused(403, FOREIGN)
    return person


def needs(right: Right) -> Callable[..., Person]:
    """A dependency: whoever is signed in and has the right; Refused for all others."""

    def person(who: Annotated[Person, Depends(signed_in)], _: Annotated[Any, _BEARER]) -> Person:
        if not who.may(right):
            raise Refused(403, NO_RIGHT)
        return who

    return person


def screen(name: str) -> Callable[..., Person]:
    """A dependency: a screen that was opened by its link (`?key=`), or anybody who may see."""

    def person(request: Request, key: str = "") -> Person:
        if parts(request).keys.holds_screen(name, key):
            return Person(SCREENS[name].id, Role.guest, "screen")
        return _who_may_see(request, key)

    return person


def stand(
    request: Request, number: Annotated[int, Path(ge=1, le=100_000)], key: str = ""
) -> Person:
    """A dependency of routes with `{number}`: a stand's link (`?key=`), or anybody who may see."""
    if parts(request).keys.holds_stand(number, key):
        return Person(f"Stand {number}", Role.guest, "link")
    return _who_may_see(request, key)


def _who_may_see(request: Request, wrong_key: str) -> Person:
    person = asking(request)
    if person is None:
        raise Refused(403, NO_LINK) if wrong_key else Refused(401, SIGN_IN)
    return person


def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    if _is_api(request):
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
        return JSONResponse(error.text._asdict(), error.status, headers)
    if error.status == 401:
        return RedirectResponse(login_for(request), 303)
    return _page(request, error.status, error.text)


def _out_of_order(request: Request, error: Exception) -> Response:
    assert isinstance(error, OutsideError | InputFaults)
    if _is_api(request):
        return JSONResponse(error.what._asdict(), 503)
    request.state.asking = None  # a page says who asks: not while the database may be what fails
    return _page(request, 503, error.what, hint=error.hint)


def _page(request: Request, status: int, told: Text, hint: Text | None = None) -> Response:
    page = parts(request).templates(request, "refused.html.j2", told=told, hint=hint)
    page.status_code = status
    return page


def _is_api(request: Request) -> bool:
    return request.url.path == "/api" or request.url.path.startswith("/api/")


handlers: dict[type[Exception], Callable[[Request, Exception], Response]] = {
    Refused: _refuse,
    OutsideError: _out_of_order,
    InputFaults: _out_of_order,
}
"""For `exception_handlers=` of the app; plain functions, so they run in its threads."""
