"""A picture of this room: SVG and a place in the frame; pixels are made only when they are asked for.

So `check` can hear every warning of a rundown without drawing one card.
"""

from dataclasses import dataclass
from functools import cached_property

from pipeline.errors import Fault
from pipeline.overlays import picture
from pipeline.overlays.raster import rasterize

THUMBNAIL_BYTES = 2_000_000
"""https://support.google.com/youtube/answer/72431: less than 2 MB."""


@dataclass(frozen=True)
class Drawn:
    """A picture and its place in the frame, in pixels; `warnings` say what it could not show.

    `scale` is pixels to a design pixel, `template` the file to blame, `under` an image below it all.
    """

    svg: str
    scale: float
    template: str
    x: int
    y: int
    width: int
    height: int
    warnings: tuple[Fault, ...] = ()
    under: bytes | None = None

    @cached_property
    def png(self) -> bytes:
        """PNG bytes; OutsideError when the SVG or the image below can't be drawn."""
        png = rasterize(self.svg, self.scale, self.template)
        return png if self.under is None else picture.over(self.under, png)

    def on_frame(self, width: int, height: int) -> bytes:
        """The same at its place in a transparent frame, as PNG."""
        return picture.on_frame(self.png, (self.x, self.y), (width, height))

    def jpeg(self, limit: int = THUMBNAIL_BYTES) -> bytes:
        """The same as JPEG of fewer than `limit` bytes; transparency becomes black."""
        return picture.jpeg(self.png, limit)
