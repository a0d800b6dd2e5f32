"""What clips' files tell, kept beside them: a file is read again only when it has changed.

A folder comes in, an `About` for each of its clips goes out. It must not know airings.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from pipeline.clips.still import frames_of, made_of

FILE = ".known.json"


class About(NamedTuple):
    """What a clip was cut from, how many frames it has, and the SHA-256 (hex) of its file."""

    of: str
    frames: int
    sha256: str


class Known:
    """What is known of the clips in one folder. `keep` writes it down for the next time."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._changed = False
        self._known: dict[str, tuple[list[int], About]] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):  # asked anew
            for name, (stat, about) in json.loads(self._file.read_text(encoding="utf-8")).items():
                self._known[name] = (stat, About(*about))

    def of(self, path: Path) -> About | None:
        """None when there is no such clip, or it isn't whole."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        stat = [found.st_size, found.st_mtime_ns, found.st_ino]
        there = self._known.get(path.name)
        if there is None or there[0] != stat:
            of = made_of(path)
            if of is None:
                return None
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            there = self._known[path.name] = (stat, About(of, frames_of(path), digest))
            self._changed = True
        return there[1]

    def keep(self) -> None:
        """Replaces the file in one step. That it can't be written costs time only."""
        if not self._changed:
            return
        with contextlib.suppress(OSError):
            descriptor, name = tempfile.mkstemp(dir=self._file.parent, prefix=".known-")
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(self._known, file)
            Path(name).replace(self._file)
