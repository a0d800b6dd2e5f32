"""What calls cost, and whether one may be made now: the day's units by bucket, with a reserve.

Method names come in, permission or a refusal goes out. Quota days begin at midnight Pacific time
(https://developers.google.com/youtube/data/determine_quota_cost), and each has a file of its own: a
line as a call goes out, another when it is known whether YouTube counted it. It must not make calls.
"""

import contextlib
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.publish.outcomes import Rejected, YouTubeError

PACIFIC = ZoneInfo("America/Los_Angeles")
KEPT_DAYS = 14

AFTER_UPLOAD = 110
"""Units of the pool that a video needs after its upload: thumbnail, playlist, reading back."""


class Limits(NamedTuple):
    """Units a day by bucket: the defaults since 2026-06-01."""

    pool: int = 10_000
    uploads: int = 100


class Cost(NamedTuple):
    """`documented` is False where Google's table has no row and the rule of thumb is used."""

    units: int
    bucket: str = "pool"
    documented: bool = True


COSTS: dict[str, Cost] = {
    "channels.list": Cost(1),
    "playlistItems.list": Cost(1),
    "playlistItems.insert": Cost(50),
    "playlists.list": Cost(1),
    "playlists.insert": Cost(50),
    "playlists.update": Cost(50),
    "videos.list": Cost(1),
    "videos.insert": Cost(1, "uploads"),
    "videos.update": Cost(50),
    "thumbnails.set": Cost(50),
    "captions.insert": Cost(400),
    "liveBroadcasts.list": Cost(1, documented=False),
    "liveBroadcasts.insert": Cost(50, documented=False),
    "liveBroadcasts.update": Cost(50, documented=False),
    "liveBroadcasts.delete": Cost(50, documented=False),
    "liveBroadcasts.bind": Cost(50, documented=False),
    "liveBroadcasts.transition": Cost(50, documented=False),
    "liveStreams.list": Cost(1, documented=False),
    "liveStreams.insert": Cost(50, documented=False),
}

CONTROL_UNITS = 800
"""What a session's control takes besides watching it: making, binding, starting, ending, a cure."""

WATCH_UNITS_H = 480
"""What an hour of watching a broadcast takes: two reads every 15 seconds."""


class Airtime(NamedTuple):
    """When a session is on air, from its preparation to its end."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of today. `uncertain` of the `spent` units may not have been counted by YouTube."""

    name: str
    limit: int
    spent: int
    uncertain: int
    refilled: datetime

    @property
    def left(self) -> int:
        return self.limit - self.spent


@dataclass
class _Day:
    """One quota day's calls. `open` are those of which nobody knows whether they were counted."""

    day: date
    spent: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Limits._fields, 0))
    open: dict[str, tuple[str, int]] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)
    read: int = 0

    def read_on(self, folder: Path) -> None:
        """Takes what has come to the day's file since, from whichever process."""
        try:
            with _file(folder, self.day).open("rb") as file:
                file.seek(self.read)
                data = file.read()
        except FileNotFoundError:
            return
        whole = data[: data.rfind(b"\n") + 1]
        self.read += len(whole)
        for line in whole.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a power cut tore it
                self._take(json.loads(line))

    def _take(self, line: dict[str, Any]) -> None:
        if "call" in line:
            self.open[line["call"]] = (line["bucket"], line["units"])
            self.spent[line["bucket"]] += line["units"]
        elif "counted" in line:
            self.open.pop(line["counted"], None)
        elif "free" in line:
            bucket, units = self.open.pop(line["free"], ("pool", 0))
            self.spent[bucket] -= units
        elif "empty" in line:
            self.empty.add(line["empty"])


