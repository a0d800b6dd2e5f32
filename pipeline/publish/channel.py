"""What the channel holds of ours, read back from YouTube: broadcasts, videos, the playlist.

An open api, the ledger's facts and what is wanted come in, a frozen `Channel` goes out; what was made by
hand isn't in it. It changes nothing, neither there nor here. For 400 clips it takes about 30 calls.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.errors import Text
from pipeline.publish.ledger import Fact, Facts
from pipeline.publish.marks import by_hand, read_mark
from pipeline.publish.outcomes import Rejected, YouTubeError
from pipeline.publish.steps import LISTED_S
from pipeline.publish.wishes import Wanted
from pipeline.publish.youtube import YouTubeApi

PAGE = 50
CLIP = "tayang:clip:"
OVER = frozenset({"complete", "revoked"})
ON_AIR = frozenset({"testStarting", "testing", "liveStarting", "live"})

BROADCAST_PARTS = "id,snippet,contentDetails,status"
VIDEO_PARTS = "id,snippet,status"
PLAYLIST_PARTS = "id,snippet,status"

EARLIER = timedelta(days=1)
"""How much before the event's beginning the search for our uploads stops: clocks differ."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource of ours as YouTube gave it, whole: what is written back must lose no field."""

    resource: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.resource["id"])

    @property
    def title(self) -> str:
        return str(self.resource["snippet"]["title"])

    @property
    def description(self) -> str:
        return str(self.resource["snippet"].get("description", ""))

    @property
    def tags(self) -> Sequence[str]:
        return tuple(self.resource["snippet"].get("tags", ()))

    @property
    def privacy(self) -> str:
        return str(self.resource["status"]["privacyStatus"])

    @property
    def marker(self) -> str | None:
        """Whose it is; None when somebody has taken our line out of its description."""
        return read_mark(self.description).marker

    @property
    def print(self) -> str | None:
        """The print of the words that we wrote last."""
        return read_mark(self.description).print

    @property
    def by_hand(self) -> bool:
        """Whether its words were changed by somebody else; tags are only a clip's words."""
        tags = self.tags if (self.marker or "").startswith(CLIP) else ()
        return by_hand(self.title, self.description, tags)

    # Of broadcasts

    @property
    def lifecycle(self) -> str:
        return str(self.resource["status"]["lifeCycleStatus"])

    @property
    def stream(self) -> str | None:
        found = self.resource.get("contentDetails", {}).get("boundStreamId")
        return None if found is None else str(found)

    def time(self, name: str) -> datetime | None:
        """`scheduledStartTime`, `actualEndTime` and their like."""
        found = self.resource["snippet"].get(name)
        return None if found is None else datetime.fromisoformat(found)

    # Of videos

    @property
    def upload_status(self) -> str:
        return str(self.resource["status"].get("uploadStatus", ""))

    @property
    def why(self) -> str:
        """Why YouTube has refused a video, in its own word."""
        status = self.resource["status"]
        return str(status.get("rejectionReason") or status.get("failureReason") or "")


@dataclass(frozen=True, slots=True)
class Channel:
    """All of ours. Videos by the marker of their clip; `uploaded` are the ids of those, listed or not."""

    broadcasts: Mapping[str, Sequence[Seen]]
    uploaded: Mapping[str, str]
    videos: Mapping[str, Seen]
    playlist: Seen | None
    listed: frozenset[str]
    """Ids of the videos in the playlist."""
    twice: tuple[str, ...] = ()
    """Ids of videos that have the marker of another: copies."""


def survey(api: YouTubeApi, facts: Facts, wanted: Wanted) -> Channel:
    """Reads all of ours that the wish is about. YouTubeError when YouTube can't be asked."""
    uploaded, twice = _uploaded(api, facts, wanted)
    playlist = None if wanted.playlist is None else _playlist(api, facts, wanted.playlist.marker)
    return Channel(
        broadcasts=_broadcasts(api, facts),
        uploaded=uploaded,
        videos=videos(api, uploaded),
        playlist=playlist,
        listed=frozenset() if playlist is None else frozenset(_items(api, playlist.id)),
        twice=twice,
    )


