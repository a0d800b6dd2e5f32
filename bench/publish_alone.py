"""Publishes one file in a process of its own, which says what memory it held before and at most.

`publish_alone.py SETTINGS FILE MODULE`: with `MODULE` loaded too, unless that is empty.
"""

import importlib
import json
import re
import secrets
import sys
from pathlib import Path

from pipeline.clock import SystemClock
from pipeline.publish import Upload, Wanted, publishing
from pipeline.settings import read_settings


def main(settings_file: str, file: str, module: str) -> None:
    if module:
        importlib.import_module(module)
    settings = read_settings(Path(settings_file))
    chunk = settings.youtube.chunk_mib
    clip = Upload(Path(file), secrets.token_hex(32), "Dua hari", "Pameran.", chunk_mib=chunk)
    with publishing(settings, SystemClock()) as publisher:
        before = _mb("VmRSS")
        done = publisher.publish(Wanted(clips=(clip,)))
    if done.faults:
        raise RuntimeError(str(done.faults))
    json.dump({"before": before, "most": _mb("VmHWM")}, sys.stdout)


def _mb(name: str) -> float:
    """Megabytes of a figure that the kernel keeps of us: getrusage counts what our parent held."""
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024 / 1e6


if __name__ == "__main__":
    main(*sys.argv[1:])
