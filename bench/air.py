"""Measures playout: cost, takes, seams, recovery, memory. `python bench/air.py [--json] [--quick]`.

Peers run in the same call on the same footage. Exit status 0 when every goal holds, 1 otherwise.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from air_cost import one_program, ten_channels
from air_memory import memory
from air_recovery import recovery
from air_takes import takes
from command import run
from report import Figure, missing
from server import lacking
from stage import SMALL, WHOLE_HOUSE, Stage, compose

SUBJECTS = ("cost", "ten", "takes", "recovery", "memory")


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    program_s: int
    together_s: int
    channels: int
    takes: int
    blows: int
    items: int


FULL = Extent(program_s=120, together_s=60, channels=5, takes=500, blows=10, items=2000)
QUICK = Extent(program_s=40, together_s=20, channels=4, takes=60, blows=3, items=250)


def measure(folder: Path, quick: bool, wanted: list[str]) -> list[Figure]:
    """Every figure that is wanted, or why there is none."""
    figures: list[Figure] = []
    extent = QUICK if quick else FULL
    at_server = [subject for subject in SUBJECTS if subject in wanted and subject != "memory"]
    why = lacking()
    if at_server and why is None:
        stage = compose(folder / "stage", WHOLE_HOUSE, (8, 8, 8), (12, 12, 12))
        for subject in at_server:
            figures += _of(subject)(stage, folder / subject, extent)
    elif why is not None:
        figures += [missing(subject, why) for subject in at_server]
    if "memory" in wanted:
        small = compose(folder / "small", SMALL, (), (14, 14, 14, 15, 15))
        figures += memory(small, folder / "memory", extent.items)
    return figures


def _of(subject: str) -> Callable[[Stage, Path, Extent], list[Figure]]:
    match subject:
        case "cost":
            return lambda stage, at, extent: one_program(stage, at, extent.program_s)
        case "ten":
            return lambda stage, at, extent: ten_channels(stage, at, extent.together_s)
        case "takes":
            return lambda stage, at, extent: takes(stage, at, extent.channels, extent.takes)
        case _:
            return lambda stage, at, extent: recovery(stage, at, extent.blows)


if __name__ == "__main__":
    sys.exit(run(__doc__, SUBJECTS, measure))
