"""Tables of cells become a Rundown, or every fault that they hold; pure, knows no file format.

A broken row doesn't hide the others, and isn't held against rows that refer to it.
"""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from pipeline.errors import Text
from pipeline.rundown.cells import Findings, Table, Tables
from pipeline.rundown.check import check
from pipeline.rundown.contacts import instagram_of, media_path_of, phone_of, shop_of
from pipeline.rundown.items import Known, read_sessions
from pipeline.rundown.model import Product, Rundown, Stand
from pipeline.rundown.moments import duration_of
from pipeline.rundown.money import price_of
from pipeline.rundown.rows import RowReader, nearest_number, stand_number_of


@dataclass(slots=True)
class _Stands:
    """Stands as read; `places` also holds the numbers of rows that are broken otherwise."""

    whole: list[Stand] = field(default_factory=list)
    places: dict[int, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    complete: bool = True


@dataclass(slots=True)
class _Products:
    """Products by stand; `numbers` also counts those of broken rows."""

    by_stand: dict[int, list[Product]] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    complete: bool = True


def parse(tables: Tables, zone: ZoneInfo, found: Findings) -> Rundown | None:
    """The rundown with its times in `zone`; None when `found` has faults, old or new."""
    stands = _read_stands(tables.stands, found)
    products = _read_products(tables.products, stands, found)
    known = Known(
        stands=stands.names if stands.complete else None,
        with_products=frozenset(products.numbers) if products.complete else None,
    )
    planned = read_sessions(tables.items, zone, known, found)
    if found.faults or planned is None:
        return None
    rundown = Rundown(
        stands=tuple(
            stand.model_copy(update={"products": tuple(products.by_stand.get(stand.number, ()))})
            for stand in sorted(stands.whole, key=lambda stand: stand.number)
        ),
        sessions=planned.sessions,
    )
    check(rundown, planned.places, stands.places, found)
    return rundown


def _read_stands(table: Table | None, found: Findings) -> _Stands:
    stands = _Stands(complete=table is not None)
    if table is None:
        return stands
    if not table.rows:
        found.fault(table.where, Text("belum ada stand", "there are no stands"))
    for row in table.rows:
        reader = RowReader(row, table, found)
        number = reader.take("number", stand_number_of, required=True)
        if number is None or number in stands.places:
            stands.complete = False  # this row's own number, whatever it is, stays unknown
        if number in stands.places:
            reader.fault("number", *_taken(number, stands.places[number]))
        elif number is not None:
            stands.places[number] = reader.where("number")
        stand = _stand(reader, number)
        if number is not None:
            stands.names.setdefault(number, reader.text("name"))
        if stand is not None:
            stands.whole.append(stand)
    return stands


def _taken(number: int, where: str) -> tuple[Text, Text]:
    at = where.rsplit(", ", 1)[-1]
    return (
        Text(f"nomor stand {number} sudah dipakai di {at}", f"stand {number} is taken by {at}"),
        Text("Beri nomor lain.", "Give it another number."),
    )


def _stand(reader: RowReader, number: int | None) -> Stand | None:
    name = reader.text("name", required=True)
    category, origin = reader.text("category"), reader.text("origin")
    whatsapp = reader.take("whatsapp", phone_of)
    instagram = reader.take("instagram", instagram_of)
    shop = reader.take("shop", shop_of)
    entitled = reader.take_cell("entitled", lambda c: duration_of(c.value, c.unit, least=0))
    description = reader.text("description")
    if reader.broken or number is None:
        return None
    return Stand(
        number=number,
        name=name,
        category=category,
        origin=origin,
        whatsapp=whatsapp,
        instagram=instagram,
        shop=shop,
        entitled_s=entitled or 0,
        description=description,
    )


def _read_products(table: Table | None, stands: _Stands, found: Findings) -> _Products:
    products = _Products(complete=table is not None)
    if table is None:
        return products
    for row in table.rows:
        reader = RowReader(row, table, found)
        number = reader.take("stand", stand_number_of, required=True)
        product = _product(reader)
        if number is None:
            products.complete = False
            continue
        products.numbers.add(number)
        if stands.complete and number not in stands.places:
            reader.fault(
                "stand",
                Text(f"stand {number} tidak ada", f"there is no stand {number}"),
                nearest_number(number, stands.places),
            )
        elif product is not None:
            products.by_stand.setdefault(number, []).append(product)
    return products


def _product(reader: RowReader) -> Product | None:
    name = reader.text("name", required=True)
    price = reader.take_cell("price", lambda c: price_of(c.value, c.unit))
    photo = reader.take("photo", media_path_of)
    note = reader.text("note")
    if reader.broken:
        return None
    return Product(name=name, price=price, photo=photo, note=note or None)
