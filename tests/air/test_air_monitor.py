"""The reader of the program log gives every viewer whole pictures, from a keyframe on, soon enough."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import av
import pytest
from growing import RATE, GrowingLog, chunks, leavable

from pipeline.air import Monitor, OffAir, View
from pipeline.air.monitor import BEHIND, KEPT, LINGER_SECONDS
from pipeline.clock import HandClock, SystemClock

GOP = 50
Hashes = Callable[[Path], list[str]]


@pytest.fixture(scope="module")
def segments(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> list[Path]:
    folder = tmp_path_factory.mktemp("segments")
    return [make_segment(folder / f"{tone}.ts", 150, tone) for tone in (0, 90)]


@pytest.fixture(scope="module")
def frames(segments: list[Path]) -> list[bytes]:
    return chunks(*segments)


@pytest.fixture(scope="module")
def expected(segments: list[Path], picture_hashes: Hashes) -> list[str]:
    return [each for path in segments for each in picture_hashes(path)]


@pytest.fixture
def log(tmp_path: Path) -> Iterator[GrowingLog]:
    growing = GrowingLog(tmp_path / "air" / "uji")
    yield growing
    growing.close()


class Viewer:
    """Takes what a monitor gives, and waits for more."""

    def __init__(self, monitor: Monitor) -> None:
        self._wake = threading.Event()
        self.view: View = monitor.watch(self._wake.set)
        self.pieces: list[bytes] = []

    def until(self, enough: Callable[[], bool]) -> None:
        while True:
            self._wake.clear()
            ended = self.view.ended
            while (piece := self.view.take()) is not None:
                self.pieces.append(piece)
            if enough():
                return
            assert not ended, "the program ended before"
            assert self._wake.wait(20), "nothing more came"

    def to_theend(self) -> None:
        self.until(lambda: self.view.ended and self.view.take() is None)

    def file(self, path: Path) -> Path:
        assert self.view.head is not None
        path.write_bytes(self.view.head.data + b"".join(self.pieces))
        return path


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Monitor]:
    """On the machine's clock."""
    running = Monitor(tmp_path / "air", None, RATE, SystemClock())
    yield running
    running.close()


def by_hand(tmp_path: Path) -> Monitor:
    """On a clock on which waiting takes no time: what isn't written now never comes."""
    return Monitor(tmp_path / "air", None, RATE, HandClock(SystemClock().now()))


def packets(path: Path) -> dict[str, list[tuple[int, int]]]:
    """The times of a file's packets: (decoded, shown), by kind of stream."""
    with av.open(str(path)) as container:
        found: dict[str, list[tuple[int, int]]] = {"video": [], "audio": []}
        for packet in container.demux():
            if packet.size:
                assert packet.dts is not None and packet.pts is not None
                found[packet.stream.type].append((packet.dts, packet.pts))
        return found


def test_a_viewer_begins_at_the_newest_keyframe_and_gets_every_picture_from_there(
    tmp_path: Path,
    segments: list[Path],
    log: GrowingLog,
    frames: list[bytes],
    expected: list[str],
    picture_hashes: Hashes,
) -> None:
    whole = leavable(segments[0], 120)
    log.grow(*frames[:whole])
    viewer = Viewer(by_hand(tmp_path))
    viewer.to_theend()
    assert picture_hashes(viewer.file(tmp_path / "seen.mp4")) == expected[100:whole]
    assert viewer.view.head is not None
    assert viewer.view.head.media_type.startswith('video/mp4; codecs="avc1.4d40')


def air(
    log: GrowingLog, frames: list[bytes], begin: int, stop: int, first: int, *viewers: Viewer
) -> None:
    """Writes frames, a few at a time; after each time all but the last 15 can be seen.

    The fragment at hand and what demuxing holds are the monitor's delay: 15 frames are 0.6 s.
    `first` is the frame with which the stream begins.
    """
    for written in range(begin, stop, 7):
        log.grow(*frames[written : min(written + 7, stop)])
        for viewer in viewers:
            shown = min(written + 7, stop) - first - 15
            viewer.until(lambda viewer=viewer, shown=shown: end(viewer) >= shown)


def end(viewer: Viewer) -> int:
    """The frame after the last one that came, counted from the stream's first."""
    if not viewer.pieces:
        return 0
    piece = viewer.pieces[-1]
    start = int.from_bytes(piece[piece.index(b"tfdt") + 8 :][:8]) // RATE.frame_ticks
    return start + int.from_bytes(piece[piece.index(b"trun") + 8 :][:4])


def pictures(viewer: Viewer) -> int:
    """How many pictures came: samples of the fragments' first track."""
    counts = (piece[piece.index(b"trun") + 8 :][:4] for piece in viewer.pieces)
    return sum(int.from_bytes(count) for count in counts)


def test_whenever_air_pauses_all_but_its_last_15_frames_can_be_seen(
    monitor: Monitor, log: GrowingLog, frames: list[bytes]
) -> None:
    log.grow(*frames[:103])
    air(log, frames, 103, 220, 100, Viewer(monitor))


