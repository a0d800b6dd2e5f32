"""What encoders have pushed: noted as it comes, and which stretches of it belong to a broadcast."""

from datetime import datetime

from pipeline.publish.emulator.ingest import Push
from pipeline.publish.emulator.media import Stretch
from pipeline.publish.emulator.store import Tables
from pipeline.publish.emulator.world import World


def note_push(tables: Tables, push: Push, now: datetime) -> None:
    """Remembers a push that was accepted, and how it ended; one without a frame is forgotten."""
    if push.over and not push.frames:
        tables.pushes.pop(push.file.stem, None)
        return
    tables.pushes[push.file.stem] = {
        "stream": push.stream,
        "file": push.file.name,
        "frames": push.frames,
        "ms": push.out_ms,
        "started": push.started.timestamp(),
        "ended": now.timestamp() if push.over else None,
    }


def close_pushes(tables: Tables, now: datetime) -> None:
    """After the emulator was killed: what was being pushed then is over."""
    for push in tables.pushes.values():
        push["ended"] = push["ended"] or now.timestamp()


def recorded(world: World, identity: str) -> list[Stretch]:
    """A complete broadcast's pictures, from live to complete; empty while a push still runs."""
    broadcast, note = world.tables.broadcasts.get(identity), world.tables.notes.get(identity, {})
    if broadcast is None or "live" not in note or "over" not in note:
        return []
    stream, live, over = broadcast["contentDetails"]["boundStreamId"], note["live"], note["over"]
    pushes = [
        push
        for push in world.tables.pushes.values()
        if push["stream"] == stream and push["started"] < over and (push["ended"] or over) > live
    ]
    if any(push["ended"] is None for push in pushes):
        return []
    ingest = world.folder / "ingest"
    return [
        Stretch(
            ingest / push["file"],
            max(0.0, live - push["started"]),
            over - push["started"] if push["ended"] > over else None,
        )
        for push in pushes
    ]
