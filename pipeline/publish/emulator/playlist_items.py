"""playlistItems: insert, list, update, delete; the uploads playlist is made of the videos themselves."""

from collections.abc import Iterator
from typing import Any

from pipeline.publish.emulator import videos
from pipeline.publish.emulator.refusal import Refusal, invalid, not_found
from pipeline.publish.emulator.shapes import (
    check_filters,
    check_parts_match,
    check_update,
    listed,
    show,
    write,
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

KIND = "playlistItem"
DOMAIN = "youtube.playlistItem"
DETAILS: dict[str, Any] = {"note": None, "startAt": None, "endAt": None}


def insert(world: World, call: Call) -> Json:
    """Puts a video into a playlist; the same video can be put in twice, as at YouTube."""
    check_parts_match(call.body, call.parts)
    playlist, video, position = _wanted(world, call.body)
    others = of(world, playlist)
    row: Json = {
        "id": fresh_id(52, "UEx"),
        "snippet": {"publishedAt": world.stamp(), "playlistId": playlist},
        "contentDetails": {"videoId": video, **call.body.get("contentDetails", {})},
    }
    _place(others, row, len(others) if position is None else position)
    world.tables.playlist_items[row["id"]] = row
    world.made(row["id"])
    return show(KIND, current(world, row), call.parts)


def list_(world: World, call: Call) -> Json:
    """Items of a playlist, or of the uploads; `videoId` narrows them."""
    chosen, video = check_filters(call.query, ("id", "playlistId")), call.query.get("videoId")
    if chosen == "id":
        items = world.tables.playlist_items
        rows = [items[name] for name in call.query["id"] if name in items]
    elif call.query["playlistId"] == UPLOADS_PLAYLIST:
        rows = [*_uploaded(world)]
    else:
        _check_playlist(world, call.query["playlistId"])
        rows = of(world, call.query["playlistId"])
    rows = [row for row in rows if video in (None, row["contentDetails"]["videoId"])]
    return listed(KIND, world.visible(rows), call.query, lambda row: current(world, row))


def update(world: World, call: Call) -> Json:
    """Moves an item within its playlist, or changes what is noted of it."""
    identity = check_update(call.body, call.parts, "item", DOMAIN)
    row = _find(world, identity)
    if "snippet" in call.parts:
        playlist, video, position = _wanted(world, call.body)
        if (playlist, video) != (row["snippet"]["playlistId"], row["contentDetails"]["videoId"]):
            raise invalid("invalidSnippet", "Playlist and video can't be changed.", DOMAIN)
        if position is not None:
            others = [each for each in of(world, playlist) if each["id"] != row["id"]]
            _place(others, row, position)
    if "contentDetails" in call.parts:
        given = call.body.get("contentDetails", {})
        row["contentDetails"] = write(row["contentDetails"], given, DETAILS)
    return show(KIND, current(world, row), call.parts)


def delete(world: World, call: Call) -> None:
    """Takes a video out of a playlist."""
    remove(world, _find(world, call.query["id"])["id"])


def remove(world: World, identity: str) -> None:
    """The item is gone, and those after it move up."""
    row = world.tables.playlist_items.pop(identity)
    world.forget(identity)
    for position, other in enumerate(of(world, row["snippet"]["playlistId"])):
        other["snippet"]["position"] = position


def of(world: World, playlist: str) -> list[Json]:
    """The items of a playlist in their order."""
    rows = world.tables.playlist_items.values()
    mine = [row for row in rows if row["snippet"]["playlistId"] == playlist]
    return sorted(mine, key=lambda row: int(row["snippet"]["position"]))


def uploads(world: World) -> list[Json]:
    """Videos of the uploads playlist, newest first: uploads, and broadcasts once they are over."""
    return [
        video
        for video in reversed(world.tables.videos.values())
        if video["snippet"]["liveBroadcastContent"] == "none"
        and video["status"]["uploadStatus"] in ("uploaded", "processed")
    ]


def current(world: World, row: Json) -> Json:
    """The item with the words and the privacy that its video has now."""
    name = row["contentDetails"]["videoId"]
    video = world.tables.videos.get(name)
    snippet = video["snippet"] if video else {"title": "Deleted video", "description": ""}
    words = {key: snippet[key] for key in ("title", "description", "thumbnails") if key in snippet}
    details = {"videoPublishedAt": snippet["publishedAt"]} if video else {}
    privacy = video["status"]["privacyStatus"] if video else "privacyStatusUnspecified"
    return {
        "id": row["id"],
        "snippet": {
            **row["snippet"],
            **words,
            "channelId": CHANNEL,
            "channelTitle": CHANNEL_TITLE,
            "resourceId": {"kind": "youtube#video", "videoId": name},
        },
        "contentDetails": {**row["contentDetails"], **details},
        "status": {"privacyStatus": privacy},
    }


def _uploaded(world: World) -> Iterator[Json]:
    """The uploads as items; they are as visible as their videos."""
    for position, video in enumerate(world.visible(uploads(world))):
        snippet = {"publishedAt": video["snippet"]["publishedAt"], "position": position}
        yield {
            "id": "VVU" + video["id"],
            "snippet": {**snippet, "playlistId": UPLOADS_PLAYLIST},
            "contentDetails": {"videoId": video["id"]},
        }


def _wanted(world: World, body: Json) -> tuple[str, str, int | None]:
    """The playlist, the video and the position that a body names."""
    snippet = body.get("snippet", {})
    playlist, resource = snippet.get("playlistId"), snippet.get("resourceId", {})
    if not playlist:
        raise invalid("playlistIdRequired", "snippet.playlistId is required.", DOMAIN)
    if resource.get("kind") != "youtube#video" or not resource.get("videoId"):
        raise invalid("resourceIdRequired", "A resourceId of a video is required.", DOMAIN)
    if playlist == UPLOADS_PLAYLIST:
        raise Refusal(
            403, "playlistItemsNotAccessible", "The uploads playlist can't be changed.", DOMAIN
        )
    _check_playlist(world, playlist)
    return playlist, videos.find(world, resource["videoId"])["id"], snippet.get("position")


def _check_playlist(world: World, identity: str) -> None:
    if identity not in world.tables.playlists:
        raise not_found("playlist", identity)


def _place(others: list[Json], row: Json, position: int) -> None:
    """Puts a row at a position among the others, which make room."""
    if not 0 <= position <= len(others):
        raise invalid(
            "invalidPlaylistItemPosition", f"The position {position} is not supported.", DOMAIN
        )
    for place, each in enumerate([*others[:position], row, *others[position:]]):
        each["snippet"]["position"] = place


def _find(world: World, identity: str) -> Json:
    row = world.tables.playlist_items.get(identity)
    if row is None:
        raise not_found(KIND, identity)
    return row
