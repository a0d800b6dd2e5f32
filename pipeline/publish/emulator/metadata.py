"""What YouTube demands of titles, descriptions, tags and categories beyond the schema: pure.

Source: https://developers.google.com/youtube/v3/docs/videos#properties.
"""

from collections.abc import Sequence
from typing import Any

from pipeline.publish.emulator.refusal import invalid

TITLE_CHARACTERS = 100
STREAM_TITLE_CHARACTERS = 128
DESCRIPTION_BYTES = 5000
TAGS_CHARACTERS = 500
CATEGORIES = frozenset(str(n) for n in (1, 2, 10, 15, 17, *range(19, 30)) if n != 21)
"""Categories of videoCategories.list that videos may be put in."""


def check_title(title: object, domain: str, limit: int = TITLE_CHARACTERS) -> None:
    """A Refusal unless it is text of 1 to `limit` characters without < and >."""
    text = title if isinstance(title, str) else ""
    if not text.strip() or len(text) > limit or "<" in text or ">" in text:
        raise invalid("invalidTitle", "The title is empty, too long or holds < or >.", domain)


def check_description(description: str, domain: str) -> None:
    """A Refusal above 5000 bytes (not characters) of UTF-8, or with < or >."""
    if len(description.encode()) > DESCRIPTION_BYTES or "<" in description or ">" in description:
        raise invalid("invalidDescription", "The description is too long or holds < or >.", domain)


def check_tags(tags: Sequence[str], domain: str) -> None:
    """A Refusal above 500 characters: commas between tags count, and quotes around spaces."""
    if any(not tag.strip() or "<" in tag or ">" in tag for tag in tags):
        raise invalid("invalidTags", "A tag is empty or holds < or >.", domain)
    if tags_length(tags) > TAGS_CHARACTERS:
        raise invalid("invalidTags", "The tags have more than 500 characters.", domain)


def tags_length(tags: Sequence[str]) -> int:
    """Characters as YouTube counts them."""
    return sum(len(tag) + 2 * (" " in tag) for tag in tags) + max(len(tags) - 1, 0)


def check_category(category: object, domain: str) -> None:
    """A Refusal unless videos may be put in that category."""
    if category not in CATEGORIES:
        raise invalid("invalidCategoryId", f"The category {category!r} is not assignable.", domain)


def check_texts(snippet: dict[str, Any], domain: str) -> None:
    """Title, description and tags of a video, broadcast or playlist."""
    check_title(snippet.get("title"), domain)
    check_description(snippet.get("description", ""), domain)
    check_tags(snippet.get("tags", ()), domain)
