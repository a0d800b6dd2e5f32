"""The on-air loop: takes what `select` chooses, splices its packets into the program log, on the clock.

No network, no database: what happens is said to the journal, and destinations read the log. All times
follow from the frame count, so that a fixed start is on air at exactly its frame.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from pipeline.air.journal import JournalWriter
from pipeline.air.log import ProgramLog
from pipeline.air.select import Choice, State, choose, join
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.rundown import Planned
from pipeline.segments import Picture, SegmentReader, Timeline
from pipeline.timing import Rate


class Playable(Protocol):
    """What air needs to know of a composed segment."""

    @property
    def key(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def kind(self) -> str: ...
    @property
    def frames(self) -> int: ...
    @property
    def loop(self) -> bool: ...


@dataclass(frozen=True)
class Session:
    """What air plays: the plan, a segment for each item, a slate for each hole (by the item after it).

    `slates[None]` is the one that serves wherever no other does. `names` gives each stand's name.
    """

    id: str
    plan: Sequence[Planned]
    segments: Mapping[str, Playable]
    slates: Mapping[str | None, Playable]
    names: Mapping[int, str]

    def planned(self, item: str) -> Planned:
        return next(planned for planned in self.plan if planned.item.id == item)


@dataclass
class _OnAir:
    """One airing while it lasts."""

    occurrence: int
    item: str | None
    segment: Playable
    reader: SegmentReader
    first_frame: int
    slot: int | None
    coming: Picture | None
    sent: int = 0
    sounds: int = 0
    packets: Any = field(default_factory=hashlib.sha256)

    @property
    def over(self) -> bool:
        if self.segment.loop:
            return self.slot is not None and self.sent >= self.slot
        return self.coming is None


class Player:
    """Plays one session from now to its end."""

    def __init__(
        self,
        session: Session,
        rate: Rate,
        log: ProgramLog,
        journal: JournalWriter,
        clock: Clock,
        *,
        shown_at: datetime,
        on_frame: Callable[["Player"], None] = lambda player: None,
    ) -> None:
        """`shown_at` is what the rundown's clock says at the first frame.

        `on_frame` is called after each frame is due, before it is sent; it may call `stop`.
        """
        self.session = session
        self.rate = rate
        self._log = log
        self._journal = journal
        self._clock = clock
        self._shown_at = shown_at
        self._on_frame = on_frame
        self._done: set[str] = set()
        self._occurrences = sum(line["event"] == "start" for line in journal.lines)
        self._stopped = False
        self._timeline: Timeline | None = None
        self._on: _OnAir | None = None
        self._wall = clock.now()

    @property
    def frames(self) -> int:
        """Frames sent in this session so far."""
        return self._log.frames

    @property
    def _played(self) -> int:
        return self._log.frames - self._log.first_frame

    @property
    def now(self) -> datetime:
        """The rundown's time at the next frame."""
        return self._shown_at + self.rate.span(self._played)

    @property
    def on_air(self) -> tuple[str | None, int, int | None]:
        """The item on air (None: slate in a hole), frames sent of it, frames of its slot."""
        assert self._on is not None
        return self._on.item, self._on.sent, self._on.slot

    def stop(self) -> None:
        """Ends the program at the next frame at which it can be left."""
        self._stopped = True

    def note(self, event: str, **fields: Any) -> None:
        """Writes a journal line at the time of the next frame."""
        at = self._wall + self.rate.span(self._played)
        self._journal.write(event, at=at, frame=self.frames, **fields)

    def run(self) -> None:
        """Plays until nothing is left or `stop` is called; the log is closed in any case."""
        self._wall = self._clock.now()
        begun = self._clock.monotonic()
        try:
            self._switch(join(self.session.plan, self.now))
            while self._on is not None:
                due = begun + self._played / self.rate.fps
                self._clock.sleep(due - self._clock.monotonic())
                self._on_frame(self)
                self._step()
        finally:
            if self._on is not None:
                self._leave()
            self._log.close()

    def _step(self) -> None:
        """Decides where the program can be left, then sends one frame."""
        assert self._on is not None and self._timeline is not None
        if self._timeline.contiguous:
            if self._stopped:
                self._leave()
                return
            state = State(frozenset(self._done), self._on.item, self._on.over)
            choice = choose(self.session.plan, state, self.now)
            if choice.ended or choice.item != self._on.item or self._on.over:
                self._switch(choice)
                if self._on is None:
                    return
            elif choice.item is None and self._slate_for(choice) is not self._on.segment:
                self._switch(choice)
            elif self._on.coming is None:
                self._again()
        self._send()

    def _send(self) -> None:
        assert self._on is not None and self._timeline is not None
        on, timeline = self._on, self._timeline
        if on.coming is None:
            raise OutsideError(
                Text(f"segmen {on.segment.path.name} rusak", f"{on.segment.path.name} is damaged")
            )
        self._log.picture(on.coming, timeline.picture(on.coming))
        on.packets.update(on.coming.data)
        on.sent += 1
        on.coming = on.reader.picture()
        while timeline.sounds_due > 0 and (sound := on.reader.sound()) is not None:
            self._log.sound(sound, timeline.sound())
            on.sounds += 1

    def _switch(self, choice: Choice) -> None:
        """Leaves what is on and enters what was chosen; nothing when the session has ended."""
        if self._on is not None:
            self._leave()
        for planned in choice.missed:
            self._miss(planned)
        if not choice.ended:
            self._enter(choice)

    def _enter(self, choice: Choice) -> None:
        segment, planned, slot = self._chosen(choice)
        item = planned.item if planned else None
        reader = SegmentReader(segment.path, self.rate)
        if self._timeline is None:
            self._timeline = Timeline(self.rate, reader.delay)
            self._log.like(reader)
        skipped = self.rate.frames(choice.skip // timedelta(seconds=1))
        origin = reader.seek_key(skipped % segment.frames) if skipped else 0
        self._timeline.enter(origin)
        self._occurrences += 1
        left = None if slot is None else slot - skipped
        self._on = _OnAir(
            self._occurrences,
            item.id if item else None,
            segment,
            reader,
            self.frames,
            left,
            reader.picture(),
        )
        stand = item.stand if item else None
        self.note(
            "start",
            occurrence=self._occurrences,
            item=item.id if item else None,
            kind=segment.kind,
            planned_kind=item.kind.value if item else None,
            stand=stand,
            stand_name=None if stand is None else self.session.names[stand],
            title=item.title if item else "Slate",
            segment=segment.key,
            reason=choice.reason.id,
            first_frame=self.frames,
        )

    def _chosen(self, choice: Choice) -> tuple[Playable, Planned | None, int | None]:
        if choice.item is None:
            return self._slate_for(choice), None, None
        planned = self.session.planned(choice.item)
        slot = self.rate.frames(planned.item.duration_s)
        return self.session.segments[choice.item], planned, slot

    def _slate_for(self, choice: Choice) -> Playable:
        following = choice.following.item.id if choice.following else None
        return self.session.slates.get(following, self.session.slates[None])

    def _again(self) -> None:
        """A loop begins anew."""
        assert self._on is not None and self._timeline is not None
        self._on.reader.close()
        self._on.reader = SegmentReader(self._on.segment.path, self.rate)
        self._timeline.enter()
        self._on.coming = self._on.reader.picture()

    def _leave(self) -> None:
        assert self._on is not None
        on, self._on = self._on, None
        on.reader.close()
        if on.item is not None:
            self._done.add(on.item)
        self.note(
            "end",
            occurrence=on.occurrence,
            first_frame=on.first_frame,
            frames=on.sent,
            part=self._log.path.name,
            audio_frames=on.sounds,
            packets=on.packets.hexdigest(),
            cut=not on.over,
        )

    def _miss(self, planned: Planned) -> None:
        self._done.add(planned.item.id)
        self.note(
            "missed",
            item=planned.item.id,
            title=planned.item.title,
            stand=planned.item.stand,
            reason=Text("waktunya sudah lewat", "its time has passed").id,
        )
