"""The emulated channel as pages for a viewer: the state comes in, self-contained HTML goes out.

`state` is always what `/emulator/state` gives, newest last in each table. Knows no HTTP.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.publish.emulator.description import chapters, clock, linked
from pipeline.publish.emulator.document import load
from pipeline.publish.emulator.oauth import Asked, Denied
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import CHANNEL_TITLE

STEPS = ("created", "ready", "testing", "live", "complete")

LABELS = {
    "created": "dibuat",
    "ready": "siap",
    "testStarting": "uji dimulai",
    "testing": "diuji",
    "liveStarting": "siaran dimulai",
    "live": "tayang",
    "complete": "selesai",
    "revoked": "dicabut",
    "active": "menerima data",
    "inactive": "tidak ada data",
    "error": "galat",
    "uploaded": "diproses",
    "processed": "siap ditonton",
    "failed": "gagal",
    "rejected": "ditolak",
    "private": "pribadi",
    "unlisted": "tidak publik",
    "public": "publik",
}
"""Indonesian for the API's words; the English is the word itself."""

SCOPES = {
    "youtube": "Mengelola akun YouTube",
    "youtube.force-ssl": "Melihat, mengubah, dan menghapus video, penilaian, komentar, dan teks",
    "youtube.readonly": "Melihat akun YouTube",
    "youtube.upload": "Mengunggah dan mengelola video YouTube",
}
"""Indonesian for what the discovery document says of a scope, by the end of its address."""


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pipeline.publish.emulator"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(channel=CHANNEL_TITLE, labels=LABELS)
    return environment


def _page(name: str, **values: Any) -> str:
    return _environment().get_template(f"{name}.html").render(values)


def home(state: Json) -> str:
    """The channel: broadcasts (those on air first), playlists, videos; what it cost below."""
    broadcasts = [_card(state, row) for row in reversed(state["broadcasts"].values())]
    return _page(
        "home",
        broadcasts=sorted(broadcasts, key=lambda card: not card["live"]),
        playlists=[_playlist(state, row) for row in reversed(state["playlists"].values())],
        videos=[_card(state, row) for row in _uploads(state)],
        streams=[_stream(state, row) for row in state["streams"].values()],
        spent=state["spent"],
        meters=[
            ("Kuota hari ini", "Quota today", state["spent"]["units"], state["limits"]["units"]),
            ("Unggahan", "Uploads today", state["spent"]["uploads"], state["limits"]["uploads"]),
        ],
    )


def playlist(state: Json, identity: str) -> str | None:
    """A playlist's videos in their order; None when there is no such playlist."""
    row = state["playlists"].get(identity)
    if row is None:
        return None
    names = [item["contentDetails"]["videoId"] for item in _items(state, identity)]
    videos = [_card(state, state["videos"][name]) for name in names if name in state["videos"]]
    return _page("playlist", playlist=_playlist(state, row), videos=videos)


def watch(state: Json, identity: str, start: int, playable: bool) -> str | None:
    """A video or broadcast from second `start`; None when there is none. `playable`: it has a file."""
    video = state["videos"].get(identity)
    if video is None:
        return None
    broadcast, text = state["broadcasts"].get(identity), video["snippet"]["description"]
    status = video["snippet"]["liveBroadcastContent"]
    if status == "none":
        status = video["status"]["uploadStatus"]
    steps = STEPS if broadcast else ()
    shown = _card(state, broadcast or video) | {
        "file": f"/emulator/media/{identity}" if playable and status in WATCHABLE else None,
        "status": status,
        "why": video["status"].get("rejectionReason") or video["status"].get("failureReason"),
        "scheduled": broadcast["snippet"]["scheduledStartTime"] if broadcast else "",
        "text": linked(text, identity),
        "playlists": _holding(state, identity),
        "data": _data(state, video),
    }
    return _page(
        "watch",
        video=shown,
        start=start,
        chapters=chapters(text, identity),
        frames=_frames_of(state, broadcast) if broadcast else 0,
        steps=steps,
        reached=_reached(broadcast["status"]["lifeCycleStatus"]) if broadcast else 0,
    )


WATCHABLE = ("uploaded", "processed")


def missing() -> str:
    """What is said of a video or playlist that isn't there."""
    return _page("missing")


