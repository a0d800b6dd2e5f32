"""What happens on the channel without a call of ours: by YouTube, or by somebody's hand.

A `Happening` that is due comes in, and the channel is changed with all that follows from it. It must
not know calls or HTTP.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.publish.emulator import (
    broadcasts,
    captions,
    playlist_items,
    playlists,
    streams,
    videos,
)
from pipeline.publish.emulator.faults import ExpireTokens, Force, Revoke
from pipeline.publish.emulator.lifecycle import SETTLES
from pipeline.publish.emulator.shapes import change, value_at
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.waiting import Faults, Waiting
from pipeline.publish.emulator.world import World

LIFECYCLE = "status.lifeCycleStatus"

DELETE: Mapping[str, Callable[[World, str], None]] = {
    "broadcasts": videos.remove,
    "streams": streams.remove,
    "videos": videos.remove,
    "playlists": playlists.remove,
    "playlist_items": playlist_items.remove,
    "captions": captions.remove,
}


def settle(world: World, faults: Faults) -> bool:
    """Lets happen what is due; whether anything did."""
    happened = False
    for waiting in faults.due(world.epoch()):
        if _happens(world, faults, waiting):
            faults.done(waiting)
            happened = True
    return happened


def _happens(world: World, faults: Faults, waiting: Waiting) -> bool:
    match waiting.fault:
        case ExpireTokens():
            world.tables.tokens.clear()
        case Revoke():
            world.tables.tokens.clear()
            faults.revoked = world.epoch()
        case Force() as force:
            found = _found(world, force)
            if found is None:
                waiting.seen = None
                return False
            if waiting.seen is None or waiting.seen[0] != found:
                waiting.seen = found, world.epoch()
            if world.epoch() - waiting.seen[1] < force.lasting:
                return False
            _force(world, force, found)
    return True


def _found(world: World, force: Force) -> str | None:
    """The id of the resource that it is about, the newest first."""
    for identity, row in reversed(getattr(world.tables, force.table).items()):
        if force.id not in (None, identity):
            continue
        if force.id is None and force.table == "videos" and identity in world.tables.broadcasts:
            continue  # the newest upload is meant: a broadcast is found among the broadcasts
        shown = streams.current(world, row) if force.table == "streams" else row
        if all(value_at(shown, name) == value for name, value in force.where.items()):
            return str(identity)
    return None


def alter(world: World, table: str, identity: str, fields: Mapping[str, Any]) -> None:
    """Changes fields of a resource, with what follows from it."""
    row: Json = getattr(world.tables, table)[identity]
    rest = dict(fields)
    if LIFECYCLE in rest:
        broadcasts.enter(world, row, rest.pop(LIFECYCLE), world.epoch())
    change(row, rest)
    if table == "broadcasts":
        broadcasts.mirror(world, row)
    if table == "videos":
        videos.changed(world, row)


def _force(world: World, force: Force, identity: str) -> None:
    if force.delete:
        DELETE[force.table](world, identity)
        return
    if force.hold is not None:
        _hold(world, identity, force.hold)
    if force.locked:
        world.note(identity)["locked"] = True
    alter(world, force.table, identity, force.fields)


def _hold(world: World, identity: str, seconds: float) -> None:
    """From now when the broadcast is starting, or else from when it will."""
    note = world.note(identity)
    if world.tables.broadcasts[identity]["status"]["lifeCycleStatus"] in SETTLES:
        note["settles"] = world.epoch() + seconds
    else:
        note["hold"] = seconds
