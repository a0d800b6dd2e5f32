"""Playlists and their items, and how long it takes until any list shows what was made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Channel

Refused = Callable[[Any], tuple[int, str]]


def item(channel: Channel, playlist: str, video: str, **more: Any) -> Any:
    resource = {"kind": "youtube#video", "videoId": video}
    body = {"snippet": {"playlistId": playlist, "resourceId": resource, **more}}
    return channel.youtube.playlistItems().insert(part="snippet", body=body)


def order(channel: Channel, playlist: str) -> list[str]:
    """The titles in a playlist; their positions are counted through."""
    call = channel.youtube.playlistItems().list(part="snippet", playlistId=playlist, maxResults=50)
    rows = [row["snippet"] for row in call.execute()["items"]]
    assert [row["position"] for row in rows] == [*range(len(rows))]
    return [row["title"] for row in rows]


def test_uploads_are_a_playlist_newest_first(channel: Channel, clip_ts: Path) -> None:
    videos = [channel.upload(clip_ts, title) for title in ("Satu", "Dua")]
    mine = channel.youtube.channels().list(part="contentDetails", mine=True).execute()["items"][0]
    uploads = mine["contentDetails"]["relatedPlaylists"]["uploads"]
    listed = channel.youtube.playlistItems().list(part="contentDetails", playlistId=uploads)
    rows = listed.execute()["items"]
    assert [row["contentDetails"]["videoId"] for row in rows] == videos[::-1]


def test_items_are_found_by_video_and_need_one(
    channel: Channel, refused: Refused, clip_ts: Path
) -> None:
    playlist, videos = channel.playlist(), [channel.upload(clip_ts) for _ in range(2)]
    item(channel, playlist, videos[0]).execute()
    for video, count in zip(videos, (1, 0), strict=True):
        found = channel.youtube.playlistItems().list(part="id", playlistId=playlist, videoId=video)
        assert len(found.execute()["items"]) == count
    body = {"snippet": {"playlistId": playlist}}
    insert = channel.youtube.playlistItems().insert(part="snippet", body=body)
    assert refused(insert) == (400, "resourceIdRequired")
    assert refused(item(channel, "nope", videos[0])) == (404, "playlistNotFound")
    assert refused(item(channel, playlist, "nope")) == (404, "videoNotFound")


def test_items_are_put_moved_and_taken_out_and_the_others_make_room(
    channel: Channel, refused: Refused, clip_ts: Path
) -> None:
    playlist = channel.playlist()
    calls = channel.youtube.playlistItems()
    videos = {title: channel.upload(clip_ts, title) for title in "abc"}
    made = {
        "a": item(channel, playlist, videos["a"]).execute(),
        "b": item(channel, playlist, videos["b"]).execute(),
        "c": item(channel, playlist, videos["c"], position=0).execute(),
    }
    assert order(channel, playlist) == ["c", "a", "b"]
    assert refused(item(channel, playlist, videos["a"], position=9)) == (
        400,
        "invalidPlaylistItemPosition",
    )
    snippet = {**made["c"]["snippet"], "position": 2}
    move = calls.update(part="snippet", body={"id": made["c"]["id"], "snippet": snippet})
    assert move.execute()["snippet"]["position"] == 2
    assert order(channel, playlist) == ["a", "b", "c"]
    other = {**snippet, "resourceId": {"kind": "youtube#video", "videoId": videos["a"]}}
    change = calls.update(part="snippet", body={"id": made["c"]["id"], "snippet": other})
    assert refused(change) == (400, "invalidSnippet")
    delete = calls.delete(id=made["a"]["id"])
    delete.execute()
    assert order(channel, playlist) == ["b", "c"]
    assert refused(delete) == (404, "playlistItemNotFound")


def test_an_item_shows_what_its_video_is_called_now_and_stays_when_that_is_deleted(
    channel: Channel, clip_ts: Path
) -> None:
    playlist, video = channel.playlist(), channel.upload(clip_ts, "Lama")
    item(channel, playlist, video).execute()
    body = {"id": video, "snippet": {"title": "Baru", "categoryId": "22"}}
    channel.youtube.videos().update(part="snippet", body=body).execute()
    assert order(channel, playlist) == ["Baru"]
    channel.youtube.videos().delete(id=video).execute()
    assert order(channel, playlist) == ["Deleted video"]


def test_a_playlist_is_changed_and_deleted_with_its_items(
    channel: Channel, refused: Refused, clip_ts: Path
) -> None:
    playlist, video = channel.playlist("Lama"), channel.upload(clip_ts)
    item(channel, playlist, video).execute()
    calls = channel.youtube.playlists()
    body = {
        "id": playlist,
        "snippet": {"title": "Baru", "description": "d"},
        "status": {"privacyStatus": "unlisted"},
    }
    calls.update(part="snippet,status", body=body).execute()
    parts = "snippet,status,contentDetails"
    (row,) = calls.list(part=parts, id=playlist).execute()["items"]
    assert (row["snippet"]["title"], row["status"]["privacyStatus"]) == ("Baru", "unlisted")
    assert row["contentDetails"]["itemCount"] == 1
    untitled = calls.update(part="snippet", body={"id": playlist, "snippet": {}})
    assert refused(untitled) == (400, "playlistTitleRequired")
    calls.delete(id=playlist).execute()
    assert refused(calls.delete(id=playlist)) == (404, "playlistNotFound")
    state = channel.state()
    assert (state["playlists"], state["playlist_items"]) == ({}, {})
    assert [*state["videos"]] == [video]


@pytest.mark.parametrize(
    "path",
    [
        "liveBroadcasts?part=id&mine=true",
        "liveBroadcasts?part=id&broadcastStatus=all",
        "liveBroadcasts?part=id&id={broadcast}",
        "playlists?part=id&mine=true",
        "playlists?part=id&id={playlist}",
        "playlistItems?part=id&playlistId={playlist}",
        "playlistItems?part=id&playlistId=UUemulator0tayang0kanal00",
        "videos?part=id&id={video}",
        "videos?part=id&id={broadcast}",
    ],
)
def test_what_was_just_made_is_not_listed_yet(channel: Channel, clip_ts: Path, path: str) -> None:
    channel.give("delays", {"visible": 8})
    made = {"playlist": channel.playlist(), "video": channel.upload(clip_ts)}
    made["broadcast"] = channel.broadcast()
    item(channel, made["playlist"], made["video"]).execute()
    channel.clock.turn(7)
    assert channel.call("GET", path.format(**made))[2]["items"] == []
    channel.clock.turn(1)
    assert len(channel.call("GET", path.format(**made))[2]["items"]) == 1
