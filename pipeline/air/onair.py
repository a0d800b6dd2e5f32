"""Puts a session on air: opens log and journal, starts destinations, plays, accounts, closes.

Plain values come in (plan, segments, destinations); the journal and the program log are what remains.
"""

import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.air.control import listening
from pipeline.air.desk import Desk
from pipeline.air.destinations import Delivery, Feed, feeds
from pipeline.air.journal import JOURNAL, JournalWriter, Line, read_journal
from pipeline.air.player import First, Player
from pipeline.air.program import Program
from pipeline.air.recall import aired, broke_off, occurrences, recall
from pipeline.air.recorder import Recorder
from pipeline.air.repair import repair
from pipeline.air.requests import Requests
from pipeline.air.select import State, join, rejoin
from pipeline.air.session import Session
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.rundown import Planned
from pipeline.settings import Destination
from pipeline.timing import Rate


@dataclass(frozen=True)
class Result:
    """What remains of a session: where it lies, and which destinations never took anything."""

    folder: Path
    program: Path
    frames: int
    unreached: tuple[str, ...]


def play(
    folder: Path,
    session: Session,
    rate: Rate,
    *,
    shown_at: datetime,
    facts: Mapping[str, Any],
    destinations: Sequence[Destination],
    ffmpeg: str,
    clock: Clock,
    stay: bool = False,
    anew: bool = False,
    on_line: Callable[[Line], None] = lambda line: None,
    on_frame: Callable[[Player], None] = lambda player: None,
) -> Result:
    """Plays a session into `folder`, from the rundown's time `shown_at` to its end.

    A program that broke off there goes on, by its own clock: with the item that would be on now, at
    its place; unless it shall begin `anew`. With `stay` the slate airs after the end, until the
    player is stopped. `facts` go into the journal's first line (event, house, rundown, stands).
    `on_line` is told of each line when it is written, in a thread of its own. The program can be
    steered over the socket beside `folder`. Raises OutsideError when the disk refuses from the
    start; whatever fails later is only noted.
    """
    _make(folder)
    begun = _Begun(folder, rate, clock, anew=anew)
    program = Program(rate.fps, begun.frames)
    events: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
    journal = JournalWriter(folder / JOURNAL)
    recorder = Recorder(folder, journal, program, clock, events, on_line)
    player = Player(
        session,
        rate,
        program,
        recorder,
        clock,
        Desk(begun.orders),
        stay=stay,
        occurrences=begun.occurrences,
        aired=begun.aired,
        on_frame=on_frame,
    )
    opened = {"session": session.id, "fps": rate.fps, "sampling": rate.sampling, **facts}
    try:
        with _feeding(feeds(destinations, program, ffmpeg, clock, events)) as running:
            requests = Requests(player, recorder, running)
            with listening(folder.parent, requests.answer) as deaf:
                if deaf is not None:
                    player.note("alarm", what="control", error=str(deaf))
                player.run(begun.first(session.plan), begun.clock(shown_at, clock), opened)
            for feed in running:
                feed.join()
    except BaseException:  # Ctrl-C too: what the log holds did air, nothing else did
        recorder.close()
        repair(folder, rate, clock)
        raise
    player.note("close", frames=player.frames, late=player.pace.late.as_dict())
    recorder.close()
    unreached = tuple(_why(feed) for feed in running if not feed.reached)
    return Result(folder, folder / recorder.part, player.frames, unreached)


class _Begun:
    """What of the session is there already, after repair: from a program that broke off, or none."""

    def __init__(self, folder: Path, rate: Rate, clock: Clock, *, anew: bool) -> None:
        self.frames = repair(folder, rate, clock)
        lines = read_journal(folder / JOURNAL).lines
        self._recalled = recall(lines) if broke_off(lines) and not anew else None
        self.aired = aired(lines)
        self.orders = self._recalled.orders if self._recalled else {}
        self.occurrences = occurrences(lines)

    def clock(self, shown_at: datetime, clock: Clock) -> Callable[[], datetime]:
        """The rundown's clock: one that goes on, or one that begins with the first frame."""
        recalled = self._recalled
        return lambda: shown_at if recalled is None else clock.now() + recalled.ahead

    def first(self, plan: Sequence[Planned]) -> First:
        """What makes the first choice, from the rundown's time of the first frame."""
        recalled = self._recalled
        if recalled is None:
            return lambda now: (join(plan, now), State())
        state, began = recalled.fitted(plan), recalled.began + recalled.ahead
        return lambda now: rejoin(plan, state, began, now)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutsideError(
            Text(f"folder {folder} tak dapat dibuat: {error}", f"can't make {folder}: {error}")
        ) from error


@contextmanager
def _feeding(running: Sequence[Feed]) -> Iterator[Sequence[Feed]]:
    """However air ends, no destination's thread or child is left over."""
    try:
        yield running
    finally:
        for feed in running:
            feed.stop()


def _why(feed: Feed) -> str:
    status = feed.status()
    return f"{status.name}: {status.last_error.id if status.last_error else '?'}"
