"""The bytes of an upload as they come: written one behind the other, and hashed on the way.

Blocks come in, a file and its SHA-256 go out; memory holds no more than one. It must not know
HTTP or sessions.
"""

import hashlib
from pathlib import Path

BLOCK = 1 << 20


class Arriving:
    """One file that grows; what was there before (the emulator was restarted) is hashed first."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._digest = hashlib.sha256()
        self._hashed = 0

    def append(self, block: bytes) -> None:
        """Writes a block to the end: it outlives this process when this returns."""
        self._catch_up()
        with self.file.open("ab") as out:
            out.write(block)
        self._digest.update(block)
        self._hashed += len(block)

    def sha256(self) -> str:
        """Of all that is in the file."""
        self._catch_up()
        return self._digest.hexdigest()

    def _catch_up(self) -> None:
        held = self.file.stat().st_size if self.file.exists() else 0
        if held < self._hashed:  # it was cut back to whole grains
            self._digest, self._hashed = hashlib.sha256(), 0
        if held > self._hashed:
            with self.file.open("rb") as file:
                file.seek(self._hashed)
                while block := file.read(BLOCK):
                    self._digest.update(block)
            self._hashed = held
