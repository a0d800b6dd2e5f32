"""What every benchmark's command line is: options in, figures out, exit status 0 when every goal holds."""

import argparse
import json
import signal
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from processes import end_all
from report import Figure, machine, progress, table

Measure = Callable[[Path, bool, list[str]], list[Figure]]
"""Called with an empty folder, whether it shall be quick, and the subjects that are wanted, in order."""


def run(about: str | None, subjects: Sequence[str], measure: Measure) -> int:
    """Measures and prints: `[--json] [--quick] [--only SUBJECT]...`."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--json", action="store_true", help="a JSON list on standard output")
    options.add_argument("--quick", action="store_true", help="shorter, and rougher")
    options.add_argument("--only", choices=subjects, action="append", help="not all of it")
    chosen = options.parse_args()
    wanted = [subject for subject in subjects if subject in (chosen.only or subjects)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left running
    with tempfile.TemporaryDirectory(prefix="tayang-bench-") as folder:
        try:
            figures = measure(Path(folder), chosen.quick, wanted)
        finally:
            end_all()
    progress("done")
    if chosen.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=1, ensure_ascii=False))
    else:
        rough = "Rough figures (--quick). " if chosen.quick else ""
        print(f"{rough}{machine()}\n\n{table(figures)}")
    return 0 if all(figure.ok is not False for figure in figures) else 1