class Meter:
    """Counts what was spent today, through restarts; several threads and processes count together.

    `airtimes`: sessions for whose control units are kept back until the next refill.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        limits: Limits | None = None,
        airtimes: Callable[[], list[Airtime]] = list,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._limits = limits or Limits()
        self._airtimes = airtimes
        self._lock = threading.Lock()
        self._kept = _Day(pacific(clock.now()))

    def buckets(self) -> tuple[Bucket, ...]:
        """How today's buckets stand."""
        refill, found = next_refill(self._clock.now()), []
        with self._lock:
            day = self._today()
        for name, limit in self._limits._asdict().items():
            uncertain = sum(units for bucket, units in day.open.values() if bucket == name)
            spent = limit if name in day.empty else day.spent[name]
            found.append(Bucket(name, limit, spent, uncertain, refill))
        return tuple(found)

    def left(self, bucket: str) -> int:
        """Units of a bucket that are left today; none once YouTube has said so."""
        with self._lock:
            day = self._today()
            found = getattr(self._limits, bucket) - day.spent[bucket]
            return 0 if bucket in day.empty else int(found)

    def reserve(self) -> int:
        """Units of the pool that only control of a broadcast may use until the next refill."""
        now = self._clock.now()
        end = next_refill(now)
        kept = 0.0
        for airtime in self._airtimes():
            hours = (min(airtime.end, end) - max(airtime.start, now)).total_seconds() / 3600
            if hours > 0:
                kept += CONTROL_UNITS + hours * WATCH_UNITS_H
        return round(kept)

    def allow(self, method: str) -> None:
        """YouTubeError (wait) when a call would eat the reserve, or its bucket is empty.

        Control of a broadcast is never refused here: YouTube may know better than our count. Nor are
        reads, by which it is found out what is on air.
        """
        if method.startswith("live") or method.endswith(".list"):
            return
        cost = COSTS[method]
        needed = cost.units if cost.bucket == "pool" else AFTER_UPLOAD
        if self.left(cost.bucket) < cost.units or self.left("pool") - needed < self.reserve():
            until = next_refill(self._clock.now())
            raise YouTubeError(
                Text(f"{method} ditunda", f"{method} is put off"),
                Rejected("quotaReserved", 0, f"{until:%Y-%m-%d %H:%M %Z}"),
            )

    def begin(self, method: str) -> str:
        """A call goes out: it counts from now on. What it gives is for `end`."""
        cost, call = COSTS[method], secrets.token_hex(4)
        with self._lock:
            self._write(call=call, method=method, bucket=cost.bucket, units=cost.units)
        return call

    def end(self, call: str, *, counted: bool) -> None:
        """A call has ended; YouTube counts those that it refuses too, but for a few."""
        with self._lock:
            if call in self._today().open:  # else it began before midnight
                self._write(**{"counted" if counted else "free": call})

    def exhaust(self, method: str) -> None:
        """YouTube says that the bucket of this method is empty, whatever we counted."""
        with self._lock:
            self._write(empty=COSTS[method].bucket)

    def _today(self) -> _Day:
        day = pacific(self._clock.now())
        if self._kept.day != day:
            self._kept = _Day(day)
            _forget(self._folder, day)
        self._kept.read_on(self._folder)
        return self._kept

    def _write(self, **line: str | int) -> None:
        """Survives a killed process, not a power cut: after one, YouTube tells when it is empty.

        A line that a power cut tore stays by itself: each begins anew.
        """
        data = f"\n{json.dumps(line)}\n".encode()
        self._folder.mkdir(parents=True, exist_ok=True)
        with _file(self._folder, self._today().day).open("ab", buffering=0) as file:
            file.write(data)


def pacific(now: datetime) -> date:
    """The quota day."""
    return now.astimezone(PACIFIC).date()


def next_refill(now: datetime) -> datetime:
    """The next midnight in Pacific time, in the same zone as `now`."""
    tomorrow = pacific(now) + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PACIFIC)
    return midnight.astimezone(now.tzinfo)


def _file(folder: Path, day: date) -> Path:
    return folder / f"quota-{day.isoformat()}.jsonl"


def _forget(folder: Path, today: date) -> None:
    """Removes the files of days long past."""
    oldest = _file(folder, today - timedelta(days=KEPT_DAYS)).name
    for path in folder.glob("quota-*.jsonl"):
        if path.name < oldest:
            path.unlink(missing_ok=True)
