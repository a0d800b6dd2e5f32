"""Air: plays a session's segments out on the clock, into the program log and the journal beside it."""

from pipeline.air.journal import (
    JOURNAL,
    Airing,
    Journal,
    Line,
    airings,
    check_chain,
    read_journal,
)
from pipeline.air.onair import Result, play
from pipeline.air.player import Player, Session

__all__ = [
    "JOURNAL",
    "Airing",
    "Journal",
    "Line",
    "Player",
    "Result",
    "Session",
    "airings",
    "check_chain",
    "play",
    "read_journal",
]
