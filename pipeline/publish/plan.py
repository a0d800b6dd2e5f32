"""What is wanted minus what is there: the actions that publishing would take, in order; pure.

Wishes and the ledger's facts come in, actions go out. It must not carry them out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import Text
from pipeline.publish.ledger import Fact, last
from pipeline.publish.wishes import BroadcastWish, Upload
from pipeline.publish.words import clip_marker


class Kind(StrEnum):
    """What an action does."""

    BROADCAST = "create-broadcast"
    UPLOAD = "upload"
    RESUME = "resume-upload"
    THUMBNAIL = "set-thumbnail"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that an event wants of YouTube now: sessions to come, clips of what has aired."""

    broadcasts: tuple[BroadcastWish, ...] = ()
    clips: tuple[Upload, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `subject` is a session or a clip's sha256."""

    kind: Kind
    subject: str
    what: Text

    def as_dict(self) -> dict[str, str]:
        """The entry of `actions` in `--json`."""
        return {
            "kind": str(self.kind),
            "subject": self.subject,
            "what": self.what.id,
            "what_en": self.what.en,
        }


def plan(wanted: Wanted, known: Sequence[Fact]) -> tuple[Action, ...]:
    """The actions that bring `known` (the ledger's facts) to `wanted`; empty when all is there."""
    actions = [
        Action(
            Kind.BROADCAST,
            wish.session,
            Text(f"buat siaran {wish.title}", f"create the broadcast {wish.title}"),
        )
        for wish in wanted.broadcasts
        if last(known, "broadcast", session=wish.session) is None
    ]
    seen: set[str] = set()
    for clip in wanted.clips:
        if clip.sha256 not in seen:  # the same content is one video, however often it aired
            seen.add(clip.sha256)
            actions += _for_clip(clip, known)
    return tuple(actions)


def _for_clip(clip: Upload, facts: Sequence[Fact]) -> list[Action]:
    uploaded = last(facts, "uploaded", marker=clip_marker(clip.sha256))
    if uploaded is None:
        begun = last(facts, "session", marker=clip_marker(clip.sha256)) is not None
        kind, verb = (
            (Kind.RESUME, Text("lanjutkan unggahan", "continue uploading"))
            if begun
            else (Kind.UPLOAD, Text("unggah", "upload"))
        )
        return [_action(kind, clip, verb)]
    video, actions = uploaded["video"], []
    if clip.thumbnail is not None and last(facts, "thumbnail", video=video) is None:
        actions.append(_action(Kind.THUMBNAIL, clip, Text("pasang gambar", "set the picture of")))
    if last(facts, "verified", video=video) is None:
        actions.append(_action(Kind.VERIFY, clip, Text("periksa", "check")))
    return actions


def _action(kind: Kind, clip: Upload, verb: Text) -> Action:
    return Action(kind, clip.sha256, Text(f"{verb.id} {clip.title}", f"{verb.en} {clip.title}"))
