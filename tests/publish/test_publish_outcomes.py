"""Each documented error ends in its class, with words in both languages, after so many calls."""

from typing import Any

import pytest

from pipeline.publish import Publisher, Remedy, YouTubeError
from pipeline.publish.outcomes import MEANINGS, Rejected, Uncertain, explain
from pipeline.publish.youtube import RETRY_S

BODY = {"part": "snippet", "body": {"snippet": {"title": "x"}}}

TABLE: dict[Remedy, list[tuple[int, str]]] = {
    Remedy.FATAL: [
        (400, "titleRequired scheduledStartTimeRequired privacyStatusRequired idRequired"),
        (400, "cdnRequired frameRateRequired resolutionRequired ingestionTypeRequired"),
        (400, "invalidTitle invalidDescription invalidScheduledStartTime invalidScheduledEndTime"),
        (400, "invalidPrivacyStatus invalidAutoStart invalidAutoStop invalidTags"),
        (400, "invalidCategoryId"),
        (400, "invalidLatencyPreferenceOptions invalidFrameRate invalidResolution invalidImage"),
        (400, "invalidPublishAt invalidVideoMetadata mediaBodyRequired neverHeardOf"),
        (403, "invalidTransition redundantTransition neverHeardOf"),
        (403, "liveBroadcastBindingNotAllowed liveBroadcastDeletionNotAllowed"),
        (404, "liveBroadcastNotFound liveStreamNotFound videoNotFound"),
        (409, "captionExists"),
    ],
    Remedy.OPERATOR: [
        (403, "liveStreamingNotEnabled livePermissionBlocked insufficientLivePermissions"),
        (403, "insufficientPermissions forbidden userBroadcastsExceedLimit"),
        (403, "concurrentBroadcastsExceedLimit sharedIngestionBroadcastsExceedLimit"),
        (401, "authError expired authorizationRequired youtubeSignupRequired neverHeardOf"),
    ],
    Remedy.WAIT: [
        (400, "uploadLimitExceeded"),
        (403, "errorStreamInactive quotaExceeded dailyLimitExceeded"),
        (429, "uploadRateLimitExceeded"),
    ],
    Remedy.RETRY: [
        (403, "rateLimitExceeded userRateLimitExceeded userRequestsExceedRateLimit"),
        (429, "rateLimitExceeded neverHeardOf"),
    ],
}
"""Every reason of the API's documentation that concerns us, and what is to be done about it."""


@pytest.mark.parametrize("remedy", TABLE)
def test_a_refused_write_is_classed_and_repeated_only_when_that_can_help(
    publisher: Publisher, tube: Any, remedy: Remedy
) -> None:
    # R8. With 401 the token is refreshed and the same call sent again, twice at most.
    for status, reasons in TABLE[remedy]:
        for reason in reasons.split():
            tube.clear()
            before = tube.calls("liveBroadcasts.insert")
            tube.fault("liveBroadcasts.insert", "status", status=status, reason=reason, times=99)
            outcome = publisher.api.write("liveBroadcasts.insert", **BODY)
            assert isinstance(outcome, Rejected)
            assert (outcome.reason, outcome.remedy) == (reason, remedy)
            calls = {Remedy.RETRY: 1 + len(RETRY_S)}.get(remedy, 3 if status == 401 else 1)
            assert tube.calls("liveBroadcasts.insert") - before == calls, reason


def test_the_days_uploads_are_waited_for_though_the_word_is_that_of_a_rate(
    publisher: Publisher, tube: Any
) -> None:
    message = "Quota exceeded for quota metric 'Video Uploads' and limit 'Video Uploads per day'"
    tube.fault(
        "liveBroadcasts.insert", "status", status=429, reason="rateLimitExceeded", message=message
    )
    outcome = publisher.api.write("liveBroadcasts.insert", **BODY)
    assert isinstance(outcome, Rejected)
    assert outcome.remedy is Remedy.WAIT
    assert tube.calls("liveBroadcasts.insert") == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [(500, "internalError"), (503, "backendError"), (503, "errorExecutingTransition")],
)
def test_a_failed_server_may_have_applied_a_write_so_it_is_not_repeated(
    publisher: Publisher, tube: Any, status: int, reason: str
) -> None:
    tube.fault("liveBroadcasts.insert", "status", status=status, reason=reason, times=99)
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
