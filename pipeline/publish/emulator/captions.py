"""captions: insert, list and delete; one track a language and name on each video."""

from pipeline.publish.emulator.refusal import Refusal, invalid, not_found
from pipeline.publish.emulator.shapes import check_parts_match, listed, show
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import Call, World, fresh_id

DOMAIN = "youtube.caption"


def check_insert(world: World, call: Call) -> None:
    """Metadata, the video, and that the track is new."""
    check_parts_match(call.body, call.parts)
    snippet = call.body.get("snippet", {})
    for name in ("videoId", "language"):
        if not snippet.get(name):
            raise invalid("invalidMetadata", f"snippet.{name} is required.", DOMAIN)
    if "name" not in snippet or len(snippet["name"]) > 150:
        raise invalid("nameTooLong", "snippet.name is required, up to 150 characters.", DOMAIN)
    _check_video(world, snippet["videoId"])
    same = ("videoId", "language", "name")
    for track in world.tables.captions.values():
        if all(track["snippet"][name] == snippet[name] for name in same):
            raise Refusal(409, "captionExists", "This track exists already.", DOMAIN)


def insert(world: World, call: Call) -> Json:
    """Keeps the track; text without cues is kept too, as failed."""
    assert call.media is not None
    check_insert(world, call)
    text = call.media.file.read_bytes()
    if not text.strip():
        raise invalid("contentRequired", "The caption track has no content.", DOMAIN)
    snippet = call.body["snippet"]
    track: Json = {
        "id": fresh_id(36, "AUie"),
        "snippet": {
            "videoId": snippet["videoId"],
            "lastUpdated": world.stamp(),
            "trackKind": "standard",
            "language": snippet["language"],
            "name": snippet["name"],
            "isDraft": snippet.get("isDraft", False),
            "status": "serving" if b"-->" in text else "failed",
        },
    }
    world.made(track["id"])["file"] = call.media.file.name
    world.tables.captions[track["id"]] = track
    details = world.tables.videos[snippet["videoId"]].setdefault("contentDetails", {})
    details["caption"] = "true"
    return show("caption", track, call.parts)


def list_(world: World, call: Call) -> Json:
    """Every track of a video."""
    video = call.query["videoId"]
    _check_video(world, video)
    tracks = world.tables.captions.values()
    rows = [track for track in tracks if track["snippet"]["videoId"] == video]
    return listed("caption", rows, {**call.query, "maxResults": max(len(rows), 1)})


def delete(world: World, call: Call) -> None:
    """Takes a track away."""
    if call.query["id"] not in world.tables.captions:
        raise not_found("caption", call.query["id"])
    remove(world, call.query["id"])


def remove(world: World, identity: str) -> None:
    """The track is gone."""
    video = world.tables.captions.pop(identity)["snippet"]["videoId"]
    world.forget(identity)
    left = any(track["snippet"]["videoId"] == video for track in world.tables.captions.values())
    if video in world.tables.videos and not left:
        world.tables.videos[video]["contentDetails"]["caption"] = "false"


def _check_video(world: World, identity: str) -> None:
    if identity not in world.tables.videos:
        raise not_found("video", identity)
