"""How a call to YouTube can end, and what each refusal means to a person; pure.

A status, a reason and a message come in; an outcome, a remedy and words in both languages go out.
It must not know Google's client: the rest of the room speaks of outcomes, never of its exceptions.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from pipeline.errors import OutsideError, Text

T = TypeVar("T")


class Remedy(StrEnum):
    """Who can do something about a refusal."""

    RETRY = "retry"
    """We: the same request may work in a moment."""
    WAIT = "wait"
    """Nobody: it works again by itself, later."""
    OPERATOR = "operator"
    """A person must do something first."""
    FATAL = "fatal"
    """This request will never work."""


@dataclass(frozen=True, slots=True)
class Applied(Generic[T]):
    """YouTube did it."""

    value: T


@dataclass(frozen=True, slots=True)
class Rejected:
    """YouTube certainly did not do it. `reason` is the API's word, `status` HTTP's or 0."""

    reason: str
    status: int
    message: str

    @property
    def remedy(self) -> Remedy:
        return remedy_of(self.status, self.reason, self.message)


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The answer was lost: YouTube may or may not have done it. Look before asking again."""

    why: str


Outcome: TypeAlias = Applied[T] | Rejected | Uncertain


class Meaning(NamedTuple):
    """What a reason asks for, in words; `hint` says what to do."""

    remedy: Remedy
    what: Text
    hint: Text | None = None


_LOGIN = Text("Masuk lagi: tayang youtube login", "Sign in again: tayang youtube login")
_TOMORROW = Text(
    "Kuota diisi ulang tengah malam waktu Pasifik (14.00 atau 15.00 WIB); ulangi sesudah itu.",
    "The quota is refilled at midnight Pacific time (14:00 or 15:00 WIB); run again after it.",
)
_RETRY = Meaning(
    Remedy.RETRY, Text("YouTube sedang sibuk", "YouTube is busy"), Text("Coba lagi.", "Try again.")
)
_QUOTA = Meaning(
    Remedy.WAIT, Text("kuota YouTube hari ini habis", "today's YouTube quota is spent"), _TOMORROW
)
_UPLOADS = Meaning(
    Remedy.WAIT,
    Text("batas unggahan hari ini tercapai", "today's limit of uploads is reached"),
    _TOMORROW,
)
_SIGN_IN = Meaning(
    Remedy.OPERATOR, Text("izin masuk tidak berlaku", "the sign-in is not valid"), _LOGIN
)
_RIGHTS = Meaning(
    Remedy.OPERATOR,
    Text("akun ini tidak punya hak untuk itu", "this account has no right to do that"),
    Text(
        "Masuk sebagai pemilik kanal dan setujui semua izin: tayang youtube login",
        "Sign in as the channel's owner and grant all rights: tayang youtube login",
    ),
)
_LIVE_OFF = Meaning(
    Remedy.OPERATOR,
    Text("siaran langsung belum aktif di kanal ini", "live streaming is off for this channel"),
    Text(
        "Aktifkan di https://www.youtube.com/features; baru berlaku setelah 24 jam.",
        "Turn it on at https://www.youtube.com/features; it takes 24 hours to apply.",
    ),
)
_TOO_MANY = Meaning(
    Remedy.OPERATOR,
    Text("terlalu banyak siaran di kanal ini", "too many broadcasts on this channel"),
    Text(
        "Akhiri atau hapus siaran lain di YouTube Studio.",
        "End or delete other broadcasts in YouTube Studio.",
    ),
)

