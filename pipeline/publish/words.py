"""Titles, descriptions and tags that YouTube accepts whatever the workbook says; pure.

Stands, items and the event come in; legal words go out: title up to 100 characters, description
up to 5000 bytes, tags up to 500 characters, no `<` or `>` anywhere, nothing cut inside an emoji
(https://developers.google.com/youtube/v3/docs/videos). It must not know the network.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

import regex
from babel.dates import format_date

from pipeline.errors import Text
from pipeline.rundown import Session, Stand, plan, rupiah, whatsapp_link
from pipeline.settings import Event

TITLE_CHARS = 100
DESCRIPTION_BYTES = 5000
TAGS_CHARS = 500
HASHTAGS = 15
"""More than this and YouTube ignores them all (https://support.google.com/youtube/answer/6390658)."""

ABOUT_BYTES = 1500
"""How much of the description a stand's own words may take, so that its products still fit."""


_SWAPS = str.maketrans({"<": "\u2039", ">": "\u203a", "\t": " "})


class Words(NamedTuple):
    """What a video or a broadcast says about itself."""

    title: str
    description: str
    tags: tuple[str, ...] = ()


def characters(text: str) -> int:
    """Length as JavaScript counts it, where an emoji is 2: never less than YouTube counts."""
    return len(text.encode("utf-16-le")) // 2


def octets(text: str) -> int:
    """Length in bytes of UTF-8."""
    return len(text.encode())


def cut(text: str, limit: int, size: Callable[[str], int] = characters) -> str:
    """`text`, or its beginning and `…`, within `limit`; never cut inside a grapheme."""
    if size(text) <= limit:
        return text
    room = limit - size("…")
    kept = []
    for grapheme in regex.findall(r"\X", text):
        room -= size(grapheme)
        if room < 0:
            break
        kept.append(grapheme)
    return "".join(kept).rstrip() + "…"


def clean(text: str) -> str:
    """Without what YouTube refuses: angle brackets become guillemets, control characters go."""
    swapped = text.translate(_SWAPS).replace("\r\n", "\n")
    return "".join(
        sign for sign in swapped if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"}
    )


def legal_title(text: str, fallback: str = "Tayang") -> str:
    """One line of 1 to 100 characters."""
    return cut(" ".join(clean(text).split()), TITLE_CHARS) or fallback


def legal_description(text: str, marker: str = "") -> str:
    """At most 5000 bytes, ending with `marker` on a line of its own."""
    tail = f"\n\n{marker}" if marker else ""
    body = clean(text).removesuffix(tail).strip()
    return (cut(body, DESCRIPTION_BYTES - octets(tail), octets) + tail).strip()


def legal_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Each once, as many as fit: commas between tags count, and quotes around one with a space."""
    kept: dict[str, str] = {}
    room = TAGS_CHARS + 1  # the first has no comma before it
    for tag in tags:
        tidy = " ".join(clean(tag).replace(",", " ").replace('"', " ").split())
        cost = characters(tidy) + 1 + (2 if " " in tidy else 0)
        if tidy and tidy.casefold() not in kept and cost <= room:
            kept[tidy.casefold()] = tidy
            room -= cost
    return tuple(kept.values())


def clip_marker(sha256: str) -> str:
    """The line that lets us recognise our upload of this content again."""
    return f"tayang:clip:{sha256[:16]}"


def broadcast_marker(event: str, session: str) -> str:
    """The line that lets us recognise our broadcast of a session again."""
    return f"tayang:siaran:{hashlib.sha256(f'{event}/{session}'.encode()).hexdigest()[:16]}"


def watch_link(video: str, address: str | None = None) -> str:
    """Where to watch a video or a broadcast; `address` is the emulator's."""
    return f"{address}/watch?v={video}" if address else f"https://youtu.be/{video}"


def clip_words(
    event: Event, stand: Stand | None, title: str, at: datetime, tags: Iterable[str] = ()
) -> Words:
    """Words for a clip of something that aired at `at`; `tags` come after the stand's own."""
    local = at.astimezone(event.zone)
    aired = f"{_day(event, local)}, {local:%H.%M} {local.tzname()}"
    lines = [
        title,
        _say(event, Text(f"Tayang {aired}", f"Aired {aired}")) + f" · {_place(event)}",
        *(_about(event, stand) if stand else ()),
    ]
    own = (stand.name, stand.origin, stand.category) if stand else (title,)
    products = tuple(product.name for product in stand.products) if stand else ()
    return Words(
        _title(event, title, stand),
        _fit(lines, _footer(event)),
        legal_tags((*own, event.label, *tags, *products)),
    )


def broadcast_words(event: Event, session: Session, stands: dict[int, Stand]) -> Words:
    """Words for the broadcast of a session: its day and the order of what airs."""
    day = _day(event, session.day)
    lines = [f"{event.name} · {day}", *_venue(event), "", _say(event, Text("Acara:", "Programme:"))]
    for planned in plan(session):
        stand = stands.get(planned.item.stand) if planned.item.stand is not None else None
        name = f" · {stand.name}" if stand and not _names(planned.item.title, stand) else ""
        start = planned.start.astimezone(event.zone)
        lines.append(f"{start:%H.%M} {planned.item.title}{name}")
    return Words(legal_title(f"{event.name} · {day}"), _fit(lines, _footer(event)))


def _say(event: Event, text: Text) -> str:
    return text.en if event.language == "en" else text.id


def _day(event: Event, day: date) -> str:
    return str(format_date(day, "d MMMM y", locale=event.language))


def _place(event: Event) -> str:
    return ", ".join((event.name, *_venue(event)))


def _venue(event: Event) -> list[str]:
    return [part for part in (event.venue, event.city) if part]


def _names(title: str, stand: Stand) -> bool:
    return stand.name.casefold() in title.casefold()


def _title(event: Event, title: str, stand: Stand | None) -> str:
    """With stand and event when both fit, then with the stand, then what fits of that."""
    lead = title if stand is None or _names(title, stand) else f"{title} · {stand.name}"
    full = f"{lead} | {event.label}"
    return legal_title(full if characters(clean(full)) <= TITLE_CHARS else lead, event.label)


def _about(event: Event, stand: Stand) -> list[str]:
    where = " · ".join(part for part in (stand.category, stand.origin) if part)
    lines = ["", f"{stand.name} (stand {stand.number})", where]
    lines.append(cut(clean(stand.description), ABOUT_BYTES, octets))
    if stand.whatsapp:
        hello = _say(
            event,
            Text(
                f"Halo {stand.name}, saya melihat Anda di {event.label}.",
                f"Hello {stand.name}, I saw you at {event.label}.",
            ),
        )
        lines.append(f"WhatsApp: {whatsapp_link(stand.whatsapp, hello)}")
    if stand.shop:
        lines.append(f"{_say(event, Text('Toko', 'Shop'))}: {stand.shop}")
    if stand.instagram:
        lines.append(f"Instagram: https://instagram.com/{stand.instagram.lstrip('@')}")
    if stand.products:
        lines += ["", _say(event, Text("Produk:", "Products:"))]
        lines += [f"• {item.name}: {rupiah(item.price)}" for item in stand.products]
    return lines


def _footer(event: Event) -> list[str]:
    tags = (regex.sub(r"[^\w]", "", tag) for tag in event.hashtags[:HASHTAGS])
    return ["", event.website, " ".join(f"#{tag}" for tag in tags if tag)]


def _fit(lines: Iterable[str], footer: list[str]) -> str:
    """Whole lines from the top as long as the footer and a marker still fit below them."""
    foot = "\n".join(footer)
    room = DESCRIPTION_BYTES - octets(clean(foot)) - 100
    kept = []
    for line in lines:
        room -= octets(clean(line)) + 1
        if room < 0:
            break
        kept.append(line)
    text = "\n".join([*kept, foot])
    return regex.sub(r"\n{3,}", "\n\n", legal_description(text))
