"""The channel as we left it, by the ledger alone: for a plan while YouTube can't be asked. Pure.

Wishes and facts come in; everything that was ever made of a wish is taken to be there, and as wished.
"""

from typing import Any

from pipeline.publish.channel import Channel, Seen
from pipeline.publish.ledger import Facts
from pipeline.publish.wishes import BroadcastWish, PlaylistWish, Upload, Wanted


def assumed(facts: Facts, wanted: Wanted) -> Channel:
    """What the channel should hold by now."""
    uploaded = {
        clip.marker: str(fact["video"])
        for clip in wanted.clips
        if (fact := facts.last("uploaded", marker=clip.marker))
    }
    broadcasts = {
        wish.marker: [_broadcast(wish, fact["id"], over=_is_over(facts, fact["id"]))]
        for wish in wanted.broadcasts
        if (fact := facts.last("broadcast", session=wish.session))
    }
    clips = {clip.marker: clip for clip in wanted.clips}
    listed = {fact["video"] for fact in facts.all("listed")}
    playlist = wanted.playlist and facts.last("playlist", marker=wanted.playlist.marker)
    return Channel(
        broadcasts=broadcasts,
        uploaded=uploaded,
        videos={marker: _video(clips[marker], video) for marker, video in uploaded.items()},
        playlist=_playlist(wanted.playlist, playlist["id"])
        if wanted.playlist and playlist
        else None,
        listed=frozenset(listed),
    )


def _is_over(facts: Facts, broadcast: str) -> bool:
    return facts.last("completed", id=broadcast) is not None


def _resource(wish: BroadcastWish | PlaylistWish | Upload, identity: str) -> dict[str, Any]:
    return {
        "id": identity,
        "snippet": {"title": wish.title, "description": wish.marked},
        "status": {"privacyStatus": wish.privacy},
    }


def _playlist(wish: PlaylistWish, identity: str) -> Seen:
    return Seen(_resource(wish, identity))


def _video(clip: Upload, identity: str) -> Seen:
    resource = _resource(clip, identity)
    resource["snippet"]["tags"] = list(clip.tags)
    resource["status"]["uploadStatus"] = "processed"
    return Seen(resource)


def _broadcast(wish: BroadcastWish, identity: str, *, over: bool) -> Seen:
    resource = _resource(wish, identity)
    times = {"scheduledStartTime": wish.start.isoformat(), "scheduledEndTime": wish.end.isoformat()}
    if over:
        times["actualStartTime"] = wish.start.isoformat()
    resource["snippet"].update(times)
    resource["status"]["lifeCycleStatus"] = "complete" if over else "ready"
    resource["contentDetails"] = {
        "enableDvr": wish.dvr,
        "latencyPreference": wish.latency,
        "boundStreamId": "known",
    }
    return Seen(resource)
