"""The command `cue`: the lower third of what is on air, shown or taken away by hand."""

import getpass
import secrets
from typing import Annotated, Literal

import typer

from pipeline.commands.common import studio_of
from pipeline.commands.crew import Item, settle
from pipeline.commands.options import Json
from pipeline.titler import Titler


def cue(
    ctx: typer.Context,
    item: Item,
    wish: Annotated[
        Literal["on", "off"], typer.Argument(help="on: tampil; off: pergi · Show, hide.")
    ],
    as_json: Json = False,
) -> None:
    """Tampilkan atau hilangkan lower third acara yang tayang · The lower third, on or off."""
    titler = Titler(studio_of(ctx))
    act = titler.show if wish == "on" else titler.hide
    settle(act(item, getpass.getuser(), secrets.token_hex(8)), as_json)
