"""Who we are to YouTube: channel, rights, age of the sign-in, whether live is enabled.

An open api comes in, an `Account` goes out, with a warning for each thing that will spoil the
show. It must not change anything.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.errors import Fault, Text
from pipeline.publish.outcomes import Rejected, YouTubeError, explain
from pipeline.publish.signin import SCOPE
from pipeline.publish.youtube import YouTubeApi

TESTING_LIFE = timedelta(days=7)
"""How long a sign-in lasts while the Google Cloud project is in "Testing"."""


@dataclass(frozen=True, slots=True)
class Account:
    """`signed_in` is None for the emulator; `live` says whether the channel may broadcast."""

    channel: str
    channel_id: str
    scopes: tuple[str, ...]
    signed_in: datetime | None
    live: bool
    warnings: tuple[Fault, ...]

    def as_dict(self) -> dict[str, object]:
        """The document of `--json`."""
        return {
            "channel": self.channel,
            "channel_id": self.channel_id,
            "scopes": list(self.scopes),
            "signed_in": self.signed_in.isoformat() if self.signed_in else None,
            "live": self.live,
            "warnings": [warning.as_dict() for warning in self.warnings],
        }


def status(api: YouTubeApi) -> Account:
    """Asks YouTube (2 units). YouTubeError when the sign-in doesn't work or has no channel."""
    channels = api.read("channels.list", part="snippet", mine=True).get("items", ())
    if not channels:
        raise YouTubeError(
            Text("mencari kanal", "looking for the channel"),
            Rejected("youtubeSignupRequired", 0, ""),
        )
    refused = _live_refused(api)
    warnings = [*_of_signin(api), *([_said(refused)] if refused else [])]
    channel = channels[0]
    return Account(
        channel["snippet"]["title"],
        channel["id"],
        api.signin.scopes,
        api.signin.since,
        refused is None,
        tuple(warnings),
    )


def _live_refused(api: YouTubeApi) -> Rejected | None:
    """YouTube has no method that says it: a channel without live is refused the list."""
    try:
        api.read("liveBroadcasts.list", part="id", mine=True, maxResults=1)
    except YouTubeError as error:
        if isinstance(error.outcome, Rejected) and error.outcome.reason.startswith("live"):
            return error.outcome
        raise
    return None


def _said(refused: Rejected) -> Fault:
    return Fault("YouTube", *explain(refused))


def _of_signin(api: YouTubeApi) -> list[Fault]:
    warnings = []
    if api.signin.since is None:
        return []
    if api.signin.scopes and SCOPE not in api.signin.scopes:
        warnings.append(
            Fault(
                "YouTube",
                Text("izin yang diberikan kurang", "too few rights were granted"),
                Text("Masuk lagi dan setujui semuanya.", "Sign in again and grant them all."),
            )
        )
    age = api.clock.now() - api.signin.since
    if age > TESTING_LIFE - timedelta(days=1):
        days = f"{age.days}"
        warnings.append(
            Fault(
                "YouTube",
                Text(f"izin masuk berumur {days} hari", f"the sign-in is {days} days old"),
                Text(
                    'Bila proyek Google Cloud masih "Testing", izin gugur setelah 7 hari: '
                    "terbitkan ke production, atau masuk lagi sebelum acara.",
                    'While the Google Cloud project is in "Testing" it ends after 7 days: publish '
                    "it to production, or sign in again before the event.",
                ),
            )
        )
    return warnings
