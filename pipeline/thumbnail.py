"""Thumbnails: the theme's picture over the best photo that there is. JPEG under 2 MB.

Clips, stands and sessions come in, a `Picture` goes out, which is drawn only when it is to be set.
"""

import contextlib
import hashlib
from functools import partial
from pathlib import Path

from pipeline.clips import Clip, still
from pipeline.errors import InputFaults
from pipeline.overlays import THUMBNAIL, Painter
from pipeline.publish import Picture
from pipeline.rundown import Stand
from pipeline.segments import photo_png
from pipeline.settings import Settings


def of_clip(painter: Painter, media: Path, clip: Clip, stand: Stand | None) -> Picture:
    """Named after the stand, or after what aired when it was about none."""
    title, subtitle = (clip.title, "") if stand is None else (stand.name, _besides(clip, stand))
    photos = [product.photo for product in stand.products if product.photo] if stand else []
    key = _key(painter, title, subtitle, clip.sha256, *map(str, photos))
    return Picture(key, partial(_draw_clip, painter, media, clip, title, subtitle, photos))


def _besides(clip: Clip, stand: Stand) -> str:
    """The clip's title without the stand's name, which stands above it."""
    return clip.title.replace(stand.name, "").strip(" ·:,-")


def of_session(settings: Settings, painter: Painter, title: str) -> Picture:
    """The slate with the event and, as its title, the day."""

    def draw() -> bytes:
        width, height = THUMBNAIL
        house = settings.house.model_copy(update={"width": width, "height": height})
        large = Painter(settings.overlays, house, settings.event)
        return large.slate(title, None, None).jpeg()

    return Picture(_key(painter, title), draw)


def _key(painter: Painter, *words: str) -> str:
    """Another one when the picture would be another."""
    return hashlib.sha256("\0".join([painter.digest, *words]).encode()).hexdigest()[:16]


def _draw_clip(
    painter: Painter, media: Path, clip: Clip, title: str, subtitle: str, photos: list[str]
) -> bytes:
    return painter.thumbnail(title, subtitle, _photo(media, clip, photos)).jpeg()


def _photo(media: Path, clip: Clip, photos: list[str]) -> bytes:
    """The stand's own photo, since a frame of the clip has writing of its own. PNG."""
    for photo in photos:
        with contextlib.suppress(InputFaults):  # `check` tells of it; the next may be good
            return photo_png(media, photo, *THUMBNAIL)
    return still(clip.path, clip.frames // 2)
