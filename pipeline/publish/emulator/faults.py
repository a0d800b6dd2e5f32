"""Faults on demand: the next calls of a method are dropped, refused, slowed or changed.

    {"method": "liveBroadcasts.insert", "kind": "drop_before", "times": 1}

`drop_before` closes the connection without doing anything, `drop_after_apply` does all and then
closes it, `status` answers with `status` and `reason`, `set` changes `fields` (dotted names) of
the resource that the call made, `hold` keeps the next *Starting status for `seconds`. The method is
one of the document, `upload.chunk` (a PUT of a resumable upload) or `oauth.token`.
"""

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pipeline.publish.emulator.refusal import Refusal, bad_request

Kind = Literal["drop_before", "drop_after_apply", "status", "set", "hold"]


@dataclass(slots=True)
class Injected:
    """One fault and how many more times it happens."""

    method: str
    kind: Kind
    times: int = 1
    status: int = 503
    reason: str = "backendError"
    message: str = "Injected fault"
    seconds: float = 0.0
    fields: dict[str, Any] = field(default_factory=dict)

    def refusal(self) -> Refusal:
        """The answer of a `status` fault."""
        return Refusal(self.status, self.reason, self.message)


class Faults:
    """The faults that wait for their calls, in order."""

    def __init__(self) -> None:
        self._waiting: list[Injected] = []

    def add(self, values: dict[str, Any]) -> None:
        """From the JSON above; a Refusal when it isn't one."""
        try:
            fault = Injected(**values)
        except TypeError as error:
            raise bad_request(str(error)) from error
        if fault.kind not in get_args(Kind):
            raise bad_request(f"Unknown kind: {fault.kind}")
        self._waiting.append(fault)

    def clear(self) -> None:
        """Forgets all."""
        self._waiting.clear()

    def take(self, method: str, *kinds: Kind) -> Injected | None:
        """The next fault for this call, counted down."""
        for fault in self._waiting:
            if fault.method == method and fault.kind in kinds:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None


def change(resource: dict[str, Any], fields: dict[str, Any]) -> None:
    """Sets dotted names such as `status.uploadStatus`."""
    for name, value in fields.items():
        *path, last = name.split(".")
        part = resource
        for step in path:
            part = part.setdefault(step, {})
        part[last] = value
