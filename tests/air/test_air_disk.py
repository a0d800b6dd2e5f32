"""A disk that takes no more, as the kernel does it: a part of a write, then an error."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aids import program
from hurried import HurriedClock, with_real_patience

from pipeline.air import (
    JOURNAL,
    Player,
    Session,
    airings,
    check_chain,
    play,
    read_journal,
    recordings,
    unrecorded,
)
from pipeline.air.journal import JournalWriter
from pipeline.air.log import Part, pictures
from pipeline.air.repair import repair
from pipeline.clock import HandClock
from pipeline.errors import OutsideError, ToolError
from pipeline.rundown import Item, Kind, StartMode, plan
from pipeline.rundown import Session as RundownSession
from pipeline.settings import Destination
from pipeline.timing import Rate
from pipeline.tools import run

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes; CPython ignores SIGXFSZ, so writes fail."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def segment(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> Any:
    path = make_segment(tmp_path_factory.mktemp("one") / "one.ts", 150, 30)
    return SimpleNamespace(key="one", path=path, kind="video", frames=150, loop=False)


def broadcast(
    folder: Path, segment: Any, on_frame: Callable[[Player], None] = lambda player: None
) -> list[dict[str, Any]]:
    item = Item(
        id="1-01", kind=Kind.VIDEO, title="A", at=NINE, duration_s=6, start=StartMode.FOLLOW
    )
    planned = plan(RundownSession(id="s", day=NINE.date(), items=(item,)))
    session = Session("s", planned, {"1-01": segment}, {None: segment}, {})
    play(
        folder,
        session,
        Rate(25),
        shown_at=NINE,
        facts={},
        destinations=(),
        ffmpeg="unused",
        clock=HandClock(NINE),
        on_frame=on_frame,
    )
    return [dict(line) for line in read_journal(folder / JOURNAL).lines]


class Disk:
    """A small disk of its own, ext4 in a file; only root may mount it."""

    def __init__(self, home: Path) -> None:
        self.folder, self._image = home / "disk", home / "disk.img"
        self.folder.mkdir()
        with self._image.open("wb") as file:
            file.truncate(6 << 20)
        run([program("mkfs.ext4"), "-q", "-m", "0", str(self._image)], deadline=20)
        try:
            run(self._mount, deadline=20)
        except ToolError as error:  # also as root, in most containers
            pytest.skip(f"this machine lets nobody mount a small disk: {error}")

    @property
    def _mount(self) -> list[str]:
        options = "loop,errors=remount-ro"
        return ["mount", "-o", options, str(self._image), str(self.folder)]

    def fill(self) -> None:
        with suppress(OSError), (self.folder / "full").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def make_room(self) -> None:
        (self.folder / "full").unlink()

    def fail(self) -> None:
        """The kernel finds an error on it, as on a worn-out card, and takes no write any more."""
        source, _ = run(["findmnt", "-no", "SOURCE", str(self.folder)], deadline=10)
        trigger = Path("/sys/fs/ext4") / Path(source.strip()).name / "trigger_fs_error"
        trigger.write_text("test")

    def mend(self) -> None:
        """What a technician does: unmount, check, mount."""
        self.close()
        with suppress(ToolError):  # its status says that it had to correct something
            run(["e2fsck", "-fy", str(self._image)], deadline=20)
        run(self._mount, deadline=20)

    def close(self) -> None:
        run(["umount", str(self.folder)], deadline=20)


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    with_real_patience(monkeypatch, 10)
    one = Disk(tmp_path)
    yield one
    one.close()


def long_broadcast(
    folder: Path, segment: Any, ffmpeg: str, copy: Path, at: dict[int, Callable[[], None]]
) -> tuple[list[dict[str, Any]], list[str | None]]:
    """Ten items of 6 s at ten times speed, sent to a file; `at` says what befalls at which frame.

    Gives the journal, and what was said of the recording a second before each fault and at its end.
    """
    clock = HurriedClock(10, NINE)
    items = tuple(
        Item(id=f"{n}", kind=Kind.VIDEO, title="A", at=NINE, duration_s=6, start=StartMode.FOLLOW)
        for n in range(10)
    )
    session = Session(
        "s",
        plan(RundownSession(id="s", day=NINE.date(), items=items)),
        {item.id: segment for item in items},
        {None: segment},
        {},
    )
    troubles: list[str | None] = []

    def befall(player: Player) -> None:
        if player.frames in at:
            troubles.append(player.trouble)
            at.pop(player.frames)()

    result = play(
        folder,
        session,
        Rate(25),
        shown_at=NINE,
        facts={},
        destinations=[Destination(name="copy", url=f"file://{copy}")],
        ffmpeg=ffmpeg,
        clock=clock,
        on_frame=befall,
    )
    assert result.frames == 1500
    return [dict(line) for line in read_journal(folder / JOURNAL).lines], troubles


def test_with_a_full_disk_the_program_goes_on_and_the_journal_says_what_was_not_recorded(
    tmp_path: Path,
    disk: Disk,
    segment: Any,
    ffmpeg: str,
    picture_hashes: Callable[[Path], list[str]],
) -> None:
    folder, copy = disk.folder / "air" / "s", tmp_path / "copy.ts"
    at = {300: disk.fill, 700: nothing, 800: disk.make_room, 1400: nothing}
    lines, troubles = long_broadcast(folder, segment, ffmpeg, copy, at)
    assert troubles[0] is None
    assert troubles[1] is not None, "the alarm is given while the disk refuses"
    assert troubles[3] is None

    own = picture_hashes(segment.path)
    (delivered,) = [li for li in lines if li["event"] == "delivery" and li["state"] == "ended"]
    assert picture_hashes(copy) == (own * 10)[delivered["first_frame"] :], "a destination missed"
    assert check_chain(lines) == ()
    assert [line["event"] for line in lines].count("alarm") == 1
    ((begin, stop),) = unrecorded(lines)
    assert 290 < begin < stop < 1000
    aired = airings(lines)
    assert [(a.first_frame, a.frames) for a in aired] == [(150 * n, 150) for n in range(10)]
    parts = recordings(lines)
    assert [(p.first_frame, p.stop) for p in parts] == [(0, begin), (stop, 1500)]
    for part in parts:
        assert len(list(pictures((folder / part.part).read_bytes()))) == part.frames
    assert picture_hashes(folder / parts[1].part) == (own * 10)[stop:]


def test_a_disk_that_stays_full_to_the_end_has_the_whole_journal(
    tmp_path: Path, disk: Disk, segment: Any, ffmpeg: str
) -> None:
    folder = disk.folder / "air" / "s"
    lines, _ = long_broadcast(folder, segment, ffmpeg, tmp_path / "copy.ts", {300: disk.fill})
    assert check_chain(lines) == ()
    assert len(airings(lines)) == 10
    ((begin, stop),) = unrecorded(lines)
    assert 290 < begin < 400
    assert stop == lines[-1]["frames"] == 1500


def test_with_a_read_only_disk_the_program_goes_on_and_what_was_recorded_stays(
    tmp_path: Path,
    disk: Disk,
    segment: Any,
    ffmpeg: str,
    picture_hashes: Callable[[Path], list[str]],
) -> None:
    folder, copy = disk.folder / "air" / "s", tmp_path / "copy.ts"
    with pytest.raises(OutsideError, match="journal can't be written"):
        long_broadcast(folder, segment, ffmpeg, copy, {300: disk.fail})
    own = picture_hashes(segment.path)
    sent = picture_hashes(copy)
    assert len(sent) > 1440
    assert sent == (own * 10)[-len(sent) :]

    disk.mend()
    frames = repair(folder, Rate(25), HandClock(NINE))
    assert frames >= 300 - 2 * 50, "no more than a GOP or two was in memory only"
    lines = read_journal(folder / JOURNAL).lines
    assert check_chain(lines) == ()
    assert (airings(lines)[0].frames, airings(lines)[0].cut) == (150, False)
    assert sum(airing.frames for airing in airings(lines)) == frames


def nothing() -> None:
    """No fault: only what is said of the recording is kept."""


def test_half_a_journal_line_never_stays(tmp_path: Path) -> None:
    journal = JournalWriter(tmp_path / JOURNAL)
    journal.write("open", at=NINE, frame=0)
    written = (tmp_path / JOURNAL).read_bytes()
    with files_end_at(len(written) + 20), pytest.raises(OutsideError, match="journal"):
        journal.write("note", at=NINE, frame=1)
    assert (tmp_path / JOURNAL).read_bytes() == written

    journal.write("close", at=NINE, frame=1)
    journal.close()
    lines = read_journal(tmp_path / JOURNAL).lines
    assert [line["event"] for line in lines] == ["open", "close"]
    assert check_chain(lines) == ()


def test_a_fault_in_the_middle_leaves_journal_and_log_in_step(
    tmp_path: Path, segment: Any, picture_hashes: Callable[[Path], list[str]]
) -> None:
    def interrupt(player: Player) -> None:
        if player.frames == 76:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broadcast(tmp_path, segment, interrupt)

    lines = [dict(line) for line in read_journal(tmp_path / JOURNAL).lines]
    assert [line["event"] for line in lines] == ["open", "part", "start", "end", "close"]
    assert 73 <= lines[-1]["frames"] <= 76
    assert len(picture_hashes(tmp_path / "program-0001.ts")) == lines[-1]["frames"]


def test_a_crash_before_the_new_part_leaves_the_parts_before_untouched(
    tmp_path: Path, segment: Any
) -> None:
    broadcast(tmp_path, segment)
    before = (tmp_path / "program-0001.ts").read_bytes()
    journal = JournalWriter(tmp_path / JOURNAL)
    journal.write("open", at=NINE, frame=150, fps=25, ahead_s=0)
    journal.close()

    lines = broadcast(tmp_path, segment)
    assert (tmp_path / "program-0001.ts").read_bytes() == before
    assert [a.first_frame for a in airings(lines)] == [0, 150]


def test_a_crash_between_two_items_takes_nothing_from_the_one_that_ended(
    tmp_path: Path, segment: Any
) -> None:
    lines = broadcast(tmp_path, segment)
    text = (tmp_path / JOURNAL).read_bytes().splitlines(keepends=True)
    assert lines[-1]["event"] == "close"
    (tmp_path / JOURNAL).write_bytes(b"".join(text[:-1]))

    again = broadcast(tmp_path, segment)
    assert [(a.first_frame, a.frames) for a in airings(again)] == [(0, 150)]
    assert len(list(pictures((tmp_path / "program-0001.ts").read_bytes()))) == 150


@pytest.mark.parametrize("left", [0, 100, 188 * 2, 188 * 3])
def test_a_part_that_holds_no_picture_yet_is_repaired_too(
    tmp_path: Path, segment: Any, left: int
) -> None:
    broadcast(tmp_path, segment)
    text = (tmp_path / JOURNAL).read_bytes().splitlines(keepends=True)
    (tmp_path / JOURNAL).write_bytes(b"".join(text[:3]))
    part = tmp_path / "program-0001.ts"
    part.write_bytes(part.read_bytes()[:left])

    lines = broadcast(tmp_path, segment)
    assert [(a.first_frame, a.frames) for a in airings(lines)] == [(0, 0), (0, 150)]


def test_a_part_that_was_taken_away_doesnt_stop_the_next(tmp_path: Path) -> None:
    for _ in range(2):
        Part(tmp_path).close()
    (tmp_path / "program-0001.ts").unlink()

    log = Part(tmp_path)
    log.close()
    assert log.path.name == "program-0003.ts"
