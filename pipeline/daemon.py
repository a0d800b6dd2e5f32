"""The daily schedule: for each session, what must happen when, as APScheduler jobs.

Each job is one call into the line and may run late or twice: what is made already is only looked up.
One thread runs them, so that a session that is late is composed once, and one program airs at a time.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MISSED
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.date import DateTrigger

from pipeline.air import write_sheet
from pipeline.broadcasting import OnYouTube, on_youtube
from pipeline.errors import TayangError, Text, UsageError
from pipeline.lock import only_one
from pipeline.manifest import html_page, save
from pipeline.playout import interrupted, on_air, start_air
from pipeline.publish import publishing
from pipeline.rundown import Session, plan
from pipeline.screen import list_faults, say, show_error
from pipeline.settings import Destination
from pipeline.wiring import Studio

LATE = 3600  # seconds after its time at which a job still makes sense
LOOK = 0.5  # seconds between two looks at whether the program is still on air
GOES_ON = Text(
    "Program tetap tayang. Akhiri dengan `tayang stop`, atau jalankan daemon lagi.",
    "The program stays on air. End it with `tayang stop`, or start the daemon again.",
)
BROKE_OFF = Text("Program terhenti mendadak; dilanjutkan.", "The program broke off; it goes on.")


def run_daemon(studio: Studio) -> None:
    """Schedules every session still to come and blocks until all are over, or Ctrl-C.

    Ctrl-C leaves a program that is on air on air. OutsideError: another daemon runs on this state.
    """
    coming = studio.to_come
    if not coming:
        raise UsageError(
            Text("semua sesi di rundown sudah lewat", "every session of the rundown is over"),
            Text("Untuk mencoba: `tayang air --at now`.", "To try it: `tayang air --at now`."),
        )
    busy = Text("daemon lain berjalan di folder ini", "another daemon runs on this state")
    with only_one(studio.settings.state / "daemon.lock", busy):
        day = Day(studio)
        scheduler = _scheduler(studio, day, coming)
        try:
            scheduler.start()
        except KeyboardInterrupt:
            day.stopping.set()
            scheduler.shutdown()  # waits for the job that runs, which ends soon
            raise
    say(Text("Semua sesi selesai.", "All sessions are over."), "green")


def _scheduler(studio: Studio, day: "Day", coming: list[Session]) -> BlockingScheduler:
    """Composes well before each session, airs it, and stops after the last job."""
    scheduler = BlockingScheduler(
        timezone=studio.settings.event.zone, executors={"default": ThreadPoolExecutor(1)}
    )
    before, now = studio.settings.daemon, studio.clock.now()
    left = 2 * len(coming)

    def done(_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            scheduler.shutdown(wait=False)

    scheduler.add_listener(done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    for session in coming:
        start = plan(session)[0].start
        prepared = start - timedelta(minutes=before.compose_before)
        shown = start - timedelta(minutes=before.air_before)
        _add(scheduler, day.prepare, session, max(prepared, now))
        _add(scheduler, day.show, session, max(shown, now))
        say(Text(f"Sesi {session.id}: {start:%H.%M}", f"session {session.id}: {start:%H:%M}"))
    return scheduler


def _add(
    scheduler: BlockingScheduler, job: Callable[[Session], None], session: Session, at: datetime
) -> None:
    scheduler.add_job(job, DateTrigger(at), args=(session,), misfire_grace_time=LATE)


class Day:
    """The jobs. What fails is told, and the next step goes on; after `stopping` none begins."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self.stopping = threading.Event()

    def prepare(self, session: Session) -> None:
        """Composes what is missing for a session."""
        self._step(
            Text(f"Menyusun {session.id}", f"composing {session.id}"), self._compose, session
        )

    def show(self, session: Session) -> None:
        """Airs a session from now to its end, then publishes it and accounts for it."""
        self._step(Text(f"Tayang {session.id}", f"on air {session.id}"), self._air, session)
        self._step(Text(f"Menerbitkan {session.id}", f"publishing {session.id}"), self._publish)
        self._step(Text("Menulis manifes", "writing the manifest"), self._account)

    def _step(self, what: Text, work: Callable[..., None], *session: Session) -> None:
        if self.stopping.is_set():
            return
        say(what)
        try:
            work(*session)
        except (TayangError, OSError) as error:
            show_error(error)

    def _compose(self, session: Session) -> None:
        for segment in self._studio.compose(session).values():
            list_faults(segment.faults, "yellow", "!")

    def _air(self, session: Session) -> None:
        """Without YouTube the program still goes out to the settings' destinations.

        The program has a process of its own: one that is on air already is only followed, and it
        stays on air when the daemon ends. One that breaks off is started again at once.
        """
        studio, settings = self._studio, self._studio.settings
        if self._others_turn(session):
            return
        runs = self._go_on(session) if self._broke_off(session) else None  # before YouTube is asked
        destinations = list(settings.destinations)
        shown: OnYouTube | None = None
        with ExitStack() as stack:
            try:
                publisher = stack.enter_context(publishing(settings, studio.clock))
                shown = stack.enter_context(on_youtube(publisher, studio.broadcast_wish(session)))
                destinations.append(shown.broadcast.ingest)
            except TayangError as error:
                show_error(error)
            if runs is None and on_air(settings) is None:
                runs = self._start(session, destinations)
            self._until_over(runs)
            while not self.stopping.is_set() and self._broke_off(session):
                self._until_over(self._go_on(session))
            if self.stopping.is_set():
                say(GOES_ON, "yellow")
            if shown is not None:
                shown.goes_on = self.stopping.is_set()
        if shown is not None:
            list_faults(shown.faults, "red", "✗")

    def _others_turn(self, session: Session) -> bool:
        """Waits while another session is on air; whether we are to stop before it is over."""
        other = on_air(self._studio.settings)
        if other not in (None, session.id):
            say(Text(f"Sesi {other} masih tayang", f"session {other} is still on air"), "yellow")
            self._until_over()
        return self.stopping.is_set()

    def _broke_off(self, session: Session) -> bool:
        """Whether the session's program ended before its time, and can go on."""
        try:
            return interrupted(self._studio.settings, self._studio.clock, session.id) is not None
        except TayangError as error:
            show_error(error)
            return False

    def _go_on(self, session: Session) -> Callable[[], bool]:
        say(BROKE_OFF, "bold red")
        return start_air(self._studio.settings, session.id)

    def _until_over(self, runs: Callable[[], bool] | None = None) -> None:
        """Waits until no program is on air, nor one about to be, or until `stopping`."""
        while on_air(self._studio.settings) is not None or (runs is not None and runs()):
            if self.stopping.wait(LOOK):
                return

    def _start(self, session: Session, destinations: Sequence[Destination]) -> Callable[[], bool]:
        studio = self._studio
        segments = studio.compose(session)
        sheet = studio.sheet(session, segments, destinations=destinations)
        write_sheet(studio.air_folder(session.id), sheet)
        return start_air(studio.settings, session.id)

    def _publish(self) -> None:
        with publishing(self._studio.settings, self._studio.clock) as publisher:
            list_faults(publisher.publish(self._studio.wanted()), "red", "✗")

    def _account(self) -> None:
        path = self._studio.settings.state / "manifest.html"
        save(path, html_page(self._studio.manifest()))
        say(Text(f"Manifes: {path}", f"Manifest: {path}"), "green")
