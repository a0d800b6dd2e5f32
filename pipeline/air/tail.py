"""A journal while it is written, for another process: each whole line once, as it comes."""

import json
from pathlib import Path

from pipeline.air.journal import Line


class Tail:
    """The lines of one journal; it may not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0

    def new(self) -> list[Line]:
        """The lines since the last call. What can't be understood is left to `verify`."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                whole, end, _ = file.read().rpartition(b"\n")
        except OSError:
            return []
        self._at += len(whole) + len(end)
        lines: list[Line] = []
        for text in whole.split(b"\n") if whole else []:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict) and "event" in line:
                lines.append(line)
        return lines
