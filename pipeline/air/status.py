"""What is on, what is next, and how every destination does: a picture of a running player as plain values.

Read by other threads while the player goes on: each value is true, not all of the same frame.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from pipeline.air.airing import OnAir
from pipeline.air.destinations import Feed
from pipeline.air.player import Player
from pipeline.air.recorder import Recorder
from pipeline.air.select import following
from pipeline.errors import Text
from pipeline.rundown import Planned


def status(player: Player, recorder: Recorder, feeds: Sequence[Feed]) -> dict[str, Any]:
    """Times are ISO 8601; `_s` are seconds. `behind_s`: the item will end so late, early if negative."""
    on, state, rate, trouble = player.on, player.state, player.rate, recorder.trouble
    coming = following(player.session.plan, state)
    return {
        "ok": True,
        "session": player.session.id,
        "frame": player.frames,
        "fps": rate.fps,
        "now": player.now.isoformat(timespec="milliseconds"),
        "on": None if on is None else _on(on, player),
        "next": _next(coming[0]) if coming else None,
        "coming": [planned.item.id for planned in coming],
        "undo": (undo := player.undoable) and {"item": undo.before, "of": undo.item},
        "held": state.held,
        "slated": state.slated,
        "taken": state.taken,
        "cue": _cue(on, player.frames),
        "recording": {"part": recorder.part, "trouble": trouble and trouble._asdict()},
        "late": player.pace.late.as_dict(),
        "destinations": [_plain(asdict(feed.status())) for feed in feeds],
    }


def _on(on: OnAir, player: Player) -> dict[str, Any]:
    """`at` is the frame of the segment that comes next; `cues` are those with a lower third of its own,
    `order` is what was ordered besides, `inserts` how it is done.
    """
    seconds = player.rate.seconds
    left = on.left
    behind = None
    if on.planned is not None and left is not None:
        behind = player.now + player.rate.span(left) - on.planned.end
    return {
        "occurrence": on.occurrence,
        "item": on.item,
        "stand": on.stand,
        "title": on.title,
        "kind": on.segment.kind,
        "reason": on.reason._asdict(),
        "first_frame": on.first_frame,
        "segment": on.segment.key,
        "at": on.reel.at,
        "frames": on.segment.frames,
        "loop": on.loop,
        "cues": on.segment.cues,
        "order": on.inserts.cue and on.inserts.cue.model_dump(include={"action", "first", "last"}),
        "inserts": [one.model_dump(include={"key", "first", "frames"}) for one in on.inserts.files],
        "sent_s": round(float(seconds(on.sent)), 2),
        "left_s": None if left is None else round(float(seconds(left)), 2),
        "behind_s": None if behind is None else round(behind / timedelta(seconds=1), 2),
    }


def _cue(on: OnAir | None, frame: int) -> dict[str, Any]:
    """Whether a lower third is seen, and before which frame of the program it is gone again."""
    if on is None:
        return {"state": "off", "until_frame": None}
    at = on.reel.at
    state, until = on.inserts.shown(at, on.segment.cues)
    return {"state": state, "until_frame": None if until is None else frame + until - at}


def _next(planned: Planned) -> dict[str, Any]:
    item = planned.item
    return {
        "item": item.id,
        "stand": item.stand,
        "title": item.title,
        "mode": item.start.value,
        "start": planned.start.isoformat(),
        "duration_s": item.duration_s,
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Texts as both languages."""
    return {
        name: value._asdict() if isinstance(value, Text) else value
        for name, value in values.items()
    }
