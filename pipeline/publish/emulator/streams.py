"""liveStreams: insert, list, update, delete; their status is what really arrives over RTMP."""

from typing import Any

from pipeline.publish.emulator.metadata import (
    STREAM_TITLE_CHARACTERS,
    check_description,
    check_title,
)
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
from pipeline.publish.emulator.world import CHANNEL, Call, World, fresh_id, fresh_key

KIND = "liveStream"
DOMAIN = "youtube.liveStream"

SPECS: dict[str, dict[str, Any]] = {
    "snippet": {"title": None, "description": ""},
    "contentDetails": {"isReusable": True},
}

CDN = ("frameRate", "resolution", "ingestionType")


def insert(world: World, call: Call) -> Json:
    """Makes a stream with a key, and listens for it at once."""
    check_parts_match(call.body, call.parts)
    _check(call.body)
    cdn = _read_cdn(call.body)
    identity, key = fresh_id(22, CHANNEL[2:]), fresh_key()
    stream: Json = {
        "id": identity,
        "snippet": {
            "publishedAt": world.stamp(),
            "channelId": CHANNEL,
            "isDefaultStream": False,
        },
        "cdn": cdn,
    }
    write_parts(stream, call.body, SPECS, SPECS)
    address = world.ingest.open(identity, key)
    world.made(identity)["port"] = address.port
    stream["cdn"]["ingestionInfo"] = {
        "streamName": key,
        "ingestionAddress": address.url,
        "backupIngestionAddress": address.url,
        # There is no TLS here: the same address, so that a client which prefers it works.
        "rtmpsIngestionAddress": address.url,
        "rtmpsBackupIngestionAddress": address.url,
    }
    world.tables.streams[identity] = stream
    return show(KIND, current(world, stream), call.parts)


def list_(world: World, call: Call) -> Json:
    """Streams with the status that the ingest sees now."""
    chosen = check_filters(call.query, ("id", "mine"))
    rows = [*reversed(world.tables.streams.values())]
    if chosen == "id":
        rows = [row for row in rows if row["id"] in call.query["id"]]
    return listed(KIND, rows, call.query, lambda row: current(world, row))


def update(world: World, call: Call) -> Json:
    """Title and description; cdn stays as it was made."""
    identity = check_update(call.body, call.parts, "stream", DOMAIN)
    stream = _find(world, identity)
    for name in CDN:
        if call.body.get("cdn", {}).get(name, stream["cdn"][name]) != stream["cdn"][name]:
            raise invalid("cdnModificationNotAllowed", "cdn can't be changed after insert.", DOMAIN)
    if "snippet" in call.parts:
        _check(call.body)
    write_parts(stream, call.body, call.parts, SPECS)
    return show(KIND, current(world, stream), call.parts)


def delete(world: World, call: Call) -> None:
    """Stops listening; refused while a broadcast that isn't complete is bound to it."""
    stream = _find(world, call.query["id"])
    bound = (row["contentDetails"].get("boundStreamId") for row in _unfinished(world))
    if stream["id"] in bound:
        raise Refusal(
            403,
            "liveStreamDeletionNotAllowed",
            "The live stream is bound to a broadcast that is not complete.",
            DOMAIN,
        )
    remove(world, stream["id"])


def remove(world: World, identity: str) -> None:
    """The stream is gone, whatever was bound to it."""
    world.ingest.close(identity)
    world.tables.streams.pop(identity)
    world.forget(identity)


def reopen(world: World) -> None:
    """Listens again for every stream of the state, at the port it had if that is free."""
    for stream in world.tables.streams.values():
        info = stream["cdn"]["ingestionInfo"]
        note = world.note(stream["id"])
        address = world.ingest.open(stream["id"], info["streamName"], note.get("port", 0))
        note["port"] = address.port
        for name in info:
            if name != "streamName":
                info[name] = address.url


def pushed(world: World) -> dict[str, Json]:
    """All pushes, those that still go on with the frames of now."""
    now: dict[str, int] = {}
    for identity in world.tables.streams:
        now |= world.ingest.frames(identity)
    return {
        name: {**push, "frames": now.get(name, push["frames"])}
        for name, push in world.tables.pushes.items()
    }


def _unfinished(world: World) -> list[Json]:
    rows = world.tables.broadcasts.values()
    return [row for row in rows if row["status"]["lifeCycleStatus"] != "complete"]


def status(world: World, identity: str) -> str:
    """`streamStatus` as the ingest sees it now, or as it was forced to be."""
    stream = world.tables.streams.get(identity, {})
    forced: str | None = stream.get("status", {}).get("streamStatus")
    return forced or world.ingest.status(identity)


def current(world: World, stream: Json) -> Json:
    """The stream with the status of now; a status in its row was forced, and stays."""
    now, forced = status(world, stream["id"]), stream.get("status", {})
    health = {
        "status": "good" if now == "active" else "noData",
        "lastUpdateTimeSeconds": str(int(world.epoch())),
        "configurationIssues": [],
        **forced.get("healthStatus", {}),
    }
    return {**stream, "status": {"streamStatus": now, **forced, "healthStatus": health}}


def _find(world: World, identity: str) -> Json:
    stream = world.tables.streams.get(identity)
    if stream is None:
        raise not_found(KIND, identity)
    return stream


def _read_cdn(body: Json) -> Json:
    if "cdn" not in body:
        raise invalid("cdnRequired", "The cdn object is required.", DOMAIN)
    cdn = body["cdn"]
    for name in CDN:
        if name not in cdn:
            raise invalid(f"{name}Required", f"cdn.{name} is required.", DOMAIN)
    if "format" in cdn:
        # Annotated as required in the document, refused by the service since 2020-08-17.
        raise invalid("invalidFormat", "cdn.format is no longer accepted.", DOMAIN)
    return {name: cdn[name] for name in CDN}


def _check(body: Json) -> None:
    snippet = body.get("snippet", {})
    if not snippet.get("title"):
        raise invalid("titleRequired", "snippet.title is required.", DOMAIN)
    check_title(snippet["title"], DOMAIN, STREAM_TITLE_CHARACTERS)
    check_description(snippet.get("description", ""), DOMAIN)
