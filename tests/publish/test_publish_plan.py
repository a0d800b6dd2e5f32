"""What is missing is planned and carried out, then nothing is left; quota and ledger beside it."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.errors import Fault, InputFaults, OutsideError, TayangError, Text
from pipeline.publish import (
    BroadcastWish,
    Publisher,
    Remedy,
    Upload,
    Wanted,
    YouTubeError,
    known,
    plan,
    publishing,
    status,
)
from pipeline.publish.ledger import open_ledger
from pipeline.publish.quota import RESERVE, Meter, next_refill
from pipeline.settings import Settings


@pytest.fixture
def wanted(clip: Upload) -> Wanted:
    start = datetime.now(UTC) + timedelta(hours=1)
    wish = BroadcastWish(
        "2021-11-24", "Hari pertama", "", start, start + timedelta(hours=2), "unlisted", "tayang:x"
    )
    return Wanted((wish,), (clip, replace(clip, title="Tayang lagi")))


def kinds(wanted: Wanted, publisher: Publisher) -> list[str]:
    return [str(action.kind) for action in plan(wanted, publisher.ledger.facts)]


def test_everything_wanted_is_planned_once_and_after_publishing_nothing_is_left(
    publisher: Publisher, tube: Any, wanted: Wanted
) -> None:
    assert kinds(wanted, publisher) == ["create-broadcast", "upload"]
    assert publisher.publish(wanted) == ()
    assert kinds(wanted, publisher) == []
    calls = tube.state["spent"]["calls"]
    assert publisher.publish(wanted) == ()
    assert tube.state["spent"]["calls"] == calls


def test_progress_counts_the_bytes_of_all_clips(publisher: Publisher, clip: Upload) -> None:
    size = clip.path.stat().st_size
    other = clip.path.with_name("lain.mp4")
    other.write_bytes(clip.path.read_bytes() + b"x")
    second = replace(clip, path=other, sha256=hashlib.sha256(other.read_bytes()).hexdigest())
    told: list[tuple[int, int]] = []
    publisher.publish(
        Wanted(clips=(clip, second)), lambda _, sent, whole: told.append((sent, whole))
    )
    assert {whole for _, whole in told} == {2 * size + 1}
    assert told == sorted(told)
    assert told[-1][0] == 2 * size + 1


def test_what_is_half_done_is_planned_as_what_is_missing(
    publisher: Publisher, tube: Any, wanted: Wanted
) -> None:
    tube.fault("thumbnails.set", "status", status=403, reason="forbidden")
    (fault,) = publisher.publish(wanted)
    assert "gambar mini" in fault.what.id
    assert kinds(wanted, publisher) == ["set-thumbnail", "verify"]
    assert publisher.publish(wanted) == ()
    assert tube.calls("videos.insert") == 1


def test_one_bad_clip_holds_up_no_other_but_a_spent_quota_does(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    other = clip.path.with_name("other.mp4")
    other.write_bytes(clip.path.read_bytes() + b"\0\0\0\x08free")
    bad = replace(clip, path=Path("tidak-ada.mp4"), sha256="00" * 32)
    good = replace(clip, path=other, sha256="11" * 32)
    assert len(publisher.publish(Wanted(clips=(bad, clip)))) == 1
    assert publisher.links.clip(clip.sha256) is not None

    tube.fault("videos.insert", "status", status=403, reason="quotaExceeded")
    faults = publisher.publish(Wanted(clips=(good, replace(good, sha256="22" * 32))))
    assert len(faults) == 1


def test_a_picture_is_drawn_only_when_it_is_set(publisher: Publisher, clip: Upload) -> None:
    drawn: list[bytes] = []
    there = clip.thumbnail
    assert there is not None

    def draw() -> bytes:
        drawn.append(there())
        return drawn[-1]

    wanted = Wanted(clips=(replace(clip, thumbnail=draw),))
    assert kinds(wanted, publisher) == ["upload"]
    assert drawn == []
    for _ in range(2):
        assert publisher.publish(wanted) == ()
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

    path = clip.path.with_name("lain.mp4")
    path.write_bytes(clip.path.read_bytes() + b"\0\0\0\x08free")
    other = replace(clip, path=path, sha256="11" * 32)
    faults = publisher.publish(Wanted(clips=(replace(clip, thumbnail=draw), other)))
    assert faults == (Fault(where, Text("rusak", "broken")),)
    assert publisher.links.clip(other.sha256) is not None
    assert kinds(Wanted(clips=(clip, other)), publisher) == ["set-thumbnail", "verify"]
    assert publisher.publish(Wanted(clips=(clip, other))) == ()
    assert tube.calls("videos.insert") == 2


def test_links_are_known_without_the_network_and_while_another_publishes(
    publisher: Publisher, settings: Settings, wanted: Wanted
) -> None:
    publisher.publish(wanted)
    links = known(settings)
    assert links.clip(wanted.clips[0].sha256) == publisher.links.clip(wanted.clips[0].sha256)
    assert links.broadcast("2021-11-24") == publisher.links.broadcast("2021-11-24")
    assert links.clip("ff" * 32) is None


def test_actions_are_said_in_both_languages(wanted: Wanted) -> None:
    first = plan(wanted, ())[0].as_dict()
    assert first == {
        "kind": "create-broadcast",
        "subject": "2021-11-24",
        "what": "buat siaran Hari pertama",
        "what_en": "create the broadcast Hari pertama",
    }


def test_an_emulators_ledger_never_passes_for_youtubes(settings: Settings, tube: Any) -> None:
    real = settings.youtube.model_copy(update={"address": None})
    with publishing(settings, HandClock(datetime.now(UTC))) as publisher:
        publisher.ledger.note("broadcast", session="s", id="b")
    assert known(settings).broadcast("s") is not None
    assert known(settings.model_copy(update={"youtube": real})).broadcast("s") is None


def test_the_account_says_channel_live_and_rights(publisher: Publisher, tube: Any) -> None:
    account = status(publisher.api)
    assert account.channel
    assert account.live
    assert account.warnings == ()
    tube.fault("liveBroadcasts.list", "status", status=403, reason="liveStreamingNotEnabled")
    account = status(publisher.api)
    assert not account.live
    assert "24 jam" in account.as_dict()["warnings"][0]["hint"]


def test_the_reserve_is_kept_for_live_control_and_the_count_survives_a_restart(
    tmp_path: Path,
) -> None:
    evening = HandClock(datetime(2021, 11, 25, 7, 59, tzinfo=UTC))  # 23:59 in Los Angeles
    with open_ledger(tmp_path, evening) as ledger:
        meter = Meter(ledger, evening)
        while meter.left("pool") >= RESERVE + 50:
            meter.count("thumbnails.set")
    with open_ledger(tmp_path, evening) as ledger:
        meter = Meter(ledger, evening)
        for method in ("videos.insert", "thumbnails.set"):
            with pytest.raises(YouTubeError) as raised:
                meter.allow(method)
            assert raised.value.remedy is Remedy.WAIT
        meter.allow("liveBroadcasts.transition")
        meter.exhaust("videos.list")
        meter.allow("liveBroadcasts.transition")
        evening.turn(120)
        meter.allow("videos.insert")


@pytest.mark.parametrize(
    ("now", "refill"),
    [
        (datetime(2021, 11, 6, 12, tzinfo=UTC), datetime(2021, 11, 7, 7, tzinfo=UTC)),
        (datetime(2021, 11, 7, 12, tzinfo=UTC), datetime(2021, 11, 8, 8, tzinfo=UTC)),  # 25 hours
        (datetime(2022, 3, 13, 12, tzinfo=UTC), datetime(2022, 3, 14, 7, tzinfo=UTC)),  # 23 hours
    ],
)
def test_the_quota_is_refilled_at_midnight_pacific_on_days_of_any_length(
    now: datetime, refill: datetime
) -> None:
    assert next_refill(now) == refill


def test_a_damaged_line_inside_the_ledger_is_a_fault_with_its_number(
    tmp_path: Path, clock: HandClock
) -> None:
    good = json.dumps({"fact": "x"})
    (tmp_path / "ledger.jsonl").write_text(f"{good}\n{{oops\n{good}\n")
    with pytest.raises(InputFaults) as raised, open_ledger(tmp_path, clock):
        pass
    assert raised.value.faults[0].where == "ledger.jsonl, baris/line 2"
    assert (tmp_path / "ledger.jsonl").read_text().count("\n") == 3


def test_the_ledger_is_readable_for_its_owner_only(tmp_path: Path, clock: HandClock) -> None:
    with open_ledger(tmp_path, clock) as ledger:
        ledger.note("x")
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o777 == 0o600
