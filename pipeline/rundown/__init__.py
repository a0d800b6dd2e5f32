"""The organisers' plan: a workbook or its YAML form becomes a Rundown, or every fault in it.

Comes first in the line, so it knows no pictures, no program and no network.
"""

from pipeline.rundown.changes import Change, changes, keep_ids
from pipeline.rundown.contacts import whatsapp_link
from pipeline.rundown.model import Item, Kind, Product, Rundown, Session, Stand, StartMode
from pipeline.rundown.money import rupiah
from pipeline.rundown.reading import Reading, read_rundown
from pipeline.rundown.timeline import Hole, Planned, holes, plan
from pipeline.rundown.yamlform import dump_yaml

__all__ = [
    "Change",
    "Hole",
    "Item",
    "Kind",
    "Planned",
    "Product",
    "Reading",
    "Rundown",
    "Session",
    "Stand",
    "StartMode",
    "changes",
    "dump_yaml",
    "holes",
    "keep_ids",
    "plan",
    "read_rundown",
    "rupiah",
    "whatsapp_link",
]
