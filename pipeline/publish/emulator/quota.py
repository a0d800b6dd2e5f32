"""What calls cost and how much of the day is left: pure; the day ends at midnight in Pacific time.

Source: https://developers.google.com/youtube/data/determine_quota_cost. Costs that its table
doesn't list are assumed by the rule of thumb that reading costs 1 and writing 50.
"""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.publish.emulator.refusal import Refusal

PACIFIC = ZoneInfo("America/Los_Angeles")

DOCUMENTED = {
    "captions.insert": 400,
    "captions.list": 50,
    "channels.list": 1,
    "playlistItems.insert": 50,
    "playlistItems.list": 1,
    "playlists.insert": 50,
    "playlists.list": 1,
    "thumbnails.set": 50,
    "videos.delete": 50,
    "videos.list": 1,
    "videos.update": 50,
}

ASSUMED_READ = 1
ASSUMED_WRITE = 50

UPLOADS = "videos.insert"
"""Counts in a bucket of its own since 2026-06-01, one per call."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a project may spend in a day."""

    units: int = 10_000
    uploads: int = 100


@dataclass(slots=True)
class Spent:
    """What has been spent on `day` (Pacific date), and the calls of each method since the start."""

    day: str = ""
    units: int = 0
    uploads: int = 0
    calls: dict[str, int] = field(default_factory=dict)


def cost(method: str, verb: str) -> int:
    """Units of the shared pool that a call takes; 0 for an upload."""
    if method == UPLOADS:
        return 0
    return DOCUMENTED.get(method, ASSUMED_READ if verb == "GET" else ASSUMED_WRITE)


def roll(spent: Spent, now: datetime) -> None:
    """Starts a new day when midnight has passed."""
    today = now.astimezone(PACIFIC).date().isoformat()
    if spent.day != today:
        spent.day, spent.units, spent.uploads = today, 0, 0


def charge(spent: Spent, limits: Limits, method: str, units: int) -> None:
    """Books one call; a Refusal, with nothing booked, when the day's quota doesn't cover it."""
    if method == UPLOADS:
        if spent.uploads >= limits.uploads:
            # As observed on the real service (google-api-python-client#2753).
            raise Refusal(
                429,
                "rateLimitExceeded",
                "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per "
                "day' of service 'youtube.googleapis.com'.",
            )
        spent.uploads += 1
    elif spent.units + units > limits.units:
        raise Refusal(
            403,
            "quotaExceeded",
            "The request cannot be completed because you have exceeded your quota.",
            "youtube.quota",
        )
    else:
        spent.units += units
