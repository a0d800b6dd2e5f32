"""Clips: one per airing, cut out of the program log by copying packets."""

from pipeline.clips.cut import Clip, cut
from pipeline.clips.pick import worth_a_clip

__all__ = ["Clip", "cut", "worth_a_clip"]
