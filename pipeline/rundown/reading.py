"""Joins the readers of both file forms with the one parse: a path in, a Rundown or faults out."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.errors import Fault, InputFaults, OutsideError, Text
from pipeline.rundown.cells import Findings, Tables
from pipeline.rundown.model import Rundown
from pipeline.rundown.parse import parse
from pipeline.rundown.sheets import tables_of
from pipeline.rundown.yamlform import tables_of_yaml

MAX_TEXT = 2 << 20
"""Bytes of a YAML form: ten times what 500 stands take."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A rundown without faults, and what may not be what was meant."""

    rundown: Rundown
    warnings: tuple[Fault, ...]


def read_rundown(path: Path, zone: ZoneInfo) -> Reading:
    """Reads an .xlsx workbook, or the same as .yaml or .yml, with its times in `zone`.

    Raises InputFaults with every fault, OutsideError when the disk fails.
    """
    found = Findings()
    rundown = parse(_tables(path, found), zone, found)
    if rundown is None:
        raise InputFaults(tuple(found.faults))
    return Reading(rundown, tuple(found.warnings))


def _tables(path: Path, found: Findings) -> Tables:
    if path.suffix.lower() in (".yaml", ".yml"):
        return tables_of_yaml(_text(path), path.name, found)
    # Imported only here: who needs a plan that was read before does not wait for openpyxl.
    from pipeline.rundown.workbook import read_sheets

    return tables_of(read_sheets(path, found), path.name, found)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_TEXT:
            what = Text("berkas terlalu besar", "the file is too large")
            raise InputFaults([Fault(path.name, what)])
        return path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError) as error:
        what = Text(f"berkas {path} tidak ada", f"there is no file {path}")
        raise InputFaults([Fault(path.name, what)]) from error
    except UnicodeDecodeError as error:
        what = Text("bukan teks UTF-8", "isn't UTF-8 text")
        raise InputFaults([Fault(path.name, what)]) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutsideError(
            Text(f"{path} tidak dapat dibaca: {reason}", f"{path} can't be read: {reason}")
        ) from error
