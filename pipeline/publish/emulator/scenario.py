"""A scenario: what shall go wrong at the emulator, and how much it allows; from YAML or from JSON.

Text or values come in, a frozen `Scenario` goes out, or every fault of it at once. The samples in
`schedules/scenarios/` show what can be written.
"""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from pipeline.errors import Fault as Mistake
from pipeline.errors import InputFaults, Text
from pipeline.publish.emulator.faults import MODELS, Fault, Part
from pipeline.publish.emulator.quota import Limits
from pipeline.publish.emulator.world import Delays

KINDS = tuple(get_args(each.model_fields["kind"].annotation)[0] for each in MODELS)


class Scenario(Part):
    """Limits and delays that are given replace those that hold; the faults wait in their order."""

    title: str = ""
    limits: Limits = Limits()
    delays: Delays = Delays()
    faults: tuple[Fault, ...] = ()


def read_scenario(path: Path) -> Scenario:
    """The scenario of a YAML file; InputFaults with every fault of it."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError) as error:
        said = Text(f"tidak dapat dibaca: {error}", f"can't be read: {error}")
        raise InputFaults([Mistake(str(path), said)]) from error
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        where = f"{path.name} (baris/line {mark.line + 1})" if mark else path.name
        said = Text(f"bukan YAML: {problem}", f"not YAML: {problem}")
        raise InputFaults([Mistake(where, said)]) from error
    return scenario_of(values if values is not None else {}, path.name, root)


def scenario_of(values: object, name: str, root: Any = None) -> Scenario:
    """The same from values in memory: a list is taken for the faults alone.

    `root` is the YAML node of the values, for the lines; `name` is where they come from.
    """
    if isinstance(values, list):
        values = {"faults": values}
    try:
        return Scenario.model_validate(values)
    except ValidationError as error:
        raise InputFaults([_mistake(name, root, item) for item in error.errors()]) from error


def _mistake(name: str, root: Any, item: Any) -> Mistake:
    # Below a fault's place in the list, the location names its kind before the field.
    path = [part for at, part in enumerate(item["loc"]) if not (at == 2 and part in KINDS)]
    where = f"{name}: {_spelt(path)}" if path else name
    line = _line(root, path)
    if line is not None:
        where += f" (baris/line {line})"
    kind = item["type"]
    if kind == "missing":
        return Mistake(where, Text("wajib diisi", "is required"))
    if kind == "union_tag_not_found":
        return Mistake(f"{where}: kind", Text("wajib diisi", "is required"), _one_of(KINDS))
    if kind == "union_tag_invalid":
        got = item["ctx"]["tag"]
        return Mistake(where, Text(f"jenis {got} tidak ada", f"no kind {got}"), _near(got, KINDS))
    if kind == "extra_forbidden":
        what = Text("kunci tidak dikenal", "unknown key")
        return Mistake(where, what, _near(str(path[-1]), _keys(item["loc"])))
    what = Text("tidak dapat dipakai", "can't be used")
    if not isinstance(item["input"], dict):
        got = repr(item["input"])[:60]
        what = Text(f"nilai {got} tidak dapat dipakai", f"the value {got} can't be used")
    said = item["msg"].removeprefix("Value error, ")
    return Mistake(where, what, Text(said, said))


def _spelt(path: Sequence[Any]) -> str:
    """`faults[2].fields`: entries are counted from 1."""
    text = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in path)
    return text.removeprefix(".")


def _line(node: Any, path: Sequence[Any]) -> int | None:
    """The line of what is at the path, or of the last that is there."""
    if node is None:
        return None
    for part in path:
        if isinstance(node, yaml.MappingNode):
            node = next((v for k, v in node.value if k.value == part), node)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
    return int(node.start_mark.line) + 1


def _keys(loc: Sequence[Any]) -> list[str]:
    """The keys that may be where an unknown one is."""
    if len(loc) > 2 and loc[0] == "faults":
        return [*MODELS[KINDS.index(loc[2])].model_fields]
    models: dict[str, type[BaseModel]] = {"limits": Limits, "delays": Delays}
    return [*models.get(loc[0] if len(loc) > 1 else "", Scenario).model_fields]


def _near(word: str, known: Sequence[str]) -> Text:
    found = difflib.get_close_matches(word, known, n=1)
    return Text(f"Maksudnya: {found[0]}?", f"Did you mean {found[0]}?") if found else _one_of(known)


def _one_of(known: Sequence[str]) -> Text:
    return Text(f"Yang ada: {', '.join(known)}", f"Known: {', '.join(known)}")
