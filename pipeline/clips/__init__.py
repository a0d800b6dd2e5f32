"""Clips: one per airing, cut out of the program log by copying packets."""

from pipeline.clips.cut import Clip, cut
from pipeline.clips.pick import worth_a_clip
from pipeline.clips.still import still

__all__ = ["Clip", "cut", "still", "worth_a_clip"]
