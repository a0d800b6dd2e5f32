"""A clip goes up once, whatever breaks on the way: against the emulator, over HTTP."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.errors import OutsideError
from pipeline.publish import Publisher, Remedy, Upload, YouTubeError, publishing
from pipeline.publish.emulator import Delays, running
from pipeline.settings import Settings
from pipeline.tools import find_ffmpeg

CHUNK = 1 << 20


def video(tube: Any) -> dict[str, Any]:
    """The one video of the channel."""
    (only,) = tube.state["videos"].values()
    return dict(only)


def test_a_clip_arrives_whole_with_its_words_picture_and_privacy(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    seen: list[int] = []
    identity = publisher.upload(clip, lambda sent, total: seen.append(sent))
    there = video(tube)
    assert there["id"] == identity
    assert there["snippet"]["title"] == "Batik Sekar"
    assert there["snippet"]["description"].endswith(f"tayang:clip:{clip.sha256[:16]}")
    assert there["snippet"]["tags"] == ["batik"]
    assert there["status"]["privacyStatus"] == "unlisted"
    assert there["status"]["selfDeclaredMadeForKids"] is False
    assert tube.state["notes"][identity]["sha256"] == clip.sha256
    assert tube.calls("thumbnails.set") == 1
    assert seen == [CHUNK, 2 * CHUNK, 3 * CHUNK, clip.path.stat().st_size]
    assert publisher.links.clip(clip.sha256) == f"{tube.url}/watch?v={identity}"


def test_the_same_content_is_never_uploaded_twice(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    first = publisher.upload(clip)
    calls = tube.state["spent"]["calls"]
    assert publisher.upload(replace(clip, title="Nama lain")) == first
    assert tube.state["spent"]["calls"] == calls


def test_a_lost_ledger_finds_its_videos_again(
    settings: Settings, clock: HandClock, tube: Any, clip: Upload
) -> None:
    with publishing(settings, clock) as before:
        first = before.upload(clip)
    (settings.state / "emulator" / "publish" / "ledger.jsonl").unlink()
    with publishing(settings, clock) as after:
        assert after.upload(clip) == first
    assert tube.calls("videos.insert") == 1


def test_two_processes_never_publish_at_once(
    publisher: Publisher, settings: Settings, clock: HandClock
) -> None:
    with pytest.raises(OutsideError, match=r"pid \d+"), publishing(settings, clock):
        pass


def test_a_lost_last_answer_costs_one_question_and_no_second_video(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    # R3. Three chunks pass, the answer to the fourth is lost.
    sends = iter(range(4))

    def lose_the_last(sent: int, total: int) -> None:
        if next(sends) == 2:
            tube.fault("upload.chunk", "drop_after_apply")

    identity = publisher.upload(clip, lose_the_last)
    assert video(tube)["id"] == identity
    assert tube.calls("videos.insert") == 1
    assert tube.calls("upload.chunk") == 4 + 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 401, "reason": "authError"},
        {"kind": "status", "status": 429, "reason": "rateLimitExceeded"},
        {"kind": "drop_before"},
        {"kind": "drop_after_apply"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
def test_a_fault_on_a_chunk_never_hangs_nor_doubles(
    publisher: Publisher, tube: Any, clip: Upload, clock: HandClock, fault: dict[str, Any]
) -> None:
    # R6: back-off is on the hand-driven clock; a hang would be the socket's 60 s.
    tube.fault("upload.chunk", **fault)
    before = clock.monotonic()
    identity = publisher.upload(clip)
    assert tube.state["notes"][identity]["sha256"] == clip.sha256
    assert len(tube.state["videos"]) == 1
    assert tube.calls("videos.insert") == 1
    assert clock.monotonic() - before <= 2


def test_an_expired_session_without_a_video_begins_again(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    # R4 (a)
    tube.fault("upload.chunk", "status", status=404, reason="notFound")
    identity = publisher.upload(clip)
    assert video(tube)["id"] == identity
    assert tube.calls("videos.insert") == 2


def test_an_expired_session_that_became_a_video_is_adopted_by_its_marker(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    # R4 (b): the last answer is lost, then the session.
    def lose_the_end(sent: int, total: int) -> None:
        if sent == 3 * CHUNK:
            tube.fault("upload.chunk", "drop_after_apply")

    def forget(seconds: float) -> None:
        if not tube.state["videos"]:
            return
        tube.fault("upload.chunk", "status", status=404, reason="notFound")

    publisher.clock.sleep = forget
    identity = publisher.upload(clip, lose_the_end)
    assert video(tube)["id"] == identity
    assert tube.calls("videos.insert") == 1


def test_an_upload_that_makes_no_progress_is_left_for_the_next_run(
    settings: Settings, clock: HandClock, tube: Any, clip: Upload
) -> None:
    with publishing(settings, clock) as first, pytest.raises(YouTubeError) as raised:
        tube.fault("upload.chunk", "status", status=503, times=8)
        first.upload(clip)
    assert raised.value.remedy is Remedy.RETRY
    with publishing(settings, clock) as second:
        second.upload(clip)
    assert tube.calls("videos.insert") == 1


@pytest.mark.parametrize(
    ("fields", "remedy", "word"),
    [
        ({"status.privacyStatus": "private"}, Remedy.OPERATOR, "privacyLocked"),
        (
            {"status.uploadStatus": "rejected", "status.rejectionReason": "duplicate"},
            Remedy.FATAL,
            "duplicate",
        ),
    ],
)
def test_a_video_is_read_back_and_what_youtube_changed_is_said(
    publisher: Publisher,
    tube: Any,
    clip: Upload,
    fields: dict[str, str],
    remedy: Remedy,
    word: str,
) -> None:
    # R14
    tube.fault("videos.insert", "set", fields=fields)
    with pytest.raises(YouTubeError, match=word) as raised:
        publisher.upload(clip)
    assert raised.value.remedy is remedy
    assert publisher.links.clip(clip.sha256) is not None  # it is there, and not sent again
    with pytest.raises(YouTubeError, match=word):
        publisher.upload(clip)
    assert tube.calls("videos.insert") == 1


def test_the_days_limit_of_uploads_stops_them_until_midnight_pacific(
    publisher: Publisher, tube: Any, clip: Upload, clock: HandClock
) -> None:
    # R7
    tube.fault(
        "videos.insert",
        "status",
        status=429,
        reason="rateLimitExceeded",
        message="Quota exceeded for limit 'Video Uploads per day'",
    )
    for _ in range(2):
        with pytest.raises(YouTubeError) as raised:
            publisher.upload(clip)
        assert raised.value.remedy is Remedy.WAIT
    assert tube.calls("videos.insert") == 1
    clock.turn(25 * 3600)
    publisher.upload(clip)


def test_a_video_that_is_listed_late_is_waited_for(
    tmp_path: Path, settings: Settings, clock: HandClock, clip: Upload
) -> None:
    # R14: both on one clock, and videos are listed 15 s after their upload.
    folder = tmp_path / "late" / "emulator"
    late = Delays(visible=15)
    with running(folder, ffmpeg=find_ffmpeg(), clock=clock, delays=late) as emulator:
        there = settings.youtube.model_copy(update={"address": emulator.url})
        beside = {"youtube": there, "state": folder.parent}
        with publishing(settings.model_copy(update=beside), clock) as publisher:
            video = publisher.upload(clip)
            assert publisher.ledger.last("verified", video=video) is not None


def test_a_missing_file_is_said_before_anything_is_sent(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    with pytest.raises(OutsideError, match=r"hilang\.mp4"):
        publisher.upload(replace(clip, path=clip.path.with_name("hilang.mp4")))
    assert tube.calls("videos.insert") == 0
