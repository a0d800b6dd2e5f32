"""A session's YouTube broadcast around its airing: made before, live as soon as data arrive, ended after.

Going live waits for YouTube, so it has a thread of its own: air never waits for it. What went wrong is
kept and told at the end; the program goes on in any case.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.errors import Fault, TayangError
from pipeline.publish import Broadcast, BroadcastWish, Publisher


@dataclass
class OnYouTube:
    """A broadcast while its session airs; `faults` is complete only when it has ended.

    `goes_on`: the program stays on air when we leave, so that the broadcast isn't completed. `live`:
    YouTube has said so; `over`: it was completed.
    """

    broadcast: Broadcast
    goes_on: bool = False
    live: bool = False
    over: bool = False
    faults: list[Fault] = field(default_factory=list)


@contextmanager
def on_youtube(
    publisher: Publisher, wish: BroadcastWish, on_live: Callable[[], None] = lambda: None
) -> Iterator[OnYouTube]:
    """Makes or finds the broadcast, takes it live once the program arrives, completes it at the end.

    Raises what `Publisher.ensure` raises; all later trouble becomes a fault.
    """
    shown = OnYouTube(publisher.ensure(wish))

    def go_live() -> None:
        try:
            publisher.go_live(shown.broadcast)
        except TayangError as error:
            shown.faults.append(Fault(wish.title, error.what, error.hint))
        else:
            shown.live = True
            on_live()

    thread = threading.Thread(target=go_live, name="go-live", daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        if not shown.goes_on:  # else whoever finds the broadcast next takes it live
            thread.join()  # it has a time limit of its own
        try:
            if not shown.goes_on:
                publisher.complete(shown.broadcast)
                shown.over = True
        except TayangError as error:
            shown.faults.append(Fault(wish.title, error.what, error.hint))
