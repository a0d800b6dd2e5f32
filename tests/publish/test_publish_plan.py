"""What is missing is planned and carried out, then nothing is left; a hand always wins."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.errors import Fault, InputFaults, OutsideError, TayangError, Text
from pipeline.publish import (
    BroadcastWish,
    Done,
    Picture,
    PlaylistWish,
    Publisher,
    Recap,
    Upload,
    Wanted,
    known,
    publishing,
)
from pipeline.publish.marks import read_mark
from pipeline.publish.words import Words
from pipeline.settings import Settings


def wish_of(session: str, hours: float = 1) -> BroadcastWish:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)
    marker = f"tayang:siaran:{session.replace('-', '').zfill(16)}"
    end = start + timedelta(hours=2)
    return BroadcastWish(session, "Hari pertama", "Acara", start, end, "unlisted", marker)


PLAYLIST = PlaylistWish("Pameran", "Semua tayangan", "unlisted", "tayang:daftar:" + "0" * 16)


@pytest.fixture
def wanted(clip: Upload) -> Wanted:
    again = replace(clip, title="Tayang lagi")
    return Wanted((wish_of("2021-11-24"),), (clip, again), playlist=PLAYLIST)


def kinds(wanted: Wanted, publisher: Publisher) -> list[str]:
    return [str(action.kind) for action in publisher.plan(wanted).actions]


def copy_of(clip: Upload, name: str, stand: int | None = None) -> Upload:
    """Another clip: a real MP4 of its own."""
    path = clip.path.with_name(f"{name}.mp4")
    path.write_bytes(clip.path.read_bytes() + b"\0\0\0\x08free" + name.encode())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return replace(clip, path=path, sha256=digest, title=name, stand=stand)


def test_everything_wanted_is_planned_once_and_after_publishing_nothing_is_left(
    publisher: Publisher, tube: Any, wanted: Wanted
) -> None:
    made = ["create-broadcast", "create-playlist", "add-to-playlist"]
    assert kinds(wanted, publisher) == [*made, "upload", "set-thumbnail", "add-to-playlist"]
    assert publisher.publish(wanted).faults == ()
    assert kinds(wanted, publisher) == []
    writes = writes_of(tube)
    assert publisher.publish(wanted) == Done(())
    assert writes_of(tube) == writes
    state = tube.state
    listed = [item["contentDetails"]["videoId"] for item in state["playlist_items"].values()]
    assert listed == [*state["broadcasts"], *(set(state["videos"]) - set(state["broadcasts"]))]


def writes_of(tube: Any) -> dict[str, int]:
    """How often each method that changes something was called."""
    calls = tube.state["spent"]["calls"]
    return {name: n for name, n in calls.items() if not name.endswith((".list", ".token"))}


def test_planning_asks_few_questions_and_changes_nothing(
    publisher: Publisher, tube: Any, wanted: Wanted
) -> None:
    publisher.plan(wanted)
    assert writes_of(tube) == {}
    assert sum(tube.state["spent"]["calls"].values()) < 10


def test_a_changed_workbook_changes_the_broadcast_and_never_makes_a_second(
    publisher: Publisher, tube: Any
) -> None:
    wish = wish_of("2021-11-24")
    publisher.publish(Wanted((wish,)))
    later = replace(
        wish, title="Hari yang lain", start=wish.start + timedelta(minutes=30), dvr=False
    )
    (action,) = publisher.plan(Wanted((later,))).actions
    assert [change.name for change in action.changes] == ["title", "description", "start", "dvr"]
    assert publisher.publish(Wanted((later,))).faults == ()
    (there,) = tube.state["broadcasts"].values()
    assert there["snippet"]["title"] == "Hari yang lain"
    assert datetime.fromisoformat(there["snippet"]["scheduledStartTime"]) == later.start
    assert there["contentDetails"]["enableDvr"] is False
    assert there["contentDetails"]["monitorStream"]["enableMonitorStream"] is False
    assert there["contentDetails"]["boundStreamId"]
    assert tube.calls("liveBroadcasts.insert") == 1


def test_a_change_that_does_not_last_on_youtube_is_told_and_not_made_for_ever(
    publisher: Publisher, tube: Any, clock: HandClock
) -> None:
    wish = wish_of("2021-11-24", hours=30)
    publisher.publish(Wanted((wish,)))
    without = Wanted((replace(wish, dvr=False),))
    assert publisher.publish(without).faults == ()
    tube.force("broadcasts", fields={"contentDetails.enableDvr": True})
    clock.turn(120)
    done = publisher.publish(without)
    assert done.faults == ()
    assert "didn't last" in done.remarks[0].what.en
    assert tube.calls("liveBroadcasts.update") == 1
    assert publisher.publish(without, overwrite=True).faults == ()
    assert tube.calls("liveBroadcasts.update") == 2


def test_a_broadcast_deleted_by_hand_is_made_again_for_a_session_to_come(
    publisher: Publisher, tube: Any, clock: HandClock
) -> None:
    publisher.publish(Wanted((wish_of("2021-11-24"),)))
    tube.force("broadcasts", delete=True)
    clock.turn(120)  # a new one may only be listed late
    assert publisher.publish(Wanted((wish_of("2021-11-24"),))).faults == ()
    assert len(tube.state["broadcasts"]) == 1


def test_what_was_made_by_hand_is_never_touched(
    publisher: Publisher, tube: Any, wanted: Wanted
) -> None:
    api = publisher.api
    start = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    snippet = {"title": "Hari pertama", "description": "Acara", "scheduledStartTime": start}
    body = {"snippet": snippet, "status": {"privacyStatus": "private"}}
    api.write("liveBroadcasts.insert", part="snippet,status", body=body)
    api.write("playlists.insert", part="snippet", body={"snippet": {"title": "Pameran"}})
    before = tube.state
    assert publisher.publish(wanted).faults == ()
    after = tube.state
    for table in ("broadcasts", "playlists"):
        (by_hand,) = before[table]
        assert after[table][by_hand] == before[table][by_hand]
        assert len(after[table]) == 2


def test_clips_taken_out_of_the_playlist_by_hand_stay_out(
    publisher: Publisher, tube: Any, wanted: Wanted
) -> None:
    publisher.publish(wanted)
    tube.force("playlist_items", delete=True)
    assert kinds(wanted, publisher) == []
    tube.force("playlists", delete=True)
    assert kinds(wanted, publisher) == []
    assert "was removed" in publisher.plan(wanted).remarks[0].what.en


def test_progress_counts_the_bytes_of_all_clips(publisher: Publisher, clip: Upload) -> None:
    second = copy_of(clip, "lain")
    whole = clip.path.stat().st_size + second.path.stat().st_size
    told: list[tuple[int, int]] = []
    publisher.publish(Wanted(clips=(clip, second)), lambda _, sent, all_: told.append((sent, all_)))
    assert {all_ for _, all_ in told[:-1]} == {whole}
    assert told[:-1] == sorted(told[:-1])
    assert (whole, whole) in told


def test_what_is_half_done_is_planned_as_what_is_missing(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    tube.fault("thumbnails.set", "status", status=403, reason="forbidden")
    (fault,) = publisher.publish(Wanted(clips=(clip,))).faults
    assert "gambar mini" in fault.what.id
    assert kinds(Wanted(clips=(clip,)), publisher) == ["set-thumbnail"]
    assert publisher.publish(Wanted(clips=(clip,))).faults == ()
    assert tube.calls("videos.insert") == 1


def test_one_bad_clip_holds_up_no_other_but_a_spent_quota_does(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    bad = replace(clip, path=Path("tidak-ada.mp4"), sha256="00" * 32)
    assert len(publisher.publish(Wanted(clips=(bad, clip))).faults) == 1
    assert publisher.links.clip(clip.sha256) is not None

    tube.fault("videos.insert", "status", status=403, reason="quotaExceeded")
    others = (copy_of(clip, "a"), copy_of(clip, "b"))
    assert len(publisher.publish(Wanted(clips=others)).faults) == 1


def test_the_stand_of_which_the_least_is_published_comes_first(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    aired = [
        copy_of(clip, f"{n}-{stand}", stand) for n, stand in enumerate([7, 7, 7, 3, None, 5, 3])
    ]
    publisher.publish(Wanted(clips=(aired[0],)))
    planned = publisher.plan(Wanted(clips=tuple(aired))).actions
    order = [action.title for action in planned if action.kind == "upload"]
    assert order == ["3-3", "5-5", "4-None", "1-7", "6-3", "2-7"]


def test_a_picture_is_drawn_only_when_it_is_set(publisher: Publisher, clip: Upload) -> None:
    drawn: list[bytes] = []
    there = clip.picture
    assert there is not None

    def draw() -> bytes:
        drawn.append(there.draw())
        return drawn[-1]

    wanted = Wanted(clips=(replace(clip, picture=Picture("x", draw)),))
    assert kinds(wanted, publisher) == ["upload", "set-thumbnail"]
    assert drawn == []
    for _ in range(2):
        assert publisher.publish(wanted).faults == ()
        assert len(drawn) == 1


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (OutsideError(Text("rusak", "broken")), "Batik Sekar"),
        (
            InputFaults([Fault("thumbnail.svg", Text("rusak", "broken"))]),
            "Batik Sekar: thumbnail.svg",
        ),
    ],
)
def test_a_picture_that_can_not_be_drawn_is_a_fault_of_its_clip_only(
    publisher: Publisher, tube: Any, clip: Upload, error: TayangError, where: str
) -> None:
    def draw() -> bytes:
        raise error

    other = copy_of(clip, "lain")
    bad = replace(clip, picture=Picture("rusak", draw))
    faults = publisher.publish(Wanted(clips=(bad, other))).faults
    assert faults == (Fault(where, Text("rusak", "broken")),)
    assert publisher.links.clip(other.sha256) is not None
    assert kinds(Wanted(clips=(clip, other)), publisher) == ["set-thumbnail"]
    assert publisher.publish(Wanted(clips=(clip, other))).faults == ()
    assert tube.calls("videos.insert") == 2


def test_a_video_of_the_show_gets_chapters_and_keeps_all_else(
    publisher: Publisher, tube: Any
) -> None:
    # R15
    start = datetime(2021, 11, 24, 2, tzinfo=UTC)

    def words(began: datetime, ended: datetime) -> Words:
        return Words("Rekaman", f"00:00 Pembukaan\n{ended - began}")

    wish = wish_of("2021-11-24")
    publisher.publish(Wanted((wish,)))
    fields = {"snippet.tags": ["batik"], "snippet.categoryId": "24"}
    (identity,) = tube.state["videos"]
    tube.force("videos", id=identity, fields=fields)
    over = {"status.lifeCycleStatus": "complete", "snippet.actualStartTime": start.isoformat()}
    over["snippet.actualEndTime"] = (start + timedelta(hours=8)).isoformat()
    tube.force("broadcasts", fields=over)
    wanted = Wanted(recaps=(Recap("2021-11-24", wish.marker, words),))
    assert kinds(wanted, publisher) == ["add-chapters"]
    assert publisher.publish(wanted).faults == ()
    (video,) = tube.state["videos"].values()
    assert read_mark(video["snippet"]["description"]).body == "00:00 Pembukaan\n8:00:00"
    assert video["snippet"]["tags"] == ["batik"]
    assert video["snippet"]["categoryId"] == "24"


def test_links_are_known_without_the_network_and_while_another_publishes(
    publisher: Publisher, settings: Settings, wanted: Wanted
) -> None:
    publisher.publish(wanted)
    links = known(settings)
    assert links.clip(wanted.clips[0].sha256) == publisher.links.clip(wanted.clips[0].sha256)
    assert links.broadcast("2021-11-24") == publisher.links.broadcast("2021-11-24")
    assert links.clip("ff" * 32) is None


def test_actions_are_said_in_both_languages(publisher: Publisher) -> None:
    first = publisher.plan(Wanted((wish_of("2021-11-24"),))).actions[0].as_dict()
    assert first == {
        "kind": "create-broadcast",
        "subject": "tayang:siaran:0000000020211124",
        "what": "buat siaran Hari pertama",
        "what_en": "create the broadcast Hari pertama",
        "changes": [],
    }


def test_an_emulators_ledger_never_passes_for_youtubes(settings: Settings, tube: Any) -> None:
    real = settings.youtube.model_copy(update={"address": None})
    with publishing(settings, HandClock(datetime.now(UTC))) as publisher:
        publisher.ledger.note("broadcast", session="s", id="b")
    assert known(settings).broadcast("s") is not None
    assert known(settings.model_copy(update={"youtube": real})).broadcast("s") is None


def on_air(publisher: Publisher, tube: Any, wish: BroadcastWish) -> Wanted:
    """A broadcast of ours that is live although its session is over, as a crash leaves it."""
    publisher.publish(Wanted((wish,)))
    tube.force("broadcasts", fields={"status.lifeCycleStatus": "live"})

    def words(start: datetime, end: datetime) -> Words:
        return Words("Rekaman", "Semua")

    return Wanted(recaps=(Recap(wish.session, wish.marker, words),))


def lifecycle(tube: Any) -> list[str]:
    return [b["status"]["lifeCycleStatus"] for b in tube.state["broadcasts"].values()]


def test_what_a_crash_left_live_is_ended_and_first_of_all(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    over = on_air(publisher, tube, wish_of("2021-11-24"))
    tube.fault("thumbnails.set", "status", status=429, reason="uploadRateLimitExceeded", times=9)
    tomorrow = replace(wish_of("2021-11-25", 24), picture=clip.picture)
    wanted = replace(over, broadcasts=(tomorrow,), clips=(clip,))
    assert kinds(wanted, publisher)[0] == "end-broadcast"
    publisher.publish(wanted)
    assert lifecycle(tube)[0] == "complete"
    assert publisher.links.clip(clip.sha256) is not None


def test_one_that_was_given_up_and_went_live_all_the_same_is_ended_too(
    publisher: Publisher, tube: Any
) -> None:
    over = on_air(publisher, tube, wish_of("2021-11-24"))
    (identity,) = tube.state["broadcasts"]
    publisher.ledger.note("given up", id=identity)
    assert publisher.publish(over).faults == ()
    assert lifecycle(tube) == ["complete"]


def test_a_broadcast_of_somebody_who_copied_our_description_is_not_ended(
    publisher: Publisher, tube: Any
) -> None:
    over = on_air(publisher, tube, wish_of("2021-11-24"))
    (ours,) = tube.state["broadcasts"].values()
    start = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    copied = {"title": "Malam puncak", "description": ours["snippet"]["description"]}
    body = {
        "snippet": {**copied, "scheduledStartTime": start},
        "status": {"privacyStatus": "public"},
    }
    publisher.api.write("liveBroadcasts.insert", part="snippet,status", body=body)
    tube.force("broadcasts", fields={"status.lifeCycleStatus": "live"})
    publisher.publish(over)
    assert lifecycle(tube) == ["complete", "live"]


def test_the_end_of_a_broadcast_is_not_put_off_for_the_quota(
    settings: Settings, tube: Any, clock: HandClock
) -> None:
    # R7
    with publishing(settings, clock) as publisher:
        over = on_air(publisher, tube, wish_of("2021-11-24"))
    little = settings.youtube.model_copy(update={"quota_units": 1})
    poor = settings.model_copy(update={"youtube": little})
    with publishing(poor, clock) as publisher:
        publisher.publish(over)
    assert lifecycle(tube) == ["complete"]


def test_a_change_of_ours_leaves_alone_what_a_hand_did_to_other_fields(
    publisher: Publisher, tube: Any, clip: Upload, clock: HandClock
) -> None:
    """A clip that was hidden after a complaint must not become public by a new price."""
    wish = replace(wish_of("2021-11-24", 30), privacy="public")
    shown = replace(clip, privacy="public")
    publisher.publish(Wanted((wish,), (shown,)))
    tube.force("videos", fields={"status.privacyStatus": "unlisted"})
    tube.force("broadcasts", fields={"status.privacyStatus": "private", "snippet.title": "Tangan"})
    clock.turn(3600)
    priced = replace(shown, description="Harga baru.")
    later = replace(wish, start=wish.start + timedelta(minutes=5))
    publisher.publish(Wanted((later,), (priced,)))
    state = tube.state
    (there,) = state["broadcasts"].values()
    assert datetime.fromisoformat(there["snippet"]["scheduledStartTime"]) == later.start
    assert (there["snippet"]["title"], there["status"]["privacyStatus"]) == ("Tangan", "private")
    (video,) = (v for i, v in state["videos"].items() if i not in state["broadcasts"])
    assert video["snippet"]["description"].startswith("Harga baru.")
    assert video["status"]["privacyStatus"] == "unlisted"


def test_after_a_lost_ledger_the_broadcast_that_is_there_is_dressed(
    settings: Settings, tube: Any, clock: HandClock, clip: Upload
) -> None:
    wish = replace(wish_of("2021-11-24"), picture=clip.picture)
    with publishing(settings, clock) as publisher:
        assert publisher.publish(Wanted((wish,))).faults == ()
    (settings.state / "emulator" / "publish" / "ledger.jsonl").unlink()
    clock.turn(120)
    with publishing(settings, clock) as publisher:
        assert publisher.publish(Wanted((wish,))).faults == ()
        assert publisher.links.broadcast(wish.session) is not None
    assert len(tube.state["broadcasts"]) == 1


@pytest.mark.parametrize("fault", [None, "drop_before", "drop_after_apply"])
def test_captions_are_put_on_once_and_that_they_are_there_is_as_good(
    publisher: Publisher, tube: Any, clip: Upload, fault: str | None
) -> None:
    # R15
    captions = clip.path.with_suffix(".vtt")
    captions.write_text("WEBVTT\n\n00:00.000 --> 00:02.000\nSelamat datang\n")
    spoken = Wanted(clips=(replace(clip, captions=captions),))
    assert kinds(spoken, publisher) == ["upload", "set-thumbnail", "add-captions"]
    if fault is not None:
        tube.fault("captions.insert", fault)
    for _ in range(2):
        assert publisher.publish(spoken).faults == ()
    (track,) = tube.state["captions"].values()
    assert track["snippet"]["language"] == "id"
    assert track["snippet"]["status"] == "serving"
    assert tube.calls("captions.insert") == (1 if fault is None else 2)
