"""What calls cost and how much of the day is left: pure; the day ends at midnight in Pacific time.

Source: https://developers.google.com/youtube/data/determine_quota_cost. Costs that its table
doesn't list are assumed by the rule of thumb that reading costs 1 and writing 50.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from pipeline.publish.emulator.refusal import Refusal

PACIFIC = ZoneInfo("America/Los_Angeles")

DOCUMENTED = {
    "captions.delete": 50,
    "captions.insert": 400,
    "captions.list": 50,
    "channels.list": 1,
    "playlistItems.delete": 50,
    "playlistItems.insert": 50,
    "playlistItems.list": 1,
    "playlistItems.update": 50,
    "playlists.delete": 50,
    "playlists.insert": 50,
    "playlists.list": 1,
    "playlists.update": 50,
    "thumbnails.set": 50,
    "videos.delete": 50,
    "videos.list": 1,
    "videos.update": 50,
}

ASSUMED_READ = 1
ASSUMED_WRITE = 50

UPLOADS = "videos.insert"
"""Counts in a bucket of its own since 2026-06-01, one per call."""


class Limits(BaseModel):
    """What a project may spend in a day, and how long its refresh tokens live.

    `refresh_days` is 7 for a project that is still "in testing"; None is one that is published.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    units: int = Field(default=10_000, ge=0)
    uploads: int = Field(default=100, ge=0)
    refresh_days: float | None = Field(default=None, gt=0)


@dataclass(slots=True)
class Spent:
    """What has been spent on `day` (Pacific date).

    `calls` counts all calls of each method since the start. `charged` has, for each method that was
    paid for on `day`, its `calls` and `units`; `past` the same figures of the days before.
    """

    day: str = ""
    units: int = 0
    uploads: int = 0
    calls: dict[str, int] = field(default_factory=dict)
    charged: dict[str, dict[str, int]] = field(default_factory=dict)
    past: dict[str, dict[str, Any]] = field(default_factory=dict)


def cost(method: str, verb: str) -> int:
    """Units of the shared pool that a call takes; 0 for an upload."""
    if method == UPLOADS:
        return 0
    return DOCUMENTED.get(method, ASSUMED_READ if verb == "GET" else ASSUMED_WRITE)


def roll(spent: Spent, now: datetime) -> None:
    """Starts a new day when midnight has passed."""
    today = now.astimezone(PACIFIC).date().isoformat()
    if spent.day == today:
        return
    if spent.charged:
        figures = {"units": spent.units, "uploads": spent.uploads, "charged": spent.charged}
        spent.past[spent.day] = figures
    spent.day, spent.units, spent.uploads, spent.charged = today, 0, 0, {}


def charge(spent: Spent, limits: Limits, method: str, verb: str) -> None:
    """Books one call; a Refusal, with nothing booked, when the day's quota doesn't cover it."""
    units = cost(method, verb)
    if method == UPLOADS and spent.uploads >= limits.uploads:
        # As observed on the real service (google-api-python-client#2753).
        raise Refusal(
            429,
            "rateLimitExceeded",
            "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per "
            "day' of service 'youtube.googleapis.com'.",
        )
    if units and spent.units + units > limits.units:
        raise Refusal(
            403,
            "quotaExceeded",
            "The request cannot be completed because you have exceeded your quota.",
            "youtube.quota",
        )
    _book(spent, method, 1, units, int(method == UPLOADS))


def rebate(spent: Spent, method: str, verb: str) -> None:
    """Makes a booked call that turned out to be invalid cost one unit instead."""
    if method in spent.charged:  # not when the day has ended meanwhile
        _book(spent, method, 0, 1 - cost(method, verb), -int(method == UPLOADS))


def _book(spent: Spent, method: str, calls: int, units: int, uploads: int) -> None:
    figures = spent.charged.setdefault(method, {"calls": 0, "units": 0})
    figures["calls"] += calls
    figures["units"] += units
    spent.units += units
    spent.uploads += uploads
