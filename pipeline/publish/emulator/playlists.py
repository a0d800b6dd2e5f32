"""playlists, playlistItems and channels: the uploads playlist is made of the videos themselves."""

from typing import Any

from pipeline.publish.emulator import videos
from pipeline.publish.emulator.metadata import check_description, check_title
from pipeline.publish.emulator.refusal import Refusal, invalid, not_found
from pipeline.publish.emulator.shapes import (
    check_filters,
    check_parts_match,
    listed,
    show,
    write_parts,
)
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import (
    CHANNEL,
    CHANNEL_TITLE,
    UPLOADS_PLAYLIST,
    Call,
    World,
    fresh_id,
)

SPECS: dict[str, dict[str, Any]] = {
    "snippet": {"title": None, "description": "", "defaultLanguage": None},
    "status": {"privacyStatus": "public"},
}


def insert(world: World, call: Call) -> Json:
    """A playlist."""
    check_parts_match(call.body, call.parts)
    snippet = call.body.get("snippet", {})
    if not snippet.get("title"):
        raise invalid("playlistTitleRequired", "A title is required.", "youtube.playlist")
    check_title(snippet["title"], "youtube.playlist", 150)
    check_description(snippet.get("description", ""), "youtube.playlist")
    playlist: Json = {
        "id": fresh_id(32, "PL"),
        "snippet": {
            "publishedAt": world.stamp(),
            "channelId": CHANNEL,
            "channelTitle": CHANNEL_TITLE,
        },
    }
    write_parts(playlist, call.body, SPECS, SPECS)
    world.tables.playlists[playlist["id"]] = playlist
    return show("playlist", _counted(world, playlist), call.parts)


def list_(world: World, call: Call) -> Json:
    """Playlists with the number of their items."""
    chosen = check_filters(call.query, ("id", "mine", "channelId"))
    rows = [*reversed(world.tables.playlists.values())]
    if chosen == "id":
        rows = [row for row in rows if row["id"] in call.query["id"]]
    if chosen == "channelId" and call.query["channelId"] != CHANNEL:
        rows = []
    return listed("playlist", [_counted(world, row) for row in rows], call.query)


def insert_item(world: World, call: Call) -> Json:
    """Puts a video into a playlist; the same video can be put in twice, as at YouTube."""
    check_parts_match(call.body, call.parts)
    snippet = call.body.get("snippet", {})
    domain = "youtube.playlistItem"
    playlist = snippet.get("playlistId")
    if not playlist:
        raise invalid("playlistIdRequired", "snippet.playlistId is required.", domain)
    resource = snippet.get("resourceId", {})
    if resource.get("kind") != "youtube#video" or not resource.get("videoId"):
        raise invalid("resourceIdRequired", "A resourceId of a video is required.", domain)
    if playlist == UPLOADS_PLAYLIST:
        raise Refusal(
            403, "playlistItemsNotAccessible", "The uploads playlist can't be changed.", domain
        )
    if playlist not in world.tables.playlists:
        raise not_found("playlist", playlist)
    video = videos.find(world, resource["videoId"])
    position = snippet.get("position", len(_items(world, playlist)))
    item = _item(fresh_id(52, "UEx"), playlist, video, position, world.stamp())
    world.tables.playlist_items[item["id"]] = item
    return show("playlistItem", item, call.parts)


def list_items(world: World, call: Call) -> Json:
    """Items of a playlist, or of the uploads; `videoId` narrows them."""
    chosen = check_filters(call.query, ("id", "playlistId"))
    if chosen == "id":
        rows = [r for r in world.tables.playlist_items.values() if r["id"] in call.query["id"]]
    else:
        rows = _items(world, call.query["playlistId"])
    video = call.query.get("videoId")
    rows = [row for row in rows if video in (None, row["contentDetails"]["videoId"])]
    return listed("playlistItem", rows, call.query)


def list_channels(world: World, call: Call) -> Json:
    """The one channel that there is."""
    names = ("mine", "id", "forHandle", "forUsername", "categoryId", "managedByMe")
    chosen = check_filters(call.query, names)
    channel: Json = {
        "id": CHANNEL,
        "snippet": {"title": CHANNEL_TITLE, "description": "", "customUrl": "@emulator-tayang"},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS_PLAYLIST}},
        "statistics": {"videoCount": str(len(_uploads(world)))},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed"},
    }
    mine = chosen == "mine" or (chosen == "id" and CHANNEL in call.query["id"])
    return listed("channel", [channel] if mine else [], call.query)


def _counted(world: World, playlist: Json) -> Json:
    count = len(_items(world, playlist["id"]))
    return {**playlist, "contentDetails": {"itemCount": count}}


def _items(world: World, playlist: str) -> list[Json]:
    if playlist == UPLOADS_PLAYLIST:
        return _uploads(world)
    if playlist not in world.tables.playlists:
        raise not_found("playlist", playlist)
    rows = world.tables.playlist_items.values()
    mine = [row for row in rows if row["snippet"]["playlistId"] == playlist]
    return sorted(mine, key=lambda row: int(row["snippet"]["position"]))


def _uploads(world: World) -> list[Json]:
    """Newest first: uploads, and broadcasts once they are complete."""
    shown = [
        video
        for video in reversed(world.tables.videos.values())
        if video["snippet"]["liveBroadcastContent"] == "none"
        and video["status"]["uploadStatus"] in ("uploaded", "processed")
    ]
    return [
        _item("VVU" + video["id"], UPLOADS_PLAYLIST, video, n, video["snippet"]["publishedAt"])
        for n, video in enumerate(shown)
    ]


def _item(identity: str, playlist: str, video: Json, position: int, added: str) -> Json:
    snippet = video["snippet"]
    return {
        "id": identity,
        "snippet": {
            "publishedAt": added,
            "channelId": CHANNEL,
            "channelTitle": CHANNEL_TITLE,
            "title": snippet["title"],
            "description": snippet["description"],
            "playlistId": playlist,
            "position": position,
            "resourceId": {"kind": "youtube#video", "videoId": video["id"]},
        },
        "contentDetails": {
            "videoId": video["id"],
            "videoPublishedAt": snippet["publishedAt"],
        },
        "status": {"privacyStatus": video["status"]["privacyStatus"]},
    }
