"""Which airings become clips, and what their files are called. Pure."""

import re
import unicodedata
from collections.abc import Sequence

from pipeline.air import Airing


def worth_a_clip(airings: Sequence[Airing]) -> tuple[Airing, ...]:
    """Everything that aired but the slate, which nobody wants to see again."""
    return tuple(airing for airing in airings if airing.kind != "slate" and airing.frames)


def file_name(airing: Airing) -> str:
    """`07-batik-canting-pitu.mp4`: the airing's number in the session and whom it shows."""
    whom = airing.stand_name or airing.title
    plain = unicodedata.normalize("NFKD", whom).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:48].strip("-")
    return f"{airing.occurrence:03}-{slug or 'klip'}.mp4"
