"""The command `tayang`: which commands there are, and how an error ends one.

Exit status: 0 done, 1 the input has faults, 2 wrong usage, 3 something outside failed.
"""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from pipeline.clock import SystemClock
from pipeline.commands import after, before, crew, show, youtube
from pipeline.commands.common import Json, settings_of
from pipeline.demo import run_demo
from pipeline.errors import TayangError, Text
from pipeline.screen import give_json, say, show_error

app = typer.Typer(
    name="tayang",
    help="Dari rundown panitia ke manifes jam tayang · From the organisers' rundown to the airtime manifest.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
channel = typer.Typer(help="Kanal YouTube · The YouTube channel.", no_args_is_help=True)


def main() -> None:
    """Runs a command; every expected error becomes its sentence and its exit status."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: in order
    try:
        app()
    except TayangError as error:
        show_error(error)
        sys.exit(error.exit_status)
    except OSError as error:  # disk full, no permission: whatever no driver knows more of
        show_error(error)
        sys.exit(TayangError.exit_status)
    except KeyboardInterrupt:
        say(Text("Dihentikan.", "Stopped."), "yellow")
        sys.exit(130)


@app.callback()
def options(
    ctx: typer.Context,
    settings: Annotated[Path, typer.Option(help="Berkas pengaturan · The settings file.")] = Path(
        "settings.yaml"
    ),
) -> None:
    ctx.obj = settings


def demo(ctx: typer.Context, as_json: Json = False) -> None:
    """Seluruh alur pada satu sesi pendek · The whole line on a short session."""
    shown = run_demo(settings_of(ctx), SystemClock())
    if as_json:
        give_json(shown)


for command in (
    *(before.check, before.overlays, before.compose),
    *(show.air, show.daemon),
    *(after.clips, after.publish, after.manifest, after.verify),
    demo,
):
    app.command()(command)
orders: dict[str, Callable[..., None]] = {
    "take": crew.take,
    "next": crew.next_,
    "hold": crew.hold,
    "resume": crew.resume,
    "slate": crew.slate,
    "mark": crew.mark,
    "stop": crew.stop,
    "status": crew.status,
    "reload": crew.reload,
    "pause": crew.pause,
    "unpause": crew.unpause,
}
for name, order in orders.items():
    app.command(name, rich_help_panel="Kru · Crew")(order)
for command in (youtube.login, youtube.status, youtube.emulator):
    channel.command()(command)
app.add_typer(channel, name="youtube")

if __name__ == "__main__":
    main()
