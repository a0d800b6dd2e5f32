"""The emulator's pure rules: lifecycle, quota, metadata, upload ranges, the discovery document."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.emulator import lifecycle, metadata, quota, uploads
from pipeline.publish.emulator.document import Method, methods, read_body, read_query
from pipeline.publish.emulator.ingest import published_key
from pipeline.publish.emulator.lifecycle import Facts
from pipeline.publish.emulator.refusal import Refusal


def method(name: str) -> Method:
    return next(found for found in methods().values() if found.id == name)


def reason_of(action: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(Refusal) as caught:
        action(*arguments)
    return caught.value.reason


READY = Facts("ready", bound=True, stream_active=True, monitor=False)


@pytest.mark.parametrize(
    ("facts", "wanted", "status"),
    [
        (READY, "live", "liveStarting"),
        (Facts("ready", True, True, True), "testing", "testStarting"),
        (Facts("testing", True, True, True), "live", "liveStarting"),
        (Facts("live", True, False, True), "complete", "complete"),
    ],
)
def test_transitions_that_the_lifecycle_allows(facts: Facts, wanted: str, status: str) -> None:
    assert lifecycle.transition(facts, wanted) == status


@pytest.mark.parametrize(
    ("facts", "wanted", "reason"),
    [
        (Facts("ready", True, False, False), "live", "errorStreamInactive"),
        (Facts("ready", True, True, True), "live", "invalidTransition"),
        (READY, "testing", "invalidTransition"),
        (Facts("created", False, False, False), "live", "invalidTransition"),
        (READY, "complete", "invalidTransition"),
        (Facts("complete", True, True, False), "live", "invalidTransition"),
        (Facts("liveStarting", True, True, False), "complete", "invalidTransition"),
        (Facts("live", True, True, False), "live", "redundantTransition"),
        (Facts("liveStarting", True, True, False), "live", "redundantTransition"),
        (Facts("complete", True, True, False), "complete", "redundantTransition"),
    ],
)
def test_transitions_that_are_refused_with_the_documented_reason(
    facts: Facts, wanted: str, reason: str
) -> None:
    assert reason_of(lifecycle.transition, facts, wanted) == reason


def test_the_quota_day_ends_at_midnight_in_the_pacific_also_when_clocks_change() -> None:
    spent = quota.Spent()
    quota.roll(spent, datetime(2026, 11, 1, 6, 59, tzinfo=UTC))  # 23:59 PDT
    spent.units = 9_950
    dear = ("captions.insert", "POST")
    assert reason_of(quota.charge, spent, quota.Limits(), *dear) == "quotaExceeded"
    quota.charge(spent, quota.Limits(), "playlists.insert", "POST")
    quota.roll(spent, datetime(2026, 11, 1, 7, 0, tzinfo=UTC))
    assert (spent.day, spent.units) == ("2026-11-01", 0)
    assert spent.past == {
        "2026-10-31": {
            "units": 10_000,
            "uploads": 0,
            "charged": {"playlists.insert": {"calls": 1, "units": 50}},
        }
    }
    spent.units = 7
    quota.roll(spent, datetime(2026, 11, 2, 7, 59, tzinfo=UTC))  # 23:59 PST, 25 hours later
    assert spent.units == 7
    quota.roll(spent, datetime(2026, 11, 2, 8, 0, tzinfo=UTC))
    assert spent.units == 0


def test_uploads_have_a_bucket_of_their_own() -> None:
    spent, limits = quota.Spent(), quota.Limits(units=0, uploads=1)
    upload = ("videos.insert", "POST")
    quota.charge(spent, limits, *upload)
    assert reason_of(quota.charge, spent, limits, *upload) == "rateLimitExceeded"
    quota.rebate(spent, *upload)
    assert (spent.units, spent.uploads) == (1, 0)
    assert spent.charged == {"videos.insert": {"calls": 1, "units": 1}}


@pytest.mark.parametrize("title", ["", "  ", "x" * 101, "a<b", "a>b", None])
def test_a_title_outside_the_rules_is_refused(title: str | None) -> None:
    assert reason_of(metadata.check_title, title, "d") == "invalidTitle"


def test_a_description_is_counted_in_bytes() -> None:
    metadata.check_description("é" * 2500, "d")
    assert reason_of(metadata.check_description, "😀" * 1251, "d") == "invalidDescription"


def test_tags_count_commas_and_quotes_around_spaces() -> None:
    assert metadata.tags_length(["batik", "kopi enak"]) == 5 + 1 + 9 + 2
    metadata.check_tags(["x" * 250, "y" * 249], "d")
    assert reason_of(metadata.check_tags, ["x" * 250, "y" * 250], "d") == "invalidTags"


def test_every_method_of_the_document_has_a_route_and_scopes() -> None:
    assert len({found.id for found in methods().values()}) == len(methods()) > 70
    assert method("videos.insert").media_limit == 256 << 30
    assert method("liveBroadcasts.list").parts >= {"id", "snippet", "status", "contentDetails"}


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([], "required"),
        ([("part", "")], "required"),
        ([("part", "id"), ("nope", "1")], "badRequest"),
        ([("part", "id,nope")], "unknownPart"),
        ([("part", "id"), ("maxResults", "51")], "invalidParameter"),
        ([("part", "id"), ("maxResults", "many")], "badRequest"),
        ([("part", "id"), ("mine", "yes")], "badRequest"),
        ([("part", "id"), ("broadcastStatus", "later")], "invalidParameter"),
        ([("part", "id"), ("mine", "true"), ("mine", "true")], "badRequest"),
    ],
)
def test_a_query_that_does_not_fit_is_refused(pairs: list[tuple[str, str]], reason: str) -> None:
    assert reason_of(read_query, method("liveBroadcasts.list"), pairs) == reason


def test_part_is_a_list_with_commas_or_repeated() -> None:
    joined = read_query(method("liveBroadcasts.list"), [("part", "id,status")])
    repeated = read_query(method("liveBroadcasts.list"), [("part", "id"), ("part", "status")])
    assert joined == repeated
    assert (joined["part"], joined["maxResults"]) == (["id", "status"], 5)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"snippet": {"nope": 1}}', "badRequest"),
        (b'{"nope": 1}', "badRequest"),
        (b'{"snippet": {"title": 5}}', "badRequest"),
        (b'{"snippet": {"scheduledStartTime": "tomorrow"}}', "badRequest"),
        (b'{"snippet": {"scheduledStartTime": "2026-11-24T01:00:00"}}', "badRequest"),
        (b'{"contentDetails": {"enableDvr": "true"}}', "badRequest"),
        (b'{"status": {"privacyStatus": "secret"}}', "invalidPrivacyStatus"),
        (b"[1]", "badRequest"),
        (b"{", "parseError"),
    ],
)
def test_a_body_that_does_not_fit_the_schema_is_refused(body: bytes, reason: str) -> None:
    assert reason_of(read_body, method("liveBroadcasts.insert"), body) == reason


GRAIN = uploads.GRAIN


@pytest.mark.parametrize(
    ("header", "held", "length"),
    [
        (f"bytes 0-{GRAIN - 1}/{3 * GRAIN}", GRAIN, GRAIN),  # again
        (f"bytes {GRAIN}-{2 * GRAIN - 1}/{3 * GRAIN}", 0, GRAIN),  # a hole
        (f"bytes 0-{GRAIN - 2}/{3 * GRAIN}", 0, GRAIN - 1),  # not a multiple
        (f"bytes 0-{GRAIN - 1}/{4 * GRAIN}", 0, GRAIN),  # another total than declared
        (f"bytes 0-{3 * GRAIN}/{3 * GRAIN}", 0, 3 * GRAIN + 1),  # past the end
        (f"bytes 0-{GRAIN - 1}/{3 * GRAIN}", 0, GRAIN - 1),  # shorter than it says
        ("bytes 5-4/*", 5, 0),
        ("bites 0-1/2", 0, 2),
    ],
)
def test_a_chunk_that_is_not_the_next_piece_is_refused(header: str, held: int, length: int) -> None:
    def send() -> None:
        uploads.admit(uploads.read_range(header, length), held, 3 * GRAIN, length)

    assert reason_of(send) == "badContent"


def test_the_last_chunk_may_have_any_size_and_a_question_none() -> None:
    last = uploads.read_range(f"bytes {GRAIN}-{GRAIN + 4}/{GRAIN + 5}", 5)
    uploads.admit(last, GRAIN, GRAIN + 5, 5)
    uploads.admit(uploads.read_range(f"bytes */{GRAIN + 5}", 0), 77, GRAIN + 5, 0)


@given(st.binary(max_size=400), st.sampled_from([b"\n", b"\r\n"]))
def test_a_multipart_body_gives_back_its_media_byte_for_byte(media: bytes, newline: bytes) -> None:
    lines = [b"--b0undary", b"Content-Type: application/json", b"", b"{}"]
    lines += [b"--b0undary", b"Content-Type: text/vtt", b"", media, b"--b0undary--"]
    body = newline.join(lines)
    found = uploads.split_related('multipart/related; boundary="b0undary"', body)
    assert found == (b"{}", "text/vtt", media)


def test_the_stream_key_is_read_out_of_the_publish_command() -> None:
    head = b"\x02\x00\x07publish\x00" + b"\x40\x14" + bytes(6) + b"\x05\x02\x00\x09"
    assert published_key(b"noise" + head) is None
    assert published_key(b"noise" + head + b"abcd-efgh") == "abcd-efgh"
    assert published_key(head + b"abcd?b=1x") == "abcd"
