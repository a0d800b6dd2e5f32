"""The command `demo`."""

import typer

from pipeline.clock import SystemClock
from pipeline.commands.options import Json, settings_of
from pipeline.demo import run_demo
from pipeline.screen import give_json


def demo(ctx: typer.Context, as_json: Json = False) -> None:
    """Seluruh alur pada satu sesi pendek · The whole line on a short session."""
    shown = run_demo(settings_of(ctx), SystemClock())
    if as_json:
        give_json(shown)
