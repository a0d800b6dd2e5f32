"""How we stand with YouTube: settings come in, an `Account` with its warnings goes out.

Asks twice, once each: who we are, and whether we may go live. What can't be asked doesn't hide what is
known on this machine. It must not change anything at YouTube.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.clock import Clock
from pipeline.errors import InputFaults, Text
from pipeline.publish.account import Account
from pipeline.publish.ledger import read_facts
from pipeline.publish.notices import warnings_of
from pipeline.publish.outcomes import Outcome, Rejected, YouTubeError, demand
from pipeline.publish.publisher import folder_of, limits_of
from pipeline.publish.quota import Airtime, Meter
from pipeline.publish.youtube import YouTubeApi, connect
from pipeline.settings import Settings

_WHO = Text("menanyakan kanal", "asking for the channel")
_LIVE = Text("menanyakan siaran langsung", "asking about live streaming")

_OFF = frozenset({"liveStreamingNotEnabled", "livePermissionBlocked"})


def health(settings: Settings, clock: Clock, airtimes: Sequence[Airtime] = ()) -> Account:
    """All that is known of our account now (2 units); what YouTube or the network does never raises.

    `airtimes` are the sessions to come and the one that is on, in order. Times that it gives are in the
    event's zone.
    """
    zone, folder = settings.event.zone, folder_of(settings)
    meter = Meter(folder, clock, limits_of(settings), lambda: list(airtimes))
    account = Account(emulated=settings.youtube.address is not None, needed=meter.reserve())
    try:
        account = replace(account, waiting=_waiting(folder))
        account = _asked(account, connect(settings.youtube, clock, meter), zone)
    except InputFaults as error:  # nobody has signed in, or a file is damaged
        account = replace(account, trouble=error)
    buckets = (replace(b, refilled=b.refilled.astimezone(zone)) for b in meter.buckets())
    account = replace(account, buckets=tuple(buckets))
    return replace(account, warnings=warnings_of(account, clock.now(), airtimes))


def _waiting(folder: Path) -> int:
    """How many uploads were begun and have not become a video."""
    facts = read_facts(folder)
    begun = {fact["marker"] for fact in facts.all("session")}
    return len(begun - {fact["marker"] for fact in facts.all("uploaded")})


def _asked(account: Account, api: YouTubeApi, zone: ZoneInfo) -> Account:
    """The account with YouTube's answers, as far as it gave any."""
    found = api.look("channels.list", part="snippet", mine=True)
    account = replace(
        account,
        scopes=api.signin.scopes,
        signed_in=_local(api.signin.since, zone),
        ends=_local(api.signin.ends, zone),
        faults=api.signin.faults,
        clock_off=api.clock.now() - api.server_time if api.server_time else None,
    )
    try:
        channel = _channel(found)
        account = replace(account, channel=channel["snippet"]["title"], channel_id=channel["id"])
        live = api.look("liveBroadcasts.list", part="id", mine=True, maxResults=1)
        return replace(account, live=_live(live))
    except YouTubeError as error:
        return replace(account, trouble=error)


def _channel(found: Outcome[dict[str, Any]]) -> Mapping[str, Any]:
    channels = demand(found, _WHO).get("items", ())
    if not channels:
        raise YouTubeError(_WHO, Rejected("youtubeSignupRequired", 0, ""))
    first: Mapping[str, Any] = channels[0]
    return first


def _live(found: Outcome[dict[str, Any]]) -> bool:
    """YouTube has no method that says it: a channel without live streaming is refused the list."""
    if isinstance(found, Rejected) and found.reason in _OFF:
        return False
    demand(found, _LIVE)
    return True


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if moment is None else moment.astimezone(zone)
