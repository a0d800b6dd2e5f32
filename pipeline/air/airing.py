"""One airing while it lasts: what is on, how far it is, and the fingerprint of its pictures so far."""

from dataclasses import dataclass, field
from typing import Any

from pipeline.air.digest import PictureDigest
from pipeline.air.inserts import Cue, Inserts
from pipeline.air.reel import Playable, Reel
from pipeline.errors import Text
from pipeline.rundown import Planned
from pipeline.splice import Picture


@dataclass
class OnAir:
    """Airs to the reel's end, or for `slot` frames when it loops (None: for ever).

    It was entered `late` frames before its place by the clock, at a keyframe, and so ends later.
    `planned` None is the slate in a hole, or the filler of `stand`. `skip` frames of the item were
    left out at its start. The last fields are the player's.
    """

    planned: Planned | None
    stand: int | None
    stand_name: str | None
    title: str
    reason: Text
    reel: Reel
    loop: bool
    slot: int | None
    skip: int = 0
    late: int = 0
    occurrence: int = 0
    first_frame: int = 0
    sent: int = 0
    sounds: int = 0
    packets: PictureDigest = field(default_factory=PictureDigest)
    inserts: Inserts = field(default_factory=Inserts)

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
    def goes_on(self) -> bool:
        """Whether it can stay on while what comes next is being opened."""
        return not self.reel.at_end or (self.loop and self.slot is None)

    @property
    def left(self) -> int | None:
        """Frames that are still to come; None for a slate without an end."""
        if self.loop:
            return None if self.slot is None else max(0, self.slot - self.sent)
        return self.segment.frames - self.reel.origin - self.sent

    def refusal(self, cue: Cue) -> Text | None:
        """Why a cue can't come or go now; None when it can."""
        if self.loop:
            return Text("gambar berulang tidak diberi lower third", "a loop takes no lower third")
        return self.inserts.refusal(cue, self.segment, self.reel)

    def enter_insert(self) -> tuple[str, dict[str, Any]] | None:
        """Where the program can be left: what the journal says of an insert that begins, or can't."""
        entered = self.inserts.enter(self.reel.at)
        if entered is None:
            return None
        if isinstance(entered, Text):
            return "alarm", {"what": "cue", "error": entered.id}
        return "insert", {
            "occurrence": self.occurrence,
            "segment": entered.key,
            "first_frame": self.first_frame + self.sent,
            "frames": len(entered.pictures),
            "at_frame": entered.first,
            "action": entered.action,
        }

    def picture(self) -> Picture:
        """The next picture in decoding order, of an insert if one is on; its reel goes on in step."""
        own = None if self.reel.at_end else self.reel.picture()
        picture = self.inserts.picture() or own
        assert picture is not None
        return picture

    def started(self) -> dict[str, Any]:
        """What the journal says when it goes on air."""
        item = self.planned.item if self.planned else None
        return {
            "occurrence": self.occurrence,
            "item": self.item,
            "kind": self.segment.kind,
            "planned_kind": item.kind.value if item else None,
            "stand": self.stand,
            "stand_name": self.stand_name,
            "title": self.title,
            "segment": self.segment.key,
            "reason": self.reason.id,
            "first_frame": self.first_frame,
            "skip": self.skip,
        }

    def ended(self) -> dict[str, Any]:
        """What the journal says when it is over."""
        return {
            "occurrence": self.occurrence,
            "first_frame": self.first_frame,
            "frames": self.sent,
            "audio_frames": self.sounds,
            "packets": self.packets.hexdigest(),
            "cut": not self.over,
        }
