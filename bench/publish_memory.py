"""What memory publishing a large file takes, by the account of the process that does it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from publish_event import film
from publish_upload import CHUNKS_MIB, DEFAULT_MIB
from report import Figure, at_most, progress, told
from tube import Tube

SIZE = 2 * 10**9
MOST_MB = 100
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Held:
    """MB of memory: when there was only the publisher, and at most."""

    before: float
    most: float


def memory(folder: Path) -> list[Figure]:
    """Publishes a file of 2 GB in chunks of each size, by the publisher alone and with all of Tayang."""
    tube, file = Tube(folder / "tube"), folder / "film.mp4"
    film(file, SIZE)

    def held(chunk_mib: int, also: str = "") -> Held:
        progress(f"2 GB in chunks of {chunk_mib} MiB {also}")
        settings = tube.settings(f"var{chunk_mib}{also}", chunk_mib).file
        argv = [sys.executable, str(HERE / "publish_alone.py"), str(settings), str(file), also]
        said = subprocess.run(argv, stdout=subprocess.PIPE, check=True)
        tube.empty()
        return Held(**json.loads(said.stdout))

    alone = {chunk: held(chunk) for chunk in CHUNKS_MIB}
    whole = held(DEFAULT_MIB, "pipeline.commands.after")
    tube.stop()
    ours = alone.pop(DEFAULT_MIB)
    what = f"publishing 2 GB in chunks of {DEFAULT_MIB} MiB: memory at most"
    return [
        at_most(what, ours.most, "MB", MOST_MB, f"{ours.before:.0f} MB before it began"),
        *(
            told(f"the same in chunks of {chunk} MiB", found.most, "MB", f"{found.before:.0f} MB before")
            for chunk, found in alone.items()
        ),
        told("the same with all modules of `tayang publish`: memory at most", whole.most, "MB",
             f"{whole.before:.0f} MB before it began"),
    ]  # fmt: skip
