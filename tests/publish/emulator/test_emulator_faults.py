"""Faults on demand, over HTTP: what is dropped, cut, slowed, refused, changed, and when."""

import http.client
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Channel

Refused = Callable[[Any], tuple[int, str]]
PLAYLIST = {"snippet": {"title": "x"}}
INSERT = "playlists?part=snippet"


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after_apply", 1)])
def test_a_dropped_call_is_applied_or_not_as_ordered(
    channel: Channel, kind: str, made: int
) -> None:
    channel.fault(method="playlists.insert", kind=kind)
    with pytest.raises(ConnectionError):
        channel.call("POST", INSERT, PLAYLIST)
    assert len(channel.state()["playlists"]) == made


def test_a_truncated_answer_says_its_length_and_ends_before(channel: Channel) -> None:
    channel.fault(method="playlists.insert", kind="truncated")
    with pytest.raises(http.client.IncompleteRead) as caught:
        channel.call("POST", INSERT, PLAYLIST)
    assert len(caught.value.partial) in range(1, caught.value.expected + 1)
    (made,) = channel.state()["playlists"]
    assert f'"{made}"' in caught.value.partial.decode()


def test_an_answer_without_a_body_cannot_be_cut_and_is_lost(channel: Channel) -> None:
    made = channel.playlist()
    channel.fault(method="playlists.delete", kind="truncated")
    with pytest.raises(ConnectionError):
        channel.call("DELETE", f"playlists?id={made}")
    assert channel.state()["playlists"] == {}


def test_a_slow_answer_comes_after_the_call_was_applied(channel: Channel) -> None:
    channel.fault(method="playlists.insert", kind="slow", seconds=0.2)
    assert channel.call("POST", INSERT, PLAYLIST)[0] == 200
    channel.fault(method="playlists.insert", kind="slow", seconds=600)
    connection = http.client.HTTPConnection(channel.url.removeprefix("http://"))
    head = {"authorization": channel.token()}
    connection.request("POST", f"/youtube/v3/{INSERT}", json.dumps(PLAYLIST), head)
    while len(channel.state()["playlists"]) < 2:
        pass
    connection.close()


def test_a_fault_lets_calls_pass_first_and_happens_as_often_as_it_says(channel: Channel) -> None:
    channel.fault(method="playlists.list", kind="status", after=2, times=2)
    listing = "playlists?part=id&mine=true"
    assert [channel.call("GET", listing)[0] for _ in range(5)] == [200, 200, 503, 503, 200]
    waiting = [
        {"method": "playlists.list", "kind": "status", "status": 500},
        {"method": "playlists.list", "kind": "status", "status": 429, "after": 1},
    ]
    channel.give("faults", waiting)
    shown = channel.send("GET", "/emulator/faults")[2]
    assert [(each["status"], each["after"], each["times"]) for each in shown] == [
        (500, 0, 1),
        (429, 1, 1),
    ]
    assert [channel.call("GET", listing)[0] for _ in range(3)] == [500, 429, 200]
    channel.give("faults", waiting)
    assert channel.send("DELETE", "/emulator/faults")[0] == 204
    assert channel.call("GET", listing)[0] == 200


def test_a_status_says_its_reason(channel: Channel, refused: Refused) -> None:
    call = channel.youtube.playlists().insert(part="snippet", body=PLAYLIST)
    for values, expected in (
        ({"status": 503}, (503, "backendError")),
        ({"status": 403}, (403, "forbidden")),
        ({"status": 400, "reason": "uploadLimitExceeded"}, (400, "uploadLimitExceeded")),
    ):
        channel.fault(method="playlists.insert", kind="status", **values)
        assert refused(call) == expected


