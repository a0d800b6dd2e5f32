"""Commands of the crew: what is on air is steered and watched from another terminal."""

import getpass
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pipeline.air import ask
from pipeline.commands.options import Json, settings_of
from pipeline.errors import OutsideError, Text
from pipeline.screen import give_json, say
from pipeline.timing import hms

Item = Annotated[str, typer.Argument(help="Nomor acara, 1-04 · The item's id.")]


def take(
    ctx: typer.Context,
    item: Annotated[
        str | None, typer.Argument(help="Tanpa ini: acara berikutnya · Else next.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tayangkan acara ini sekarang · Put an item on air now."""
    order(ctx, as_json, "take", item=item)


def undo(ctx: typer.Context, as_json: Json = False) -> None:
    """Batalkan take, dalam tiga detik · Undo a take, within three seconds."""
    order(ctx, as_json, "undo")


def next_(ctx: typer.Context, item: Item, as_json: Json = False) -> None:
    """Pilih acara berikutnya · Choose what comes next."""
    order(ctx, as_json, "next", item=item)


def hold(ctx: typer.Context, as_json: Json = False) -> None:
    """Tahan: tidak berpindah sendiri · Stay; nothing changes by itself."""
    order(ctx, as_json, "hold")


def resume(ctx: typer.Context, as_json: Json = False) -> None:
    """Lanjutkan rundown · Go on with the rundown."""
    order(ctx, as_json, "resume")


def slate(ctx: typer.Context, as_json: Json = False) -> None:
    """Tayangkan slate sampai dilanjutkan · The slate, until take or resume."""
    order(ctx, as_json, "slate")


def mark(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Argument(help="Catatan · A note.")] = None,
    as_json: Json = False,
) -> None:
    """Tandai saat ini untuk klip · Mark this moment."""
    order(ctx, as_json, "mark", text=text)


def stop(ctx: typer.Context, as_json: Json = False) -> None:
    """Akhiri siaran · End the program in order."""
    order(ctx, as_json, "stop")


def pause(ctx: typer.Context, destination: str, as_json: Json = False) -> None:
    """Putuskan satu tujuan untuk sementara · Pause a destination."""
    order(ctx, as_json, "pause", item=destination)


def unpause(ctx: typer.Context, destination: str, as_json: Json = False) -> None:
    """Sambungkan lagi satu tujuan · Connect it again."""
    order(ctx, as_json, "unpause", item=destination)


def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Apa yang tayang sekarang · What is on air now."""
    answer = ask(settings_of(ctx).state / "air", {"command": "status"})
    if as_json:
        give_json(answer)
    else:
        _show(answer)


def order(ctx: typer.Context, as_json: bool, command: str, **more: str | None) -> None:
    """Sends one order; OutsideError when it is refused."""
    request = {"command": command, "id": secrets.token_hex(8), "by": getpass.getuser(), **more}
    settle(ask(settings_of(ctx).state / "air", request), as_json)


def settle(answer: Mapping[str, Any], as_json: bool) -> None:
    """Tells how an order went; OutsideError when it was refused."""
    if as_json:
        give_json(answer)
    if not answer["ok"]:
        raise OutsideError(Text(answer["id"], answer["en"]))
    if not as_json:
        say(Text(f"Terlaksana, frame {answer['frame']}", f"done, frame {answer['frame']}"), "green")


def _show(status: dict[str, Any]) -> None:
    """For people: what is on, what is next, and how the destinations do."""
    on, after = status["on"], status["next"]
    if on is not None:
        left = "" if on["left_s"] is None else f"  -{hms(on['left_s'])}"
        shown = f"● {on['item'] or ''} {on['title']}{left}"
        say(Text(shown, on["reason"]["en"]), "bold red")
        if on["behind_s"]:
            late = hms(abs(on["behind_s"]))
            ahead = on["behind_s"] < 0
            say(
                Text(
                    f"  {late} {'lebih awal' if ahead else 'terlambat'}",
                    "early" if ahead else "late",
                )
            )
    if after is not None:
        say(Text(f"▶ {after['item']} {after['title']} ({after['mode']})", "next"))
    for flag, text in (("held", Text("DITAHAN", "held")), ("slated", Text("SLATE", "slate"))):
        if status[flag]:
            say(text, "yellow")
    if (trouble := status["recording"]["trouble"]) is not None:
        what = Text(f"✗ tidak direkam: {trouble['id']}", f"not recorded: {trouble['en']}")
        say(what, "bold red")
    for one in status["destinations"]:
        error = one["last_error"]
        say(
            Text(
                f"→ {one['name']}: {one['state']} {error['id'] if error else ''}",
                f"{one['reconnects']} reconnects {error['en'] if error else ''}",
            ),
            "green" if one["state"] == "sending" else "yellow",
        )
