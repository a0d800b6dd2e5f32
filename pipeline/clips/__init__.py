"""Clips: one per airing, cut out of the program log by copying packets."""

from pipeline.clips.cut import Clip, cut
from pipeline.clips.pick import file_name, worth_a_clip
from pipeline.clips.still import made_of, still

__all__ = ["Clip", "cut", "file_name", "made_of", "still", "worth_a_clip"]
