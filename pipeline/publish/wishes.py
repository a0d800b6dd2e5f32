"""What an event wants of YouTube: a broadcast for each session, a video for each clip.

Settings, rundown and clips come in, plain values with legal words go out. It must not know what is
already there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.publish.words import broadcast_marker, broadcast_words, clip_words
from pipeline.rundown import Rundown, Session, Stand, plan
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class BroadcastWish:
    """A session's broadcast. `marker` is the line of the description by which it is known again."""

    session: str
    title: str
    description: str
    start: datetime
    end: datetime
    privacy: str
    marker: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A clip's video. `sha256` (hex) is its content's.

    `thumbnail` draws its picture; called only when that is to be set.
    """

    path: Path
    sha256: str
    title: str
    description: str
    tags: tuple[str, ...] = ()
    category: str = "22"
    privacy: str = "unlisted"
    thumbnail: Callable[[], bytes] | None = None
    language: str = "id"
    chunk_mib: int = 8


def broadcast_wish(settings: Settings, rundown: Rundown, session: Session) -> BroadcastWish:
    """The wish for one session of the rundown."""
    planned = plan(session)
    words = broadcast_words(settings.event, session, rundown.by_number)
    return BroadcastWish(
        session.id,
        words.title,
        words.description,
        planned[0].start,
        planned[-1].end,
        settings.youtube.privacy,
        broadcast_marker(settings.event.name, session.id),
    )


def clip_wish(
    settings: Settings,
    stand: Stand | None,
    *,
    path: Path,
    sha256: str,
    title: str,
    at: datetime,
    thumbnail: Callable[[], bytes] | None = None,
) -> Upload:
    """The wish for one clip of what aired at `at`."""
    youtube = settings.youtube
    words = clip_words(settings.event, stand, title, at, youtube.tags)
    return Upload(
        path,
        sha256,
        words.title,
        words.description,
        words.tags,
        youtube.category,
        youtube.privacy,
        thumbnail,
        settings.event.language,
        youtube.chunk_mib,
    )
