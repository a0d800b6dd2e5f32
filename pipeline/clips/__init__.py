"""Clips: one per airing, cut out of the program log by copying packets."""

from pipeline.clips.cut import Clip, cut
from pipeline.clips.known import About, Known
from pipeline.clips.pick import file_name, worth_a_clip
from pipeline.clips.still import still

__all__ = ["About", "Clip", "Known", "cut", "file_name", "still", "worth_a_clip"]
