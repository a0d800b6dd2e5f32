"""The YAML form of a rundown: text to tables, and a Rundown to text; never builds an object.

Every scalar is taken as the text that stands in the file (`10:30` is no number of base 60), so that
the same parse reads it as reads a workbook's cells. Keys may be any header that a workbook may use.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import yaml

from pipeline.errors import Text
from pipeline.rundown.cells import Cell, Findings, Row, Table, Tables, Unusable, is_blank, shown
from pipeline.rundown.labels import HEADERS, SHEETS, all_names, did_you_mean, find, nearest
from pipeline.rundown.model import Item, Product, Rundown, Stand

MAX_ROWS = 5_000

_TOP = {"stands": SHEETS["stands"], "sessions": ("sessions", "sesi", *SHEETS["items"])}
_STAND = {**HEADERS["stands"], "products": ("products", "produk")}
_SESSION = {"date": HEADERS["items"]["date"], "items": ("items", "acara", "isi")}
_ITEM = {field: names for field, names in HEADERS["items"].items() if field != "date"}
_PRODUCT = {field: names for field, names in HEADERS["products"].items() if field != "stand"}

_NULL = "tag:yaml.org,2002:null"
_REQUIRED = Text("wajib diisi", "is required")


def tables_of_yaml(text: str, file: str, found: Findings) -> Tables:
    """The three tables; what isn't YAML, or not of its shape, is noted in `found`."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{file} (baris/line {mark.line + 1})" if mark else file
        problem = getattr(error, "problem", None) or str(error)
        found.fault(where, Text(f"bukan YAML: {problem}", f"not YAML: {problem}"))
        return Tables(None, None, None)
    except RecursionError:
        found.fault(file, Text("bertingkat terlalu dalam", "nested too deeply"))
        return Tables(None, None, None)
    return _Form(file, found).tables(root)


class _Value(NamedTuple):
    """A node and the key as it is spelt in the file."""

    key: str
    node: Any


