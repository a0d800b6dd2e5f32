"""What calls cost, and whether one may be made now: the day's units by bucket, with a reserve.

Method names come in, permission or a refusal goes out. Quota days begin at midnight Pacific time
(https://developers.google.com/youtube/data/determine_quota_cost). It must not make calls.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import Rejected, YouTubeError

PACIFIC = ZoneInfo("America/Los_Angeles")
LIMITS = {"pool": 10_000, "uploads": 100}
"""Units a day by bucket: the defaults since 2026-06-01."""

RESERVE = 2_000
"""Units of the pool that only control of a broadcast may use: about eight hours of watching."""

AFTER_UPLOAD = 60
"""Units of the pool that a video needs after its upload: thumbnail, reading back."""


class Cost(NamedTuple):
    """`documented` is False where Google's table has no row and the rule of thumb is used."""

    units: int
    bucket: str = "pool"
    documented: bool = True


COSTS: dict[str, Cost] = {
    "channels.list": Cost(1),
    "playlistItems.list": Cost(1),
    "videos.list": Cost(1),
    "videos.insert": Cost(1, "uploads"),
    "videos.update": Cost(50),
    "thumbnails.set": Cost(50),
    "liveBroadcasts.list": Cost(1, documented=False),
    "liveBroadcasts.insert": Cost(50, documented=False),
    "liveBroadcasts.bind": Cost(50, documented=False),
    "liveBroadcasts.transition": Cost(50, documented=False),
    "liveStreams.list": Cost(1, documented=False),
    "liveStreams.insert": Cost(50, documented=False),
}


class Meter:
    """Counts what was spent today, through restarts, by the ledger's `spent` facts."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def left(self, bucket: str) -> int:
        """Units of a bucket that are left today."""
        today = {"fact": "spent", "day": self._today(), "bucket": bucket}.items()
        spent = sum(int(fact["units"]) for fact in self._ledger.facts if today <= fact.items())
        return LIMITS[bucket] - spent

    def allow(self, method: str) -> None:
        """YouTubeError (wait) when a call would eat the reserve, or its bucket is empty.

        Control of a broadcast is never refused here: YouTube may know better than our count.
        """
        if method.startswith("live"):
            return
        cost = COSTS[method]
        needed = cost.units if cost.bucket == "pool" else AFTER_UPLOAD
        if self.left(cost.bucket) < cost.units or self.left("pool") - needed < RESERVE:
            until = next_refill(self._clock.now())
            raise YouTubeError(
                Text(f"{method} ditunda", f"{method} is put off"),
                Rejected("quotaReserved", 0, f"{until:%Y-%m-%d %H:%M %Z}"),
            )

    def count(self, method: str) -> None:
        """A call is made; YouTube counts the refused ones too."""
        cost = COSTS[method]
        self._spend(cost.bucket, cost.units)

    def exhaust(self, method: str) -> None:
        """YouTube says that the bucket of this method is empty, whatever we counted."""
        bucket = COSTS[method].bucket
        self._spend(bucket, self.left(bucket))

    def _spend(self, bucket: str, units: int) -> None:
        day = self._today()
        self._ledger.note("spent", durable=False, day=day, bucket=bucket, units=units)

    def _today(self) -> str:
        return self._clock.now().astimezone(PACIFIC).date().isoformat()


def next_refill(now: datetime) -> datetime:
    """The next midnight in Pacific time, in the same zone as `now`."""
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=PACIFIC)
    return midnight.astimezone(now.tzinfo)
