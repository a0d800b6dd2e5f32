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
from pipeline.errors import OutsideError
from pipeline.tools import Child

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
