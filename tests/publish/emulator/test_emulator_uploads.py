"""Resumable uploads: with Google's client, and byte by byte in plain HTTP."""

import hashlib
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload

from pipeline.publish.emulator.uploads import GRAIN, LIFETIME

from .conftest import Channel

DATA = bytes(range(256)) * 3 * 1024  # three grains
PATH = "/upload/youtube/v3/videos?part=snippet,status&uploadType=resumable&alt=json"


def request(channel: Channel, file: Path, **snippet: Any) -> Any:
    media = MediaFileUpload(str(file), mimetype="video/mp2t", chunksize=GRAIN, resumable=True)
    body = {"snippet": {"title": "Klip", **snippet}, "status": {"privacyStatus": "unlisted"}}
    return channel.youtube.videos().insert(part="snippet,status", body=body, media_body=media)


class Upload:
    """A session of `size` bytes, spoken to in plain HTTP."""

    def __init__(self, channel: Channel, size: int = len(DATA)) -> None:
        self.channel = channel
        self.token = channel.token()
        headers = {"x_upload_content_length": str(size), "x_upload_content_type": "video/mp4"}
        status, answer, _ = channel.send(
            "POST",
            PATH,
            json.dumps({"snippet": {"title": "K"}, "status": {"privacyStatus": "private"}}),
            authorization=self.token,
            content_type="application/json",
            **headers,
        )
        assert status == 200
        self.location = answer["location"]

    def put(self, body: bytes, content_range: str) -> tuple[int, str | None, Any]:
        """(status, Range, body)."""
        status, headers, value = self.channel.send(
            "PUT", self.location, body, authorization=self.token, content_range=content_range
        )
        return status, headers.get("range"), value


def test_googles_client_uploads_in_chunks_and_the_video_is_probed(
    channel: Channel, clip_ts: Path
) -> None:
    made = request(channel, clip_ts).execute()
    assert (len(made["id"]), made["status"]["uploadStatus"]) == (11, "uploaded")
    state = channel.state()
    note = state["notes"][made["id"]]
    assert note["sha256"] == hashlib.sha256(clip_ts.read_bytes()).hexdigest()
    assert state["spent"]["calls"]["videos.insert"] == 1
    channel.clock.turn(1)
    parts = "status,contentDetails,fileDetails"
    row = channel.youtube.videos().list(part=parts, id=made["id"]).execute()["items"][0]
    assert row["status"]["uploadStatus"] == "processed"
    assert row["contentDetails"]["duration"] == "PT2S"
    assert row["fileDetails"]["videoStreams"] == [{"widthPixels": 320, "heightPixels": 180}]


def test_an_uploaded_video_plays_from_any_byte(channel: Channel, clip_ts: Path) -> None:
    made = request(channel, clip_ts).execute()["id"]
    path = f"/emulator/media/{made}"
    status, headers, body = channel.send("GET", path, range="bytes=100-199")
    assert (status, body) == (206, clip_ts.read_bytes()[100:200])
    assert headers["content-type"] == "video/mp2t"
    assert channel.send("GET", "/emulator/media/nope")[0] == 404


def test_an_upload_that_is_no_video_fails_afterwards(channel: Channel, tmp_path: Path) -> None:
    file = tmp_path / "not.mp4"
    file.write_bytes(b"not a video at all")
    made = request(channel, file).execute()["id"]
    channel.clock.turn(1)
    row = channel.youtube.videos().list(part="status", id=made).execute()["items"][0]
    assert row["status"]["uploadStatus"] == "failed"
    assert row["status"]["failureReason"] == "invalidFile"


def test_metadata_is_refused_before_the_first_byte(channel: Channel, clip_ts: Path) -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"title": "a<b"}, "invalidTitle"),
        ({"description": "x" * 5001}, "invalidDescription"),
        ({"tags": ["x" * 501]}, "invalidTags"),
        ({"categoryId": "21"}, "invalidCategoryId"),
    ]
    for snippet, reason in cases:
        with pytest.raises(HttpError) as caught:
            request(channel, clip_ts, **snippet).next_chunk()
        assert json.loads(caught.value.content)["error"]["errors"][0]["reason"] == reason
    assert channel.state()["sessions"] == {}


def test_the_protocol_to_the_letter(channel: Channel) -> None:
    upload = Upload(channel)
    total = len(DATA)
    assert upload.location.startswith(channel.url)
    assert upload.put(b"", f"bytes */{total}")[:2] == (308, None)
    first = f"bytes 0-{GRAIN - 1}/{total}"
    assert upload.put(DATA[:GRAIN], first)[:2] == (308, f"bytes=0-{GRAIN - 1}")
    assert upload.put(DATA[:GRAIN], first)[0] == 400  # overlap
    assert upload.put(DATA[GRAIN : GRAIN + 9], f"bytes {GRAIN}-{GRAIN + 8}/{total}")[0] == 400
    assert upload.put(b"", f"bytes */{total}")[:2] == (308, f"bytes=0-{GRAIN - 1}")
    status, _, made = upload.put(DATA[GRAIN:], f"bytes {GRAIN}-{total - 1}/{total}")
    assert status == 200
    assert upload.put(b"", f"bytes */{total}") == (200, None, made)
    notes = channel.state()["notes"]
    assert [note["sha256"] for note in notes.values()] == [hashlib.sha256(DATA).hexdigest()]


