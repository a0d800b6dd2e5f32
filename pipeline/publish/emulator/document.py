"""The discovery document that google-api-python-client ships: methods, parameters and schemas.

Requests come in as raw queries and decoded JSON, typed values or a Refusal go out. It knows the
document's rules only; what YouTube demands beyond them is in `metadata.py` and the resources.
"""

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from pipeline.publish.emulator.refusal import Refusal, bad_request, invalid

Json = dict[str, Any]
Query = Mapping[str, Any]

# Documented reasons for a value outside these enumerations
# (https://developers.google.com/youtube/v3/live/docs/errors).
ENUM_REASONS = {
    "privacyStatus": "invalidPrivacyStatus",
    "frameRate": "invalidFrameRate",
    "resolution": "invalidResolution",
    "ingestionType": "invalidIngestionType",
    "latencyPreference": "invalidLatencyPreferenceOptions",
}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the document; `id` is like `liveBroadcasts.insert`."""

    id: str
    verb: str
    path: str
    parameters: Mapping[str, Json]
    scopes: frozenset[str]
    body: str | None
    resource: str | None
    parts: frozenset[str]
    media_types: tuple[str, ...]
    media_limit: int

    @property
    def takes_media(self) -> bool:
        return bool(self.media_types)


@functools.cache
def load() -> Json:
    """The document as shipped with the client that is installed."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    document: Json = json.loads((folder / "youtube.v3.json").read_text(encoding="utf-8"))
    return document


@functools.cache
def methods() -> Mapping[tuple[str, str], Method]:
    """Every method of the document by (HTTP verb, path)."""
    document = load()
    common = document["parameters"]
    found = (_method(raw, common, document["schemas"]) for raw in _raw_methods(document))
    return {(method.verb, method.path): method for method in found}


def _raw_methods(node: Json) -> Iterator[Json]:
    yield from node.get("methods", {}).values()
    for child in node.get("resources", {}).values():
        yield from _raw_methods(child)


def _method(raw: Json, common: Json, schemas: Json) -> Method:
    media = raw.get("mediaUpload", {})
    return Method(
        id=raw["id"].removeprefix("youtube."),
        verb=raw["httpMethod"],
        path=raw["path"],
        parameters={**common, **raw.get("parameters", {})},
        scopes=frozenset(raw.get("scopes", ())),
        body=raw.get("request", {}).get("$ref"),
        resource=raw.get("response", {}).get("$ref"),
        parts=_parts(raw.get("response", {}).get("$ref"), schemas),
        media_types=tuple(media.get("accept", ())),
        media_limit=int(media.get("maxSize", 0)),
    )


def _parts(response: str | None, schemas: Json) -> frozenset[str]:
    """The names that `part` may hold: the resource's own objects, and `id`."""
    if response is None:
        return frozenset()
    properties = schemas[response]["properties"]
    if response.endswith("ListResponse"):
        properties = schemas[properties["items"]["items"]["$ref"]]["properties"]
    objects = (name for name, field in properties.items() if "$ref" in field or _is_map(field))
    return frozenset({"id", *objects})


def _is_map(field: Json) -> bool:
    return field.get("type") == "object"


# ---- queries


def read_query(method: Method, pairs: Iterable[tuple[str, str]]) -> Query:
    """Typed values of a query string, defaults filled in; a Refusal at the first mistake."""
    given: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in method.parameters:
            raise bad_request(
                f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
                f"parameter. Field '{name}' could not be found in request message.",
                name,
            )
        given.setdefault(name, []).append(value)
    values = {name: _parameter(method, name, texts) for name, texts in given.items()}
    for name, rule in method.parameters.items():
        if name not in values and "default" in rule:
            values[name] = _scalar(name, rule, rule["default"])
        if rule.get("required") and not values.get(name):
            raise Refusal(400, "required", f"Required parameter: {name}", "global", name)
    _check_parts(method, values.get("part", ()))
    return values


def _parameter(method: Method, name: str, texts: list[str]) -> Any:
    rule = method.parameters[name]
    if rule.get("repeated"):
        # `part=a,b` and `part=a&part=b` mean the same to the service, and so for `id`.
        split = [piece.strip() for text in texts for piece in text.split(",")]
        return [_scalar(name, rule, piece) for piece in split if piece]
    if len(texts) > 1:
        raise bad_request(f"Parameter '{name}' can be given only once.", name)
    return _scalar(name, rule, texts[0])


