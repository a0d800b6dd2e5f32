"""What stands had on air in other sessions, which decides whose filler airs and who is owed."""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

from pipeline.air import JOURNAL
from pipeline.air.journal import JournalWriter
from pipeline.sheets import aired_elsewhere

NINE = datetime(2021, 11, 24, 2, tzinfo=UTC)


def aired(air: Path, session: str, *airings: tuple[str, int, int]) -> None:
    """A session's journal: kind, stand and frames of each airing."""
    (air / session).mkdir(parents=True)
    journal = JournalWriter(air / session / JOURNAL)
    journal.write("open", at=NINE, frame=0, session=session, fps=25)
    for n, (kind, stand, frames) in enumerate(airings, 1):
        shown = {"item": "1-01", "planned_kind": kind, "stand_name": "", "title": "", "segment": ""}
        journal.write("start", at=NINE, frame=0, occurrence=n, kind=kind, stand=stand, **shown)
        told = {"first_frame": 0, "part": "", "cut": False, "packets": ""}
        journal.write("end", at=NINE, frame=0, occurrence=n, frames=frames, **told)
    journal.close()


def test_only_other_sessions_count_and_no_slate(tmp_path: Path) -> None:
    aired(tmp_path, "one", ("video", 1, 30), ("slate", 1, 500), ("catalogue", 2, 50))
    aired(tmp_path, "two", ("video", 1, 20))
    aired(tmp_path, "three", ("video", 1, 9000))
    assert aired_elsewhere(tmp_path, "three") == {1: Fraction(2), 2: Fraction(2)}


def test_a_damaged_journal_of_another_day_keeps_nobody_from_going_on_air(tmp_path: Path) -> None:
    aired(tmp_path, "one", ("video", 1, 25))
    aired(tmp_path, "two", ("video", 1, 25))
    with (tmp_path / "two" / JOURNAL).open("r+b") as file:
        file.write(b"rubbish")
    assert aired_elsewhere(tmp_path, "three") == {1: Fraction(1)}
