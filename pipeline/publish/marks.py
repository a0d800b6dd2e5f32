"""The line by which we know our own things on the channel again, and whether a hand has changed them.

`tayang:clip:0123456789abcdef:89abcdef` at the end of a description: what it is, of what, and a print of
the words as we wrote them. Nothing else on the channel is ours, and nothing else is touched. Pure.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.publish.words import legal_description

_MARK = re.compile(r"(?:^|\n)(tayang:[a-z]+:[0-9a-f]{16})(?::([0-9a-f]{8}))?\s*\Z")
_ROOM = ":" + "0" * 8


class Marked(NamedTuple):
    """A description apart: the words, and what the line at its end says. `print` may be missing."""

    body: str
    marker: str | None
    print: str | None


def marked(title: str, description: str, marker: str, tags: Sequence[str] = ()) -> str:
    """A legal description that ends with the marker's line and the print of these words."""
    whole = legal_description(description, marker + _ROOM)
    body = whole.removesuffix(marker + _ROOM).rstrip("\n")
    return f"{whole.removesuffix(_ROOM)}:{print_of(title, body, tags)}"


def read_mark(description: str) -> Marked:
    """The other way round, of whatever stands in a description on the channel."""
    found = _MARK.search(description)
    if found is None:
        return Marked(description, None, None)
    return Marked(description[: found.start()].rstrip("\n"), found[1], found[2])


def print_of(title: str, body: str, tags: Sequence[str] = ()) -> str:
    """Of the words alone: neither spacing nor the order of tags counts, which YouTube may change."""
    words = [" ".join(title.split()), " ".join(body.split())]
    text = "\0".join([*words, *sorted(tag.casefold() for tag in tags)])
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def by_hand(title: str, description: str, tags: Sequence[str] = ()) -> bool:
    """Whether somebody else than us has changed the words: the print isn't theirs any more.

    A line without a print is an old one of ours.
    """
    body, marker, printed = read_mark(description)
    return marker is None or (printed is not None and printed != print_of(title, body, tags))