def test_viewers_who_come_at_different_times_share_one_stream(
    tmp_path: Path,
    monitor: Monitor,
    log: GrowingLog,
    frames: list[bytes],
    expected: list[str],
    picture_hashes: Hashes,
) -> None:
    log.grow(*frames[:70])
    early = Viewer(monitor)
    air(log, frames, 70, 180, 50, early)
    late = Viewer(monitor)
    air(log, frames, 180, 250, 50, early, late)
    log.grow(*frames[250:255])
    for viewer in (early, late):
        viewer.until(lambda viewer=viewer: end(viewer) == 200)
    assert picture_hashes(early.file(tmp_path / "early.mp4")) == expected[50:250]
    assert picture_hashes(late.file(tmp_path / "late.mp4")) == expected[150:250]
    assert late.pieces == early.pieces[-len(late.pieces) :]
    assert monitor.status().viewers == 2


def test_a_viewer_who_takes_nothing_neither_holds_the_others_nor_memory(
    tmp_path: Path,
    monitor: Monitor,
    log: GrowingLog,
    frames: list[bytes],
    picture_hashes: Hashes,
) -> None:
    log.grow(*frames[:70])
    quick, slow = Viewer(monitor), Viewer(monitor)
    slow.until(lambda: len(slow.pieces) == 1)
    air(log, frames, 70, len(frames), 50, quick)
    assert len(quick.pieces) > BEHIND + GOP // 10
    relay: Any = monitor._relay
    assert len(relay._fragments) <= KEPT
    slow.until(lambda: slow.pieces[-1] == quick.pieces[-1])
    assert len(slow.pieces) <= 1 + GOP // 10
    seen = picture_hashes(slow.file(tmp_path / "slow.mp4"))  # decodes clean after the jump
    assert len(seen) == pictures(slow)


def test_a_new_part_goes_on_where_the_last_one_was_torn(
    tmp_path: Path,
    segments: list[Path],
    frames: list[bytes],
    expected: list[str],
    picture_hashes: Hashes,
    log: GrowingLog,
    monitor: Monitor,
) -> None:
    """Air was killed in the midst of a frame; when it is back its times begin anew."""
    whole = leavable(segments[0], 115)
    log.grow(*frames[:whole])
    log.tear(frames[whole])
    viewer = Viewer(monitor)
    viewer.until(lambda: pictures(viewer) >= 10)
    log.repair(frames[whole])
    again = GrowingLog(log.path.parent, part=2)
    again.grow(*chunks(segments[1])[:80])
    viewer.until(lambda: pictures(viewer) >= 70)
    again.close()

    seen = picture_hashes(viewer.file(tmp_path / "seen.mp4"))
    before = expected[100:whole]
    cut = next(n for n, each in enumerate(seen) if each == expected[150])
    assert seen[:cut] == [each for each in before if each in seen[:cut]]
    assert cut >= len(before) - 3  # with what was torn goes what demuxing held
    after = seen[cut:-3]  # the last ones wait for pictures that come between them
    assert after == expected[150 : 150 + len(after)]
    times = packets(tmp_path / "seen.mp4")
    for kind in ("video", "audio"):
        decoded = [dts for dts, _ in times[kind]]
        assert decoded == sorted(set(decoded))
    shown = [pts for _, pts in times["video"]]
    assert len(shown) == len(set(shown))


def test_nothing_is_read_when_nobody_watches_and_reading_begins_anew_for_the_next(
    tmp_path: Path, log: GrowingLog, frames: list[bytes]
) -> None:
    log.grow(*frames[:120])
    monitor = Monitor(tmp_path / "air", None, RATE, SystemClock())
    with ExitStack() as stack:
        stack.callback(monitor.close)
        viewer = Viewer(monitor)
        viewer.until(lambda: len(viewer.pieces) > 0)
        relay: Any = monitor._relay
        relay._left -= LINGER_SECONDS
        viewer.view.close()
        relay._left -= LINGER_SECONDS
        relay._thread.join(20)
        assert not relay._thread.is_alive()
        assert monitor.status().edge_s is None
        log.grow(*frames[120:170])
        again = Viewer(monitor)
        again.until(lambda: len(again.pieces) > 0)


def test_a_log_that_no_longer_grows_ends_the_view_and_is_not_on_air(
    tmp_path: Path, log: GrowingLog, frames: list[bytes]
) -> None:
    monitor = by_hand(tmp_path)
    with pytest.raises(OffAir, match=r"Belum ada program .* · Nothing is on air yet"):
        Monitor(tmp_path / "nowhere", None, RATE, SystemClock()).watch(lambda: None)
    log.grow(*frames[:60])
    Viewer(monitor).to_theend()
    an_hour_ago = SystemClock().now().timestamp() - 3600
    os.utime(log.path, (an_hour_ago, an_hour_ago))
    with pytest.raises(OffAir, match=r"1:00:\d\d yang lalu"):
        monitor.watch(lambda: None)
    assert not monitor.status().on_air
    assert monitor.status().session == "uji"


def test_of_several_sessions_the_one_that_airs_is_shown_or_the_one_asked_for(
    tmp_path: Path, log: GrowingLog, frames: list[bytes]
) -> None:
    other = GrowingLog(tmp_path / "air" / "besok")
    other.grow(*frames[:10])
    log.grow(*frames[:10])
    other.close()
    later = SystemClock().now().timestamp() + 1
    os.utime(log.path, (later, later))
    clock = SystemClock()
    assert Monitor(tmp_path / "air", None, RATE, clock).status().session == "uji"
    assert Monitor(tmp_path / "air", "besok", RATE, clock).status().session == "besok"
