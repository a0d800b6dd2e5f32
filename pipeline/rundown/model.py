"""What a rundown is: stands with products, sessions with items; frozen values without a file.

Durations are whole seconds, prices whole rupiah, phone numbers E.164, times aware datetimes in the
event's time zone. Unknown fields are refused, so that a typo is a fault,
never a surprise on air.
"""

from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict, Field


class Kind(StrEnum):
    """What an item shows."""

    VIDEO = "video"
    CATALOGUE = "catalogue"
    LIVE = "live"
    SLATE = "slate"


class StartMode(StrEnum):
    """How an item gets on air."""

    FIXED = "fixed"
    FOLLOW = "follow"
    MANUAL = "manual"


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(Value):
    """One thing that a stand sells. `photo` is a path inside the media folder."""

    name: str = Field(min_length=1)
    price: int | None = Field(default=None, ge=0, description="rupiah; None: ask the stand")
    photo: str | None = None
    note: str | None = None


class Stand(Value):
    """One exhibitor. `entitled_s` is its *hak tayang* over all sessions, in seconds."""

    number: int = Field(ge=1)
    name: str = Field(min_length=1)
    category: str = ""
    origin: str = ""
    whatsapp: str | None = Field(default=None, pattern=r"^\+\d{6,15}$", description="E.164")
    instagram: str | None = None
    shop: str | None = Field(default=None, description="an http or https address")
    entitled_s: int = Field(default=0, ge=0)
    description: str = ""
    products: tuple[Product, ...] = ()


class Item(Value):
    """One line of the rundown.

    `id` is stable for a given place in the workbook (`1-04`: fourth item of the first session).
    `at` is the time as written; only for a fixed start does it decide anything.
    `media` is a path inside the media folder (video), or a camera's name (live).
    """

    id: str
    kind: Kind
    title: str
    at: datetime
    duration_s: int = Field(gt=0)
    start: StartMode
    stand: int | None = None
    media: str | None = None
    note: str | None = None


class Session(Value):
    """One continuous broadcast. `id` is its date (`2021-11-24`)."""

    id: str
    day: date
    items: tuple[Item, ...] = Field(min_length=1)


class Rundown(Value):
    """The whole plan: every stand by number, every session by day."""

    stands: tuple[Stand, ...]
    sessions: tuple[Session, ...]

    @cached_property
    def by_number(self) -> dict[int, Stand]:
        return {stand.number: stand for stand in self.stands}

    def stand_of(self, item: Item) -> Stand | None:
        """The stand that an item is about, if any."""
        return None if item.stand is None else self.by_number[item.stand]
