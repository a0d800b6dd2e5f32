"""Administration: people, devices, the links of screens and stands, and the audit list.

Forms come in, pages go out; tokens and invitations are shown in the one answer that makes them.
"""

from typing import Annotated
from urllib.parse import urlencode, urlsplit

import segno
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from pipeline.errors import Text, UsageError
from pipeline.panel.access import needs
from pipeline.panel.links import SCREENS
from pipeline.panel.parts import parts
from pipeline.panel.rights import GIVEN, ROLES, Person, Right
from pipeline.panel.words import DONE, OUTCOMES, audit_csv

router = APIRouter(include_in_schema=False, prefix="/admin")

Admin = Annotated[Person, Depends(needs(Right.administer))]
Field = Annotated[str, Form()]

PAGE = 50
"""Entries of the audit list on one page."""


@router.get("")
def people_page(request: Request, admin: Admin) -> Response:
    """Everybody who may sign in."""
    return _people(request)


@router.post("/people/add")
def add_person(request: Request, admin: Admin, name: Field = "", role: Field = "") -> Response:
    """A new person; shows the link with which they choose a password."""
    accounts = parts(request).accounts
    try:
        token = accounts.people.add(name, role)
    except UsageError as error:
        return _refused(_people(request, error.what, typed=name))
    accounts.trail.note(admin, "person.add", name=name, role=role)
    return _people(request, invited=name, link=_link(request, "/setup", token))


@router.post("/people/role")
def set_role(request: Request, admin: Admin, name: Field = "", role: Field = "") -> Response:
    """Another role for a person."""
    accounts = parts(request).accounts
    try:
        accounts.people.set_role(name, role)
    except UsageError as error:
        return _refused(_people(request, error.what))
    accounts.trail.note(admin, "person.role", name=name, role=role)
    return _people(request, Text(f"Peran {name} diubah.", f"The role of {name} was changed."), True)


@router.post("/people/reset")
def reset_person(request: Request, admin: Admin, name: Field = "") -> Response:
    """Ends a person's sessions; shows the link with which they choose a new password."""
    accounts = parts(request).accounts
    try:
        token = accounts.people.reset(name)
    except UsageError as error:
        return _refused(_people(request, error.what))
    accounts.trail.note(admin, "person.reset", name=name)
    return _people(request, invited=name, link=_link(request, "/setup", token))


@router.post("/people/remove")
def remove_person(request: Request, admin: Admin, name: Field = "") -> Response:
    """That person is none of us any more."""
    accounts = parts(request).accounts
    try:
        accounts.people.remove(name)
    except UsageError as error:
        return _refused(_people(request, error.what))
    accounts.trail.note(admin, "person.remove", name=name)
    return _people(request, Text(f"{name} dihapus.", f"{name} was removed."), True)


@router.get("/people/{order}")
def back_to_people(order: str, admin: Admin) -> Response:
    """The answer to an order has the order's address: a link on it that repeats it leads here."""
    return RedirectResponse("/admin", 303)


@router.get("/devices")
def devices_page(request: Request, admin: Admin) -> Response:
    """Every device that has, or had, a token."""
    return _devices(request)


@router.post("/devices/add")
def add_device(request: Request, admin: Admin, name: Field = "", role: Field = "") -> Response:
    """A new device; shows its token, once."""
    accounts = parts(request).accounts
    try:
        token = accounts.devices.add(name, role, admin.name)
    except UsageError as error:
        return _refused(_devices(request, error.what, typed=name))
    accounts.trail.note(admin, "device.add", name=name, role=role)
    return _devices(request, added=name, token=token)


@router.post("/devices/revoke")
def revoke_device(request: Request, admin: Admin, number: Field = "") -> Response:
    """Its token is good for nothing from now on."""
    accounts = parts(request).accounts
    try:
        name = accounts.devices.revoke(_number(number) or 0)
    except UsageError as error:
        return _refused(_devices(request, error.what))
    accounts.trail.note(admin, "device.revoke", name=name)
    return _devices(request, Text(f"Token {name} dicabut.", f"{name}'s token was revoked."), True)


