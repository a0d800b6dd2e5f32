"""The publisher: api, ledger and clock in one hand, for as long as the ledger's lock is held.

Settings come in; broadcasts, videos and links go out. It must not decide what is wanted.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, OutsideError, TayangError, Text
from pipeline.publish import broadcasts, captions, live, playlists, uploads
from pipeline.publish.actions import UPLOADS, Action, Kind, Plan
from pipeline.publish.assumed import assumed
from pipeline.publish.broadcasts import Broadcast
from pipeline.publish.channel import Channel, Seen, survey, videos
from pipeline.publish.ledger import Ledger, open_ledger, read_facts
from pipeline.publish.links import Links
from pipeline.publish.live import Conductor, Standing
from pipeline.publish.marks import marked
from pipeline.publish.outcomes import Rejected, Remedy, YouTubeError
from pipeline.publish.plan import current, plan
from pipeline.publish.quota import Airtime, Limits, Meter
from pipeline.publish.steps import LOOKS_S
from pipeline.publish.wishes import BroadcastWish, PlaylistWish, Recap, Upload, Wanted
from pipeline.publish.youtube import YouTubeApi, connect
from pipeline.settings import Settings

OnStep: TypeAlias = Callable[[Action, int, int], None]
"""Told (action, done, whole) as publishing goes on; of uploads bytes of all that is sent now."""

Airtimes: TypeAlias = Callable[[], list[Airtime]]


EVERYWHERE = frozenset(
    {"notSent", "tokenServer", "invalid_grant", "invalid_client", "authError", "expired"}
    | {"authorizationRequired", "youtubeSignupRequired", "insufficientPermissions"}
)
"""Refusals that every call would meet."""

POOL = frozenset({"quotaExceeded", "dailyLimitExceeded", "quotaReserved"})

ROUNDS = 3
"""Passes before what is left is told: an upload that was begun with older words needs a second."""


def _quiet(action: Action, done: int, whole: int) -> None:
    """Told to nobody."""


@dataclass(frozen=True, slots=True)
class Done:
    """What publishing came to: `faults` are what is still not as wanted, `remarks` what a hand did."""

    faults: tuple[Fault, ...]
    remarks: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """What publishing needs. Broadcasts may be driven from another thread than uploads."""

    api: YouTubeApi
    ledger: Ledger
    clock: Clock

    def ensure(self, wish: BroadcastWish) -> Broadcast:
        """See `broadcasts.ensure`."""
        return broadcasts.ensure(self.api, self.ledger, self.clock, wish)

    def conduct(
        self,
        wish: BroadcastWish,
        tell: Callable[[Standing], None] = lambda standing: None,
        playlist: PlaylistWish | None = None,
    ) -> Conductor:
        """The one who takes the session's broadcast on air; makes or finds it at once."""

        def dress() -> None:
            self.publish(Wanted((wish,), playlist=playlist))

        return Conductor(self.api, self.ledger, self.clock, wish, tell, dress)

    def plan(self, wanted: Wanted, *, overwrite: bool = False) -> Plan:
        """What `publish` would do now, by what YouTube says now. YouTubeError."""
        channel = survey(self.api, self.ledger.facts, wanted)
        self._remember(channel, wanted)
        return plan(wanted, channel, self.ledger.facts, self.clock.now(), overwrite=overwrite)

    def publish(self, wanted: Wanted, on_step: OnStep = _quiet, *, overwrite: bool = False) -> Done:
        """Brings YouTube to what is wanted as far as it lets us, and reads back what came of it."""
        try:
            found = self.plan(wanted, overwrite=overwrite)
            faults: list[Fault] = []
            for _ in range(ROUNDS):
                if faults or not (found.actions or found.pending):
                    break
                faults = [*self._carry_out(found.actions, wanted, on_step)]
                found = self.plan(wanted) if faults else self._read_back(wanted)
        except TayangError as error:
            return Done((Fault("YouTube", error.what, error.hint),))
        left = [] if faults else [_undone(action) for action in found.actions]
        return Done((*faults, *left, *found.troubles), found.remarks)

    def _read_back(self, wanted: Wanted) -> Plan:
        """The plan that is left; what was just made may be listed a little later."""
        found = self.plan(wanted)
        for wait in LOOKS_S[1:]:
            if not found.actions and not found.pending:
                break
            self.clock.sleep(wait)
            found = self.plan(wanted)
        return found

    def _remember(self, channel: Channel, wanted: Wanted) -> None:
        """Notes what is there and the ledger lacks, as after it was lost or restored from a backup."""
        for marker, video in channel.uploaded.items():
            if self.ledger.last("uploaded", marker=marker) is None:
                self.ledger.note("uploaded", marker=marker, video=video)
        for wish in wanted.broadcasts:
            seen = current(wish, channel, self.ledger.facts)
            if seen is None:
                continue
            self._remember_privacy(wish.marker, wish.privacy, seen)
            broadcasts.note(self.ledger, wish, seen.id)
        for clip in wanted.clips:
            self._remember_privacy(clip.marker, clip.privacy, channel.videos.get(clip.marker))
        playlist = wanted.playlist
        if playlist is not None and channel.playlist is not None:
            self._remember_privacy(playlist.marker, playlist.privacy, channel.playlist)
            if self.ledger.last("playlist", marker=playlist.marker) is None:
                self.ledger.note("playlist", marker=playlist.marker, id=channel.playlist.id)

    def _remember_privacy(self, marker: str, wished: str, seen: Seen | None) -> None:
        if seen is None or seen.privacy != wished:
            return
        known = self.ledger.last("privacy", of=marker)
        if known is None or known["privacy"] != wished:
            self.ledger.note("privacy", of=marker, privacy=wished)

    def _carry_out(
        self, actions: Sequence[Action], wanted: Wanted, on_step: OnStep
    ) -> Iterator[Fault]:
        """Takes the steps. A fault that others would meet too (network, quota) ends those."""
        stopped: set[Kind] = set()
        failed: set[str] = set()
        for action, told in _with_progress(actions, on_step):
            if action.kind in stopped or action.subject in failed:
                failed.add(action.subject)  # what isn't there can't be dressed
                continue
            try:
                self._act(action, wanted, told)
                if action.seen is not None and action.changes:
                    changes = [change.digest for change in action.changes]
                    self.ledger.note("changed", id=action.seen.id, changes=changes)
            except InputFaults as error:  # as a picture that can't be drawn
                where = action.title
                yield from (replace(f, where=f"{where}: {f.where}") for f in error.faults)
            except YouTubeError as error:
                yield Fault(action.title, error.what, error.hint)
                failed.add(action.subject)
                stopped |= _met_by_others(action, error)
            except TayangError as error:
                yield Fault(action.title, error.what, error.hint)
                failed.add(action.subject)

    def _act(self, action: Action, wanted: Wanted, told: uploads.OnProgress) -> None:
        on = (self.api, self.ledger, self.clock)
        wish, seen = action.wish, action.seen
        match action.kind, wish:
            case Kind.BROADCAST, BroadcastWish():
                self.ensure(wish)
            case Kind.CHANGE_BROADCAST, BroadcastWish() if seen is not None:
                broadcasts.change(*on, wish, seen, action.changes)
            case Kind.SURPLUS, (BroadcastWish() | Recap()) if seen is not None:
                broadcasts.delete(self.api, self.ledger, seen.id)
            case Kind.END, Recap() if seen is not None:
                live.complete(*on, wish.session, seen.id)
            case Kind.CHAPTERS, Recap() if seen is not None:
                self._add_chapters(wish, seen)
            case Kind.PLAYLIST, PlaylistWish():
                playlists.ensure(*on, wish)
            case Kind.CHANGE_PLAYLIST, PlaylistWish() if seen is not None:
                playlists.change(*on, wish, seen, action.changes)
            case ((Kind.UPLOAD | Kind.RESUME), Upload()):
                uploads.upload(*on, wish, told)
            case Kind.CHANGE_VIDEO, Upload() if seen is not None:
                uploads.change(*on, wish, seen, action.changes)
            case Kind.THUMBNAIL, (Upload() | BroadcastWish()) if wish.picture is not None:
                uploads.set_thumbnail(*on, self._video(wish), wish.picture)
            case Kind.CAPTIONS, Upload() if wish.captions is not None:
                captions.add(*on, self._video(wish), wish.captions, wish.language)
            case Kind.LIST, (Upload() | BroadcastWish()) if wanted.playlist is not None:
                playlist = playlists.ensure(*on, wanted.playlist)
                playlists.put_in(*on, playlist, self._video(wish))

    def _video(self, wish: Upload | BroadcastWish) -> str:
        """The id of what has been made of a wish by now."""
        if isinstance(wish, Upload):
            fact = self.ledger.last("uploaded", marker=wish.marker)
            name = "video"
        else:
            fact = self.ledger.last("broadcast", session=wish.session)
            name = "id"
        if fact is None:
            raise OutsideError(Text(f"{wish.title} belum ada", f"{wish.title} isn't there yet"))
        return str(fact[name])

    def _add_chapters(self, recap: Recap, seen: Seen) -> None:
        start, end = seen.time("actualStartTime"), seen.time("actualEndTime")
        video = videos(self.api, {"it": seen.id}).get("it")
        if start is None or end is None or video is None:
            raise OutsideError(
                Text("videonya belum terlihat di YouTube", "its video isn't listed by YouTube yet")
            )
        words = recap.words(start, end)
        fields = {
            "title": words.title,
            "description": marked(words.title, words.description, recap.marker),
        }
        uploads.rewrite(self.api, self.ledger, self.clock, video, fields)

    @property
    def links(self) -> Links:
        """Where to watch what is there now."""
        return Links(self.ledger.facts, self.api.address)


