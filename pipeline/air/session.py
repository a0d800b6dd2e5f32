"""What air plays, as plain values, and as a file from which air goes on by itself after a break.

The file holds stream keys, so that only its owner may read it. Knows no composer and no workbook.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from pipeline.air.reel import Playable
from pipeline.errors import OutsideError, Text
from pipeline.rundown import Item, Planned
from pipeline.settings import Destination

SHEET = "session.json"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Footage(_Value):
    """A composed segment, as far as air needs to know it."""

    key: str
    path: Path
    kind: str
    frames: int
    loop: bool = False
    cues: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, segment: Playable) -> "Footage":
        return cls(**{name: getattr(segment, name) for name in cls.model_fields})


class Session:
    """The plan, a segment for each item, a slate for each hole (by the item after it).

    `slates[None]` is the one that serves wherever no other does. `names` gives each stand's name.
    `fillers` are segments for holes by stand, `owed` the seconds that each was promised and did not
    have before this session.
    """

    def __init__(
        self,
        id: str,
        plan: Sequence[Planned],
        segments: Mapping[str, Playable],
        slates: Mapping[str | None, Playable],
        names: Mapping[int, str],
        fillers: Mapping[int, Playable] | None = None,
        owed: Mapping[int, int] | None = None,
    ) -> None:
        self.id = id
        self.plan = plan
        self.segments = segments
        self.slates = slates
        self.names = names
        self.fillers = fillers or {}
        self.owed = {stand: Fraction(seconds) for stand, seconds in (owed or {}).items()}
        self._planned = {planned.item.id: planned for planned in plan}

    @property
    def ids(self) -> tuple[str, ...]:
        """The items of the plan, in its order."""
        return tuple(self._planned)

    def planned(self, item: str) -> Planned:
        return self._planned[item]


class _Planned(_Value):
    item: Item
    start: datetime
    end: datetime


class Sheet(_Value):
    """All that a run of air needs. `facts` go into the journal's first line."""

    id: str
    plan: tuple[_Planned, ...]
    segments: dict[str, Footage]
    slates: dict[str, Footage]
    names: dict[int, str]
    fillers: dict[int, Footage]
    owed: dict[int, int]
    facts: dict[str, Any]
    stay: bool = False
    destinations: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(
        cls,
        session: Session,
        facts: Mapping[str, Any],
        *,
        stay: bool = False,
        destinations: Sequence[Destination] = (),
    ) -> "Sheet":
        return cls(
            id=session.id,
            plan=tuple(_Planned(item=p.item, start=p.start, end=p.end) for p in session.plan),
            segments={name: Footage.of(made) for name, made in session.segments.items()},
            slates={name or "": Footage.of(made) for name, made in session.slates.items()},
            names=dict(session.names),
            fillers={stand: Footage.of(made) for stand, made in session.fillers.items()},
            owed={stand: int(seconds) for stand, seconds in session.owed.items()},
            facts=dict(facts),
            stay=stay,
            destinations=tuple(_open(destination) for destination in destinations),
        )

    @property
    def session(self) -> Session:
        return Session(
            self.id,
            tuple(Planned(p.item, p.start, p.end) for p in self.plan),
            self.segments,
            {name or None: made for name, made in self.slates.items()},
            self.names,
            self.fillers,
            self.owed,
        )

    @property
    def sent_to(self) -> tuple[Destination, ...]:
        return tuple(Destination.model_validate(values) for values in self.destinations)


def _open(destination: Destination) -> dict[str, Any]:
    """A destination with its key readable."""
    values: dict[str, Any] = destination.model_dump(exclude_none=True, exclude={"key"})
    if destination.key is not None:
        values["key"] = destination.key.get_secret_value()
    return values


def write_sheet(folder: Path, sheet: Sheet) -> None:
    """Keeps the sheet of a session's folder, whole or not at all; raises OutsideError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / f"{SHEET}.new"
        new.unlink(missing_ok=True)
        new.touch(0o600)
        new.write_text(sheet.model_dump_json())
        new.replace(folder / SHEET)
    except OSError as error:
        raise OutsideError(
            Text(f"folder {folder} tak dapat ditulis: {error}", f"can't write {folder}: {error}"),
            Text("Periksa ruang disk dan `state`.", "Check disk space and `state`."),
        ) from error


def read_sheet(path: Path) -> Sheet:
    """Raises OutsideError when there is none, or none that can be understood."""
    try:
        return Sheet.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OutsideError(
            Text(f"{path} tak dapat dibaca", f"{path} can't be read"),
            Text("Jalankan `tayang air --anew`.", "Run `tayang air --anew`."),
        ) from error