def consent(asked: Asked, query: Sequence[tuple[str, str]]) -> str:
    """The page on which the channel's owner grants what an app asks for; it sends `query` along."""
    known: Mapping[str, Json] = load()["auth"]["oauth2"]["scopes"]
    scopes = []
    for scope in asked.scopes:
        english = known[scope]["description"]
        scopes.append((scope, SCOPES.get(scope.rpartition("/")[2], english), english))
    return _page("consent", asked=asked, query=query, scopes=scopes)


def denied(said: Denied) -> str:
    """What is said of a request that no app should send."""
    return _page("denied", said=said)


# ---- what the pages show of a resource


def _card(state: Json, row: Json) -> Json:
    """A video, or a broadcast, as it is listed."""
    identity, note = row["id"], state["notes"].get(row["id"], {})
    status = row["status"].get("lifeCycleStatus") or row["status"]["uploadStatus"]
    length = row.get("fileDetails", {}).get("durationMs")
    return {
        "link": f"/watch?v={identity}",
        "title": row["snippet"]["title"],
        "picture": f"/emulator/thumbnails/{identity}" if "picture" in note else None,
        "live": status == "live",
        "length": clock(round(int(length) / 1000)) if length else None,
        "at": row["snippet"].get("scheduledStartTime") or row["snippet"]["publishedAt"],
        "badges": [*({status} - {"processed"}), row["status"]["privacyStatus"]],
    }


def _playlist(state: Json, row: Json) -> Json:
    items = _items(state, row["id"])
    names = (item["contentDetails"]["videoId"] for item in items)
    pictured = (name for name in names if "picture" in state["notes"].get(name, {}))
    first = next(pictured, None)
    return {
        "link": f"/playlist?list={row['id']}",
        "title": row["snippet"]["title"],
        "text": linked(row["snippet"]["description"], ""),
        "count": len(items),
        "picture": f"/emulator/thumbnails/{first}" if first else None,
        "live": False,
        "length": None,
        "badges": [row["status"]["privacyStatus"]],
    }


def _items(state: Json, playlist: str) -> list[Json]:
    rows = state["playlist_items"].values()
    mine = [row for row in rows if row["snippet"]["playlistId"] == playlist]
    return sorted(mine, key=lambda row: int(row["snippet"]["position"]))


def _uploads(state: Json) -> list[Json]:
    """Newest first; a broadcast's video has no file of its own."""
    notes = state["notes"]
    return [row for row in reversed(state["videos"].values()) if "file" in notes[row["id"]]]


def _holding(state: Json, video: str) -> list[tuple[str, str]]:
    """Names and links of the playlists that hold a video."""
    items = state["playlist_items"].values()
    names = (i["snippet"]["playlistId"] for i in items if i["contentDetails"]["videoId"] == video)
    return [
        (state["playlists"][name]["snippet"]["title"], f"/playlist?list={name}")
        for name in dict.fromkeys(names)
    ]


def _stream(state: Json, row: Json) -> Json:
    info = row["cdn"]["ingestionInfo"]
    return {
        "title": row["snippet"]["title"],
        "status": row["status"]["streamStatus"],
        "address": info["ingestionAddress"],
        "key_end": info["streamName"][-4:],
        "frames": _frames(state, row["id"]),
    }


def _frames_of(state: Json, broadcast: Json) -> int:
    """What has come for a broadcast since it went on air."""
    started = state["notes"][broadcast["id"]].get("started", float("inf"))
    return _frames(state, broadcast["contentDetails"].get("boundStreamId"), started)


def _frames(state: Json, stream: str | None, since: float = 0) -> int:
    pushes = (push for push in state["pushes"].values() if push["stream"] == stream)
    return sum(push["frames"] for push in pushes if (push["ended"] or float("inf")) > since)


def _data(state: Json, video: Json) -> list[tuple[str, Any]]:
    """What no viewer sees, but who rehearses wants to know."""
    snippet, note = video["snippet"], state["notes"][video["id"]]
    values = {
        "id": video["id"],
        "tags": ", ".join(snippet.get("tags", ())),
        "categoryId": snippet.get("categoryId"),
        **video["status"],
        **video.get("liveStreamingDetails", {}),
        "bytes": note.get("bytes"),
        "sha256": note.get("sha256"),
        "thumbnail sha256": note.get("thumbnail_sha256"),
    }
    return [(name, value) for name, value in values.items() if value not in (None, "")]


def _reached(status: str) -> int:
    """How many of the steps are done; a *Starting status counts as the step before it ends."""
    step = {"testStarting": "testing", "liveStarting": "live"}.get(status, status)
    return STEPS.index(step) + (status == step) if step in STEPS else 0
