"""What is wanted minus what is there: the actions that publishing would take, in order; pure.

Wishes, the channel as it was read and the ledger's facts come in, a `Plan` goes out. It must not carry it
out. A hand wins: words, privacy or a removal that isn't ours is told and left alone.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline.errors import Fault, Text
from pipeline.publish import remarks
from pipeline.publish.actions import VERBS, Action, Kind, Plan, Wish
from pipeline.publish.channel import ON_AIR, OVER, Channel, Seen, just_made
from pipeline.publish.differences import Change, differences, privacy_fault, recap_differences
from pipeline.publish.fairness import in_turn
from pipeline.publish.ledger import Fact, Facts
from pipeline.publish.outcomes import Rejected, explain
from pipeline.publish.wishes import BroadcastWish, Recap, Upload, Wanted

STARTING = frozenset({"testStarting", "liveStarting"})
NEVER_ON_AIR = frozenset({"created", "ready"})
UNUSABLE = frozenset({"rejected", "failed", "deleted"})

LISTED = timedelta(minutes=10)
"""A new video that YouTube doesn't list for so long has been removed."""

LAG_S = 20.0
"""How long what is read may be older than what was written: 2 to 15 s (seen by others)."""

AROUND = timedelta(hours=2)
"""A broadcast that began so long before its session was the session's own, no rehearsal."""


def plan(
    wanted: Wanted, channel: Channel, facts: Facts, now: datetime, *, overwrite: bool = False
) -> Plan:
    """What brings the channel to what is wanted; no action when all is there.

    With `overwrite` what was changed by hand is set back too.
    """
    planner = _Planner(wanted, channel, facts, now, overwrite)
    actions = (
        *planner.endings(),
        *planner.broadcasts(),
        *planner.playlist(),
        *planner.dressed_broadcasts(),
        *planner.recaps(),
        *planner.clips(),
        *planner.captions(),
    )
    return Plan(actions, tuple(planner.troubles), tuple(planner.remarks), planner.pending)


def current(wish: BroadcastWish, channel: Channel, facts: Facts) -> Seen | None:
    """The session's broadcast that can be gone on with: the ledger's, else the newest."""
    there = channel.broadcasts.get(wish.marker, ())
    open_ones = [s for s in there if s.lifecycle not in OVER and not _given_up(s, facts)]
    known = facts.last("broadcast", session=wish.session)
    ours = (seen for seen in open_ones if known is not None and seen.id == known["id"])
    return next(ours, open_ones[0] if open_ones else None)


def _given_up(seen: Seen, facts: Facts) -> bool:
    return facts.last("given up", id=seen.id) is not None


