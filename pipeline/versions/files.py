"""Versions on disk: a folder each, `NNNN/` with `rundown.yaml` and `version.json`; whole or not there at all.

A folder is made aside and then renamed, which the system refuses when there is one of that name: so two
who write at once can't overwrite each other, and who is killed leaves no half version.
"""

import errno
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from pipeline.errors import OutsideError, Text
from pipeline.rundown import Reading, read_rundown, under_ids
from pipeline.versions.values import Record, Version

RUNDOWN, RECORD = "rundown.yaml", "version.json"


class Taken(Exception):
    """Somebody else was quicker to make the version of that number."""


def numbers(root: Path) -> tuple[int, ...]:
    """The versions that there are, the newest first; OutsideError."""
    try:
        names = [path.name for path in root.iterdir()]
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _failed(root, error) from error
    return tuple(
        sorted((int(name) for name in names if re.fullmatch(r"\d{4,9}", name)), reverse=True)
    )


def read_record(root: Path, number: int) -> Record:
    """Raises OSError or ValueError when it isn't there, or isn't one of that number."""
    record = Record.model_validate_json((root / f"{number:04}" / RECORD).read_bytes())
    if record.number != number:
        raise ValueError(f"says that it is version {record.number}")
    return record


def read_version(root: Path, number: int, zone: ZoneInfo) -> Version:
    """The same, and InputFaults or ValueError when its rundown isn't as it was written."""
    folder = root / f"{number:04}"
    record = read_record(root, number)
    if digest((folder / RUNDOWN).read_bytes()) != record.yaml:
        raise ValueError(f"{RUNDOWN} isn't as it was written")
    reading = read_rundown(folder / RUNDOWN, zone)
    named = Reading(under_ids(reading.rundown, record.ids), reading.warnings)
    return Version(record, named, record.workbook)


def write_version(root: Path, record: Record, rundown: str) -> None:
    """On disk for good when it returns; Taken, or OutsideError and nothing is there."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".new-", dir=root) as aside:
            made = Path(aside) / "version"
            made.mkdir()
            _fill(made, {RUNDOWN: rundown, RECORD: record.model_dump_json(indent=1)})
            made.rename(root / f"{record.number:04}")
        _sync(root)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise Taken from error
        raise _failed(root, error) from error


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _fill(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        with (folder / name).open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    _sync(folder)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _failed(root: Path, error: OSError) -> OutsideError:
    reason = error.strerror or str(error)
    return OutsideError(
        Text(
            f"versi rundown tidak dapat disimpan di {root}: {reason}",
            f"a version of the rundown can't be kept in {root}: {reason}",
        ),
        Text("Periksa ruang disk dan izin folder.", "Check disk space and the folder's rights."),
    )
