"""The emulated channel's state: tables of resources in memory, the same rows in a file of SQLite.

Everybody who reads or writes it holds `lock`. What one `save` writes is one transaction, so that a
killed emulator finds the state before a call or after it, never half of it.
"""

import dataclasses
import json
import marshal
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
        self._written: dict[Key, bytes] = {}
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
            row = json.loads(text)
            self._written[part, identity] = _print(row)
            if (part, identity) == SPENT:
                tables.spent = Spent(**row)
            else:
                getattr(tables, part)[identity] = row
        return tables

    def save(self) -> None:
        """Writes the rows that have changed."""
        rows = dict(self._rows())
        self._write(rows, self._written.keys() - rows.keys())

    def save_spent(self) -> None:
        """Writes the counters alone, if they have changed: most calls change nothing else."""
        self._write({SPENT: dataclasses.asdict(self.tables.spent)}, ())

    def _rows(self) -> Iterator[tuple[Key, Json]]:
        yield SPENT, dataclasses.asdict(self.tables.spent)
        for name in NAMES:
            for identity, row in getattr(self.tables, name).items():
                yield (name, identity), row

    def _write(self, rows: Mapping[Key, Json], gone: Collection[Key]) -> None:
        prints = {key: _print(row) for key, row in rows.items()}
        changed = [key for key, each in prints.items() if self._written.get(key) != each]
        if not changed and not gone:
            return
        with self._database:
            values = [(*key, json.dumps(rows[key])) for key in changed]
            self._database.executemany(_UPSERT, values)
            self._database.executemany("DELETE FROM rows WHERE part = ? AND id = ?", gone)
        self._written.update(prints)
        for key in gone:
            del self._written[key]
        self.revision += bool(gone) or changed != [SPENT]

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()


def _print(row: Json) -> bytes:
    """Bytes by which a row is known again: made five times as quickly as JSON.

    Version 2 of the format has no references, which would depend on more than the value.
    """
    return marshal.dumps(row, 2)


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
