"""Takes a session's broadcast on air and keeps it there, by what YouTube reports and not by hope.

`decide` (pure) says what a look at YouTube asks for; a `Conductor` looks, acts and tells until the session
is over, then completes it. It must not know who sends the program, nor whom it tells.

A broadcast that is stuck while starting, or that YouTube ends by itself while we are still sending, is given
up for a new one on the same stream key: that is the documented cure, and the encoder notices nothing.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.clock import Clock
from pipeline.errors import Fault, TayangError, Text
from pipeline.publish import broadcasts, troubles
from pipeline.publish.broadcasts import Broadcast
from pipeline.publish.channel import ON_AIR, OVER, Seen
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import (
    Applied,
    Outcome,
    Rejected,
    Remedy,
    Uncertain,
    YouTubeError,
    demand,
)
from pipeline.publish.steps import LISTED_S
from pipeline.publish.wishes import BroadcastWish
from pipeline.publish.youtube import YouTubeApi

CLOSE_S = 3.0
"""Between looks while something is about to change."""

STEADY_S = 15.0
"""Between looks otherwise: two reads each, 480 units an hour."""

CLOSE_FOR_S = 300.0
"""How long it is looked at closely before it is looked at as if nothing changed."""

WARN_S = 60.0
"""How long the program may take to reach YouTube before it is said."""

STARTING_S = 90.0
"""How long a transition may take: YouTube says seconds, up to a minute."""

REPLACED_MOST = 5
"""New broadcasts of one session before a person must look: YouTube limits how many a day."""

MISSING = "missing"
STUCK = frozenset({"liveStarting", "testStarting"})
"""Statuses that should last seconds."""


class Step(StrEnum):
    """What a look asks for."""

    NOTHING = "nothing"
    GO_LIVE = "go live"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Look:
    """What YouTube reported: the broadcast's status (`missing`: none), its stream's, and its health."""

    lifecycle: str
    stream: str
    health: str

    @property
    def on_air(self) -> bool:
        """Whether viewers see the program: live, with data arriving."""
        return self.lifecycle == "live" and self.stream == "active" and self.health != "noData"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a broadcast stands. None: it isn't made yet, YouTube hasn't been asked, nothing is wrong."""

    broadcast: Broadcast | None = None
    look: Look | None = None
    trouble: Fault | None = None
    over: bool = False


def decide(look: Look, for_s: float) -> Step:
    """What to do, when the broadcast has had that status for so many seconds."""
    if look.lifecycle in OVER:
        return Step.REPLACE
    if look.lifecycle == MISSING:  # a new one is listed late
        return Step.REPLACE if for_s > LISTED_S else Step.NOTHING
    if look.lifecycle in STUCK:
        return Step.REPLACE if for_s > STARTING_S else Step.NOTHING
    if look.lifecycle in {"ready", "testing"} and look.stream == "active":
        return Step.GO_LIVE
    return Step.NOTHING