def _scalar(name: str, rule: Json, text: str) -> Any:
    if "enum" in rule and text not in rule["enum"]:
        raise Refusal(
            400, "invalidParameter", f"Invalid value for {name}: '{text}'", "global", name
        )
    if rule["type"] == "boolean":
        if text not in ("true", "false"):
            raise bad_request(f"Invalid value at '{name}' (TYPE_BOOL), \"{text}\"", name)
        return text == "true"
    if rule["type"] == "integer":
        return _whole_number(name, rule, text)
    return text


def _whole_number(name: str, rule: Json, text: str) -> int:
    kind = rule.get("format", "int32").upper()
    if not re.fullmatch(r"-?\d{1,19}", text):
        raise bad_request(f"Invalid value at '{name}' (TYPE_{kind}), \"{text}\"", name)
    number = int(text)
    low, high = int(rule.get("minimum", number)), int(rule.get("maximum", number))
    if not low <= number <= high:
        message = f"Invalid value '{number}'. Values must be within the range: [{low}, {high}]"
        raise Refusal(400, "invalidParameter", message, "global", name)
    return number


def _check_parts(method: Method, parts: Iterable[str]) -> None:
    for part in parts:
        if part not in method.parts:
            raise Refusal(400, "unknownPart", f"'{part}'", "youtube.part", "part")


# ---- bodies


def read_body(method: Method, text: bytes) -> Json:
    """The JSON body, checked against the method's schema; a Refusal names the field."""
    if method.body is None:
        if text.strip():
            raise bad_request("This method takes no request body.")
        return {}
    try:
        body = json.loads(text or b"{}")
    except ValueError as error:
        raise Refusal(400, "parseError", f"Parse Error: {error}") from error
    check_body(method.body, body)
    return body if isinstance(body, dict) else {}


def check_body(schema: str, body: object) -> None:
    """A Refusal that names the first field which doesn't fit the schema."""
    faults = sorted(_validator(schema).iter_errors(body), key=lambda fault: fault.json_path)
    if faults:
        raise _body_refusal(faults[0])


@functools.cache
def _validator(schema: str) -> Draft202012Validator:
    formats = FormatChecker(formats=())
    formats.checks("date-time")(_is_moment)
    definitions = {name: _json_schema(raw) for name, raw in load()["schemas"].items()}
    return Draft202012Validator(
        {"$ref": f"#/$defs/{schema}", "$defs": definitions}, format_checker=formats
    )


def _json_schema(raw: Json) -> Json:
    """A discovery schema as JSON Schema: no property beyond those listed, 64-bit as text too."""
    if "$ref" in raw:
        return {"$ref": f"#/$defs/{raw['$ref']}"}
    kind = raw.get("type")
    if kind == "object":
        extra = raw.get("additionalProperties")
        return {
            "type": "object",
            "properties": {k: _json_schema(v) for k, v in raw.get("properties", {}).items()},
            "additionalProperties": _json_schema(extra) if extra else False,
        }
    if kind == "array":
        return {"type": "array", "items": _json_schema(raw["items"])}
    if kind == "any" or kind is None:
        return {}
    schema: Json = {"type": kind}
    if raw.get("format") in ("int64", "uint64"):
        schema = {"type": ["string", "integer"], "pattern": r"^-?\d+$"}
    if raw.get("format") == "date-time":
        schema["format"] = "date-time"
    if "enum" in raw:
        schema["enum"] = raw["enum"]
    return schema


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or moment(value) is not None


def moment(text: str) -> datetime | None:
    """An RFC 3339 time stamp with an offset, or None."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None and "T" in text else None


def _body_refusal(fault: ValidationError) -> Refusal:
    path = ".".join(str(part) for part in fault.absolute_path)
    if fault.validator == "additionalProperties":
        known = fault.schema.get("properties", {})
        name = next(key for key in fault.instance if key not in known)
        where = f" at '{path}'" if path else ""
        return bad_request(
            f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'
        )
    shown = json.dumps(fault.instance)[:80]
    last = path.rsplit(".", 1)[-1]
    if fault.validator == "enum" and last in ENUM_REASONS:
        return invalid(ENUM_REASONS[last], f"Invalid value for {path}: {shown}")
    return bad_request(f"Invalid value at '{path}' ({fault.validator_value}), {shown}")
