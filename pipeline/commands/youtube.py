"""Commands about the YouTube channel: login, status, emulator."""

import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from pipeline import publish
from pipeline.clock import SystemClock
from pipeline.commands.common import studio_of
from pipeline.commands.options import Json, settings_of
from pipeline.errors import Text
from pipeline.publish.emulator import serve
from pipeline.screen import give_json, headline, list_faults, say


def login(ctx: typer.Context) -> None:
    """Masuk sekali di peramban · Sign in once, in a browser."""
    path = publish.login(settings_of(ctx).youtube, SystemClock())
    say(Text(f"Izin masuk disimpan: {path}", f"Signed in: {path}"), "green")


def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Kanal, izin dan kuota · Channel, rights and quota."""
    account = publish.status(publish.connect(settings_of(ctx).youtube, SystemClock()))
    if as_json:
        give_json(account.as_dict())
        return
    headline(Text(f"Kanal {account.channel}", f"Channel {account.channel}"))
    live = Text("siaran langsung aktif", "live streaming enabled")
    say(live if account.live else Text("siaran langsung belum aktif", "live streaming not enabled"))
    list_faults(account.warnings, "yellow", "!")


def emulator(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0: yang bebas · Any free one.")
    ] = 8085,
    state: Annotated[
        Path | None, typer.Option(help="Foldernya, bawaan <state>/emulator · Its folder.")
    ] = None,
    leashed: Annotated[bool, typer.Option("--leashed", hidden=True)] = False,
) -> None:
    """YouTube tiruan di komputer ini · A stand-in for YouTube on this machine."""
    studio = studio_of(ctx)
    folder = state or studio.settings.state / "emulator"

    def ready(url: str) -> None:
        print(url, flush=True)
        say(
            Text(
                f"YouTube tiruan di {url}, Ctrl-C berhenti.", f"Emulator at {url}; Ctrl-C ends it."
            )
        )

    stop = _at_end_of_input() if leashed else None
    serve(folder, port, studio.ffmpeg, studio.clock, ready, stop)


def _at_end_of_input() -> threading.Event:
    """Set when the program at the other end of standard input is gone, however it ended."""
    over = threading.Event()

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):  # not through a buffer: its lock outlives us
            pass
        over.set()

    threading.Thread(target=wait, daemon=True).start()
    return over


channel = typer.Typer(help="Kanal YouTube · The YouTube channel.", no_args_is_help=True)
for command in (login, status, emulator):
    channel.command()(command)
