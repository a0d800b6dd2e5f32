"""Whether what was made is whole and in the house format: a file comes in, and a ToolError if it isn't.

The parameter sets of the first thing made are kept in the store; all that is made later has the same.
"""

import tempfile
from pathlib import Path

from pipeline.errors import ToolError
from pipeline.segments.house import house_digest
from pipeline.settings import House
from pipeline.splice import SegmentReader


def check_made(path: Path, frames: int, store: Path, house: House) -> None:
    """A file has exactly its frames, and the parameter sets of everything made before it."""
    with SegmentReader(path, house.rate, sounds=False) as reader:
        extradata = reader.extradata
        found = 0
        while reader.picture() is not None:
            found += 1
    standard = store / f"house-{house_digest(house)[:16]}.bin"
    if not standard.exists():
        write_aside(standard, extradata)
    if found != frames or standard.read_bytes() != extradata:
        raise ToolError("ffmpeg", 0, f"{found} frames instead of {frames}, or not house format")


def write_aside(path: Path, data: bytes) -> None:
    """Writes a file that is there only when it is whole."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".meta-") as folder:
        (Path(folder) / "whole").write_bytes(data)
        (Path(folder) / "whole").rename(path)
