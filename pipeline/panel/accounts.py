"""Everything about identity in one place: `<state>/panel.sqlite` comes in, its four parts go out.

Safe to use from many threads. Knows no HTTP.
"""

from collections.abc import Callable
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.panel.best_effort import BestEffort
from pipeline.panel.database import Database
from pipeline.panel.devices import Devices
from pipeline.panel.passwords import Passwords
from pipeline.panel.people import People
from pipeline.panel.sessions import Sessions
from pipeline.panel.trail import Trail


class Accounts:
    """People, their sessions, devices, and the audit list (`trail`).

    Whatever needs the database raises OutsideError when it can't be used, but for `trail.note` and
    the moments of last use: these become a warning to `tell`.
    """

    def __init__(
        self, file: Path, clock: Clock, tell: Callable[[Text], None], passwords: Passwords
    ) -> None:
        self._database = Database(file)
        best_effort = BestEffort(self._database, clock, tell)
        self.people = People(self._database, clock, passwords)
        self.sessions = Sessions(self._database, clock, best_effort)
        self.devices = Devices(self._database, clock, best_effort)
        self.trail = Trail(self._database, clock, tell)

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()
