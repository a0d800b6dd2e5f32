"""Measures uploads and planning for YouTube. `python bench/publish.py [--json] [--quick]`.

YouTube is the emulator, in a process of its own. Exit status 0 when every goal holds, 1 otherwise.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from command import run
from publish_memory import memory
from publish_plan import planning
from publish_upload import speed
from report import Figure


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    upload_mib: int
    uploads: int
    plans: int


FULL = Extent(upload_mib=512, uploads=15, plans=20)
QUICK = Extent(upload_mib=256, uploads=5, plans=3)


def measure(folder: Path, quick: bool, wanted: list[str]) -> list[Figure]:
    """Every figure that is wanted."""
    extent = QUICK if quick else FULL
    return [one for name in wanted for one in SUBJECTS[name](folder / name, extent)]


SUBJECTS: dict[str, Callable[[Path, Extent], list[Figure]]] = {
    "upload": lambda folder, extent: speed(folder, extent.upload_mib, extent.uploads),
    "memory": lambda folder, extent: memory(folder),
    "plan": lambda folder, extent: planning(folder, extent.plans),
}


if __name__ == "__main__":
    sys.exit(run(__doc__, [*SUBJECTS], measure))
