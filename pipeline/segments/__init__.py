"""Segments: composes items into the house format, and joins their packets without a seam.

An item, its stand and the drawn pictures come in; files whose packets can be spliced go out.
"""

from pipeline.segments.bed import PELOG, SLENDRO, Note, Samples, perform, write_wav
from pipeline.segments.check import MediaReport, check_media
from pipeline.segments.compose import Composer, Segment
from pipeline.segments.graph import MOVE
from pipeline.segments.house import house_digest
from pipeline.segments.insert import (
    INSERTS,
    Clean,
    Inserter,
    InsertPlan,
    Joints,
    joints,
    split,
    without,
)
from pipeline.segments.plan import LOWER_THIRD_FOR, Cue, Next, Planner, SegmentPlan
from pipeline.segments.probe import Footage, Photo, footage, media_path, photo, photo_png
from pipeline.segments.runs import Runs
from pipeline.segments.session import BEFORE, session_plans

__all__ = [
    "BEFORE",
    "INSERTS",
    "LOWER_THIRD_FOR",
    "MOVE",
    "PELOG",
    "SLENDRO",
    "Clean",
    "Composer",
    "Cue",
    "Footage",
    "InsertPlan",
    "Inserter",
    "Joints",
    "MediaReport",
    "Next",
    "Note",
    "Photo",
    "Planner",
    "Runs",
    "Samples",
    "Segment",
    "SegmentPlan",
    "check_media",
    "footage",
    "house_digest",
    "joints",
    "media_path",
    "perform",
    "photo",
    "photo_png",
    "session_plans",
    "split",
    "without",
    "write_wav",
]
