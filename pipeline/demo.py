"""The whole line on a shortened session, in real time, in about two minutes: what `make demo` shows.

Any event's settings come in; program, clips and manifest remain in `<state>/demo/`. YouTube is the
emulator, in a process of its own; everything else is what runs on the day.
"""

import queue
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.table import Table

from pipeline import manifest as accounts
from pipeline.air import Player
from pipeline.broadcasting import on_youtube
from pipeline.clock import Clock
from pipeline.errors import Fault, OutsideError, Text
from pipeline.excerpt import excerpt
from pipeline.publish import Wanted, publishing
from pipeline.rundown import Session
from pipeline.screen import console, headline, list_faults, progress, say
from pipeline.segments import Segment
from pipeline.settings import Settings
from pipeline.tools import Child
from pipeline.wiring import Studio

EMULATOR_SECONDS = 30.0
KEPT = 3  # demonstrations that are kept; each takes about 60 MB


def run_demo(settings: Settings, clock: Clock) -> dict[str, object]:
    """Runs the line and says what it does; returns the paths that `--json` gives."""
    begun = clock.monotonic()
    whole = Studio(settings, clock)
    now = clock.now().astimezone(settings.event.zone).replace(microsecond=0)
    session = excerpt(whole.rundown, now)
    _read(whole, session)
    with progress(Text("Menggambar media contoh", "Drawing the sample media")) as tell:
        short = whole.rundown.model_copy(update={"sessions": (session,)})
        Studio(settings, clock, rundown=short).draw_sample_media(session, tell)

    home = settings.state / "demo" / session.id
    _make_room(home.parent)
    youtube = settings.youtube
    with _emulator(settings) as address:
        youtube = youtube.model_copy(update={"address": address})
        at_home = settings.model_copy(update={"state": home, "youtube": youtube})
        studio = Studio(at_home, clock, rundown=short, store=settings.state / "segments")
        segments = _compose(studio, session)
        received = _air(studio, session, segments, now, settings.state / "youtube")
        _publish(studio, session)
    files = _account(studio, home)
    faults = _prove(studio, session, received)
    _summary(studio, session, files, clock.monotonic() - begun, settings)
    if faults:
        raise OutsideError(
            Text("bukti tidak cocok, lihat di atas", "the proof doesn't fit, see above")
        )
    return files
