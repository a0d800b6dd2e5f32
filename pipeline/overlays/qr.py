"""A link becomes the path of a QR code whose modules fall on whole pixels; knows only segno."""

from dataclasses import dataclass
from functools import lru_cache

import segno

COARSE = 3
"""Pixels a module must have in the 1280x720 design, for a phone to read it off a stream."""


@dataclass(frozen=True, slots=True)
class Code:
    """Path data in modules, without the quiet zone; `side` modules a side, each `module` wide."""

    outline: str
    side: int
    module: float

    @property
    def size(self) -> float:
        """The side of the whole code, in design pixels."""
        return self.side * self.module


@lru_cache(maxsize=256)
def qr_code(link: str, room: float, scale: float) -> Code | None:
    """The code of `link` in at most `room` design pixels, `scale` real pixels to a design pixel.

    The template leaves the 4 empty modules around it (ISO/IEC 18004:2015, 9.1). Large modules
    survive a stream's compression better than much error correction in small ones, so it is the
    least that the size allows for free. None: the link is too long for a code that can be read.
    """
    try:
        code = segno.make_qr(link, error="l", boost_error=True)
    except segno.DataOverflowError:
        return None
    side = len(code.matrix)
    if room / side < COARSE:
        return None
    pixels = max(int(room * scale / side), 1)
    outline = "".join(
        f"M{x} {y}h{length}v1h-{length}z"
        for y, row in enumerate(code.matrix)
        for x, length in _dark_runs(bytes(row))
    )
    return Code(outline, side, pixels / scale)


def _dark_runs(row: bytes) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
