"""A rundown changed while on air, as the crew does it: the file is edited, then `tayang reload`."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from peers import until

from pipeline.air import JOURNAL, SHEET, ask, read_journal
from pipeline.cli import main
from pipeline.clock import SystemClock
from pipeline.errors import InputFaults, OutsideError, Text
from pipeline.panel.following import Following
from pipeline.reloading import aired_items
from pipeline.rundown import Edit, Move, Remove, Retitle
from pipeline.settings import read_settings
from pipeline.tools import Child
from pipeline.versions import Version
from pipeline.wiring import Studio

BEFORE = "Buka, Demo"
PUT_IN_AND_OUT = "Buka, Salam"


class Event:
    """A session of slates of ten minutes, one after another, from now on."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        house = {"width": 320, "height": 180, "video_kbps": 300, "preset": "ultrafast"}
        values = {"event": {"name": "Uji"}, "rundown": "r.yaml", "media": ".", "house": house}
        self.file = home / "settings.yaml"
        self.file.write_text(yaml.safe_dump(values))
        self.rundown = home / "r.yaml"
        self.folder = home / "var" / "air" / "2021-11-24"
        self.write(BEFORE)
        self._capsys = capsys

    def write(self, titles: str) -> None:
        item = "{{at: '09:00', duration: 10 min, kind: slate, start: follow, title: {}}}"
        items = ", ".join(item.format(title) for title in titles.split(", "))
        self.rundown.write_text(
            "stands: [{number: 1, name: Kopi, products: [{name: Kopi, price: 15000}]}]\n"
            f"sessions: [{{day: '2021-11-24', items: [{items}]}}]\n"
        )

    def start(self) -> Child:
        argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(self.file)]
        return Child([*argv, "air", "--at", "now"])

    def status(self) -> dict[str, Any]:
        try:
            return ask(self.folder.parent, {"command": "status"})
        except OutsideError:
            return {"on": None}

    def type(self, *words: str) -> tuple[int, str, str]:
        """A command as typed: exit status, standard output and what was said."""
        self._capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["tayang", "--settings", str(self.file), *words])
            with pytest.raises(SystemExit) as end:
                main()
        assert isinstance(end.value.code, int)
        return end.value.code, *self._capsys.readouterr()


def test_a_changed_rundown_is_told_and_followed_and_what_is_on_stays_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = Event(tmp_path, capsys)
    assert event.type("reload")[0] == 3
    child = event.start()
    try:
        until(lambda: child.status is not None or event.status()["on"] is not None)
        assert child.status is None, child.tail
        before = event.status()
        assert (before["on"]["item"], before["next"]["title"]) == ("1-01", "Demo")

        sheet = (event.folder / SHEET).read_bytes()
        event.rundown.write_text("stands: [")
        assert event.type("reload")[0] == 1
        assert (event.folder / SHEET).read_bytes() == sheet
        assert event.status()["next"]["title"] == "Demo"

        event.write(PUT_IN_AND_OUT)
        status, out, said = event.type("reload", "--json")
        answer = json.loads(out)
        assert (status, answer["ok"]) == (0, True)
        assert [change["title"] for change in answer["changes"]] == ["Salam", "Demo"]
        assert "Salam: baru" in said and "Demo: dihapus" in said
        after = event.status()
        assert after["on"]["item"] == "1-01"
        assert after["on"]["first_frame"] == before["on"]["first_frame"]
        assert after["next"]["title"] == "Salam"
        assert event.type("take")[0] == 0
        assert event.status()["on"]["title"] == "Salam"

        event.type("stop")
        assert child.wait(30) == 0, child.tail
    finally:
        child.stop()
    lines = read_journal(event.folder / JOURNAL).lines
    assert [line["event"] for line in lines].count("rundown") == 1
    assert next(line["item"] for line in lines if line["event"] == "start") == "1-01"


class Panel:
    """What the control room does when the day is changed."""

    def __init__(self, event: Event) -> None:
        self.told: list[Text] = []
        self.studio = Studio(read_settings(event.file), SystemClock())
        self.following = Following(self.studio, self.told.append)

    def change(self, *edits: Edit) -> Version:
        """Saves, and waits until air has followed."""
        aired = aired_items(self.studio.settings, "2021-11-24")
        versions = self.studio.versions
        made = versions.commit(versions.current().name, "2021-11-24", edits, "Sari", aired)
        self.following.follow("Sari")
        until(lambda: self.reload["state"] in ("done", "failed"))
        assert self.reload["state"] == "done", self.told
        return made

    @property
    def reload(self) -> dict[str, Any]:
        return self.following.shown()["reload"] or {"state": ""}


def test_the_day_changed_by_hand_reaches_air_and_every_item_stays_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = Event(tmp_path, capsys)
    event.write("Buka, Iklan, Demo, Iklan")
    child = event.start()
    try:
        until(lambda: child.status is not None or event.status()["on"] is not None)
        assert child.status is None, child.tail
        event.write("Buka, Salam, Iklan, Demo, Iklan")  # from here on ids are not places
        assert event.type("reload")[0] == 0
        panel = Panel(event)
        first = event.rundown.read_bytes()

        made = panel.change(Move(item="1-04", before="1-02+"), Retitle(item="1-04", title="Jeda"))
        assert [item.id for item in made.rundown.sessions[0].items] == [
            "1-01", "1-04", "1-02+", "1-02", "1-03",
        ]  # fmt: skip
        assert (event.status()["next"]["item"], event.status()["next"]["title"]) == ("1-04", "Jeda")
        assert event.type("take")[0] == 0
        until(lambda: event.status()["on"]["item"] == "1-04")
        until(lambda: aired_items(panel.studio.settings, "2021-11-24") == {"1-01", "1-04"})

        with pytest.raises(InputFaults):
            panel.change(Move(item="1-04"))
        panel.change(Remove(item="1-02+"), Move(item="1-02"))
        status = event.status()
        assert (status["on"]["item"], status["next"]["item"]) == ("1-04", "1-03")
        assert event.rundown.read_bytes() == first

        event.type("stop")
        assert child.wait(30) == 0, child.tail
    finally:
        child.stop()
    plans = [line for line in read_journal(event.folder / JOURNAL).lines if "planned" in line]
    assert [one["item"] for one in plans[-1]["planned"]] == ["1-01", "1-04", "1-03", "1-02"]
    panel.following.follow("Sari")  # nothing is on air any more: nothing to do, and nothing told
    until(lambda: panel.reload["state"] == "")
    assert panel.told == []


def test_check_looks_at_the_workbook_and_says_that_another_version_airs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = Event(tmp_path, capsys)
    studio = Studio(read_settings(event.file), SystemClock())
    versions = studio.versions
    versions.commit(versions.current().name, "2021-11-24", [Remove(item="1-02")], "Sari")
    answer = json.loads(event.type("check", "--json")[1])
    assert answer["items"] == 2
    assert any("versi 2 dari panel (Sari" in warning["what"] for warning in answer["warnings"])
