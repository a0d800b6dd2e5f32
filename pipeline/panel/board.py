"""What the control room shows, as plain values: journal lines, air's status and the plan come in.

Everything said of the program comes from what went out. Pure: no file, no clock, no HTTP.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.air import Airing, Line
from pipeline.panel.alarms import alarms, lights

Values = dict[str, Any]
ORDERS = (
    *("take", "undo", "next", "hold", "resume", "slate", "mark", "cue", "pause", "unpause", "stop"),
)
TOLD_ORDERS = 20


@dataclass(frozen=True, slots=True)
class Slot:
    """An item of the plan. `mode` is how it starts: fixed, follow or manual."""

    item: str
    title: str
    kind: str
    mode: str
    stand: int | None
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """All that a board is made of.

    `lines` are the session's journal so far, `aired` what ended in it, both in the rundown's time;
    `status` is air's answer, None when none is on air; `over`: nothing of it is to come any more.
    `stands` gives name and entitlement in seconds; `before` the seconds each had in other sessions.
    """

    session: str
    slots: Sequence[Slot]
    stands: Mapping[int, tuple[str, int]]
    before: Mapping[int, float]
    lines: Sequence[Line]
    aired: Sequence[Airing]
    status: Mapping[str, Any] | None
    now: datetime
    zone: ZoneInfo
    over: bool


def board(story: Story) -> Values:
    """See `GET /api/board` for the fields. Times are ISO 8601 in the event's zone, `_s` seconds."""
    status = story.status
    expected = _expected(story)
    ends = _end(story, expected)
    behind = (ends - story.slots[-1].end).total_seconds() if ends and story.slots else 0.0
    return {
        "connected": status is not None,
        "now": _iso(story.now, story.zone),
        "frame": status["frame"] if status else 0,
        "fps": status["fps"] if status else 0,
        "session": _session(story, ends),
        "on": _on(story),
        "next": _next(story, expected),
        "undo": status and status["undo"],
        "held": bool(status and status["held"]),
        "slated": bool(status and status["slated"]),
        "taken": status and status["taken"],
        "cue": (status and status.get("cue")) or {"state": "off"},
        "items": _items(story, expected),
        "behind_s": round(behind, 1),
        "stands": _stands(story),
        **lights(status),
        "late_frames": int(status["late"]["frames"]) if status else 0,
        "alarms": alarms(story.lines, status, story.zone),
        "marks": [_mark(line, story.zone) for line in story.lines if line["event"] == "mark"],
        "orders": _orders(story),
        **{
            "youtube": None,
            "job": None,
            "rundown": {"version": None},
        },  # who knows of them adds them
    }


def _iso(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="milliseconds")


def _session(story: Story, ends: datetime | None) -> Values | None:
    if not story.slots:
        return None
    return {
        "id": story.session,
        "start": _iso(story.slots[0].start, story.zone),
        "end": _iso(story.slots[-1].end, story.zone),
        "expected_end": ends and _iso(ends, story.zone),
    }


def _name(story: Story, stand: int | None) -> str | None:
    known = None if stand is None else story.stands.get(stand)
    return known and known[0]


def _on(story: Story) -> Values | None:
    on = story.status["on"] if story.status else None
    if on is None:
        return None
    left, sent = on["left_s"], on["sent_s"]
    slot = next((slot for slot in story.slots if slot.item == on["item"]), None)
    begun = story.now - timedelta(seconds=sent)
    return {
        **{name: on[name] for name in ("occurrence", "item", "stand", "title", "kind", "reason")},
        "stand_name": _name(story, on["stand"]),
        "started": _iso(begun, story.zone),
        "sent_s": sent,
        "left_s": left,
        "length_s": None if left is None else round(sent + left, 2),
        "planned_end": slot and _iso(slot.end, story.zone),
        "over_s": on["behind_s"],
    }


def _next(story: Story, expected: Mapping[str, datetime]) -> Values | None:
    coming = story.status["next"] if story.status else None
    if coming is None:
        return None
    moment = expected.get(coming["item"])
    return {
        **{name: coming[name] for name in ("item", "stand", "title", "mode", "duration_s")},
        "stand_name": _name(story, coming["stand"]),
        "start": _iso(datetime.fromisoformat(coming["start"]), story.zone),
        "expected": moment and _iso(moment, story.zone),
    }


def _expected(story: Story) -> dict[str, datetime]:
    """When each item that is still to come will begin, if nobody steers."""
    slots = {slot.item: slot for slot in story.slots}
    if story.status is None:
        past = {airing.item for airing in story.aired} | _missed(story)
        return {i: slot.start for i, slot in slots.items() if not (story.over or i in past)}
    on = story.status["on"]
    free = story.now + timedelta(seconds=(on and on["left_s"]) or 0)
    found = {}
    for item in story.status["coming"]:
        slot = slots.get(item)
        if slot is None:
            continue
        begins = max(slot.start, story.now) if slot.mode == "fixed" else free
        found[item] = begins
        free = begins + (slot.end - slot.start)
    return found


