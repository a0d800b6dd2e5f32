"""What a resource on the channel has otherwise than its wish, field by field; pure.

Words are compared by the print that we left in the description, not by their letters: what YouTube does to
spacing must not look like a change for ever.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import singledispatch
from typing import Any, NamedTuple

from pipeline.errors import Fault, Text
from pipeline.publish.channel import Seen
from pipeline.publish.ledger import Facts
from pipeline.publish.marks import marked, read_mark
from pipeline.publish.outcomes import Rejected, explain
from pipeline.publish.wishes import BroadcastWish, PlaylistWish, Recap, Upload

TIMES_OPEN = frozenset({"created", "ready", "testing"})
DETAILS_OPEN = frozenset({"created", "ready"})

LEAD = timedelta(seconds=60)
"""A broadcast can only be scheduled in the future."""

NAMES = {
    "title": Text("judul", "title"),
    "description": Text("keterangan", "description"),
    "tags": Text("tag", "tags"),
    "start": Text("mulai", "start"),
    "end": Text("selesai", "end"),
    "privacy": Text("privasi", "privacy"),
    "dvr": Text("putar ulang (DVR)", "DVR"),
    "latency": Text("jeda siaran", "latency"),
    "automatic": Text("mulai dan berhenti sendiri", "starts and stops by itself"),
    "stream": Text("kunci siaran", "stream key"),
}


class Change(NamedTuple):
    """One field: what it is and what it shall be. `words`: a person may have written them."""

    name: str
    before: str
    after: str
    words: bool = False

    @property
    def digest(self) -> str:
        """By which this very change is known again."""
        return hashlib.sha256("\0".join(self[:3]).encode()).hexdigest()[:12]

    def as_dict(self) -> dict[str, str]:
        return {"field": self.name, "before": self.before, "after": self.after}

    def __str__(self) -> str:
        if "\n" in self.after or len(self.after) > 60:
            return f"{NAMES[self.name]}"
        return f"{NAMES[self.name]}: {self.before or '?'} → {self.after}"


@singledispatch
def differences(wish: Any, seen: Seen, now: datetime) -> list[Change]:
    """What of the resource isn't as wished."""
    raise TypeError(type(wish))


@differences.register
def _(wish: Upload, seen: Seen, now: datetime) -> list[Change]:
    changes = [*_words(wish.title, wish.marked, seen)]
    if changes and sorted(seen.tags) != sorted(wish.tags):
        changes.append(Change("tags", ", ".join(seen.tags), ", ".join(wish.tags), words=True))
    return [*changes, *_privacy(wish.privacy, seen)]


@differences.register
def _(wish: PlaylistWish, seen: Seen, now: datetime) -> list[Change]:
    return [*_words(wish.title, wish.marked, seen), *_privacy(wish.privacy, seen)]


@differences.register
def _(wish: BroadcastWish, seen: Seen, now: datetime) -> list[Change]:
    changes = [*_words(wish.title, wish.marked, seen), *_privacy(wish.privacy, seen)]
    if seen.lifecycle in TIMES_OPEN and wish.start > now + LEAD:
        times = (("start", "scheduledStartTime", wish.start), ("end", "scheduledEndTime", wish.end))
        for name, field, wished in times:
            there = seen.time(field)
            if there is None or abs((there - wished).total_seconds()) >= 1:
                changes.append(Change(name, _said(there, wished), f"{wished:%Y-%m-%d %H:%M %Z}"))
    if seen.lifecycle in DETAILS_OPEN:
        changes += _details(wish, seen)
    return changes


def recap_differences(recap: Recap, seen: Seen) -> list[Change]:
    """The words of a broadcast that is over, once YouTube has told when it was live."""
    start, end = seen.time("actualStartTime"), seen.time("actualEndTime")
    if start is None or end is None:
        return []
    words = recap.words(start, end)
    return [*_words(words.title, marked(words.title, words.description, recap.marker), seen)]


def privacy_fault(wish: Any, seen: Seen, change: Change, facts: Facts) -> tuple[Fault | None, bool]:
    """Why a privacy that isn't as wished is left alone, and whether that is YouTube's doing.

    None when it is what we set ourselves, and the wish has changed since.
    """
    wrote = facts.last("privacy", of=wish.marker)
    if wrote is not None and wrote["privacy"] == change.before:
        return None, False
    if change.before == "private" and wrote is not None:
        locked = Rejected("privacyLocked", 0, f"{change.after} -> {change.before}")
        return Fault(seen.title, *explain(locked)), True
    return (
        Fault(
            seen.title,
            Text(
                f"privasinya diubah orang menjadi {change.before}; dibiarkan",
                f"its privacy was changed by hand to {change.before}; left alone",
            ),
            Text(
                "Untuk menimpanya: tayang publish --overwrite",
                "To set it back: publish --overwrite",
            ),
        ),
        False,
    )


def _words(title: str, description: str, seen: Seen) -> Iterator[Change]:
    """Title and description, when ours have changed since we wrote them."""
    if read_mark(description).print == seen.print:
        return
    if title != seen.title:
        yield Change("title", seen.title, title, words=True)
    yield Change("description", seen.description, description, words=True)


def _privacy(wished: str, seen: Seen) -> Iterator[Change]:
    if wished != seen.privacy:
        yield Change("privacy", seen.privacy, wished)


def _details(wish: BroadcastWish, seen: Seen) -> Iterator[Change]:
    details = seen.resource.get("contentDetails", {})
    if details.get("enableDvr") != wish.dvr:
        yield Change("dvr", _yes(details.get("enableDvr")), _yes(wish.dvr))
    if details.get("latencyPreference", "normal") != wish.latency:
        yield Change("latency", details.get("latencyPreference", ""), wish.latency)
    monitor = details.get("monitorStream", {}).get("enableMonitorStream")
    if details.get("enableAutoStart") or details.get("enableAutoStop") or monitor:
        yield Change("automatic", _yes(True), _yes(False))
    if seen.stream is None:
        yield Change("stream", "", "Tayang")


def _said(there: datetime | None, wished: datetime) -> str:
    return "" if there is None else f"{there.astimezone(wished.tzinfo):%Y-%m-%d %H:%M %Z}"


def _yes(value: object) -> str:
    return "ya" if value else "tidak"
