"""Brings a clip to YouTube exactly once, whatever dies on the way.

A clip and the ledger come in, a video id goes out. Each step is in the ledger before the next: the
wish, the upload session's address (before the first byte), the id, the thumbnail, the reading back.
It must not know Google's client.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import (
    Applied,
    Rejected,
    Remedy,
    Uncertain,
    YouTubeError,
    demand,
)
from pipeline.publish.wishes import Upload
from pipeline.publish.words import clip_marker, legal_description, legal_tags, legal_title
from pipeline.publish.youtube import Transfer, YouTubeApi

OnProgress: TypeAlias = Callable[[int, int], None]
"""Told (bytes that YouTube has, bytes in all) as an upload goes on."""

WAITS_S = (2, 5, 15, 30, 60, 120, 240)
"""Waits between failures without any progress; then it is left for the next run to continue."""

LOOKS_S = (0, 5, 15, 30)
"""Waits before each look for a new video: lists lag behind by up to 15 s (seen by others)."""

GONE = frozenset({404, 410})


def upload(
    api: YouTubeApi,
    ledger: Ledger,
    clock: Clock,
    clip: Upload,
    on_progress: OnProgress = lambda sent, total: None,
) -> str:
    """The clip's video id, after whatever of upload, thumbnail and verification is missing.

    What was done stays in the ledger when it raises: YouTubeError when YouTube refuses, OutsideError
    when the file can't be read, the thumbnail's own TayangError when that can't be drawn.
    """
    video = uploaded(ledger, clip.sha256)
    if video is None and not ledger.surveyed:
        survey(api, ledger)
        video = uploaded(ledger, clip.sha256)
    if video is None:
        video = _send(api, ledger, clock, clip, on_progress)
    if clip.thumbnail is not None and ledger.last("thumbnail", video=video) is None:
        _set_thumbnail(api, ledger, video, clip.thumbnail())
    if ledger.last("verified", video=video) is None:
        _verify(api, ledger, clock, video, clip)
    return video


def uploaded(ledger: Ledger, sha256: str) -> str | None:
    """The video id of a clip's content, if it was ever uploaded."""
    fact = ledger.last("uploaded", marker=clip_marker(sha256))
    return None if fact is None else str(fact["video"])


def survey(api: YouTubeApi, ledger: Ledger) -> None:
    """Notes every video of ours on the channel that the ledger lacks, as after a lost ledger."""
    playlist = _uploads_playlist(api)
    for item in api.pages("playlistItems.list", part="snippet", playlistId=playlist):
        snippet = item["snippet"]
        marker = snippet.get("description", "").rstrip().rsplit("\n", 1)[-1]
        if marker.startswith("tayang:clip:") and ledger.last("uploaded", marker=marker) is None:
            ledger.note("uploaded", marker=marker, video=snippet["resourceId"]["videoId"])
    ledger.surveyed = True


def _uploads_playlist(api: YouTubeApi) -> str:
    channels = api.read("channels.list", part="contentDetails", mine=True).get("items", ())
    if not channels:
        doing = Text("mencari kanal", "looking for the channel")
        raise YouTubeError(doing, Rejected("youtubeSignupRequired", 0, ""))
    return str(channels[0]["contentDetails"]["relatedPlaylists"]["uploads"])


def _send(
    api: YouTubeApi, ledger: Ledger, clock: Clock, clip: Upload, on_progress: OnProgress
) -> str:
    """Continues the open session or begins one; again only when no video came of the first."""
    marker = clip_marker(clip.sha256)
    while True:
        video = _one_session(api, ledger, clock, clip, on_progress)
        if video is None:
            video = _look(api, ledger, clock, clip)
        if video is not None:
            if uploaded(ledger, clip.sha256) is None:
                ledger.note("uploaded", marker=marker, video=video, title=clip.title)
            return video


def _one_session(
    api: YouTubeApi, ledger: Ledger, clock: Clock, clip: Upload, on_progress: OnProgress
) -> str | None:
    """The video id, or None when YouTube no longer knows the session."""
    marker, body = clip_marker(clip.sha256), _body(clip)
    doing = Text(f"mengunggah {clip.path.name}", f"uploading {clip.path.name}")
    transfer = _transfer(api, clip, body)
    kept = ledger.last("session", marker=marker)
    if kept is not None and ledger.last("expired", uri=kept["uri"]) is None:
        transfer.resume(kept["uri"])
        uri = kept["uri"]
    else:
        ledger.note("wish", marker=marker, title=body["snippet"]["title"], path=str(clip.path))
        uri = _open(api, clock, transfer, doing)
        ledger.note("session", marker=marker, uri=uri)
    result = _push(clock, transfer, clip.path.stat().st_size, doing, on_progress)
    if result is None:
        ledger.note("expired", marker=marker, uri=uri)
        return None
    return str(result["id"])


