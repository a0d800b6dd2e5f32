"""What needs attention, and the traffic lights, from journal lines and air's status. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.air import Line
from pipeline.errors import Text

Values = dict[str, Any]

STALE_SECONDS = 3.0
"""Seconds without an accepted frame after which a destination that sends is amber."""

_STATES = {
    "sending": Text("menerima", "receiving"),
    "connecting": Text("menyambung", "connecting"),
    "waiting": Text("terputus, mencoba lagi", "cut off, trying again"),
    "paused": Text("dijeda kru", "paused by the crew"),
    "ended": Text("selesai", "ended"),
}
_WORDS = {
    "recording": Text("Tidak direkam", "Not recorded"),
    "control": Text("Program tak dapat dikendalikan", "The program can't be steered"),
    "cue": Text("Lower third gagal tampil", "A lower third could not be shown"),
    "damaged": Text("Segmen rusak, diganti", "A damaged segment was replaced"),
    "unrecorded": Text("Sebagian program tidak terekam", "Part of the program was not recorded"),
    "asleep": Text("Komputer tertidur, program terhenti", "The machine slept, the program stood"),
    "delivery": Text("Tujuan terputus", "A destination was cut off"),
}
_LASTS = ("recording", "control", "delivery")
"""These go on until another line says that they are over; the others are of a moment."""

_ABOUT = {"delivery": "destination", "damaged": "segment"}
"""Each of them has an alarm of its own."""


def lights(status: Mapping[str, Any] | None) -> Values:
    """`destinations` and `recording`: green, amber, red or grey, with words."""
    if status is None:
        off = Text("tidak tayang", "off air")
        return {"destinations": [], "recording": _light("grey", off, None)}
    trouble = status["recording"]["trouble"]
    recording = (
        _light("red", Text("tidak direkam", "not recorded"), trouble)
        if trouble
        else _light("green", Text("direkam", "recording"), None)
    )
    return {
        "destinations": [_destination(d) for d in status["destinations"]],
        "recording": recording,
    }


def _light(light: str, state: Text, reason: Mapping[str, str] | None) -> Values:
    return {"light": light, "state": state._asdict(), "reason": reason}


def _destination(one: Mapping[str, Any]) -> Values:
    state, age = one["state"], one["age_s"]
    fresh = age is not None and age < STALE_SECONDS
    light = {"sending": "green" if fresh else "amber", "connecting": "amber", "waiting": "red"}
    reason = None if state == "sending" and fresh else one["last_error"]
    return {
        "name": one["name"],
        **_light(light.get(state, "grey"), _STATES.get(state, Text(state, state)), reason),
        **{name: one[name] for name in ("age_s", "frames", "reconnects", "retry_in_s")},
    }


def alarms(lines: Sequence[Line], status: Mapping[str, Any] | None, zone: ZoneInfo) -> list[Values]:
    """One for each thing that went wrong, however often, with its end; the newest first."""
    found: dict[str, Values] = {}
    for line in lines:
        if line["event"] == "delivery" and line["state"] != "lost":
            _over(found.get(f"delivery:{line['destination']}"), line, zone)
        elif line["event"] == "part":
            _over(found.get("recording"), line, zone)
        elif (kind := _kind(line)) in _WORDS:
            _raise(found, kind, line, zone)
    for one in found.values():
        if status is None and one["until"] is None:
            one["until"] = one["last"]
    return sorted(found.values(), key=lambda one: one["last"], reverse=True)


def _kind(line: Line) -> str:
    """The event, or what an alarm is about."""
    return str(line["what"] if line["event"] == "alarm" else line["event"])


def _raise(found: dict[str, Values], kind: str, line: Line, zone: ZoneInfo) -> None:
    """A thing that lasts has no end yet; one of a moment is over at once."""
    at, lasts = _moment(line, zone), kind in _LASTS
    key = f"{kind}:{line[_ABOUT[kind]]}" if kind in _ABOUT else kind
    before = found.get(key)
    found[key] = {
        "key": key,
        "level": "red" if lasts else "amber",
        "what": _what(kind, line)._asdict(),
        "since": before["since"] if before and before["until"] is None else at,
        "until": None if lasts else at,
        "count": (before["count"] if before else 0) + 1,
        "last": at,
    }


def _over(alarm: Values | None, line: Line, zone: ZoneInfo) -> None:
    if alarm is not None and alarm["until"] is None:
        alarm["until"] = _moment(line, zone)


def _what(kind: str, line: Line) -> Text:
    words = _WORDS[kind]
    more = [str(line[name]) for name in ("destination", "error") if line.get(name)]
    if kind == "unrecorded":
        more = [f"{line['frames']} frame"]
    rest = f": {' · '.join(more)}" if more else ""
    return Text(f"{words.id}{rest}", f"{words.en}{rest}")


def _moment(line: Line, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(line["at"]).astimezone(zone).isoformat(timespec="milliseconds")
