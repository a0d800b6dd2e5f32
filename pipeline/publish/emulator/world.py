"""What a method of the emulator works on: the channel's state, folder, clock and ingest."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.clock import Clock
from pipeline.publish.emulator.document import Method
from pipeline.publish.emulator.ingest import Ingest
from pipeline.publish.emulator.quota import Limits
from pipeline.publish.emulator.store import Json, Store, Tables

CHANNEL = "UCemulator0tayang0kanal00"
CHANNEL_TITLE = "Kanal Emulator Tayang"
UPLOADS_PLAYLIST = "UU" + CHANNEL[2:]

_LETTERS = string.ascii_letters + string.digits + "-_"


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds, by the clock, that the service takes for what it does by itself."""

    starting: float = 0.5
    processing: float = 0.5
    visible: float = 0.0
    auto_stop: float = 60.0


@dataclass(slots=True)
class World:
    """Everything that a method may read and change; `url` has no slash at its end."""

    store: Store
    clock: Clock
    ingest: Ingest
    folder: Path
    ffmpeg: str
    url: str
    limits: Limits
    delays: Delays

    @property
    def tables(self) -> Tables:
        return self.store.tables

    def stamp(self) -> str:
        """Now as the API writes it."""
        return written(self.clock.now())

    def epoch(self) -> float:
        """Now in seconds, for the emulator's own notes."""
        return self.clock.now().timestamp()

    def note(self, identity: str) -> Json:
        """What the emulator remembers of a resource besides what the API shows."""
        return self.tables.notes.setdefault(identity, {})


@dataclass(frozen=True, slots=True)
class Call:
    """One request that fits the discovery document; `media` is set once its bytes have arrived."""

    method: Method
    query: Mapping[str, Any]
    body: Json = field(default_factory=dict)
    media: Path | None = None
    media_type: str = ""

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(self.query.get("part", ()))


def written(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds, as YouTube writes it."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def fresh_id(length: int, prefix: str = "") -> str:
    """A new id in YouTube's alphabet: 11 characters for a video."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))


def fresh_key() -> str:
    """A new stream key in the form that YouTube gives: five groups of four."""
    letters = string.ascii_lowercase + string.digits
    groups = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))
    return "-".join(groups)
