"""All segments that a session needs: one for each item, and the slates for what may come between. Pure."""

from collections.abc import Iterator
from itertools import pairwise

from pipeline.errors import Text
from pipeline.rundown import Planned, Rundown, Session, StartMode, plan
from pipeline.segments.plan import Next, Planner, SegmentPlan

SOON = Text("Segera hadir", "Starting soon")
BACK = Text("Segera kembali", "We'll be right back")
THANKS = Text("Terima kasih", "Thank you")

BEFORE = "slate:"
"""Begins the name of a slate's segment; the item that it waits for follows, none for the end."""


def session_plans(
    planner: Planner, rundown: Rundown, session: Session, language: str
) -> Iterator[SegmentPlan]:
    """The plans of a session's items in order, then of its slates."""
    planned = plan(session)
    for each, after in pairwise((*planned, None)):
        assert each is not None
        yield planner.segment(each.item, rundown.stand_of(each.item), _announced(after))
    for each in planned:
        if each is planned[0] or each.item.start is not StartMode.FOLLOW:
            title = _in(SOON if each is planned[0] else BACK, language)
            yield planner.slate(f"{BEFORE}{each.item.id}", title, _announced(each))
    yield planner.slate(BEFORE, _in(THANKS, language), None)


def _announced(planned: Planned | None) -> Next | None:
    return Next(planned.item.title, planned.start) if planned else None


def _in(text: Text, language: str) -> str:
    return text.id if language == "id" else text.en
