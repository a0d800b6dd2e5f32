"""The command `monitor`: the program in a browser, for all who watch."""

import threading
from typing import Annotated

import typer

from pipeline.air import Monitor
from pipeline.commands.common import studio_of
from pipeline.commands.options import Day
from pipeline.errors import Text
from pipeline.monitor import serving
from pipeline.screen import say


def monitor(
    ctx: typer.Context,
    session: Day = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0: yang bebas · Any free one.")
    ] = 8090,
    host: Annotated[
        str, typer.Option(help="0.0.0.0: juga untuk komputer lain · For other machines too.")
    ] = "127.0.0.1",
) -> None:
    """Tonton program di peramban · Watch the program in a browser."""
    studio = studio_of(ctx)
    settings = studio.settings
    chosen = None if session is None else studio.session(session).id
    watched = Monitor(settings.state / "air", chosen, settings.house.rate, studio.clock)
    with serving(watched, settings.event.name, host, port) as url:
        print(url, flush=True)
        say(Text(f"Monitor di {url}, Ctrl-C berhenti.", f"Monitor at {url}; Ctrl-C ends it."))
        threading.Event().wait()
