"""The daily schedule: for each session, what must happen when, as APScheduler jobs; and the control room.

Each job is one call into the day and may run late or twice: what is made already is only looked up.
One thread runs them, so that a session that is late is composed once, and one program airs at a time.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from pipeline.day import Day
from pipeline.errors import OutsideError, Text, UsageError
from pipeline.lock import only_one
from pipeline.panel.server import serving_panel
from pipeline.rundown import Session, plan
from pipeline.screen import say, show_error
from pipeline.wiring import Studio

BESIDE = "health"
"""The job, and its thread, that looks after how we stand with YouTube."""

LOOK_AFTER = 900  # seconds

LATE = 3600  # seconds after its time at which a job still makes sense

Rehearsal = tuple[Session, datetime]
"""A session that airs at once, as if it were that time."""


def run_daemon(studio: Studio, rehearsal: Rehearsal | None = None, *, stay: bool = True) -> None:
    """Serves the control room and runs every session still to come, or only the rehearsal.

    With `stay` the control room is open until Ctrl-C, else until all is over. Ctrl-C leaves a program
    that is on air on air. OutsideError: another daemon runs on this state. UsageError: without `stay`
    and with no session to come there is nothing to do.
    """
    coming = [] if rehearsal else studio.to_come
    if not (coming or rehearsal or stay):
        raise UsageError(
            Text("semua sesi di rundown sudah lewat", "every session of the rundown is over"),
            Text(
                "Untuk mencoba: `tayang daemon --at now`.", "To try it: `tayang daemon --at now`."
            ),
        )
    busy = Text("daemon lain berjalan di folder ini", "another daemon runs on this state")
    with ExitStack() as stack:
        stack.enter_context(only_one(studio.settings.state / "daemon.lock", busy))
        day = Day(studio)
        _open_panel(stack, studio, day)
        scheduler = _scheduler(studio, day, coming, rehearsal)
        try:
            if coming or rehearsal:
                scheduler.start()
                say(Text("Semua sesi selesai.", "All sessions are over."), "green")
            if stay:
                say(Text("Ruang kendali tetap buka; Ctrl-C menutupnya.", "Ctrl-C ends it."))
                while True:
                    Event().wait(LOOK_AFTER)
                    day.look_after()
        except KeyboardInterrupt:
            day.stopping.set()
            if scheduler.running:
                scheduler.shutdown()  # waits for the job that runs, which ends soon
            raise


def _open_panel(stack: ExitStack, studio: Studio, day: Day) -> None:
    """The control room; where it can't be opened, the schedule runs without it."""
    try:
        address = stack.enter_context(serving_panel(studio, day.shown))
    except OutsideError as error:
        show_error(error)
    else:
        say(Text(f"Ruang kendali: {address}", f"Control room: {address}"), "bold green")


def _scheduler(
    studio: Studio, day: Day, coming: list[Session], rehearsal: Rehearsal | None
) -> BlockingScheduler:
    """Composes well before each session, airs it, and stops after the last job."""
    scheduler = BlockingScheduler(
        timezone=studio.settings.event.zone,
        executors={"default": ThreadPoolExecutor(1), BESIDE: ThreadPoolExecutor(1)},
    )
    before, now = studio.settings.daemon, studio.clock.now()
    left = 1 if rehearsal else 2 * len(coming)

    def done(event: JobEvent) -> None:
        nonlocal left
        left -= event.job_id != BESIDE
        if not left:
            scheduler.shutdown(wait=False)

    scheduler.add_listener(done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    if coming:
        every = IntervalTrigger(seconds=LOOK_AFTER, start_date=now)
        scheduler.add_job(day.look_after, every, id=BESIDE, executor=BESIDE)
    if rehearsal is not None:
        _add(scheduler, day.rehearse, now, *rehearsal)
    for session in coming:
        start = plan(session)[0].start
        prepared = start - timedelta(minutes=before.compose_before)
        shown = start - timedelta(minutes=before.air_before)
        _add(scheduler, day.prepare, max(prepared, now), session)
        _add(scheduler, day.show, max(shown, now), session)
        say(Text(f"Sesi {session.id}: {start:%H.%M}", f"session {session.id}: {start:%H:%M}"))
    return scheduler


def _add(scheduler: BlockingScheduler, job: Callable[..., None], at: datetime, *about: Any) -> None:
    scheduler.add_job(job, DateTrigger(at), args=about, misfire_grace_time=LATE)