MEANINGS: dict[str, Meaning] = {
    "rateLimitExceeded": _RETRY,
    "userRateLimitExceeded": _RETRY,
    "userRequestsExceedRateLimit": _RETRY,
    "backendError": _RETRY,
    "internalError": _RETRY,
    "errorExecutingTransition": _RETRY,
    "notSent": Meaning(
        Remedy.RETRY,
        Text("YouTube tidak dapat dihubungi", "YouTube can't be reached"),
        Text("Periksa sambungan internet.", "Check the internet connection."),
    ),
    "tokenServer": Meaning(
        Remedy.RETRY,
        Text("layanan masuk Google tidak menjawab", "Google's sign-in doesn't answer"),
        Text("Periksa sambungan internet.", "Check the internet connection."),
    ),
    "quotaExceeded": _QUOTA,
    "dailyLimitExceeded": _QUOTA,
    "quotaReserved": Meaning(
        Remedy.WAIT,
        Text(
            "sisa kuota YouTube hari ini disimpan untuk mengendalikan siaran",
            "what is left of today's YouTube quota is kept for controlling the broadcast",
        ),
        _TOMORROW,
    ),
    "uploadLimitExceeded": _UPLOADS,
    "uploadRateLimitExceeded": _UPLOADS,
    "errorStreamInactive": Meaning(
        Remedy.WAIT,
        Text("siaran belum diterima YouTube", "YouTube isn't receiving the stream yet"),
        Text("Periksa pengiriman program.", "Check that the program is being sent."),
    ),
    "invalid_grant": _SIGN_IN,
    "invalid_client": _SIGN_IN,
    "authError": _SIGN_IN,
    "expired": _SIGN_IN,
    "authorizationRequired": _SIGN_IN,
    "insufficientPermissions": _RIGHTS,
    "insufficientLivePermissions": _RIGHTS,
    "forbidden": _RIGHTS,
    "youtubeSignupRequired": Meaning(
        Remedy.OPERATOR,
        Text("akun ini belum punya kanal YouTube", "this account has no YouTube channel yet"),
        Text("Buat kanal di youtube.com, lalu masuk lagi.", "Create one, then sign in again."),
    ),
    "liveStreamingNotEnabled": _LIVE_OFF,
    "livePermissionBlocked": _LIVE_OFF,
    "userBroadcastsExceedLimit": _TOO_MANY,
    "concurrentBroadcastsExceedLimit": _TOO_MANY,
    "sharedIngestionBroadcastsExceedLimit": _TOO_MANY,
    "privacyLocked": Meaning(
        Remedy.OPERATOR,
        Text("YouTube mengubah privasi video", "YouTube changed the video's privacy"),
        Text(
            "Bila YouTube menguncinya: ajukan audit API untuk proyek Google Cloud ini, atau unggah "
            "videonya dengan tangan di YouTube Studio.",
            "If YouTube locked it: ask for the API audit of this Google Cloud project, or upload the "
            "video by hand in YouTube Studio.",
        ),
    ),
    "videoRejected": Meaning(
        Remedy.FATAL,
        Text(
            "YouTube menolak video sesudah diunggah", "YouTube refused the video after its upload"
        ),
        Text("Lihat alasannya di YouTube Studio.", "See why in YouTube Studio."),
    ),
}
"""Reasons of the API (https://developers.google.com/youtube/v3/live/docs/errors), and our own."""


def remedy_of(status: int, reason: str, message: str) -> Remedy:
    """What a refusal asks for. An unknown reason is never worth sending a write again."""
    if "per day" in message and reason in {"rateLimitExceeded", "RATE_LIMIT_EXCEEDED"}:
        return Remedy.WAIT  # 429 "Video Uploads per day": googleapis/google-api-python-client#2753
    if reason in MEANINGS:
        return MEANINGS[reason].remedy
    if status == 401:
        return Remedy.OPERATOR
    return Remedy.RETRY if status in {408, 429} or status >= 500 else Remedy.FATAL


def explain(outcome: Rejected | Uncertain) -> tuple[Text, Text | None]:
    """What happened and what to do, for a person."""
    if isinstance(outcome, Uncertain):
        return (
            Text(f"jawaban YouTube hilang ({outcome.why})", f"no answer came ({outcome.why})"),
            Text(
                "Ulangi perintah ini; yang sudah jadi tidak diulang.",
                "Run this again; what is done is not done twice.",
            ),
        )
    meaning = MEANINGS.get(outcome.reason)
    if outcome.remedy is Remedy.WAIT and meaning is _RETRY:
        meaning = _UPLOADS
    if meaning is None:
        meaning = _SIGN_IN if outcome.remedy is Remedy.OPERATOR else None
    detail = f"{outcome.reason}: {outcome.message}" if outcome.message else outcome.reason
    if meaning is None:
        return Text(detail, detail), None
    return Text(f"{meaning.what.id} ({detail})", f"{meaning.what.en} ({detail})"), meaning.hint


class YouTubeError(OutsideError):
    """YouTube refused or lost something that was needed; `remedy` says who can help."""

    def __init__(self, doing: Text, outcome: Rejected | Uncertain) -> None:
        what, hint = explain(outcome)
        super().__init__(
            Text(f"YouTube, {doing.id}: {what.id}", f"YouTube, {doing.en}: {what.en}"), hint
        )
        self.outcome = outcome
        self.remedy = Remedy.RETRY if isinstance(outcome, Uncertain) else outcome.remedy


def demand(outcome: Outcome[T], doing: Text) -> T:
    """The value of an outcome that must be one; YouTubeError otherwise."""
    if isinstance(outcome, Applied):
        return outcome.value
    raise YouTubeError(doing, outcome)
