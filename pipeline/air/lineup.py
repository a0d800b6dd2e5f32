"""What was chosen becomes something that can air: the item's segment, a filler, or the slate, opened.

A segment that turns out damaged gives way to the slate, and is not tried again. Decides nothing that
depends on the crew; writes nothing but the alarm.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

from pipeline.air.airing import OnAir
from pipeline.air.reel import Playable, Reel
from pipeline.air.select import Choice, State, filler
from pipeline.air.session import Session
from pipeline.air.shelf import Shelf
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.rundown import Planned
from pipeline.timing import Rate

MICROSECOND = timedelta(microseconds=1)
NOT_READY = Text("segmennya belum terbuka", "its segment is not open yet")
FILLER = Text("pengisi jeda", "fills a hole")


class Lineup:
    """The segments of a session, opened ahead. `session` may be replaced while on air."""

    def __init__(
        self,
        session: Session,
        rate: Rate,
        clock: Clock,
        note: Callable[..., None],
        aired: Mapping[int, int],
    ) -> None:
        """`aired` are the frames that each stand had on air in this session before."""
        self.session = session
        self._rate = rate
        self._note = note
        self._shelf = Shelf(rate, clock)
        self._damaged: set[str] = set()
        self._aired = dict(aired)
        self._spare: Playable | None = session.slates[None]
        try:
            self._shelf.keep(session.slates[None])
        except OutsideError:  # it is told when it should air
            self._spare = None

    def make_ready(self, choice: Choice) -> None:
        """Waits until the first choice is open, but not for ever."""
        if choice.item is None:
            self._shelf.wait(self._slate_for(choice.following))
        else:
            segment = self.session.segments[choice.item]
            self._shelf.wait(segment, _place(segment, self._skip(choice)))

    def _skip(self, choice: Choice) -> int:
        """Whole frames that have passed of what was chosen."""
        return choice.skip // MICROSECOND * self._rate.fps // 1_000_000

    def open(self, choice: Choice, state: State, now: datetime, *, waits: bool) -> OnAir | None:
        """What was chosen, or the slate in its place when it is damaged.

        When it isn't open yet: None if what is on can go on (`waits`), else the slate steps in.
        """
        if choice.item is None:
            return self._hole(choice, state, now, waits=waits)
        planned = self.session.planned(choice.item)
        skip = self._skip(choice)
        slot = self._rate.frames(planned.item.duration_s) - skip
        segment = self.session.segments[choice.item]
        if segment.key not in self._damaged:
            try:
                reel = self._shelf.take(segment, _place(segment, skip))
            except OutsideError as error:
                self.alarm(segment, error)
            else:
                if reel is not None:
                    late = _place(segment, skip) - reel.origin  # it is entered at a keyframe
                    on = self._airing(reel, choice.reason, planned, slot, skip - late, own=True)
                    return replace(on, slot=slot + late, late=late)
                return None if waits else self.slate(choice.following, NOT_READY)
        return self.slate(None, choice.reason, planned, slot, skip)

    def slate(
        self,
        following: Planned | None,
        reason: Text,
        instead: Planned | None = None,
        slot: int | None = None,
        skip: int = 0,
    ) -> OnAir:
        """The slate, in a hole or instead of a planned item; OutsideError when none is whole."""
        reel = self._slate_reel(following, waits=False)
        assert reel is not None
        return self._airing(reel, reason, instead, slot, skip)

    def _slate_reel(self, following: Planned | None, *, waits: bool) -> Reel | None:
        """The slate, opened; when it isn't open yet None if that can wait, else the one in memory."""
        while True:
            segment = self._slate_for(following)
            try:
                reel = self._shelf.take(segment)
                if reel is None and waits:
                    return None
                if reel is None and self._spare is not None:
                    reel = self._shelf.take(self._spare)
                reel = reel or Reel(segment, self._rate)
            except OutsideError as error:
                self.alarm(segment, error)  # known as damaged now, so that another is next
            else:
                self._shelf.prefetch(segment)  # it loops
                self._shelf.prefetch(self._slate_for(None))
                return reel

    def again(self, reel: Reel) -> Reel:
        """The same segment from its first frame on; raises when it can't be read any more."""
        again = self._shelf.take(reel.segment)
        if again is None:  # it had a whole round to open
            raise OutsideError(NOT_READY)
        reel.close()
        self._shelf.prefetch(reel.segment)
        return again

    def for_hole(self, choice: Choice, state: State, now: datetime) -> str:
        """The key of the segment that a hole deserves now."""
        stand = self._filler(choice, state, now)
        if stand is not None:
            return self.session.fillers[stand].key
        return self._slate_for(choice.following).key

    def look_ahead(self, following: Planned | None) -> None:
        """Opens what comes next, before its time."""
        if following is not None:
            segment = self.session.segments[following.item.id]
            if segment.key not in self._damaged:
                self._shelf.prefetch(segment)

    def alarm(self, segment: Playable, error: OutsideError) -> None:
        """This segment won't be tried again."""
        self._damaged.add(segment.key)
        self._note("damaged", segment=segment.key, error=error.what.id)

    def aired(self, stand: int) -> None:
        """A stand had one more frame on air."""
        self._aired[stand] = self._aired.get(stand, 0) + 1

    def close(self) -> None:
        self._shelf.close()

    def _hole(self, choice: Choice, state: State, now: datetime, *, waits: bool) -> OnAir | None:
        """The filler of a stand, or the slate that announces what follows."""
        stand = self._filler(choice, state, now)
        if stand is not None:
            segment = self.session.fillers[stand]
            try:
                reel = self._shelf.take(segment)
            except OutsideError as error:
                self.alarm(segment, error)
            else:
                if reel is not None:
                    return self._airing(reel, FILLER, None, None, stand=stand, own=True)
                if waits:
                    return None
        reel = self._slate_reel(choice.following, waits=waits)
        return None if reel is None else self._airing(reel, choice.reason, None, None)

    def _filler(self, choice: Choice, state: State, now: datetime) -> int | None:
        """The stand whose filler shall air in the hole that was chosen; None for the slate."""
        if choice.until is None or state.last is None:
            return None
        lengths = {
            stand: self._rate.seconds(segment.frames)
            for stand, segment in self.session.fillers.items()
            if segment.key not in self._damaged
        }
        owed = {
            stand: self.session.owed.get(stand, Fraction(0))
            - self._rate.seconds(self._aired.get(stand, 0))
            for stand in lengths
        }
        return filler(lengths, owed, Fraction((choice.until - now) // MICROSECOND, 1_000_000))

    def _slate_for(self, following: Planned | None) -> Playable:
        """The slate that announces an item, or any other that is whole."""
        slates = self.session.slates
        wanted = slates.get(following.item.id if following else None, slates[None])
        for slate in (wanted, slates[None], *slates.values(), self._spare):
            if slate is not None and slate.key not in self._damaged:
                return slate
        raise OutsideError(
            Text("tidak ada slate yang utuh", "no slate is whole"),
            Text("Susun lagi dengan `tayang compose`.", "Compose again: `tayang compose`."),
        )

    def _airing(
        self,
        reel: Reel,
        reason: Text,
        planned: Planned | None,
        slot: int | None,
        skip: int = 0,
        stand: int | None = None,
        own: bool = False,
    ) -> OnAir:
        """`own`: the segment was made for this; what only stands in for something loops."""
        if planned is not None:
            stand = planned.item.stand
        name = None if stand is None else self.session.names.get(stand)
        title = planned.item.title if planned else name or "Slate"
        loop = reel.segment.loop or not own
        return OnAir(planned, stand, name, title, reason, reel, loop, slot, skip)


def _place(segment: Playable, skip: int) -> int:
    """The frame of a segment at which an item is after so many frames."""
    return skip % segment.frames if segment.loop else min(skip, segment.frames - 1)
