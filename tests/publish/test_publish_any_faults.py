"""Whatever goes wrong over a two-day event, it ends with exactly what was wanted, and nothing twice.

Random sequences of faults against the emulator, over HTTP, on one clock for both: answers lost before and
after, refusals, broken token endpoint, late lists, broadcasts that YouTube ends or that get stuck,
publishers that die between any two calls, ledgers that are lost or from a backup, a changed workbook.
`TAYANG_FAULTS` says how many sequences.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from pipeline.clock import HandClock
from pipeline.errors import TayangError
from pipeline.publish import (
    Airtime,
    BroadcastWish,
    Picture,
    PlaylistWish,
    Publisher,
    Recap,
    Upload,
    Wanted,
    publishing,
)
from pipeline.publish.emulator import Delays, Limits, running
from pipeline.publish.marks import read_mark
from pipeline.publish.quota import Meter
from pipeline.publish.words import Words
from pipeline.settings import Settings, settings_from
from pipeline.tools import find_ffmpeg

SEQUENCES = int(os.environ.get("TAYANG_FAULTS", "8"))

FIRST = datetime(2021, 11, 24, 2, tzinfo=UTC)
SHOW = timedelta(minutes=4)
METHODS = [
    *(
        "liveBroadcasts.insert",
        "liveBroadcasts.list",
        "liveBroadcasts.update",
        "liveBroadcasts.bind",
    ),
    *(
        "liveBroadcasts.transition",
        "liveBroadcasts.delete",
        "liveStreams.insert",
        "liveStreams.list",
    ),
    *("videos.insert", "upload.chunk", "videos.list", "videos.update", "thumbnails.set"),
    *("playlists.insert", "playlists.list", "playlists.update", "playlistItems.insert"),
    *("playlistItems.list", "channels.list", "oauth.token"),
]
PHASES = ["before", "first show", "first clips", "second show", "last clips"]


class ShowClock(HandClock):
    """Waiting for another thread takes this clock's time and none of ours; happenings come by it."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start)
        self.happens: list[tuple[datetime, Callable[[], None]]] = []

    def turn(self, seconds: float) -> None:
        super().turn(seconds)
        due = [one for one in self.happens if one[0] <= self.now()]
        self.happens = [one for one in self.happens if one[0] > self.now()]
        for _, happen in due:
            happen()

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.turn(max(seconds, 0.0))
        return event.is_set()


class Died(BaseException):
    """The publisher's process was killed just now."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in a phase. `dies`: after so many calls; `ledger`: what is left of it then."""

    phase: str
    faults: tuple[dict[str, Any], ...]
    dies: int | None
    ledger: str


