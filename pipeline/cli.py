"""The command `tayang`: which commands there are, and how an error ends one.

Exit status: 0 done, 1 the input has faults, 2 wrong usage, 3 something outside failed.
"""

import importlib
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import TayangError, Text
from pipeline.screen import say, show_error

CREW = "Kru · Crew"
COMMANDS = {
    "before": ("check", "overlays", "compose"),
    "show": ("air",),
    "day": ("daemon", "reload"),
    "crew": (
        *("take", "undo", "next", "hold", "resume", "slate", "mark", "status"),
        *("pause", "unpause", "stop"),
    ),
    "cue": ("cue",),
    "after": ("clips", "publish", "manifest", "verify"),
    "monitor": ("monitor",),
    "demo": ("demo",),
    "youtube": ("youtube",),
}
"""Commands by their module. Only that of the command is imported: the others would take a second."""


def main() -> None:
    """Runs a command; every expected error becomes its sentence and its exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: in order
    try:
        _app(sys.argv[1:])()
    except TayangError as error:
        show_error(error)
        sys.exit(error.exit_status)
    except OSError as error:  # disk full, no permission: whatever no driver knows more of
        show_error(error)
        sys.exit(TayangError.exit_status)
    except KeyboardInterrupt:
        say(Text("Dihentikan.", "Stopped."), "yellow")
        sys.exit(130)


def options(
    ctx: typer.Context,
    settings: Annotated[Path, typer.Option(help="Berkas pengaturan · The settings file.")] = Path(
        "settings.yaml"
    ),
) -> None:
    ctx.obj = settings


def _app(words: Sequence[str]) -> typer.Typer:
    """The commands that a command line speaks of; all of them when it speaks of none, as for help."""
    app = typer.Typer(
        name="tayang",
        help="Dari rundown panitia ke manifes jam tayang · "
        "From the organisers' rundown to the airtime manifest.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(options)
    spoken = {module for module, names in COMMANDS.items() if not set(names).isdisjoint(words)}
    for module, names in COMMANDS.items():
        if spoken and module not in spoken:
            continue
        room = importlib.import_module(f"pipeline.commands.{module}")
        panel = CREW if module in ("crew", "cue") else None
        if module == "youtube":
            app.add_typer(room.channel, name=module)
            continue
        for name in names:
            command = getattr(room, "next_" if name == "next" else name)
            app.command(name, rich_help_panel=panel)(command)
    return app


if __name__ == "__main__":
    main()
