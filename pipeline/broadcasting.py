"""A session's YouTube broadcast around its airing: made before, watched throughout, completed after.

It waits for YouTube, so it has a thread of its own: air never waits for it. What went wrong is kept and
told at the end; the program goes on in any case.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from pipeline.errors import Fault, OutsideError, TayangError, Text
from pipeline.publish import Broadcast, BroadcastWish, Conductor, PlaylistWish, Publisher, Standing
from pipeline.settings import Destination

SOON_S = 180.0
"""How long making a broadcast may take: the network's retries, and looks for what was made."""


AGAIN_S = 5.0
"""Between tries while another process publishes, or nobody is signed in."""


@dataclass
class OnYouTube:
    """A broadcast while its session airs; `faults` is complete only when it has ended.

    `goes_on`: the program stays on air when we leave, so that the broadcast isn't completed. `heard`: it
    was made, or something was in the way. `trouble`: what keeps us from publishing at all.
    """

    goes_on: bool = False
    conductor: Conductor | None = None
    trouble: Fault | None = None
    heard: threading.Event = field(default_factory=threading.Event)
    faults: list[Fault] = field(default_factory=list)

    @property
    def broadcast(self) -> Broadcast | None:
        """The session's broadcast, None until YouTube lets us make one; a new one replaces a broken."""
        return self.standing.broadcast

    @property
    def standing(self) -> Standing:
        """How it stands now, by the last look."""
        return Standing(trouble=self.trouble) if self.conductor is None else self.conductor.standing

    def ingest(self) -> Destination:
        """Where the program goes, for those who can't do without; OutsideError when nobody knows."""
        self.heard.wait(SOON_S)
        if self.broadcast is not None:
            return self.broadcast.ingest
        trouble = self.standing.trouble
        if trouble is None:
            raise OutsideError(Text("YouTube tidak menjawab", "YouTube doesn't answer"))
        raise OutsideError(trouble.what, trouble.hint)


@contextmanager
def on_youtube(
    opening: Callable[[], AbstractContextManager[Publisher]],
    wish: BroadcastWish,
    on_live: Callable[[], None] = lambda: None,
    playlist: PlaylistWish | None = None,
) -> Iterator[OnYouTube]:
    """Makes or finds the broadcast, takes it live once the program arrives, completes it at the end.

    All of it in a thread, which goes on trying, also for the right to publish (`opening`); trouble becomes
    a fault.
    """
    shown, over, was_live = OnYouTube(), threading.Event(), False

    def tell(standing: Standing) -> None:
        nonlocal was_live
        shown.heard.set()
        if standing.look is not None and standing.look.on_air and not was_live:
            was_live = True
            on_live()

    def conduct() -> None:
        with opening() as publisher:
            shown.conductor = publisher.conduct(wish, tell, playlist)
            shown.conductor.run(over)
            if not shown.goes_on:  # else whoever finds the broadcast next takes it on
                shown.conductor.end()

    def work() -> None:
        while True:
            try:
                return conduct()
            except TayangError as error:
                shown.trouble = Fault(wish.title, error.what, error.hint)
            shown.heard.set()
            if shown.conductor is not None or over.wait(AGAIN_S):
                shown.faults.append(shown.trouble)
                return None

    thread = threading.Thread(target=work, name="youtube", daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        over.set()
        thread.join()
        if shown.conductor is not None:
            shown.faults += shown.conductor.record
