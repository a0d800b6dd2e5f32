"""The error tree and the two values that explain a mistake to a person; knows nothing of shows.

    TayangError            exit status
    ├── InputFaults        1   the input has faults, all of them listed
    ├── UsageError         2   the command was asked for something it can't do
    └── OutsideError       3   network, disk or another program failed
        ├── ToolError          a program ended with an error
        └── ToolTimeout        a program had not ended at its deadline

Everything said to people is a `Text`: Indonesian first, English beside it.
"""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in both languages of the product."""

    id: str
    en: str

    def __str__(self) -> str:
        return f"{self.id} · {self.en}"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, where it stands, and what to do about it.

    `where` is what a person can find: `Produk!C5`, `settings.yaml: event.timezone`, a file's name.
    The same value serves for warnings; the list it stands in tells which it is.
    """

    where: str
    what: Text
    hint: Text | None = None

    def as_dict(self) -> dict[str, str]:
        """The `{where, what, hint}` of `--json`, with the English beside it."""
        hint = self.hint or Text("", "")
        return {
            "where": self.where,
            "what": self.what.id,
            "hint": hint.id,
            "what_en": self.what.en,
            "hint_en": hint.en,
        }


class TayangError(Exception):
    """The root: what happened, and what to do."""

    exit_status = 3

    def __init__(self, what: Text, hint: Text | None = None) -> None:
        super().__init__(str(what))
        self.what = what
        self.hint = hint


class InputFaults(TayangError):
    """The input can't be used as it is; carries every fault that was found, at least one."""

    exit_status = 1

    def __init__(self, faults: Sequence[Fault]) -> None:
        n = len(faults)
        super().__init__(
            Text(f"{n} kesalahan pada masukan", f"{n} fault{'s' if n != 1 else ''} in the input")
        )
        self.faults = tuple(faults)


class UsageError(TayangError):
    """A request that can't be carried out as it was put, whatever the input holds."""

    exit_status = 2


class OutsideError(TayangError):
    """Something outside the program failed: network, disk, port, another program."""


class ToolError(OutsideError):
    """A program ended with an error; `tail` is the end of what it wrote to standard error."""

    def __init__(self, program: str, status: int, tail: str) -> None:
        last = tail.strip().rsplit("\n", 1)[-1] if tail.strip() else "?"
        super().__init__(
            Text(
                f"{program} gagal (status {status}): {last}",
                f"{program} failed (status {status}): {last}",
            )
        )
        self.program = program
        self.status = status
        self.tail = tail


class ToolTimeout(OutsideError):
    """A program had not ended at its deadline and was killed."""

    def __init__(self, program: str, seconds: float) -> None:
        super().__init__(
            Text(
                f"{program} belum selesai setelah {seconds:g} detik dan dihentikan",
                f"{program} had not finished after {seconds:g} seconds and was stopped",
            )
        )


def stopped_at(error: Exception, suffix: str, name: str) -> str:
    """The innermost file with that suffix in an error's traceback, and its line; else `name`.

    Jinja2 puts its templates there.
    """
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if frame.filename.endswith(suffix)]
    return f"{inside[-1].filename}, baris/line {inside[-1].lineno}" if inside else name
