"""A Rundown back into the tables that it could have been read from, each place named after its item; pure.

So what was changed by hand goes through the same parse, and has the same faults, as a workbook.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.rundown.cells import Cell, Row, Table, Tables
from pipeline.rundown.labels import HEADERS
from pipeline.rundown.model import Rundown
from pipeline.rundown.yamlform import item_values, stand_values


def tables_of_rundown(rundown: Rundown) -> Tables:
    """Parsed again they give an equal rundown, but for the ids of its items."""
    stands, products = [], []
    for stand in rundown.stands:
        values = stand_values(stand)
        own = [{"stand": stand.number, **product} for product in values.pop("products", ())]
        stands.append(_row("stands", f"Stand {stand.number}", values))
        products += [_row("products", f"Stand {stand.number}", product) for product in own]
    items = [
        _row("items", item.id, {"date": session.id, **item_values(item)})
        for session in rundown.sessions
        for item in session.items
    ]
    return Tables(*(_table(kind, rows) for kind, rows in _kinds(stands, products, items)))


def place_of(item: str, field: str) -> str:
    """Where a field of an item stands: `1-04, Jam`."""
    return f"{item}, {HEADERS['items'][field][0]}"


def item_at(where: str) -> str:
    """The item that such a place is of."""
    return where.partition(", ")[0]


def _kinds(*rows: list[Row]) -> Iterator[tuple[str, list[Row]]]:
    return zip(("stands", "products", "items"), rows, strict=True)


def _table(kind: str, rows: list[Row]) -> Table:
    return Table(kind, kind, frozenset(HEADERS[kind]), tuple(rows))


def _row(kind: str, place: str, values: Mapping[str, Any]) -> Row:
    names = HEADERS[kind]
    places = {field: f"{place}, {labels[0]}" for field, labels in names.items()}
    places[next(iter(names))] = place  # where the row begins
    cells = {field: Cell(str(value), places[field]) for field, value in values.items()}
    return Row(cells, places)
