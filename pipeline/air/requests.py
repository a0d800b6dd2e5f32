"""What a request over the socket does: orders go to the desk, the rest is answered at once."""

import json
from collections.abc import Sequence
from concurrent.futures import TimeoutError as Unanswered
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from pipeline.air.desk import Press
from pipeline.air.destinations import Feed
from pipeline.air.inserts import ANOTHER, CueOrder, read_cue
from pipeline.air.player import Player
from pipeline.air.recorder import Recorder
from pipeline.air.session import read_sheet
from pipeline.air.status import status
from pipeline.air.steer import Order
from pipeline.errors import OutsideError, Text

ORDER = TypeAdapter(Order)
ANSWERED_WITHIN = 8.0
LONGEST_WAIT = 5.0
Answer = dict[str, Any]


class Requests:
    """The requests to one program. Every answer has `ok`; a refusal says why as `id` and `en`."""

    def __init__(self, player: Player, recorder: Recorder, feeds: Sequence[Feed]) -> None:
        self._player = player
        self._recorder = recorder
        self._feeds = feeds

    def answer(self, request: dict[str, Any]) -> Answer:
        """Never raises: what is wrong with a request is said to its sender."""
        try:
            json.dumps(request, ensure_ascii=False).encode()  # what is no text, no journal takes
            match request.get("command"):
                case "status":
                    return self._status(request)
                case "pause" | "unpause":
                    return self._destination(ORDER.validate_python(request))
                case "reload":
                    return self._reload(request)
                case "cue":
                    return self._cue(request)
                case _:
                    return self._press(Press(ORDER.validate_python(request)))
        except OutsideError as error:
            return _refusal(error.what)
        except (ValueError, KeyError) as error:
            return _refusal(Text(f"tidak dimengerti: {error}", f"not understood: {error}"))

    def _status(self, request: dict[str, Any]) -> Answer:
        """At once, or as soon as the bell has rung more often than `after`, or `patience` is over."""
        bell = self._recorder.bell
        if (after := request.get("after")) is not None:
            bell.wait(int(after), min(float(request.get("patience", 1)), LONGEST_WAIT))
        rung = bell.count  # read first: what changes meanwhile is told by the next answer
        return status(self._player, self._recorder, self._feeds) | {"rung": rung}

    def _press(self, press: Press) -> Answer:
        try:
            return self._player.desk.press(press).result(ANSWERED_WITHIN)
        except Unanswered:
            return _refusal(Text("belum terlaksana", "not carried out yet"))

    def _reload(self, request: dict[str, Any]) -> Answer:
        """The rundown as a new sheet, read here so that the player waits for no disk."""
        order = ORDER.validate_python(request)
        sheet = read_sheet(Path(str(request["sheet"])))
        facts = {name: sheet.facts[name] for name in ("rundown", "stands", "planned")}
        return self._press(Press(order, sheet.session, facts))

    def _cue(self, request: dict[str, Any]) -> Answer:
        """The inserts are read here, so that the player waits for no disk."""
        order, wanted = ORDER.validate_python(request), CueOrder.model_validate(request["cue"])
        if (on := self._player.on) is None or on.segment.key != wanted.segment:
            return _refusal(ANOTHER)
        return self._press(Press(order, cue=read_cue(wanted, on.segment, self._player.rate)))

    def _destination(self, order: Order) -> Answer:
        name = order.item
        for feed in self._feeds:
            if feed.status().name == name:
                act = feed.pause if order.command == "pause" else feed.unpause
                return self._press(Press(order, act=act))
        there = ", ".join(feed.status().name for feed in self._feeds) or "-"
        return _refusal(
            Text(f"tidak ada tujuan {name}; ada: {there}", f"no destination {name}; there: {there}")
        )


def _refusal(why: Text) -> Answer:
    return {"ok": False, "id": why.id, "en": why.en}
