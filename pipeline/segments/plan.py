"""What a segment is made of: an item and its pictures come in, a list of pieces and sounds goes out.

A piece is one encoder run; its key is the hash of all that decides its bytes, so that a piece which
stands in two segments, or twice in one, is made once and copied. Knows no ffmpeg and writes nothing.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path

from pipeline.errors import Fault, InputFaults, Text
from pipeline.overlays import Drawn, Painter
from pipeline.rundown import Item, Kind, Product, Stand
from pipeline.segments.house import house_digest
from pipeline.segments.probe import Footage, Photo, footage, photo
from pipeline.settings import House

RECIPE = 3
"""Raised when the graphs change, so that everything is made anew."""

LOWER_THIRD_AT, LOWER_THIRD_FOR, LOWER_THIRD_EVERY = 1, 8, 60  # seconds
PAGE_SECONDS, SHORTEST_PAGE = 8, 4
SLATE_SECONDS = 16
HELD_SECONDS = 2  # a video may be this much shorter than its slot: its last picture is held


@dataclass(frozen=True, slots=True)
class Cue:
    """A picture on top of a piece, from one frame to another (the latter not included)."""

    drawn: Drawn
    first: int
    last: int


@dataclass(frozen=True)
class FootagePiece:
    """An exhibitor's video, brought to the house's size, with cues."""

    source: Footage
    frames: int
    cues: tuple[Cue, ...]
    bug: Drawn


@dataclass(frozen=True, slots=True)
class Page:
    """One product of a catalogue show."""

    photo: Photo | None
    card: Drawn


@dataclass(frozen=True)
class CataloguePiece:
    """One round through a stand's products: photo and card of each, on the stand's ground.

    The ground carries the stand's lower third, so that it stays while products change.
    """

    ground: Drawn
    pages: tuple[Page, ...]
    frames: int
    bug: Drawn


@dataclass(frozen=True)
class SlatePiece:
    """The holding picture."""

    ground: Drawn
    frames: int


Piece = FootagePiece | CataloguePiece | SlatePiece


@dataclass(frozen=True, slots=True)
class Sound:
    """A span of sound: an exhibitor's own, or the music bed (`source` None)."""

    source: Footage | None
    frames: int


@dataclass(frozen=True)
class SegmentPlan:
    """All that decides a segment. `loop`: it may be repeated until its time is over.

    `otherwise` gives the plan that airs instead when the footage turns out not to be usable.
    """

    item: str
    kind: Kind
    pieces: tuple[Piece, ...]
    sounds: tuple[Sound, ...]
    house: House
    loop: bool = False
    faults: tuple[Fault, ...] = ()
    otherwise: "Callable[[InputFaults], SegmentPlan] | None" = field(default=None, compare=False)

    @property
    def frames(self) -> int:
        return sum(piece.frames for piece in self.pieces)

    @property
    def cues(self) -> tuple[tuple[int, int], ...]:
        """Where a lower third is there already: frames from the first to before the last of each.

        A catalogue has the stand's name throughout.
        """
        found: list[tuple[int, int]] = []
        begins = 0
        for piece in self.pieces:
            if isinstance(piece, FootagePiece):
                found += [(begins + cue.first, begins + cue.last) for cue in piece.cues]
            elif isinstance(piece, CataloguePiece):
                found.append((begins, begins + piece.frames))
            begins += piece.frames
        return tuple(found)

    @cached_property
    def key(self) -> str:
        """SHA-256 over sources, pictures, cues and house format."""
        sounds = [[s.source.sha256 if s.source else "bed", s.frames] for s in self.sounds]
        return _sha([*(piece_key(p, self.house) for p in self.pieces), sounds, self.house.loudness])


def piece_key(piece: Piece, house: House) -> str:
    """SHA-256 over all that decides a piece's bytes."""
    return _sha([RECIPE, house_digest(house), type(piece).__name__, _facts(piece)])