def _with_progress(
    actions: Sequence[Action], on_step: OnStep
) -> Iterator[tuple[Action, uploads.OnProgress]]:
    """Each action, and what its upload tells: bytes of all that goes up in this run."""
    sizes = [_bytes_of(action) for action in actions]
    whole, before = sum(sizes), 0
    for action, size in zip(actions, sizes, strict=True):

        def told(sent: int, _: int, action: Action = action, before: int = before) -> None:
            on_step(action, before + sent, whole)

        on_step(action, before, whole)
        yield action, told
        before += size


def _bytes_of(action: Action) -> int:
    if action.kind not in UPLOADS or not isinstance(action.wish, Upload):
        return 0
    path = action.wish.path
    return path.stat().st_size if path.exists() else 0


def _met_by_others(action: Action, error: YouTubeError) -> set[Kind]:
    """The kinds of action that would meet the same. Ending a broadcast is tried in any case."""
    outcome = error.outcome
    if isinstance(outcome, Rejected) and outcome.reason in EVERYWHERE:
        return set(Kind) - {Kind.END}
    match error.remedy:
        case Remedy.WAIT if action.kind in UPLOADS:
            return set(UPLOADS)
        case Remedy.WAIT if isinstance(outcome, Rejected) and outcome.reason in POOL:
            return set(Kind) - UPLOADS - {Kind.BROADCAST, Kind.END}
        case Remedy.WAIT | Remedy.OPERATOR:
            return {action.kind}
        case Remedy.FATAL:
            return set()
    return set(Kind) - {Kind.END}


