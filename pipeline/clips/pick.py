"""Which airings become clips, which stretch of them, and what their files are called. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from pipeline.air import Airing, Recording, within

LEAST_SECONDS = 3
"""A stretch of an airing that is shorter is not worth showing to anyone."""


def worth_a_clip(airings: Sequence[Airing]) -> tuple[Airing, ...]:
    """Every item that aired; not the slate nor fillers, which nobody wants to see again."""
    return tuple(a for a in airings if a.item is not None and a.kind != "slate" and a.frames)


def stretch_of(airing: Airing, recorded: Iterable[Recording], fps: int) -> Recording | None:
    """What of an airing its clip shows: all of it, or its longest stretch in one part of the log.

    None when not even `LEAST_SECONDS` of an airing that is not all there stand in one part.
    """
    stretches = within(recorded, airing.first_frame, airing.frames)
    longest = max(stretches, key=lambda stretch: stretch.frames, default=None)
    if longest is None or longest.frames < min(airing.frames, LEAST_SECONDS * fps):
        return None
    return longest


def file_name(airing: Airing) -> str:
    """`07-batik-canting-pitu.mp4`: the airing's number in the session and whom it shows."""
    whom = airing.stand_name or airing.title
    plain = unicodedata.normalize("NFKD", whom).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-")
    return f"{airing.occurrence:03}-{slug or 'klip'}.mp4"