def _end(story: Story, expected: Mapping[str, datetime]) -> datetime | None:
    """When the session will be over; None while it isn't on air."""
    if story.status is None:
        return None
    last = max((slot for slot in story.slots if slot.item in expected), key=_planned, default=None)
    if last is not None:
        return expected[last.item] + (last.end - last.start)
    on = story.status["on"]
    if on is None or on["left_s"] is None:
        return None
    return story.now + timedelta(seconds=on["left_s"])


def _planned(slot: Slot) -> datetime:
    return slot.start


def _missed(story: Story) -> set[str]:
    return {line["item"] for line in story.lines if line["event"] == "missed"}


def _items(story: Story, expected: Mapping[str, datetime]) -> list[Values]:
    aired: dict[str | None, list[Airing]] = {}
    for airing in story.aired:
        aired.setdefault(airing.item, []).append(airing)
    missed = _missed(story)
    return [
        _item(slot, story, aired.get(slot.item, []), slot.item in missed, expected.get(slot.item))
        for slot in story.slots
    ]


def _item(
    slot: Slot, story: Story, own: Sequence[Airing], missed: bool, expected: datetime | None
) -> Values:
    """`own` are its airings that ended; `expected` is when it comes, unless it won't."""
    sent = _sent(slot, story)
    is_on = sent is not None
    began = own[0].start if own else None
    if sent is not None and began is None:
        began = story.now - timedelta(seconds=sent)
    shown = expected or began
    late = None if shown is None else (shown - slot.start).total_seconds()
    seconds = sum((a.end - a.start).total_seconds() for a in own)
    return {
        "item": slot.item,
        "title": slot.title,
        "stand": slot.stand,
        "stand_name": _name(story, slot.stand),
        "kind": slot.kind,
        "mode": slot.mode,
        "start": _iso(slot.start, story.zone),
        "end": _iso(slot.end, story.zone),
        "duration_s": (slot.end - slot.start).total_seconds(),
        "state": _state(slot, story, bool(own), missed, is_on),
        "began": began and _iso(began, story.zone),
        "ended": _iso(own[-1].end, story.zone) if own and not is_on else None,
        "aired_s": round(seconds + (sent or 0), 1),
        "airings": len(own) + is_on,
        "expected": expected and _iso(expected, story.zone),
        "over_s": None if late is None else round(late, 1),
    }


def _sent(slot: Slot, story: Story) -> float | None:
    """Seconds that have gone out of an item that is on air."""
    on = story.status["on"] if story.status else None
    return float(on["sent_s"]) if on is not None and on["item"] == slot.item else None


def _state(slot: Slot, story: Story, has_aired: bool, missed: bool, is_on: bool) -> str:
    if is_on:
        return "on"
    coming = story.status["coming"] if story.status else []
    if slot.item in coming:
        return "next" if slot.item == coming[0] else "coming"
    if has_aired:
        return "aired"
    if missed:
        return "missed"
    return "skipped" if story.over or story.status is not None else "coming"


def _stands(story: Story) -> list[Values]:
    """Airtime so far, with what is on now; who is owed most comes first."""
    seconds = dict.fromkeys(story.stands, 0.0)
    for number, earlier in story.before.items():
        seconds[number] = seconds.get(number, 0.0) + earlier
    for airing in story.aired:
        if airing.stand in seconds and airing.kind != "slate":
            seconds[airing.stand] += (airing.end - airing.start).total_seconds()
    on = story.status["on"] if story.status else None
    if on is not None and on["stand"] in seconds and on["kind"] != "slate":
        seconds[on["stand"]] += on["sent_s"]
    told = [
        {
            "stand": number,
            "name": name,
            "entitled_s": entitled,
            "aired_s": round(seconds[number], 1),
            "owed_s": round(max(0.0, entitled - seconds[number]), 1),
            "share": min(1.0, round(seconds[number] / entitled, 3)) if entitled else None,
        }
        for number, (name, entitled) in story.stands.items()
    ]
    return sorted(told, key=lambda stand: (-stand["owed_s"], stand["stand"]))


def _mark(line: Line, zone: ZoneInfo) -> Values:
    at = _iso(datetime.fromisoformat(line["at"]), zone)
    return {"at": at, "frame": line["frame"], "text": line["text"], "by": line["by"]}


def _orders(story: Story) -> list[Values]:
    """The last things that the crew did, the newest first."""
    found = [line for line in story.lines if line["event"] in ORDERS and "order" in line]
    return [
        {
            "at": _iso(datetime.fromisoformat(line["at"]), story.zone),
            "command": line["event"],
            **{name: line.get(name) for name in ("item", "by", "text")},
        }
        for line in reversed(found[-TOLD_ORDERS:])
    ]


def slots_of(planned: Iterable[Mapping[str, Any]], modes: Mapping[str, str]) -> tuple[Slot, ...]:
    """The plan as the journal's `planned` has it; how items start stands in the session's sheet."""
    return tuple(
        Slot(
            item=one["item"],
            title=one["title"],
            kind=one["kind"],
            mode=modes.get(one["item"], "follow"),
            stand=one["stand"],
            start=datetime.fromisoformat(one["start"]),
            end=datetime.fromisoformat(one["end"]),
        )
        for one in planned
    )
