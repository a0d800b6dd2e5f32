"""playlists and channels: insert, list, update, delete; the channel is the only one there is."""

from typing import Any

from pipeline.publish.emulator import playlist_items
from pipeline.publish.emulator.metadata import check_description, check_title
from pipeline.publish.emulator.refusal import invalid, not_found
from pipeline.publish.emulator.shapes import (
    check_filters,
    check_parts_match,
    check_update,
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

KIND = "playlist"
DOMAIN = "youtube.playlist"
TITLE_CHARACTERS = 150

SPECS: dict[str, dict[str, Any]] = {
    "snippet": {"title": None, "description": "", "defaultLanguage": None},
    "status": {"privacyStatus": "public"},
}


def insert(world: World, call: Call) -> Json:
    """A playlist."""
    check_parts_match(call.body, call.parts)
    _check(call.body.get("snippet", {}))
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
    world.made(playlist["id"])
    return show(KIND, _counted(world, playlist), call.parts)


def list_(world: World, call: Call) -> Json:
    """Playlists with the number of their items."""
    chosen = check_filters(call.query, ("id", "mine", "channelId"))
    rows = world.visible(reversed(world.tables.playlists.values()))
    if chosen == "id":
        rows = [row for row in rows if row["id"] in call.query["id"]]
    if chosen == "channelId" and call.query["channelId"] != CHANNEL:
        rows = []
    return listed(KIND, rows, call.query, lambda row: _counted(world, row))


def update(world: World, call: Call) -> Json:
    """Replaces the named parts."""
    identity = check_update(call.body, call.parts, "playlist", DOMAIN)
    playlist = _find(world, identity)
    if "snippet" in call.parts:
        _check(call.body.get("snippet", {}))
    write_parts(playlist, call.body, call.parts, SPECS)
    return show(KIND, _counted(world, playlist), call.parts)


def delete(world: World, call: Call) -> None:
    """Takes a playlist away; its videos stay."""
    remove(world, _find(world, call.query["id"])["id"])


def remove(world: World, identity: str) -> None:
    """The playlist is gone, with its items."""
    for item in playlist_items.of(world, identity):
        world.tables.playlist_items.pop(item["id"])
        world.forget(item["id"])
    world.tables.playlists.pop(identity)
    world.forget(identity)


def list_channels(world: World, call: Call) -> Json:
    """The one channel that there is."""
    names = ("mine", "id", "forHandle", "forUsername", "categoryId", "managedByMe")
    chosen = check_filters(call.query, names)
    channel: Json = {
        "id": CHANNEL,
        "snippet": {"title": CHANNEL_TITLE, "description": "", "customUrl": "@emulator-tayang"},
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": UPLOADS_PLAYLIST}},
        "statistics": {"videoCount": str(len(playlist_items.uploads(world)))},
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed"},
    }
    mine = chosen == "mine" or (chosen == "id" and CHANNEL in call.query["id"])
    return listed("channel", [channel] if mine else [], call.query)


def _check(snippet: Json) -> None:
    if not snippet.get("title"):
        raise invalid("playlistTitleRequired", "A title is required.", DOMAIN)
    check_title(snippet["title"], DOMAIN, TITLE_CHARACTERS)
    check_description(snippet.get("description", ""), DOMAIN)


def _find(world: World, identity: str) -> Json:
    playlist = world.tables.playlists.get(identity)
    if playlist is None:
        raise not_found(KIND, identity)
    return playlist


def _counted(world: World, playlist: Json) -> Json:
    count = len(playlist_items.of(world, playlist["id"]))
    return {**playlist, "contentDetails": {"itemCount": count}}