def _undone(action: Action) -> Fault:
    return Fault(
        action.title,
        Text("di YouTube belum seperti seharusnya", "isn't as it should be on YouTube yet"),
        Text("Ulangi: tayang publish", "Run again: tayang publish"),
    )


@contextlib.contextmanager
def publishing(settings: Settings, clock: Clock, airtimes: Airtimes = list) -> Iterator[Publisher]:
    """A publisher for these settings; OutsideError while another process has one.

    `airtimes`: the sessions for whose broadcasts quota is kept back.
    """
    folder = folder_of(settings)
    with open_ledger(folder, clock) as ledger:
        meter = Meter(folder, clock, limits_of(settings), airtimes)
        yield Publisher(connect(settings.youtube, clock, meter), ledger, clock)


def planned(
    settings: Settings, clock: Clock, wanted: Wanted, *, overwrite: bool = False
) -> tuple[Plan, TayangError | None]:
    """What publishing would do, while another process may publish.

    With the reason why YouTube can't be asked: then it is by the ledger alone.
    """
    folder = folder_of(settings)
    facts, trouble = read_facts(folder), None
    try:
        api = connect(settings.youtube, clock, Meter(folder, clock, limits_of(settings)))
        channel = survey(api, facts, wanted)
    except (InputFaults, YouTubeError) as error:  # not signed in, no network, no quota
        channel, trouble = assumed(facts, wanted), error
    return plan(wanted, channel, facts, clock.now(), overwrite=overwrite), trouble


def known(settings: Settings) -> Links:
    """What is published, from the ledger alone: needs neither the network nor the lock."""
    address = settings.youtube.address
    return Links(read_facts(folder_of(settings)), address.rstrip("/") if address else None)


def limits_of(settings: Settings) -> Limits:
    """What the project may spend a day."""
    return Limits(settings.youtube.quota_units, settings.youtube.quota_uploads)


def folder_of(settings: Settings) -> Path:
    """The emulator's ledger lies apart: what is rehearsed must never pass for published."""
    base = settings.state / "emulator" if settings.youtube.address else settings.state
    return base / "publish"
