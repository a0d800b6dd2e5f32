"""What the crew presses, in a browser or on a device, becomes an order to air and an audit entry."""

import secrets
from typing import Any, Protocol

from pipeline.air import ask
from pipeline.errors import OutsideError, Text
from pipeline.panel.rights import Person
from pipeline.panel.trail import Trail
from pipeline.settings import Settings


class Cues(Protocol):
    """Whoever makes a lower third come and go on air."""

    def show(self, item: str | None, by: str, order_id: str) -> dict[str, Any]: ...
    def hide(self, item: str | None, by: str, order_id: str) -> dict[str, Any]: ...
    def drawn(self, item: str) -> bytes: ...


class Refusal(Exception):
    """Air, or what makes cues, says no: why."""

    def __init__(self, why: Text) -> None:
        super().__init__(str(why))
        self.why = why


class Orders:
    """Blocks until air has answered: call it from a worker thread."""

    def __init__(self, settings: Settings, trail: Trail, cues: Cues) -> None:
        self._air = settings.state / "air"
        self._trail = trail
        self._cues = cues

    def give(self, person: Person, command: str, id: str | None = None, **more: Any) -> int:
        """The frame from which it holds; Refusal, or OutsideError when nobody is on air."""
        request = {"command": command, "id": id or secrets.token_hex(8), "by": person.name}
        said = {name: value for name, value in more.items() if value is not None}
        try:
            answer = ask(self._air, {**request, **said})
        except OutsideError:
            self._trail.note(person, command, "failed", **said)
            raise
        return self._noted(person, command, answer, said)

    def cue(self, person: Person, item: str | None, on: bool, id: str | None = None) -> int:
        """The same for the lower third, of the item that is on air or of none other."""
        act = self._cues.show if on else self._cues.hide
        said = {"item": item, "on": on}
        try:
            answer = act(item, person.name, id or secrets.token_hex(8))
        except OutsideError:
            self._trail.note(person, "cue", "failed", **said)
            raise
        return self._noted(person, "cue", answer, said)

    def drawn(self, item: str) -> bytes:
        """The lower third of an item, as it would be on air: a transparent PNG of the whole frame."""
        return self._cues.drawn(item)

    def _noted(
        self, person: Person, command: str, answer: dict[str, Any], said: dict[str, Any]
    ) -> int:
        if not answer["ok"]:
            self._trail.note(person, command, "refused", **said, reason=answer["id"])
            raise Refusal(Text(answer["id"], answer["en"]))
        self._trail.note(person, command, **said, frame=answer["frame"])
        return int(answer["frame"])
