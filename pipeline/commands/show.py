"""Commands of the show: air and daemon."""

import json
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from functools import partial
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from pipeline.air import Line, Player, Result, Sheet
from pipeline.broadcasting import on_youtube
from pipeline.clock import Clock, SystemClock
from pipeline.commands.common import Day, draw_sample_media, settings_of, studio_of
from pipeline.daemon import run_daemon
from pipeline.errors import Fault, OutsideError, Text, UsageError
from pipeline.playout import interrupted, play_sheet, prepared
from pipeline.publish import publishing
from pipeline.rundown import Session, plan
from pipeline.screen import console, list_faults, progress, say, telling
from pipeline.settings import Destination, Settings
from pipeline.wiring import Studio

HALF_A_DAY = timedelta(hours=12)


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
    sheet = None if anew else interrupted(settings, clock, session)
    if sheet is not None:
        say(Text(f"Melanjutkan siaran {sheet.id}", f"going on with {sheet.id}"), "yellow")
        _tell(_play(settings, clock, sheet, None, as_json), [])
        return
    studio = studio_of(ctx)
    chosen = studio.session(session)
    if as_prepared:
        now = clock.now().astimezone(settings.event.zone)
        _tell(_play(settings, clock, prepared(settings, chosen.id), now, as_json), [])
        return
    shown_at = _shown_at(studio, chosen, at)
    destinations = [*settings.destinations, *_given(to or ())]
    draw_sample_media(studio, chosen)
    with progress(Text("Menyusun segmen", "Composing")) as tell:
        segments = studio.compose(chosen, on_progress=tell)
    with ExitStack() as stack:
        faults: list[Fault] = []
        if with_youtube:
            publisher = stack.enter_context(publishing(settings, clock))
            shown = stack.enter_context(on_youtube(publisher, studio.broadcast_wish(chosen)))
            destinations.append(shown.broadcast.ingest)
            faults = shown.faults
        sheet = studio.sheet(chosen, segments, destinations=destinations, stay=not until_end)
        result = _play(settings, clock, sheet, shown_at, as_json)
    _tell(result, faults)


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


def _given(urls: Sequence[str]) -> list[Destination]:
    """The destinations of `--to`."""
    try:
        return [Destination(name=f"to-{n}", url=url) for n, url in enumerate(urls, 1)]
    except ValidationError as error:
        wrong = error.errors()[0]["input"]
        raise UsageError(
            Text(f"--to {wrong}: bukan alamat tujuan", f"--to {wrong}: not a destination"),
            Text("Contoh: --to rtmp://192.168.1.10/live", "Such as --to rtmp://192.168.1.10/live"),
        ) from error


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


def _shown_at(studio: Studio, session: Session, at: str | None) -> datetime:
    """What the rundown's clock shall say at the first frame."""
    zone = studio.settings.event.zone
    planned = plan(session)
    start, end = planned[0].start, planned[-1].end
    if at == "now":
        return start
    if at is None:
        moment = studio.clock.now().astimezone(zone)
        if moment.date() != session.day and not start <= moment < end:
            raise UsageError(
                Text(f"sesi {session.id} bukan hari ini", f"session {session.id} isn't today"),
                Text("Untuk mencoba sekarang: --at now.", "To try it now: --at now."),
            )
    else:
        moment = datetime.combine(session.day, _time(at), zone)
        if start - moment > HALF_A_DAY:  # 00:10 of a session that began at 23:00
            moment += timedelta(days=1)
    if moment >= end:
        raise UsageError(
            Text(
                f"sesi {session.id} selesai pukul {end:%H.%M}",
                f"session {session.id} is over at {end:%H:%M}",
            ),
            Text("Untuk mencoba sekarang: --at now.", "To try it now: --at now."),
        )
    return moment


def _time(at: str) -> time:
    try:
        return time.fromisoformat(at.replace(".", ":"))
    except ValueError as error:
        raise UsageError(
            Text(f"--at {at}: bukan jam", f"--at {at}: not a time"),
            Text("Contoh: --at 09:45, atau --at now.", "Such as --at 09:45, or --at now."),
        ) from error


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


def daemon(ctx: typer.Context) -> None:
    """Jalankan jadwal harian · Run the daily schedule."""
    run_daemon(studio_of(ctx))