@router.get("/devices/{order}")
def back_to_devices(order: str, admin: Admin) -> Response:
    """As for people."""
    return RedirectResponse("/admin/devices", 303)


@router.get("/links")
def links_page(request: Request, admin: Admin) -> Response:
    """The links of screens and stands, to be copied or scanned."""
    own = parts(request)
    screens = [
        (label, _link(request, f"/{name}", own.keys.for_screen(name)))
        for name, label in SCREENS.items()
    ]
    stands = [
        (number, name, _link(request, f"/stand/{number}", own.keys.for_stand(number)))
        for number, name in own.stands()
    ]
    only_here = urlsplit(_address(request)).hostname in ("localhost", "127.0.0.1", "::1")
    return own.templates(
        request, "links.html.j2", screens=screens, stands=stands, only_here=only_here, qr=_qr
    )


@router.get("/audit")
def audit_page(
    request: Request, admin: Admin, who: str = "", what: str = "", before: str = ""
) -> Response:
    """Who did what, the newest first, one page of it."""
    own = parts(request)
    found = own.accounts.trail.entries(who, what, _number(before), PAGE + 1)
    entries = found[:PAGE]
    everybody, everything = own.accounts.trail.choices()
    older = {"who": who, "what": what, "before": entries[-1].number} if len(found) > PAGE else {}
    return own.templates(
        request,
        "audit.html.j2",
        entries=entries,
        everybody=everybody,
        everything=everything,
        who=who,
        what=what,
        newest=not before,
        older=urlencode(older),
        chosen=urlencode({"who": who, "what": what}),
        zone=own.settings.event.zone,
        done=DONE,
        outcomes=OUTCOMES,
        roles=ROLES,
    )


@router.get("/audit.csv")
def audit_file(request: Request, admin: Admin, who: str = "", what: str = "") -> Response:
    """The same as a file, all of it."""
    own = parts(request)
    text = audit_csv(own.accounts.trail.entries(who, what), own.settings.event.zone)
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return Response(text.encode("utf-8-sig"), media_type="text/csv", headers=headers)


def _people(
    request: Request,
    told: Text | None = None,
    good: bool = False,
    typed: str = "",
    invited: str = "",
    link: str = "",
) -> Response:
    own = parts(request)
    return own.templates(
        request,
        "people.html.j2",
        people=own.accounts.people.all(),
        roles=ROLES,
        given=GIVEN,
        told=told,
        good=good,
        typed=typed,
        invited=invited,
        link=link,
    )


def _devices(
    request: Request,
    told: Text | None = None,
    good: bool = False,
    typed: str = "",
    added: str = "",
    token: str = "",
) -> Response:
    own = parts(request)
    return own.templates(
        request,
        "devices.html.j2",
        devices=own.accounts.devices.all(),
        roles=ROLES,
        given=GIVEN,
        zone=own.settings.event.zone,
        address=_address(request),
        told=told,
        good=good,
        typed=typed,
        added=added,
        token=token,
    )


def _refused(page: Response) -> Response:
    page.status_code = 400
    return page


def _address(request: Request) -> str:
    """Where others find this panel: as the settings say, else where the admin has found it."""
    return parts(request).settings.panel.address or str(request.base_url).rstrip("/")


def _link(request: Request, path: str, key: str) -> str:
    return f"{_address(request)}{path}?{urlencode({'key': key})}"


def _qr(link: str) -> str:
    """The code of a link as SVG, without styles of its own."""
    return segno.make_qr(link).svg_inline(omitsize=True, svgclass="qr", lineclass=None)


def _number(text: str) -> int | None:
    return int(text[:18]) if text.isascii() and text.isdecimal() else None
