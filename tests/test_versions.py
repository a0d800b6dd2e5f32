"""The rundown's versions: who writes when, together or killed, nothing is lost; the workbook is only read."""

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.clock import HandClock
from pipeline.errors import InputFaults, OutsideError, UsageError
from pipeline.rundown import Late, Move, Remove, Resize, Retitle
from pipeline.settings import Settings, settings_from
from pipeline.versions import Conflict, Version, Versions
from pipeline.wiring import Studio

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
DAY = "2021-11-24"
TITLES = "Buka Iklan Kopi Iklan Madu Iklan Tutup"


class Event:
    """An event of slates of five minutes; the third is of stand 1, the fifth of stand 2."""

    def __init__(self, home: Path) -> None:
        values = {"event": {"name": "Uji"}, "rundown": "r.yaml", "media": "."}
        self.settings: Settings = settings_from(values, home / "settings.yaml")
        self.book = home / "r.yaml"
        self.root = home / "var" / "rundown"
        self.write(TITLES)

    def write(self, titles: str, price: int = 15_000) -> None:
        of = {"Kopi": ", stand: 1", "Madu": ", stand: 2"}
        items = ", ".join(
            f"{{at: '09:{5 * n:02}', duration: 5 min, kind: slate, title: {t}{of.get(t, '')}}}"
            for n, t in enumerate(titles.split())
        )
        self.book.write_text(
            f"stands: [{{number: 1, name: Kopi, products: [{{name: K, price: {price}}}]}},"
            f" {{number: 2, name: Madu}}]\nsessions: [{{day: '{DAY}', items: [{items}]}}]\n"
        )

    @property
    def versions(self) -> Versions:
        """As another process would look."""
        return Versions(self.settings, HandClock(NINE))

    def retitle(self, item: str, title: str, who: str = "Sari", base: str = "") -> Version:
        versions = self.versions
        base = base or versions.current().name
        return versions.commit(base, DAY, [Retitle(item=item, title=title)], who)

    def titles(self) -> str:
        return " ".join(item.title for item in self.versions.current().rundown.sessions[0].items)

    def ids(self) -> list[str]:
        return [item.id for item in self.versions.current().rundown.sessions[0].items]


@pytest.fixture
def event(tmp_path: Path) -> Event:
    return Event(tmp_path)


def test_until_somebody_changes_it_the_workbook_serves_also_when_it_is_saved_again(
    event: Event,
) -> None:
    versions = event.versions
    assert (versions.current().number, event.root.exists()) == (0, False)
    name = versions.current().name
    event.write("Buka Tutup")
    assert len(versions.current().rundown.sessions[0].items) == 2
    assert versions.current().name != name
    assert versions.clash() is None and versions.ahead() is None


def test_a_change_makes_a_version_with_who_when_and_what_and_leaves_the_workbook(
    event: Event,
) -> None:
    before = event.book.read_bytes()
    made = event.retitle("1-03", "Kopi enak")
    assert made.record is not None
    assert (made.number, made.record.by, made.record.at) == (2, "Sari", NINE)
    assert made.record.told[0].en == "title “Kopi” → “Kopi enak”"
    assert event.titles() == "Buka Iklan Kopi enak Iklan Madu Iklan Tutup"
    assert [r.what for r in event.versions.history()] == ["edits", "workbook"]
    assert event.book.read_bytes() == before
    assert event.versions.restore(1, "Budi").record.restored == 1  # type: ignore[union-attr]
    assert event.titles() == TITLES
    with pytest.raises(UsageError):
        event.versions.restore(99, "Budi")


def test_a_preview_tells_what_would_change_and_writes_nothing(event: Event) -> None:
    versions = event.versions
    seen = versions.preview(versions.current().name, DAY, [Late(stand=1, minutes=5)])
    assert [one.title for one in seen.changes] == ["Iklan", "Kopi"]
    wrong = versions.preview(seen.on.name, DAY, [Resize(item="1-01", duration="?")])
    assert [fault.where for fault in wrong.faults] == ["1-01, Durasi"]
    with pytest.raises(InputFaults):
        versions.commit(seen.on.name, DAY, [Resize(item="1-01", duration="?")], "Sari")
    with pytest.raises(UsageError):
        versions.preview(seen.on.name, "2021-11-30", [Remove(item="1-01")])
    assert not event.root.exists()


