"""videos: insert, list, update, delete; thumbnails.set. Uploads are probed, not believed."""

from pathlib import Path
from typing import Any

from pipeline.publish.emulator import broadcasts, captions
from pipeline.publish.emulator.document import moment
from pipeline.publish.emulator.media import probe_image, probe_video
from pipeline.publish.emulator.metadata import check_category, check_texts
from pipeline.publish.emulator.refusal import invalid, not_found
from pipeline.publish.emulator.shapes import (
    check_filters,
    check_parts_match,
    check_update,
    etag,
    listed,
    show,
    write_parts,
)
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import CHANNEL, CHANNEL_TITLE, Call, World, fresh_id

KIND = "video"
DOMAIN = "youtube.video"
THUMBNAIL_BYTES = 2 << 20
"""The limit until 2026-09-14, still that of mobile uploads: stricter than the document's 50 MB."""
THUMBNAIL_WIDTH = 640

SPECS: dict[str, dict[str, Any]] = {
    "snippet": {
        "title": None,
        "description": "",
        "tags": [],
        "categoryId": "22",
        "defaultLanguage": None,
        "defaultAudioLanguage": None,
    },
    "status": {
        "privacyStatus": "public",
        "publishAt": None,
        "selfDeclaredMadeForKids": None,
        "embeddable": True,
        "license": "youtube",
        "publicStatsViewable": True,
        "containsSyntheticMedia": None,
    },
    "recordingDetails": {"recordingDate": None},
}

_SIZES = {
    "default": (120, 90),
    "medium": (320, 180),
    "high": (480, 360),
    "standard": (640, 480),
    "maxres": (1280, 720),
}


def check_insert(world: World, call: Call) -> None:
    """Before the bytes: everything that the metadata alone can be refused for."""
    check_parts_match(call.body, call.parts)
    snippet = {"categoryId": "22", **call.body.get("snippet", {})}
    check_texts(snippet, DOMAIN)
    check_category(snippet["categoryId"], DOMAIN)
    _check_publish_at(world, call.body.get("status", {}))


def insert(world: World, call: Call) -> Json:
    """A video out of an upload whose bytes are all here."""
    assert call.media is not None
    identity, now = fresh_id(11), world.epoch()
    video: Json = {
        "id": identity,
        "snippet": {
            "publishedAt": world.stamp(),
            "channelId": CHANNEL,
            "channelTitle": CHANNEL_TITLE,
            "liveBroadcastContent": "none",
        },
        "status": {"uploadStatus": "uploaded"},
        "statistics": {"viewCount": "0", "likeCount": "0", "commentCount": "0"},
        "processingDetails": {"processingStatus": "processing"},
    }
    write_parts(video, call.body, SPECS, SPECS)
    _describe(video, call.media.file)
    world.made(identity).update(
        sha256=call.media.sha256,
        bytes=call.media.file.stat().st_size,
        type=call.media.type,
        file=call.media.file.name,
        processes=now + world.delays.processing,
    )
    world.tables.videos[identity] = video
    return show(KIND, video, call.parts)


def _describe(video: Json, file: Path) -> None:
    """What the file is; without a fileType it isn't a video, and processing will fail."""
    found = probe_video(file)
    ms = found.duration_ms if found else 0
    details: Json = {"fileSize": str(file.stat().st_size), "durationMs": str(ms)}
    if found:
        size = {"widthPixels": found.width, "heightPixels": found.height}
        details.update(fileType="video", container=found.container, videoStreams=[size])
    video["fileDetails"] = details
    video["contentDetails"] = {
        "duration": duration(ms),
        "dimension": "2d",
        "definition": "hd" if found and found.height >= 720 else "sd",
        "caption": "false",
    }


def list_(world: World, call: Call) -> Json:
    """Videos by id; none before `Delays.visible` is over."""
    check_filters(call.query, ("id", "chart", "myRating"))
    videos = world.tables.videos
    asked = [videos[name] for name in call.query.get("id", ()) if name in videos]
    return listed(KIND, world.visible(asked), call.query)


def update(world: World, call: Call) -> Json:
    """Replaces the named parts; a broadcast's video carries them over to the broadcast."""
    identity = check_update(call.body, call.parts, "video", DOMAIN)
    video = find(world, identity)
    if "snippet" in call.parts:
        snippet = call.body.get("snippet", {})
        check_texts(snippet, DOMAIN)
        check_category(snippet.get("categoryId"), DOMAIN)
    if "status" in call.parts:
        _check_publish_at(world, call.body.get("status", {}))
    write_parts(video, call.body, call.parts, SPECS)
    changed(world, video)
    return show(KIND, video, call.parts)


