"""Each documented error ends in its class, with words in both languages, after so many calls."""

from typing import Any

import pytest

from pipeline.publish import Publisher, Remedy, YouTubeError
from pipeline.publish.outcomes import MEANINGS, Rejected, Uncertain, explain

BODY = {"part": "snippet", "body": {"snippet": {"title": "x"}}}

TABLE = [
    (400, "titleRequired", Remedy.FATAL, 1),
    (400, "invalidScheduledStartTime", Remedy.FATAL, 1),
    (400, "uploadLimitExceeded", Remedy.WAIT, 1),
    (400, "neverHeardOf", Remedy.FATAL, 1),
    (401, "youtubeSignupRequired", Remedy.OPERATOR, 3),  # the token is refreshed and tried twice
    (403, "errorStreamInactive", Remedy.WAIT, 1),
    (403, "invalidTransition", Remedy.FATAL, 1),
    (403, "liveStreamingNotEnabled", Remedy.OPERATOR, 1),
    (403, "insufficientPermissions", Remedy.OPERATOR, 1),
    (403, "quotaExceeded", Remedy.WAIT, 1),
    (403, "userRequestsExceedRateLimit", Remedy.RETRY, 6),
    (403, "userBroadcastsExceedLimit", Remedy.OPERATOR, 1),
    (404, "liveBroadcastNotFound", Remedy.FATAL, 1),
    (429, "rateLimitExceeded", Remedy.RETRY, 6),
    (429, "uploadRateLimitExceeded", Remedy.WAIT, 1),
]


@pytest.mark.parametrize(("status", "reason", "remedy", "calls"), TABLE)
def test_a_refused_write_is_classed_and_repeated_only_when_that_can_help(
    publisher: Publisher, tube: Any, status: int, reason: str, remedy: Remedy, calls: int
) -> None:
    tube.fault("liveBroadcasts.insert", "status", status=status, reason=reason, times=99)
    outcome = publisher.api.write("liveBroadcasts.insert", **BODY)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.remedy) == (reason, remedy)
    assert tube.calls("liveBroadcasts.insert") == calls


@pytest.mark.parametrize("status", [500, 503])
def test_a_failed_server_may_have_applied_a_write_so_it_is_not_repeated(
    publisher: Publisher, tube: Any, status: int
) -> None:
    tube.fault("liveBroadcasts.insert", "status", status=status, times=99)
    assert isinstance(publisher.api.write("liveBroadcasts.insert", **BODY), Uncertain)
    assert tube.calls("liveBroadcasts.insert") == 1


def test_a_read_survives_a_server_that_fails_a_few_times(publisher: Publisher, tube: Any) -> None:
    tube.fault("channels.list", "status", status=503, times=3)
    assert publisher.api.read("channels.list", part="id", mine=True)["items"]
    assert tube.calls("channels.list") == 4


def test_a_token_that_is_refused_asks_for_a_login_and_nothing_is_sent(
    publisher: Publisher, tube: Any
) -> None:
    tube.fault("oauth.token", "status", status=400, reason="invalid_grant", times=99)
    with pytest.raises(YouTubeError) as raised:
        publisher.api.read("channels.list", part="id", mine=True)
    assert raised.value.remedy is Remedy.OPERATOR
    assert raised.value.hint is not None
    assert "tayang youtube login" in raised.value.hint.id
    assert tube.calls("oauth.token") == 1
    assert tube.calls("channels.list") == 0


@pytest.mark.parametrize("reason", MEANINGS)
def test_every_known_reason_has_words_in_both_languages(reason: str) -> None:
    what, hint = explain(Rejected(reason, 403, "m"))
    assert reason in what.id
    assert reason in what.en
    assert what.id != what.en
    assert hint is None or hint.id != hint.en
