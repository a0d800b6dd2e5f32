"""A session that `air` begins: composed, its destinations and broadcast ready, and the time it begins at."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial

from pydantic import ValidationError

from pipeline import publicity
from pipeline.air import Sheet
from pipeline.broadcasting import on_youtube
from pipeline.clock import Clock
from pipeline.commands.common import draw_sample_media
from pipeline.errors import Fault, Text, UsageError
from pipeline.rundown import Session, plan
from pipeline.screen import progress
from pipeline.segments import Segment
from pipeline.settings import Destination, Settings
from pipeline.wiring import Studio

HALF_A_DAY = timedelta(hours=12)


@dataclass
class Fresh:
    """What shall air. `faults` of the broadcast are complete when it has ended."""

    studio: Studio
    session: Session
    segments: dict[str, Segment]
    shown_at: datetime
    destinations: list[Destination]
    faults: list[Fault] = field(default_factory=list)

    def sheet(self, *, stay: bool) -> Sheet:
        return self.studio.sheet(
            self.session, self.segments, destinations=self.destinations, stay=stay
        )


@contextmanager
def fresh(
    settings: Settings,
    clock: Clock,
    day: str | None,
    at: str | None,
    to: Sequence[str],
    *,
    youtube: bool,
) -> Iterator[Fresh]:
    """Composes what is missing; with `youtube` the broadcast lasts as long as this is entered."""
    studio = Studio(settings, clock)
    session = studio.session(day)
    shown_at = begins_at(studio, session, at)
    destinations = [*settings.destinations, *_given(to)]
    draw_sample_media(studio, session)
    with progress(Text("Menyusun segmen", "Composing")) as tell:
        segments = studio.compose(session, on_progress=tell)
    if at is None:
        shown_at = begins_at(studio, session, at)  # composing took its time
    new = Fresh(studio, session, segments, shown_at, destinations)
    with ExitStack() as stack:
        if youtube:
            opening = partial(publicity.publishing, studio)
            wish, playlist = publicity.wishes_on_air(studio, session)
            shown = stack.enter_context(on_youtube(opening, wish, playlist=playlist))
            destinations.append(shown.ingest())
            new.faults = shown.faults
        yield new


def _given(urls: Sequence[str]) -> list[Destination]:
    """The destinations of `--to`."""
    try:
        return [Destination(name=f"to-{n}", url=url) for n, url in enumerate(urls, 1)]
    except ValidationError as error:
        wrong = error.errors()[0]["input"]
        raise UsageError(
            Text(f"--to {wrong}: bukan alamat tujuan", f"--to {wrong}: not a destination"),
            Text("Contoh: --to rtmp://192.168.1.10/live", "Such as --to rtmp://192.168.1.10/live"),
        ) from error


def begins_at(studio: Studio, session: Session, at: str | None) -> datetime:
    """What the rundown's clock shall say at the first frame."""
    zone = studio.settings.event.zone
    planned = plan(session)
    start, end = planned[0].start, planned[-1].end
    if at == "now":
        return start
    if at is None:
        moment = studio.clock.now().astimezone(zone)
        if moment.date() != session.day and not start <= moment < end:
            raise UsageError(
                Text(f"sesi {session.id} bukan hari ini", f"session {session.id} isn't today"),
                Text("Untuk mencoba sekarang: --at now.", "To try it now: --at now."),
            )
    else:
        moment = datetime.combine(session.day, _time(at), zone)
        if start - moment > HALF_A_DAY:  # 00:10 of a session that began at 23:00
            moment += timedelta(days=1)
    if moment >= end:
        raise UsageError(
            Text(
                f"sesi {session.id} selesai pukul {end:%H.%M}",
                f"session {session.id} is over at {end:%H:%M}",
            ),
            Text("Untuk mencoba sekarang: --at now.", "To try it now: --at now."),
        )
    return moment


def _time(at: str) -> time:
    try:
        return time.fromisoformat(at.replace(".", ":"))
    except ValueError as error:
        raise UsageError(
            Text(f"--at {at}: bukan jam", f"--at {at}: not a time"),
            Text("Contoh: --at 09:45, atau --at now.", "Such as --at 09:45, or --at now."),
        ) from error