def _sha(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _facts(piece: Piece) -> list[object]:
    match piece:
        case FootagePiece():
            return [piece.source.sha256, piece.frames, _cues(piece.cues), _drawn(piece.bug)]
        case CataloguePiece():
            pages = [[p.photo.sha256 if p.photo else None, _drawn(p.card)] for p in piece.pages]
            return [_drawn(piece.ground), pages, piece.frames, _drawn(piece.bug)]
        case SlatePiece():
            return [_drawn(piece.ground), piece.frames]


def _drawn(drawn: Drawn) -> list[object]:
    return [hashlib.sha256(drawn.svg.encode()).hexdigest(), drawn.scale, drawn.x, drawn.y]


def _cues(cues: Sequence[Cue]) -> list[list[object]]:
    return [[_drawn(cue.drawn), cue.first, cue.last] for cue in cues]


@dataclass(frozen=True, slots=True)
class Next:
    """What a slate announces."""

    title: str
    at: datetime


class Planner:
    """Plans segments for one event: its pictures, its media folder, its house format."""

    def __init__(self, painter: Painter, media: Path, house: House) -> None:
        self._painter = painter
        self._media = media
        self._house = house
        self._bug = painter.bug()

    def segment(self, item: Item, stand: Stand | None, following: Next | None) -> SegmentPlan:
        """The plan of an item. Media that can't be used are replaced and said in `faults`."""
        frames = self._house.rate.frames(item.duration_s)
        if item.kind is Kind.VIDEO:
            return self._video(item, stand, frames, following)
        if item.kind is Kind.CATALOGUE and stand is not None and stand.products:
            return self._catalogue(item, stand, frames)
        return self.slate(item.id, item.title, following, frames)

    def slate(
        self, item: str, title: str, following: Next | None, frames: int | None = None
    ) -> SegmentPlan:
        """The holding picture, as long as wanted, or a loop of it."""
        whole = self._house.rate.frames(SLATE_SECONDS)
        length = whole if frames is None else min(whole, frames)
        piece = self._slate(title, following, length)
        sounds = (Sound(None, length),)
        loop = length != frames
        return SegmentPlan(item, Kind.SLATE, (piece,), sounds, self._house, loop)

    def _slate(self, title: str, following: Next | None, frames: int) -> SlatePiece:
        ground = self._painter.slate(
            title, following.title if following else None, following.at if following else None
        )
        return SlatePiece(ground, frames)

    def _video(
        self, item: Item, stand: Stand | None, frames: int, following: Next | None
    ) -> SegmentPlan:
        otherwise = partial(self._instead, item, stand, following)
        try:
            source = footage(self._media, item.media or "")
        except InputFaults as refused:
            return otherwise(refused)
        rate = self._house.rate
        own = min(frames, max(1, rate.frames(source.seconds)))
        if frames - own <= rate.frames(HELD_SECONDS):
            own = frames
        named = (
            self._painter.lower_third(stand) if stand else self._painter.headline(item.title, "")
        )
        piece = FootagePiece(source, own, self._spread(named, own), self._bug)
        pieces: list[Piece] = [piece]
        sounds = [Sound(source if source.has_sound else None, own)]
        faults: tuple[Fault, ...] = ()
        if rest := frames - own:
            if stand is not None and stand.products:
                more, faults = self._rounds(stand, rest)
                pieces += more
            else:
                pieces.append(self._slate(item.title, following, rest))
            sounds.append(Sound(None, rest))
        return SegmentPlan(
            item.id,
            Kind.VIDEO,
            tuple(pieces),
            tuple(sounds),
            self._house,
            faults=faults,
            otherwise=otherwise,
        )

    def _instead(
        self, item: Item, stand: Stand | None, following: Next | None, refused: InputFaults
    ) -> SegmentPlan:
        """What airs when a video can't be used: the stand's catalogue, else the slate."""
        stand_in = item.model_copy(update={"kind": Kind.CATALOGUE})
        plan = self.segment(stand_in, stand, following)
        shown = {
            Kind.CATALOGUE: Text("diganti katalog stand", "the stand's catalogue airs instead"),
            Kind.SLATE: Text("diganti slate", "the slate airs instead"),
        }[plan.kind]
        told = tuple(
            replace(
                fault,
                where=f"{item.id} {fault.where}",
                what=Text(f"{fault.what.id}; {shown.id}", f"{fault.what.en}; {shown.en}"),
            )
            for fault in refused.faults
        )
        return replace(plan, faults=told + plan.faults)

    def _catalogue(self, item: Item, stand: Stand, frames: int) -> SegmentPlan:
        pieces, faults = self._rounds(stand, frames)
        sounds = (Sound(None, frames),)
        return SegmentPlan(
            item.id, Kind.CATALOGUE, tuple(pieces), sounds, self._house, faults=faults
        )

    def _rounds(self, stand: Stand, frames: int) -> tuple[list[Piece], tuple[Fault, ...]]:
        """A stand's catalogue for exactly so many frames: as many equal rounds as fit best."""
        rate = self._house.rate
        shown = stand.products[: max(1, frames // rate.frames(SHORTEST_PAGE))]
        pages, faults = self._pages(stand, shown)
        rounds = max(1, round(frames / (len(pages) * rate.frames(PAGE_SECONDS))))
        length = frames // rounds
        ground = self._painter.product_page(stand)
        one = CataloguePiece(ground, pages, length, self._bug)
        last = replace(one, frames=frames - (rounds - 1) * length)
        return [*[one] * (rounds - 1), last], faults

    def _pages(
        self, stand: Stand, products: Sequence[Product]
    ) -> tuple[tuple[Page, ...], tuple[Fault, ...]]:
        pages: list[Page] = []
        faults: list[Fault] = []
        for product in products:
            picture = None
            if product.photo is not None:
                try:
                    picture = photo(self._media, product.photo)
                except InputFaults as refused:
                    faults += refused.faults
            pages.append(Page(picture, self._painter.product_card(stand, product)))
        return tuple(pages), tuple(faults)

    def _spread(self, drawn: Drawn, frames: int) -> tuple[Cue, ...]:
        """The lower third near the start and once a minute, never cut off by the piece's end."""
        rate = self._house.rate
        first, length = rate.frames(LOWER_THIRD_AT), rate.frames(LOWER_THIRD_FOR)
        every = rate.frames(LOWER_THIRD_EVERY)
        if frames < first + length:
            return (Cue(drawn, min(first, frames // 8), frames - min(first, frames // 8)),)
        starts = range(first, frames - length + 1, every)
        return tuple(Cue(drawn, start, start + length) for start in starts)