class Conductor:
    """One session's broadcast while its program airs. `tell` hears of every change, from `run`'s thread."""

    def __init__(
        self,
        api: YouTubeApi,
        ledger: Ledger,
        clock: Clock,
        wish: BroadcastWish,
        tell: Callable[[Standing], None],
        dress: Callable[[], None],
    ) -> None:
        """`dress` gives a broadcast that replaces another its picture and its place."""
        self._api, self._ledger, self._clock = api, ledger, clock
        self._wish, self._tell, self._dress = wish, tell, dress
        self._replaced = self._refused = 0
        self._since = clock.monotonic()
        self.standing = Standing()
        self.record: list[Fault] = []
        """What went wrong, for the end of the day."""

    @property
    def broadcast(self) -> Broadcast | None:
        """The session's broadcast; None until it is made."""
        return self.standing.broadcast

    def open(self) -> Broadcast:
        """Makes or finds the broadcast. YouTubeError: it can't be now; `run` goes on trying."""
        made = broadcasts.ensure(self._api, self._ledger, self._clock, self._wish)
        if self.broadcast != made:
            self.standing = Standing(made)
            self._tell(self.standing)
        return made

    def run(self, over: threading.Event) -> None:
        """Looks and acts until `over`. What fails is told, and tried again: the show goes on."""
        while not over.is_set():
            try:
                pause = self._turn()
            except TayangError as error:
                trouble = Fault(self._wish.title, error.what, error.hint)
                self._show(self.standing.look, trouble)
                patient = isinstance(error, YouTubeError) and error.remedy is not Remedy.RETRY
                pause = 4 * STEADY_S if patient else STEADY_S
            except Exception as error:  # nobody else looks after the broadcast: it goes on
                self._show(self.standing.look, troubles.unforeseen(self._wish.title, error))
                pause = STEADY_S
            self._clock.wait(over, pause)

    def end(self) -> bool:
        """Completes the broadcast for good; see `complete`."""
        broadcast = self.broadcast
        if broadcast is None:
            return False
        over = complete(self._api, self._ledger, self._clock, self._wish.session, broadcast.id)
        self.standing = Standing(broadcast, self.standing.look, over=over)
        return over

    def _turn(self) -> float:
        """One look and what it asks for; how long to wait until the next."""
        broadcast = self.broadcast or self.open()
        look, seen = self._look(broadcast)
        if look.lifecycle in {"created", "ready"} and seen and seen.stream != broadcast.stream:
            self.open()  # somebody has bound it to another key
        if self.standing.look is None or look.lifecycle != self.standing.look.lifecycle:
            self._since, self._refused = self._clock.monotonic(), 0
            if look.lifecycle == "live" and seen is not None:
                self._went_live(seen)
        lasted = self._clock.monotonic() - self._since
        self._show(look, self._trouble(look, lasted))
        match decide(look, lasted):
            case Step.REPLACE:
                self._replace(broadcast, look, seen)
                return CLOSE_S
            case Step.GO_LIVE:
                outcome = transition(self._api, broadcast.id, "live")
                if not isinstance(outcome, Applied):
                    self._refused += 1
                # Too early or uncertain: the next look says where we are.
                if isinstance(outcome, Rejected) and outcome.reason != "errorStreamInactive":
                    demand(outcome, Text("memulai siaran", "going live"))
                return float(
                    min(CLOSE_S * 2**self._refused, 4 * STEADY_S)
                )  # each try costs 50 units
        settled = look.on_air or lasted > CLOSE_FOR_S
        return STEADY_S if settled else CLOSE_S

    def _look(self, broadcast: Broadcast) -> tuple[Look, Seen | None]:
        seen = broadcasts.read(self._api, broadcast.id)
        items = self._api.read("liveStreams.list", part="status", id=broadcast.stream).get(
            "items", ()
        )
        status = items[0]["status"] if items else {}
        return Look(
            MISSING if seen is None else seen.lifecycle,
            status.get("streamStatus", "?"),
            status.get("healthStatus", {}).get("status", "noData"),
        ), seen

    def _trouble(self, look: Look, lasted: float) -> Fault | None:
        """What a person should know of a look; None when all is as it should be."""
        if look.on_air:
            return troubles.unhealthy(self._wish.title) if look.health == "bad" else None
        if look.lifecycle == "live":
            return troubles.starved(self._wish.title)
        if look.lifecycle in {"ready", "testing"} and lasted > WARN_S:
            return troubles.no_signal(self._wish.title, look.stream)
        return None

    def _replace(self, old: Broadcast, look: Look, seen: Seen | None) -> None:
        """Gives the broadcast up for a new one on the same stream key."""
        if self._replaced >= REPLACED_MOST:
            self._show(look, troubles.given_up(self._wish.title, REPLACED_MOST))
            self._clock.sleep(STEADY_S)
            return
        gone = look.lifecycle in OVER or look.lifecycle == MISSING
        if gone:
            note_over(self._ledger, self._wish.session, old.id, seen)
        # First the new one: if none can be made now, the old may still come to itself.
        new = broadcasts.ensure(self._api, self._ledger, self._clock, self._wish, but=old.id)
        if not gone and self._is_back(old):
            return
        self._ledger.note("given up", id=old.id)
        self._replaced += 1
        self.standing = Standing(new)
        self._tell(self.standing)
        self.record.append(troubles.replaced(self._wish.title, look.lifecycle, new.link))

    def _is_back(self, old: Broadcast) -> bool:
        """Whether a stuck one couldn't be deleted since it has gone on meanwhile; then it is kept."""
        if broadcasts.delete(self._api, self._ledger, old.id):
            return False
        again = broadcasts.read(self._api, old.id)
        if again is None or again.lifecycle in STUCK:
            return False
        broadcasts.note(self._ledger, self._wish, old.id)
        return True

    def _went_live(self, seen: Seen) -> None:
        began = seen.time("actualStartTime")
        self._ledger.note(
            "live", session=self._wish.session, id=seen.id, start=began and began.isoformat()
        )
        if self._replaced:
            self._dress()

    def _show(self, look: Look | None, trouble: Fault | None) -> None:
        if trouble is not None and trouble not in self.record:
            self.record.append(trouble)
        self.standing = Standing(self.broadcast, look, trouble)
        self._tell(self.standing)


def complete(api: YouTubeApi, ledger: Ledger, clock: Clock, session: str, broadcast: str) -> bool:
    """Ends a broadcast for good; True when it is over, False when it never was on air.

    One that never was on air can't be completed; it stays, ready for another try. YouTubeError.
    """
    doing = Text("mengakhiri siaran", "ending the broadcast")
    deadline, asked = clock.monotonic() + STARTING_S, False
    while True:
        seen = broadcasts.read(api, broadcast)
        if seen is None:
            return False
        if seen.lifecycle in OVER:
            note_over(ledger, session, broadcast, seen)
            return True
        if seen.lifecycle not in ON_AIR:
            return False
        late = clock.monotonic() >= deadline
        outcome = Applied({}) if asked and not late else transition(api, broadcast, "complete")
        asked = isinstance(outcome, Applied)
        # While it is still starting, YouTube refuses to end it: it is asked again until it may.
        if isinstance(outcome, Rejected) and (late or not seen.lifecycle.endswith("Starting")):
            demand(outcome, doing)
        if late:
            raise YouTubeError(doing, Uncertain(f"status {seen.lifecycle}"))
        clock.sleep(CLOSE_S)  # what is read may lag behind


def transition(api: YouTubeApi, broadcast: str, to: str) -> Outcome[dict[str, object]]:
    """Asks for a status; that it has it already is as good."""
    outcome = api.write(
        "liveBroadcasts.transition", id=broadcast, broadcastStatus=to, part="id,status"
    )
    if isinstance(outcome, Rejected) and outcome.reason == "redundantTransition":
        return Applied({})
    return outcome


def note_over(ledger: Ledger, session: str, broadcast: str, seen: Seen | None) -> None:
    """Keeps when a broadcast was live, once."""
    if ledger.last("completed", id=broadcast) is None:
        times = [seen and seen.time(name) for name in ("actualStartTime", "actualEndTime")]
        start, end = (at and at.isoformat() for at in times)
        ledger.note("completed", session=session, id=broadcast, start=start, end=end)
