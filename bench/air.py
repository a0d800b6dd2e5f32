"""Measures playout: cost, takes, seams, recovery, memory. `python bench/air.py [--json] [--quick]`.

Peers run in the same call on the same footage. Exit status 0 when every goal holds, 1 otherwise.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from air_cost import one_program, ten_channels
from air_memory import memory
from air_recovery import recovery
from air_takes import takes
from processes import end_all
from report import Figure, machine, missing, progress, table
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


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="a JSON list on standard output")
    options.add_argument("--quick", action="store_true", help="shorter, and rougher")
    options.add_argument("--only", choices=SUBJECTS, action="append", help="not all of it")
    chosen = options.parse_args()
    wanted = chosen.only or SUBJECTS
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left running
    with tempfile.TemporaryDirectory(prefix="tayang-bench-") as folder:
        try:
            figures = measure(Path(folder), QUICK if chosen.quick else FULL, wanted)
        finally:
            end_all()
    if chosen.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=1, ensure_ascii=False))
    else:
        rough = "Rough figures (--quick). " if chosen.quick else ""
        print(f"{rough}{machine()}\n\n{table(figures)}")
    return 0 if all(figure.ok is not False for figure in figures) else 1


def measure(folder: Path, extent: Extent, wanted: Sequence[str]) -> list[Figure]:
    """Every figure that is wanted, or why there is none."""
    figures: list[Figure] = []
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
    progress("done")
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
    sys.exit(main())
