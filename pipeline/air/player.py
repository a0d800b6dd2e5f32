"""The on-air loop: takes what `select` chooses, splices its packets into the program log, on the clock.

No network, no database: what happens is said to the journal, and destinations read the log. All times
follow from the frame count: a fixed start is on air at its frame, or at the first after it at which
the program can be left, at most one mini-GOP later.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from pipeline.air.journal import JournalWriter
from pipeline.air.log import ProgramLog
from pipeline.air.reel import Playable, Reel
from pipeline.air.select import Choice, State, choose, join
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.rundown import Item, Planned
from pipeline.segments import Timeline
from pipeline.timing import Rate

MICROSECOND = timedelta(microseconds=1)
DAMAGED = Text("segmennya rusak", "its segment is damaged")


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
    """One airing while it lasts: to the reel's end, or for `slot` frames when it loops (None: for ever)."""

    occurrence: int
    item: str | None
    reel: Reel
    first_frame: int
    loop: bool
    slot: int | None
    sent: int = 0
    sounds: int = 0
    packets: Any = field(default_factory=hashlib.sha256)

    @property
    def over(self) -> bool:
        if self.loop:
            return self.slot is not None and self.sent >= self.slot
        return self.reel.at_end and self.reel.damaged is None


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
        stay: bool = False,
        on_frame: Callable[["Player"], None] = lambda player: None,
    ) -> None:
        """`shown_at` is what the rundown's clock says at the first frame.

        `stay`: when nothing is left, the slate airs until `stop`, instead of the program ending.
        `on_frame` is called after each frame is due, before it is sent; it may call `stop`.
        """
        self.session = session
        self.rate = rate
        self._log = log
        self._journal = journal
        self._clock = clock
        self._shown_at = shown_at
        self._stay = stay
        self._on_frame = on_frame
        self._done: set[str] = set()
        self._occurrences = sum(line["event"] == "start" for line in journal.lines)
        self._damaged: set[str] = set()
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
        """Plays until nothing is left or `stop` is called; the log is closed in any case.

        When something raises, the airing that was on has no end in the journal: what of it is in the
        log, only the log can tell.
        """
        self._wall = self._clock.now()
        begun = self._clock.monotonic()
        try:
            choice = join(self.session.plan, self.now)
            self._switch(replace(choice, ended=choice.ended and not self._stay))
            while self._on is not None:
                due = begun + self._played / self.rate.fps
                self._clock.sleep(due - self._clock.monotonic())
                self._on_frame(self)
                self._step()
        finally:
            if self._on is not None:
                self._on.reel.close()
            self._log.close()

    def _step(self) -> None:
        """Decides where the program can be left, then sends one frame."""
        assert self._on is not None and self._timeline is not None
        if self._timeline.contiguous:
            if self._stopped:
                self._leave()
                return
            self._decide()
            if self._on is None:
                return
        self._send()

    def _decide(self) -> None:
        """Stays with what is on, or switches to what `select` chooses."""
        assert self._on is not None
        on = self._on
        choice = choose(self.session.plan, State(frozenset(self._done), on.item, on.over), self.now)
        if choice.ended and self._stay:
            choice = replace(choice, ended=False)
        if choice.ended or choice.item != on.item or on.over:
            self._switch(choice)
        elif on.reel.damaged is not None:
            self._give_way(on)
        elif on.item is None and self._slate_for(choice.following) is not on.reel.segment:
            self._switch(choice)
        elif on.reel.at_end:
            self._again(on)

    def _send(self) -> None:
        assert self._on is not None and self._timeline is not None
        on, timeline = self._on, self._timeline
        picture = on.reel.picture()
        self._log.picture(picture, timeline.picture(picture))
        on.packets.update(picture.data)
        on.sent += 1
        while timeline.sounds_due > 0 and (sound := on.reel.sound()) is not None:
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
        """Puts on air what was chosen, or the slate when that is damaged."""
        if choice.item is None:
            self._begin(None, self._slate_reel(choice.following), choice.reason, None)
            return
        planned = self.session.planned(choice.item)
        skip = self.rate.frames(Fraction(choice.skip // MICROSECOND, 1_000_000))
        slot = self.rate.frames(planned.item.duration_s) - skip
        segment = self.session.segments[choice.item]
        reel = self._reel(segment, skip % segment.frames)
        if reel is None:
            reel = self._slate_reel(None)
        self._begin(planned.item, reel, choice.reason, slot)

    def _give_way(self, on: _OnAir) -> None:
        """What is on turned out to be damaged: the slate airs for the rest of its time."""
        assert on.reel.damaged is not None
        self._alarm(on.reel.segment, on.reel.damaged)
        self._leave()
        item = None if on.item is None else self.session.planned(on.item).item
        slot = None if on.slot is None else on.slot - on.sent
        self._begin(item, self._slate_reel(None), DAMAGED, slot)

    def _begin(self, item: Item | None, reel: Reel, reason: Text, slot: int | None) -> None:
        if self._timeline is None:
            self._timeline = Timeline(self.rate, reel.reader.delay)
            self._log.like(reel.reader)
        self._timeline.enter(reel.origin)
        self._occurrences += 1
        segment = reel.segment
        loop = segment.loop or item is None or segment is not self.session.segments[item.id]
        self._on = _OnAir(
            self._occurrences, item.id if item else None, reel, self.frames, loop, slot
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
            reason=reason.id,
            first_frame=self.frames,
        )

    def _reel(self, segment: Playable, skip: int = 0) -> Reel | None:
        """A segment opened for playing; None, and a journal line, when it is damaged."""
        if segment.key in self._damaged:
            return None
        try:
            return Reel(segment, self.rate, skip=skip)
        except OutsideError as error:
            self._alarm(segment, error)
            return None

    def _alarm(self, segment: Playable, error: OutsideError) -> None:
        self._damaged.add(segment.key)
        self.note("damaged", segment=segment.key, error=error.what.id)

    def _slate_reel(self, following: Planned | None) -> Reel:
        while (reel := self._reel(self._slate_for(following))) is None:
            pass  # that one is known as damaged now, so that another is next
        return reel

    def _slate_for(self, following: Planned | None) -> Playable:
        """The slate that announces an item, or any other that is whole."""
        slates = self.session.slates
        wanted = slates.get(following.item.id if following else None, slates[None])
        for slate in (wanted, slates[None], *slates.values()):
            if slate.key not in self._damaged:
                return slate
        raise OutsideError(
            Text("tidak ada slate yang utuh", "no slate is whole"),
            Text("Susun lagi dengan `tayang compose`.", "Compose again: `tayang compose`."),
        )

    def _again(self, on: _OnAir) -> None:
        """A loop begins anew."""
        assert self._timeline is not None
        try:
            on.reel = on.reel.again()
        except OutsideError as error:
            on.reel.damaged = error
            self._give_way(on)
        else:
            self._timeline.enter()

    def _leave(self) -> None:
        assert self._on is not None
        on, self._on = self._on, None
        on.reel.close()
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
