"""One broadcast a session: made or found again, bound to our stream, taken live, always completed.

A wish, the ledger and a clock come in; a `Broadcast` with its ingest address goes out. It must not
know Google's client, nor who sends the program.

`ready` goes straight to `live`: the monitor stream is off, as OBS does it, so that there is no
`testing` to get stuck in; the crew has its own monitor. Auto-start and auto-stop are off: a dropped
encoder must not end the event (https://developers.google.com/youtube/v3/live/life-of-a-broadcast).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import SecretStr

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import Applied, Outcome, Rejected, Uncertain, YouTubeError, demand
from pipeline.publish.wishes import BroadcastWish
from pipeline.publish.words import legal_description, legal_title, watch_link
from pipeline.publish.youtube import YouTubeApi
from pipeline.settings import Destination

PART = "id,snippet,contentDetails,status"
STREAM_PART = "id,snippet,cdn,contentDetails"
STREAM_TITLE = "Tayang"
POLL_S = 2.0
"""Between looks around a transition; watching all day must be slower, for the quota's sake."""

STREAM_S = 120.0
"""How long the stream may take to become active."""

STARTING_S = 90.0
"""How long a transition may take: YouTube says seconds, up to a minute."""

LOOKS_S = (0, 5, 15)
"""Waits before each look for what may have been made: lists lag behind."""

LEAD = timedelta(seconds=60)
"""A broadcast can only be scheduled in the future."""

OVER = frozenset({"complete", "revoked"})
ON_AIR = frozenset({"testStarting", "testing", "liveStarting", "live"})


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A session's broadcast on YouTube. `ingest` takes the program; its key is never printed."""

    id: str
    session: str
    stream: str
    link: str
    ingest: Destination


def ensure(api: YouTubeApi, ledger: Ledger, clock: Clock, wish: BroadcastWish) -> Broadcast:
    """The session's broadcast, bound to our stream: found, or made when none can be gone on with.

    One that is over (also when YouTube ended it by itself) is never used again: a new one is made.
    Raises YouTubeError.
    """
    stream = _ensure_stream(api, ledger, clock)
    broadcast = _find(api, ledger, wish) or _insert(api, ledger, clock, wish)
    if ledger.last("broadcast", id=broadcast["id"]) is None:
        ledger.note("broadcast", session=wish.session, id=broadcast["id"], title=wish.title)
    _bind(api, broadcast, stream["id"])
    return Broadcast(
        broadcast["id"],
        wish.session,
        stream["id"],
        watch_link(broadcast["id"], api.address),
        _ingest(stream),
    )


def go_live(api: YouTubeApi, ledger: Ledger, clock: Clock, broadcast: Broadcast) -> None:
    """Waits for the program to arrive, takes the broadcast live, and returns when it is.

    Raises OutsideError when no program arrives or YouTube gets stuck, YouTubeError when it refuses.
    """
    doing = Text("memulai siaran", "going live")
    _await_stream(api, clock, broadcast)
    deadline = clock.monotonic() + STARTING_S
    while True:
        status = _lifecycle(api, broadcast.id)
        if status == "live":
            ledger.note("live", id=broadcast.id)
            return
        if status in OVER:
            raise YouTubeError(doing, Rejected("invalidTransition", 0, f"status {status}"))
        if status != "liveStarting":
            outcome = _transition(api, broadcast.id, "live")
            # Uncertain or too early: the next look says where we are.
            if isinstance(outcome, Rejected) and outcome.reason != "errorStreamInactive":
                raise YouTubeError(doing, outcome)
        if clock.monotonic() >= deadline:
            raise OutsideError(
                Text(f"siaran tertahan di status {status}", f"the broadcast is stuck in {status}"),
                Text(
                    "Hapus siaran ini di YouTube Studio, lalu ulangi: siaran baru akan dibuat.",
                    "Delete it in YouTube Studio, then run again: a new one will be made.",
                ),
            )
        clock.sleep(POLL_S)


def complete(api: YouTubeApi, ledger: Ledger, clock: Clock, broadcast: Broadcast) -> bool:
    """Ends the broadcast for good; True when it is over, False when it had never been on air.

    One that never was on air can't be completed; it stays, ready for another try.
    """
    doing = Text("mengakhiri siaran", "ending the broadcast")
    deadline = clock.monotonic() + STARTING_S
    while True:
        status = _lifecycle(api, broadcast.id)
        if status in OVER:
            if ledger.last("completed", id=broadcast.id) is None:
                ledger.note("completed", session=broadcast.session, id=broadcast.id)
            return True
        if status not in ON_AIR:
            return False
        outcome = _transition(api, broadcast.id, "complete")
        late = clock.monotonic() >= deadline
        # While it is still starting, YouTube refuses to end it: so it is asked again until it may.
        if late or (isinstance(outcome, Rejected) and not status.endswith("Starting")):
            demand(outcome, doing)
        if late:
            raise YouTubeError(doing, Uncertain(f"status {status}"))
        if not isinstance(outcome, Applied):
            clock.sleep(POLL_S)


def _find(api: YouTubeApi, ledger: Ledger, wish: BroadcastWish) -> dict[str, Any] | None:
    """The one in the ledger, else one that carries our marker; only one that isn't over."""
    known = ledger.last("broadcast", session=wish.session)
    if known is not None:
        found = _broadcast(api, known["id"])
        if found is not None and found["status"]["lifeCycleStatus"] not in OVER:
            return found
    listed = api.pages("liveBroadcasts.list", part=PART, mine=True)
    return next(
        (
            one
            for one in listed
            if wish.marker in one["snippet"].get("description", "")
            and one["status"]["lifeCycleStatus"] not in OVER
        ),
        None,
    )