def changed(world: World, video: Json) -> None:
    """After a change: a broadcast's video carries it over, a locked one is private again."""
    broadcast = world.tables.broadcasts.get(video["id"])
    if world.note(video["id"]).get("locked"):
        video["status"]["privacyStatus"] = "private"
    if broadcast is not None:
        for part, names in broadcasts.SHARED.items():
            here = {name: video[part][name] for name in names if name in video[part]}
            broadcast[part].update(here)
        broadcasts.mirror(world, broadcast)
    if video["status"]["uploadStatus"] not in ("uploaded", "processed"):
        world.note(video["id"]).pop("processes", None)


def delete(world: World, call: Call) -> None:
    """Forgets the video, its file and its broadcast."""
    remove(world, find(world, call.query["id"])["id"])


def remove(world: World, identity: str) -> None:
    """The video is gone, with its captions and its broadcast, whatever status that is in."""
    for track in [*world.tables.captions.values()]:
        if track["snippet"]["videoId"] == identity:
            captions.remove(world, track["id"])
    world.tables.videos.pop(identity)
    world.tables.broadcasts.pop(identity, None)
    world.forget(identity)


def settle(world: World) -> bool:
    """Processing ends by itself: processed, or failed when the upload wasn't a video."""
    now, notes = world.epoch(), world.tables.notes
    due = [name for name, note in notes.items() if note.get("processes", now + 1) <= now]
    for name in due:
        video, note = world.tables.videos[name], notes[name]
        del note["processes"]
        details = video.get("fileDetails", {"fileType": "video"})  # none: a broadcast's
        if "fileType" in details:
            video["status"]["uploadStatus"] = "processed"
            video["processingDetails"] = {"processingStatus": "succeeded"}
        else:
            reason = "emptyFile" if details["fileSize"] == "0" else "invalidFile"
            video["status"].update(uploadStatus="failed", failureReason=reason)
            video["processingDetails"] = {"processingStatus": "failed"}
    return bool(due)


def check_thumbnail(world: World, call: Call) -> None:
    """The video is there."""
    find(world, call.query["videoId"])


def set_thumbnail(world: World, call: Call) -> Json:
    """A picture for a video or broadcast, checked before it replaces the last one."""
    assert call.media is not None
    video = find(world, call.query["videoId"])
    file = call.media.file
    found = probe_image(file)
    if found is None or file.stat().st_size > THUMBNAIL_BYTES or found[1] < THUMBNAIL_WIDTH:
        raise invalid(
            "invalidImage",
            "The provided image is not a JPEG or PNG of up to 2 MB and at least 640 pixels wide.",
            "youtube.thumbnail",
        )
    note = world.note(video["id"])
    if "picture" in note:
        world.dropped.append(world.files / note["picture"])
    note.update(picture=file.name, thumbnail=found[0], thumbnail_sha256=call.media.sha256)
    url = f"{world.url}/emulator/thumbnails/{video['id']}"
    details = {name: {"url": url, "width": w, "height": h} for name, (w, h) in _SIZES.items()}
    video["snippet"]["thumbnails"] = details
    if video["id"] in world.tables.broadcasts:
        world.tables.broadcasts[video["id"]]["snippet"]["thumbnails"] = details
    return {
        "kind": "youtube#thumbnailSetResponse",
        "etag": etag(details),
        "items": [details],
    }


def find(world: World, identity: str) -> Json:
    """The video, or videoNotFound."""
    video = world.tables.videos.get(identity)
    if video is None:
        raise not_found(KIND, identity)
    return video


def duration(ms: int) -> str:
    """ISO 8601 in whole seconds, as contentDetails.duration has it."""
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    pieces = ((hours, "H"), (minutes, "M"), (seconds, "S"))
    return "PT" + ("".join(f"{n}{unit}" for n, unit in pieces if n) or "0S")


def _check_publish_at(world: World, status: Json) -> None:
    if "publishAt" not in status:
        return
    at = moment(status["publishAt"])
    if status.get("privacyStatus") != "private" or at is None or at <= world.clock.now():
        raise invalid(
            "invalidPublishAt", "publishAt needs a private video and a time to come.", DOMAIN
        )
