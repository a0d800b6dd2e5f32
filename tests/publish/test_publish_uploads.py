"""A clip goes up once, whatever breaks on the way: against the emulator, over HTTP."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.errors import OutsideError
from pipeline.publish import Publisher, Upload, Wanted, publishing
from pipeline.publish.actions import UPLOADS
from pipeline.publish.emulator import Delays, running
from pipeline.publish.marks import read_mark
from pipeline.settings import Settings
from pipeline.tools import find_ffmpeg

CHUNK = 1 << 20


def upload(publisher: Publisher, clip: Upload, on_bytes: Callable[[int], None] = print) -> str:
    """Publishes one clip without a fault, and gives its video."""
    done = publisher.publish(
        Wanted(clips=(clip,)),
        lambda action, sent, whole: on_bytes(sent) if action.kind in UPLOADS and sent else None,
    )
    assert done.faults == ()
    fact = publisher.ledger.last("uploaded", marker=clip.marker)
    assert fact is not None
    return str(fact["video"])


def faults(publisher: Publisher, clip: Upload) -> str:
    """What is said when one clip is published."""
    return " ".join(str(fault.what) for fault in publisher.publish(Wanted(clips=(clip,))).faults)


def video(tube: Any) -> dict[str, Any]:
    """The one video of the channel."""
    (only,) = tube.state["videos"].values()
    return dict(only)


def test_a_clip_arrives_whole_with_its_words_picture_and_privacy(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    seen: list[int] = []
    identity = upload(publisher, clip, seen.append)
    there = video(tube)
    assert there["id"] == identity
    assert there["snippet"]["title"] == "Batik Sekar"
    assert read_mark(there["snippet"]["description"])[:2] == ("Kain jlamprang.", clip.marker)
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
    # R5
    first = upload(publisher, clip)
    assert upload(publisher, replace(clip, path=clip.path.with_name("lain.mp4"))) == first
    assert tube.calls("videos.insert") == 1


def test_a_lost_ledger_finds_its_videos_again(
    settings: Settings, clock: HandClock, tube: Any, clip: Upload
) -> None:
    with publishing(settings, clock) as before:
        first = upload(before, clip)
    (settings.state / "emulator" / "publish" / "ledger.jsonl").unlink()
    with publishing(settings, clock) as after:
        assert upload(after, clip) == first
    assert tube.calls("videos.insert") == 1


def test_a_ledger_from_a_backup_uploads_nothing_again(
    settings: Settings, clock: HandClock, tube: Any, clip: Upload
) -> None:
    # R5: the backup was made when the upload had begun.
    path = settings.state / "emulator" / "publish" / "ledger.jsonl"
    backups: list[bytes] = []
    with publishing(settings, clock) as before:
        first = upload(before, clip, lambda sent: backups.append(path.read_bytes()))
    path.write_bytes(backups[0])
    with publishing(settings, clock) as after:
        assert upload(after, clip) == first
    assert tube.calls("videos.insert") == 1


def test_two_processes_never_publish_at_once(
    publisher: Publisher, settings: Settings, clock: HandClock
) -> None:
    with pytest.raises(OutsideError, match=r"pid \d+"), publishing(settings, clock):
        pass


def test_a_lost_last_answer_costs_one_question_and_no_second_video(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    # R3
    tube.fault("upload.chunk", "drop_after_apply", after=3)
    identity = upload(publisher, clip)
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
        {"kind": "truncated"},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_fault_on_a_chunk_never_hangs_nor_doubles(
    publisher: Publisher,
    tube: Any,
    clip: Upload,
    clock: HandClock,
    fault: dict[str, Any],
    after: int,
) -> None:
    # R6: back-off is on the hand-driven clock; a hang would be the socket's 60 s.
    tube.fault("upload.chunk", after=after, **fault)
    before = clock.monotonic()
    identity = upload(publisher, clip)
    assert tube.state["notes"][identity]["sha256"] == clip.sha256
    assert len(tube.state["videos"]) == 1
    assert tube.calls("videos.insert") == 1
    assert clock.monotonic() - before <= 2


def test_an_expired_session_without_a_video_begins_again(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    # R4 (a)
    tube.fault("upload.chunk", "status", status=404, reason="notFound")
    identity = upload(publisher, clip)
    assert video(tube)["id"] == identity
    assert tube.calls("videos.insert") == 2


def test_an_expired_session_that_became_a_video_is_adopted_by_its_marker(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    # R4 (b): the last answer is lost, then the session.
    tube.fault("upload.chunk", "drop_after_apply", after=3)
    tube.fault("upload.chunk", "status", status=404, reason="notFound", after=4)
    identity = upload(publisher, clip)
    assert video(tube)["id"] == identity
    assert tube.calls("videos.insert") == 1


def test_an_upload_that_makes_no_progress_is_left_for_the_next_run(
    settings: Settings, clock: HandClock, tube: Any, clip: Upload
) -> None:
    with publishing(settings, clock) as first:
        tube.fault("upload.chunk", "status", status=503, times=8)
        assert "no answer" in faults(first, clip)
    with publishing(settings, clock) as second:
        upload(second, clip)
    assert tube.calls("videos.insert") == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status.privacyStatus": "private"}, "privacyLocked"),
        (
            {"status.uploadStatus": "rejected", "status.rejectionReason": "duplicate"},
            "rejected duplicate",
        ),
        (
            {"status.uploadStatus": "failed", "status.failureReason": "conversion"},
            "failed conversion",
        ),
    ],
)
def test_a_video_is_read_back_and_what_youtube_changed_is_said(
    publisher: Publisher, tube: Any, clip: Upload, fields: dict[str, str], said: str
) -> None:
    # R14
    tube.fault("videos.insert", "set", fields=fields)
    assert said in faults(publisher, clip)
    assert publisher.links.clip(clip.sha256) is not None  # it is there, and not sent again
    assert said in faults(publisher, clip)
    assert tube.calls("videos.insert") == 1


def test_what_youtube_does_to_a_video_later_is_noticed_too(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    upload(publisher, clip)
    fields = {"status.uploadStatus": "rejected", "status.rejectionReason": "copyright"}
    tube.force("videos", fields=fields)
    assert "copyright" in faults(publisher, clip)


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
    assert "limit of uploads" in faults(publisher, clip)
    assert "kept for controlling" in faults(publisher, clip) or "put off" in faults(publisher, clip)
    assert tube.calls("videos.insert") == 1
    clock.turn(25 * 3600)
    upload(publisher, clip)


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
            done = publisher.publish(Wanted(clips=(clip,)))
    assert done.faults == done.remarks == ()


def test_a_missing_file_is_said_before_anything_is_sent(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    assert "hilang.mp4" in faults(publisher, replace(clip, path=Path("hilang.mp4")))
    assert tube.calls("videos.insert") == 0


def test_a_video_that_somebody_deleted_is_told_and_not_uploaded_again(
    publisher: Publisher, tube: Any, clip: Upload, clock: HandClock
) -> None:
    upload(publisher, clip)
    tube.force("videos", delete=True)
    clock.turn(3600)
    done = publisher.publish(Wanted(clips=(clip,)))
    assert done.faults == ()
    assert "was removed" in done.remarks[0].what.en
    assert tube.calls("videos.insert") == 1


def test_a_changed_word_changes_the_video_and_nothing_else_of_it(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    # R15: an update replaces whole parts.
    upload(publisher, clip)
    fields = {"snippet.categoryId": "24", "status.embeddable": False, "status.license": "youtube"}
    tube.force("videos", fields=fields)
    changed = replace(clip, title="Batik Sekar Jagad", tags=("batik", "jlamprang"))
    upload(publisher, changed)
    there = video(tube)
    assert there["snippet"]["title"] == "Batik Sekar Jagad"
    assert there["snippet"]["tags"] == ["batik", "jlamprang"]
    assert there["snippet"]["categoryId"] == "24"
    assert there["snippet"]["defaultLanguage"] == "id"
    assert there["status"]["embeddable"] is False
    assert tube.calls("videos.update") == 1


def test_what_a_hand_wrote_stays_until_it_is_overwritten_on_demand(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    upload(publisher, clip)
    tube.force("videos", fields={"snippet.title": "Ditulis di Studio"})
    changed = replace(clip, description="Harga baru.")
    done = publisher.publish(Wanted(clips=(changed,)))
    assert done.faults == ()
    assert "by hand" in done.remarks[0].what.en
    assert video(tube)["snippet"]["title"] == "Ditulis di Studio"
    publisher.publish(Wanted(clips=(changed,)), overwrite=True)
    assert video(tube)["snippet"]["title"] == "Batik Sekar"
    assert publisher.publish(Wanted(clips=(changed,))).remarks == ()


def test_privacy_follows_the_settings_but_never_undoes_a_hand(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    upload(publisher, clip)
    upload(publisher, replace(clip, privacy="public"))
    assert video(tube)["status"]["privacyStatus"] == "public"
    tube.force("videos", fields={"status.privacyStatus": "unlisted"})
    done = publisher.publish(Wanted(clips=(replace(clip, privacy="public"),)))
    assert "privacy was changed by hand" in done.remarks[0].what.en
    assert video(tube)["status"]["privacyStatus"] == "unlisted"


def test_a_new_picture_is_set_once(publisher: Publisher, tube: Any, clip: Upload) -> None:
    identity = upload(publisher, clip)
    first = tube.state["notes"][identity]["thumbnail_sha256"]
    assert clip.picture is not None
    other = clip.picture._replace(
        key="daun", draw=lambda: clip.path.parent.joinpath("p").read_bytes()
    )
    from PIL import Image

    Image.new("RGB", (1280, 720), "teal").save(clip.path.parent / "p", "PNG")
    for _ in range(2):
        upload(publisher, replace(clip, picture=other))
    assert tube.calls("thumbnails.set") == 2
    assert tube.state["notes"][identity]["thumbnail_sha256"] != first
