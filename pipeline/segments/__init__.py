"""Segments: composes items into the house format, and joins their packets without a seam.

An item, its stand and the drawn pictures come in; files whose packets can be spliced go out.
"""

from pipeline.segments.bed import PELOG, SLENDRO, Note, Samples, perform, write_wav
from pipeline.segments.check import MediaReport, check_media
from pipeline.segments.compose import Composer, Segment
from pipeline.segments.house import house_digest
from pipeline.segments.plan import Next, Planner, SegmentPlan
from pipeline.segments.probe import Footage, Photo, footage, media_path, photo, photo_png
from pipeline.segments.session import BEFORE, session_plans

__all__ = [
    "BEFORE",
    "PELOG",
    "SLENDRO",
    "Composer",
    "Footage",
    "MediaReport",
    "Next",
    "Note",
    "Photo",
    "Planner",
    "Samples",
    "Segment",
    "SegmentPlan",
    "check_media",
    "footage",
    "house_digest",
    "media_path",
    "perform",
    "photo",
    "photo_png",
    "session_plans",
    "write_wav",
]
