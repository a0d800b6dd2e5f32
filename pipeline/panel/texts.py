"""The panel's words: Indonesian is what stands in templates and scripts, English comes from a catalogue.

A request says its language by `?lang=`, which a cookie keeps; else it is the event's.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from fastapi import Request, Response

LANGUAGES = ("id", "en")
LANGUAGE, THEME = "bahasa", "tema"
KEPT = 365 * 24 * 3600
_CATALOGUE = Path(__file__).parent / "locale" / "en.po"


@cache
def english() -> dict[str, str]:
    """English by Indonesian, as far as it is translated."""
    with _CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string}


def language_of(request: Request, usual: str) -> str:
    """The language in which this request is answered."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE)
    return asked if asked in LANGUAGES else usual


def theme_of(request: Request) -> str:
    """`dark`, unless this browser chose `light`."""
    asked = request.query_params.get("theme") or request.cookies.get(THEME)
    return "light" if asked == "light" else "dark"


def keep_choice(request: Request, response: Response) -> None:
    """Keeps in this browser what the address chose."""
    for name, cookie in (("lang", LANGUAGE), ("theme", THEME)):
        value = request.query_params.get(name)
        if value in (*LANGUAGES, "dark", "light"):
            response.set_cookie(cookie, value, KEPT, path="/", httponly=True, samesite="lax")


def translator(language: str) -> Callable[[str], str]:
    """What `_` does in templates."""
    if language == "id":
        return str
    words = english()
    return lambda text: words.get(text, text)
