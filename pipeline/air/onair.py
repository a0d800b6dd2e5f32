"""Puts a session on air: opens log and journal, starts destinations, plays, accounts, closes.

Plain values come in (plan, segments, destinations); the journal and the program log are what remains.
"""

import queue
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.air.destinations import Delivery, Feed, feeds
from pipeline.air.journal import JOURNAL, JournalWriter, Line
from pipeline.air.log import ProgramLog
from pipeline.air.player import Player, Session
from pipeline.air.repair import repair
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
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
    on_line: Callable[[Line], None] = lambda line: None,
    on_frame: Callable[[Player], None] = lambda player: None,
) -> Result:
    """Plays a session into `folder`, from the rundown's time `shown_at` to its end.

    With `stay` the slate airs after that, until the player is stopped.
    `facts` go into the journal's first line (event, house, rundown, stands). Raises OutsideError
    when the disk refuses; a destination that fails is only noted.
    """
    _make(folder)
    with closing(_Told(folder / JOURNAL, on_line)) as journal:
        log = ProgramLog(folder, repair(folder, journal, rate, clock))
        events: queue.SimpleQueue[Delivery] = queue.SimpleQueue()

        def each_frame(player: Player) -> None:
            _note(player, events)
            on_frame(player)

        player = Player(
            session,
            rate,
            log,
            journal,
            clock,
            shown_at=shown_at,
            stay=stay,
            on_frame=each_frame,
        )
        try:
            player.note("open", session=session.id, fps=rate.fps, sampling=rate.sampling, **facts)
            player.note("part", part=log.path.name, first_frame=log.first_frame)
            with _feeding(feeds(destinations, log, ffmpeg, clock, events)) as running:
                player.run()
                for feed in running:
                    feed.join()
            _note(player, events)
        except BaseException:  # Ctrl-C too: what the log holds did air, nothing else did
            log.close()
            _note(player, events)
            repair(folder, journal, rate, clock)
            raise
        player.note("close", frames=player.frames)
    return Result(folder, log.path, player.frames, _unreached(destinations, running))


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


def _note(player: Player, events: "queue.SimpleQueue[Delivery]") -> None:
    while not events.empty():
        player.note("delivery", **asdict(events.get()))


def _unreached(destinations: Sequence[Destination], running: Sequence[Feed]) -> tuple[str, ...]:
    return tuple(
        f"{destination.name}: {feed.last_error}"
        for destination, feed in zip(destinations, running, strict=True)
        if not feed.reached
    )


class _Told(JournalWriter):
    """A journal that also tells each line as it is written."""

    def __init__(self, path: Path, on_line: Callable[[Line], None]) -> None:
        super().__init__(path)
        self._on_line = on_line

    def write(self, event: str, *, at: datetime, frame: int, **fields: Any) -> Line:
        line = super().write(event, at=at, frame=frame, **fields)
        self._on_line(line)
        return line
