"""What the event wants of YouTube, out of rundown, journals and clips; and the right to publish it.

A studio comes in, wishes go out. Nothing is decided here of what is there already.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from babel.dates import format_date

from pipeline import publish, thumbnail
from pipeline.air import Airing, airings
from pipeline.errors import OutsideError, Text
from pipeline.playout import interrupted, on_air
from pipeline.publish import (
    CAPTIONS,
    Airtime,
    BroadcastWish,
    Moment,
    PlaylistWish,
    Publisher,
    Recap,
    Upload,
    Wanted,
)
from pipeline.rundown import Kind, Session, plan
from pipeline.wiring import Studio


def wanted(studio: Studio) -> Wanted:
    """All that YouTube should hold: sessions still to come, and of what has aired all there is to see."""
    aired = studio.aired_sessions()
    sessions = studio.rundown.sessions
    first = min((plan(session)[0].start for session in sessions), default=None)
    return Wanted(
        tuple(broadcast_wish(studio, session) for session in studio.to_come),
        tuple(wish for session in aired for wish in uploads(studio, session)),
        tuple(_recap(studio, session) for session in sessions if _is_over(studio, session.id)),
        playlist_wish(studio),
        None if first is None else min(first, studio.clock.now()),
    )


def prove(studio: Studio) -> None:
    """Makes all words of the event once; InputFaults: a template of theirs is broken."""
    settings, at = studio.settings, studio.clock.now()
    for session in studio.rundown.sessions:
        publish.broadcast_wish(settings, studio.rundown, session)
    for stand in (*studio.rundown.stands, None):
        publish.clip_wish(settings, stand, path=settings.media, sha256="0" * 64, title="?", at=at)
    publish.playlist_wish(settings)


def _is_over(studio: Studio, session: str) -> bool:
    """Whether it has aired, and neither is on air nor will be again."""
    if session not in studio.aired_sessions() or on_air(studio.settings) == session:
        return False
    return interrupted(studio.settings, studio.clock, session) is None


def broadcast_wish(studio: Studio, session: Session) -> BroadcastWish:
    day = format_date(session.day, "full", locale=studio.settings.event.language)
    picture = thumbnail.of_session(studio.settings, studio.painter, day)
    return publish.broadcast_wish(studio.settings, studio.rundown, session, picture)


def playlist_wish(studio: Studio) -> PlaylistWish | None:
    return publish.playlist_wish(studio.settings)


def wishes_on_air(studio: Studio, session: Session) -> tuple[BroadcastWish, PlaylistWish | None]:
    """What a session's broadcast shall be while it is on air."""
    return broadcast_wish(studio, session), playlist_wish(studio)


def _recap(studio: Studio, session: Session) -> Recap:
    stands = studio.rundown.by_number
    moments = [
        Moment(
            airing.start,
            airing.end,
            airing.title,
            stands[airing.stand].name if airing.stand in stands else airing.stand_name,
        )
        for airing in airings(studio.journal(session.id))
        if airing.item is not None
    ]
    return publish.recap(studio.settings, studio.rundown, session, moments)


def uploads(studio: Studio, session: str) -> Iterator[Upload]:
    """A video for every clip of a session."""
    journal = studio.journal(session)
    aired = {airing.occurrence: airing for airing in airings(journal)}
    from_start = {
        line["occurrence"] for line in journal if line["event"] == "start" and not line["skip"]
    }
    for clip in studio.clips(session):
        airing = aired[clip.occurrence]
        stand = studio.rundown.by_number.get(clip.stand or 0)
        whole = clip.occurrence in from_start and clip.first_frame == airing.first_frame
        yield publish.clip_wish(
            studio.settings,
            stand,
            path=clip.path,
            sha256=clip.sha256,
            title=clip.title,
            at=airing.start,
            picture=thumbnail.of_clip(studio.painter, studio.settings.media, clip, stand),
            captions=_captions(studio, session, airing) if whole else None,
        )


def _captions(studio: Studio, session: str, airing: Airing) -> Path | None:
    """The file beside the item's video that has its name; only for what began with its first picture."""
    found = (one for one in studio.rundown.sessions if one.id == session)
    items = (item for one in found for item in one.items if item.id == airing.item)
    item = next(items, None)
    if item is None or item.media is None or airing.kind != Kind.VIDEO:
        return None
    video = studio.settings.media / item.media
    beside = (video.with_suffix(suffix) for suffix in CAPTIONS)
    return next((path for path in beside if path.is_file()), None)


def publishing(studio: Studio) -> AbstractContextManager[Publisher]:
    """The one right to publish; quota is kept back for the sessions to come."""
    return publish.publishing(studio.settings, studio.clock, lambda: airtimes(studio))


def make_way(studio: Studio) -> None:
    """OutsideError when a session is about to air: its broadcast needs the right to publish."""
    before, now = timedelta(minutes=studio.settings.daemon.air_before), studio.clock.now()
    for session in studio.to_come:
        start = plan(session)[0].start
        if start - before <= now < start:
            raise OutsideError(
                Text(
                    f"dihentikan dulu: sesi {session.id} segera tayang; ulangi sesudahnya",
                    f"put off: session {session.id} is about to air; run again after it",
                )
            )


def airtimes(studio: Studio) -> list[Airtime]:
    """When the sessions to come are on air, preparation included."""
    before = timedelta(minutes=studio.settings.daemon.air_before)
    plans = [plan(session) for session in studio.to_come]
    return [Airtime(planned[0].start - before, planned[-1].end) for planned in plans]
