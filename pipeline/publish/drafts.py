"""Jinja2 templates become the draft of a text: a folder's own templates first, then the shipped ones.

A template that is missing, misspelt or broken is a fault that names its file and line. It must not
know what YouTube accepts, nor where values come from.
"""

import difflib
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import Fault, InputFaults, Text, stopped_at
from pipeline.rundown import whatsapp_link

SHIPPED = Path(__file__).parent / "templates"

_SEAM = "\x1e"
"""Between the parts of a rendered text: a control character, which no value has."""


class Draft(NamedTuple):
    """What a template made, each part stripped. Its lines are the unit of leaving out.

    `title` has the alternatives, the best first; `tags` one a line.
    """

    title: str
    description: str
    programme: str
    footer: str
    tags: str


class Templates:
    """The templates of `folder` before the shipped ones, each compiled once.

    Raises InputFaults when `folder` is none, or has a template by a name that nothing asks for.
    """

    def __init__(self, folder: Path | None) -> None:
        shipped = FileSystemLoader(SHIPPED)
        if folder is not None:
            _check(folder)
        own = [] if folder is None else [FileSystemLoader(folder)]
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([*own, shipped, PrefixLoader({"tayang": shipped})]),
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["whatsapp_link"] = whatsapp_link

    def draft(self, thing: str, language: str, **values: Any) -> Draft:
        """What the template of `thing` (clip, broadcast, playlist) makes; InputFaults when broken."""
        name = f"{thing}.{language}.j2"
        try:
            text = self._environment.get_template(name).render(values, seam=_SEAM)
        except TemplateNotFound as error:
            raise _faults(str(error), "templat tidak ada", "there is no such template") from error
        except TemplateSyntaxError as error:
            where = f"{error.filename or error.name}, baris/line {error.lineno}"
            raise _faults(where, f"templat salah: {error}", f"broken template: {error}") from error
        except (
            *(TemplateError, ArithmeticError, AttributeError, LookupError, OSError),
            *(RecursionError, TypeError, ValueError),
        ) as error:
            raise _faults(
                stopped_at(error, ".j2", name),
                f"templat gagal: {error}",
                f"the template failed: {error}",
            ) from error
        parts = [part.strip() for part in text.split(_SEAM)]
        if len(parts) != len(Draft._fields):
            raise _faults(
                name,
                'templat harus diawali {% extends "parts.j2" %}',
                'the template must begin with {% extends "parts.j2" %}',
            )
        return Draft(*parts)


@lru_cache(maxsize=8)
def templates_of(folder: Path | None) -> Templates:
    """The templates of a folder, read once for as long as the program runs."""
    return Templates(folder)


def _check(folder: Path) -> None:
    """InputFaults for what would otherwise be passed over in silence."""
    if not folder.is_dir():
        raise _faults(
            "settings.yaml: youtube.templates",
            f"folder {folder} tidak ada",
            f"there is no folder {folder}",
        )
    known = sorted(path.name for path in SHIPPED.glob("*.j2"))
    names = sorted(path.name for path in folder.glob("*.j2") if not path.name.startswith("_"))
    faults = [_unknown(folder / name, known) for name in names if name not in known]
    if faults:
        raise InputFaults(faults)


def _unknown(path: Path, known: list[str]) -> Fault:
    near = difflib.get_close_matches(path.name, known, n=1) or known
    return Fault(
        str(path),
        Text("tidak ada teks dengan nama ini", "there is no text by this name"),
        Text(
            f"Maksudnya {' / '.join(near)}? Templat bantuan diawali garis bawah.",
            f"{' / '.join(near)}? A template for others to import begins with an underscore.",
        ),
    )


def _faults(where: str, indonesian: str, english: str) -> InputFaults:
    return InputFaults([Fault(where, Text(indonesian, english))])
