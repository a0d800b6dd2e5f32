"""The daily schedule: for each session, what must happen when, as APScheduler jobs.

Each job is one call into the line and may run late or twice: what is made already is only looked up.
"""

from contextlib import ExitStack
from datetime import timedelta

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.date import DateTrigger

from pipeline.broadcasting import on_youtube
from pipeline.errors import TayangError, Text, UsageError
from pipeline.manifest import html_page, save
from pipeline.publish import publishing
from pipeline.rundown import Session, plan
from pipeline.screen import list_faults, say, show_error
from pipeline.wiring import Studio

LATE = 3600  # seconds after its time at which a job still makes sense


def run_daemon(studio: Studio) -> None:
    """Schedules every session still to come and blocks until all are over, or Ctrl-C."""
    scheduler = BlockingScheduler(timezone=studio.settings.event.zone)
    coming = [s for s in studio.rundown.sessions if plan(s)[-1].end > studio.clock.now()]
    if not coming:
        raise UsageError(
            Text("semua sesi di rundown sudah lewat", "every session of the rundown is over"),
            Text("Untuk mencoba: `tayang air --at now`.", "To try it: `tayang air --at now`."),
        )
    for session in coming:
        _schedule(scheduler, studio, session)
    say(Text(f"{len(coming)} sesi dijadwalkan.", f"{len(coming)} sessions scheduled."), "green")
    scheduler.start()


def _schedule(scheduler: BlockingScheduler, studio: Studio, session: Session) -> None:
    """Composes well before the session; then airs it, and after it cuts, uploads and accounts."""
    now = studio.clock.now()
    first = plan(session)[0].start
    settings = studio.settings.daemon
    times = {
        prepare: first - timedelta(minutes=settings.compose_before),
        show: first - timedelta(minutes=settings.air_before),
    }
    for job, at in times.items():
        scheduler.add_job(
            job,
            DateTrigger(max(at, now)),
            args=(studio, session),
            name=f"{job.__name__} {session.id}",
            misfire_grace_time=LATE,
        )


def prepare(studio: Studio, session: Session) -> None:
    """Composes what is missing for a session."""
    for segment in studio.compose(session).values():
        list_faults(segment.faults, "yellow", "!")


def show(studio: Studio, session: Session) -> None:
    """Airs a session from now to its end, then publishes it and accounts for it.

    Without YouTube the program still goes out to the settings' destinations.
    """
    segments = studio.compose(session)
    now = studio.clock.now().astimezone(studio.settings.event.zone)
    with ExitStack() as stack:
        destinations = list(studio.settings.destinations)
        try:
            publisher = stack.enter_context(publishing(studio.settings, studio.clock))
            wish = studio.broadcast_wish(session)
            destinations.append(stack.enter_context(on_youtube(publisher, wish)).broadcast.ingest)
        except TayangError as error:
            show_error(error)
        studio.air(session, segments, shown_at=now, destinations=destinations)
    with publishing(studio.settings, studio.clock) as publisher:
        list_faults(publisher.publish(studio.wanted()), "red", "✗")
    save(studio.settings.state / "manifest.html", html_page(studio.manifest()))
