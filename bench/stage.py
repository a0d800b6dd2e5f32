"""A small event of the bench's own: composed once by the product itself, aired from sheets like any day.

What goes on air is a catalogue of each of six stands; a plan of any length and start comes out of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path

import yaml

from pipeline.air import write_sheet
from pipeline.clock import SystemClock
from pipeline.rundown import Item, Kind, Session, StartMode
from pipeline.segments import Segment
from pipeline.settings import Destination, Settings, read_settings
from pipeline.wiring import Studio

STANDS = 6
CLOCK = SystemClock()
Lengths = Sequence[int]


@dataclass(frozen=True)
class Stage:
    """A composed event. `lengths` are the seconds of its six segments."""

    studio: Studio
    segments: dict[str, Segment]
    lengths: Lengths

    @property
    def settings(self) -> Settings:
        return self.studio.settings

    def session(
        self, start: datetime, count: int, mode: StartMode, every_s: int | None = None
    ) -> Session:
        """A plan of `count` items from `start` on: each as long as its segment, or `every_s`."""
        (model,) = self.studio.rundown.sessions
        items, at = [], start
        for number, made in zip(range(count), cycle(model.items), strict=False):
            first = StartMode.FIXED if number == 0 else mode
            length = every_s or made.duration_s
            changes = {"id": f"1-{number + 1:04}", "at": at, "start": first, "duration_s": length}
            items.append(made.model_copy(update=changes))
            at += timedelta(seconds=length)
        return Session(id=model.id, day=model.day, items=tuple(items))

    def segments_of(self, session: Session) -> dict[str, Segment]:
        """The composed segments under the names of a session's items."""
        (model,) = self.studio.rundown.sessions
        made = [self.segments[item.id] for item in model.items]
        slates = {name: made for name, made in self.segments.items() if name.startswith("slate:")}
        named = zip(session.items, cycle(made), strict=False)
        return {item.id: segment for item, segment in named} | {"slate:": slates["slate:"]}

    def prepare(
        self, home: Path, session: Session, destinations: Sequence[Destination], *, stay: bool
    ) -> Path:
        """A channel: settings and sheet in a folder of its own; the settings file comes back."""
        home.mkdir(parents=True)
        file = write_settings(home, self.settings.model_dump(mode="json", include={"house"}))
        sheet = self.studio.sheet(
            session, self.segments_of(session), destinations=destinations, stay=stay
        )
        write_sheet(home / "var" / "air" / session.id, sheet)
        return file


def write_settings(home: Path, more: dict[str, object]) -> Path:
    """A settings file for an event in `home`."""
    values = {
        "event": {"name": "Pameran Ukur"},
        "rundown": "rundown.yaml",
        "media": ".",
        "air": {"filler": "slate"},
        **more,
    }
    file = home / "settings.yaml"
    file.write_text(yaml.safe_dump(values))
    return file


def compose(home: Path, lengths: Lengths, house: dict[str, object], say: Callable[..., None]) -> Stage:
    """Composes the six catalogues in `home`; their lengths are repeated as needed."""
    home.mkdir(parents=True)
    file = write_settings(home, {"house": house})
    settings = read_settings(file)
    at = CLOCK.now().astimezone(settings.event.zone).replace(hour=9, minute=0, second=0)
    stands, items = [], []
    for number, length in zip(range(1, STANDS + 1), cycle(lengths), strict=False):
        goods = [{"name": f"Barang {number}{letter}", "price": 15_000} for letter in "ABC"]
        stands.append({"number": number, "name": f"Stand Ukur {number}", "products": goods})
        kind = Kind.CATALOGUE.value
        items.append(
            {"at": f"{at:%H:%M:%S}", "duration": f"{length} s", "kind": kind, "stand": number,
             "title": f"Katalog {number}"}
        )
        at += timedelta(seconds=length)
    day = {"day": str(at.date()), "items": items}
    settings.rundown.write_text(yaml.safe_dump({"stands": stands, "sessions": [day]}))
    studio = Studio(settings, CLOCK)
    session = studio.session(str(at.date()))
    made = studio.compose(session, on_progress=say)
    return Stage(studio, made, [item.duration_s for item in session.items])
