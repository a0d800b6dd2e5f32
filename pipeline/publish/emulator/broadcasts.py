"""liveBroadcasts: insert, list, update, delete, bind, transition; each broadcast is a video too."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.publish.emulator import lifecycle, streams
from pipeline.publish.emulator.document import moment
from pipeline.publish.emulator.metadata import check_description, check_title
from pipeline.publish.emulator.refusal import Refusal, invalid, not_found
from pipeline.publish.emulator.shapes import (
    check_filters,
    check_parts_match,
    check_update,
    listed,
    show,
    write_parts,
)
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import CHANNEL, Call, World, fresh_id, written

KIND = "liveBroadcast"
DOMAIN = lifecycle.DOMAIN

SPECS: dict[str, dict[str, Any]] = {
    "snippet": {
        "title": None,
        "description": "",
        "scheduledStartTime": None,
        "scheduledEndTime": None,
        "categoryId": None,
    },
    "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": None},
    "contentDetails": {
        "enableAutoStart": False,
        "enableAutoStop": False,
        "enableDvr": True,
        "recordFromStart": True,
        "enableEmbed": True,
        "enableContentEncryption": False,
        "enableClosedCaptions": False,
        "closedCaptionsType": "closedCaptionsDisabled",
        "enableLowLatency": None,
        "latencyPreference": "normal",
        "projection": "rectangular",
        "startWithSlate": False,
        "monitorStream": {"enableMonitorStream": True, "broadcastStreamDelayMs": 0},
    },
}

SHARED = {
    "snippet": ("title", "description", "categoryId"),
    "status": ("privacyStatus", "selfDeclaredMadeForKids"),
}
"""Fields that a broadcast and its video have in common."""

FARTHEST = timedelta(days=366)
"""How far ahead a broadcast may be scheduled: assumed, YouTube says only "near enough"."""

LENIENCE = timedelta(seconds=1)
"""Times are kept in whole seconds, so that a start "now" falls up to a second back."""

FILTERS = {
    "all": frozenset(),
    "active": frozenset({"testStarting", "testing", "liveStarting", "live"}),
    "upcoming": frozenset({"created", "ready"}),
    "completed": frozenset({"complete"}),
}


def insert(world: World, call: Call) -> Json:
    """A broadcast, and the video of the same id."""
    check_parts_match(call.body, call.parts)
    _check(call.body)
    times = _read_times(call.body["snippet"])
    _check_start(world, times)
    identity = fresh_id(11)
    now = world.stamp()
    broadcast: Json = {
        "id": identity,
        "snippet": {
            "publishedAt": now,
            "channelId": CHANNEL,
            "isDefaultBroadcast": False,
            "liveChatId": fresh_id(40, "KicK"),
        },
        "status": {"lifeCycleStatus": "created", "recordingStatus": "notRecording"},
        "statistics": {},
    }
    write_parts(broadcast, call.body, SPECS, SPECS)
    broadcast["snippet"].update(times)
    world.tables.broadcasts[identity] = broadcast
    world.tables.videos[identity] = _video(broadcast)
    world.made(identity)["broadcast"] = True
    mirror(world, broadcast)
    return show(KIND, broadcast, call.parts)


def list_(world: World, call: Call) -> Json:
    """Broadcasts by id, own ones or by status, newest first."""
    chosen = check_filters(call.query, ("id", "mine", "broadcastStatus"))
    rows = world.visible(reversed(world.tables.broadcasts.values()))
    if chosen == "id":
        rows = [row for row in rows if row["id"] in call.query["id"]]
    elif chosen == "broadcastStatus":
        wanted = FILTERS.get(call.query["broadcastStatus"], frozenset())
        rows = [row for row in rows if not wanted or row["status"]["lifeCycleStatus"] in wanted]
    return listed(KIND, rows, call.query)


def update(world: World, call: Call) -> Json:
    """Replaces the named parts as far as the status still allows."""
    identity = check_update(call.body, call.parts, "broadcast", DOMAIN)
    broadcast = find(world, identity)
    status = broadcast["status"]["lifeCycleStatus"]
    _check({part: (call.body if part in call.parts else broadcast).get(part, {}) for part in SPECS})
    times: Json = {}
    if "snippet" in call.parts:
        times = _read_times(call.body["snippet"])
        _check_moves(world, broadcast, times)
    if "contentDetails" in call.parts and status not in lifecycle.EDITABLE:
        raise _not_now("modificationNotAllowed", status)
    write_parts(broadcast, call.body, call.parts, SPECS)
    broadcast["snippet"].update(times)
    mirror(world, broadcast)
    return show(KIND, broadcast, call.parts)


def delete(world: World, call: Call) -> None:
    """Forgets the broadcast and its video."""
    broadcast = find(world, call.query["id"])
    lifecycle.check_delete(broadcast["status"]["lifeCycleStatus"])
    world.tables.broadcasts.pop(broadcast["id"])
    world.tables.videos.pop(broadcast["id"])
    world.forget(broadcast["id"])


def bind(world: World, call: Call) -> Json:
    """Binds to a stream, or unbinds without one."""
    broadcast = find(world, call.query["id"])
    lifecycle.check_bind(broadcast["status"]["lifeCycleStatus"])
    stream = call.query.get("streamId")
    if stream is not None and stream not in world.tables.streams:
        raise not_found("liveStream", stream)
    details = broadcast["contentDetails"]
    details.pop("boundStreamId", None)
    if stream is not None:
        details["boundStreamId"] = stream
    details["boundStreamLastUpdateTimeMs"] = world.stamp()
    broadcast["status"]["lifeCycleStatus"] = "ready" if stream else "created"
    return show(KIND, broadcast, call.parts)


def transition(world: World, call: Call) -> Json:
    """Starts testing or going live, or completes."""
    broadcast = find(world, call.query["id"])
    wanted = call.query["broadcastStatus"]
    if wanted not in ("testing", "live", "complete"):
        raise Refusal(400, "statusRequired", "A status is required.", DOMAIN, "broadcastStatus")
    status = lifecycle.transition(_facts(world, broadcast), wanted)
    enter(world, broadcast, status, world.epoch())
    return show(KIND, broadcast, call.parts)


def settle(world: World) -> bool:
    """What happens by itself: starting ends, auto-start begins, auto-stop completes."""
    changed = False
    for broadcast in world.tables.broadcasts.values():
        found = _settled(world, broadcast)
        if found is not None:
            enter(world, broadcast, *found)
            changed = True
    return changed


def _settled(world: World, broadcast: Json) -> tuple[str, float] | None:
    """The status that a broadcast has come into by itself, and when; None: the one it has."""
    now, status = world.epoch(), broadcast["status"]["lifeCycleStatus"]
    details = broadcast["contentDetails"]
    if status in lifecycle.SETTLES:
        due = world.note(broadcast["id"])["settles"]
        return (lifecycle.SETTLES[status], due) if due <= now else None
    if status == "ready" and details["enableAutoStart"]:
        return ("liveStarting", now) if _facts(world, broadcast).stream_active else None
    if status == "live" and details["enableAutoStop"]:
        silent = world.ingest.silence(details.get("boundStreamId", ""))
        return ("complete", now) if silent and silent > world.delays.auto_stop else None
    return None


def enter(world: World, broadcast: Json, status: str, at: float) -> None:
    """Puts the broadcast into a status, with the times and the recording that go with it."""
    note, stamp = world.note(broadcast["id"]), written(datetime.fromtimestamp(at, UTC))
    broadcast["status"]["lifeCycleStatus"] = status
    if status in lifecycle.SETTLES:
        note["settles"] = at + note.pop("hold", world.delays.starting)
    if status == "live":
        note["live"] = at
        broadcast["snippet"]["actualStartTime"] = stamp
        broadcast["status"]["recordingStatus"] = "recording"
    elif status == "complete":
        broadcast["snippet"]["actualEndTime"] = stamp
        broadcast["status"]["recordingStatus"] = "recorded"
        note.update(processes=at + world.delays.processing, over=at)
    mirror(world, broadcast)


def mirror(world: World, broadcast: Json) -> None:
    """Carries the broadcast's texts, privacy and times over to its video."""
    video = world.tables.videos[broadcast["id"]]
    snippet, status = broadcast["snippet"], broadcast["status"]
    for part, names in SHARED.items():
        video[part].update({n: broadcast[part][n] for n in names if n in broadcast[part]})
    phase = lifecycle.video_phase(status["lifeCycleStatus"])
    video["snippet"]["liveBroadcastContent"] = phase
    if world.note(broadcast["id"]).get("locked"):
        status["privacyStatus"] = video["status"]["privacyStatus"] = "private"
    times = ("scheduledStartTime", "scheduledEndTime", "actualStartTime", "actualEndTime")
    video["liveStreamingDetails"] = {name: snippet[name] for name in times if name in snippet}


