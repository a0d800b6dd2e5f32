"""A card becomes SVG: Jinja2 templates of the theme, sandboxed, that see the card and nothing else.

A template that is broken is a fault that names its file and line. Knows no fonts and no pixels.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from pipeline.errors import Fault, InputFaults, Text, stopped_at


class Templates:
    """The templates of the folders, the first folder first, each compiled once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )

    def render(self, name: str, **values: Any) -> str:
        """The SVG of template `name`; InputFaults when it is missing, broken or reaches outside."""
        try:
            svg = self._environment.get_template(name).render(values)
        except TemplateNotFound as error:
            raise _faults(str(error), "templat tidak ada", "there is no such template") from error
        except TemplateSyntaxError as error:
            where = f"{error.filename or error.name}, baris/line {error.lineno}"
            raise _faults(where, f"templat salah: {error}", f"broken template: {error}") from error
        except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
            raise _faults(
                stopped_at(error, ".svg", name),
                f"templat gagal: {error}",
                f"the template failed: {error}",
            ) from error
        if _reaches_out(svg):
            raise _faults(
                name,
                'gambar hanya boleh merujuk ke bagiannya sendiri: href="#..." dan url(#...)',
                'a picture may not refer outside itself: only href="#..." and url(#...)',
            )
        return svg


def _reaches_out(svg: str) -> bool:
    """Whether it refers to a file or the network, or has entities that such could hide in.

    Counted, not matched: twenty times faster on a picture of 50 kB of paths.
    """
    return (
        "<!DOCTYPE" in svg
        or svg.count("href") > svg.count('href="#')
        or svg.count("url(") > svg.count("url(#")
    )


def _faults(where: str, indonesian: str, english: str) -> InputFaults:
    return InputFaults([Fault(where, Text(indonesian, english))])
