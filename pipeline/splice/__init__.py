"""Splicing: coded pictures and sounds in and out of MPEG-TS, and the time stamps that join them seamlessly.

Nothing here decodes or encodes; knows no item, no clock and no destination.
"""

from pipeline.splice.intact import Intact
from pipeline.splice.join import SILENCE, Picture, Stamp, Timeline
from pipeline.splice.packets import SegmentReader, TransportWriter

__all__ = ["SILENCE", "Intact", "Picture", "SegmentReader", "Stamp", "Timeline", "TransportWriter"]
