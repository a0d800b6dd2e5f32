"""What was measured, and on what machine: as JSON, or as the Markdown table of the README."""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.tools import find_ffmpeg


@dataclass(frozen=True)
class Figure:
    """One result. `goal` None: only told; `ok` None: there is no goal. `against` names a peer or a
    circumstance; `value` None: it could not be measured, `against` says why."""

    figure: str
    value: float | None
    unit: str
    goal: str | None = None
    ok: bool | None = None
    against: str | None = None


def told(figure: str, value: float, unit: str, against: str | None = None) -> Figure:
    return Figure(figure, _rounded(value), unit, against=against)


def at_most(
    figure: str, value: float, unit: str, goal: float, against: str | None = None
) -> Figure:
    return Figure(figure, _rounded(value), unit, f"<= {goal:g}", value <= goal, against)


def at_least(
    figure: str, value: float, unit: str, goal: float, against: str | None = None
) -> Figure:
    return Figure(figure, _rounded(value), unit, f">= {goal:g}", value >= goal, against)


def missing(figure: str, why: str) -> Figure:
    return Figure(figure, None, "", "measured", False, why)


def progress(text: str) -> None:
    """For whoever waits; standard output is the result's."""
    load = os.getloadavg()[0]
    print(f"[load {load:4.2f}] {text}", file=sys.stderr, flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all don't exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__int__() - 1)]


def machine() -> str:
    """One line about where this ran."""
    cpu = platform.processor() or "?"
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    if found:
        cpu = " ".join(found[1].split())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{cpu}, {os.cpu_count()} cores, {memory:.0f} GiB; {platform.system()} {platform.release()}; "
        f"Python {platform.python_version()}; ffmpeg {ffmpeg_version()}"
    )


def ffmpeg_version() -> str:
    said = subprocess.run([find_ffmpeg(), "-version"], capture_output=True, text=True, check=True)
    return said.stdout.split()[2].split("-")[0]


def table(figures: Sequence[Figure]) -> str:
    """Markdown."""
    rows = ["| figure | value | goal | against |", "| --- | ---: | --- | --- |"]
    for each in figures:
        value = "not measured" if each.value is None else f"{each.value:g} {each.unit}".strip()
        goal = "" if each.goal is None else f"{each.goal} {'✓' if each.ok else '**missed**'}"
        rows.append(f"| {each.figure} | {value} | {goal} | {each.against or ''} |")
    return "\n".join(rows)


def _rounded(value: float) -> float:
    """Three digits that count, but whole numbers whole."""
    return float(f"{value:.3g}") if abs(value) < 1000 else round(value)
