"""The command `air`: a session in the foreground; one that broke off goes on at once."""

import json
import signal
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from pipeline.air import Line, Player, Result, Sheet
from pipeline.clock import Clock, SystemClock
from pipeline.commands.options import Day, settings_of
from pipeline.errors import Fault, OutsideError, Text
from pipeline.playout import interrupted, off_air, play_sheet, prepared
from pipeline.screen import console, list_faults, say, telling
from pipeline.settings import Settings


def air(
    ctx: typer.Context,
    session: Day = None,
    at: Annotated[
        str | None,
        typer.Option(help="now: mulai sekarang; 09:45: seolah jam itu · Start now, or as if then."),
    ] = None,
    until_end: Annotated[
        bool,
        typer.Option(
            "--until-end/--stay",
            help="Berakhir setelah acara terakhir, atau slate tetap tayang · "
            "End after the last item, or hold the slate.",
        ),
    ] = True,
    to: Annotated[
        list[str] | None, typer.Option(help="Tujuan tambahan · Another destination.")
    ] = None,
    with_youtube: Annotated[
        bool, typer.Option("--youtube", help="Siarkan ke YouTube · Broadcast on YouTube too.")
    ] = False,
    anew: Annotated[
        bool, typer.Option(help="Jangan lanjutkan yang terputus · Don't go on with a broken one.")
    ] = False,
    as_prepared: Annotated[bool, typer.Option("--prepared", hidden=True)] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Tiap baris jurnal sebagai JSON · Journal lines.")
    ] = False,
) -> None:
    """Tayangkan satu sesi di latar depan · Play a session in the foreground.

    Siaran yang terputus dilanjutkan dengan sendirinya. A program that broke off goes on.
    """
    settings, clock = settings_of(ctx), SystemClock()
    off_air(settings)  # said before anything is composed, or made on YouTube
    sheet = None if anew else interrupted(settings, clock, session)
    if sheet is not None:
        say(Text(f"Melanjutkan siaran {sheet.id}", f"going on with {sheet.id}"), "yellow")
        _tell(_play(settings, clock, sheet, None, as_json), [])
    elif as_prepared and session is not None:
        now = clock.now().astimezone(settings.event.zone)
        shown_at = now if at is None else datetime.fromisoformat(at)
        _tell(_play(settings, clock, prepared(settings, session), shown_at, as_json), [])
    else:
        # Imported only here: it takes a second, by which the others are on air sooner.
        from pipeline.commands.fresh import fresh

        with fresh(settings, clock, session, at, to or (), youtube=with_youtube) as new:
            sheet = new.sheet(stay=not until_end)
            result = _play(settings, clock, sheet, new.shown_at, as_json)
        _tell(result, new.faults)


def _play(
    settings: Settings,
    clock: Clock,
    sheet: Sheet,
    shown_at: datetime | None,
    as_json: bool,
) -> Result:
    """Plays in this process until its end, Ctrl-C or `tayang stop`."""
    stopped = _until_interrupted()

    def on_frame(player: Player) -> None:
        if stopped:
            player.stop()

    tell = _print_line if as_json else partial(_say_line, zone=settings.event.zone)
    with telling(tell) as on_line:
        return play_sheet(
            settings, clock, sheet, shown_at=shown_at, on_line=on_line, on_frame=on_frame
        )


def _tell(result: Result, faults: Sequence[Fault]) -> None:
    """What came of it; OutsideError when YouTube or a destination did not play along."""
    say(Text(f"Rekaman program: {result.program}", f"Program log: {result.program}"), "green")
    list_faults(faults, "red", "✗")
    if faults:
        raise OutsideError(
            Text(
                "siaran YouTube tidak berjalan semestinya", "the YouTube broadcast did not go well"
            ),
            Text(
                "Periksa siarannya di YouTube Studio. Rekaman program utuh.",
                "Look at it in YouTube Studio. The program log is whole.",
            ),
        )
    if result.unreached:
        what = "; ".join(result.unreached)
        raise OutsideError(
            Text(
                f"Tujuan tak pernah menerima program: {what}", f"Destinations never reached: {what}"
            ),
            Text(
                "Programnya sendiri utuh. Periksa alamat, kunci dan jaringan.",
                "The program itself is whole. Check address, key and network.",
            ),
        )


def _until_interrupted() -> list[int]:
    """Filled by the first Ctrl-C or SIGTERM, so that the program is ended in order.

    A second one ends the command at once, whatever it waits for.
    """
    seen: list[int] = []
    kinds = (signal.SIGINT, signal.SIGTERM)

    def take(number: int, _: object) -> None:
        seen.append(number)
        for kind in kinds:
            signal.signal(kind, signal.default_int_handler)

    for kind in kinds:
        signal.signal(kind, take)
    return seen


def _print_line(line: Line) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _say_line(line: Line, zone: ZoneInfo) -> None:
    """A journal line for people, in the event's time; what only machines need is left out."""
    at = datetime.fromisoformat(line["at"]).astimezone(zone).strftime("%H:%M:%S")
    match line["event"]:
        case "start":
            what = f"▶ {line['item'] or 'slate'}  {line['title']}"
        case "missed":
            what = f"✗ {line['item']}  {line['title']}: {line['reason']}"
        case "damaged":
            what = f"⚠ {line['error']}"
        case "delivery":
            what = f"→ {line['destination']}: {line['state']} {line['error'] or ''}"
        case "take" | "next" | "hold" | "resume" | "slate" | "mark" | "stop":
            what = f"· {line['event']} {line['item'] or line['text'] or ''} ({line['by']})"
        case "alarm":
            what = f"⚠ tidak direkam: {line['error']}"
        case "unrecorded":
            what = f"⚠ {line['frames']} frame tidak terekam"
        case "close":
            what = f"■ {line['frames']} frame"
        case _:
            return
    console.print(f"{at}  {what}", markup=False)