def find(world: World, identity: str) -> Json:
    """The broadcast, or liveBroadcastNotFound."""
    broadcast = world.tables.broadcasts.get(identity)
    if broadcast is None:
        raise not_found(KIND, identity)
    return broadcast


def _facts(world: World, broadcast: Json) -> lifecycle.Facts:
    stream = broadcast["contentDetails"].get("boundStreamId")
    return lifecycle.Facts(
        status=broadcast["status"]["lifeCycleStatus"],
        bound=stream is not None,
        stream_active=stream is not None and streams.status(world, stream) == "active",
        monitor=broadcast["contentDetails"]["monitorStream"]["enableMonitorStream"],
    )


def _check(body: Json) -> None:
    snippet, status = body.get("snippet", {}), body.get("status", {})
    required = (("title", snippet), ("scheduledStartTime", snippet), ("privacyStatus", status))
    for name, part in required:
        if not part.get(name):
            raise invalid(f"{name}Required", f"{name} is required.", DOMAIN)
    check_title(snippet["title"], DOMAIN)
    check_description(snippet.get("description", ""), DOMAIN)
    details = body.get("contentDetails", {})
    preference = details.get("latencyPreference", "normal")
    if details.get("enableLowLatency", preference == "low") != (preference == "low"):
        raise invalid(
            "invalidLatencyPreferenceOptions",
            "latencyPreference and enableLowLatency must agree.",
            DOMAIN,
        )


