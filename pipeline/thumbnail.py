"""A clip's thumbnail: the theme's picture over the best photo that there is. JPEG under 2 MB."""

import contextlib
from pathlib import Path

from pipeline.clips import Clip, still
from pipeline.errors import InputFaults
from pipeline.overlays import THUMBNAIL, Painter
from pipeline.rundown import Stand
from pipeline.segments import photo_png


def thumbnail(painter: Painter, media: Path, clip: Clip, stand: Stand | None) -> bytes:
    """Named after the stand, or after what aired when it was about none."""
    title, subtitle = (stand.name, clip.title) if stand else (clip.title, "")
    return painter.thumbnail(title, subtitle, _picture(media, clip, stand)).jpeg()


def _picture(media: Path, clip: Clip, stand: Stand | None) -> bytes:
    """The stand's own photo, since a frame of the clip has writing of its own. PNG."""
    for product in stand.products if stand else ():
        with contextlib.suppress(InputFaults):  # `check` tells of it; the next may be good
            if product.photo:
                return photo_png(media, product.photo, *THUMBNAIL)
    return still(clip.path, clip.frames // 2)
