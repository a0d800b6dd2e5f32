"""A session's broadcast and the channel's one stream: made, found again, changed, bound.

A wish, the ledger and a clock come in; a `Broadcast` with its ingest address goes out. It must not
know Google's client, nor who sends the program; `live.py` takes it on air.

Auto-start and auto-stop are off: a dropped encoder must not end the event. The monitor stream is off, so
that `ready` goes straight to `live`, as OBS does it, and there is no `testing` to get stuck in; the crew has
its own monitor (https://developers.google.com/youtube/v3/live/life-of-a-broadcast).
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.publish.channel import BROADCAST_PARTS, OVER, Seen, just_made
from pipeline.publish.differences import LEAD, Change
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import Applied, Rejected
from pipeline.publish.steps import once, patiently
from pipeline.publish.wishes import BroadcastWish
from pipeline.publish.words import watch_link
from pipeline.publish.youtube import YouTubeApi
from pipeline.settings import Destination

STREAM_PARTS = "id,snippet,cdn,contentDetails"
STREAM_TITLE = "Tayang"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A session's broadcast on YouTube. `ingest` takes the program; its key is never printed."""

    id: str
    session: str
    stream: str
    link: str
    ingest: Destination


def ensure(
    api: YouTubeApi, ledger: Ledger, clock: Clock, wish: BroadcastWish, but: str | None = None
) -> Broadcast:
    """The session's broadcast, bound to our stream: found, or made when none can be gone on with.

    One that is over (also when YouTube ended it by itself) is never used again: a new one is made. Nor is
    `but`, which is stuck. Raises YouTubeError.
    """
    stream = _ensure_stream(api, ledger, clock)
    known = ledger.last("broadcast", session=wish.session)
    broadcast = find(api, ledger, wish, but)
    listed_soon = known is not None and known["id"] != but
    if broadcast is None and known and listed_soon and just_made(known, ledger.facts, clock.now()):
        since = datetime.fromisoformat(known["at"])
        broadcast = patiently(clock, lambda: find(api, ledger, wish, but), since)
    broadcast = broadcast or _insert(api, ledger, clock, wish, but)
    note(ledger, wish, broadcast["id"])
    _bind(api, ledger, clock, broadcast, stream["id"])
    return Broadcast(
        broadcast["id"],
        wish.session,
        stream["id"],
        watch_link(broadcast["id"], api.address),
        _ingest(stream),
    )


def note(ledger: Ledger, wish: BroadcastWish, broadcast: str) -> None:
    """From now on this is the session's broadcast."""
    known = ledger.last("broadcast", session=wish.session)
    if known is None or known["id"] != broadcast:
        ledger.note("broadcast", session=wish.session, id=broadcast, marker=wish.marker)


def find(
    api: YouTubeApi, ledger: Ledger, wish: BroadcastWish, but: str | None = None
) -> dict[str, Any] | None:
    """The one in the ledger, else one that carries our marker; only one that isn't over, nor `but`."""

    def usable(seen: Seen) -> bool:
        given_up = seen.id == but or ledger.last("given up", id=seen.id) is not None
        return not given_up and seen.lifecycle not in OVER

    known = ledger.last("broadcast", session=wish.session)
    if known is not None:
        found = read(api, known["id"])
        if found is not None and usable(found):
            return dict(found.resource)
    for one in api.pages("liveBroadcasts.list", part=BROADCAST_PARTS, mine=True):
        if Seen(one).marker == wish.marker and usable(Seen(one)):
            return one
    return None


def read(api: YouTubeApi, broadcast: str) -> Seen | None:
    """A broadcast as it is now; None when YouTube has none of that id."""
    items = api.read("liveBroadcasts.list", part=BROADCAST_PARTS, id=broadcast).get("items", ())
    return Seen(items[0]) if items else None


def change(
    api: YouTubeApi,
    ledger: Ledger,
    clock: Clock,
    wish: BroadcastWish,
    seen: Seen,
    changes: Sequence[Change],
) -> None:
    """Makes these changes of a broadcast that isn't over, and no other.

    What is written is what was read, with ours put in: an update replaces whole parts.
    """
    doing = Text(f"mengubah siaran {wish.session}", f"changing broadcast {wish.session}")
    names = {one.name for one in changes}
    body = _writable(seen.resource)
    if any(one.words for one in changes):
        body["snippet"].update(title=wish.title, description=wish.marked)
    if names & {"start", "end"}:
        body["snippet"].update(_times(wish, clock))
    if "privacy" in names:
        body["status"]["privacyStatus"] = wish.privacy
    body["status"]["selfDeclaredMadeForKids"] = False
    if names & {"dvr", "latency", "automatic"}:
        body["contentDetails"] = _details(wish)

    def look() -> dict[str, Any] | None:
        there = read(api, seen.id)
        return dict(there.resource) if there is not None and _is(there, body) else None

    part = ",".join(name for name in body)
    if names - {"stream"}:
        once(
            ledger,
            clock,
            f"change {seen.id}",
            doing,
            lambda: api.write("liveBroadcasts.update", part=part, body=body),
            look,
        )
    if "privacy" in names:
        ledger.note("privacy", of=wish.marker, privacy=wish.privacy)
    if "stream" in names:
        stream = _ensure_stream(api, ledger, clock)
        _bind(api, ledger, clock, seen.resource, stream["id"])