def test_what_a_call_makes_can_be_changed_behind_its_answer(channel: Channel) -> None:
    fields = {"status.privacyStatus": "private"}
    channel.fault(method="liveBroadcasts.insert", kind="set", fields=fields)
    made = channel.broadcast()
    state = channel.state()
    assert state["broadcasts"][made]["status"]["privacyStatus"] == "private"
    assert state["videos"][made]["status"]["privacyStatus"] == "private"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("{", "Parse Error"),
        ('{"nope": 1}', "kind"),
        ('{"kind": "drop"}', "no kind drop"),
        ('{"kind": "drop_before"}', "is required"),
        ('{"kind": "drop_before", "method": "x.y"}', "no such method"),
        ('{"kind": "drop_before", "method": "videos.list", "time": 2}', "Did you mean times?"),
        ('{"kind": "force", "table": "videos"}', "nothing to do"),
        ('{"kind": "force", "table": "videos", "hold": 3}', "hold is for broadcasts"),
        ('{"kind": "force", "table": "videos", "fields": {"status.nope": 1}}', "nope"),
        ('{"kind": "set", "method": "videos.delete", "fields": {"a": 1}}', "makes no resource"),
        ('{"kind": "set", "method": "videos.list", "fields": {"etag": "1"}}', "makes no resource"),
        ('{"kind": "set", "method": "oauth.token", "fields": {"a": 1}}', "a token has no a"),
    ],
)
def test_a_fault_that_is_none_is_refused(channel: Channel, fault: str, said: str) -> None:
    status, _, answer = channel.send("POST", "/emulator/faults", fault)
    assert (status, said in json.dumps(answer)) == (400, True), answer
    assert channel.send("GET", "/emulator/faults")[2] == []


# ---- what happens by itself


def test_a_broadcast_ends_by_itself_with_all_that_follows(channel: Channel) -> None:
    made = channel.broadcast()
    channel.fault(kind="force", table="broadcasts", fields={"status.lifeCycleStatus": "complete"})
    assert channel.lifecycle(made) == "complete"
    state = channel.state()
    assert state["broadcasts"][made]["snippet"]["actualEndTime"] == "2021-11-24T01:00:00Z"
    assert state["videos"][made]["snippet"]["liveBroadcastContent"] == "none"


def test_a_broadcasts_video_is_changed_as_the_video_that_it_is(channel: Channel) -> None:
    made = channel.broadcast()
    fields = {"snippet.tags": ["batik"], "snippet.title": "Lain"}
    channel.fault(kind="force", table="videos", id=made, fields=fields)
    state = channel.state()
    assert state["videos"][made]["snippet"]["tags"] == ["batik"]
    assert state["broadcasts"][made]["snippet"]["title"] == "Lain"
    assert "tags" not in state["broadcasts"][made]["snippet"]


def test_a_happening_waits_for_its_moment_its_call_and_its_resource(channel: Channel) -> None:
    channel.fault(
        kind="force",
        table="broadcasts",
        where={"status.lifeCycleStatus": "ready"},
        lasting=60,
        at=100,
        method="liveBroadcasts.list",
        after=1,
        fields={"status.lifeCycleStatus": "revoked"},
    )
    first, _, _ = channel.bound()
    assert channel.lifecycle(first) == "ready"  # lets this call pass
    channel.clock.turn(100)
    assert channel.lifecycle(first) == "ready"  # its call, but it hasn't been so for 60 s yet
    channel.clock.turn(59)
    assert channel.lifecycle(first) == "ready"
    channel.clock.turn(1)
    assert channel.lifecycle(first) == "revoked"
    assert channel.send("GET", "/emulator/faults")[2] == []


def test_the_newest_resource_is_meant_or_the_one_named(channel: Channel, clip_ts: Path) -> None:
    videos = [channel.upload(clip_ts), channel.upload(clip_ts)]
    channel.broadcast()  # a video too, but not the newest upload
    fields = {"status.uploadStatus": "rejected", "status.rejectionReason": "duplicate"}
    channel.fault(kind="force", table="videos", fields=fields)
    channel.fault(kind="force", table="videos", id=videos[0], locked=True)
    channel.clock.turn(60)
    rows = channel.state()["videos"]
    assert rows[videos[1]]["status"]["rejectionReason"] == "duplicate"
    assert rows[videos[1]]["status"]["uploadStatus"] == "rejected"
    body = {"id": videos[0], "status": {"privacyStatus": "public"}}
    answer = channel.youtube.videos().update(part="status", body=body).execute()
    assert answer["status"]["privacyStatus"] == "private"


