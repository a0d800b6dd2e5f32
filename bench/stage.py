"""A small event, composed once by the product itself; plans of any length and start come out of it.

Its videos and photos are drawn as those of the shipped event are: no footage of anybody's is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml
from report import progress

from pipeline.air import write_sheet
from pipeline.clock import SystemClock
from pipeline.rundown import Item, Session, StartMode
from pipeline.segments import Segment
from pipeline.settings import Destination, read_settings
from pipeline.wiring import Studio

CLOCK = SystemClock()
GOODS = ("Batik Jlamprang", "Kopi Robusta", "Keripik Tempe", "Tas Anyaman", "Madu", "Sarung Tenun")
SMALL = {"width": 320, "height": 180, "video_kbps": 300}
WHOLE_HOUSE: dict[str, Any] = {}


@dataclass(frozen=True)
class Stage:
    """The composed event. Its own plan is only the store of items that others are made of."""

    studio: Studio
    segments: dict[str, Segment]

    @property
    def items(self) -> tuple[Item, ...]:
        return self.studio.rundown.sessions[0].items

    def session(
        self, start: datetime, lengths: Sequence[int], mode: StartMode = StartMode.FOLLOW
    ) -> Session:
        """A plan from `start` on, an item for each of the lengths in seconds."""
        own = self.studio.rundown.sessions[0]
        items, at = [], start.astimezone(self.studio.settings.event.zone)
        for number, (length, made) in enumerate(zip(lengths, cycle(self.items), strict=False)):
            how = mode if number else StartMode.FIXED
            more = {"id": f"1-{number + 1:04}", "at": at, "start": how, "duration_s": length}
            items.append(made.model_copy(update=more))
            at += timedelta(seconds=length)
        return Session(id=own.id, day=own.day, items=tuple(items))

    def segments_of(self, session: Session) -> dict[str, Segment]:
        """The composed segments under the names of a session's items."""
        own = zip(session.items, cycle(self.items), strict=False)
        slates = {name: made for name, made in self.segments.items() if name == "slate:"}
        return slates | {item.id: self.segments[made.id] for item, made in own}

    def prepare(
        self, home: Path, session: Session, urls: Sequence[str], *, stay: bool = True
    ) -> Path:
        """Settings and sheet of a program in a folder of its own; the settings file comes back."""
        home.mkdir(parents=True)
        file = write_settings(home, self.studio.settings.house.model_dump(mode="json"))
        to = [Destination(name=f"to-{number}", url=url) for number, url in enumerate(urls, 1)]
        sheet = self.studio.sheet(session, self.segments_of(session), destinations=to, stay=stay)
        write_sheet(read_settings(file).state / "air" / session.id, sheet)
        return file


def write_settings(home: Path, house: dict[str, Any]) -> Path:
    values = {
        "event": {"name": "Pameran Ukur", "sample": True},
        "rundown": "rundown.yaml",
        "media": "media",
        "house": house,
        "air": {"filler": "slate"},
    }
    file = home / "settings.yaml"
    file.write_text(yaml.safe_dump(values))
    return file


def compose(
    home: Path, house: dict[str, Any], videos: Sequence[int], catalogues: Sequence[int]
) -> Stage:
    """Composes a stand's video, then its catalogue, and so on; lengths in seconds."""
    home.mkdir(parents=True)
    settings = read_settings(write_settings(home, house))
    at = CLOCK.now().astimezone(settings.event.zone).replace(hour=9, minute=0, second=0)
    items: list[dict[str, Any]] = []
    stands: list[dict[str, Any]] = []
    for number in range(1, max(len(videos), len(catalogues)) + 1):
        name = GOODS[number % len(GOODS)]
        goods = [{"name": name, "photo": f"{number}-{n}.jpg"} for n in (1, 2)]
        stands.append({"number": number, "name": f"Stand {name}", "products": goods})
        for kind, lengths in (("video", videos), ("catalogue", catalogues)):
            if number > len(lengths):
                continue
            item: dict[str, Any] = {
                "at": f"{at:%H:%M:%S}",
                "duration": f"{lengths[number - 1]} s",
                "kind": kind,
            }
            item |= {"stand": number, "title": f"{name} ({kind})"}
            items.append(item | ({"media": f"{number}.mp4"} if kind == "video" else {}))
            at += timedelta(seconds=lengths[number - 1])
    day: dict[str, Any] = {"day": str(at.date()), "items": items}
    settings.rundown.write_text(yaml.safe_dump({"stands": stands, "sessions": [day]}))
    studio = Studio(settings, CLOCK)
    session = studio.session(day["day"])
    studio.draw_sample_media(session, _tell)
    return Stage(studio, studio.compose(session, on_progress=_tell))


def _tell(done: int, whole: int, name: str) -> None:
    if done == whole:
        progress(f"composed or drawn: {done}")
