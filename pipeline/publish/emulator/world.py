"""What a method of the emulator works on: the channel's state, folder, clock and ingest."""

import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from pipeline.clock import Clock
from pipeline.publish.emulator.document import Method
from pipeline.publish.emulator.ingest import Ingest
from pipeline.publish.emulator.quota import Limits
from pipeline.publish.emulator.store import Json, Store, Tables

CHANNEL = "UCemulator0tayang0kanal00"
CHANNEL_TITLE = "Kanal Emulator Tayang"
UPLOADS_PLAYLIST = "UU" + CHANNEL[2:]

FILES = ("file", "picture", "archive")
"""The names under which a note names a file."""

_LETTERS = string.ascii_letters + string.digits + "-_"


class Delays(BaseModel):
    """Seconds, by the clock, that the service takes for what it does by itself.

    `starting` is how long a *Starting status lasts, `processing` an upload's, `visible` is until a
    list shows what was made, `auto_stop` until a silent broadcast with auto-stop is complete.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    starting: float = Field(default=0.5, ge=0)
    processing: float = Field(default=0.5, ge=0)
    visible: float = Field(default=0.0, ge=0)
    auto_stop: float = Field(default=60.0, ge=0)


class Media(NamedTuple):
    """The bytes that came with a call: they stay where they are and become the resource's file."""

    file: Path
    type: str
    sha256: str


@dataclass(slots=True)
class World:
    """Everything that a method may read and change; `url` has no slash at its end.

    `dropped` are files that nothing names any more, to be removed once that is saved.
    """

    store: Store
    clock: Clock
    ingest: Ingest
    folder: Path
    ffmpeg: str
    url: str
    limits: Limits
    delays: Delays
    dropped: list[Path] = field(default_factory=list)

    @property
    def files(self) -> Path:
        """The folder of all media: a file is kept while a session or a note names it."""
        return self.folder / "files"

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

    def made(self, identity: str) -> Json:
        """The note of a resource that is made now."""
        note = self.note(identity)
        note["made"] = self.epoch()
        return note

    def visible(self, rows: Iterable[Json]) -> list[Json]:
        """Those that lists show already: `Delays.visible` is over."""
        before = self.epoch() - self.delays.visible
        notes = self.tables.notes
        return [row for row in rows if notes.get(row["id"], {}).get("made", before) <= before]

    def forget(self, identity: str) -> None:
        """Takes a resource's note away, and its files."""
        note = self.tables.notes.pop(identity, {})
        self.dropped += [self.files / note[kind] for kind in FILES if kind in note]


@dataclass(frozen=True, slots=True)
class Call:
    """One request that fits the discovery document; `media` is there once its bytes have come."""

    method: Method
    query: Mapping[str, Any]
    body: Json = field(default_factory=dict)
    media: Media | None = None

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
