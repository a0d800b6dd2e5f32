"""The shipped event's media: product pictures and short videos in batik, drawn on first use.

A rundown and a folder come in, the files that it refers to are there afterwards.
"""

from pipeline.sample.draw import draw_media

__all__ = ["draw_media"]
