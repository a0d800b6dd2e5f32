"""Air: plays a session's segments out on the clock, into the program log and the journal beside it."""

from pipeline.air.control import ask
from pipeline.air.digest import PictureDigest
from pipeline.air.inserts import LATE, Inserted, inserted
from pipeline.air.journal import (
    JOURNAL,
    Airing,
    Journal,
    Line,
    airings,
    check_chain,
    read_journal,
)
from pipeline.air.monitor import Monitor, OffAir, View
from pipeline.air.onair import Result, play
from pipeline.air.player import Player
from pipeline.air.recall import aired, recall, would_be_on
from pipeline.air.session import SHEET, Session, Sheet, read_sheet, write_sheet
from pipeline.air.spans import Recording, Span, recordings, union, unrecorded, within
from pipeline.air.tail import Tail

__all__ = [
    "JOURNAL",
    "LATE",
    "SHEET",
    "Airing",
    "Inserted",
    "Journal",
    "Line",
    "Monitor",
    "OffAir",
    "PictureDigest",
    "Player",
    "Recording",
    "Result",
    "Session",
    "Sheet",
    "Span",
    "Tail",
    "View",
    "aired",
    "airings",
    "ask",
    "check_chain",
    "inserted",
    "play",
    "read_journal",
    "read_sheet",
    "recall",
    "recordings",
    "union",
    "unrecorded",
    "within",
    "would_be_on",
    "write_sheet",
]
