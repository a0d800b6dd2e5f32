"""A day's work: composing, airing, publishing, accounting; each step may run late, or twice.

What fails is told, and the next step goes on. What the control room shows of it can be asked for.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from pipeline import publicity
from pipeline.air import write_sheet
from pipeline.broadcasting import OnYouTube, on_youtube
from pipeline.errors import Fault, TayangError, Text
from pipeline.manifest import html_page, save
from pipeline.playout import interrupted, on_air, start_air
from pipeline.publish import Action, Wanted, health
from pipeline.rundown import Session, plan
from pipeline.screen import list_faults, say, show_error
from pipeline.settings import Destination
from pipeline.wiring import Studio

LATE = 20  # seconds that it waits for YouTube when it is late already
LOOK = 0.5  # seconds between two looks at whether the program is still on air
HURRY = 60  # seconds before a session's start by which the program must know where to go
GOES_ON = Text(
    "Program tetap tayang. Akhiri dengan `tayang stop`, atau jalankan daemon lagi.",
    "The program stays on air. End it with `tayang stop`, or start the daemon again.",
)
BROKE_OFF = Text("Program terhenti mendadak; dilanjutkan.", "The program broke off; it goes on.")


class Day:
    """The steps. After `stopping` none begins."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self.stopping = threading.Event()
        self._youtube: OnYouTube | None = None
        self._ingest: Destination | None = None
        self._job: dict[str, Any] | None = None
        self._left = False
        self._urgent: list[Fault] = []

    def shown(self) -> dict[str, Any]:
        """The fields `youtube` and `job` of the control room's board."""
        return {"youtube": _light(self._youtube, self._urgent), "job": self._job}

    def look_after(self) -> None:
        """Whether sign-in, quota and channel will do for what is to come, told once each; then what was
        left to publish, such as a broadcast that couldn't be ended.
        """
        studio = self._studio
        account = health(studio.settings, studio.clock, publicity.airtimes(studio))
        urgent = [notice.fault for notice in account.warnings if notice.urgent]
        list_faults([fault for fault in urgent if fault not in self._urgent], "bold red", "‼")
        self._urgent = urgent
        if self._left and on_air(studio.settings) is None:
            self._step(Text("Menerbitkan sisanya", "Publishing what was left"), self._publish)

    def prepare(self, session: Session) -> None:
        """Composes what is missing for a session, and makes its broadcast."""
        what = Text(f"Menyusun {session.id}", f"Composing {session.id}")
        self._step(what, self._compose, session)
        what = Text(f"Menyiapkan siaran {session.id}", f"Preparing the broadcast {session.id}")
        self._step(what, self._announce, session)

    def show(self, session: Session) -> None:
        """Airs a session from now to its end, then publishes it and accounts for it."""
        self._step(Text(f"Tayang {session.id}", f"On air {session.id}"), self._air, session)
        self._step(Text(f"Menerbitkan {session.id}", f"Publishing {session.id}"), self._publish)
        self._step(Text("Menulis manifes", "Writing the manifest"), self._account)

    def rehearse(self, session: Session, at: datetime) -> None:
        """Airs a session now, as if it were that time, to the settings' destinations only."""
        what = Text(
            f"Gladi {session.id} seolah {at:%H.%M}", f"Rehearsal {session.id} as at {at:%H:%M}"
        )
        self._step(what, self._rehearse, session, at)

    def _step(self, what: Text, work: Callable[..., None], *about: Any) -> None:
        if self.stopping.is_set():
            return
        say(what)
        self._job = {"what": what._asdict(), "done": 0, "whole": 0} if work != self._air else None
        try:
            work(*about)
        except (TayangError, OSError) as error:
            show_error(error)
        finally:
            self._job = None

    def _compose(self, session: Session) -> None:
        held = self._studio.session(session.id)  # as it is now: the crew may have changed it
        for segment in self._studio.compose(held, on_progress=self._composed).values():
            list_faults(segment.faults, "yellow", "!")

    def _composed(self, done: int, whole: int, _: str) -> None:
        what = Text("Menyusun segmen", "Composing")
        self._job = {"what": what._asdict(), "done": done, "whole": whole}

    def _rehearse(self, session: Session, at: datetime) -> None:
        self._studio.draw_sample_media(session, self._composed)
        if on_air(self._studio.settings) is None:
            self._until_over(self._start(session, self._studio.settings.destinations, at))
        while not self.stopping.is_set() and self._broke_off(session):
            self._until_over(self._go_on(session))
        if self.stopping.is_set():
            say(GOES_ON, "yellow")

    def _air(self, session: Session) -> None:
        """Without YouTube the program still goes out to the settings' destinations.

        The program has a process of its own: one that is on air already is only followed, and it
        stays on air when the daemon ends. One that breaks off is started again at once.
        """
        settings = self._studio.settings
        if self._others_turn(session):
            return
        runs = self._go_on(session) if self._broke_off(session) else None  # before YouTube is asked
        with ExitStack() as stack:
            shown = self._on_youtube(session, stack)
            if runs is None and on_air(settings) is None:
                ingest = [] if self._ingest is None else [self._ingest]
                runs = self._start(session, [*settings.destinations, *ingest])
            self._until_over(runs)
            while not self.stopping.is_set() and self._broke_off(session):
                self._until_over(self._go_on(session))
            if self.stopping.is_set():
                say(GOES_ON, "yellow")
            shown.goes_on = self.stopping.is_set()
        list_faults(shown.faults, "red", "✗")

    def _announce(self, session: Session) -> None:
        """Its broadcast, while there is time; where the program goes is kept for its start."""
        if self._next_in_line(session):
            return
        wish, playlist = publicity.wishes_on_air(self._studio, session)
        with publicity.publishing(self._studio) as publisher:
            done = publisher.publish(Wanted((wish,), playlist=playlist))
            self._ingest = publisher.ensure(wish).ingest
        list_faults((*done.remarks, *done.faults), "yellow", "!")

    def _next_in_line(self, session: Session) -> bool:
        """Whether it is time to go on air."""
        early = timedelta(minutes=self._studio.settings.daemon.air_before)
        return self._studio.clock.now() >= plan(session)[0].start - early

    def _on_youtube(self, session: Session, stack: ExitStack) -> OnYouTube:
        """The session's broadcast, for as long as `stack` is open; it may come up to the start.

        Where it doesn't come in time the program goes where the last one was to go, and the broadcast
        follows as soon as YouTube answers.
        """
        studio = self._studio
        wish, playlist = publicity.wishes_on_air(studio, session)
        opening = partial(publicity.publishing, studio)
        shown = stack.enter_context(on_youtube(opening, wish, playlist=playlist))
        self._youtube = shown
        start, now = plan(session)[0].start, studio.clock.now()
        before = max(start - timedelta(seconds=HURRY), now + timedelta(seconds=LATE))
        while shown.broadcast is None and studio.clock.now() < before:
            if self.stopping.wait(LOOK):
                break
        if shown.broadcast is not None:
            self._ingest = shown.broadcast.ingest
        elif shown.standing.trouble is not None:
            list_faults([shown.standing.trouble], "red", "✗")
        return shown

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

    def _start(
        self, session: Session, destinations: Sequence[Destination], at: datetime | None = None
    ) -> Callable[[], bool]:
        studio = self._studio
        session = studio.session(session.id)  # as it is now: the crew may have changed it
        segments = studio.compose(session, on_progress=self._composed)
        self._job = None
        sheet = studio.sheet(session, segments, destinations=destinations)
        write_sheet(studio.air_folder(session.id), sheet)
        return start_air(studio.settings, session.id, at)

    def _publish(self) -> None:
        with publicity.publishing(self._studio) as publisher:
            done = publisher.publish(publicity.wanted(self._studio), self._published)
        list_faults(done.remarks, "yellow", "!")
        list_faults(done.faults, "red", "✗")
        self._left = bool(done.faults)

    def _published(self, action: Action, done: int, whole: int) -> None:
        """Publishing makes way for a session that is about to air; what was begun is continued after it."""
        publicity.make_way(self._studio)
        self._job = {"what": action.what._asdict(), "done": done, "whole": whole}

    def _account(self) -> None:
        path = self._studio.settings.state / "manifest.html"
        save(path, html_page(self._studio.manifest()))
        say(Text(f"Manifes: {path}", f"Manifest: {path}"), "green")


def _light(youtube: OnYouTube | None, urgent: Sequence[Fault]) -> dict[str, Any]:
    """The broadcast as a traffic light, with the real reason. Green only when viewers see the program."""
    light, state = "grey", Text("belum disiapkan", "not prepared yet")
    reason, url = None, None
    if youtube is None and urgent:
        light, state, reason = "red", Text("bermasalah", "in trouble"), urgent[0].what
    elif youtube is not None:
        standing, broadcast = youtube.standing, youtube.broadcast
        url = None if broadcast is None else broadcast.link
        look = standing.look
        light, state = "amber", Text("menunggu sinyal", "waiting for the signal")
        if standing.over:
            light, state = "grey", Text("selesai", "over")
        elif standing.trouble is not None:
            light, state = "red", Text("bermasalah", "in trouble")
            reason = standing.trouble.what
        elif look is not None and look.on_air:
            light, state = "green", Text("LIVE", "LIVE")
        elif look is not None and look.lifecycle.endswith("Starting"):
            state = Text("dimulai YouTube", "being started by YouTube")
    return {
        "light": light,
        "state": state._asdict(),
        "reason": reason and reason._asdict(),
        "url": url,
    }
