"""One airing while it lasts: what is on, how far it is, and the fingerprint of its pictures so far."""

from dataclasses import dataclass, field

from pipeline.air.digest import PictureDigest
from pipeline.air.reel import Playable, Reel
from pipeline.errors import Text
from pipeline.rundown import Planned


@dataclass
class OnAir:
    """Airs to the reel's end, or for `slot` frames when it loops (None: for ever).

    `planned` None is the slate in a hole, or the filler of `stand`. `skip` frames of the item were
    left out at its start. The last fields are the player's.
    """

    planned: Planned | None
    stand: int | None
    title: str
    reason: Text
    reel: Reel
    loop: bool
    slot: int | None
    skip: int = 0
    occurrence: int = 0
    first_frame: int = 0
    sent: int = 0
    sounds: int = 0
    packets: PictureDigest = field(default_factory=PictureDigest)

    @property
    def item(self) -> str | None:
        return self.planned.item.id if self.planned else None

    @property
    def segment(self) -> Playable:
        return self.reel.segment

    @property
    def over(self) -> bool:
        if self.loop:
            return self.slot is not None and self.sent >= self.slot
        return self.reel.at_end and self.reel.damaged is None

    @property
    def left(self) -> int | None:
        """Frames that are still to come; None for a slate without an end."""
        if self.loop:
            return None if self.slot is None else max(0, self.slot - self.sent)
        return self.segment.frames - self.reel.origin - self.sent
