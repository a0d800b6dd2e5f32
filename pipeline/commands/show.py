"""Commands of the show: air and daemon."""

import json
import signal
from datetime import datetime, time
from typing import Annotated, Any

import typer

from pipeline.air import Line, Player
from pipeline.broadcasting import on_youtube
from pipeline.commands.common import Day, Json, draw_sample_media, studio_of
from pipeline.daemon import run_daemon
from pipeline.errors import OutsideError, Text, UsageError
from pipeline.publish import publishing
from pipeline.rundown import Session, plan
from pipeline.screen import console, list_faults, progress, say
from pipeline.settings import Destination
from pipeline.wiring import Studio


def air(
    ctx: typer.Context,
    session: Day = None,
    at: Annotated[
        str | None,
        typer.Option(help="now: mulai sekarang; 09:45: seolah jam itu · Start now, or as if then."),
    ] = None,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="Bawaan: main sampai habis · The default.")
    ] = True,
    to: Annotated[
        list[str] | None, typer.Option(help="Tujuan tambahan · Another destination.")
    ] = None,
    with_youtube: Annotated[
        bool, typer.Option("--youtube", help="Siarkan ke YouTube · Broadcast on YouTube too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tayangkan satu sesi di latar depan · Play a session in the foreground."""
    studio = studio_of(ctx)
    chosen = studio.session(session)
    shown_at = _shown_at(studio, chosen, at)
    draw_sample_media(studio, chosen)
    with progress(Text("Menyusun segmen", "Composing")) as tell:
        segments = studio.compose(chosen, on_progress=tell)
    extra = [Destination(name=f"to-{n}", url=url) for n, url in enumerate(to or (), 1)]
    destinations = [*studio.settings.destinations, *extra]
    stopped = _until_interrupted()

    def on_frame(player: Player) -> None:
        if stopped:
            player.stop()

    options: Any = {
        "shown_at": shown_at,
        "on_line": _print_line if as_json else _say_line,
        "on_frame": on_frame,
    }
    if with_youtube:
        with (
            publishing(studio.settings, studio.clock) as publisher,
            on_youtube(publisher, studio.broadcast_wish(chosen)) as shown,
        ):
            destinations.append(shown.broadcast.ingest)
            result = studio.air(chosen, segments, destinations=destinations, **options)
        list_faults(shown.faults, "red", "✗")
    else:
        result = studio.air(chosen, segments, destinations=destinations, **options)
    say(Text(f"Rekaman program: {result.program}", f"Program log: {result.program}"), "green")
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
    """Filled by the first Ctrl-C or SIGTERM, so that the program is ended in order."""
    seen: list[int] = []
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda number, _: seen.append(number))
    return seen


def _shown_at(studio: Studio, session: Session, at: str | None) -> datetime:
    """What the rundown's clock shall say at the first frame."""
    zone = studio.settings.event.zone
    start = plan(session)[0].start
    if at == "now":
        return start
    if at is not None:
        try:
            moment = time.fromisoformat(at.replace(".", ":"))
        except ValueError as error:
            raise UsageError(
                Text(f"--at {at}: bukan jam", f"--at {at}: not a time"),
                Text("Contoh: --at 09:45, atau --at now.", "Such as --at 09:45, or --at now."),
            ) from error
        return datetime.combine(session.day, moment, zone)
    now = studio.clock.now().astimezone(zone)
    if now.date() != session.day:
        raise UsageError(
            Text(f"sesi {session.id} bukan hari ini", f"session {session.id} isn't today"),
            Text("Untuk mencoba sekarang: --at now.", "To try it now: --at now."),
        )
    return now


def _print_line(line: Line) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _say_line(line: Line) -> None:
    """A journal line for people; what only machines need is left out."""
    at = datetime.fromisoformat(line["at"]).astimezone().strftime("%H:%M:%S")
    match line["event"]:
        case "start":
            what = f"▶ {line['item'] or 'slate'}  {line['title']}"
        case "missed":
            what = f"✗ {line['item']}  {line['title']}: {line['reason']}"
        case "delivery":
            what = f"→ {line['destination']}: {line['state']} {line['error'] or ''}"
        case "close":
            what = f"■ {line['frames']} frame"
        case _:
            return
    console.print(f"{at}  {what}", markup=False)


def daemon(ctx: typer.Context) -> None:
    """Jalankan jadwal harian · Run the daily schedule."""
    run_daemon(studio_of(ctx))
