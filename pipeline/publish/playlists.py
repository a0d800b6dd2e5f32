"""The event's playlist: made once, changed, and each video put in once.

A wish and the ledger come in. It must not know what shall be in it.
"""

from collections.abc import Sequence
from typing import Any

from pipeline.clock import Clock
from pipeline.errors import Text
from pipeline.publish.channel import PLAYLIST_PARTS, Seen, find_playlist
from pipeline.publish.differences import Change
from pipeline.publish.ledger import Ledger
from pipeline.publish.outcomes import Rejected, YouTubeError
from pipeline.publish.steps import once
from pipeline.publish.wishes import PlaylistWish
from pipeline.publish.youtube import YouTubeApi


def ensure(api: YouTubeApi, ledger: Ledger, clock: Clock, wish: PlaylistWish) -> str:
    """The playlist's id: the ledger's, else found by its marker, else made."""
    known = ledger.last("playlist", marker=wish.marker)
    if known is not None:
        return str(known["id"])

    def look() -> dict[str, Any] | None:
        seen = find_playlist(api, wish.marker)
        return None if seen is None else dict(seen.resource)

    ledger.note("privacy", of=wish.marker, privacy=wish.privacy)
    made = look() or once(
        ledger,
        clock,
        f"create playlist {wish.marker}",
        Text("membuat daftar putar", "creating the playlist"),
        lambda: api.write("playlists.insert", part=PLAYLIST_PARTS, body=_body(wish)),
        look,
    )
    ledger.note("playlist", marker=wish.marker, id=made["id"])
    return str(made["id"])


def change(
    api: YouTubeApi,
    ledger: Ledger,
    clock: Clock,
    wish: PlaylistWish,
    seen: Seen,
    changes: Sequence[Change],
) -> None:
    """Makes these changes of it; its language, if it has one, and what a hand wrote stay."""
    words = any(one.words for one in changes)
    privacy = any(one.name == "privacy" for one in changes)
    there = seen.resource["snippet"]
    snippet = {name: there[name] for name in ("defaultLanguage",) if name in there}
    snippet["title"] = wish.title if words else seen.title
    snippet["description"] = wish.marked if words else seen.description
    status = {"privacyStatus": wish.privacy if privacy else seen.privacy}
    body = {"id": seen.id, "snippet": snippet, "status": status}

    def look() -> dict[str, Any] | None:
        items = api.read("playlists.list", part=PLAYLIST_PARTS, id=seen.id).get("items", ())
        found = Seen(items[0]) if items else None
        meant = (snippet["title"], snippet["description"], status["privacyStatus"])
        if found is None or (found.title, found.description, found.privacy) != meant:
            return None
        return dict(found.resource)

    once(
        ledger,
        clock,
        f"change {seen.id}",
        Text("mengubah daftar putar", "changing the playlist"),
        lambda: api.write("playlists.update", part=PLAYLIST_PARTS, body=body),
        look,
    )
    if privacy:
        ledger.note("privacy", of=wish.marker, privacy=wish.privacy)


def put_in(api: YouTubeApi, ledger: Ledger, clock: Clock, playlist: str, video: str) -> None:
    """Puts a video at the playlist's end, unless it is in it: YouTube would take it twice."""

    def look() -> dict[str, Any] | None:
        items = api.read(
            "playlistItems.list", part="id,snippet", playlistId=playlist, videoId=video
        ).get("items", ())
        return dict(items[0]) if items else None

    resource = {"kind": "youtube#video", "videoId": video}
    body = {"snippet": {"playlistId": playlist, "resourceId": resource}}
    doing = Text("mengisi daftar putar", "filling the playlist")
    try:
        if look() is None:
            once(
                ledger,
                clock,
                f"put {video} into {playlist}",
                doing,
                lambda: api.write("playlistItems.insert", part="snippet", body=body),
                look,
            )
    except YouTubeError as error:
        gone = isinstance(error.outcome, Rejected) and error.outcome.reason == "playlistNotFound"
        if not gone:
            raise
        return  # removed by hand since it was looked up: it stays so
    ledger.note("listed", playlist=playlist, video=video)


def _body(wish: PlaylistWish) -> dict[str, Any]:
    return {
        "snippet": {"title": wish.title, "description": wish.marked},
        "status": {"privacyStatus": wish.privacy},
    }
