"""The publisher: api, ledger and clock in one hand, for as long as the ledger's lock is held.

Settings come in; broadcasts, videos and links go out. It must not decide what is wanted.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias

from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, TayangError
from pipeline.publish import broadcasts, uploads
from pipeline.publish.broadcasts import Broadcast
from pipeline.publish.ledger import Fact, Ledger, last, open_ledger, read_facts
from pipeline.publish.outcomes import Remedy, YouTubeError
from pipeline.publish.plan import Wanted, plan
from pipeline.publish.quota import Meter
from pipeline.publish.uploads import OnProgress
from pipeline.publish.wishes import BroadcastWish, Upload
from pipeline.publish.words import clip_marker, watch_link
from pipeline.publish.youtube import YouTubeApi, connect
from pipeline.settings import Settings

OnClip: TypeAlias = Callable[[Upload, int, int], None]
"""Told (clip, bytes that YouTube has, bytes in all) as clips go up; bytes of all that is sent now."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where to watch what is there, by what the ledger knows."""

    facts: Sequence[Fact]
    address: str | None

    def clip(self, sha256: str) -> str | None:
        """The video of a clip's content; None when it isn't uploaded."""
        fact = last(self.facts, "uploaded", marker=clip_marker(sha256))
        return None if fact is None else watch_link(fact["video"], self.address)

    def broadcast(self, session: str) -> str | None:
        """The newest broadcast of a session; None when there is none."""
        fact = last(self.facts, "broadcast", session=session)
        return None if fact is None else watch_link(fact["id"], self.address)


@dataclass(frozen=True, slots=True)
class Publisher:
    """What publishing needs. Broadcasts may be driven from another thread than uploads."""

    api: YouTubeApi
    ledger: Ledger
    clock: Clock

    def ensure(self, wish: BroadcastWish) -> Broadcast:
        """See `broadcasts.ensure`."""
        return broadcasts.ensure(self.api, self.ledger, self.clock, wish)

    def go_live(self, broadcast: Broadcast) -> None:
        """See `broadcasts.go_live`."""
        broadcasts.go_live(self.api, self.ledger, self.clock, broadcast)

    def complete(self, broadcast: Broadcast) -> bool:
        """See `broadcasts.complete`."""
        return broadcasts.complete(self.api, self.ledger, self.clock, broadcast)

    def upload(self, clip: Upload, on_progress: OnProgress = lambda sent, total: None) -> str:
        """The clip's video id; see `uploads.upload`."""
        return uploads.upload(self.api, self.ledger, self.clock, clip, on_progress)

    def publish(
        self, wanted: Wanted, on_clip: OnClip = lambda clip, sent, total: None
    ) -> tuple[Fault, ...]:
        """Carries out `plan(wanted, ledger)` as far as YouTube lets it; the rest are faults."""
        missing = {action.subject for action in plan(wanted, self.ledger.facts)}
        making = [
            (wish.title, partial(self.ensure, wish))
            for wish in wanted.broadcasts
            if wish.session in missing
        ]
        clips = [clip for clip in wanted.clips if clip.sha256 in missing]
        return (*_each(making), *_each(self._sending(clips, on_clip)))

    def _sending(
        self, clips: Sequence[Upload], on_clip: OnClip
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        sizes = [clip.path.stat().st_size if clip.path.exists() else 0 for clip in clips]
        whole, before = sum(sizes), 0
        for clip, size in zip(clips, sizes, strict=True):

            def told(sent: int, _: int, clip: Upload = clip, before: int = before) -> None:
                on_clip(clip, before + sent, whole)

            yield clip.title, partial(self.upload, clip, told)
            before += size

    @property
    def links(self) -> Links:
        """Where to watch what is there now."""
        return Links(self.ledger.facts, self.api.address)


def _each(steps: Iterable[tuple[str, Callable[[], object]]]) -> Iterator[Fault]:
    """Takes the steps; a fault that the next would meet too (network, sign-in, quota) ends them."""
    for where, step in steps:
        try:
            step()
        except InputFaults as error:  # as a picture that can't be drawn
            yield from (replace(f, where=f"{where}: {f.where}") for f in error.faults)
        except TayangError as error:
            yield Fault(where, error.what, error.hint)
            if isinstance(error, YouTubeError) and error.remedy is not Remedy.FATAL:
                return


@contextlib.contextmanager
def publishing(settings: Settings, clock: Clock) -> Iterator[Publisher]:
    """A publisher for these settings; OutsideError while another process has one."""
    with open_ledger(_folder(settings), clock) as ledger:
        yield Publisher(connect(settings.youtube, clock, Meter(ledger, clock)), ledger, clock)


def known(settings: Settings) -> Links:
    """What is published, from the ledger alone: needs neither the network nor the lock."""
    address = settings.youtube.address
    return Links(read_facts(_folder(settings)), address.rstrip("/") if address else None)


def _folder(settings: Settings) -> Path:
    """The emulator's ledger lies apart: what is rehearsed must never pass for published."""
    base = settings.state / "emulator" if settings.youtube.address else settings.state
    return base / "publish"