def _read_times(snippet: Json) -> Json:
    """The scheduled times as the API writes them; the schema has made sure that they are times."""
    names = ("scheduledStartTime", "scheduledEndTime")
    read = {name: moment(snippet[name]) for name in names if name in snippet}
    times = {name: at for name, at in read.items() if at is not None}
    if "scheduledEndTime" in times and times["scheduledEndTime"] <= times["scheduledStartTime"]:
        raise invalid("invalidScheduledEndTime", "The end must follow the start.", DOMAIN)
    return {name: written(at) for name, at in times.items()}


def _check_start(world: World, times: Json) -> None:
    start, now = moment(times["scheduledStartTime"]), world.clock.now()
    if start is None or not now <= start + LENIENCE or start > now + FARTHEST:
        raise invalid(
            "invalidScheduledStartTime",
            "The scheduled start time must be in the future and near enough.",
            DOMAIN,
        )


def _check_moves(world: World, broadcast: Json, times: Json) -> None:
    """Times can be moved until the broadcast is live."""
    status = broadcast["status"]["lifeCycleStatus"]
    for name in ("scheduledStartTime", "scheduledEndTime"):
        if times.get(name) != broadcast["snippet"].get(name):
            if status not in lifecycle.STARTING_SOON:
                raise _not_now(f"{name}ModificationNotAllowed", status)
            if name == "scheduledStartTime":
                _check_start(world, times)


def _not_now(reason: str, status: str) -> Refusal:
    return Refusal(403, reason, f"This can't be changed while the broadcast is {status}.", DOMAIN)


def _video(broadcast: Json) -> Json:
    snippet = broadcast["snippet"]
    return {
        "id": broadcast["id"],
        "snippet": {
            "publishedAt": snippet["publishedAt"],
            "channelId": CHANNEL,
            "categoryId": "22",
            "tags": [],
        },
        "status": {"uploadStatus": "uploaded", "license": "youtube", "embeddable": True},
        "contentDetails": {"duration": "P0D", "dimension": "2d", "caption": "false"},
        "statistics": {"viewCount": "0"},
    }
