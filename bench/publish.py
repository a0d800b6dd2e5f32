"""Measures uploads and planning for YouTube. `python bench/publish.py [--json] [--quick]`.

YouTube is the emulator, in a process of its own. Exit status 0 when every goal holds, 1 otherwise.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from processes import end_all
from publish_memory import memory
from publish_plan import planning
from publish_upload import speed
from report import Figure, machine, progress, table


@dataclass(frozen=True)
class Extent:
    """How much is measured."""

    upload_mib: int
    uploads: int
    plans: int


FULL = Extent(upload_mib=512, uploads=15, plans=20)
QUICK = Extent(upload_mib=256, uploads=5, plans=3)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true", help="a JSON list on standard output")
    options.add_argument("--quick", action="store_true", help="shorter, and rougher")
    options.add_argument("--only", choices=SUBJECTS, action="append", help="not all of it")
    chosen = options.parse_args()
    wanted = chosen.only or list(SUBJECTS)
    extent = QUICK if chosen.quick else FULL
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left running
    with tempfile.TemporaryDirectory(prefix="tayang-bench-") as folder:
        try:
            figures = [
                one
                for name in SUBJECTS
                if name in wanted
                for one in SUBJECTS[name](Path(folder) / name, extent)
            ]
        finally:
            end_all()
    progress("done")
    if chosen.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=1, ensure_ascii=False))
    else:
        rough = "Rough figures (--quick). " if chosen.quick else ""
        print(f"{rough}{machine()}\n\n{table(figures)}")
    return 0 if all(figure.ok is not False for figure in figures) else 1


SUBJECTS: dict[str, Callable[[Path, Extent], list[Figure]]] = {
    "upload": lambda folder, extent: speed(folder, extent.upload_mib, extent.uploads),
    "memory": lambda folder, extent: memory(folder),
    "plan": lambda folder, extent: planning(folder, extent.plans),
}


if __name__ == "__main__":
    sys.exit(main())
