"""What an event wants of YouTube: broadcasts, videos, a playlist; plain values with legal words.

Settings, rundown and clips come in. It must not know what is already there.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.publish.chapters import Moment, chapters
from pipeline.publish.marks import marked
from pipeline.publish.texts import broadcast_words, clip_words, playlist_words
from pipeline.publish.words import Words, broadcast_marker, clip_marker, playlist_marker
from pipeline.rundown import Rundown, Session, Stand, plan
from pipeline.settings import Settings


class Picture(NamedTuple):
    """A thumbnail: drawn only when it is to be set. `key` changes when the picture would."""

    key: str
    draw: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class BroadcastWish:
    """A session's broadcast. `marker` begins the line by which it is known again."""

    session: str
    title: str
    description: str
    start: datetime
    end: datetime
    privacy: str
    marker: str
    dvr: bool = True
    latency: str = "normal"
    picture: Picture | None = None

    @property
    def marked(self) -> str:
        return marked(self.title, self.description, self.marker)


@dataclass(frozen=True, slots=True)
class Recap:
    """The words of a broadcast that is over, given when its video began and ended."""

    session: str
    marker: str
    words: Callable[[datetime, datetime], Words]


@dataclass(frozen=True, slots=True)
class Upload:
    """A clip's video. `sha256` (hex) is its content's; `stand` whom it shows, None for nobody.

    `captions` is a WebVTT or SubRip file of what is said in it.
    """

    path: Path
    sha256: str
    title: str
    description: str
    tags: tuple[str, ...] = ()
    category: str = "22"
    privacy: str = "unlisted"
    picture: Picture | None = None
    language: str = "id"
    chunk_mib: int = 8
    stand: int | None = None
    captions: Path | None = None

    @property
    def marker(self) -> str:
        return clip_marker(self.sha256)

    @property
    def marked(self) -> str:
        return marked(self.title, self.description, self.marker, self.tags)


@dataclass(frozen=True, slots=True)
class PlaylistWish:
    """The event's playlist: its broadcasts, then its clips."""

    title: str
    description: str
    privacy: str
    marker: str

    @property
    def marked(self) -> str:
        return marked(self.title, self.description, self.marker)


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that an event wants of YouTube now. `since`: nothing of it was published before."""

    broadcasts: tuple[BroadcastWish, ...] = ()
    clips: tuple[Upload, ...] = ()
    recaps: tuple[Recap, ...] = ()
    playlist: PlaylistWish | None = None
    since: datetime | None = field(default=None, compare=False)


def broadcast_wish(
    settings: Settings, rundown: Rundown, session: Session, picture: Picture | None = None
) -> BroadcastWish:
    """The wish for one session of the rundown."""
    planned, youtube = plan(session), settings.youtube
    words = broadcast_words(settings.event, session, rundown.by_number, templates=youtube.templates)
    return BroadcastWish(
        session.id,
        words.title,
        words.description,
        planned[0].start,
        planned[-1].end,
        youtube.privacy,
        broadcast_marker(settings.event.name, session.id),
        youtube.dvr,
        youtube.latency,
        picture,
    )


def recap(settings: Settings, rundown: Rundown, session: Session, aired: Sequence[Moment]) -> Recap:
    """What the description of a session's broadcast shall say once it is over: its chapters."""

    def words(start: datetime, end: datetime) -> Words:
        return broadcast_words(
            settings.event,
            session,
            rundown.by_number,
            chapters=chapters(aired, start, end),
            templates=settings.youtube.templates,
        )

    return Recap(session.id, broadcast_marker(settings.event.name, session.id), words)


def clip_wish(
    settings: Settings,
    stand: Stand | None,
    *,
    path: Path,
    sha256: str,
    title: str,
    at: datetime,
    picture: Picture | None = None,
    captions: Path | None = None,
) -> Upload:
    """The wish for one clip of what aired at `at`."""
    youtube = settings.youtube
    words = clip_words(settings.event, stand, title, at, youtube.tags, youtube.templates)
    return Upload(
        path,
        sha256,
        words.title,
        words.description,
        words.tags,
        youtube.category,
        youtube.privacy,
        picture,
        settings.event.language,
        youtube.chunk_mib,
        None if stand is None else stand.number,
        captions,
    )


def playlist_wish(settings: Settings) -> PlaylistWish | None:
    """The wish for the event's playlist, unless the settings want none."""
    youtube = settings.youtube
    if not youtube.playlist:
        return None
    words = playlist_words(settings.event, youtube.templates)
    marker = playlist_marker(settings.event.name)
    return PlaylistWish(words.title, words.description, youtube.privacy, marker)
