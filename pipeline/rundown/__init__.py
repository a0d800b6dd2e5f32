"""The organisers' plan: a workbook or its YAML form becomes a Rundown, or every fault in it.

Comes first in the line, so it knows no pictures, no program and no network.
"""

from pipeline.rundown.changes import Change, changes, keep_ids
from pipeline.rundown.contacts import whatsapp_link
from pipeline.rundown.edit import (
    NO_TRUTH,
    Edit,
    Late,
    Move,
    Remove,
    Resize,
    Restart,
    Retime,
    Retitle,
    edited,
    ids_of,
    touched,
    under_ids,
)
from pipeline.rundown.model import Item, Kind, Product, Rundown, Session, Stand, StartMode
from pipeline.rundown.money import rupiah
from pipeline.rundown.reading import Reading, read_rundown
from pipeline.rundown.tabled import item_at
from pipeline.rundown.timeline import Hole, Planned, holes, plan
from pipeline.rundown.yamlform import dump_yaml

__all__ = [
    "NO_TRUTH",
    "Change",
    "Edit",
    "Hole",
    "Item",
    "Kind",
    "Late",
    "Move",
    "Planned",
    "Product",
    "Reading",
    "Remove",
    "Resize",
    "Restart",
    "Retime",
    "Retitle",
    "Rundown",
    "Session",
    "Stand",
    "StartMode",
    "changes",
    "dump_yaml",
    "edited",
    "holes",
    "ids_of",
    "item_at",
    "keep_ids",
    "plan",
    "read_rundown",
    "rupiah",
    "touched",
    "under_ids",
    "whatsapp_link",
]
