"""Stands, products and titles become pictures of one batik family, in the house format's size.

Knows the rundown's values and a theme folder; knows no video, no clock and no network.
"""

from pipeline.overlays.card import title_safe
from pipeline.overlays.drawn import Drawn
from pipeline.overlays.painter import THUMBNAIL, Painter, photo_window

__all__ = ["THUMBNAIL", "Drawn", "Painter", "photo_window", "title_safe"]
