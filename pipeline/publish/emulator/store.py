"""The emulated channel's state: tables of resources in memory, one JSON file on disk.

Everybody who reads or writes it holds `lock`; `save` replaces the file in one step, so that a
crash leaves the state before or after a call, never half of it.
"""

import dataclasses
import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import OutsideError, Text
from pipeline.publish.emulator.quota import Spent

Json = dict[str, Any]
Table = dict[str, Json]


@dataclass(slots=True)
class Tables:
    """Resources by id, in the order of their making. `notes` holds what the API never shows."""

    broadcasts: Table = field(default_factory=dict)
    streams: Table = field(default_factory=dict)
    videos: Table = field(default_factory=dict)
    playlists: Table = field(default_factory=dict)
    playlist_items: Table = field(default_factory=dict)
    captions: Table = field(default_factory=dict)
    sessions: Table = field(default_factory=dict)
    tokens: Table = field(default_factory=dict)
    pushes: Table = field(default_factory=dict)
    notes: Table = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)


class Store:
    """`tables` read from `folder/channel.json`, or empty."""

    def __init__(self, folder: Path) -> None:
        self.lock = threading.RLock()
        self._file = folder / "channel.json"
        self._written = ""
        self.tables = self._read()

    def _read(self) -> Tables:
        if not self._file.exists():
            return Tables()
        try:
            values = json.loads(self._file.read_text(encoding="utf-8"))
            spent = Spent(**values.pop("spent"))
            return Tables(**values, spent=spent)
        except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
            raise OutsideError(
                Text(f"{self._file} tidak dapat dibaca", f"{self._file} can't be read: {error}"),
                Text("Hapus berkas itu: kanal tiruan mulai kosong.", "Delete it to start empty."),
            ) from error

    def save(self) -> None:
        """Writes what has changed; the old file stays until the new one is complete."""
        text = json.dumps(self.as_dict())
        if text == self._written:
            return
        fresh = self._file.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self._file)
        self._written = text

    def as_dict(self) -> Json:
        """All tables as JSON values."""
        return dataclasses.asdict(self.tables)
