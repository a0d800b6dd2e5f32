"""What a call costs: charged when it arrives, whatever becomes of it, and counted by method."""

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Channel

Refused = Callable[[Any], tuple[int, str]]
PLAYLIST = {"snippet": {"title": "x"}}
INSERT = "playlists?part=snippet"


def charged(channel: Channel, method: str) -> tuple[int, int]:
    """(calls, units) of a method that were paid for today."""
    figures = channel.state()["spent"]["charged"].get(method, {"calls": 0, "units": 0})
    return figures["calls"], figures["units"]


def test_calls_cost_what_they_cost_until_the_day_is_spent(
    channel: Channel, refused: Refused
) -> None:
    channel.give("limits", {"units": 53})
    calls = channel.youtube.playlists()
    calls.insert(part="snippet", body=PLAYLIST).execute()
    assert refused(calls.list(part="nope", mine=True)) == (400, "unknownPart")
    assert refused(calls.insert(part="snippet", body=PLAYLIST)) == (403, "quotaExceeded")
    assert calls.list(part="id", mine=True).execute()["items"]
    spent = channel.state()["spent"]
    assert (spent["units"], spent["uploads"]) == (52, 0)
    assert charged(channel, "playlists.insert") == (1, 50)
    assert charged(channel, "playlists.list") == (2, 2)
    channel.clock.turn(24 * 3600)
    assert calls.insert(part="snippet", body=PLAYLIST).execute()
    now = channel.state()["spent"]
    assert now["past"][spent["day"]]["charged"]["playlists.insert"] == {"calls": 1, "units": 50}
    assert now["past"][spent["day"]]["units"] == 52
    assert now["units"] == 50


@pytest.mark.parametrize(
    ("fault", "figures"),
    [
        ({"kind": "drop_before"}, (1, 50)),
        ({"kind": "drop_after_apply"}, (1, 50)),
        ({"kind": "truncated"}, (1, 50)),
        ({"kind": "status", "status": 503}, (1, 50)),
        ({"kind": "status", "status": 400, "reason": "uploadLimitExceeded"}, (1, 50)),
        ({"kind": "status", "status": 401}, (0, 0)),
        ({"kind": "status", "status": 403, "reason": "quotaExceeded"}, (0, 0)),
    ],
)
def test_a_call_that_meets_a_fault_is_charged_in_full_unless_it_seems_never_to_have_counted(
    channel: Channel, fault: dict[str, Any], figures: tuple[int, int]
) -> None:
    channel.fault(method="playlists.insert", **fault)
    try:
        channel.call("POST", INSERT, PLAYLIST)
    except (ConnectionError, OSError, Exception) as error:
        assert "playlists" not in str(error)
    assert charged(channel, "playlists.insert") == figures
    assert channel.state()["spent"]["calls"]["playlists.insert"] == 1


def test_a_call_without_a_valid_token_costs_nothing_and_meets_no_fault(channel: Channel) -> None:
    channel.fault(method="playlists.insert", kind="drop_before")
    path = f"/youtube/v3/{INSERT}"
    assert channel.send("POST", path, "{}", authorization="Bearer nope")[0] == 401
    assert charged(channel, "playlists.insert") == (0, 0)
    assert len(channel.send("GET", "/emulator/faults")[2]) == 1


def test_an_invalid_call_costs_one_unit_and_one_that_is_refused_for_its_state_all(
    channel: Channel, refused: Refused
) -> None:
    assert channel.call("POST", INSERT, {"nope": 1})[0] == 400
    assert channel.call("POST", INSERT, {"snippet": {"title": "<"}})[0] == 400
    assert charged(channel, "playlists.insert") == (2, 2)
    assert channel.call("DELETE", "playlists?id=nope")[0] == 404
    assert charged(channel, "playlists.delete") == (1, 50)


def test_an_upload_counts_once_however_many_chunks_and_an_invalid_one_not_at_all(
    channel: Channel, clip_ts: Any, refused: Refused
) -> None:
    channel.upload(clip_ts)
    spent = channel.state()["spent"]
    assert (spent["units"], spent["uploads"]) == (0, 1)
    channel.give("limits", {"uploads": 1})
    resumable = "/upload/youtube/v3/videos?part=snippet&uploadType=resumable"
    token = channel.token()
    answer = channel.send("POST", resumable, '{"snippet": {"title": "x"}}', authorization=token)
    assert (answer[0], answer[2]["error"]["errors"][0]["reason"]) == (429, "rateLimitExceeded")
    channel.give("limits", {"uploads": 2})
    assert channel.send("POST", resumable, '{"snippet": {}}', authorization=token)[0] == 400
    spent = channel.state()["spent"]
    assert (spent["units"], spent["uploads"]) == (1, 1)


def test_limits_that_make_no_sense_are_refused(channel: Channel) -> None:
    for values in ('{"units": -1}', '{"nope": 1}', "[]", "{"):
        assert channel.send("POST", "/emulator/limits", values)[0] == 400
    assert channel.state()["limits"]["units"] == 10_000
