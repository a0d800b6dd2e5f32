"""A scenario file: read whole or refused with every fault at once, and what it brings holds."""

from pathlib import Path

import pytest

from pipeline.clock import HandClock
from pipeline.errors import InputFaults
from pipeline.publish.emulator import Limits, read_scenario, running
from pipeline.tools import find_ffmpeg

from .conftest import START, Channel, connect

SAMPLES = sorted((Path(__file__).parents[3] / "schedules" / "scenarios").glob("*.yaml"))


def read(tmp_path: Path, text: str) -> list[str]:
    """Every fault of the scenario, in one line each."""
    file = tmp_path / "s.yaml"
    file.write_text(text)
    with pytest.raises(InputFaults) as caught:
        read_scenario(file)
    return [
        f"{each.where} {each.what.en}. {each.hint.en if each.hint else ''}"
        for each in caught.value.faults
    ]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_loads(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.title and scenario.faults


def test_there_are_samples() -> None:
    assert {path.stem for path in SAMPLES} >= {"pekan-buruk", "terputus", "kuota"}


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
titel: x
limits: {units: many}
delays:
  visibel: 3
faults:
  - {kind: drop_befor, method: videos.list}
  - {method: videos.list}
  - kind: status
    method: videos.lst
    stauts: 3
  - {kind: force, table: playlists, where: {snippet.nope: 1}, fields: {snippet.title: x}}
"""
    assert read(tmp_path, text) == [
        "s.yaml: limits.units (baris/line 2) the value 'many' can't be used. "
        "Input should be a valid integer, unable to parse string as an integer",
        "s.yaml: delays.visibel (baris/line 4) unknown key. Did you mean visible?",
        "s.yaml: faults[1] (baris/line 6) no kind drop_befor. Did you mean drop_before?",
        "s.yaml: faults[2] (baris/line 7): kind is required. Known: drop_before, "
        "drop_after_apply, truncated, slow, status, set, hold, force, expire_tokens, revoke",
        "s.yaml: faults[3].method (baris/line 9) the value 'videos.lst' can't be used. "
        "no such method, nor upload.chunk or oauth.token",
        "s.yaml: faults[3].stauts (baris/line 10) unknown key. Did you mean status?",
        "s.yaml: faults[4] (baris/line 11) can't be used. not fields of a Playlist: Invalid JSON "
        "payload received. Unknown name \"nope\" at 'snippet': Cannot find field.",
        "s.yaml: titel (baris/line 1) unknown key. Did you mean title?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("faults: [", "not YAML"),
        ("faults: {}", "can't be used"),
        ("just words", "can't be used"),
        ("- {kind: revoke, att: 1}", "Did you mean at?"),
    ],
)
def test_what_is_no_scenario_is_said(tmp_path: Path, text: str, said: str) -> None:
    (fault,) = read(tmp_path, text)
    assert said in fault


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputFaults) as caught:
        read_scenario(tmp_path / "nope.yaml")
    assert "nope.yaml" in caught.value.faults[0].where


def test_its_limits_delays_and_faults_hold_from_the_start(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        "limits: {units: 60}\ndelays: {visible: 5}\n"
        "faults: [{kind: status, method: playlists.list, status: 500}]\n"
    )
    clock = HandClock(START)
    started = running(
        tmp_path / "state",
        ffmpeg=find_ffmpeg(),
        clock=clock,
        limits=Limits(uploads=7),
        scenario=read_scenario(file),
    )
    with started as emulator:
        channel = Channel(emulator.url, clock, tmp_path, connect(emulator.url))
        state = channel.state()
        assert state["limits"] == {"units": 60, "uploads": 7, "refresh_days": None}
        channel.playlist()
        path = "playlists?part=id&mine=true"
        assert channel.call("GET", path)[0] == 500
        assert channel.call("GET", path)[2]["items"] == []
        clock.turn(5)
        assert len(channel.call("GET", path)[2]["items"]) == 1
        channel.youtube.close()