def test_ids_stay_with_their_items_over_many_changes_also_among_equal_titles(event: Event) -> None:
    versions = event.versions
    for edit in (
        Move(item="1-06", before="1-02"), Move(item="1-02"), Retitle(item="1-04", title="Jeda"),
        Move(item="1-04", before="1-01"), Remove(item="1-03"), Retitle(item="1-06", title="Jeda"),
    ):  # fmt: skip
        versions.commit(versions.current().name, DAY, [edit], "Sari")
    assert event.ids() == ["1-04", "1-01", "1-06", "1-05", "1-07", "1-02"]
    assert event.titles() == "Jeda Buka Jeda Madu Tutup Iklan"


def test_changes_of_different_items_are_merged_and_told(event: Event) -> None:
    base = event.versions.current().name
    event.retitle("1-03", "Kopi enak", "Sari", base)
    made = event.retitle("1-05", "Madu manis", "Budi", base)
    assert made.record is not None and made.record.merged == (2,)
    assert event.titles() == "Buka Iklan Kopi enak Iklan Madu manis Iklan Tutup"


def test_changes_of_the_same_item_are_a_conflict_that_says_whose(event: Event) -> None:
    base = event.versions.current().name
    event.retitle("1-03", "Kopi enak", "Sari", base)
    draft = [Retitle(item="1-03", title="Kopi pahit")]
    seen = event.versions.preview(base, DAY, draft)
    assert [record.by for record in seen.theirs] == ["Sari"]
    with pytest.raises(Conflict) as conflict:
        event.versions.commit(base, DAY, draft, "Budi")
    assert "Sari" in conflict.value.what.id
    assert (conflict.value.now.number, conflict.value.theirs[0].touches) == (2, ("1-03",))
    made = event.versions.commit("2", DAY, draft, "Budi")
    assert made.number == 3


def test_who_restores_stands_against_every_draft_from_before(event: Event) -> None:
    event.retitle("1-03", "Kopi enak")
    event.versions.restore(1, "Sari")
    with pytest.raises(Conflict):
        event.retitle("1-05", "Madu manis", "Budi", base="2")
    with pytest.raises(Conflict):
        event.retitle("1-05", "Madu manis", "Budi", base="wxyz")


def test_a_workbook_saved_meanwhile_waits_until_it_is_taken_and_nothing_is_lost(
    event: Event,
) -> None:
    event.retitle("1-03", "Kopi enak")
    event.write("Buka Salam Iklan Kopi Iklan Madu Iklan Tutup", price=20_000)
    assert event.titles() == "Buka Iklan Kopi enak Iklan Madu Iklan Tutup"
    clash = event.versions.clash()
    assert clash is not None
    told = {one.title: one.what.en for one in clash.differences}
    assert told["Salam"].startswith("new, at ") and told["Stand 1 Kopi"] == "data changed"
    taken = event.versions.take_workbook("Budi")
    assert (taken.number, event.versions.clash()) == (3, None)
    assert event.titles() == "Buka Salam Iklan Kopi Iklan Madu Iklan Tutup"
    assert event.ids() == ["1-01", "1-02+", "1-02", "1-03", "1-04", "1-05", "1-06", "1-07"]
    event.versions.restore(2, "Budi")
    assert event.titles() == "Buka Iklan Kopi enak Iklan Madu Iklan Tutup"


def test_a_workbook_that_cant_be_read_any_more_is_told_and_the_version_serves(event: Event) -> None:
    event.retitle("1-03", "Kopi enak")
    event.book.write_text("stands: [")
    clash = event.versions.clash()
    assert clash is not None and clash.faults
    assert "Kopi enak" in event.titles()
    event.book.unlink()
    assert event.versions.clash() is not None
    assert "Kopi enak" in event.titles()


@pytest.mark.parametrize("name", ["rundown.yaml", "version.json"])
def test_a_broken_version_is_told_and_the_one_before_it_serves_and_its_number_stays_taken(
    event: Event, name: str
) -> None:
    event.retitle("1-03", "Kopi enak")
    event.retitle("1-03", "Kopi pahit")
    file = event.root / "0003" / name
    file.write_text(file.read_text().replace("pahit", "basi")[:-20])
    versions = event.versions
    assert versions.current().number == 2
    assert "versi 3 tidak dapat dibaca" in versions.troubles[0].id
    assert event.retitle("1-05", "Madu manis").number == 4
    assert event.titles() == "Buka Iklan Kopi enak Iklan Madu manis Iklan Tutup"


