"""A changed rundown goes on air: what is missing is composed, and the program gets a new sheet.

What is on air stays on. Where nothing is on air there is nothing to do. Knows neither who asks nor where.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from pipeline.air import JOURNAL, SHEET, ask, read_journal, read_sheet, recall, write_sheet
from pipeline.playout import air_folder, on_air
from pipeline.rundown import Change
from pipeline.settings import Settings
from pipeline.wiring import Studio

OnFrames = Callable[[int, int, str], None]
OnChanges = Callable[[Sequence[Change]], None]


def reloaded(
    studio: Studio, by: str, *, on_changes: OnChanges, on_progress: OnFrames
) -> dict[str, Any] | None:
    """Air's answer to the order, with `changes`; None when nothing is on air.

    `studio` reads the rundown anew. Raises InputFaults when it can't be used, OutsideError.
    """
    session_id = on_air(studio.settings)
    if session_id is None:
        return None
    folder = air_folder(studio.settings, session_id)
    sheet = read_sheet(folder / SHEET)
    session, changed = studio.changed(sheet)
    on_changes(changed)
    studio.draw_sample_media(session, on_progress)
    segments = studio.compose(session, on_progress=on_progress)
    write_sheet(
        folder, studio.sheet(session, segments, destinations=sheet.sent_to, stay=sheet.stay)
    )
    order = {"command": "reload", "id": secrets.token_hex(8), "by": by}
    answer = ask(folder.parent, {**order, "sheet": str(folder / SHEET)})
    told = [
        {"item": one.item, "title": one.title, "id": one.what.id, "en": one.what.en}
        for one in changed
    ]
    return {**answer, "changes": told}


def aired_items(settings: Settings, session: str) -> frozenset[str]:
    """The items of a session that are on air, have aired or were missed, in the program that is on."""
    lines = read_journal(air_folder(settings, session) / JOURNAL).lines
    if not lines:
        return frozenset()
    state = recall(lines).state
    return state.done if state.on is None else state.done | {state.on}
