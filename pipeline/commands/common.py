"""What commands share that work on the event's whole line."""

import typer

from pipeline.clock import SystemClock
from pipeline.commands.options import settings_of
from pipeline.errors import Text, UsageError
from pipeline.rundown import Session
from pipeline.screen import progress
from pipeline.wiring import Studio


def studio_of(ctx: typer.Context) -> Studio:
    """The line of that event, on the machine's clock."""
    return Studio(settings_of(ctx), SystemClock())


def draw_sample_media(studio: Studio, session: Session | None = None) -> None:
    """The shipped sample event draws what it lacks, with progress."""
    with progress(Text("Menggambar media contoh", "Drawing the sample media")) as tell:
        studio.draw_sample_media(session, tell)


def last_aired(studio: Studio) -> str:
    """The session that aired last; UsageError when none has."""
    aired = studio.aired_sessions()
    if not aired:
        raise UsageError(
            Text("belum ada yang tayang", "nothing has aired yet"),
            Text("Tayangkan dengan `tayang air`.", "Air it with `tayang air`."),
        )
    return aired[-1]