def test_a_whole_file_may_come_in_one_put_without_a_range(channel: Channel) -> None:
    upload = Upload(channel)
    head = {"authorization": upload.token, "expect": "100-continue"}
    status, _, made = channel.send("PUT", upload.location, DATA, **head)  # as `curl -T` does
    assert status == 200
    assert channel.state()["notes"][made["id"]]["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_a_session_that_is_unknown_or_old_is_gone(channel: Channel) -> None:
    upload = Upload(channel)
    channel.clock.turn(LIFETIME + 1)
    upload.token = channel.token()
    assert upload.put(b"", "bytes */1")[0] == 404
    upload.location = upload.location[:-3]
    assert upload.put(b"", "bytes */1")[0] == 404


def test_a_chunk_needs_a_token(channel: Channel) -> None:
    upload = Upload(channel)
    upload.token = "Bearer nope"
    assert upload.put(DATA, f"bytes 0-{len(DATA) - 1}/{len(DATA)}")[0] == 401


def test_a_connection_that_breaks_within_a_chunk_leaves_whole_grains(channel: Channel) -> None:
    upload = Upload(channel)
    address = urlsplit(upload.location)
    head = (
        f"PUT {address.path}?{address.query} HTTP/1.1\r\nHost: {address.netloc}\r\n"
        f"Authorization: {upload.token}\r\nContent-Length: {len(DATA)}\r\n"
        f"Content-Range: bytes 0-{len(DATA) - 1}/{len(DATA)}\r\n\r\n"
    )
    with socket.create_connection((address.hostname or "", address.port or 0)) as sender:
        sender.sendall(head.encode() + DATA[: GRAIN + 1000])
        while "upload.chunk" not in channel.state()["spent"]["calls"]:
            pass
    # The question waits until the broken chunk is over: nothing is lost or mixed up between them.
    assert upload.put(b"", f"bytes */{len(DATA)}")[:2] == (308, f"bytes=0-{GRAIN - 1}")
    rest = f"bytes {GRAIN}-{len(DATA) - 1}/{len(DATA)}"
    made = upload.put(DATA[GRAIN:], rest)[2]
    note = channel.state()["notes"][made["id"]]
    assert note["sha256"] == hashlib.sha256(DATA).hexdigest()


def test_a_lost_last_response_is_asked_for_again_without_a_second_video(
    channel: Channel,
) -> None:
    upload = Upload(channel)
    channel.fault(method="upload.chunk", kind="drop_after_apply")
    with pytest.raises(ConnectionError):
        upload.put(DATA, f"bytes 0-{len(DATA) - 1}/{len(DATA)}")
    status, _, made = upload.put(b"", f"bytes */{len(DATA)}")
    assert status == 200
    assert [*channel.state()["videos"]] == [made["id"]]


def test_an_upload_can_be_rejected_afterwards(channel: Channel, clip_ts: Path) -> None:
    fields = {"status.uploadStatus": "rejected", "status.rejectionReason": "duplicate"}
    channel.fault(method="videos.insert", kind="set", fields=fields)
    made = request(channel, clip_ts).execute()
    assert made["status"]["uploadStatus"] == "uploaded"
    channel.clock.turn(60)
    row = channel.youtube.videos().list(part="status", id=made["id"]).execute()["items"][0]
    assert row["status"]["rejectionReason"] == "duplicate"
    assert row["status"]["uploadStatus"] == "rejected"


def test_an_expired_session_is_answered_404_and_what_it_finished_stays(
    channel: Channel,
) -> None:
    upload = Upload(channel)
    channel.fault(method="upload.chunk", kind="status", status=404, reason="notFound")
    assert upload.put(b"", f"bytes */{len(DATA)}")[0] == 404
    assert channel.state()["sessions"] == {}


def test_media_of_a_type_or_size_that_the_document_excludes_is_refused(channel: Channel) -> None:
    for headers, status in (
        ({"x_upload_content_type": "text/plain"}, 400),
        ({"x_upload_content_length": str((256 << 30) + 1)}, 413),
    ):
        answer = channel.send(
            "POST",
            PATH,
            '{"snippet": {"title": "K"}}',
            authorization=channel.token(),
            **headers,
        )
        assert answer[0] == status


def test_an_upload_without_media_is_refused(channel: Channel) -> None:
    path = "/youtube/v3/videos?part=snippet"
    status, _, body = channel.send("POST", path, "{}", authorization=channel.token())
    assert (status, body["error"]["errors"][0]["reason"]) == (400, "mediaBodyRequired")
