"""What the templates of texts may see: plain values with clean texts; pure.

Event, stands and sessions come in, small frozen values go out; `docs/texts.md` lists them for
people. It must not know templates, nor how long a text may be.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date

from pipeline.errors import Text
from pipeline.publish.words import clean, headline, legal_hashtags, one_line
from pipeline.rundown import Product, Session, Stand, plan, rupiah
from pipeline.settings import Event

_ASK = Text("Tanya harga", "Ask for the price")
_FREE = Text("Gratis", "Free")


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """`label` is the short name, `place` venue and city; hashtags have their `#`."""

    name: str
    label: str
    venue: str
    city: str
    place: str
    website: str
    hashtags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenProduct:
    """`price` is how people read it; `rupiah` the number, or None when one has to ask."""

    name: str
    price: str
    rupiah: int | None
    note: str


@dataclass(frozen=True, slots=True)
class SeenStand:
    """`whatsapp` is what the filter `whatsapp_link` takes, `phone` the same for people to read."""

    number: int
    name: str
    category: str
    origin: str
    about: str
    whatsapp: str
    phone: str
    shop: str
    instagram: str
    instagram_link: str
    products: tuple[SeenProduct, ...]


@dataclass(frozen=True, slots=True)
class SeenTime:
    """A moment in the event's zone: `Rabu, 24 November 2021`, `24 November 2021`, `10.15`, `WIB`."""

    day: str
    date: str
    time: str
    zone: str


@dataclass(frozen=True, slots=True)
class SeenItem:
    """A planned item; `headline` is its title with the stand's name, unless that is in it."""

    time: str
    title: str
    headline: str
    stand: str


def seen_event(event: Event) -> SeenEvent:
    """The event; what it lacks is empty."""
    venue, city = one_line(event.venue), one_line(event.city)
    return SeenEvent(
        one_line(event.name),
        one_line(event.label),
        venue,
        city,
        ", ".join(part for part in (venue, city) if part),
        one_line(event.website),
        legal_hashtags(event.hashtags),
    )


def seen_stand(stand: Stand, language: str) -> SeenStand:
    """A stand with its products; what it lacks is empty."""
    instagram = one_line(stand.instagram or "").lstrip("@")
    return SeenStand(
        stand.number,
        one_line(stand.name),
        one_line(stand.category),
        one_line(stand.origin),
        clean(stand.description).strip(),
        stand.whatsapp or "",
        _phone(stand.whatsapp or ""),
        one_line(stand.shop or ""),
        f"@{instagram}" if instagram else "",
        f"https://instagram.com/{instagram}" if instagram else "",
        tuple(_product(product, language) for product in stand.products),
    )


def seen_time(moment: datetime, event: Event) -> SeenTime:
    """A moment as the event's people say it.

    Hours and minutes have a point between them in both languages, as Indonesian wants it: YouTube
    makes a link into the video of whatever looks like 10:15.
    """
    local = moment.astimezone(event.zone)
    return SeenTime(
        _date(local, "EEEE, d MMMM y", event),
        _date(local, "d MMMM y", event),
        f"{local:%H.%M}",
        local.tzname() or "",
    )


def seen_programme(
    session: Session, stands: dict[int, Stand], event: Event
) -> tuple[SeenItem, ...]:
    """The items of a session in the order in which they are planned."""
    items = []
    for planned in plan(session):
        stand = stands.get(planned.item.stand) if planned.item.stand is not None else None
        name = one_line(stand.name) if stand else ""
        title = planned.item.title
        time = seen_time(planned.start, event).time
        items.append(SeenItem(time, one_line(title), headline(title, name), name))
    return tuple(items)


def _product(product: Product, language: str) -> SeenProduct:
    price = rupiah(product.price)
    if not product.price:
        said = _ASK if product.price is None else _FREE
        price = said.en if language == "en" else said.id
    return SeenProduct(one_line(product.name), price, product.price, one_line(product.note or ""))


def _phone(number: str) -> str:
    """`0812-3456-7890` for an Indonesian number in E.164, others as they are."""
    local = re.fullmatch(r"\+62(\d{3})(\d{4})(\d+)", number)
    return f"0{local[1]}-{local[2]}-{local[3]}" if local else number


def _date(day: date, pattern: str, event: Event) -> str:
    return str(format_date(day, pattern, locale=event.language))
