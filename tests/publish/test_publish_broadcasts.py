"""One broadcast a session, live only when the program arrives: against the emulator, over HTTP."""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.errors import OutsideError
from pipeline.publish import Broadcast, BroadcastWish, Publisher, YouTubeError, publishing
from pipeline.settings import Settings
from pipeline.tools import Child, find_ffmpeg


class Hurried:
    """The machine's clock, forty times as fast: polls are real, waits are short."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() * 40

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds / 40)


@pytest.fixture
def wish() -> BroadcastWish:
    start = datetime.now(UTC) + timedelta(hours=1)
    end = start + timedelta(hours=3)
    return BroadcastWish(
        "2021-11-24", "Hari pertama", "Acara", start, end, "unlisted", "tayang:siaran:0123"
    )


@contextlib.contextmanager
def pushing(broadcast: Broadcast) -> Iterator[None]:
    """An encoder that sends a program to the broadcast's ingest."""
    key = broadcast.ingest.key
    assert key is not None
    url = f"{broadcast.ingest.url}/{key.get_secret_value()}"
    source = ["-re", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=25", "-f", "lavfi", "-i", "anullsrc"]
    codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac"]
    encoder = Child([find_ffmpeg(), "-v", "error", *source, *codecs, "-f", "flv", url])
    try:
        yield
    finally:
        encoder.stop()


def broadcast_of(tube: Any) -> dict[str, Any]:
    """The one broadcast of the channel."""
    (only,) = tube.state["broadcasts"].values()
    return dict(only)


def test_a_broadcast_is_made_bound_and_never_starts_or_stops_by_itself(
    publisher: Publisher, tube: Any, wish: BroadcastWish
) -> None:
    made = publisher.ensure(wish)
    there = broadcast_of(tube)
    assert there["id"] == made.id
    assert there["contentDetails"]["boundStreamId"] == made.stream
    assert there["contentDetails"]["enableAutoStart"] is False
    assert there["contentDetails"]["enableAutoStop"] is False
    assert there["status"]["privacyStatus"] == "unlisted"
    assert there["status"]["selfDeclaredMadeForKids"] is False
    assert there["status"]["lifeCycleStatus"] == "ready"
    assert made.link == f"{tube.url}/watch?v={made.id}"
    assert publisher.links.broadcast("2021-11-24") == made.link


def test_the_stream_key_is_in_no_repr_and_not_in_the_ledger(
    publisher: Publisher, settings: Settings, wish: BroadcastWish
) -> None:
    made = publisher.ensure(wish)
    assert made.ingest.key is not None
    secret = made.ingest.key.get_secret_value()
    ledger = settings.state / "emulator" / "publish" / "ledger.jsonl"
    assert secret not in repr(made)
    assert secret not in ledger.read_text()


def test_a_program_takes_it_live_and_complete_ends_it_for_good(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    with publishing(settings, Hurried()) as publisher:
        made = publisher.ensure(wish)
        with pushing(made):
            publisher.go_live(made)
            assert broadcast_of(tube)["status"]["lifeCycleStatus"] == "live"
            publisher.go_live(made)  # again is no harm
            assert publisher.complete(made)
        assert broadcast_of(tube)["status"]["lifeCycleStatus"] == "complete"
        assert publisher.complete(made)
        assert tube.calls("liveBroadcasts.transition") == 2
        # The same session again, as after a rehearsal: a complete broadcast can't go on.
        second = publisher.ensure(wish)
    assert second.id != made.id
    assert second.ingest == made.ingest


def test_without_a_program_it_says_so_and_never_asks_to_go_live(
    publisher: Publisher, tube: Any, wish: BroadcastWish
) -> None:
    made = publisher.ensure(wish)
    with pytest.raises(OutsideError, match="isn't receiving the program"):
        publisher.go_live(made)
    assert tube.calls("liveBroadcasts.transition") == 0


def test_one_that_never_was_on_air_stays_for_another_try(
    publisher: Publisher, tube: Any, wish: BroadcastWish
) -> None:
    made = publisher.ensure(wish)
    assert publisher.complete(made) is False
    assert publisher.ensure(wish) == made


def test_going_live_that_gets_stuck_is_said(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    tube.fault("liveBroadcasts.transition", "hold", seconds=3600)
    with publishing(settings, Hurried()) as publisher:
        made = publisher.ensure(wish)
        with pushing(made), pytest.raises(OutsideError, match="stuck in liveStarting"):
            publisher.go_live(made)


@pytest.mark.parametrize("method", ["liveBroadcasts.insert", "liveStreams.insert"])
def test_an_insert_whose_answer_is_lost_is_found_and_not_repeated(
    publisher: Publisher, tube: Any, wish: BroadcastWish, method: str
) -> None:
    # R1
    tube.fault(method, "drop_after_apply")
    made = publisher.ensure(wish)
    assert tube.calls(method) == 1
    assert broadcast_of(tube)["id"] == made.id


@pytest.mark.parametrize("method", ["liveBroadcasts.insert", "liveBroadcasts.bind"])
def test_a_request_that_was_lost_is_sent_again_after_a_look(
    publisher: Publisher, tube: Any, wish: BroadcastWish, method: str
) -> None:
    tube.fault(method, "drop_before")
    made = publisher.ensure(wish)
    assert tube.calls(method) == 2
    assert broadcast_of(tube)["contentDetails"]["boundStreamId"] == made.stream


def test_a_lost_ledger_finds_broadcast_and_stream_again(
    settings: Settings, clock: HandClock, tube: Any, wish: BroadcastWish
) -> None:
    with publishing(settings, clock) as before:
        first = before.ensure(wish)
    (settings.state / "emulator" / "publish" / "ledger.jsonl").unlink()
    with publishing(settings, clock) as after:
        assert after.ensure(wish) == first
    assert tube.calls("liveBroadcasts.insert") == tube.calls("liveStreams.insert") == 1
    assert tube.calls("liveBroadcasts.bind") == 1


def test_a_channel_without_live_is_said_with_what_to_do(
    publisher: Publisher, tube: Any, wish: BroadcastWish
) -> None:
    tube.fault("liveBroadcasts.insert", "status", status=403, reason="liveStreamingNotEnabled")
    with pytest.raises(YouTubeError) as raised:
        publisher.ensure(wish)
    assert raised.value.hint is not None
    assert "youtube.com/features" in raised.value.hint.id
    assert tube.calls("liveBroadcasts.insert") == 1
