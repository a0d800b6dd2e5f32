"""The YAML form of a rundown: text to tables, and a Rundown to text; never builds an object.

Every scalar is taken as the text that stands in the file (`10:30` is no number of base 60), so that
the same parse reads it as reads a workbook's cells. Keys may be any header that a workbook may use.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from pipeline.errors import Text
from pipeline.rundown.cells import Cell, Findings, Row, Table, Tables, Unusable, is_blank, shown
from pipeline.rundown.labels import HEADERS, SHEETS, all_names, did_you_mean, find, nearest
from pipeline.rundown.model import Item, Product, Rundown, Stand

MAX_TEXT = 2 << 20
MAX_ROWS = 5_000

_TOP = {"stands": SHEETS["stands"], "sessions": ("sessions", "sesi", *SHEETS["items"])}
_STAND = {**HEADERS["stands"], "products": ("products", "produk")}
_SESSION = {"date": HEADERS["items"]["date"], "items": ("items", "acara", "isi")}
_ITEM = {field: names for field, names in HEADERS["items"].items() if field != "date"}
_PRODUCT = {field: names for field, names in HEADERS["products"].items() if field != "stand"}

_REQUIRED = Text("wajib diisi", "is required")


def tables_of_yaml(text: str, file: str, found: Findings) -> Tables:
    """The three tables; what isn't YAML, or not of its shape, is noted in `found`."""
    if len(text) > MAX_TEXT:
        found.fault(file, Text("berkas terlalu besar", "the file is too large"))
        return Tables(None, None, None)
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


class _Form:
    """Walks the composed nodes; each is visited once, so aliases can't multiply them."""

    def __init__(self, file: str, found: Findings) -> None:
        self.file = file
        self.found = found
        self.seen: set[int] = set()

    def tables(self, root: Any) -> Tables:
        top = self.mapping(root, "", _TOP)
        for key in _TOP.keys() - top.keys():
            self.found.fault(self.where(key, root), _REQUIRED)
        stands: list[Row] = []
        products: list[Row] = []
        items: list[Row] = []
        for path, node in self.sequence(top.get("stands"), "stands"):
            stand = self.mapping(node, path, _STAND)
            row = self.row(node, path, stand, HEADERS["stands"])
            stands.append(row)
            for below, product in self.sequence(stand.get("products"), f"{path}.products"):
                values = self.mapping(product, below, _PRODUCT)
                made = self.row(product, below, values, _PRODUCT)
                products.append(_with(made, "stand", row.cells.get("number"), row, "number"))
        for path, node in self.sequence(top.get("sessions"), "sessions"):
            session = self.mapping(node, path, _SESSION)
            head = self.row(node, path, session, {"date": ()})
            day = head.cells.get("date") or Cell(
                Unusable(_REQUIRED), self.where(f"{path}.day", node)
            )
            for below, item in self.sequence(session.get("items"), f"{path}.items"):
                made = self.row(item, below, self.mapping(item, below, _ITEM), _ITEM)
                items.append(_with(made, "date", day, head, "date"))
        return Tables(
            self.table("stands", stands) if "stands" in top else None,
            self.table("products", products) if "stands" in top else None,
            self.table("items", items) if "sessions" in top else None,
        )

    def table(self, kind: str, rows: list[Row]) -> Table:
        path = "sessions" if kind == "items" else "stands"
        return Table(kind, f"{self.file}, {path}", frozenset(HEADERS[kind]), tuple(rows))

    def where(self, path: str, node: Any) -> str:
        line = node.start_mark.line + 1 if node is not None else 1
        return f"{self.file}, {path} (baris/line {line})"

    def mapping(self, node: Any, path: str, names: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
        """Values by field; unknown and repeated keys are faults."""
        values: dict[str, Any] = {}
        if not isinstance(node, yaml.MappingNode) or id(node) in self.seen:
            self.misshapen(node, path, Text("pasangan kunci dan nilai", "keys with values"))
            return values
        self.seen.add(id(node))
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            field = find(key, names)
            where = self.where(f"{path}.{shown(key)}".lstrip("."), key_node)
            if field is None:
                near = nearest(key, (*names, *all_names(names)))
                hint = did_you_mean(near or ", ".join(names))
                self.found.fault(where, Text("kunci tidak dikenal", "unknown key"), hint)
            elif field in values:
                self.found.fault(where, Text("kunci ini berulang", "this key is repeated"))
            else:
                values[field] = value
        return values

    def sequence(self, node: Any, path: str) -> Iterator[tuple[str, Any]]:
        if node is None or (isinstance(node, yaml.ScalarNode) and is_blank(node.value)):
            return
        if not isinstance(node, yaml.SequenceNode) or id(node) in self.seen:
            self.misshapen(node, path, Text("daftar", "a list"))
            return
        self.seen.add(id(node))
        if len(node.value) > MAX_ROWS:
            self.misshapen(node, path, Text(f"paling banyak {MAX_ROWS}", f"at most {MAX_ROWS}"))
            return
        for number, each in enumerate(node.value):
            yield f"{path}[{number}]", each

    def misshapen(self, node: Any, path: str, expected: Text) -> None:
        where = self.where(path, node) if path else self.file
        self.found.fault(where, Text(f"seharusnya {expected.id}", f"expected {expected.en}"))

    def row(self, node: Any, path: str, values: Mapping[str, Any], names: Mapping[str, Any]) -> Row:
        cells = {}
        for field in names.keys() & values.keys():
            cell = self.cell(values[field], f"{path}.{field}")
            if not is_blank(cell.value):
                cells[field] = cell
        return Row(cells, {field: self.where(f"{path}.{field}", node) for field in names})

    def cell(self, node: Any, path: str) -> Cell:
        where = self.where(path, node)
        if not isinstance(node, yaml.ScalarNode):
            return Cell(Unusable(Text("seharusnya satu nilai", "expected one value")), where)
        return Cell(None if node.tag == "tag:yaml.org,2002:null" else node.value, where)


def _with(row: Row, field: str, cell: Cell | None, owner: Row, owners: str) -> Row:
    """The row with a field that it has from what it stands in."""
    cells = {**row.cells, field: cell} if cell else row.cells
    return Row(cells, {**row.places, field: owner.places[owners]})


def dump_yaml(rundown: Rundown) -> str:
    """The equal YAML form: reading it back gives an equal Rundown."""
    document = {
        "stands": [_stand(stand) for stand in rundown.stands],
        "sessions": [
            {"day": session.day.isoformat(), "items": [_item(item) for item in session.items]}
            for session in rundown.sessions
        ],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _stand(stand: Stand) -> dict[str, Any]:
    values = stand.model_dump(exclude={"entitled_s", "products"}, exclude_none=True)
    values["entitled"] = _length(stand.entitled_s)
    values["products"] = [_product(product) for product in stand.products]
    return {key: value for key, value in values.items() if value not in ("", [])}


def _product(product: Product) -> dict[str, Any]:
    return product.model_dump(exclude_none=True)


def _item(item: Item) -> dict[str, Any]:
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
