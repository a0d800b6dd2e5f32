"""What may be done with a sign-in, in words: Google's scopes come in, sentences go out; pure.

Scopes by https://developers.google.com/youtube/v3/guides/auth/installed-apps#identify-access-scopes
"""

from collections.abc import Iterable

from pipeline.errors import Text

_BASE = "https://www.googleapis.com/auth/"

SCOPE = f"{_BASE}youtube.force-ssl"
"""What we ask for: accepted by every method that we call."""

_WORDS = {
    SCOPE: Text(
        "melihat, mengubah, dan menghapus video, siaran, playlist, dan teks video kanal",
        "see, change and delete the channel's videos, broadcasts, playlists and captions",
    ),
    f"{_BASE}youtube": Text("mengelola kanal, kecuali teks video", "manage the channel"),
    f"{_BASE}youtube.readonly": Text("hanya melihat kanal", "only see the channel"),
    f"{_BASE}youtube.upload": Text("mengunggah video", "upload videos"),
    f"{_BASE}youtubepartner": Text("mengelola aset mitra YouTube", "manage YouTube partner assets"),
}


def in_words(scope: str) -> Text:
    """What a scope allows; the scope itself when it is none of YouTube's."""
    return _WORDS.get(scope, Text(scope, scope))


def missing(scopes: Iterable[str]) -> Text | None:
    """What we need and was not granted; None when all was."""
    return None if SCOPE in scopes else _WORDS[SCOPE]
