"""The lower third, on and off by hand, over a real program that is on air; and proved afterwards."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from peers import until
from PIL import Image

from pipeline.air import JOURNAL, ask, inserted, read_journal
from pipeline.cli import main
from pipeline.clock import SystemClock
from pipeline.errors import OutsideError, UsageError
from pipeline.settings import read_settings
from pipeline.titler import Titler
from pipeline.tools import Child, run
from pipeline.wiring import Studio

RUNDOWN = """
stands:
  - {number: 1, name: Kopi "Ndalem" & Putra ☕, products: [{name: Kopi, price: 15000}]}
sessions:
  - day: '2021-11-24'
    items:
      - {at: '09:00', duration: 100 s, kind: video, media: film.mp4, stand: 1, title: Profil}
      - {at: '09:02', duration: 5 min, kind: catalogue, stand: 1, title: Katalog}
"""


class Event:
    """A stand's video of 100 s, on air: its own lower third is there from 1 s to 9 s, and after 61 s."""

    def __init__(self, home: Path, ffmpeg: str) -> None:
        house = {"width": 320, "height": 180, "video_kbps": 300, "preset": "ultrafast"}
        values = {"event": {"name": "Uji"}, "rundown": "r.yaml", "media": ".", "house": house}
        self.file = home / "settings.yaml"
        self.file.write_text(yaml.safe_dump(values))
        (home / "r.yaml").write_text(RUNDOWN)
        picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30"]
        sound = ["-f", "lavfi", "-i", "sine=f=300"]
        codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-t", "101"]
        argv = [ffmpeg, "-v", "error", *picture, *sound, *codecs, str(home / "film.mp4")]
        run(argv, deadline=60)
        self.argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(self.file)]
        self.studio = Studio(read_settings(self.file), SystemClock())
        self.air = home / "var" / "air"

    def status(self) -> dict[str, Any]:
        try:
            return ask(self.air, {"command": "status"})
        except OutsideError:
            return {"on": None, "cue": {"state": "off"}}

    def until_cue(self, state: str) -> None:
        until(lambda: self.status()["cue"]["state"] == state)

    def until_at(self, frame: int) -> None:
        until(lambda: self.status()["on"]["at"] >= frame)

    def type(self, *words: str) -> int:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["tayang", "--settings", str(self.file), *words])
            with pytest.raises(SystemExit) as end:
                main()
        assert isinstance(end.value.code, int)
        return end.value.code


@pytest.fixture
def event(tmp_path: Path, ffmpeg: str) -> Event:
    return Event(tmp_path, ffmpeg)


@pytest.fixture
def program(event: Event) -> Iterator[Child]:
    child = Child([*event.argv, "air", "--at", "now"])
    try:
        until(lambda: child.status is not None or event.status()["on"] is not None)
        assert child.status is None, child.tail
        yield child
    finally:
        child.stop()


def test_the_crew_hides_what_was_planned_and_shows_it_again_at_any_moment(
    event: Event, program: Child, capsys: pytest.CaptureFixture[str]
) -> None:
    event.until_cue("on")  # the segment's own
    assert event.type("cue", "1-01", "off", "--json") == 0
    gone = json.loads(capsys.readouterr().out)
    assert gone["ok"] and gone["frame"] < 200
    until(lambda: event.status()["frame"] > gone["frame"] + 15)
    assert event.status()["cue"]["state"] == "off"

    event.until_at(226)
    assert event.type("cue", "1-01", "on", "--json") == 0
    assert json.loads(capsys.readouterr().out)["ok"]
    event.until_cue("on")
    assert event.type("cue", "1-01", "on") == 3
    assert "is there already" in capsys.readouterr().err
    assert event.type("cue", "1-02", "on") == 3
    assert "1-02 isn't on; 1-01 Profil is" in capsys.readouterr().err
    assert event.type("cue", "1-01", "off") == 0
    event.until_cue("off")
    assert event.type("cue", "1-01", "off") == 3

    assert event.type("take", "1-02") == 0
    assert event.type("cue", "1-02", "off") == 3
    assert "part of the picture" in capsys.readouterr().err
    assert event.type("stop") == 0
    assert program.wait(30) == 0, program.tail
    lines = read_journal(event.air / "2021-11-24" / JOURNAL).lines
    assert [line["text"] for line in lines if line["event"] == "cue"] == ["off", "on", "off"]
    assert len(inserted(lines)[1]) >= 3
    verdict = event.studio.verify("2021-11-24", deep=True)
    assert verdict.faults == ()


def test_the_picture_for_the_panel_is_the_lower_third_in_a_transparent_frame(event: Event) -> None:
    titler = Titler(event.studio)
    picture = Image.open(io.BytesIO(titler.drawn("1-01")))
    box = picture.getbbox()
    drawn = event.studio.painter.lower_third(event.studio.rundown.stands[0])
    assert picture.size == (320, 180) and box is not None
    assert drawn.x <= box[0] and box[2] <= drawn.x + drawn.width and drawn.y <= box[1]
    for item in ("1-02", "9-99"):
        with pytest.raises(UsageError, match="has no lower third"):
            titler.drawn(item)