def calls(kinds: list[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda kind, method, after, times: {
            **kind,
            "method": method,
            "after": after,
            "times": times,
        },
        st.sampled_from(kinds),
        st.sampled_from(METHODS),
        st.integers(0, 8),
        st.integers(1, 3),
    )


LOST = calls(
    [
        *({"kind": kind} for kind in ("drop_before", "drop_after_apply", "truncated")),
        *({"kind": "status", "status": status} for status in (500, 503)),
        {"kind": "status", "status": 401, "reason": "authError"},
        {"kind": "status", "status": 403, "reason": "userRateLimitExceeded"},
    ]
).filter(lambda fault: fault["method"] != "oauth.token" or fault["kind"] != "truncated")
STARTED = {"status.lifeCycleStatus": "complete"}
HAPPENINGS = st.sampled_from(
    [
        {"kind": "expire_tokens"},
        {"kind": "hold", "seconds": 600},
        {
            "kind": "force",
            "table": "broadcasts",
            "where": {"status.lifeCycleStatus": "live"},
            "lasting": 30,
            "fields": STARTED,
        },
        {"kind": "force", "table": "streams", "fields": {"status.healthStatus.status": "noData"}},
        {"kind": "status", "method": "upload.chunk", "status": 404, "reason": "notFound"},
    ]
)
TROUBLES = st.lists(
    st.builds(
        Trouble,
        st.sampled_from(PHASES),
        st.lists(st.one_of(LOST, LOST, HAPPENINGS), max_size=4).map(tuple),
        st.none() | st.integers(1, 60),
        st.sampled_from(["kept", "kept", "kept", "lost", "from a backup"]),
    ),
    max_size=6,
)


class Event:
    """Two days of a small event, and what it wants of YouTube as time goes on."""

    def __init__(
        self, home: Path, url: str, clock: ShowClock, movie: bytes, picture: bytes
    ) -> None:
        self.url, self.clock, self.movie = url, clock, movie
        values = {"event": {"name": "P"}, "rundown": "r.yaml", "media": "."}
        youtube = {"address": url, "chunk_mib": 1}
        path = home / "settings.yaml"
        self.settings: Settings = settings_from({**values, "youtube": youtube}, path)
        self.home, self.picture = home, Picture("bunga", lambda: picture)
        self.names = ["Hari pertama", "Hari kedua"]
        self.clips: list[Upload] = []
        self.backup: bytes | None = None

    def wish(self, day: int) -> BroadcastWish:
        start = FIRST + timedelta(days=day)
        marker = f"tayang:siaran:{day:016}"
        name = self.names[day]
        return BroadcastWish(
            str(day), name, "Acara", start, start + SHOW, "unlisted", marker, picture=self.picture
        )

    def wanted(self, days: tuple[int, ...], over: tuple[int, ...] = ()) -> Wanted:
        def words(start: datetime, end: datetime) -> Words:
            return Words("Rekaman", f"00:00 Pembukaan, {(end - start).total_seconds():.0f} s")

        return Wanted(
            tuple(self.wish(day) for day in days),
            tuple(self.clips),
            tuple(Recap(str(day), self.wish(day).marker, words) for day in over),
            PlaylistWish("Pameran", self.names[0], "public", "tayang:daftar:" + "0" * 16),
            FIRST - timedelta(days=2),
        )

    def cut(self, day: int) -> None:
        """Clips of a day; one of them is the same content as one that is there."""
        for number in range(3):
            path = self.home / f"{day}-{number}.mp4"
            path.write_bytes(self.movie + b"\0\0\0\x0afree" + bytes([day, min(number, 1)]))
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            self.clips.append(
                Upload(
                    path,
                    digest,
                    f"Klip {day}-{min(number, 1)}",
                    "Isi",
                    ("batik",),
                    picture=self.picture,
                    chunk_mib=1,
                    stand=number,
                )
            )

    @property
    def ledger(self) -> Path:
        return self.settings.state / "emulator" / "publish" / "ledger.jsonl"

    @contextmanager
    def publisher(self, dies: int | None = None) -> Iterator[Publisher]:
        """A publisher, which is killed after so many calls."""
        left = dies

        class Killing(Meter):
            def begin(self, method: str) -> str:
                nonlocal left
                if left is not None:
                    left -= 1
                    if left < 0:
                        raise Died
                return super().begin(method)

        shows = [
            Airtime(FIRST + timedelta(days=d), FIRST + timedelta(days=d) + SHOW) for d in (0, 1)
        ]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("pipeline.publish.publisher.Meter", Killing)
            with publishing(self.settings, self.clock, lambda: shows) as publisher:
                yield publisher

    def post(self, path: str, body: object) -> None:
        data = json.dumps(body).encode()
        urllib.request.urlopen(f"{self.url}/emulator/{path}", data=data).close()

    def calm(self) -> None:
        """No more faults; the stream is what is really sent: nothing."""
        request = urllib.request.Request(f"{self.url}/emulator/faults", method="DELETE")
        urllib.request.urlopen(request).close()

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/emulator/state") as answer:
            state: dict[str, Any] = json.load(answer)
        return state

    def signal(self, status: str | None) -> None:
        """As if an encoder were sending, or not."""
        health = None if status is None else "good"
        fields = {"status.streamStatus": status, "status.healthStatus.status": health}
        if self.state()["streams"]:
            self.post("faults", {"kind": "force", "table": "streams", "fields": fields})


def lives(event: Event, trouble: list[Trouble], what: Callable[[Publisher], None]) -> None:
    """Does something with a publisher; each trouble strikes once, and what dies is started again."""
    for one in [*trouble, None]:
        if event.ledger.exists() and event.backup is None:
            event.backup = event.ledger.read_bytes()
        if one is not None:
            event.post("faults", list(one.faults))
        try:
            with event.publisher(None if one is None else one.dies) as publisher:
                what(publisher)
        except (Died, TayangError):
            pass
        if one is None or one.ledger == "kept":
            continue
        if one.ledger == "lost" or event.backup is None:
            event.ledger.unlink(missing_ok=True)
        else:
            event.ledger.write_bytes(event.backup)
        event.clock.turn(60)  # what takes a person longer than YouTube needs to list a new video


def show(event: Event, day: int, trouble: list[Trouble]) -> None:
    """A session on air: the program comes, and the broadcast is conducted until it is over."""
    start = FIRST + timedelta(days=day)
    event.clock.turn(max(0.0, (start - event.clock.now()).total_seconds()))
    end = event.clock.now() + SHOW

    def conduct(publisher: Publisher) -> None:
        over = threading.Event()
        event.clock.happens = [(end, over.set)]
        if event.clock.now() >= end:
            over.set()
        conductor = publisher.conduct(event.wish(day))
        event.clock.happens += [
            (event.clock.now() + timedelta(seconds=20), lambda: event.signal("active"))
        ]
        conductor.run(over)
        conductor.end()  # unless it dies before: then publishing ends it

    lives(event, trouble, conduct)
    event.calm()
    event.signal(None)


def publish(event: Event, wanted: Wanted, trouble: list[Trouble]) -> None:
    lives(event, trouble, lambda publisher: publisher.publish(wanted) and None)


def whole_event(event: Event, troubles: list[Trouble], renamed: bool) -> Wanted:
    """Both days with their troubles, then calm; gives what was wanted in the end."""
    by_phase = {phase: [t for t in troubles if t.phase == phase] for phase in PHASES}
    publish(event, event.wanted((0, 1)), by_phase["before"])
    if renamed:
        event.names = ["Hari pertama, jam baru", "Hari kedua, jam baru"]
    publish(event, event.wanted((0, 1)), [])
    show(event, 0, by_phase["first show"])
    event.cut(0)
    publish(event, event.wanted((1,), (0,)), by_phase["first clips"])
    show(event, 1, by_phase["second show"])
    event.cut(1)
    wanted = event.wanted((), (0, 1))
    publish(event, wanted, by_phase["last clips"])
    event.calm()
    for _ in range(6):
        with event.publisher() as publisher:
            if publisher.publish(wanted).faults == ():
                return wanted
        event.clock.turn(24 * 3600)
    raise AssertionError("it never became calm")


def exactly(event: Event, wanted: Wanted, thumbnail: str) -> None:
    """The channel holds what is wanted, once, and our count of the quota is its own."""
    with event.publisher() as publisher:
        assert publisher.plan(wanted).actions == ()
    state = event.state()
    for day in (0, 1):
        ended = [
            b["status"]["lifeCycleStatus"]
            for b in state["broadcasts"].values()
            if read_mark(b["snippet"]["description"]).marker == event.wish(day).marker
        ]
        # One that was never let on air stays as it is: its session has no other.
        assert ended == ["ready"] or set(ended) == {"complete"}, ended
    videos = {
        read_mark(v["snippet"]["description"]).marker: v
        for name, v in state["videos"].items()
        if name not in state["broadcasts"]
    }
    uploaded = [name for name in state["videos"] if name not in state["broadcasts"]]
    assert len(uploaded) == len(videos) == len({clip.sha256 for clip in wanted.clips})
    for clip in wanted.clips:
        video = videos[clip.marker]
        assert video["snippet"]["title"] == clip.title
        assert video["snippet"]["tags"] == list(clip.tags)
        assert video["status"]["privacyStatus"] == clip.privacy
        assert state["notes"][video["id"]]["sha256"] == clip.sha256
        assert state["notes"][video["id"]]["thumbnail_sha256"] == thumbnail
    (playlist,) = state["playlists"].values()
    assert read_mark(playlist["snippet"]["description"]).body == event.names[0]
    listed = [item["contentDetails"]["videoId"] for item in state["playlist_items"].values()]
    assert len(listed) == len(set(listed))
    assert set(uploaded) <= set(listed)
    for day, spent in {**state["spent"]["past"], state["spent"]["day"]: state["spent"]}.items():
        ours = [0, 0]
        for line in _quota(event, day):
            ours[line["bucket"] == "uploads"] += line["units"]
        assert ours == [spent["units"], spent["uploads"]], day


def _quota(event: Event, day: str) -> list[dict[str, Any]]:
    """The calls of a day by our own count, without those that YouTube can't have counted."""
    path = event.ledger.with_name(f"quota-{day}.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines() if line]
    free = {line["free"] for line in lines if "free" in line}
    return [line for line in lines if "call" in line and line["call"] not in free]


class Media:
    """A real film of a little over a chunk, and a real picture."""

    def __init__(self, movie: bytes, picture: bytes) -> None:
        self.movie, self.picture = movie, picture


@pytest.fixture(scope="session")
def media(movie: bytes, picture: bytes) -> Media:
    return Media(movie[: len(movie) - 2 * (1 << 20)], picture)


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # making an event smaller takes longer than understanding it
    database=None,
)
@given(troubles=TROUBLES, renamed=st.booleans(), visible=st.sampled_from([0, 0, 8, 15]))
def test_any_sequence_of_faults_ends_with_exactly_what_was_wanted(
    media: Media, troubles: list[Trouble], renamed: bool, visible: int
) -> None:
    home = Path(tempfile.mkdtemp(prefix="tayang-faults-"))
    clock = ShowClock(FIRST - timedelta(hours=20))
    delays = Delays(visible=visible)
    limits = Limits(units=100_000, uploads=100)
    try:
        folder = home / "var" / "emulator"
        with running(
            folder, ffmpeg=find_ffmpeg(), clock=clock, delays=delays, limits=limits
        ) as emulator:
            event = Event(home, emulator.url, clock, media.movie, media.picture)
            try:
                wanted = whole_event(event, troubles, renamed)
                exactly(event, wanted, hashlib.sha256(media.picture).hexdigest())
            except BaseException:
                note(f"{renamed=} {visible=} {troubles!r}")
                if event.ledger.exists():
                    note(event.ledger.read_text())
                raise
    finally:
        shutil.rmtree(home, ignore_errors=True)
