"""How resources are written and shown: pure; parts, defaults, filters, pages, dotted names."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline.publish.emulator.refusal import Refusal, invalid

Json = dict[str, Any]
Spec = Mapping[str, Any]
"""Fields that a client may set, with the value when it doesn't: None leaves the field out, a
mapping is an object with fields of its own. All others are YouTube's and are ignored in a body."""

PAGE_SIZE = 5


def check_parts_match(body: Json, parts: frozenset[str]) -> None:
    """A Refusal when the body sets a part that `part` doesn't name."""
    for name, value in body.items():
        if isinstance(value, dict) and name not in parts:
            raise Refusal(400, "unexpectedPart", f"'{name}'", "youtube.part", "part")


def check_update(body: Json, parts: frozenset[str], what: str, domain: str) -> str:
    """The id of what an update is about; a Refusal without one, or when a part isn't named."""
    if not body.get("id"):
        raise invalid("idRequired", f"The id of the {what} is required.", domain)
    check_parts_match(body, parts)
    return str(body["id"])


def write(existing: Json, given: Json, spec: Spec) -> Json:
    """One part after an insert or update: what the client may set is replaced as a whole."""
    result = {name: value for name, value in existing.items() if name not in spec}
    for name, default in spec.items():
        if isinstance(default, Mapping):
            result[name] = write(existing.get(name, {}), given.get(name, {}), default)
        elif name in given:
            result[name] = given[name]
        elif default is not None:
            result[name] = default
    return result


def write_parts(
    resource: Json, body: Json, parts: Iterable[str], specs: Mapping[str, Spec]
) -> None:
    """Writes every part that is named and can be set."""
    for part in parts:
        if part in specs:
            resource[part] = write(resource.get(part, {}), body.get(part, {}), specs[part])


def show(kind: str, resource: Json, parts: frozenset[str]) -> Json:
    """A copy of the resource as it is now, with the parts asked for."""
    text = json.dumps(resource, sort_keys=True)
    copy = json.loads(text)  # three times as quick as deepcopy
    shown = {name: copy[name] for name in sorted((parts - {"id"}) & {*copy})}
    return {"kind": f"youtube#{kind}", "etag": _digest(text), "id": resource["id"], **shown}


def etag(value: object) -> str:
    """Changes with the value."""
    return _digest(json.dumps(value, sort_keys=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:27]


def check_filters(query: Mapping[str, Any], names: Sequence[str]) -> str:
    """The one filter that is given; a Refusal for none and for several."""
    given = [name for name in names if query.get(name) not in (None, [], False)]
    if not given:
        raise Refusal(
            400,
            "missingRequiredParameter",
            f"No filter selected. Expected one of: {', '.join(names)}",
            "youtube.parameter",
        )
    if len(given) > 1:
        raise Refusal(
            400,
            "incompatibleParameters",
            f"Incompatible parameters specified in the request: {', '.join(given)}",
            "youtube.parameter",
        )
    return given[0]


def listed(
    kind: str,
    rows: Sequence[Json],
    query: Mapping[str, Any],
    current: Callable[[Json], Json] = lambda row: row,
) -> Json:
    """One page of rows, each as it is `current` and with the parts asked for."""
    size = query.get("maxResults", PAGE_SIZE)
    if query.get("id"):
        size = len(rows)  # the service doesn't page what is asked for by id
    first = _offset(query.get("pageToken"))
    parts = frozenset(query["part"])
    body: Json = {
        "kind": f"youtube#{kind}ListResponse",
        "pageInfo": {"totalResults": len(rows), "resultsPerPage": size},
        "items": [show(kind, current(row), parts) for row in rows[first : first + size]],
    }
    if size and first + size < len(rows):
        body["nextPageToken"] = f"P{first + size}"
    if size and first > 0:
        body["prevPageToken"] = f"P{max(first - size, 0)}"
    return {"etag": etag(body), **body}


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    if not (token.startswith("P") and token[1:].isdecimal()):
        raise invalid("invalidPageToken", "The page token is not valid.", "youtube.parameter")
    return int(token[1:])


def change(resource: dict[str, Any], fields: Mapping[str, Any]) -> None:
    """Sets dotted names such as `status.uploadStatus`; None takes the field away."""
    for name, value in fields.items():
        *path, last = name.split(".")
        part = resource
        for step in path:
            part = part.setdefault(step, {})
        if value is None:
            part.pop(last, None)
        else:
            part[last] = value


def value_at(resource: Mapping[str, Any], name: str) -> Any:
    """The value of a dotted name; None when there is none."""
    value: Any = resource
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value
