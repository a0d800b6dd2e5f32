"""The rundown's versions: what holds, what was changed by hand since the workbook, by whom, and undo."""

from pipeline.versions.store import Versions
from pipeline.versions.values import Clash, Conflict, Preview, Record, Told, Version

__all__ = ["Clash", "Conflict", "Preview", "Record", "Told", "Version", "Versions"]
