"""What the screens and public pages show: the board, the rundown and what has aired become plain values.

Nothing goes out that isn't for everybody: no name of the crew, no order, no other stand's account. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pipeline.panel.records import Shown
from pipeline.rundown import Kind, Product, Rundown, Stand, plan, rupiah, whatsapp_link

Values = dict[str, Any]

SCREEN = ("version", "connected", "now", "session", "held", "slated", "behind_s")
ON = ("occurrence", "item", "title", "stand", "stand_name", "kind", "started", "sent_s")
LENGTH = ("length_s", "left_s", "planned_end", "over_s")
COMING = ("item", "title", "stand", "stand_name", "kind", "mode", "start", "expected", "duration_s")
FOLLOWING = 4
"""So many items that follow are told to the stage."""


def for_stage(board: Mapping[str, Any]) -> Values:
    """What presenters see: what is on, what follows, how late the day is."""
    items = board.get("items", [])
    following = sorted(
        (one for one in items if one["state"] in ("next", "coming")),
        key=lambda one: (one["state"] != "next", one["expected"] or one["start"]),
    )
    return {
        **_of(board, SCREEN),
        "on": board.get("on") and _of(board["on"], (*ON, *LENGTH)),
        "next": board.get("next") and _of(board["next"], COMING),
        "coming": [_of(one, COMING) for one in following[:FOLLOWING]],
    }


def for_overlay(board: Mapping[str, Any]) -> Values:
    """What the overlay needs: what is on, and whether its lower third is."""
    cue = board.get("cue") or {}
    return {
        **_of(board, ("version", "connected", "now")),
        "on": board.get("on") and _of(board["on"], ON),
        "cue": cue.get("state", "off"),
    }


def for_stand(
    stand: Stand, board: Mapping[str, Any], shown: Sequence[Shown], rundown: Rundown, now: str
) -> Values:
    """What an exhibitor sees of its own stand; `now` is used while the board knows no time yet."""
    on = board.get("on")
    session = board.get("session")
    return {
        "stand": stand.number,
        "name": stand.name,
        **_of(board, ("connected",)),
        "now": board.get("now", now),
        "on": _of(on, (*ON, *LENGTH)) if on and on["stand"] == stand.number else None,
        "coming": _coming(stand, board, rundown, session and session["id"], now),
        "aired": [_aired(one) for one in shown],
        **_account(stand, board, shown),
    }


def _coming(
    stand: Stand, board: Mapping[str, Any], rundown: Rundown, session: str | None, now: str
) -> list[Values]:
    """When it is on: of the board's session as expected, of later ones as planned."""
    today = [
        _of(one, COMING)
        for one in board.get("items", [])
        if one["stand"] == stand.number and one["state"] in ("next", "coming")
    ]
    later = [
        {
            "item": planned.item.id,
            "title": planned.item.title,
            "stand": stand.number,
            "stand_name": stand.name,
            "kind": planned.item.kind.value,
            "mode": planned.item.start.value,
            "start": planned.start.isoformat(),
            "expected": None,
            "duration_s": planned.item.duration_s,
        }
        for one in rundown.sessions
        if one.id != session and one.id >= (session or now[:10])
        for planned in plan(one)
        if planned.item.stand == stand.number and planned.item.kind is not Kind.SLATE
    ]
    return today + later


def _aired(one: Shown) -> Values:
    return {
        "session": one.session,
        "occurrence": one.occurrence,
        "title": one.title,
        "start": one.start.isoformat(),
        "seconds": round(one.seconds, 1),
        "clip": clip_path(one),
        "url": one.url,
    }


def _account(stand: Stand, board: Mapping[str, Any], shown: Iterable[Shown]) -> Values:
    """The board counts what is on now, too."""
    told = (one for one in board.get("stands", []) if one["stand"] == stand.number)
    over = sum(one.seconds for one in shown)
    aired = next((one["aired_s"] for one in told), round(over, 1))
    return {
        "entitled_s": stand.entitled_s,
        "aired_s": aired,
        "owed_s": max(0.0, round(stand.entitled_s - aired, 1)),
    }


@dataclass(frozen=True, slots=True)
class Offer:
    """A product on the public page. `index` is its place among its stand's; `ask` opens WhatsApp."""

    product: Product
    index: int
    price: str
    ask: str | None


@dataclass(frozen=True, slots=True)
class Stall:
    """A stand on the public page, with addresses that may be opened; `clips` can all be watched."""

    stand: Stand
    offers: tuple[Offer, ...]
    ask: str | None
    instagram: str | None
    clips: tuple[tuple[Shown, str], ...]


def stalls(rundown: Rundown, shown: Iterable[Shown], event: str) -> tuple[Stall, ...]:
    """Every stand by number; the seller gets a message that says where the buyer comes from."""
    clips: dict[int, list[tuple[Shown, str]]] = {}
    for one in shown:
        address = one.url or clip_path(one)
        if address:
            clips.setdefault(one.stand, []).append((one, address))
    return tuple(
        Stall(
            stand,
            tuple(_offer(stand, n, product, event) for n, product in enumerate(stand.products)),
            _chat(stand, f"Halo {stand.name}, saya melihat stand Anda di {event}."),
            _instagram(stand),
            tuple(clips.get(stand.number, ())),
        )
        for stand in sorted(rundown.stands, key=lambda stand: stand.number)
    )


def _offer(stand: Stand, index: int, product: Product, event: str) -> Offer:
    price = rupiah(product.price)
    named = f"{product.name} ({price})" if product.price else product.name
    text = f"Halo {stand.name}, saya tertarik dengan {named} yang saya lihat di {event}."
    return Offer(product, index, price, _chat(stand, f"{text} Apakah masih ada?"))


def _chat(stand: Stand, text: str) -> str | None:
    return whatsapp_link(stand.whatsapp, text) if stand.whatsapp else None


def _instagram(stand: Stand) -> str | None:
    name = (stand.instagram or "").lstrip("@")
    return f"https://www.instagram.com/{quote(name, safe='')}/" if name else None


def clip_path(one: Shown) -> str | None:
    """Where this panel gives an airing's clip to everybody: it was live before everybody's eyes."""
    return f"/etalase/clip/{one.session}/{one.occurrence}.mp4" if one.clip else None


def _of(values: Mapping[str, Any], names: Sequence[str]) -> Values:
    """Only these of the values."""
    return {name: values.get(name) for name in names}
