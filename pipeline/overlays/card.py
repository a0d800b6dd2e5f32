"""What a template may see: frozen values whose texts are already fitted, in design pixels.

The design is 1280x720; a frame of another shape is wider or taller in the same units. Pure.
"""

import math
from dataclasses import dataclass

from pipeline.overlays.fit import Block
from pipeline.overlays.qr import Code

DESIGN = (1280, 720)

SAFE = 0.05
"""Each side's share that graphics keep free: EBU R 95, "Safe areas for 16:9 television production",
graphics safe area: https://tech.ebu.ch/docs/r/r095.pdf"""

GAP, PANEL, PLATE = 20, 432, 144
"""Of a product page: between its parts, width of the card, height of the stand's plate."""


def scale(width: int, height: int) -> float:
    """Real pixels to a design pixel."""
    return min(width / DESIGN[0], height / DESIGN[1])


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in design pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Frame:
    """The whole picture, its safe area, and the parts of a product page in it."""

    width: float
    height: float
    safe: Box
    window: Box
    plate: Box
    panel: Box


@dataclass(frozen=True, slots=True)
class LowerThird:
    """A name and what is known of it; `number` is the stand's, if it is one's."""

    name: Block
    detail: Block
    number: Block | None


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product, its price, and the way to it: a QR code, or the stand's number."""

    stand: Block
    product: Block
    note: Block
    price: Block
    code: Code | None
    call: Block
    call_beside: Block
    address: Block
    number: Block


@dataclass(frozen=True, slots=True)
class Slate:
    """A holding picture: what it says, where we are, what comes next and when; else a website."""

    event: Block
    place: Block
    title: Block
    label: Block
    next: Block | None
    time_label: Block
    time: Block | None
    website: Block


@dataclass(frozen=True, slots=True)
class Bug:
    """The event's short name for the corner."""

    label: Block


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The texts over a clip's frame."""

    event: Block
    title: Block
    subtitle: Block


def title_safe(width: int, height: int) -> tuple[int, int, int, int]:
    """The graphics safe area of a frame, as even pixels: left, top, right, bottom."""
    left, top = even(width * SAFE), even(height * SAFE)
    return left, top, width - left, height - top


def even(value: float) -> int:
    """The next even number of pixels: 4:2:0 video has colour for every second one only."""
    return math.ceil(value / 2 - 1e-9) * 2


def frame(width: int, height: int) -> Frame:
    """The picture of that many pixels, divided as a product page is: window, plate below, panel."""
    factor = scale(width, height)
    across, down = width / factor, height / factor
    left, top, right, bottom = title_safe(width, height)
    safe = Box(left / factor, top / factor, (right - left) / factor, (bottom - top) / factor)
    panel = Box(safe.right - PANEL, safe.y, PANEL, safe.height)
    window_width = safe.width - PANEL - GAP
    window = Box(safe.x, safe.y, window_width, safe.height - PLATE - GAP)
    plate = Box(safe.x, window.bottom + GAP, window_width, PLATE)
    return Frame(across, down, safe, window, plate, panel)
