"""The program that plays a sheet: in this process, or in one of its own; and what is on air now.

Imports no more than that needs: a program that broke off goes on from its sheet within a second or two,
without rundown, composer and YouTube.
"""

import gc
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pipeline.air import (
    JOURNAL,
    SHEET,
    Line,
    Player,
    Result,
    Sheet,
    play,
    read_journal,
    read_sheet,
    would_be_on,
    write_sheet,
)
from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.lock import only_one, told_by_holder
from pipeline.settings import Settings
from pipeline.tools import find_ffmpeg, start_apart

LOCK = "lock"
BUSY = Text("program lain sedang tayang dari folder ini", "another program is on air here")
SEE = Text("Lihat: `tayang status`.", "See: `tayang status`.")


def play_sheet(
    settings: Settings,
    clock: Clock,
    sheet: Sheet,
    *,
    shown_at: datetime | None = None,
    on_line: Callable[[Line], None],
    on_frame: Callable[[Player], None],
) -> Result:
    """Plays a sheet in real time, from the rundown's time `shown_at` on; see `play`.

    Without `shown_at` a program that broke off goes on, by its own clock. OutsideError: another
    program is on air from this state folder.
    """
    air = settings.state / "air"
    with only_one(air / LOCK, BUSY, SEE) as told:
        told.write(sheet.id)
        told.flush()
        if shown_at is not None:
            write_sheet(air / sheet.id, sheet)
        gc.freeze()  # what was imported stays: collecting need not look at it again
        result = play(
            air / sheet.id,
            sheet.session,
            settings.house.rate,
            shown_at=shown_at or clock.now(),
            facts=sheet.facts,
            destinations=sheet.sent_to,
            ffmpeg=find_ffmpeg(settings.ffmpeg),
            clock=clock,
            stay=sheet.stay,
            anew=shown_at is not None,
            on_line=on_line,
            on_frame=on_frame,
        )
        (air / sheet.id / SHEET).unlink(missing_ok=True)  # it holds stream keys
        return result


def interrupted(settings: Settings, clock: Clock, day: str | None = None) -> Sheet | None:
    """The sheet of a program that broke off and would still be on, by its own clock."""
    air = settings.state / "air"
    if told_by_holder(air / LOCK) is not None:
        return None
    for path in sorted(air.glob(f"{day or '*'}/{SHEET}"), reverse=True):
        sheet = read_sheet(path)
        lines = read_journal(path.parent / JOURNAL).lines
        if would_be_on(lines, sheet.session.plan, clock.now(), stay=sheet.stay):
            return sheet
    return None


def on_air(settings: Settings) -> str | None:
    """The session that is on air from this state folder now, by whatever process."""
    return told_by_holder(settings.state / "air" / LOCK)


def off_air(settings: Settings) -> None:
    """OutsideError when a program is on air from this state folder."""
    session = on_air(settings)
    if session is not None:
        raise OutsideError(Text(f"{BUSY.id}: {session}", f"{BUSY.en}: {session}"), SEE)


def start_air(settings: Settings, session: str, at: datetime | None = None) -> Callable[[], bool]:
    """Starts a program in a process of its own, which outlives this one; it plays the session's sheet,
    as if it were the rundown's time `at`, by default now. Gives what tells whether it still runs.
    """
    argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(settings.file.resolve())]
    log = settings.state / "air" / f"{session}.log"
    shown_at = [] if at is None else ["--at", at.isoformat()]
    return start_apart([*argv, "air", "--session", session, "--prepared", *shown_at], log)


def prepared(settings: Settings, session: str) -> Sheet:
    """The sheet that was left for a program; OutsideError when there is none."""
    path = settings.state / "air" / session / SHEET
    if not path.exists():
        raise OutsideError(
            Text(f"sesi {session} belum disiapkan", f"session {session} was not prepared"),
            Text("Jalankan tanpa --prepared.", "Run without --prepared."),
        )
    return read_sheet(path)


def air_folder(settings: Settings, session: str) -> Path:
    return settings.state / "air" / session
