"""Who may do what, as one small table; pure, knows neither HTTP nor a database.

A `Person` is whoever asks: one who signed in, a device with a token, a screen or a stand's link.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pipeline.errors import Text

Kind = Literal["person", "device", "screen", "link"]


class Role(StrEnum):
    """What an admin gives to people and devices; `guest` is nobody's: what links and screens have."""

    crew = "crew"
    organiser = "organiser"
    admin = "admin"
    guest = "guest"


class Right(StrEnum):
    """`edit`: change the day. `account`: the airtime manifest. `administer`: people, devices, audit."""

    see = "see"
    operate = "operate"
    edit = "edit"
    account = "account"
    administer = "administer"


GIVEN = (Role.crew, Role.organiser, Role.admin)
"""The roles that can be given."""

ROLES = {
    Role.crew: Text("Kru", "Crew"),
    Role.organiser: Text("Panitia", "Organiser"),
    Role.admin: Text("Admin", "Admin"),
    Role.guest: Text("Tamu", "Guest"),
}

RIGHTS = {
    Role.crew: frozenset({Right.see, Right.operate, Right.edit}),
    Role.organiser: frozenset({Right.see, Right.edit, Right.account}),
    Role.admin: frozenset(Right),
    Role.guest: frozenset[Right](),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever asks; `csrf` is what forms and scripts of a signed-in person must send along."""

    name: str
    role: Role
    kind: Kind = "person"
    csrf: str = field(default="", repr=False)

    def may(self, right: Right) -> bool:
        """Whether the role has the right; accounts are given by people only, never by a device."""
        if right is Right.administer and self.kind != "person":
            return False
        return right in RIGHTS[self.role]
