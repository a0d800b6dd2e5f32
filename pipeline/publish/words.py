"""What YouTube accepts as title, description and tags, and the lines by which we know what is ours; pure.

Any text comes in, legal text goes out: title up to 100 characters, description up to 5000 bytes,
tags up to 500 characters, no `<` or `>` anywhere, nothing cut inside an emoji
(https://developers.google.com/youtube/v3/docs/videos). It must not know the network.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterable
from typing import NamedTuple

import regex

TITLE_CHARS = 100
PLAYLIST_TITLE_CHARS = 150
DESCRIPTION_BYTES = 5000
TAGS_CHARS = 500
HASHTAGS = 15
"""With too many YouTube ignores them all: above 60 today, above 15 in earlier years
(https://support.google.com/youtube/answer/6390658)."""

MARKER_BYTES = 100
"""What a text leaves free at its end for a marker of ours."""

_SWAPS = str.maketrans(
    {"<": "\u2039", ">": "\u203a", "\t": " "} | dict.fromkeys("\r\v\f\x85\u2028\u2029", "\n")
)
_CONTROLS = regex.compile(r"(?!\n)[\p{Cc}\p{Cs}]")
_HASHTAG = regex.compile(r"(?<!\S)#(?=\w)")


class Words(NamedTuple):
    """What a video, a broadcast or a playlist says about itself."""

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
    return _CONTROLS.sub("", text.replace("\r\n", "\n").translate(_SWAPS))


def one_line(text: str) -> str:
    """Clean, on one line; empty when nothing in it can be seen."""
    line = " ".join(clean(text).split())
    return line if any(sign.isprintable() and sign != " " for sign in line) else ""


def headline(title: str, stand: str | None) -> str:
    """What an item is called where its stand isn't shown beside it: with the stand, but not twice."""
    name = one_line(stand or "")
    line = one_line(title)
    if name.casefold() in line.casefold():
        return line
    return f"{line} · {name}" if line else name


def legal_title(text: str, fallback: str = "Tayang", limit: int = TITLE_CHARS) -> str:
    """One line of 1 to `limit` characters."""
    return cut(one_line(text), limit) or fallback


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
        tidy = one_line(tag.replace(",", " ").replace('"', " "))
        cost = characters(tidy) + 1 + (2 if " " in tidy else 0)
        if tidy and tidy.casefold() not in kept and cost <= room:
            kept[tidy.casefold()] = tidy
            room -= cost
    return tuple(kept.values())


def legal_hashtags(words: Iterable[str]) -> tuple[str, ...]:
    """`#words` without spaces and signs: at most 15, in at most 500 bytes."""
    joined = (regex.sub(r"[^\w]", "", clean(word)) for word in words)
    tags = [f"#{word}" for word in joined if word][:HASHTAGS]
    while octets(" ".join(tags)) > TAGS_CHARS:
        tags.pop()
    return tuple(tags)


def fewer_hashtags(text: str, most: int) -> str:
    """The text with its first `most` hashtags; the others become plain words."""
    count = itertools.count()
    return _HASHTAG.sub(lambda sign: "#" if next(count) < most else "", text)


def hashtags_in(text: str) -> int:
    """How many hashtags a text has."""
    return len(_HASHTAG.findall(text))


def whole_lines(lines: Iterable[str], room: int) -> list[str]:
    """The first lines that fit into `room` bytes, a newline after each counted."""
    kept = []
    for line in lines:
        room -= octets(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def clip_marker(sha256: str) -> str:
    """The line that lets us recognise our upload of this content again."""
    return f"tayang:clip:{sha256[:16]}"


def broadcast_marker(event: str, session: str) -> str:
    """The line that lets us recognise our broadcast of a session again."""
    return f"tayang:siaran:{_digest(f'{event}/{session}')}"


def playlist_marker(event: str) -> str:
    """The line that lets us recognise our playlist of an event again."""
    return f"tayang:daftar:{_digest(event)}"


def watch_link(video: str, address: str | None = None) -> str:
    """Where to watch a video or a broadcast; `address` is the emulator's."""
    return f"{address}/watch?v={video}" if address else f"https://youtu.be/{video}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