def test_the_line_works_with_the_version_that_holds(event: Event) -> None:
    studio = Studio(event.settings, HandClock(NINE))
    assert studio.rundown.sessions[0].items[2].title == "Kopi"
    event.retitle("1-03", "Kopi enak")
    assert Studio(event.settings, HandClock(NINE)).rundown.sessions[0].items[2].title == "Kopi enak"
    studio.reread()
    assert studio.rundown.sessions[0].items[2].title == "Kopi enak"
    (event.root / "0002" / "version.json").unlink()
    (event.root / "0001" / "version.json").unlink()
    event.book.write_text("stands: [")
    with pytest.raises(InputFaults):
        Studio(event.settings, HandClock(NINE)).reread()


# Together, killed, and on a full disk

WRITER = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from pipeline.clock import SystemClock
from pipeline.rundown import Retitle
from pipeline.settings import settings_from
from pipeline.versions import Versions

home, item, words, dies = Path(sys.argv[1]), sys.argv[2], sys.argv[3].split(), int(sys.argv[4])
passed = 0

def dying(owner, name):
    act = getattr(owner, name)
    def wrapped(*args, **kw):
        global passed
        passed += 1
        if passed == dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*args, **kw)
    setattr(owner, name, wrapped)

dying(os, "fsync")
dying(Path, "rename")
values = {"event": {"name": "Uji"}, "rundown": "r.yaml", "media": "."}
versions = Versions(settings_from(values, home / "settings.yaml"), SystemClock())
for word in words:
    versions.commit(versions.current().name, "2021-11-24", [Retitle(item=item, title=word)], item)
"""


def writer(event: Event, item: str, words: str, dies: int = 0) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-c", WRITER, str(event.book.parent), item, words, str(dies)]
    return subprocess.Popen(argv)


def test_processes_that_write_at_once_lose_and_overwrite_nothing(event: Event) -> None:
    event.retitle("1-01", "Mulai")
    words = {item: [f"{item}-{n}" for n in range(4)] for item in ("1-02", "1-03", "1-04")}
    children = [writer(event, item, " ".join(said)) for item, said in words.items()]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    history = event.versions.history()[::-1]
    assert [record.number for record in history] == list(range(1, 15))
    for item, said in words.items():
        mine = [r.edits[0].title for r in history if r.touches == (item,)]  # type: ignore[union-attr]
        assert mine == said
    assert event.titles() == "Mulai 1-02-3 1-03-3 1-04-3 Madu Iklan Tutup"


@pytest.mark.parametrize("kept", [False, True])
def test_who_is_overtaken_after_a_look_looks_again(event: Event, kept: bool) -> None:
    if kept:
        event.retitle("1-01", "Mulai")

    class Overtaken(Versions):
        looks = 0

        def current(self) -> Version:
            found = super().current()
            self.looks += 1
            if self.looks == 2:
                event.retitle("1-05", "Madu manis", "Budi")
            return found

    slow = Overtaken(event.settings, HandClock(NINE))
    made = slow.commit(slow.current().name, DAY, [Retitle(item="1-03", title="Kopi enak")], "Sari")
    assert made.record is not None and made.record.merged == (made.number - 1,)
    assert event.titles().split(" ", 1)[1] == "Iklan Kopi enak Iklan Madu manis Iklan Tutup"
    assert [r.what for r in event.versions.history()].count("workbook") == 1


def test_threads_that_share_one_versions_lose_nothing(event: Event) -> None:
    versions = event.versions
    base = versions.current().name

    def write(item: str) -> None:
        versions.commit(base, DAY, [Retitle(item=item, title=f"T {item}")], item)

    with ThreadPoolExecutor(7) as pool:
        list(pool.map(write, event.ids()))
    assert event.titles() == " ".join(f"T 1-{n:02}" for n in range(1, 8))
    assert len(versions.history()) == 8


def test_killed_at_any_step_a_version_is_there_whole_or_not_at_all(event: Event) -> None:
    event.retitle("1-01", "Mulai")
    for step in range(1, 6):
        child = writer(event, "1-02", f"Langkah-{step}", step)
        assert child.wait(60) == -signal.SIGKILL
        versions = event.versions
        whole = step == 5  # renamed, and only the folder not yet synced
        assert versions.current().number == (3 if whole else 2)
        assert versions.troubles == ()
    assert event.retitle("1-02", "Lanjut").number == 4


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """What a full disk does: writing fails after so many bytes of a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_a_change_is_refused_and_leaves_nothing_behind(event: Event) -> None:
    event.retitle("1-01", "Mulai")
    for size in (0, 600):
        with files_of_at_most(size), pytest.raises(OutsideError, match="tidak dapat disimpan"):
            event.retitle("1-02", "Penuh")
    assert sorted(path.name for path in event.root.iterdir()) == ["0001", "0002"]
    assert event.retitle("1-02", "Lega").number == 3
