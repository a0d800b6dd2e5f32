"""A link becomes the path of a QR code whose modules fall on whole pixels; knows only segno."""

from dataclasses import dataclass

import segno

QUIET_ZONE = 4
"""Empty modules around a QR code (ISO/IEC 18004:2015, 9.1)."""


@dataclass(frozen=True, slots=True)
class Code:
    """Path data in modules, quiet zone included; `side` modules a side, each `module` units."""

    outline: str
    side: int
    module: float

    @property
    def size(self) -> float:
        """The side of the whole code, in design pixels."""
        return self.side * self.module


def qr_code(link: str, room: float, scale: float) -> Code:
    """The code of `link` in at most `room` design pixels, `scale` real pixels to a design pixel.

    Error correction M at least: a stream is compressed on its way to the viewer.
    """
    code = segno.make_qr(link, error="m", boost_error=True)
    side = code.symbol_size(border=QUIET_ZONE)[0]
    pixels = max(int(room * scale / side), 1)
    rows = code.matrix_iter(border=QUIET_ZONE)
    outline = "".join(
        f"M{x} {y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
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
