"""Google's own client and plain HTTP against the running emulator: resources, refusals, faults."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from googleapiclient.http import MediaFileUpload
from PIL import Image

from pipeline.errors import OutsideError
from pipeline.publish.emulator import running
from pipeline.tools import find_ffmpeg

from .conftest import Channel, connect

Refused = Callable[[Any], tuple[int, str]]


def broadcast_body(channel: Channel, **changes: Any) -> dict[str, Any]:
    snippet = {"title": "Expo", "scheduledStartTime": channel.later(hours=1)}
    body: dict[str, Any] = {"snippet": snippet, "status": {"privacyStatus": "private"}}
    for name, value in changes.items():
        part = "status" if name == "privacyStatus" else "snippet"
        body[part][name] = value
        if value is None:
            del body[part][name]
    return body


def test_a_broadcast_that_is_incomplete_or_wrong_is_refused(
    channel: Channel, refused: Refused
) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title": None}, "titleRequired"),
        ({"scheduledStartTime": None}, "scheduledStartTimeRequired"),
        ({"privacyStatus": None}, "privacyStatusRequired"),
        ({"title": "x" * 101}, "invalidTitle"),
        ({"description": "é" * 2501}, "invalidDescription"),
        ({"scheduledStartTime": "2021-11-24T00:59:00Z"}, "invalidScheduledStartTime"),
        ({"scheduledEndTime": "2021-11-24T01:30:00Z"}, "invalidScheduledEndTime"),
        ({"privacyStatus": "secret"}, "invalidPrivacyStatus"),
        ({"nope": 1}, "badRequest"),
    ]
    for changes, reason in cases:
        body = broadcast_body(channel, **changes)
        call = channel.youtube.liveBroadcasts().insert(part="snippet,status", body=body)
        assert (changes, *refused(call)) == (changes, 400, reason)
    assert channel.state()["broadcasts"] == {}


def test_only_the_parts_asked_for_come_back_and_read_only_fields_are_ignored(
    channel: Channel,
) -> None:
    body = broadcast_body(channel, channelId="UCmine", actualStartTime=channel.later(hours=2))
    made = channel.youtube.liveBroadcasts().insert(part=["snippet", "status"], body=body).execute()
    assert set(made) == {"kind", "etag", "id", "snippet", "status"}
    assert made["snippet"]["channelId"] != "UCmine"
    assert "actualStartTime" not in made["snippet"]
    shown = channel.youtube.liveBroadcasts().list(part="status", id=made["id"]).execute()
    assert set(shown["items"][0]) == {"kind", "etag", "id", "status"}


def test_a_part_in_the_body_must_be_named(channel: Channel, refused: Refused) -> None:
    body = broadcast_body(channel)
    call = channel.youtube.liveBroadcasts().insert(part="snippet", body=body)
    assert refused(call) == (400, "unexpectedPart")


def test_a_broadcast_is_a_video_too_and_both_show_each_others_changes(channel: Channel) -> None:
    made = channel.broadcast()
    parts = "snippet,status,liveStreamingDetails"
    video = channel.youtube.videos().list(part=parts, id=made).execute()["items"][0]
    assert video["snippet"]["liveBroadcastContent"] == "upcoming"
    assert video["status"]["privacyStatus"] == "unlisted"
    changed = {"title": "Judul baru", "categoryId": "22"}
    body = {"id": made, "snippet": changed}
    channel.youtube.videos().update(part="snippet", body=body).execute()
    rows = channel.youtube.liveBroadcasts().list(part="snippet", mine=True).execute()["items"]
    assert [row["snippet"]["title"] for row in rows] == ["Judul baru"]


def test_a_broadcasts_tags_survive_its_update_and_its_description_both_ways(
    channel: Channel,
) -> None:
    made = channel.broadcast()
    snippet = {"title": "T", "categoryId": "22", "tags": ["batik"], "description": "satu"}
    videos, broadcasts = channel.youtube.videos(), channel.youtube.liveBroadcasts()
    videos.update(part="snippet", body={"id": made, "snippet": snippet}).execute()
    shown = broadcasts.list(part="snippet", id=made).execute()["items"][0]["snippet"]
    assert shown["description"] == "satu"
    changed = {"id": made, "snippet": {**shown, "description": "dua"}}
    broadcasts.update(part="snippet", body=changed).execute()
    video = videos.list(part="snippet", id=made).execute()["items"][0]["snippet"]
    assert (video["description"], video["tags"]) == ("dua", ["batik"])
    del snippet["tags"]
    videos.update(part="snippet", body={"id": made, "snippet": snippet}).execute()
    video = videos.list(part="snippet", id=made).execute()["items"][0]["snippet"]
    assert video["tags"] == []


def test_an_update_replaces_the_whole_part(channel: Channel) -> None:
    made = channel.broadcast(monitor=False, enableDvr=False)
    body = {"id": made, "contentDetails": {"enableAutoStop": True}}
    update = channel.youtube.liveBroadcasts().update(part="contentDetails", body=body)
    details = update.execute()["contentDetails"]
    assert details["enableDvr"] and details["enableAutoStop"]
    assert details["monitorStream"]["enableMonitorStream"]


def test_lists_want_exactly_one_filter(channel: Channel, refused: Refused) -> None:
    calls = channel.youtube.liveBroadcasts()
    assert refused(calls.list(part="id")) == (400, "missingRequiredParameter")
    both = calls.list(part="id", mine=True, broadcastStatus="all")
    assert refused(both) == (400, "incompatibleParameters")


def test_lists_come_in_pages_newest_first(channel: Channel) -> None:
    made = [channel.broadcast() for _ in range(3)]
    calls = channel.youtube.liveBroadcasts()
    request = calls.list(part="id", broadcastStatus="upcoming", maxResults=2)
    found = []
    while request is not None:
        page = request.execute()
        found += [row["id"] for row in page["items"]]
        request = calls.list_next(request, page)
    assert found == made[::-1]


def test_a_stream_needs_its_cdn_but_not_the_format_that_the_document_demands(
    channel: Channel, refused: Refused
) -> None:
    def insert(**cdn: str) -> Any:
        body = {"snippet": {"title": "S"}, "cdn": cdn}
        return channel.youtube.liveStreams().insert(part="snippet,cdn", body=body)

    whole = {"frameRate": "30fps", "resolution": "720p", "ingestionType": "rtmp"}
    for name in whole:
        rest = {key: value for key, value in whole.items() if key != name}
        assert refused(insert(**rest)) == (400, f"{name}Required")
    assert refused(insert(**whole, format="720p")) == (400, "invalidFormat")
    assert insert(**whole).execute()["cdn"]["ingestionInfo"]["streamName"]


def test_a_stream_keeps_its_cdn_and_cannot_be_deleted_while_it_is_bound(
    channel: Channel, refused: Refused
) -> None:
    broadcast, stream, _ = channel.bound()
    calls = channel.youtube.liveStreams()
    body: dict[str, Any] = {"id": stream, "snippet": {"title": "Nama baru"}}
    assert calls.update(part="snippet", body=body).execute()["snippet"]["title"] == "Nama baru"
    other = {"frameRate": "60fps", "resolution": "720p", "ingestionType": "rtmp"}
    change = calls.update(part="cdn", body={"id": stream, "cdn": other})
    assert refused(change) == (400, "cdnModificationNotAllowed")
    assert refused(calls.delete(id=stream)) == (403, "liveStreamDeletionNotAllowed")
    channel.youtube.liveBroadcasts().delete(id=broadcast).execute()
    calls.delete(id=stream).execute()
    assert calls.list(part="id", mine=True).execute()["items"] == []


def test_a_broadcast_can_be_unbound_and_moved_but_not_into_the_past(
    channel: Channel, refused: Refused
) -> None:
    broadcast, _, _ = channel.bound()
    calls = channel.youtube.liveBroadcasts()
    shown = calls.list(part="snippet", id=broadcast).execute()["items"][0]["snippet"]
    for hours, outcome in ((2, None), (-2, (400, "invalidScheduledStartTime"))):
        snippet = {**shown, "scheduledStartTime": channel.later(hours=hours)}
        move = calls.update(part="snippet", body={"id": broadcast, "snippet": snippet})
        if outcome is None:
            assert move.execute()["snippet"]["scheduledStartTime"] == "2021-11-24T03:00:00Z"
        else:
            assert refused(move) == outcome
    calls.bind(id=broadcast, part="id").execute()
    assert channel.lifecycle(broadcast) == "created"


def test_a_videos_update_replaces_the_snippet_and_wants_a_category(
    channel: Channel, refused: Refused, clip_ts: Path
) -> None:
    calls = channel.youtube.videos()
    media = MediaFileUpload(str(clip_ts), mimetype="video/mp2t")
    body: dict[str, Any] = {"snippet": {"title": "Klip", "tags": ["batik"], "description": "d"}}
    made = calls.insert(part="snippet", body=body, media_body=media).execute()
    assert made["snippet"]["tags"] == ["batik"]
    shown = calls.list(part="status", id=made["id"]).execute()["items"][0]["status"]
    assert shown["privacyStatus"] == "public"  # what YouTube takes when nothing is said
    new = {"id": made["id"], "snippet": {"title": "Baru"}}
    assert refused(calls.update(part="snippet", body=new)) == (400, "invalidCategoryId")
    new["snippet"]["categoryId"] = "27"
    snippet = calls.update(part="snippet", body=new).execute()["snippet"]
    assert (snippet["tags"], snippet["description"]) == ([], "")
    later = {"privacyStatus": "public", "publishAt": channel.later(days=1)}
    publish = calls.update(part="status", body={"id": made["id"], "status": later})
    assert refused(publish) == (400, "invalidPublishAt")
    calls.delete(id=made["id"]).execute()
    assert calls.list(part="id", id=made["id"]).execute()["items"] == []
    assert [*(channel.folder / "files").iterdir()] == []


def test_what_is_not_there_is_not_found(channel: Channel, refused: Refused) -> None:
    bind = channel.youtube.liveBroadcasts().bind(id="nope", part="id")
    assert refused(bind) == (404, "liveBroadcastNotFound")
    video = {"id": "nope", "snippet": {"title": "x", "categoryId": "22"}}
    update = channel.youtube.videos().update(part="snippet", body=video)
    assert refused(update) == (404, "videoNotFound")
    assert channel.send("GET", "/youtube/v3/nope")[0] == 404


def test_a_method_that_is_not_emulated_says_so(channel: Channel, refused: Refused) -> None:
    assert refused(channel.youtube.videoCategories().list(part="id", id="1")) == (
        501,
        "notImplemented",
    )


def test_an_unknown_parameter_is_refused_in_the_envelope(channel: Channel) -> None:
    path = "/youtube/v3/videos?part=id&id=x&nope=1"
    status, _, body = channel.send("GET", path, authorization=channel.token())
    assert status == 400
    error = body["error"]
    assert (error["code"], error["errors"][0]["reason"]) == (400, "badRequest")
    assert 'Unknown name "nope"' in error["message"]


def test_a_call_needs_a_live_token_with_a_scope(channel: Channel, refused: Refused) -> None:
    path = "/youtube/v3/channels?part=id&mine=true"
    token = channel.token()
    assert channel.send("GET", path)[0] == 401
    assert channel.send("GET", path, authorization="Bearer nope")[0] == 401
    assert channel.send("GET", path, authorization=token)[0] == 200
    channel.clock.turn(3600)
    assert channel.send("GET", path, authorization=token)[0] == 401
    readonly = connect(channel.url, ["https://www.googleapis.com/auth/youtube.readonly"])
    assert readonly.channels().list(part="id", mine=True).execute()["items"]
    insert = readonly.playlists().insert(part="snippet", body={"snippet": {"title": "x"}})
    assert refused(insert) == (403, "insufficientPermissions")
    readonly.close()


def test_a_wrong_refresh_token_is_an_invalid_grant(channel: Channel) -> None:
    form = "grant_type=refresh_token&client_id=c&client_secret=s&refresh_token="
    assert channel.send("POST", "/token", form + "nope")[::2] == (
        400,
        {"error": "invalid_grant", "error_description": "Token has been expired or revoked."},
    )


def picture(file: Path, width: int, kind: str) -> Path:
    Image.new("RGB", (width, width * 9 // 16), "#26306e").save(file, kind)
    return file


def test_a_thumbnail_must_be_a_picture_that_is_wide_enough(
    channel: Channel, refused: Refused, tmp_path: Path
) -> None:
    video = channel.broadcast()

    def put(file: Path, name: str = video) -> Any:
        media = MediaFileUpload(str(file), mimetype="image/jpeg")
        return channel.youtube.thumbnails().set(videoId=name, media_body=media)

    wide = picture(tmp_path / "wide.jpg", 1280, "jpeg")
    assert put(wide).execute()["items"][0]["maxres"]["width"] == 1280
    digest = hashlib.sha256(wide.read_bytes()).hexdigest()
    assert channel.state()["notes"][video]["thumbnail_sha256"] == digest
    status, headers, shown = channel.send("GET", f"/emulator/thumbnails/{video}")
    assert (status, headers["content-type"], shown) == (200, "image/jpeg", wide.read_bytes())
    assert put(picture(tmp_path / "wide.png", 640, "png")).execute()
    assert refused(put(picture(tmp_path / "small.png", 639, "png"))) == (400, "invalidImage")
    torn = tmp_path / "torn.jpg"
    torn.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    assert refused(put(torn)) == (400, "invalidImage")
    assert refused(put(wide, "nope")) == (404, "videoNotFound")
    assert len([*(channel.folder / "files").iterdir()]) == 1  # the last that was taken


def test_a_caption_track_is_taken_once(channel: Channel, refused: Refused, tmp_path: Path) -> None:
    video = channel.broadcast()
    file = tmp_path / "c.vtt"
    file.write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nSelamat pagi\n")
    snippet = {"videoId": video, "language": "id", "name": ""}

    def insert() -> Any:
        media = MediaFileUpload(str(file), mimetype="text/vtt")
        body = {"snippet": snippet}
        return channel.youtube.captions().insert(part="snippet", body=body, media_body=media)

    track = insert().execute()
    kept = channel.folder / "files" / channel.state()["notes"][track["id"]]["file"]
    assert kept.read_bytes() == file.read_bytes()
    assert refused(insert()) == (409, "captionExists")
    listed = channel.youtube.captions().list(part="snippet", videoId=video).execute()
    assert [row["id"] for row in listed["items"]] == [track["id"]]
    delete = channel.youtube.captions().delete(id=track["id"])
    delete.execute()
    assert refused(delete) == (404, "captionNotFound")
    assert [*(channel.folder / "files").iterdir()] == []
    assert insert().execute()


def test_the_state_survives_a_restart_and_one_folder_has_one_emulator(
    tmp_path: Path, channel: Channel
) -> None:
    folder = tmp_path / "again"
    with running(folder, ffmpeg=find_ffmpeg(), clock=channel.clock) as emulator:
        youtube = connect(emulator.url)
        body = {"snippet": {"title": "x"}}
        made = youtube.playlists().insert(part="snippet", body=body).execute()["id"]
        youtube.close()
        (folder / "files" / "once-torn").touch()
        with (
            pytest.raises(OutsideError, match=rf"Another emulator uses .*pid {os.getpid()}\)"),
            running(folder, ffmpeg=find_ffmpeg(), clock=channel.clock),
        ):
            pass
    with running(folder, ffmpeg=find_ffmpeg(), clock=channel.clock) as emulator:
        youtube = connect(emulator.url)
        listed = youtube.playlists().list(part="id", mine=True).execute()["items"]
        youtube.close()
    assert [row["id"] for row in listed] == [made]
    assert [*(folder / "files").iterdir()] == []


def test_a_port_in_use_is_said(tmp_path: Path, channel: Channel) -> None:
    port = int(channel.url.rpartition(":")[2])
    again = running(tmp_path / "b", ffmpeg=find_ffmpeg(), clock=channel.clock, port=port)
    with pytest.raises(OutsideError, match=str(port)), again:
        pass


def test_a_state_that_is_torn_is_said(tmp_path: Path, channel: Channel) -> None:
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "channel.sqlite").write_text("no database at all" * 99)
    torn = running(tmp_path / "torn", ffmpeg=find_ffmpeg(), clock=channel.clock)
    with pytest.raises(OutsideError, match=r"channel\.sqlite"), torn:
        pass


def test_without_ffmpeg_it_does_not_start(tmp_path: Path, channel: Channel) -> None:
    with (
        pytest.raises(OutsideError, match="ffmpeg"),
        running(tmp_path / "c", ffmpeg="/no/ffmpeg", clock=channel.clock),
    ):
        pass


def test_a_request_under_another_name_than_this_machines_is_refused(channel: Channel) -> None:
    assert channel.send("GET", "/emulator/state", host="evil.example")[0] == 400


def test_the_page_shows_the_channel_and_escapes_what_people_wrote(channel: Channel) -> None:
    made = channel.broadcast()
    body = {"id": made, "snippet": {"title": "Batik & \"Kopi\" 'enak'", "categoryId": "22"}}
    channel.youtube.videos().update(part="snippet", body=body).execute()
    status, headers, text = channel.send("GET", "/")
    assert status == 200 and headers["content-type"].startswith("text/html")
    assert "Batik &amp; &#34;Kopi&#34;" in text.decode()
    assert "dibuat" in text.decode()