def delete(api: YouTubeApi, ledger: Ledger, broadcast: str) -> bool:
    """Deletes one that isn't needed; False when YouTube doesn't let go of it, or doesn't answer."""
    outcome = api.write("liveBroadcasts.delete", id=broadcast)
    gone = isinstance(outcome, Rejected) and outcome.status == 404
    if not (isinstance(outcome, Applied) or gone):
        return False
    ledger.note("given up", id=broadcast)
    return True


def _insert(
    api: YouTubeApi, ledger: Ledger, clock: Clock, wish: BroadcastWish, but: str | None
) -> dict[str, Any]:
    doing = Text(f"membuat siaran {wish.session}", f"creating broadcast {wish.session}")
    ledger.note("privacy", of=wish.marker, privacy=wish.privacy)
    return once(
        ledger,
        clock,
        f"create broadcast {wish.session}",
        doing,
        lambda: api.write("liveBroadcasts.insert", part=BROADCAST_PARTS, body=_body(wish, clock)),
        lambda: find(api, ledger, wish, but),
    )


def _body(wish: BroadcastWish, clock: Clock) -> dict[str, Any]:
    return {
        "snippet": {"title": wish.title, "description": wish.marked, **_times(wish, clock)},
        "status": {"privacyStatus": wish.privacy, "selfDeclaredMadeForKids": False},
        "contentDetails": _details(wish),
    }


def _times(wish: BroadcastWish, clock: Clock) -> dict[str, str]:
    start = max(wish.start, clock.now() + LEAD)
    end = max(wish.end, start + LEAD)
    return {"scheduledStartTime": start.isoformat(), "scheduledEndTime": end.isoformat()}


def _details(wish: BroadcastWish) -> dict[str, Any]:
    return {
        "enableAutoStart": False,
        "enableAutoStop": False,
        "enableDvr": wish.dvr,
        "recordFromStart": True,
        "latencyPreference": wish.latency,
        "monitorStream": {"enableMonitorStream": False},
    }


_SNIPPET = ("title", "description", "scheduledStartTime", "scheduledEndTime", "categoryId")
_STATUS = ("privacyStatus", "selfDeclaredMadeForKids")


def _writable(resource: Mapping[str, Any]) -> dict[str, Any]:
    """What of a resource may be written back: the rest is YouTube's own."""
    snippet, status = resource["snippet"], resource["status"]
    return {
        "id": resource["id"],
        "snippet": {name: deepcopy(snippet[name]) for name in _SNIPPET if name in snippet},
        "status": {name: status[name] for name in _STATUS if name in status},
    }


def _is(seen: Seen, body: Mapping[str, Any]) -> bool:
    """Whether an update has arrived."""
    meant = Seen(body)
    start = meant.time("scheduledStartTime")
    details = body.get("contentDetails", {})
    there = seen.resource.get("contentDetails", {})
    return (
        (seen.title, seen.description) == (meant.title, meant.description)
        and seen.privacy == meant.privacy
        and seen.time("scheduledStartTime") == (start and start.replace(microsecond=0))
        and all(there.get(name) == details[name] for name in details if name != "monitorStream")
    )


def _ensure_stream(api: YouTubeApi, ledger: Ledger, clock: Clock) -> dict[str, Any]:
    """The channel's one reusable stream: its key stays the same for every session."""
    doing = Text("membuat kunci siaran", "creating the stream key")
    known = ledger.last("stream")
    stream = _find_stream(api, known["id"] if known else None) or once(
        ledger,
        clock,
        "create stream",
        doing,
        lambda: api.write("liveStreams.insert", part=STREAM_PARTS, body=_STREAM),
        lambda: _find_stream(api, None),
    )
    if known is None or known["id"] != stream["id"]:
        ledger.note("stream", id=stream["id"])
    return stream


def _find_stream(api: YouTubeApi, known: str | None) -> dict[str, Any] | None:
    if known is not None:
        found = api.read("liveStreams.list", part=STREAM_PARTS, id=known).get("items", ())
        if found:
            return dict(found[0])
    listed = api.pages("liveStreams.list", part=STREAM_PARTS, mine=True)
    return next((one for one in listed if one["snippet"]["title"] == STREAM_TITLE), None)


_STREAM = {
    "snippet": {"title": STREAM_TITLE},
    "cdn": {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"},
    "contentDetails": {"isReusable": True},
}
"""`variable` fits whatever the house format is: 25 frames a second can't be declared."""


def _ingest(stream: dict[str, Any]) -> Destination:
    info = stream["cdn"]["ingestionInfo"]
    address = info.get("rtmpsIngestionAddress") or info["ingestionAddress"]
    return Destination(name="youtube", url=address, key=SecretStr(info["streamName"]))


def _bind(
    api: YouTubeApi, ledger: Ledger, clock: Clock, broadcast: Mapping[str, Any], stream: str
) -> None:
    """Binding again what is bound is harmless, but costs 50 units."""
    if Seen(broadcast).stream == stream:
        return

    def look() -> dict[str, Any] | None:
        seen = read(api, broadcast["id"])
        return dict(seen.resource) if seen is not None and seen.stream == stream else None

    query = {"id": broadcast["id"], "streamId": stream, "part": "id,contentDetails"}
    once(
        ledger,
        clock,
        f"bind {broadcast['id']}",
        Text("menghubungkan siaran", "binding the broadcast"),
        lambda: api.write("liveBroadcasts.bind", **query),
        look,
    )