def _transfer(api: YouTubeApi, clip: Upload, body: dict[str, Any]) -> Transfer:
    try:
        return api.transfer(
            "videos.insert", clip.path, chunk=clip.chunk_mib << 20, part="snippet,status", body=body
        )
    except OSError as error:
        raise OutsideError(
            Text(f"{clip.path} tidak dapat dibaca: {error}", f"can't read {clip.path}: {error}")
        ) from error


def _open(api: YouTubeApi, clock: Clock, transfer: Transfer, doing: Text) -> str:
    """A session's address. Asking again is harmless: a session without a byte makes no video."""
    waits = iter(WAITS_S)
    while True:
        outcome = transfer.open()
        if isinstance(outcome, Rejected) and outcome.remedy is Remedy.WAIT:
            api.spent("videos.insert")
        wait = next(waits, None)
        if wait is None or not _worth_another(outcome):
            return demand(outcome, doing)
        clock.sleep(wait)


def _push(
    clock: Clock, transfer: Transfer, total: int, doing: Text, on_progress: OnProgress
) -> dict[str, Any] | None:
    """Chunk after chunk until YouTube answers with the video; None when the session is gone."""
    waits, sent = iter(WAITS_S), 0
    while True:
        outcome = transfer.step()
        if isinstance(outcome, Applied):
            on_progress(outcome.value.sent, total)
            if outcome.value.result is not None:
                return outcome.value.result
            if outcome.value.sent > sent:
                waits, sent = iter(WAITS_S), outcome.value.sent
                continue
        elif isinstance(outcome, Rejected) and outcome.status in GONE:
            return None
        wait = next(waits, None)
        if wait is None or not (isinstance(outcome, Applied) or _worth_another(outcome)):
            stalled = Uncertain("no progress") if isinstance(outcome, Applied) else outcome
            raise YouTubeError(doing, stalled)
        clock.sleep(wait)


def _worth_another(outcome: object) -> bool:
    return isinstance(outcome, Uncertain) or (
        isinstance(outcome, Rejected) and outcome.remedy is Remedy.RETRY
    )


def _look(api: YouTubeApi, ledger: Ledger, clock: Clock, clip: Upload) -> str | None:
    """The video of a lost session, if it became one after all: its marker tells."""
    for wait in LOOKS_S:
        clock.sleep(wait)
        survey(api, ledger)
        video = uploaded(ledger, clip.sha256)
        if video is not None:
            return video
    return None


def _body(clip: Upload) -> dict[str, Any]:
    return {
        "snippet": {
            "title": legal_title(clip.title),
            "description": legal_description(clip.description, clip_marker(clip.sha256)),
            "tags": list(legal_tags(clip.tags)),
            "categoryId": clip.category,
            "defaultLanguage": clip.language,
        },
        "status": {"privacyStatus": clip.privacy, "selfDeclaredMadeForKids": False},
    }


def _set_thumbnail(api: YouTubeApi, ledger: Ledger, video: str, picture: bytes) -> None:
    """Setting the same picture twice changes nothing: after a lost answer it is set again."""
    doing = Text("memasang gambar mini", "setting the thumbnail")
    outcome = api.write("thumbnails.set", media=picture, videoId=video)
    if isinstance(outcome, Uncertain):
        outcome = api.write("thumbnails.set", media=picture, videoId=video)
    demand(outcome, doing)
    ledger.note("thumbnail", video=video)


def _verify(api: YouTubeApi, ledger: Ledger, clock: Clock, video: str, clip: Upload) -> None:
    """Reads the video back: a 200 says nothing of its privacy, nor that it was accepted."""
    doing = Text(f"memeriksa {clip.title}", f"checking {clip.title}")
    for wait in LOOKS_S:
        clock.sleep(wait)
        items = api.read("videos.list", part="status", id=video).get("items", ())
        if items:
            break
    else:
        raise YouTubeError(doing, Uncertain(f"video {video} is not listed yet"))
    status = items[0]["status"]
    if status["uploadStatus"] in {"rejected", "failed", "deleted"}:
        why = status.get("rejectionReason") or status.get("failureReason") or ""
        raise YouTubeError(doing, Rejected("videoRejected", 0, f"{status['uploadStatus']} {why}"))
    if status["privacyStatus"] != clip.privacy:
        change = f"{clip.privacy} -> {status['privacyStatus']}"
        raise YouTubeError(doing, Rejected("privacyLocked", 0, change))
    ledger.note("verified", video=video, privacy=clip.privacy)
