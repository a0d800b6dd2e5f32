"""Brings a clip to YouTube exactly once, whatever dies on the way; changes what it says, its picture.

A clip and the ledger come in, a video id goes out. Each step is in the ledger before the next: the
wish, the upload session's address (before the first byte), the id, the picture. It must not know
Google's client.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from pipeline.clock import Clock
from pipeline.errors import OutsideError, Text
from pipeline.publish.channel import Seen, uploads, videos
from pipeline.publish.differences import Change
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import (
    Applied,
    Outcome,
    Rejected,
    Remedy,
    Uncertain,
    YouTubeError,
    demand,
)
from pipeline.publish.steps import LOOKS_S, once, patiently
from pipeline.publish.wishes import Picture, Upload
from pipeline.publish.youtube import Transfer, YouTubeApi

OnProgress: TypeAlias = Callable[[int, int], None]
"""Told (bytes that YouTube has, bytes in all) as an upload goes on."""

WAITS_S = (2, 5, 15, 30, 60, 120, 240)
"""Waits between failures without any progress; then it is left for the next run to continue."""

GONE = frozenset({404, 410})


def upload(
    api: YouTubeApi,
    ledger: Ledger,
    clock: Clock,
    clip: Upload,
    on_progress: OnProgress = lambda sent, total: None,
) -> str:
    """The clip's video id: its open session is continued, or one begun; found if it is there already.

    Who calls it has looked for the clip on the channel. What was done stays in the ledger when it raises:
    YouTubeError when YouTube refuses, OutsideError when the file can't be read.
    """
    while True:
        video = _one_session(api, ledger, clock, clip, on_progress)
        if video is None:
            video = _look(api, ledger, clock, clip)
        if video is not None:
            ledger.note("uploaded", marker=clip.marker, video=video, title=clip.title)
            return video


def change(
    api: YouTubeApi,
    ledger: Ledger,
    clock: Clock,
    clip: Upload,
    seen: Seen,
    changes: Sequence[Change],
) -> None:
    """Makes these changes of a video. What else it has, such as a licence or a hand's words, stays."""
    words = {"title": clip.title, "description": clip.marked, "tags": list(clip.tags)}
    privacy = any(one.name == "privacy" for one in changes)
    rewrite(
        api,
        ledger,
        clock,
        seen,
        words if any(one.words for one in changes) else {},
        {"privacyStatus": clip.privacy, "selfDeclaredMadeForKids": False} if privacy else None,
    )
    if privacy:
        ledger.note("privacy", of=clip.marker, privacy=clip.privacy)


def rewrite(
    api: YouTubeApi,
    ledger: Ledger,
    clock: Clock,
    seen: Seen,
    words: dict[str, Any],
    privacy: dict[str, Any] | None = None,
) -> None:
    """Puts fields into a video's snippet and status; an update replaces them whole, so all are sent."""
    snippet, status = seen.resource["snippet"], seen.resource["status"]
    kept = {name: snippet[name] for name in _SNIPPET if name in snippet}
    body: dict[str, Any] = {"id": seen.id, "snippet": {"categoryId": "22", **kept, **words}}
    if privacy is not None:
        body["status"] = {name: status[name] for name in _STATUS if name in status} | privacy

    def look() -> dict[str, Any] | None:
        found = videos(api, {"it": seen.id}).get("it")
        wrote = body["snippet"].get("description", "")
        same = found is not None and found.description == wrote
        meant = privacy is None or (found is not None and found.privacy == privacy["privacyStatus"])
        return dict(found.resource) if found is not None and same and meant else None

    part = "snippet" if privacy is None else "snippet,status"
    once(
        ledger,
        clock,
        f"change {seen.id}",
        Text(f"mengubah {seen.title}", f"changing {seen.title}"),
        lambda: api.write("videos.update", part=part, body=body),
        look,
    )


def set_thumbnail(
    api: YouTubeApi, ledger: Ledger, clock: Clock, video: str, picture: Picture
) -> None:
    """Setting the same picture twice changes nothing: after a lost answer it is set again."""
    doing, drawn = Text("memasang gambar mini", "setting the thumbnail"), picture.draw()
    outcome = api.write("thumbnails.set", media=drawn, videoId=video)
    for wait in LOOKS_S:  # a new video may not be known everywhere yet
        if not isinstance(outcome, Uncertain) and not _unknown(outcome):
            break
        clock.sleep(wait)
        outcome = api.write("thumbnails.set", media=drawn, videoId=video)
    demand(outcome, doing)
    ledger.note("thumbnail", video=video, key=picture.key)


def _unknown(outcome: Outcome[dict[str, Any]]) -> bool:
    return isinstance(outcome, Rejected) and outcome.status == 404


_SNIPPET = ("title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage")
_STATUS = (
    *("privacyStatus", "publishAt", "selfDeclaredMadeForKids", "embeddable", "license"),
    *("publicStatsViewable", "containsSyntheticMedia"),
)
"""What may be written of a video (https://developers.google.com/youtube/v3/docs/videos/update)."""


def _one_session(
    api: YouTubeApi, ledger: Ledger, clock: Clock, clip: Upload, on_progress: OnProgress
) -> str | None:
    """The video id, or None when YouTube no longer knows the session."""
    marker = clip.marker
    doing = Text(f"mengunggah {clip.path.name}", f"uploading {clip.path.name}")
    kept = ledger.last("session", marker=marker)
    with contextlib.closing(_transfer(api, clip)) as transfer:
        if kept is not None and ledger.last("expired", uri=kept["uri"]) is None:
            uri = kept["uri"]
            transfer.resume(uri)
        else:
            ledger.note("wish", marker=marker, title=clip.title, path=str(clip.path))
            ledger.note("privacy", of=marker, privacy=clip.privacy)
            uri = _open(api, clock, transfer, doing)
            ledger.note("session", marker=marker, uri=uri)
        result = _push(clock, transfer, clip.path.stat().st_size, doing, on_progress)
    if result is None:
        ledger.note("expired", marker=marker, uri=uri)
        return None
    return str(result["id"])


def _transfer(api: YouTubeApi, clip: Upload) -> Transfer:
    try:
        return api.transfer(
            "videos.insert",
            clip.path,
            chunk=clip.chunk_mib << 20,
            part="snippet,status",
            body=_body(clip),
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
    begun = ledger.last("session", marker=clip.marker)
    since = clock.now() if begun is None else datetime.fromisoformat(begun["at"])

    def look() -> dict[str, Any] | None:
        found = (video for marker, video in uploads(api, since) if marker == clip.marker)
        return next(({"id": video} for video in found), None)

    there = patiently(clock, look, clock.now())
    return None if there is None else str(there["id"])


def _body(clip: Upload) -> dict[str, Any]:
    return {
        "snippet": {
            "title": clip.title,
            "description": clip.marked,
            "tags": list(clip.tags),
            "categoryId": clip.category,
            "defaultLanguage": clip.language,
        },
        "status": {"privacyStatus": clip.privacy, "selfDeclaredMadeForKids": False},
    }