class _Form:
    """Walks the composed nodes; each is visited once, so aliases can't multiply them."""

    def __init__(self, file: str, found: Findings) -> None:
        self.file = file
        self.found = found
        self.seen: set[int] = set()

    def tables(self, root: Any) -> Tables:
        top = self.mapping(root, "", _TOP)
        for key in _TOP:
            if key not in top:
                self.found.fault(f"{self.file}, {key}", _REQUIRED)
        stands, products = self.stands(top) if "stands" in top else (None, None)
        return Tables(stands, products, self.items(top) if "sessions" in top else None)

    def stands(self, top: Mapping[str, _Value]) -> tuple[Table, Table]:
        stands: list[Row] = []
        products: list[Row] = []
        for path, node, stand in self.entries(top, "stands", "", _STAND):
            row = self.row(node, path, stand, HEADERS["stands"])
            stands.append(row)
            number = row.cells.get("number")
            for below, product, values in self.entries(stand, "products", path, _PRODUCT):
                made = self.row(product, below, values, _PRODUCT)
                products.append(_with(made, "stand", number, row.places["number"]))
        where = f"{self.file}, stands"
        return _table("stands", where, stands), _table("products", where, products)

    def items(self, top: Mapping[str, _Value]) -> Table:
        rows: list[Row] = []
        for path, node, session in self.entries(top, "sessions", "", _SESSION):
            head = self.row(node, path, session, {"date": ()})
            day = head.cells.get("date") or Cell(Unusable(_REQUIRED), head.places["date"])
            before = len(rows)
            for below, item, values in self.entries(session, "items", path, _ITEM):
                made = self.row(item, below, values, _ITEM)
                rows.append(_with(made, "date", day, head.places["date"]))
            if len(rows) == before:
                self.found.fault(self.where(path, node), Text("belum ada acara", "has no items"))
        return _table("items", f"{self.file}, sessions", rows)

    def where(self, path: str, node: Any) -> str:
        return f"{self.file}, {path} (baris/line {node.start_mark.line + 1})"

    def mapping(
        self, node: Any, path: str, names: Mapping[str, tuple[str, ...]]
    ) -> dict[str, _Value]:
        """Values by field, none when a fault says so; unknown and repeated keys are faults."""
        values: dict[str, _Value] = {}
        if not isinstance(node, yaml.MappingNode) or not node.value or id(node) in self.seen:
            self.misshapen(node, path, Text("pasangan kunci dan nilai", "keys with values"))
            return values
        self.seen.add(id(node))
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            field = find(key, names)
            where = self.where(f"{path}.{shown(key)}".lstrip("."), key_node)
            if field is None:
                near = nearest(key, (*names, *all_names(names)))
                known = ", ".join(names)
                hint = did_you_mean(near) if near else Text(f"Yang ada: {known}", f"Known: {known}")
                self.found.fault(where, Text("kunci tidak dikenal", "unknown key"), hint)
            elif field in values:
                self.found.fault(where, Text("kunci ini berulang", "this key is repeated"))
            else:
                values[field] = _Value(key, value)
        return values

    def entries(
        self,
        values: Mapping[str, _Value],
        field: str,
        above: str,
        names: Mapping[str, tuple[str, ...]],
    ) -> Iterator[tuple[str, Any, dict[str, _Value]]]:
        """Path, node and values of each mapping in a list; none when it is blank or absent."""
        if field not in values:
            return
        key, node = values[field]
        path = f"{above}.{key}".lstrip(".")
        if node.tag == _NULL:
            return
        if not isinstance(node, yaml.SequenceNode) or id(node) in self.seen:
            self.misshapen(node, path, Text("daftar", "a list"))
            return
        self.seen.add(id(node))
        if len(node.value) > MAX_ROWS:
            self.misshapen(node, path, Text(f"paling banyak {MAX_ROWS}", f"at most {MAX_ROWS}"))
            return
        for number, each in enumerate(node.value):
            below = f"{path}[{number}]"
            if entry := self.mapping(each, below, names):
                yield below, each, entry

    def misshapen(self, node: Any, path: str, expected: Text) -> None:
        where = self.where(path, node) if path else self.file
        self.found.fault(where, Text(f"seharusnya {expected.id}", f"expected {expected.en}"))

    def row(
        self, node: Any, path: str, values: Mapping[str, _Value], names: Mapping[str, Any]
    ) -> Row:
        cells = {}
        for field, (key, value) in values.items():
            cell = self.cell(value, f"{path}.{key}")
            if field in names and not is_blank(cell.value):
                cells[field] = cell
        return Row(cells, {field: self.where(f"{path}.{field}", node) for field in names})

    def cell(self, node: Any, path: str) -> Cell:
        where = self.where(path, node)
        if not isinstance(node, yaml.ScalarNode):
            return Cell(Unusable(Text("seharusnya satu nilai", "expected one value")), where)
        return Cell(None if node.tag == _NULL else node.value, where)


def _table(kind: str, where: str, rows: list[Row]) -> Table:
    return Table(kind, where, frozenset(HEADERS[kind]), tuple(rows))


def _with(row: Row, field: str, cell: Cell | None, place: str) -> Row:
    """The row with a field that it has from what it stands in."""
    cells = {**row.cells, field: cell} if cell else row.cells
    return Row(cells, {**row.places, field: place})


def dump_yaml(rundown: Rundown) -> str:
    """The equal YAML form: reading it back gives an equal Rundown."""
    document = {
        "stands": [stand_values(stand) for stand in rundown.stands],
        "sessions": [
            {"day": session.day.isoformat(), "items": [item_values(item) for item in session.items]}
            for session in rundown.sessions
        ],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def stand_values(stand: Stand) -> dict[str, Any]:
    """A stand's fields as they are written; blank ones are left out."""
    values = stand.model_dump(exclude={"entitled_s", "products"}, exclude_none=True)
    values["entitled"] = _length(stand.entitled_s)
    values["products"] = [_product(product) for product in stand.products]
    return {key: value for key, value in values.items() if value not in ("", [])}


def _product(product: Product) -> dict[str, Any]:
    return product.model_dump(exclude_none=True)


def item_values(item: Item) -> dict[str, Any]:
    """An item's fields as they are written; blank ones are left out."""
    values = {
        "at": f"{item.at:%H:%M}" if item.at.second == 0 else f"{item.at:%H:%M:%S}",
        "duration": _length(item.duration_s),
        "kind": item.kind.value,
        "stand": item.stand,
        "title": item.title,
        "media": item.media,
        "start": item.start.value,
        "note": item.note,
    }
    return {key: value for key, value in values.items() if value is not None}


def _length(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return " ".join(f"{n} {unit}" for n, unit in ((minutes, "min"), (rest, "s")) if n) or "0 s"
