"""Commands of the day: the daily schedule, and a rundown that is changed while on air."""

import typer

from pipeline.air import SHEET, read_sheet, write_sheet
from pipeline.commands.common import draw_sample_media, studio_of
from pipeline.commands.crew import order
from pipeline.commands.options import Json
from pipeline.daemon import run_daemon
from pipeline.errors import OutsideError, Text
from pipeline.playout import air_folder, on_air
from pipeline.screen import progress, say
from pipeline.settings import Settings


def daemon(ctx: typer.Context) -> None:
    """Jalankan jadwal harian · Run the daily schedule."""
    run_daemon(studio_of(ctx))


def reload(ctx: typer.Context, as_json: Json = False) -> None:
    """Muat ulang rundown selagi tayang · Take over a changed rundown while on air.

    Acara yang sedang tayang tidak terganggu. What is on air stays on.
    """
    studio = studio_of(ctx)
    folder = air_folder(studio.settings, _session(studio.settings))
    sheet = read_sheet(folder / SHEET)
    session, changed = studio.changed(sheet)
    for change in changed:
        say(Text(f"  {change.item}  {change.title}: {change.what.id}", change.what.en))
    draw_sample_media(studio, session)
    with progress(Text("Menyusun segmen", "Composing")) as tell:
        segments = studio.compose(session, on_progress=tell)
    write_sheet(
        folder,
        studio.sheet(session, segments, destinations=sheet.sent_to, stay=sheet.stay),
    )
    told = [
        {"item": one.item, "title": one.title, "id": one.what.id, "en": one.what.en}
        for one in changed
    ]
    order(ctx, as_json, "reload", {"changes": told}, sheet=str(folder / SHEET))


def _session(settings: Settings) -> str:
    session = on_air(settings)
    if session is None:
        raise OutsideError(
            Text("tidak ada program yang tayang dari folder ini", "no program is on air here"),
            Text("Mulai dengan `tayang air`.", "Start it: `tayang air`."),
        )
    return session
