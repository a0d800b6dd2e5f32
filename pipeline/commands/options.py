"""The options that commands share, and the settings that they name; imports nothing that takes time."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.settings import Settings, read_settings

Json = Annotated[bool, typer.Option("--json", help="Satu dokumen JSON di keluaran standar · JSON.")]
Day = Annotated[str | None, typer.Option("--session", help="Tanggal sesi, 2021-11-24 · Its date.")]


def settings_of(ctx: typer.Context) -> Settings:
    """The settings that `--settings` names."""
    path: Path = ctx.obj
    return read_settings(path)
