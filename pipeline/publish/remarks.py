"""What is told of the channel and left as it is: what a hand did, and what only a person can mend. Pure."""

from pipeline.errors import Fault, Text
from pipeline.publish.channel import Seen
from pipeline.publish.differences import Change
from pipeline.publish.wishes import Upload


def by_hand(seen: Seen) -> Fault:
    return Fault(
        seen.title,
        Text(
            "judul atau keterangannya diubah orang di YouTube; dibiarkan",
            "its title or description was changed by hand on YouTube; left alone",
        ),
        Text("Untuk menimpanya: tayang publish --overwrite", "To set it back: publish --overwrite"),
    )


def undone(seen: Seen, change: Change) -> Fault:
    return Fault(
        seen.title,
        Text(
            f"perubahan ini tidak bertahan di YouTube ({change}); dibiarkan",
            f"this change didn't last on YouTube ({change}); left alone",
        ),
        Text("Untuk mencobanya lagi: tayang publish --overwrite", "Again: publish --overwrite"),
    )


def removed(title: str, clip: Upload | None = None) -> Fault:
    hint = None if clip is None else Text(f"Berkasnya: {clip.path}", f"Its file: {clip.path}")
    return Fault(
        title,
        Text(
            "sudah dihapus di YouTube; tidak dibuat lagi", "was removed on YouTube; not made again"
        ),
        hint,
    )


def never_on_air(seen: Seen) -> Fault:
    return Fault(
        seen.title,
        Text("tidak pernah live di YouTube", "never went live on YouTube"),
        Text("Hapus di YouTube Studio bila tak perlu.", "Delete it in YouTube Studio if you like."),
    )


def not_listed(clip: Upload) -> Fault:
    return Fault(
        clip.title,
        Text("terunggah, belum terlihat di YouTube", "uploaded, not listed by YouTube yet"),
        Text("Periksa lagi beberapa menit lagi.", "Look again in a few minutes."),
    )


def copy_of_another(video: str) -> Fault:
    return Fault(
        video,
        Text("salinan dari video yang sudah ada", "a copy of a video that is there already"),
        Text("Hapus salinan ini di YouTube Studio.", "Delete this copy in YouTube Studio."),
    )
