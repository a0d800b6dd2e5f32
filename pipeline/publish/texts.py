"""Titles, descriptions and tags of clips, broadcasts and the event's playlist, out of templates.

Stands, sessions and the event come in; legal words go out, whatever the templates and the workbook
say: of a description that is too long whole lines are left out from the end, never its footer,
and room for our marker stays free. It must not know the network.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import regex

from pipeline.publish.chapters import Chapter, fitted
from pipeline.publish.drafts import Draft, templates_of
from pipeline.publish.seen import seen_event, seen_programme, seen_stand, seen_time
from pipeline.publish.words import (
    DESCRIPTION_BYTES,
    HASHTAGS,
    MARKER_BYTES,
    PLAYLIST_TITLE_CHARS,
    TITLE_CHARS,
    Words,
    characters,
    clean,
    cut,
    fewer_hashtags,
    hashtags_in,
    headline,
    legal_tags,
    legal_title,
    octets,
    one_line,
    whole_lines,
)
from pipeline.rundown import Session, Stand, plan
from pipeline.settings import Event

ABOUT_BYTES = 1500
"""How much a stand's own words may take, so that its products fit; and what stands above chapters."""

FOOTER_BYTES = 1500


def clip_words(
    event: Event,
    stand: Stand | None,
    title: str,
    at: datetime,
    tags: Iterable[str] = (),
    templates: Path | None = None,
) -> Words:
    """Words for a clip of something that aired at `at`; `tags` come after the stand's own.

    `templates` is the folder of an installation's own; InputFaults when one of them is broken.
    """
    if stand is not None:
        about = cut(clean(stand.description), ABOUT_BYTES, octets)
        stand = stand.model_copy(update={"description": about})
    draft = _draft(
        "clip",
        event,
        templates,
        stand=seen_stand(stand, event.language) if stand else None,
        title=one_line(title),
        headline=headline(title, stand.name if stand else None),
        aired=seen_time(at, event),
        tags=[one_line(tag) for tag in tags],
    )
    return _words(draft, _body(draft), event)


def broadcast_words(
    event: Event,
    session: Session,
    stands: dict[int, Stand],
    chapters: Sequence[Chapter] = (),
    templates: Path | None = None,
) -> Words:
    """Words for the broadcast of a session: its day and the order of what airs.

    After the show `chapters` take the place of the plan: if they don't fit, their titles are
    shortened, then the shortest chapters left out; what is above them gives way before that.
    """
    programme = seen_programme(session, stands, event)
    names = dict.fromkeys(item.stand for item in programme if item.stand)

    def draft(shown: Sequence[Chapter]) -> Draft:
        return _draft(
            "broadcast",
            event,
            templates,
            start=seen_time(plan(session)[0].start, event),
            programme=programme,
            stands=tuple(names),
            chapters=[clean(chapter.line) for chapter in shown],
        )

    first = draft(chapters)
    if not chapters:
        return _words(first, _body(first), event)
    head = _whole(first.description, ABOUT_BYTES)
    room = _room(first) - octets(head) - 2
    return _words(first, f"{head}\n\n{_chaptered(draft, chapters, room)}", event)


def playlist_words(event: Event, templates: Path | None = None) -> Words:
    """Words for the event's playlist; its title may have 150 characters."""
    draft = _draft("playlist", event, templates)
    return _words(draft, _body(draft), event, PLAYLIST_TITLE_CHARS)


def _draft(thing: str, event: Event, templates: Path | None, **values: Any) -> Draft:
    """What the template made, clean, with at most one empty line in a row."""
    made = templates_of(templates).draft(thing, event.language, event=seen_event(event), **values)
    tidy = (regex.sub(r" +$", "", clean(part), flags=regex.MULTILINE) for part in made)
    return Draft(*(regex.sub(r"\n{3,}", "\n\n", part) for part in tidy))


def _words(draft: Draft, body: str, event: Event, limit: int = TITLE_CHARS) -> Words:
    """The first title that fits, body and footer with as many hashtags as YouTube follows, the tags."""
    titles = [line for text in draft.title.split("\n") if (line := one_line(text))]
    titles = titles or [one_line(event.label)]
    best = next((title for title in titles if characters(title) <= limit), titles[-1])
    footer = _footer(draft)
    left = HASHTAGS - hashtags_in(footer)
    title = fewer_hashtags(legal_title(best, limit=limit), left)
    body = fewer_hashtags(body.strip(), left - hashtags_in(title))
    return Words(title, f"{body}\n\n{footer}".strip(), legal_tags(draft.tags.split("\n")))


def _body(draft: Draft) -> str:
    """Description and programme as far as they fit, in whole lines."""
    return _whole(f"{draft.description}\n\n{draft.programme}".strip(), _room(draft))


def _whole(text: str, room: int) -> str:
    """Its first whole lines; if not even the first one fits, the beginning of that."""
    lines = text.split("\n")
    return "\n".join(whole_lines(lines, room) or [cut(lines[0], room, octets)])


def _chaptered(
    draft: Callable[[Sequence[Chapter]], Draft], chapters: Sequence[Chapter], room: int
) -> str:
    """The programme with chapters in at most `room` bytes; empty when they can't be made to fit."""
    programme = draft(chapters).programme
    over = octets(programme) - room
    if over > 0:
        lines = sum(octets(clean(chapter.line)) + 1 for chapter in chapters)
        programme = draft(fitted(chapters, lines - over)).programme
    return programme if octets(programme) <= room else ""


def _footer(draft: Draft) -> str:
    """Its lines, the last of them the most important, in at most `FOOTER_BYTES`."""
    lines = fewer_hashtags(draft.footer, HASHTAGS).split("\n")
    return "\n".join(whole_lines(lines[::-1], FOOTER_BYTES)[::-1])


def _room(draft: Draft) -> int:
    """Bytes left for what stands above the footer, with an empty line between."""
    return DESCRIPTION_BYTES - MARKER_BYTES - octets(_footer(draft)) - 2
