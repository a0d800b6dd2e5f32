"""The emulated channel's state: tables of resources in memory, the same rows in a file of SQLite.

Everybody who reads or writes it holds `lock`. What one `save` writes is one transaction, so that a
killed emulator finds the state before a call or after it, never half of it.
"""

import dataclasses
import json
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import OutsideError, Text
from pipeline.publish.emulator.quota import Spent

Json = dict[str, Any]
Table = dict[str, Json]
Key = tuple[str, str]

SPENT: Key = ("spent", "")
"""Where the counters are: the one row that isn't a resource."""


@dataclass(slots=True)
class Tables:
    """Resources by id, in the order of their making. `notes` holds what the API never shows.

    `tokens` are access tokens, `grants` refresh tokens, `codes` what consent gives for one of them.
    """

    broadcasts: Table = field(default_factory=dict)
    streams: Table = field(default_factory=dict)
    videos: Table = field(default_factory=dict)
    playlists: Table = field(default_factory=dict)
    playlist_items: Table = field(default_factory=dict)
    captions: Table = field(default_factory=dict)
    sessions: Table = field(default_factory=dict)
    tokens: Table = field(default_factory=dict)
    grants: Table = field(default_factory=dict)
    codes: Table = field(default_factory=dict)
    pushes: Table = field(default_factory=dict)
    notes: Table = field(default_factory=dict)
    spent: Spent = field(default_factory=Spent)


NAMES = tuple(each.name for each in dataclasses.fields(Tables) if each.name != SPENT[0])


class Store:
    """`tables` read from `folder/channel.sqlite`, or empty; `revision` counts what was changed."""

    def __init__(self, folder: Path) -> None:
        self.lock = threading.RLock()
        self._file = folder / "channel.sqlite"
        self._written: dict[Key, str] = {}
        self.revision = 0
        try:
            self._database = _open(self._file)
            self.tables = self._read()
        except (sqlite3.Error, ValueError, TypeError, AttributeError) as error:
            raise OutsideError(
                Text(f"{self._file} tidak dapat dibaca", f"{self._file} can't be read: {error}"),
                Text("Hapus berkas itu: kanal tiruan mulai kosong.", "Delete it to start empty."),
            ) from error

    def _read(self) -> Tables:
        tables = Tables()
        # The order of rowid is the order of making: an upsert keeps the row where it is.
        for part, identity, text in self._database.execute(
            "SELECT part, id, value FROM rows ORDER BY rowid"
        ):
            self._written[part, identity] = text
            if (part, identity) == SPENT:
                tables.spent = Spent(**json.loads(text))
            else:
                getattr(tables, part)[identity] = json.loads(text)
        return tables

    def save(self) -> None:
        """Writes the rows that have changed."""
        rows = dict(self._rows())
        changed = {key: text for key, text in rows.items() if self._written.get(key) != text}
        self._write(changed, self._written.keys() - rows.keys())

    def save_spent(self) -> None:
        """Writes the counters alone, if they have changed: most calls change nothing else."""
        text = json.dumps(dataclasses.asdict(self.tables.spent))
        self._write({SPENT: text} if self._written.get(SPENT) != text else {}, ())

    def _write(self, changed: Mapping[Key, str], gone: Collection[Key]) -> None:
        if not changed and not gone:
            return
        values = [(part, identity, text) for (part, identity), text in changed.items()]
        with self._database:
            self._database.executemany(_UPSERT, values)
            self._database.executemany("DELETE FROM rows WHERE part = ? AND id = ?", gone)
        self._written.update(changed)
        self.revision += changed.keys() != {SPENT}
        for key in gone:
            del self._written[key]

    def _rows(self) -> Iterator[tuple[Key, str]]:
        yield SPENT, json.dumps(dataclasses.asdict(self.tables.spent))
        for name in NAMES:
            for identity, row in getattr(self.tables, name).items():
                yield (name, identity), json.dumps(row)

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()


_UPSERT = """
INSERT INTO rows (part, id, value) VALUES (?, ?, ?)
ON CONFLICT (part, id) DO UPDATE SET value = excluded.value
"""


def _open(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, check_same_thread=False)
    # What was committed survives the process, not the machine: that would cost an fsync a call.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = OFF")
    database.execute(
        "CREATE TABLE IF NOT EXISTS rows (part TEXT, id TEXT, value TEXT, PRIMARY KEY (part, id))"
    )
    return database
