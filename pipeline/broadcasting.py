"""A session's YouTube broadcast around its airing: made before, watched throughout, completed after.

It waits for YouTube, so it has a thread of its own: air never waits for it. What went wrong is kept and
told at the end; the program goes on in any case.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.errors import Fault, TayangError
from pipeline.publish import Broadcast, BroadcastWish, Conductor, PlaylistWish, Publisher, Standing


@dataclass
class OnYouTube:
    """A broadcast while its session airs; `faults` is complete only when it has ended.

    `goes_on`: the program stays on air when we leave, so that the broadcast isn't completed.
    """

    conductor: Conductor
    goes_on: bool = False
    faults: list[Fault] = field(default_factory=list)

    @property
    def broadcast(self) -> Broadcast:
        """The session's broadcast: another one once YouTube has made that necessary."""
        return self.conductor.broadcast

    @property
    def standing(self) -> Standing:
        """How it stands now, by the last look."""
        return self.conductor.standing


@contextmanager
def on_youtube(
    publisher: Publisher,
    wish: BroadcastWish,
    on_live: Callable[[], None] = lambda: None,
    playlist: PlaylistWish | None = None,
) -> Iterator[OnYouTube]:
    """Makes or finds the broadcast, takes it live once the program arrives, completes it at the end.

    Raises what `Publisher.conduct` raises; all later trouble becomes a fault.
    """
    told = threading.Event()

    def tell(standing: Standing) -> None:
        if standing.look is not None and standing.look.on_air and not told.is_set():
            told.set()
            on_live()

    conductor = publisher.conduct(wish, tell, playlist)
    shown, over = OnYouTube(conductor), threading.Event()
    thread = threading.Thread(target=conductor.run, args=(over,), name="youtube", daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        over.set()
        thread.join()
        shown.faults += conductor.record
        try:
            if not shown.goes_on:  # else whoever finds the broadcast next takes it on
                conductor.end()
        except TayangError as error:
            shown.faults.append(Fault(wish.title, error.what, error.hint))
