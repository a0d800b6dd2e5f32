"""Who we are to YouTube: the value that `health.py` makes, and its document; pure.

It must not ask YouTube, nor judge what it holds: `notices.py` does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from babel.dates import format_date

from pipeline.errors import Fault, TayangError, Text
from pipeline.publish.outcomes import Rejected, Remedy, YouTubeError
from pipeline.publish.quota import COSTS, Bucket
from pipeline.publish.scopes import in_words

TESTING_LIFE = timedelta(days=7)
"""How long a sign-in lasts while the Google Cloud project is in "Testing"
(https://developers.google.com/identity/protocols/oauth2#expiration)."""


class Notice(NamedTuple):
    """Something to do; `urgent` when it threatens a show that is near, or on."""

    fault: Fault
    urgent: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What is known now; None where YouTube could not be asked, and `trouble` says why.

    `signed_in` is None for the emulator's own sign-in too, `ends` is None unless Google said when the
    sign-in ends. `needed`: units of the pool that control of the sessions takes until the refill.
    `waiting`: uploads that were begun and aren't done. `clock_off`: how far our clock is ahead.
    """

    emulated: bool
    buckets: tuple[Bucket, ...] = ()
    needed: int = 0
    waiting: int = 0
    scopes: tuple[str, ...] = ()
    signed_in: datetime | None = None
    ends: datetime | None = None
    channel: str | None = None
    channel_id: str | None = None
    live: bool | None = None
    clock_off: timedelta | None = None
    trouble: TayangError | None = None
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Notice, ...] = ()

    @property
    def link(self) -> str | None:
        """The channel's page; the emulator's own page shows its channel."""
        if self.channel_id is None or self.emulated:
            return None
        return f"https://www.youtube.com/channel/{self.channel_id}"

    @property
    def ends_if_testing(self) -> datetime | None:
        """When the sign-in dies if the project is in "Testing"; None once it can't be."""
        if self.signed_in is None or self.ends is not None:
            return None
        return self.signed_in + TESTING_LIFE

    @property
    def refused(self) -> Rejected | None:
        """Google's refusal of the sign-in itself."""
        outcome = self.trouble.outcome if isinstance(self.trouble, YouTubeError) else None
        if isinstance(outcome, Rejected) and outcome.remedy is Remedy.OPERATOR:
            return outcome if outcome.status == 401 else None
        return None

    def as_dict(self) -> dict[str, object]:
        """The document of `--json`; holds no token."""
        return {
            "emulated": self.emulated,
            "channel": self.channel,
            "channel_id": self.channel_id,
            "link": self.link,
            "scopes": [
                {"scope": scope, "what": in_words(scope).id, "what_en": in_words(scope).en}
                for scope in self.scopes
            ],
            "signed_in": _iso(self.signed_in),
            "ends": _iso(self.ends),
            "ends_if_testing": _iso(self.ends_if_testing),
            "live": self.live,
            "quota": [
                {
                    "bucket": bucket.name,
                    "limit": bucket.limit,
                    "spent": bucket.spent,
                    "uncertain": bucket.uncertain,
                    "left": bucket.left,
                    "refilled": bucket.refilled.isoformat(),
                }
                for bucket in self.buckets
            ],
            "assumed_costs": assumed_costs(),
            "needed": self.needed,
            "waiting": self.waiting,
            "clock_off_s": self.clock_off and self.clock_off.total_seconds(),
            "trouble": self.trouble and self.trouble.what._asdict(),
            "warnings": [{**w.fault.as_dict(), "urgent": w.urgent} for w in self.warnings],
        }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def assumed_costs() -> list[str]:
    """The methods whose cost Google doesn't publish."""
    return [method for method, cost in COSTS.items() if not cost.documented]


def when(moment: datetime) -> Text:
    """A moment as people say it, in its own zone."""
    return Text(
        f"{format_date(moment, 'd MMMM y', locale='id')} pukul {moment:%H.%M %Z}",
        f"on {format_date(moment, 'd MMMM y', locale='en')} at {moment:%H:%M %Z}",
    )
