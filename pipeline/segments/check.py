"""Looks at all media and names that a rundown will need: faults and warnings, nothing is made.

What comes in is a rundown and where its media lie; every file is looked at once, however often it airs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.errors import Fault, InputFaults, Text
from pipeline.overlays import Painter
from pipeline.rundown import Item, Kind, Rundown, Stand
from pipeline.segments.plan import HELD_SECONDS
from pipeline.segments.probe import Footage, footage, photo
from pipeline.settings import House
from pipeline.timing import hms

SMALLEST_SHARE = 2
"""A video or photo smaller than the picture divided by this looks soft, and is worth a warning."""


@dataclass(frozen=True)
class MediaReport:
    """What was found. `faults` keep an item from airing as planned, `warnings` don't."""

    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def check_media(
    rundown: Rundown,
    painter: Painter,
    media: Path,
    house: House,
    on_progress: Callable[[int, int, str], None],
) -> MediaReport:
    """Looks at every video, photo and name of a rundown; tells (done, of how many, what)."""
    check = _Check(rundown, painter, media, house)
    items = [item for session in rundown.sessions for item in session.items]
    steps = [
        *((item.title, partial(check.item, item)) for item in items),
        *((name, partial(check.photo, name, who)) for name, who in _photos(rundown).items()),
        *((stand.name, partial(check.names, stand)) for stand in _shown(rundown, items)),
    ]
    for done, (what, step) in enumerate(steps):
        on_progress(done, len(steps), what)
        step()
    return MediaReport(tuple(check.faults), tuple(dict.fromkeys(check.warnings)))


class _Check:
    def __init__(self, rundown: Rundown, painter: Painter, media: Path, house: House) -> None:
        self._rundown = rundown
        self._painter = painter
        self._media = media
        self._house = house
        self._seen: dict[str, Footage | None] = {}
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []

    def item(self, item: Item) -> None:
        if item.kind in (Kind.SLATE, Kind.LIVE):
            self.warnings += self._painter.slate(item.title, None, None).warnings
        where = f"{item.id} {item.title}"
        if item.kind is Kind.LIVE:
            self.warnings.append(
                Fault(
                    where,
                    Text(
                        "siaran langsung belum didukung: slate tayang sebagai gantinya",
                        "live inputs don't exist yet: the slate airs in its place",
                    ),
                )
            )
        elif item.kind is Kind.VIDEO and item.media:
            found = self._footage(item.media)
            if found is not None:
                self.warnings += self._about(where, item, found)

    def _footage(self, name: str) -> Footage | None:
        if name not in self._seen:
            self._seen[name] = None
            try:
                self._seen[name] = footage(self._media, name)
            except InputFaults as refused:
                self.faults += refused.faults
        return self._seen[name]

    def _about(self, where: str, item: Item, found: Footage) -> Iterator[Fault]:
        if found.seconds + HELD_SECONDS < item.duration_s:
            stand = self._rundown.stand_of(item)
            rest = (
                Text("katalog stand ini mengisi sisanya", "the stand's catalogue fills the rest")
                if stand is not None and stand.products
                else Text("slate mengisi sisanya", "the slate fills the rest")
            )
            yield Fault(
                where,
                Text(
                    f"{item.media} hanya {hms(found.seconds)} dari {hms(item.duration_s)}; {rest.id}",
                    f"{item.media} is only {hms(found.seconds)} of {hms(item.duration_s)}; {rest.en}",
                ),
            )
        if not found.has_sound:
            yield Fault(
                where,
                Text(
                    f"{item.media} tidak bersuara; musik latar dipakai",
                    f"{item.media} has no sound; the music bed is used",
                ),
            )
        yield from self._size(item.media or "", found.width, found.height)

    def _size(self, name: str, width: int, height: int) -> Iterator[Fault]:
        least = self._house.height // SMALLEST_SHARE
        if min(width, height) < least:
            yield Fault(
                name,
                Text(
                    f"hanya {width}x{height} piksel; akan tampak kabur",
                    f"only {width}x{height} pixels; it will look soft",
                ),
                Text(f"Sisi terpendek sebaiknya {least} ke atas.", f"Best from {least} up."),
            )

    def photo(self, name: str, stands: list[int]) -> None:
        try:
            found = photo(self._media, name)
        except InputFaults as refused:
            who = ", ".join(map(str, stands))
            self.faults += (
                Fault(f"{fault.where} (stand {who})", fault.what, fault.hint)
                for fault in refused.faults
            )
        else:
            self.warnings += self._size(name, found.width, found.height)

    def names(self, stand: Stand) -> None:
        """Draws what airs of a stand, to hear which texts have to be shortened."""
        self.warnings += self._painter.lower_third(stand).warnings
        for product in stand.products:
            self.warnings += self._painter.product_card(stand, product).warnings


def _photos(rundown: Rundown) -> dict[str, list[int]]:
    """Every photo once, with the stands that show it."""
    named: dict[str, list[int]] = {}
    for stand in rundown.stands:
        for product in stand.products:
            if product.photo:
                named.setdefault(product.photo, []).append(stand.number)
    return named


def _shown(rundown: Rundown, items: list[Item]) -> list[Stand]:
    numbers = {item.stand for item in items}
    return [stand for stand in rundown.stands if stand.number in numbers]
