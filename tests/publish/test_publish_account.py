"""How we stand with YouTube, asked of the emulator: in good days, and with each trouble of R12."""

import json
from datetime import timedelta
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.publish import (
    Account,
    Airtime,
    Publisher,
    Remedy,
    Upload,
    Wanted,
    YouTubeError,
    health,
    publishing,
)
from pipeline.publish.scopes import SCOPE
from pipeline.settings import Settings

READ_ONLY = "https://www.googleapis.com/auth/youtube.readonly"


def tomorrow(clock: HandClock) -> list[Airtime]:
    start = clock.now() + timedelta(days=1)
    return [Airtime(start, start + timedelta(hours=8))]


def said(account: Account) -> str:
    """Its urgent warnings."""
    return " ".join(str(notice.fault.what) for notice in account.warnings if notice.urgent)


def units(account: Account) -> dict[str, int]:
    return {bucket.name: bucket.spent for bucket in account.buckets}


def test_who_we_are_costs_two_units_and_nothing_is_wrong(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    account = health(settings, clock, tomorrow(clock))
    assert account.channel
    assert account.live is True
    assert account.trouble is None
    assert account.warnings == ()
    assert SCOPE in account.scopes
    assert account.clock_off is not None
    assert abs(account.clock_off) < timedelta(minutes=1)
    assert units(account) == {"pool": 2, "uploads": 0}
    assert tube.state["spent"]["units"] == 2


def test_a_dead_sign_in_is_said_before_the_show_and_asked_about_once(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    tube.fault("oauth.token", "status", status=400, reason="invalid_grant", times=9)
    account = health(settings, clock, tomorrow(clock))
    assert account.refused is not None
    assert account.channel is None
    assert "invalid_grant" in said(account)
    assert tube.calls("oauth.token") == 1
    assert units(account) == {"pool": 0, "uploads": 0}
    assert tube.state["spent"]["units"] == 0


def test_while_the_sign_in_is_dead_uploads_wait_and_google_is_left_alone(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    tube.fault("oauth.token", "status", status=400, reason="invalid_grant", times=99)
    wanted = Wanted(clips=(clip,))
    for _ in range(5):
        (fault,) = publisher.publish(wanted).faults
        assert "invalid_grant" in fault.what.en
    with pytest.raises(YouTubeError) as raised:
        publisher.plan(wanted)
    assert raised.value.remedy is Remedy.OPERATOR
    assert tube.calls("oauth.token") == 1
    assert tube.calls("videos.insert") == 0


def test_a_token_server_that_fails_is_asked_once_and_told_apart(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    tube.fault("oauth.token", "status", status=503, times=1)
    account = health(settings, clock, tomorrow(clock))
    assert isinstance(account.trouble, YouTubeError)
    assert account.trouble.remedy is Remedy.RETRY
    assert account.refused is None
    assert "Google's sign-in doesn't answer" in said(account)
    assert tube.calls("oauth.token") == 1
    assert health(settings, clock).channel


def test_uploads_outlive_a_token_server_that_fails_for_a_moment(
    publisher: Publisher, tube: Any, clip: Upload
) -> None:
    tube.fault("oauth.token", "status", status=503, times=2)
    assert publisher.publish(Wanted(clips=(clip,))).faults == ()
    assert tube.calls("oauth.token") == 3
    assert len(tube.state["videos"]) == 1


def test_fewer_rights_than_we_need_are_said_before_the_show(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    tube.fault("oauth.token", "set", fields={"scope": READ_ONLY})
    account = health(settings, clock, tomorrow(clock))
    assert account.scopes == (READ_ONLY,)
    assert "too few rights" in said(account)


def test_with_fewer_rights_uploads_wait(publisher: Publisher, tube: Any, clip: Upload) -> None:
    tube.fault("oauth.token", "set", fields={"scope": READ_ONLY}, times=99)
    for _ in range(3):
        (fault,) = publisher.publish(Wanted(clips=(clip,))).faults
        assert "no right to do that" in fault.what.en
    assert tube.calls("oauth.token") == 1
    assert tube.state["videos"] == {}


def test_a_short_lived_token_is_renewed_with_each_call_and_no_more(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    tube.fault("oauth.token", "set", fields={"expires_in": 5}, times=9)
    assert health(settings, clock).channel
    assert tube.calls("oauth.token") == 2


def test_a_channel_without_live_streaming_is_said(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    tube.fault("liveBroadcasts.list", "status", status=403, reason="liveStreamingNotEnabled")
    account = health(settings, clock, tomorrow(clock))
    assert account.live is False
    assert account.channel
    assert "live streaming is off" in said(account)


def test_a_clock_that_is_off_is_said(settings: Settings, clock: HandClock, tube: Any) -> None:
    clock.turn(300)
    assert "5 minutes fast" in said(health(settings, clock, tomorrow(clock)))


def test_without_a_network_what_is_known_here_is_still_told(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    assert health(settings, clock).channel
    nobody = settings.youtube.model_copy(update={"address": "http://127.0.0.1:1"})
    account = health(settings.model_copy(update={"youtube": nobody}), clock, tomorrow(clock))
    assert "YouTube can't be reached" in said(account)
    assert account.live is None
    assert units(account) == {"pool": 2, "uploads": 0}
    assert clock.now() - account.buckets[0].refilled < timedelta()


def test_units_of_which_nobody_knows_are_told_apart(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    tube.fault("channels.list", "drop_before")
    account = health(settings, clock)
    assert isinstance(account.trouble, YouTubeError)
    pool, _ = account.buckets
    assert (pool.spent, pool.uncertain) == (1, 1)
    assert account.as_dict()["trouble"]


def test_a_damaged_ledger_is_said_and_hides_nothing_else(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    with publishing(settings, clock) as publisher:
        publisher.ledger.note("test")
    (file,) = settings.state.rglob("ledger.jsonl")
    file.write_text("half a line\n" + file.read_text())
    account = health(settings, clock, tomorrow(clock))
    assert "not JSON" in said(account)
    assert account.buckets


def test_the_document_holds_what_is_known_and_no_secret(
    settings: Settings, clock: HandClock, tube: Any
) -> None:
    document = health(settings, clock, tomorrow(clock)).as_dict()
    text = json.dumps(document)
    assert "emulator-refresh" not in text
    assert "ya29" not in text
    assert document["live"] is True
    pool = document["quota"][0]  # type: ignore[index]
    assert pool["left"] == pool["limit"] - pool["spent"]
    assert "liveBroadcasts.insert" in document["assumed_costs"]  # type: ignore[operator]
