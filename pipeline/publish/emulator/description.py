"""A description as YouTube shows it: links, hashtags and times that lead into the video; pure.

Source of the rule for chapters: https://support.google.com/youtube/answer/9884579.
"""

import re
from itertools import pairwise

from markupsafe import Markup, escape

from pipeline.publish.emulator.store import Json

_TOKEN = re.compile(r"(?P<url>https?://[^\s<>\"']+)|(?P<tag>(?<!\w)#\w+)")
_STAMP = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?!\d)")
_LEAD = re.compile(r"^[\s:\-\u2013\u2014\u00b7]+")
_START = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")

FEWEST = 3
SHORTEST = 10


def start_of(text: str) -> int:
    """Seconds of a link's `t`: `90`, `90s`, `1m30s`; 0 for anything else."""
    found = _START.fullmatch(text)
    hours, minutes, seconds = (int(each or 0) for each in found.groups()) if found else (0, 0, 0)
    return (hours * 60 + minutes) * 60 + seconds


def clock(seconds: int) -> str:
    """`1:02:03`, or `2:03` below an hour."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def linked(text: str, video: str) -> Markup:
    """The text, escaped; a time at the beginning of a line leads to that moment of the video."""
    return Markup("\n").join(_line(line, video) for line in text.splitlines())


def _line(line: str, video: str) -> Markup:
    found = _STAMP.match(line) if video else None
    if found is None:
        return _tokens(line)
    seconds = _seconds(found)
    link = Markup('<a href="{}" data-t="{}">{}</a>').format(
        _link(video, seconds), seconds, found[0]
    )
    return link + _tokens(line[found.end() :])


def _tokens(text: str) -> Markup:
    pieces, at = [], 0
    for found in _TOKEN.finditer(text):
        pieces.append(escape(text[at : found.start()]))
        at = found.end()
        if found["tag"]:
            pieces.append(Markup('<span class="tag">{}</span>').format(found[0]))
            continue
        url = found[0].rstrip(".,;:!?)")
        at -= len(found[0]) - len(url)
        pieces.append(Markup('<a href="{0}" rel="noopener">{0}</a>').format(url))
    return Markup("").join([*pieces, escape(text[at:])])


def chapters(text: str, video: str) -> list[Json]:
    """The chapters that YouTube makes of a description; none when they break its rule."""
    stamped = [(found, line) for line in text.splitlines() if (found := _STAMP.match(line))]
    starts = [_seconds(found) for found, _ in stamped]
    gaps = [later - sooner for sooner, later in pairwise(starts)]
    if len(starts) < FEWEST or starts[0] != 0 or min(gaps) < SHORTEST:
        return []
    return [
        {
            "seconds": start,
            "clock": found[0],
            "name": _LEAD.sub("", line[found.end() :]).strip(),
            "link": _link(video, start),
        }
        for start, (found, line) in zip(starts, stamped, strict=True)
    ]


def _seconds(found: re.Match[str]) -> int:
    hours, minutes, seconds = (int(each or 0) for each in found.groups())
    return (hours * 60 + minutes) * 60 + seconds


def _link(video: str, seconds: int) -> str:
    return f"/watch?v={video}&t={seconds}s"
