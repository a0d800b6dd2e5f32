"""Signing in and out, the first admin's setup, invitations, and one's own password.

Forms come in, pages and a session's cookie go out; all of it works without JavaScript.
"""

import math
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.errors import TayangError, Text, UsageError
from pipeline.panel.access import FOREIGN, NO_RIGHT, Refused, asking, signed_in
from pipeline.panel.browser import (
    forget_session,
    from_own_page,
    keep_session,
    local,
    session_token,
)
from pipeline.panel.parts import parts
from pipeline.panel.passwords import SHORTEST, Busy, refuse_weak
from pipeline.panel.people import Account, key_of
from pipeline.panel.rights import Person

router = APIRouter(include_in_schema=False)

Field = Annotated[str, Form()]

_WRONG = Text("Nama atau sandi salah.", "Wrong name or password.")
_DIFFER = Text("Kedua sandi baru tidak sama.", "The two new passwords differ.")


@dataclass(frozen=True, slots=True)
class Denied:
    """Why a name and a password open nothing, and in how many seconds to try again (0: any time)."""

    status: int
    said: Text
    wait: int = 0

    def on(self, page: Response) -> Response:
        """The form, with what it answers."""
        page.status_code = self.status
        if self.wait:
            page.headers["Retry-After"] = str(self.wait)
        return page


def _own_page(request: Request) -> None:
    """Forms before a session has no CSRF token: another site must not sign anybody in here."""
    if not from_own_page(request):
        raise Refused(403, FOREIGN)


def _themselves(person: Annotated[Person, Depends(signed_in)]) -> Person:
    if person.kind != "person":  # a device has no password
        raise Refused(403, NO_RIGHT)
    return person


@router.get("/login")
def login_page(request: Request, next: str = "/") -> Response:
    """The form; straight on for whoever is signed in."""
    if asking(request) is not None:
        return RedirectResponse(local(next), 303)
    return _login_form(request, next)


@router.post("/login", dependencies=[Depends(_own_page)])
def login(request: Request, name: Field = "", password: Field = "", next: Field = "/") -> Response:
    """A new session, or why not: wrong (403), too often (429), too many at once (503)."""
    found = _verified(request, name, password)
    if isinstance(found, Denied):
        return found.on(_login_form(request, next, name, found.said))
    person = Person(found.name, found.role)
    parts(request).accounts.trail.note(person, "login", address=_address(request))
    return _begin(request, found.name, local(next))


@router.post("/logout")
def logout(request: Request, person: Annotated[Person, Depends(_themselves)]) -> Response:
    """Ends the session."""
    token = session_token(request)
    if token is not None:
        parts(request).accounts.sessions.end(token)
    parts(request).accounts.trail.note(person, "logout")
    response = RedirectResponse("/login", 303)
    forget_session(request, response)
    return response


@router.get("/setup")
def setup_page(request: Request, key: str = "") -> Response:
    """Where the first admin, or whoever was invited, chooses a password."""
    try:
        invited = parts(request).accounts.people.invited(key)
    except UsageError as error:
        raise Refused(403, error.what) from error
    return _setup_form(request, key, invited)


@router.post("/setup", dependencies=[Depends(_own_page)])
def setup(
    request: Request, key: Field = "", name: Field = "", password: Field = "", again: Field = ""
) -> Response:
    """Uses the link up and signs in; says what is wrong with name or password."""
    accounts = parts(request).accounts
    try:
        invited = accounts.people.invited(key)
    except UsageError as error:
        raise Refused(403, error.what) from error
    try:
        _refuse_different(password, again)
        account = accounts.people.accept(key, name, password)
    except (UsageError, Busy) as error:
        return _with_status(_setup_form(request, key, invited, name, error.what), error)
    accounts.trail.note(Person(account.name, account.role), "setup", address=_address(request))
    return _begin(request, account.name, "/")


@router.get("/password")
def password_page(request: Request, person: Annotated[Person, Depends(_themselves)]) -> Response:
    """The form for another password."""
    return _password_form(request)


@router.post("/password")
def change_password(
    request: Request,
    person: Annotated[Person, Depends(_themselves)],
    old: Field = "",
    password: Field = "",
    again: Field = "",
) -> Response:
    """Changes one's own password; all other sessions end, and this one gets a new token."""
    accounts = parts(request).accounts
    try:
        _refuse_different(password, again)
        refuse_weak(password, person.name)
        found = _verified(request, person.name, old)
        if isinstance(found, Denied):
            return found.on(_password_form(request, found.said))
        accounts.people.change_password(person.name, password)
    except (UsageError, Busy) as error:
        return _with_status(_password_form(request, error.what), error)
    accounts.trail.note(person, "password")
    return _begin(request, person.name, "/")


def _verified(request: Request, name: str, password: str) -> Account | Denied:
    """Whose name and password these are; each try counts for the name and the address."""
    own = parts(request)
    name_key, address_key = f"name:{key_of(name)[:80]}", f"address:{_address(request)}"
    wait = math.ceil(own.throttle.begin((name_key, address_key), own.clock.monotonic()))
    if wait > 0:
        return Denied(429, _too_often(wait), wait)
    try:
        account = own.accounts.people.verify(name, password)
    except Busy as error:
        own.throttle.take_back(name_key)
        own.throttle.take_back(address_key)
        return Denied(503, error.what, 1)
    if account is None:
        own.accounts.trail.note(None, "login", "refused", name=name, address=_address(request))
        return Denied(403, _WRONG)
    own.throttle.forgive(name_key)
    own.throttle.take_back(address_key)
    return account


def _begin(request: Request, name: str, then: str) -> Response:
    """A session with a token that nobody knew before, whatever the browser came with."""
    sessions = parts(request).accounts.sessions
    before = session_token(request)
    if before is not None:
        sessions.end(before)
    response = RedirectResponse(then, 303)
    keep_session(request, response, sessions.begin(name))
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _too_often(wait: int) -> Text:
    if wait < 60:
        return Text(
            f"Terlalu sering salah. Coba lagi dalam {wait} detik.",
            f"Wrong too often. Try again in {wait} seconds.",
        )
    minutes = math.ceil(wait / 60)
    return Text(
        f"Terlalu sering salah. Coba lagi dalam {minutes} menit.",
        f"Wrong too often. Try again in {minutes} minute{'s' if minutes > 1 else ''}.",
    )


def _refuse_different(password: str, again: str) -> None:
    if password != again:
        raise UsageError(_DIFFER)


def _login_form(request: Request, next: str, name: str = "", told: Text | None = None) -> Response:
    return parts(request).templates(
        request, "login.html.j2", next=local(next), typed=name[:80], told=told
    )


def _setup_form(
    request: Request, key: str, invited: str, name: str = "", told: Text | None = None
) -> Response:
    return parts(request).templates(
        request,
        "setup.html.j2",
        key=key,
        invited=invited,
        typed=name[:80],
        told=told,
        shortest=SHORTEST,
    )


def _password_form(request: Request, told: Text | None = None) -> Response:
    return parts(request).templates(request, "password.html.j2", told=told, shortest=SHORTEST)


def _with_status(page: Response, error: TayangError) -> Response:
    page.status_code = 503 if isinstance(error, Busy) else 400
    return page
