"""A file's bytes as they are read, up to where MPEG-TS packets are missing, doubled or broken.

FFmpeg tells of such places too late, and not at all in the first picture. Knows no pictures.
"""

from typing import BinaryIO

PACKET = 188


class Intact:
    """Reads like the file it is given and closes it; where that isn't intact, it is at an end.

    Each packet of a stream counts one more, modulo 16 (ISO/IEC 13818-1, 2.4.3.3): sixteen that are
    missing together go unnoticed.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._counts: dict[int, int] = {}
        self._lead = 0  # bytes to the next packet
        self._rest = b""  # a packet whose end is still to be read
        self._broken = False

    @property
    def broken(self) -> bool:
        """Whether it is at an end because of damage."""
        return self._broken

    def read(self, size: int) -> bytes:
        data = b"" if self._broken else self._file.read(size)
        lead = min(self._lead, len(data))
        self._lead -= lead
        block = self._rest + data[lead:]
        good = self._good(block)
        self._broken = len(block) - good >= PACKET or (not data and good < len(block))
        if self._broken:
            data = data[: max(0, lead + good - len(self._rest))]
        self._rest = block[good:]
        return data

    def seekable(self) -> bool:
        return self._file.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        at = self._file.seek(offset, whence)
        self._counts.clear()
        self._lead, self._rest, self._broken = -at % PACKET, b"", False
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
            has_payload = control >> 4 & 1
            count = control & 0x0F
            if sync != 0x47 or high & 0x80:
                return at
            if pid in self._counts and count != (self._counts[pid] + has_payload) & 0x0F:
                return at
            self._counts[pid] = count
        return len(block) // PACKET * PACKET
