"""A theme folder becomes one frozen `Theme`: colours, accents, faces and the room for each text.

A folder of one's own may hold only what differs: its theme.yaml is laid over the shipped one, key
by key, and its templates and fonts are found before the shipped ones. Draws nothing.
"""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.errors import Fault, InputFaults, OutsideError, Text
from pipeline.overlays.fit import Slot
from pipeline.overlays.typeset import Typesetter

FILE = "theme.yaml"

Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Accent(Part):
    """One dye of the cloth: a deep ground, its tone on tone, and two threads that shine on it."""

    ground: Colour
    deep: Colour
    tone: Colour
    thread: Colour
    spark: Colour


class Theme(Part):
    """What a theme decides. `folders` are searched in order for templates and fonts."""

    name: str
    colours: dict[str, Colour]
    accents: tuple[Accent, ...] = Field(min_length=1)
    faces: dict[str, str] = Field(min_length=1)
    fallback: tuple[str, ...] = ()
    contrast: tuple[tuple[str, str], ...] = Field(description="pairs of text and ground")
    slots: dict[str, Slot]
    folders: tuple[Path, ...] = Field(min_length=1, exclude=True)

    def accent(self, number: int) -> Accent:
        """The dye of a stand: neighbours differ, the same stand is always the same."""
        return self.accents[number % len(self.accents)]

    def typesetter(self) -> Typesetter:
        """Opens the fonts; InputFaults for those that are missing or aren't fonts."""
        fonts = {name: self._font(name) for name in {*self.faces.values(), *self.fallback}}
        faults = [
            _fault(self.folders[0] / "fonts" / name, "font tidak ada", "there is no such font")
            for name, path in sorted(fonts.items())
            if path is None
        ]
        if faults:
            raise InputFaults(faults)
        found = {name: path for name, path in fonts.items() if path is not None}
        try:
            return Typesetter(
                {face: found[name] for face, name in self.faces.items()},
                [found[name] for name in self.fallback],
            )
        except (OSError, ValueError) as error:
            raise InputFaults([_fault(self.folders[0] / "fonts", *[str(error)] * 2)]) from error

    def _font(self, name: str) -> Path | None:
        places = (folder / "fonts" / Path(name).name for folder in self.folders)
        return next((place for place in places if place.is_file()), None)


def shipped_folder() -> Path:
    """The batik theme, which lies beside `pipeline/`: Tayang runs from a checkout."""
    folder = Path(__file__).resolve().parents[2] / "overlays"
    if not (folder / FILE).is_file():
        raise OutsideError(
            Text(f"tema bawaan tidak ada di {folder}", f"the shipped theme isn't in {folder}"),
            Text("Jalankan dari hasil git clone.", "Run from a git clone."),
        )
    return folder


def read_theme(folder: Path | None) -> Theme:
    """The theme of a folder, over the shipped one; None is the shipped one. InputFaults."""
    shipped = shipped_folder()
    values = _values(shipped / FILE)
    folders = [shipped]
    if folder is not None:
        if not folder.is_dir():
            raise InputFaults([_fault(folder, "folder tema tidak ada", "no such theme folder")])
        folders = [folder, shipped]
        if (folder / FILE).is_file():
            values = _laid_over(values, _values(folder / FILE))
    try:
        theme = Theme.model_validate({**values, "folders": tuple(folders)})
    except ValidationError as error:
        path = folders[0] / FILE
        raise InputFaults([_invalid(path, item) for item in error.errors()]) from error
    if faults := _unknown_faces(theme):
        raise InputFaults(faults)
    return theme


def _values(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputFaults(
            [_fault(path, f"tidak terbaca: {error}", f"can't be read: {error}")]
        ) from error
    if not isinstance(values, dict):
        raise InputFaults([_fault(path, "bukan daftar kunci", "not a list of keys")])
    return values


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {key for key, value in above.items() if isinstance(value, dict) and key in below}
    return {**below, **above, **{key: _laid_over(below[key], above[key]) for key in both}}


def _unknown_faces(theme: Theme) -> list[Fault]:
    return [
        Fault(
            f"{theme.folders[0] / FILE}: slots.{name}.face",
            Text(f"huruf {slot.face} tidak ada di faces", f"no face {slot.face} among the faces"),
        )
        for name, slot in theme.slots.items()
        if slot.face not in theme.faces
    ]


def _invalid(path: Path, item: Any) -> Fault:
    key = ".".join(str(part) for part in item["loc"])
    return Fault(f"{path}: {key}", Text("tidak dapat dipakai", item["msg"]))


def _fault(path: Path, indonesian: str, english: str) -> Fault:
    return Fault(str(path), Text(indonesian, english))