def videos(api: YouTubeApi, ids: Mapping[str, str]) -> dict[str, Seen]:
    """The videos that YouTube lists, by the names that `ids` gives them."""
    found = {
        video["id"]: Seen(video) for page in _paged(ids.values()) for video in _read(api, page)
    }
    return {name: found[video] for name, video in ids.items() if video in found}


def _read(api: YouTubeApi, ids: Sequence[str]) -> Iterable[dict[str, Any]]:
    items: Iterable[dict[str, Any]] = api.read(
        "videos.list", part=VIDEO_PARTS, id=",".join(ids)
    ).get("items", ())
    return items


def _paged(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = list(dict.fromkeys(ids))
    for begin in range(0, len(rest), PAGE):
        yield rest[begin : begin + PAGE]


def _broadcasts(api: YouTubeApi, facts: Facts) -> dict[str, list[Seen]]:
    """By marker, the newest first."""
    found: dict[str, list[Seen]] = {}
    for resource in api.pages("liveBroadcasts.list", part=BROADCAST_PARTS, mine=True):
        seen = Seen(resource)
        known = facts.last("broadcast", id=seen.id)
        marker = seen.marker or (known["marker"] if known and "marker" in known else None)
        if marker is not None:
            found.setdefault(marker, []).append(seen)
    return found


def _uploaded(
    api: YouTubeApi, facts: Facts, wanted: Wanted
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Video ids of the wanted clips, by the ledger; if it lacks one, by the channel's uploads too."""
    markers = list(dict.fromkeys(clip.marker for clip in wanted.clips))
    known = {m: fact["video"] for m in markers if (fact := facts.last("uploaded", marker=m))}
    if len(known) == len(markers):
        return known, ()
    twice = []
    for marker, video in uploads(api, wanted.since):
        if known.setdefault(marker, video) != video:
            twice.append(video)
    return {marker: known[marker] for marker in markers if marker in known}, tuple(twice)


def uploads(api: YouTubeApi, since: datetime | None) -> Iterator[tuple[str, str]]:
    """(marker, video) of every clip of ours among the channel's uploads, the newest first."""
    channels = api.read("channels.list", part="contentDetails", mine=True).get("items", ())
    if not channels:
        doing = Text("mencari kanal", "looking for the channel")
        raise YouTubeError(doing, Rejected("youtubeSignupRequired", 0, ""))
    playlist, older = channels[0]["contentDetails"]["relatedPlaylists"]["uploads"], 0
    for item in api.pages("playlistItems.list", part="snippet", playlistId=playlist):
        snippet = item["snippet"]
        if since is not None and datetime.fromisoformat(snippet["publishedAt"]) < since - EARLIER:
            older += 1
        if older > PAGE:
            return
        marker = read_mark(snippet.get("description", "")).marker
        if marker is not None:
            yield marker, snippet["resourceId"]["videoId"]


def _playlist(api: YouTubeApi, facts: Facts, marker: str) -> Seen | None:
    """The one of the ledger, else one that carries our marker."""
    known = facts.last("playlist", marker=marker)
    if known is not None:
        items = api.read("playlists.list", part=PLAYLIST_PARTS, id=known["id"]).get("items", ())
        return Seen(items[0]) if items else None
    return find_playlist(api, marker)


def just_made(known: Fact, facts: Facts, now: datetime) -> bool:
    """Whether a broadcast of the ledger is so new that YouTube needn't list it yet."""
    age = (now - datetime.fromisoformat(known["at"])).total_seconds()
    return age <= LISTED_S and facts.last("given up", id=known["id"]) is None


def find_playlist(api: YouTubeApi, marker: str) -> Seen | None:
    """The channel's playlist with that marker."""
    listed = map(Seen, api.pages("playlists.list", part=PLAYLIST_PARTS, mine=True))
    return next((seen for seen in listed if seen.marker == marker), None)


def _items(api: YouTubeApi, playlist: str) -> Iterator[str]:
    for item in api.pages("playlistItems.list", part="snippet", playlistId=playlist):
        yield item["snippet"]["resourceId"]["videoId"]
