"""Whatever is sent to the API is answered as its document says; `TAYANG_FUZZ=2000` tries more of it.

Once while nothing is on air, once with an honest stand-in for a program on its socket.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from rooms import Room, control_room, settings_in
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error as no_5xx
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection

from pipeline.air.control import listening

# Loads what it imports late while no other thread parses: Python 3.11 can't do both at once
# (SystemError, "AST constructor recursion depth mismatch": https://github.com/python/cpython/issues/106905).
schemathesis.openapi.from_dict(
    {"openapi": "3.1.0", "info": {"title": "none", "version": "1"}, "paths": {}}
)

EXAMPLES = int(os.environ.get("TAYANG_FUZZ", "8"))
FUZZED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class Air:
    """Takes the orders that a program takes, and refuses every third of them."""

    def __init__(self) -> None:
        self.heard = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        assert request["command"] == "status" or {"id", "by"} <= set(request), request
        self.heard += 1
        if request["command"] == "status" or self.heard % 3 == 0:
            return {"ok": False, "id": "tidak", "en": "no"}
        return {"ok": True, "frame": self.heard}


@pytest.fixture(scope="module", params=["off air", "on air"])
def room(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Room]:
    home = tmp_path_factory.mktemp("fuzzed")
    with control_room(settings_in(home), still=True) as room:
        if request.param == "off air":
            yield room
            return
        (home / "air").mkdir(exist_ok=True)
        with listening(home / "air", Air().answer):
            yield room


@pytest.fixture(scope="module")
def device(room: Room) -> dict[str, str]:
    return room.device("admin", "Penguji")


@pytest.fixture(scope="module")
def document(room: Room) -> Any:
    """The document, but for streams that don't end, which test_panel_api.py reads."""
    found = room.app.openapi()
    paths = {path: what for path, what in found["paths"].items() if not path.endswith("/events")}
    config = SchemathesisConfig.from_dict({"base-url": room.url})
    return schemathesis.openapi.from_dict({**found, "paths": paths}, config=config)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["good", "bad"]
)
def test_every_answer_is_documented(
    document: Any, device: dict[str, str], mode: GenerationMode
) -> None:
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) > 12
    for operation in operations:
        _fuzz(operation, mode, device)


def _fuzz(operation: Any, mode: GenerationMode, device: dict[str, str]) -> None:
    @FUZZED
    @given(operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        # Of what is only asked, words in the address that nobody knows are ignored, as on the web.
        asked = [negative_data_rejection] if case.method == "GET" else []
        answer = case.call_and_validate(
            headers=device, timeout=20, excluded_checks=[no_5xx, *asked]
        )
        assert answer.status_code < 500 or answer.status_code == 503  # which is documented

    try:
        answered()
    except Unsatisfiable:  # there is nothing about it that could be wrong
        assert mode is GenerationMode.NEGATIVE
