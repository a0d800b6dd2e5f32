"""What is spent is counted through restarts and beside others; live control has its reserve."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.publish import Airtime, Publisher, Remedy, Upload, Wanted, YouTubeError, publishing
from pipeline.publish.emulator.quota import DOCUMENTED
from pipeline.publish.quota import COSTS, Limits, Meter, next_refill
from pipeline.settings import Settings

EVENING = datetime(2021, 11, 25, 7, 59, tzinfo=UTC)
"""23:59 in Los Angeles."""


def spend(meter: Meter, method: str, times: int = 1) -> None:
    for _ in range(times):
        meter.end(meter.begin(method), counted=True)


def test_the_reserve_is_kept_for_live_control_and_the_count_survives_a_restart(
    tmp_path: Path,
) -> None:
    # R7
    clock = HandClock(EVENING)
    soon = Airtime(EVENING + timedelta(seconds=10), EVENING + timedelta(hours=8))
    meter = Meter(tmp_path, clock, airtimes=lambda: [soon])
    while meter.left("pool") >= meter.reserve() + 50:
        spend(meter, "thumbnails.set")
    meter = Meter(tmp_path, clock, airtimes=lambda: [soon])
    for method in ("videos.insert", "thumbnails.set", "playlistItems.insert"):
        with pytest.raises(YouTubeError) as raised:
            meter.allow(method)
        assert raised.value.remedy is Remedy.WAIT
    meter.allow("liveBroadcasts.transition")
    meter.exhaust("videos.list")
    meter.allow("liveBroadcasts.transition")
    clock.turn(120)
    assert meter.reserve() > 3 * 480  # nearly eight hours of watching are still to come
    meter.allow("videos.insert")


def test_without_a_session_before_the_refill_nothing_is_kept_back(tmp_path: Path) -> None:
    after = Airtime(EVENING + timedelta(hours=2), EVENING + timedelta(hours=9))
    meter = Meter(tmp_path, HandClock(EVENING), airtimes=lambda: [after])
    assert meter.reserve() == 0
    spend(meter, "thumbnails.set", 199)
    meter.allow("thumbnails.set")
    spend(meter, "thumbnails.set")
    with pytest.raises(YouTubeError):
        meter.allow("thumbnails.set")
    meter.allow("videos.list")  # what is on air must be found out in any case


def test_two_processes_count_together_and_what_is_open_is_called_uncertain(tmp_path: Path) -> None:
    clock = HandClock(EVENING)
    one, other = Meter(tmp_path, clock), Meter(tmp_path, clock)
    call = one.begin("thumbnails.set")
    assert other.left("pool") == 10_000 - 50
    (pool, uploads) = Meter(tmp_path, clock).buckets()
    assert (pool.spent, pool.uncertain, uploads.spent) == (50, 50, 0)
    one.end(call, counted=False)
    assert other.left("pool") == 10_000
    spend(other, "videos.insert")
    assert [(b.spent, b.uncertain) for b in Meter(tmp_path, clock).buckets()] == [(0, 0), (1, 0)]


def test_a_line_that_a_power_cut_tore_costs_no_other(tmp_path: Path) -> None:
    clock = HandClock(EVENING)
    spend(Meter(tmp_path, clock), "thumbnails.set")
    (file,) = tmp_path.glob("quota-*.jsonl")
    with file.open("a") as torn:
        torn.write('\n{"call": "ff')
    meter = Meter(tmp_path, clock)
    spend(meter, "thumbnails.set")
    assert Meter(tmp_path, clock).left("pool") == 10_000 - 100


def test_a_larger_quota_is_what_the_settings_say(tmp_path: Path) -> None:
    meter = Meter(tmp_path, HandClock(EVENING), Limits(pool=100, uploads=1))
    spend(meter, "thumbnails.set", 2)
    assert meter.left("pool") == 0
    assert meter.left("uploads") == 1


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


def test_documented_costs_are_those_of_googles_table() -> None:
    told = {method: cost.units for method, cost in COSTS.items() if cost.documented}
    del told["videos.insert"]  # in a bucket of its own
    assert told == {method: DOCUMENTED[method] for method in told}


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"kind": "drop_before"},
        {"kind": "drop_after_apply"},
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 401, "reason": "authError"},
        {"kind": "status", "status": 403, "reason": "forbidden"},
        {"kind": "status", "status": 403, "reason": "quotaExceeded"},
        {"kind": "truncated"},
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["videos.insert", "thumbnails.set", "videos.list"])
def test_our_count_is_youtubes_whatever_happens_to_a_call(
    publisher: Publisher,
    settings: Settings,
    tube: Any,
    clip: Upload,
    fault: dict[str, Any],
    method: str,
) -> None:
    if fault:
        tube.fault(method, **fault)
    publisher.publish(Wanted(clips=(clip,)))
    spent = tube.state["spent"]
    meter = publisher.api._meter
    assert isinstance(meter, Meter)
    ours = {name: meter._today().spent[name] for name in ("pool", "uploads")}
    assert ours == {"pool": spent["units"], "uploads": spent["uploads"]}


def test_the_end_of_the_quota_puts_clips_off_and_not_the_broadcast(
    settings: Settings, tube: Any, clip: Upload, clock: HandClock
) -> None:
    # R7: the pool ends in mid-show; the emulator's own limit is the same.
    tube.limit(units=300)
    little = settings.youtube.model_copy(update={"quota_units": 300})
    settings = settings.model_copy(update={"youtube": little})
    now = clock.now()
    show = Airtime(now, now + timedelta(minutes=10))
    with publishing(settings, clock, lambda: [show]) as publisher:
        done = publisher.publish(Wanted(clips=(clip,)))
        assert "kept for controlling" in done.faults[0].what.en
        assert tube.calls("videos.insert") == 0
        api = publisher.api
        assert api.write("liveBroadcasts.transition", id="x", broadcastStatus="live", part="id")
    assert tube.calls("liveBroadcasts.transition") == 1
    assert json.dumps(tube.state["spent"]["charged"]).count("liveBroadcasts.transition") == 1
