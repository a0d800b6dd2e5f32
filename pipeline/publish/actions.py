"""What publishing may do, and the plan that lists it; values only."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pipeline.errors import Fault, Text
from pipeline.publish.channel import Seen
from pipeline.publish.differences import Change
from pipeline.publish.wishes import BroadcastWish, PlaylistWish, Recap, Upload


class Kind(StrEnum):
    """What an action does."""

    BROADCAST = "create-broadcast"
    CHANGE_BROADCAST = "update-broadcast"
    END = "end-broadcast"
    CHAPTERS = "add-chapters"
    SURPLUS = "delete-broadcast"
    PLAYLIST = "create-playlist"
    CHANGE_PLAYLIST = "update-playlist"
    UPLOAD = "upload"
    RESUME = "resume-upload"
    CHANGE_VIDEO = "update-video"
    THUMBNAIL = "set-thumbnail"
    LIST = "add-to-playlist"
    CAPTIONS = "add-captions"


UPLOADS = frozenset({Kind.UPLOAD, Kind.RESUME})

Wish: TypeAlias = BroadcastWish | Upload | PlaylistWish | Recap


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do to `wish`'s resource, which is `seen` when it is there already.

    `subject` is the marker of what it is done to.
    """

    kind: Kind
    subject: str
    what: Text
    wish: Wish
    title: str
    seen: Seen | None = None
    changes: tuple[Change, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The entry of `actions` in `--json`."""
        return {
            "kind": str(self.kind),
            "subject": self.subject,
            "what": self.what.id,
            "what_en": self.what.en,
            "changes": [change.as_dict() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """`troubles` are what YouTube did to ours, `remarks` what a hand did, which stays as it is.

    `pending`: something new isn't listed by YouTube yet.
    """

    actions: tuple[Action, ...]
    troubles: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()
    pending: bool = False


VERBS = {
    Kind.BROADCAST: Text("buat siaran", "create the broadcast"),
    Kind.CHANGE_BROADCAST: Text("ubah siaran", "change the broadcast"),
    Kind.END: Text("akhiri siaran", "end the broadcast"),
    Kind.SURPLUS: Text("hapus siaran kembar", "delete the surplus broadcast"),
    Kind.CHAPTERS: Text("tulis bab video siaran", "write the chapters of the broadcast"),
    Kind.PLAYLIST: Text("buat daftar putar", "create the playlist"),
    Kind.CHANGE_PLAYLIST: Text("ubah daftar putar", "change the playlist"),
    Kind.UPLOAD: Text("unggah", "upload"),
    Kind.RESUME: Text("lanjutkan unggahan", "continue uploading"),
    Kind.CHANGE_VIDEO: Text("ubah video", "change the video"),
    Kind.THUMBNAIL: Text("pasang gambar mini", "set the thumbnail of"),
    Kind.CAPTIONS: Text("pasang takarir", "add the captions of"),
    Kind.LIST: Text("masukkan ke daftar putar:", "put into the playlist:"),
}