def _insert(api: YouTubeApi, ledger: Ledger, clock: Clock, wish: BroadcastWish) -> dict[str, Any]:
    """Makes the broadcast; when the answer is lost, looks for it before asking once more."""
    doing = Text(f"membuat siaran {wish.session}", f"creating broadcast {wish.session}")
    for _ in range(2):
        ledger.note("broadcast-wish", session=wish.session, title=wish.title)
        outcome = api.write("liveBroadcasts.insert", part=PART, body=_body(wish, clock))
        if not isinstance(outcome, Uncertain):
            break
        for wait in LOOKS_S:
            clock.sleep(wait)
            found = _find(api, ledger, wish)
            if found is not None:
                return found
    return demand(outcome, doing)


def _body(wish: BroadcastWish, clock: Clock) -> dict[str, Any]:
    start = max(wish.start, clock.now() + LEAD)
    return {
        "snippet": {
            "title": legal_title(wish.title),
            "description": legal_description(wish.description, wish.marker),
            "scheduledStartTime": start.isoformat(),
            "scheduledEndTime": max(wish.end, start + LEAD).isoformat(),
        },
        "status": {"privacyStatus": wish.privacy, "selfDeclaredMadeForKids": False},
        "contentDetails": {
            "enableAutoStart": False,
            "enableAutoStop": False,
            "enableDvr": True,
            "recordFromStart": True,
            "monitorStream": {"enableMonitorStream": False},
        },
    }


def _ensure_stream(api: YouTubeApi, ledger: Ledger, clock: Clock) -> dict[str, Any]:
    """The channel's one reusable stream: its key stays the same for every session."""
    doing = Text("membuat kunci siaran", "creating the stream key")
    known = ledger.last("stream")
    for _ in range(2):
        stream = _find_stream(api, known["id"] if known else None)
        if stream is not None:
            break
        outcome = api.write("liveStreams.insert", part=STREAM_PART, body=_stream_body())
        if not isinstance(outcome, Uncertain):
            stream = demand(outcome, doing)
            break
        clock.sleep(LOOKS_S[-1])
    else:
        stream = _find_stream(api, None)
    if stream is None:
        raise YouTubeError(doing, Uncertain("liveStreams.insert"))
    if known is None or known["id"] != stream["id"]:
        ledger.note("stream", id=stream["id"])
    return stream


def _find_stream(api: YouTubeApi, known: str | None) -> dict[str, Any] | None:
    if known is not None:
        found = api.read("liveStreams.list", part=STREAM_PART, id=known).get("items", ())
        if found:
            return dict(found[0])
    listed = api.pages("liveStreams.list", part=STREAM_PART, mine=True)
    return next((one for one in listed if one["snippet"]["title"] == STREAM_TITLE), None)


def _stream_body() -> dict[str, Any]:
    """`variable` fits whatever the house format is: 25 frames a second can't be declared."""
    return {
        "snippet": {"title": STREAM_TITLE},
        "cdn": {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"},
        "contentDetails": {"isReusable": True},
    }


def _ingest(stream: dict[str, Any]) -> Destination:
    info = stream["cdn"]["ingestionInfo"]
    address = info.get("rtmpsIngestionAddress") or info["ingestionAddress"]
    return Destination(name="youtube", url=address, key=SecretStr(info["streamName"]))


def _bind(api: YouTubeApi, broadcast: dict[str, Any], stream: str) -> None:
    """Binding again what is bound is harmless, but costs 50 units."""
    if broadcast.get("contentDetails", {}).get("boundStreamId") == stream:
        return
    doing = Text("menghubungkan siaran", "binding the broadcast")
    query = {"id": broadcast["id"], "streamId": stream, "part": "id,contentDetails"}
    outcome = api.write("liveBroadcasts.bind", **query)
    if isinstance(outcome, Uncertain):
        outcome = api.write("liveBroadcasts.bind", **query)
    demand(outcome, doing)


def _await_stream(api: YouTubeApi, clock: Clock, broadcast: Broadcast) -> None:
    deadline = clock.monotonic() + STREAM_S
    while True:
        items = api.read("liveStreams.list", part="status", id=broadcast.stream).get("items", ())
        status = items[0]["status"]["streamStatus"] if items else "?"
        if status == "active":
            return
        if clock.monotonic() >= deadline:
            raise OutsideError(
                Text(
                    f"YouTube belum menerima program (status {status})",
                    f"YouTube isn't receiving the program (status {status})",
                ),
                Text(
                    "Periksa internet dan pengiriman ke tujuan youtube.",
                    "Check the internet and the youtube destination.",
                ),
            )
        clock.sleep(POLL_S)


def _transition(api: YouTubeApi, broadcast: str, to: str) -> Outcome[dict[str, Any]]:
    outcome = api.write(
        "liveBroadcasts.transition", id=broadcast, broadcastStatus=to, part="id,status"
    )
    if isinstance(outcome, Rejected) and outcome.reason == "redundantTransition":
        return Applied({})
    return outcome


def _broadcast(api: YouTubeApi, broadcast: str) -> dict[str, Any] | None:
    items = api.read("liveBroadcasts.list", part=PART, id=broadcast).get("items", ())
    return dict(items[0]) if items else None


def _lifecycle(api: YouTubeApi, broadcast: str) -> str:
    found = _broadcast(api, broadcast)
    return "revoked" if found is None else str(found["status"]["lifeCycleStatus"])
