"""The on-air loop: takes what `select` chooses, splices its packets into the program, on the clock.

No network, no database, no disk but the segments: what happens is handed to the recorder. All times
follow from the frame count: a fixed start is on air at its frame, or at the first after it at which
the program can be left, at most one mini-GOP later.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipeline.air.airing import OnAir
from pipeline.air.desk import Desk
from pipeline.air.helm import Helm
from pipeline.air.lineup import NOT_READY, Lineup
from pipeline.air.log import Muxer, tables
from pipeline.air.pace import Pace
from pipeline.air.program import Program
from pipeline.air.recorder import Recorder
from pipeline.air.select import Choice, State, choose, next_start
from pipeline.air.session import Session
from pipeline.air.steer import LastTake
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.rundown import Planned
from pipeline.splice import SILENCE, Timeline
from pipeline.timing import Rate

First = Callable[[datetime], tuple[Choice, State]]
"""From the rundown's time: what is the first thing on, and the state in which that is so."""

DAMAGED = Text("segmennya rusak", "its segment is damaged")
PASSED = Text("waktunya sudah lewat", "its time has passed")


class Player:
    """Plays one session from now to its end."""

    def __init__(
        self,
        session: Session,
        rate: Rate,
        program: Program,
        recorder: Recorder,
        clock: Clock,
        desk: Desk,
        *,
        stay: bool = False,
        occurrences: int = 0,
        aired: Mapping[int, int] | None = None,
        on_frame: Callable[["Player"], None] = lambda player: None,
    ) -> None:
        """`stay`: when nothing is left, the slate airs until `stop`, instead of the program ending.
        `occurrences` and `aired` (frames by stand) are of before. `on_frame` is called after each
        frame is due, before it is sent; it may call `stop`.
        """
        self.session = session
        self.rate = rate
        self.desk = desk
        self.pace = Pace(rate, clock)
        self.state = State()
        self.on: OnAir | None = None
        self._program = program
        self._recorder = recorder
        self._ahead = timedelta(0)
        self._stay = stay
        self._on_frame = on_frame
        self._occurrences = occurrences
        self._first_frame = program.head
        self._stopped = False
        self._settled: tuple[Session, State, datetime | None] | None = None
        self._timeline: Timeline | None = None
        self._muxer: Muxer | None = None
        self._helm = Helm(desk, rate, self.note)
        self._lineup = Lineup(session, rate, clock, self.note, aired or {})
        self._first: First | None = None

    @property
    def frames(self) -> int:
        """Frames sent in this session so far."""
        return self._program.head

    @property
    def _played(self) -> int:
        return self._program.head - self._first_frame

    @property
    def wall(self) -> datetime:
        """The wall time of the next frame."""
        return self.pace.wall(self._played)

    @property
    def now(self) -> datetime:
        """The rundown's time at the next frame."""
        return self.wall + self._ahead

    @property
    def on_air(self) -> tuple[str | None, int, int | None]:
        """The item on air (None: slate in a hole), frames sent of it, frames of its slot."""
        assert self.on is not None
        return self.on.item, self.on.sent, self.on.slot

    @property
    def trouble(self) -> Text | None:
        """Why the program isn't being recorded; None while it is."""
        return self._recorder.trouble

    @property
    def undoable(self) -> LastTake | None:
        """The take that can be undone now, if any."""
        return self._helm.undoable(self.state, self.frames)

    def stop(self) -> None:
        """Ends the program at the next frame at which it can be left."""
        self._stopped = True

    def note(self, event: str, **fields: Any) -> None:
        """Hands the journal a fact at the time of the next frame."""
        self._recorder.note(event, at=self.wall, frame=self.frames, **fields)

    def run(
        self,
        first: First,
        shown_at: Callable[[], datetime],
        facts: Mapping[str, Any],
    ) -> None:
        """Plays until nothing is left or `stop` is called; `first` makes the first choice.

        `shown_at` gives what the rundown's clock says; it starts with the first frame, for which
        the first segment is open already. `facts` are for the journal's first line. When something
        raises, the airing that was on has no end in the journal: what of it is in the log, only
        the log can tell.
        """
        self._first = first
        try:
            self._lineup.make_ready(first(shown_at())[0])
            self.pace.begin()
            self._ahead = shown_at() - self.wall
            self.note("open", ahead_s=self._ahead / timedelta(seconds=1), **facts)
            choice, self.state = first(self.now)
            self._switch(replace(choice, ended=choice.ended and not self._stay))
            while self.on is not None:
                if slept := self.pace.wait(self._played):
                    self.note("asleep", seconds=round(slept, 3))
                self._on_frame(self)
                self._step()
        finally:
            if self.on is not None:
                self.on.reel.close()
            self._lineup.close()
            last = self._program.end(self._muxer.rest() if self._muxer else b"")
            if last is not None:
                self._recorder.chunk(last)
            self._helm.close()

    def _step(self) -> None:
        """Hears the crew, decides what is on, then sends frames up to where the program can be left.

        One wake-up for the up to three frames of a mini-GOP, here and in all who read the program.
        """
        assert self._timeline is not None
        self._hear()
        if self._stopped or self._helm.stopped:
            self._leave()
            return
        self._decide()
        while self.on is not None:
            self._send()
            if self._timeline.contiguous:
                return
            self._on_frame(self)
            self._hear()

    def _hear(self) -> None:
        """What the crew wants holds from now on."""
        heard = self._helm.hear(self.state, self.session, self.on, self.frames)
        self.state, self.session = heard
        self._lineup.session = self.session

    def _decide(self) -> None:
        """Stays with what is on, or switches to what `select` chooses."""
        assert self.on is not None
        on = self.on
        if self._stays(on):
            return
        if self._first is not None:  # what the program was to begin with isn't open yet
            choice, self.state = self._first(self.now)
        else:
            choice = choose(self.session.plan, replace(self.state, over=on.over), self.now)
        if choice.ended and self._stay:
            choice = replace(choice, ended=False)
        if choice.ended or self._changes(on, choice):
            self._switch(choice)
        else:
            self._miss(choice.missed)
            self._lineup.look_ahead(choice.following)
            until = next_start(self.session.plan, self.state, self.now)
            self._settled = (self.session, self.state, until)
        if self.on is on and on.reel.damaged is not None:
            self._give_way(on)
        elif self.on is on and on.reel.at_end:
            self._again(on)

    def _stays(self, on: OnAir) -> bool:
        """Whether nothing has come up since it was decided to stay with the item that is on."""
        if on.item is None or on.over or on.reel.at_end or on.reel.damaged or self._settled is None:
            return False
        session, state, until = self._settled
        same = session is self.session and state is self.state
        return same and (until is None or self.now < until)

    def _changes(self, on: OnAir, choice: Choice) -> bool:
        """Whether something else than what is on shall be on."""
        if on.over or choice.item != on.item:
            return True
        filler = on.stand is not None and (choice.until is not None or self.state.held)
        if on.item is not None or filler:
            return False  # a filler fits its hole, and so airs to its end
        return self._lineup.for_hole(choice, self.state, self.now) != on.segment.key

    def _send(self) -> None:
        assert self.on is not None and self._timeline is not None and self._muxer is not None
        on, timeline, muxer = self.on, self._timeline, self._muxer
        if timeline.contiguous and (begins := on.enter_insert()):
            event, said = begins
            self.note(event, **said)
        picture = on.picture()
        if on.packets.update(picture.data, picture.key):
            self.note("kept", occurrence=on.occurrence, frames=on.sent, packets=on.packets.folded)
        try:
            muxer.picture(picture, timeline.picture(picture))
            while timeline.sounds_due > 0:
                # A damaged segment may lack some; those after it have to stay in step.
                muxer.sound(on.reel.sound() or SILENCE, timeline.sound())
                on.sounds += 1
        except OutsideError as error:  # a packet that no check has found to be damaged
            on.reel.damaged = error
        on.sent += 1
        if on.stand is not None and on.segment.kind != "slate":
            self._lineup.aired(on.stand)
        chunk = muxer.chunk(self.frames)
        self._program.tables = self._program.tables or tables(chunk.data)
        self._program.append(chunk)
        self._recorder.chunk(chunk)

    def _switch(self, choice: Choice) -> None:
        """Leaves what is on and enters what was chosen, as soon as that is open."""
        if choice.ended:
            self._leave()
            self._miss(choice.missed)
            return
        waits = self.on is not None and self.on.goes_on
        entered = self._lineup.open(choice, self.state, self.now, waits=waits)
        if entered is None:
            return
        before, last = self.on, self.state.last
        self._leave()
        if entered.reason is not NOT_READY:
            self._miss(choice.missed)
            self._first = None
        self.state = self.state.entered(entered.item)
        self._begin(entered)
        self._helm.entered(self.state, before, last, self.frames)

    def _give_way(self, on: OnAir) -> None:
        """What is on turned out to be damaged: the slate airs for the rest of its time."""
        assert on.reel.damaged is not None
        self._lineup.alarm(on.segment, on.reel.damaged)
        gone = on.sent + on.late
        slot = None if on.slot is None else max(1, on.slot - gone)
        slate = self._lineup.slate(None, DAMAGED, on.planned, slot, on.skip + gone)
        self._leave(stays=True)
        self._begin(slate)

    def _again(self, on: OnAir) -> None:
        """A loop begins anew."""
        assert self._timeline is not None
        try:
            on.reel = self._lineup.again(on.reel)
        except OutsideError as error:
            on.reel.damaged = error
            self._give_way(on)
        else:
            self._timeline.enter()

    def _begin(self, on: OnAir) -> None:
        if self._timeline is None or self._muxer is None:
            self._timeline = Timeline(self.rate, on.reel.reader.delay)
            self._muxer = Muxer(on.reel.reader)
        self._timeline.enter(on.reel.origin)
        self._occurrences += 1
        on.occurrence, on.first_frame = self._occurrences, self.frames
        self.on = on
        self.note("start", **on.started())

    def _leave(self, *, stays: bool = False) -> None:
        """Ends the airing that is on; with `stays` its item is on still, by other means."""
        if self.on is None:
            return
        on, self.on = self.on, None
        on.reel.close()
        if not stays:
            self.state = self.state.left()
        self.note("end", **on.ended())

    def _miss(self, items: Sequence[Planned]) -> None:
        if items:
            self.state = self.state.missed(items)
        for planned in items:
            item = planned.item
            said = {"item": item.id, "title": item.title, "stand": item.stand}
            self.note("missed", **said, reason=PASSED.id)
