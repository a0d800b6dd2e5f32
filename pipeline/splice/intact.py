"""A file's bytes as they are read, refused from where MPEG-TS packets are missing, doubled or broken.

FFmpeg tells of such places too late, and not at all in the first picture. Knows no pictures.
"""

from typing import BinaryIO

PACKET = 188


class Intact:
    """Reads like the file it is given, and closes it; raises ValueError where that isn't intact.

    Each packet of a stream counts one more, modulo 16 (ISO/IEC 13818-1, 2.4.3.3): sixteen that are
    missing together go unnoticed.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._counts: dict[int, int] = {}
        self._rest = b""  # of a packet whose end is still to be read
        self._pass = 0  # bytes to the next packet
        self._broken = False

    def read(self, size: int) -> bytes:
        data = b"" if self._broken else self._file.read(size)
        lead = min(self._pass, len(data))
        self._pass -= lead
        block = self._rest + data[lead:]
        good = self._good(block)
        if len(block) - good >= PACKET:  # what is before comes out first
            self._broken = True
            data = data[: max(0, good - len(self._rest)) + lead]
        self._rest = block[good:]
        if not data and self._rest:
            raise ValueError("packets are missing or broken")
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        at = self._file.seek(offset, whence)
        self._counts.clear()
        self._rest, self._pass, self._broken = b"", -at % PACKET, False
        return at

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()

    def _good(self, block: bytes) -> int:
        """How many bytes of a block are intact packets."""
        for at in range(0, len(block) - PACKET + 1, PACKET):
            sync, high, low, control = block[at : at + 4]
            pid = (high & 0x1F) << 8 | low
            count = control & 0x0F
            before = self._counts.get(pid)
            has_payload = control >> 4 & 1
            if sync != 0x47 or high & 0x80:
                return at
            if before is not None and count != (before + has_payload) & 0x0F:
                return at
            self._counts[pid] = count
        return len(block) // PACKET * PACKET