def test_a_streams_status_and_health_can_be_forced_and_let_go(
    channel: Channel, refused: Refused
) -> None:
    broadcast, stream, _ = channel.bound()

    def seen() -> tuple[str, str]:
        call = channel.youtube.liveStreams().list(part="status", id=stream).execute()
        status = call["items"][0]["status"]
        return status["streamStatus"], status["healthStatus"]["status"]

    forced = {"status.streamStatus": "active", "status.healthStatus.status": "bad"}
    channel.fault(kind="force", table="streams", fields=forced)
    assert seen() == ("active", "bad")
    assert channel.go(broadcast, "live") == "liveStarting"
    channel.fault(kind="force", table="streams", fields=dict.fromkeys(forced))
    assert seen() == ("ready", "noData")


def test_a_starting_status_can_be_held_while_it_lasts_or_beforehand(channel: Channel) -> None:
    broadcast, _, _ = channel.bound()
    active = {"status.streamStatus": "active"}
    channel.fault(kind="force", table="streams", fields=active)
    channel.fault(kind="force", table="broadcasts", hold=90)
    channel.go(broadcast, "live")
    channel.clock.turn(89)
    assert channel.lifecycle(broadcast) == "liveStarting"
    channel.fault(kind="force", table="broadcasts", hold=10)
    channel.clock.turn(9)
    assert channel.lifecycle(broadcast) == "liveStarting"
    channel.clock.turn(1)
    assert channel.lifecycle(broadcast) == "live"


@pytest.mark.parametrize("table", ["broadcasts", "streams", "videos", "playlists"])
def test_what_somebody_deletes_by_hand_is_gone(channel: Channel, clip_ts: Path, table: str) -> None:
    channel.bound()
    channel.playlist()
    channel.upload(clip_ts)
    before = channel.state()
    newest = [*before[table]][-1]
    channel.fault(kind="force", table=table, delete=True)
    after = channel.state()
    assert newest not in after[table]
    assert newest not in after["notes"]
    assert len(before[table]) - len(after[table]) == 1


# ---- tokens


def test_access_tokens_can_expire_at_once(channel: Channel) -> None:
    token = channel.token()
    path = "/youtube/v3/channels?part=id&mine=true"
    channel.fault(kind="expire_tokens", method="channels.list", after=1)
    assert channel.send("GET", path, authorization=token)[0] == 200
    assert channel.send("GET", path, authorization=token)[0] == 200  # from the next call on
    assert channel.send("GET", path, authorization=token)[0] == 401
    assert channel.send("GET", path, authorization=channel.token())[0] == 200


def test_a_refresh_token_is_dead_until_faults_are_cleared(channel: Channel) -> None:
    form = "grant_type=refresh_token&refresh_token=emulator-refresh&client_id=c&client_secret=s"
    channel.fault(kind="revoke", at=10)
    assert channel.send("POST", "/token", form)[0] == 200
    channel.clock.turn(10)
    assert channel.send("POST", "/token", form)[2]["error"] == "invalid_grant"
    channel.send("DELETE", "/emulator/faults")
    assert channel.send("POST", "/token", form)[0] == 200


def test_a_token_can_be_refused_lost_and_other_than_asked_for(channel: Channel) -> None:
    form = "grant_type=refresh_token&refresh_token=emulator-refresh&client_id=c&client_secret=s"
    channel.fault(method="oauth.token", kind="status", status=400, reason="invalid_grant")
    assert channel.send("POST", "/token", form)[::2] == (400, {"error": "invalid_grant"})
    channel.fault(method="oauth.token", kind="drop_after_apply")
    with pytest.raises(ConnectionError):
        channel.send("POST", "/token", form)
    readonly = "https://www.googleapis.com/auth/youtube.readonly"
    fields = {"scope": readonly, "expires_in": 5}
    channel.fault(method="oauth.token", kind="set", fields=fields)
    answer = channel.send("POST", "/token", form)[2]
    assert (answer["scope"], answer["expires_in"]) == (readonly, 5)
    token = f"Bearer {answer['access_token']}"
    insert = f"/youtube/v3/{INSERT}"
    assert channel.send("POST", insert, "{}", authorization=token)[0] == 403
    channel.clock.turn(5)
    assert channel.send("POST", insert, "{}", authorization=token)[0] == 401
