"""One broadcast a session, live only when the program arrives: against the emulator, over HTTP."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hurried import HurriedClock

from pipeline.clock import HandClock
from pipeline.publish import (
    Broadcast,
    BroadcastWish,
    Conductor,
    Picture,
    PlaylistWish,
    Publisher,
    Standing,
    Wanted,
    YouTubeError,
    publishing,
)
from pipeline.publish.live import complete
from pipeline.settings import Settings
from pipeline.tools import Child, find_ffmpeg

HASTE = 40
"""The publisher's seconds in a real one: what YouTube takes its time for is short here."""


@pytest.fixture
def wish() -> BroadcastWish:
    start = datetime.now(UTC) + timedelta(hours=1)
    end = start + timedelta(hours=3)
    return BroadcastWish(
        "2021-11-24", "Hari pertama", "Acara", start, end, "unlisted", "tayang:siaran:" + "0123" * 4
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


@dataclass
class Show:
    """A conductor at work in a thread of its own."""

    conductor: Conductor
    over: threading.Event

    def until(self, what: str) -> None:
        """Waits until the broadcast stands so: `on air`, `in trouble`, `well`, or has another id."""
        for _ in range(1500):
            if what in _names(self.conductor.standing):
                return
            time.sleep(0.02)
        raise AssertionError(f"never {what}: {self.conductor.standing}")

    @property
    def broadcast(self) -> Broadcast:
        made = self.conductor.broadcast
        assert made is not None
        return made

    def end(self) -> bool:
        """As when the session is over."""
        self.over.set()
        return self.conductor.end()


def _names(standing: Standing) -> set[str]:
    on_air = standing.look is not None and standing.look.on_air
    return {"on air" if on_air else "off air", "in trouble" if standing.trouble else "well"}


@contextlib.contextmanager
def conducted(
    settings: Settings, wish: BroadcastWish, playlist: PlaylistWish | None = None
) -> Iterator[Show]:
    with publishing(settings, HurriedClock(HASTE)) as publisher:
        show = Show(publisher.conduct(wish, playlist=playlist), threading.Event())
        show.conductor.open()
        thread = threading.Thread(target=show.conductor.run, args=(show.over,))
        thread.start()
        try:
            yield show
        finally:
            show.over.set()
            thread.join()


def statuses(tube: Any) -> list[str]:
    """The status of every broadcast, the oldest first."""
    return [b["status"]["lifeCycleStatus"] for b in tube.state["broadcasts"].values()]


def test_a_program_takes_it_live_and_the_end_completes_it_for_good(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    with conducted(settings, wish) as show:
        made = show.broadcast
        with pushing(made):
            show.until("on air")
            assert statuses(tube) == ["live"]
            assert show.end()
        assert statuses(tube) == ["complete"]
        assert show.end()
    assert tube.calls("liveBroadcasts.transition") == 2
    with publishing(settings, HurriedClock(HASTE)) as publisher:
        (video,) = publisher.links.videos(wish.session)
        assert video.start is not None
        assert video.end is not None
        # The same session again, as after a rehearsal: a complete broadcast can't go on.
        second = publisher.ensure(wish)
    assert second.id != made.id
    assert second.ingest == made.ingest


def test_without_a_program_it_says_so_and_never_asks_to_go_live(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    # R9
    with conducted(settings, wish) as show:
        show.until("in trouble")
        assert show.conductor.standing.trouble is not None
        assert "isn't receiving the program" in show.conductor.standing.trouble.what.en
        assert show.end() is False
    assert tube.calls("liveBroadcasts.transition") == 0


def test_one_that_never_was_on_air_stays_for_another_try(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    with conducted(settings, wish) as show:
        assert show.end() is False
    with conducted(settings, wish) as again:
        assert again.broadcast == show.broadcast


def test_one_stuck_while_starting_is_replaced_on_the_same_key_with_all_that_it_had(
    settings: Settings, tube: Any, wish: BroadcastWish, picture: bytes
) -> None:
    # R10
    dressed = replace(wish, picture=Picture("p", lambda: picture))
    playlist = PlaylistWish("Pameran", "", "unlisted", "tayang:daftar:" + "0" * 16)
    tube.fault("liveBroadcasts.transition", "hold", seconds=3600)
    with publishing(settings, HurriedClock(HASTE)) as publisher:
        publisher.publish(Wanted((dressed,), playlist=playlist))
        stuck = publisher.links.broadcast(wish.session)
    with (
        conducted(settings, dressed, playlist) as show,
        pushing(show.broadcast),
    ):
        show.until("on air")
        show.end()
    (only,) = tube.state["broadcasts"].values()
    assert f"{tube.url}/watch?v={only['id']}" != stuck
    assert tube.state["notes"][only["id"]]["thumbnail"]
    assert [item["contentDetails"]["videoId"] for item in tube.state["playlist_items"].values()][
        -1
    ] == only["id"]
    assert any("came to a stop (liveStarting)" in fault.what.en for fault in show.conductor.record)
    assert show.broadcast.id == only["id"]


def test_one_that_youtube_ends_by_itself_is_replaced_while_the_program_goes_on(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    # R11
    with conducted(settings, wish) as show:
        first = show.broadcast
        with pushing(first):
            show.until("on air")
            tube.force("broadcasts", fields={"status.lifeCycleStatus": "complete"})
            for _ in range(1500):
                if show.conductor.broadcast not in (None, first):
                    break
                time.sleep(0.02)
            show.until("on air")
            assert statuses(tube) == ["complete", "live"]
            show.end()
    assert any("a new one replaces it" in fault.what.en for fault in show.conductor.record)
    with publishing(settings, HurriedClock(HASTE)) as publisher:
        assert len(publisher.links.videos(wish.session)) == 2


def test_an_encoder_that_drops_is_told_and_the_same_broadcast_goes_on(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    # R11: nobody is told "on air" while no picture arrives.
    with conducted(settings, wish) as show:
        with pushing(show.broadcast):
            show.until("on air")
        show.until("in trouble")
        assert show.conductor.standing.look is not None
        assert not show.conductor.standing.look.on_air
        with pushing(show.broadcast):
            show.until("on air")
            show.until("well")
            show.end()
    assert statuses(tube) == ["complete"]


def test_live_without_data_by_youtubes_own_word_is_not_on_air(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    with conducted(settings, wish) as show, pushing(show.broadcast):
        show.until("on air")
        tube.force("streams", fields={"status.healthStatus.status": "noData"})
        show.until("in trouble")
        assert show.conductor.standing.look is not None
        assert not show.conductor.standing.look.on_air


@pytest.mark.parametrize("kind", ["drop_before", "drop_after_apply", "status", "truncated"])
def test_a_lost_answer_to_a_transition_is_looked_up(
    settings: Settings, tube: Any, wish: BroadcastWish, kind: str
) -> None:
    with conducted(settings, wish) as show:
        tube.fault("liveBroadcasts.transition", kind)
        tube.fault("liveBroadcasts.transition", kind, after=2)
        with pushing(show.broadcast):
            show.until("on air")
            assert show.end()
    assert statuses(tube) == ["complete"]


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


def test_completing_asks_once_however_late_the_list_is(
    publisher: Publisher, tube: Any, wish: BroadcastWish, clock: HandClock
) -> None:
    made = publisher.ensure(wish)
    tube.force("broadcasts", fields={"status.lifeCycleStatus": "live"})
    real, reads = publisher.api.read, iter(range(9))

    def late(method: str, **query: Any) -> dict[str, Any]:
        found = real(method, **query)
        if method == "liveBroadcasts.list" and next(reads) < 5:
            found["items"][0]["status"]["lifeCycleStatus"] = "live"
        return found

    publisher.api.read = late  # type: ignore[method-assign]
    assert complete(publisher.api, publisher.ledger, clock, wish.session, made.id)
    assert tube.calls("liveBroadcasts.transition") == 1


def test_a_transition_that_is_refused_again_and_again_is_asked_for_ever_more_seldom(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    tube.fault("liveBroadcasts.transition", "status", status=503, times=999)
    with publishing(settings, HurriedClock(HASTE)) as publisher:
        publisher.ensure(wish)
    fields = {"status.streamStatus": "active", "status.healthStatus.status": "good"}
    tube.force("streams", fields=fields)
    with conducted(settings, wish) as show:
        time.sleep(10 * 60 / HASTE)
        assert show.broadcast
    assert 2 < tube.calls("liveBroadcasts.transition") < 20


def test_a_stuck_one_is_kept_until_there_is_another(
    settings: Settings, tube: Any, wish: BroadcastWish
) -> None:
    # R10: YouTube refuses every new one; the stuck one comes to itself after three minutes.
    tube.fault("liveBroadcasts.transition", "hold", seconds=4)
    with publishing(settings, HurriedClock(HASTE)) as publisher:
        made = publisher.ensure(wish)
    tube.fault(
        "liveBroadcasts.insert", "status", status=403, reason="userBroadcastsExceedLimit", times=99
    )
    with conducted(settings, wish) as show, pushing(made):
        show.until("in trouble")
        show.until("on air")
        assert show.broadcast.id == made.id
        assert show.end()
    assert statuses(tube) == ["complete"]
