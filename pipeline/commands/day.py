"""Commands of the day: the daily schedule, and a rundown that is changed while on air."""

import getpass
from collections.abc import Sequence
from typing import Annotated

import typer

from pipeline.commands.common import studio_of
from pipeline.commands.crew import settle
from pipeline.commands.fresh import begins_at
from pipeline.commands.options import Day, Json
from pipeline.daemon import run_daemon
from pipeline.errors import OutsideError, Text
from pipeline.reloading import reloaded
from pipeline.rundown import Change
from pipeline.screen import progress, say


def daemon(
    ctx: typer.Context,
    session: Day = None,
    at: Annotated[
        str | None,
        typer.Option(
            help="Gladi: tayangkan satu sesi sekarang seolah jam itu, tanpa YouTube · "
            "Rehearsal: a session now, as if it were 09:45 (or now: its start)."
        ),
    ] = None,
    until_end: Annotated[
        bool,
        typer.Option(
            "--until-end/--stay",
            help="Selesai setelah sesi terakhir, atau ruang kendali tetap buka · "
            "End after the last session, or keep the control room open.",
        ),
    ] = False,
) -> None:
    """Jalankan jadwal harian dan ruang kendali · Run the daily schedule and the control room."""
    studio = studio_of(ctx)
    rehearsal = None
    if at is not None:
        chosen = studio.session(session)
        rehearsal = chosen, begins_at(studio, chosen, at)
    run_daemon(studio, rehearsal, stay=not until_end)


def reload(ctx: typer.Context, as_json: Json = False) -> None:
    """Muat ulang rundown selagi tayang · Take over a changed rundown while on air.

    Acara yang sedang tayang tidak terganggu. What is on air stays on.
    """
    studio = studio_of(ctx)
    with progress(Text("Menyusun segmen", "Composing")) as tell:
        answer = reloaded(studio, getpass.getuser(), on_changes=_tell, on_progress=tell)
    if answer is None:
        raise OutsideError(
            Text("tidak ada program yang tayang dari folder ini", "no program is on air here"),
            Text("Mulai dengan `tayang air`.", "Start it: `tayang air`."),
        )
    settle(answer, as_json)


def _tell(changed: Sequence[Change]) -> None:
    for change in changed:
        say(Text(f"  {change.item}  {change.title}: {change.what.id}", change.what.en))
