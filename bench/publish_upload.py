"""How fast a clip goes up, beside `curl -T` of the same file to the same server."""

import json
import secrets
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from publish_event import film
from report import Figure, at_least, missing, progress, told
from stage import CLOCK
from tube import Tube

from pipeline.publish import Publisher, Upload, publishing
from pipeline.publish.uploads import upload
from pipeline.settings import YouTube

MIB = 2**20
AT_LEAST = 0.8
CHUNKS_MIB = (8, 16, 32)
DEFAULT_MIB = YouTube().chunk_mib


def speed(folder: Path, mib: int, runs: int) -> list[Figure]:
    """Sends a file in turn by curl and by the product, which cuts it into chunks of each size."""
    what = f"upload of {mib} MiB on loopback, {runs} times each, in turn"
    if shutil.which("curl") is None:
        return [missing(what, "curl isn't installed (Debian: curl)")]
    tube, file = Tube(folder / "tube"), folder / "film.mp4"
    film(file, mib * MIB)
    with publishing(tube.settings("var"), CLOCK) as publisher:
        ways: dict[str, Callable[[], float]] = {"curl": partial(_by_curl, tube, file)}
        ways |= {str(chunk): partial(_by_us, publisher, file, chunk) for chunk in CHUNKS_MIB}
        taken = _in_turn(tube, ways, runs, what)
    tube.stop()
    speeds = {name: mib * MIB / 1e6 / median(seconds) for name, seconds in taken.items()}
    ours, peer = speeds.pop(str(DEFAULT_MIB)), speeds.pop("curl")
    against = f"curl -T {peer:.0f} MB/s, ours {ours:.0f} MB/s in chunks of {DEFAULT_MIB} MiB"
    return [
        at_least(f"{what}: throughput, median against median", ours / peer, "of curl's", AT_LEAST, against),
        *(
            told(f"the same in chunks of {chunk} MiB", found / peer, "of curl's", f"{found:.0f} MB/s")
            for chunk, found in speeds.items()
        ),
    ]  # fmt: skip


def _in_turn(
    tube: Tube, ways: dict[str, Callable[[], float]], runs: int, what: str
) -> dict[str, list[float]]:
    """Seconds by way; each run begins with another. The first run only warms all up."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    order = deque(ways)
    for run in range(runs + 1):
        for name in order:
            seconds = ways[name]()
            tube.empty()
            if run:
                taken[name].append(seconds)
        order.rotate(-1)
        progress(f"{what}: {run} of {runs}")
    return taken


def _by_curl(tube: Tube, file: Path) -> float:
    """Opening a session, and sending the file by curl's own count: without its start."""
    since = time.monotonic()
    session = tube.open_session(file)
    opening = time.monotonic() - since
    argv = ["curl", "-sS", "--fail-with-body", "-T", str(file), "-w", "%{stderr}%{time_total}"]
    argv += ["-H", f"Authorization: {tube.headers['Authorization']}", session]
    said = subprocess.run(argv, capture_output=True, text=True, check=True)
    json.loads(said.stdout)["id"]  # it has become a video
    return opening + float(said.stderr)


def _by_us(publisher: Publisher, file: Path, chunk_mib: int) -> float:
    """All that the product does for it: session, ledger, quota, chunks."""
    clip = Upload(file, secrets.token_hex(32), "Dua hari", "Pameran.", chunk_mib=chunk_mib)
    since = time.monotonic()
    upload(publisher.api, publisher.ledger, publisher.clock, clip)
    return time.monotonic() - since
