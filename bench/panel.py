"""Measures the control room beside a program on air. `python bench/panel.py [--json] [--quick]`.

First paint, a press until it is seen on air, 200 open panels, a flood, and clients that behave badly:
none of it may cost the program a frame. Exit status 0 when every goal holds, 1 otherwise.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import requests
from command import run
from panel_browser import first_paint, presses
from panel_load import LOST, flooded, molested, watched
from panel_room import Room, on_air
from report import Figure, at_most, percentile, progress, told
from stage import WHOLE_HOUSE, compose

import pipeline.panel

PEERS = "Ontime and Sofie can't be installed here: no peer"
RATE = 1000


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    loads: int
    takes: int
    panels: int
    viewers: int
    watch_s: int
    flood_s: int
    attack_s: int


FULL = Extent(10, 60, panels=200, viewers=10, watch_s=60, flood_s=20, attack_s=30)
QUICK = Extent(3, 15, panels=200, viewers=5, watch_s=15, flood_s=8, attack_s=12)


def measure(folder: Path, quick: bool, wanted: list[str]) -> list[Figure]:
    """Every figure that is wanted, of one program on air."""
    extent = QUICK if quick else FULL
    stage = compose(folder / "stage", WHOLE_HOUSE, (8, 8), (12, 12))
    with on_air(stage, folder / "air", 1200) as room:
        return [one for name in wanted for one in SUBJECTS[name](room, extent)]


def size(_: Room, __: Extent) -> list[Figure]:
    """Bytes of all scripts and styles."""
    static = Path(pipeline.panel.__file__).parent / "static"
    files = [path for path in static.iterdir() if path.suffix in (".js", ".css")]
    whole = sum(path.stat().st_size for path in files) / 1024
    return [at_most(f"{len(files)} scripts and styles, all pages together", whole, "KiB", 150)]


def paint(room: Room, extent: Extent) -> list[Figure]:
    """How soon the first page is there, with an empty cache."""
    progress("first paint")
    found = first_paint(room, extent.loads)
    return [
        at_most(f"first contentful paint of /, {len(found)} loads, empty cache: worst", max(found), "ms",
                1000, f"{PEERS}; median {percentile(found, 50):.0f} ms"),
    ]  # fmt: skip


def press(room: Room, extent: Extent) -> list[Figure]:
    """From a press in a browser until that browser sees it on air."""
    progress(f"{extent.takes} takes in a browser")
    before = room.late
    found = presses(room, extent.takes)
    what = f"{len(found.on_air)} takes in Chromium"
    return [
        told(f"{what}, press to seen on air: p50", percentile(found.on_air, 50), "ms"),
        at_most(f"{what}: p95", percentile(found.on_air, 95), "ms", 250, f"worst {max(found.on_air):.0f} ms"),
        at_most(f"{what}: press until the button says so, worst", max(found.said), "ms", 200),
        _late(room, before, what),
    ]  # fmt: skip


def panels(room: Room, extent: Extent) -> list[Figure]:
    """Many open panels; what they cost."""
    progress(f"the program alone, {extent.watch_s} s")
    before = room.late
    alone, _ = _used(room, lambda: time.sleep(extent.watch_s))
    noise = room.late - before
    progress(f"{extent.panels} panels and {extent.viewers} viewers, {extent.watch_s} s")
    before = room.late
    seen, (air, panel) = None, (0.0, 0.0)

    def many() -> None:
        nonlocal seen
        seen = watched(room, extent.panels, extent.viewers, extent.watch_s)

    air, panel = _used(room, many)
    assert seen is not None
    what = f"{extent.panels} open panels and {extent.viewers} viewers, {extent.watch_s} s"
    return [
        _late(room, before, what),
        told("the program alone, as long: frames late on air", noise, "frames"),
        at_most(f"{what}: longest silence of any panel", max(seen.silences), "s", LOST,
                f"{seen.events / extent.watch_s / extent.panels:.1f} events a second each"),
        told(f"{what}: CPU of the program", air * 100, "% of a core", f"alone {alone * 100:.1f} %"),
        told(f"{what}: CPU of the panel", panel * 100, "% of a core"),
        told(f"{what}: memory of the panel", room.memory(), "MiB"),
    ]  # fmt: skip


def flood(room: Room, extent: Extent) -> list[Figure]:
    """More requests than anybody needs."""
    progress(f"{RATE} requests a second, {extent.flood_s} s")
    before = room.late
    found = flooded(room, RATE, extent.flood_s)
    what = f"{RATE} requests a second, {extent.flood_s} s"
    return [
        _late(room, before, what),
        told(f"{what}: answered", len(found) / extent.flood_s, "a second",
             f"p95 {percentile(found, 95) * 1000:.0f} ms"),
        *_afterwards(room, what),
    ]  # fmt: skip


def attack(room: Room, extent: Extent) -> list[Figure]:
    """Clients that behave badly, all at once."""
    progress(f"bad clients, {extent.attack_s} s")
    before, memory = room.late, room.memory()
    found = molested(room, silent=200, deaf=300, bodies=8, seconds=extent.attack_s)
    what = "200 endless heads, 300 readers that don't read, 8 times 50 MB"
    return [
        _late(room, before, what),
        at_most(f"{what}: others are answered within, p95", percentile(found, 95), "s", 1,
                f"{len(found)} answers, worst {max(found):.2f} s"),
        told(f"{what}: memory of the panel", room.memory(), "MiB", f"before {memory:.0f} MiB"),
        *_afterwards(room, what),
    ]  # fmt: skip


def _late(room: Room, before: int, what: str) -> Figure:
    """Frames that went out late meanwhile, and how busy the machine was: others may be at work on it."""
    load = f"load average {os.getloadavg()[0]:.1f}"
    return at_most(f"{what}: frames late on air", room.late - before, "frames", 0, load)


def _used(room: Room, work: Callable[[], None]) -> tuple[float, float]:
    """Cores that the program and the panel use meanwhile."""
    before, since = (room.air.process.cpu(), room.panel.cpu()), time.monotonic()
    work()
    passed = time.monotonic() - since
    return (
        (room.air.process.cpu() - before[0]) / passed,
        (room.panel.cpu() - before[1]) / passed,
    )


def _afterwards(room: Room, what: str) -> list[Figure]:
    """How soon the panel is itself again."""
    since = time.monotonic()
    with suppress(requests.RequestException):
        requests.get(f"{room.url}/api/board", headers=room.device, timeout=30).raise_for_status()
    return [at_most(f"{what}: the next answer comes after", time.monotonic() - since, "s", 1)]


SUBJECTS: dict[str, Callable[[Room, Extent], list[Figure]]] = {
    "size": size,
    "paint": paint,
    "press": press,
    "panels": panels,
    "flood": flood,
    "attack": attack,
}


if __name__ == "__main__":
    sys.exit(run(__doc__, [*SUBJECTS], measure))
