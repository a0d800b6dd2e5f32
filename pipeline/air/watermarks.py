"""What each destination has accepted so far, beside the journal, for the case that air is killed.

In place and in one write, which a kill can't tear; a power cut may, and then nothing is known.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

WATERMARKS = "delivered.json"
SIZE = 4096
"""From the first write on the file has its room on disk, also when that is full later."""
Connection = tuple[str, int]
"""A destination's name, and the first frame that it was sent."""


def keep_watermarks(folder: Path, accepted: Mapping[Connection, int]) -> None:
    """Writes down how many frames were accepted over each connection, if the disk takes it."""
    marks = [[name, first, frames] for (name, first), frames in accepted.items()]
    with contextlib.suppress(OSError):
        descriptor = os.open(folder / WATERMARKS, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(descriptor, json.dumps(marks).encode().ljust(SIZE), 0)
        finally:
            os.close(descriptor)


def read_watermarks(folder: Path) -> dict[Connection, int]:
    """What was written down last; nothing when it can't be read."""
    with contextlib.suppress(OSError, ValueError):
        text = (folder / WATERMARKS).read_text()
        marks, _ = json.JSONDecoder().raw_decode(text)  # the rest is of a longer one before it
        return {(name, first): frames for name, first, frames in marks}
    return {}
