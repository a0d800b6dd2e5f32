"""The few fixed words of the pictures in the event's language, and times as people write them."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.errors import Text

Language = Literal["id", "en"]

NEXT = Text("Berikutnya", "Next")
AT = Text("Pukul", "At")
ASK = Text("Tanya harga", "Ask for the price")
SHOP = Text("Pindai untuk belanja", "Scan to shop")
CHAT = Text("Pindai untuk chat WhatsApp", "Scan to chat on WhatsApp")


def visit(number: int) -> Text:
    """The call to action of a stand without a shop or a number to write to."""
    return Text(f"Kunjungi stand {number}", f"Visit stand {number}")


def message(event: str, product: str) -> Text:
    """The message that a WhatsApp link has ready; short, so that its QR code stays coarse."""
    product = product if len(product) <= 40 else product[:39] + "…"
    return Text(f"Halo, saya lihat {product} di {event}", f"Hello, I saw {product} at {event}")


def said(text: Text, language: Language) -> str:
    return text.en if language == "en" else text.id


def beside(text: Text, language: Language) -> str:
    """The English beside an Indonesian label; nothing beside an English one."""
    return text.en if language == "id" else ""


def both(text: Text, language: Language) -> str:
    """`Berikutnya · Next` in Indonesian, `Next` in English."""
    return str(text) if language == "id" else text.en


def clock_time(moment: datetime, zone: ZoneInfo, language: Language) -> str:
    """`09.45 WIB`, with the point that Indonesian writes; `09:45 WIB` in English."""
    local = moment.astimezone(zone)
    dot = "." if language == "id" else ":"
    return f"{local:%H}{dot}{local:%M} {local.tzname()}"