class _Planner:
    """The rules, one method a sort of thing; troubles and remarks gather on the way."""

    def __init__(
        self, wanted: Wanted, channel: Channel, facts: Facts, now: datetime, overwrite: bool
    ) -> None:
        self._wanted = wanted
        self._channel = channel
        self._facts = facts
        self._now = now
        self._overwrite = overwrite
        self.troubles: list[Fault] = [remarks.copy_of_another(video) for video in channel.twice]
        self.remarks: list[Fault] = []
        self.pending = False

    def broadcasts(self) -> Iterator[Action]:
        for wish in self._wanted.broadcasts:
            seen = current(wish, self._channel, self._facts)
            if seen is not None:
                changes = self._settled(wish, seen, differences(wish, seen, self._now))
                if changes:
                    yield self._action(Kind.CHANGE_BROADCAST, wish, seen, changes)
            elif not (self._had_its_own(wish) or self._just_made(wish) is not None):
                yield self._action(Kind.BROADCAST, wish)
            for other in self._channel.broadcasts.get(wish.marker, ()):
                if seen is not None and other.id != seen.id:
                    yield from self._surplus(wish, other)

    def _just_made(self, wish: BroadcastWish) -> str | None:
        """The id of one so new that it isn't listed yet."""
        known = self._facts.last("broadcast", session=wish.session)
        new = known is not None and just_made(known, self._facts, self._now)
        return str(known["id"]) if known is not None and new else None

    def _surplus(self, wish: BroadcastWish | Recap, seen: Seen) -> Iterator[Action]:
        """One of ours that never was on air, where another is or was: as after a lost ledger."""
        stuck = seen.lifecycle in STARTING and _given_up(seen, self._facts)
        unused = stuck or seen.lifecycle in NEVER_ON_AIR
        if unused and not seen.by_hand and self._is_ours(seen):
            yield self._action(Kind.SURPLUS, wish, seen)

    def dressed_broadcasts(self) -> Iterator[Action]:
        for wish in self._wanted.broadcasts:
            seen = current(wish, self._channel, self._facts)
            if seen is not None or not self._had_its_own(wish):
                yield from self._dressed(wish, self._just_made(wish) if seen is None else seen.id)

    def _had_its_own(self, wish: BroadcastWish) -> bool:
        """Whether a broadcast of this session, and no rehearsal of it, is over already."""
        starts = (
            seen.time("actualStartTime") for seen in self._channel.broadcasts.get(wish.marker, ())
        )
        return any(start is not None and start > wish.start - AROUND for start in starts)

    def endings(self) -> Iterator[Action]:
        """What a crash, or a bad network, has left on air after its session."""
        for recap in self._wanted.recaps:
            for seen in self._channel.broadcasts.get(recap.marker, ()):
                stuck = seen.lifecycle in STARTING and _given_up(seen, self._facts)
                if seen.lifecycle in ON_AIR and not stuck and self._is_ours(seen):
                    yield self._action(Kind.END, recap, seen)

    def recaps(self) -> Iterator[Action]:
        for recap in self._wanted.recaps:
            there = self._channel.broadcasts.get(recap.marker, ())
            was_on_air = any(seen.lifecycle not in NEVER_ON_AIR for seen in there)
            self.remarks += [remarks.never_on_air(seen) for seen in there if not was_on_air]
            for seen in there:
                if was_on_air:
                    yield from self._surplus(recap, seen)
                if seen.lifecycle == "complete":
                    changes = self._settled(recap, seen, recap_differences(recap, seen))
                    if changes:
                        yield self._action(Kind.CHAPTERS, recap, seen, changes)

    def _is_ours(self, seen: Seen) -> bool:
        """Made by us, and not by a person who copied our description into a broadcast of their own."""
        if self._facts.last("broadcast", id=seen.id) is not None:
            return True
        stream = self._facts.last("stream")
        return not seen.by_hand and (stream is None or seen.stream == stream["id"])

    def playlist(self) -> Iterator[Action]:
        wish, seen = self._wanted.playlist, self._channel.playlist
        if wish is None:
            return
        if seen is not None:
            changes = self._settled(wish, seen, differences(wish, seen, self._now))
            if changes:
                yield self._action(Kind.CHANGE_PLAYLIST, wish, seen, changes)
        elif self._facts.last("playlist", marker=wish.marker) is None:
            yield self._action(Kind.PLAYLIST, wish)
        else:
            self.remarks.append(remarks.removed(wish.title))

    def clips(self) -> Iterator[Action]:
        missing: list[Upload] = []
        there: list[Upload] = []
        for clip in {clip.sha256: clip for clip in reversed(self._wanted.clips)}.values():
            known = clip.marker in self._channel.uploaded
            (there if known else missing).append(clip)
        for clip in reversed(there):
            yield from self._changed(clip)
        for clip in in_turn(list(reversed(missing)), there, self._begun):
            yield self._action(Kind.RESUME if self._begun(clip) else Kind.UPLOAD, clip)
            yield from self._dressed(clip, None)
        for clip in reversed(there):  # last: after a lost ledger all pictures are set again
            if self._usable(clip):
                yield from self._dressed(clip, self._channel.uploaded[clip.marker])

    def captions(self) -> Iterator[Action]:
        """Last of all: one costs as much as eight pictures."""
        for clip in {clip.sha256: clip for clip in self._wanted.clips}.values():
            video = self._channel.uploaded.get(clip.marker)
            done = video is not None and self._facts.last("captioned", video=video) is not None
            if clip.captions is not None and not done and (video is None or self._usable(clip)):
                yield self._action(Kind.CAPTIONS, clip)

    def _begun(self, clip: Upload) -> bool:
        """Whether a session of the upload is open."""
        session = self._facts.last("session", marker=clip.marker)
        return session is not None and self._facts.last("expired", uri=session["uri"]) is None

    def _changed(self, clip: Upload) -> Iterator[Action]:
        seen = self._channel.videos.get(clip.marker)
        if seen is None:
            self._unlisted(clip)
        elif not self._usable(clip):
            refused = Rejected("videoRejected", 0, f"{seen.upload_status} {seen.why}".strip())
            self.troubles.append(Fault(clip.title, *explain(refused)))
        else:
            changes = self._settled(clip, seen, differences(clip, seen, self._now))
            if changes:
                yield self._action(Kind.CHANGE_VIDEO, clip, seen, changes)

    def _usable(self, clip: Upload) -> bool:
        seen = self._channel.videos.get(clip.marker)
        return seen is not None and seen.upload_status not in UNUSABLE

    def _unlisted(self, clip: Upload) -> None:
        fact = self._facts.last("uploaded", marker=clip.marker)
        young = fact and self._now - datetime.fromisoformat(fact["at"]) < LISTED
        self.pending |= bool(young)
        self.remarks.append(
            remarks.not_listed(clip) if young else remarks.removed(clip.title, clip)
        )

    def _dressed(self, wish: Upload | BroadcastWish, video: str | None) -> Iterator[Action]:
        """Its picture and its place in the playlist."""
        fact = None if video is None else self._facts.last("thumbnail", video=video)
        if wish.picture is not None and (fact is None or fact.get("key") != wish.picture.key):
            yield self._action(Kind.THUMBNAIL, wish)
        if self._wanted.playlist is None or self._gone():
            return
        if video is None or not self._is_listed(video):
            yield self._action(Kind.LIST, wish)

    def _gone(self) -> bool:
        """Whether somebody has removed the playlist."""
        wish = self._wanted.playlist
        known = wish is not None and self._facts.last("playlist", marker=wish.marker) is not None
        return known and self._channel.playlist is None

    def _is_listed(self, video: str) -> bool:
        """Also what was taken out of the playlist by hand: it isn't put in again."""
        return video in self._channel.listed or self._facts.last("listed", video=video) is not None

    def _settled(self, wish: Wish, seen: Seen, changes: Sequence[Change]) -> tuple[Change, ...]:
        """The changes that are ours to make; of the others a remark, or a trouble."""
        ours = []
        done = self._facts.last("changed", id=seen.id)
        for change in changes:
            if self._overwrite:
                ours.append(change)
            elif change.name == "privacy" and self._just_set(wish, change):
                self.pending = True
            elif change.name == "privacy":
                fault, severe = privacy_fault(wish, seen, change, self._facts)
                if fault is None:
                    ours.append(change)
                else:
                    (self.troubles if severe else self.remarks).append(fault)
            elif done is not None and change.digest in done["changes"]:
                self._unchanged(seen, change, done)
            elif change.words and seen.by_hand:
                remark = remarks.by_hand(seen)
                if remark not in self.remarks:
                    self.remarks.append(remark)
            else:
                ours.append(change)
        return tuple(ours)

    def _just_set(self, wish: Wish, change: Change) -> bool:
        """Whether a privacy was asked for so lately that a list may still show the old one."""
        wrote = self._facts.last("privacy", of=wish.marker)
        return wrote is not None and wrote["privacy"] == change.after and self._is_young(wrote)

    def _is_young(self, fact: Fact) -> bool:
        age = self._now - datetime.fromisoformat(fact["at"])
        return age.total_seconds() <= LAG_S

    def _unchanged(self, seen: Seen, change: Change, done: Fact) -> None:
        """We have made this very change: it isn't seen yet, or somebody has undone it."""
        if self._is_young(done):
            self.pending = True
        else:
            self.remarks.append(remarks.undone(seen, change))

    def _action(
        self, kind: Kind, wish: Wish, seen: Seen | None = None, changes: tuple[Change, ...] = ()
    ) -> Action:
        title = seen.title if isinstance(wish, Recap) and seen is not None else _title(wish)
        verb = VERBS[kind]
        what = Text(f"{verb.id} {title}", f"{verb.en} {title}")
        return Action(kind, wish.marker, what, wish, title, seen, changes)


def _title(wish: Wish) -> str:
    return wish.session if isinstance(wish, Recap) else wish.title
