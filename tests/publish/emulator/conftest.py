"""A running emulator on a hand-driven clock, with the real Google client in front of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError
from googleapiclient.http import MediaFileUpload

from pipeline.clock import HandClock
from pipeline.publish.emulator import REFRESH_TOKEN, running
from pipeline.tools import find_ffmpeg, run

START = datetime(2021, 11, 24, 1, 0, tzinfo=UTC)


def connect(url: str, scopes: list[str] | None = None) -> Any:
    """Google's client, its document turned to the emulator."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    document = json.loads((folder / "youtube.v3.json").read_text())
    document["rootUrl"] = document["baseUrl"] = f"{url}/"
    credentials = Credentials(
        token=None,
        refresh_token=REFRESH_TOKEN,
        token_uri=f"{url}/token",
        client_id="c",
        client_secret="s",
        scopes=scopes,
    )
    return build_from_document(document, credentials=credentials)


@dataclass
class Channel:
    """The emulator at `url`, its clock and folder, and a signed-in client."""

    url: str
    clock: HandClock
    folder: Path
    youtube: Any

    def send(
        self, verb: str, path: str, body: bytes | str = b"", **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """One plain HTTP request: (status, headers, JSON or text)."""
        target = urlsplit(path if path.startswith("http") else f"{self.url}{path}")
        connection = HTTPConnection(target.netloc)  # sends once, unlike httplib2
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(verb, f"{target.path}?{target.query}", body, named)
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        answered = {name.lower(): value for name, value in response.getheaders()}
        try:
            return response.status, answered, json.loads(content)
        except ValueError:
            return response.status, answered, content

    def token(self, scope: str = "") -> str:
        form = f"grant_type=refresh_token&refresh_token={REFRESH_TOKEN}&client_id=c&client_secret=s"
        status, _, body = self.send("POST", "/token", f"{form}&scope={scope}")
        assert status == 200
        return f"Bearer {body['access_token']}"

    def state(self) -> Any:
        return self.send("GET", "/emulator/state")[2]

    def fault(self, **values: Any) -> None:
        self.give("faults", values)

    def give(self, what: str, values: Any) -> None:
        """Faults, limits or delays that hold from now on."""
        assert self.send("POST", f"/emulator/{what}", json.dumps(values))[0] == 204

    def call(self, verb: str, path: str, body: Any = None) -> tuple[int, dict[str, str], Any]:
        """One signed-in call of the API, sent once."""
        head = {"authorization": self.token(), "content_type": "application/json"}
        text = "" if body is None else json.dumps(body)
        return self.send(verb, f"/youtube/v3/{path}", text, **head)

    def playlist(self, title: str = "Stan") -> str:
        """A new playlist's id."""
        body = {"snippet": {"title": title}}
        return str(self.youtube.playlists().insert(part="snippet", body=body).execute()["id"])

    def upload(self, file: Path, title: str = "Klip", **snippet: Any) -> str:
        """A new video's id."""
        media = MediaFileUpload(str(file), mimetype="video/mp2t")
        body = {"snippet": {"title": title, **snippet}, "status": {"privacyStatus": "unlisted"}}
        call = self.youtube.videos().insert(part="snippet,status", body=body, media_body=media)
        return str(call.execute()["id"])

    def later(self, **delta: float) -> str:
        return (self.clock.now() + timedelta(**delta)).isoformat()

    def broadcast(self, monitor: bool = False, **details: Any) -> str:
        """A new broadcast's id."""
        details["monitorStream"] = {"enableMonitorStream": monitor}
        body = {
            "snippet": {"title": "Hari pertama", "scheduledStartTime": self.later(hours=1)},
            "status": {"privacyStatus": "unlisted"},
            "contentDetails": details,
        }
        call = self.youtube.liveBroadcasts().insert(part="snippet,status,contentDetails", body=body)
        return str(call.execute()["id"])

    def stream(self) -> tuple[str, str]:
        """A new stream's id and the address to push to, key included."""
        cdn = {"frameRate": "30fps", "resolution": "720p", "ingestionType": "rtmp"}
        body = {"snippet": {"title": "Program"}, "cdn": cdn}
        made = self.youtube.liveStreams().insert(part="snippet,cdn", body=body).execute()
        info = made["cdn"]["ingestionInfo"]
        return made["id"], f"{info['ingestionAddress']}/{info['streamName']}"

    def bound(self, **details: Any) -> tuple[str, str, str]:
        """(broadcast, stream, address) of a broadcast that is ready."""
        broadcast = self.broadcast(**details)
        stream, address = self.stream()
        bind = self.youtube.liveBroadcasts().bind(id=broadcast, streamId=stream, part="status")
        assert bind.execute()["status"]["lifeCycleStatus"] == "ready"
        return broadcast, stream, address

    def lifecycle(self, broadcast: str) -> str:
        call = self.youtube.liveBroadcasts().list(part="status", id=broadcast)
        return str(call.execute()["items"][0]["status"]["lifeCycleStatus"])

    def go(self, broadcast: str, status: str) -> str:
        call = self.youtube.liveBroadcasts().transition(
            id=broadcast, broadcastStatus=status, part="status"
        )
        return str(call.execute()["status"]["lifeCycleStatus"])


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    clock = HandClock(START)
    with running(tmp_path, ffmpeg=find_ffmpeg(), clock=clock) as emulator:
        youtube = connect(emulator.url)
        yield Channel(emulator.url, clock, tmp_path, youtube)
        youtube.close()


@pytest.fixture
def refused() -> Callable[[Any], tuple[int, str]]:
    """(status, reason) of a call that the emulator refuses."""

    def send(call: Any) -> tuple[int, str]:
        with pytest.raises(HttpError) as caught:
            call.execute(num_retries=0)
        return caught.value.status_code, caught.value.error_details[0]["reason"]

    return send


@pytest.fixture(scope="session")
def clip_ts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of moving picture with B-frames, and sound."""
    file = tmp_path_factory.mktemp("clip") / "clip.ts"
    argv = [find_ffmpeg(), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=2"]
    argv += ["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=2", "-c:v", "libx264"]
    argv += ["-preset", "ultrafast", "-bf", "2", "-g", "25", "-c:a", "aac", str(file)]
    run(argv, deadline=60)
    return file
