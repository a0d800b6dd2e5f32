"""A call from its query and body to its answer, without HTTP: token, quota, schema, method.

Everything that touches the channel's state happens here under its lock, and is saved before the
answer goes out, refused calls included: they cost quota too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.publish.emulator import (
    broadcasts,
    captions,
    oauth,
    playlists,
    quota,
    streams,
    uploads,
    videos,
)
from pipeline.publish.emulator.document import Method, read_body, read_query
from pipeline.publish.emulator.faults import Faults, change
from pipeline.publish.emulator.media import archive
from pipeline.publish.emulator.refusal import Refusal
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import Call, World

Handler = Callable[[World, Call], Json | None]


class MediaHandler(NamedTuple):
    """`check` sees the metadata before the first byte, `apply` the call with its file."""

    check: Callable[[World, Call], None]
    apply: Handler


PLAIN: Mapping[str, Handler] = {
    "liveBroadcasts.insert": broadcasts.insert,
    "liveBroadcasts.list": broadcasts.list_,
    "liveBroadcasts.update": broadcasts.update,
    "liveBroadcasts.delete": broadcasts.delete,
    "liveBroadcasts.bind": broadcasts.bind,
    "liveBroadcasts.transition": broadcasts.transition,
    "liveStreams.insert": streams.insert,
    "liveStreams.list": streams.list_,
    "liveStreams.update": streams.update,
    "liveStreams.delete": streams.delete,
    "videos.list": videos.list_,
    "videos.update": videos.update,
    "videos.delete": videos.delete,
    "playlists.insert": playlists.insert,
    "playlists.list": playlists.list_,
    "playlistItems.insert": playlists.insert_item,
    "playlistItems.list": playlists.list_items,
    "captions.list": captions.list_,
    "channels.list": playlists.list_channels,
}

WITH_MEDIA: Mapping[str, MediaHandler] = {
    "videos.insert": MediaHandler(videos.check_insert, videos.insert),
    "thumbnails.set": MediaHandler(videos.check_thumbnail, videos.set_thumbnail),
    "captions.insert": MediaHandler(captions.check_insert, captions.insert),
}

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Service:
    """The emulated API over one world."""

    world: World
    faults: Faults

    @contextmanager
    def _state(self) -> Iterator[World]:
        with self.world.store.lock:
            broadcasts.settle(self.world)
            videos.settle(self.world)
            try:
                yield self.world
            finally:
                self.world.store.save()

    def count(self, method: str) -> None:
        """One more call has arrived, whatever becomes of it."""
        with self._state() as world:
            calls = world.tables.spent.calls
            calls[method] = calls.get(method, 0) + 1

    def token(self, form: Mapping[str, str]) -> tuple[int, Json]:
        """The answer of the token endpoint."""
        with self._state() as world:
            return oauth.token(world, form)

    def authorize(self, method: Method, header: str | None) -> None:
        """A Refusal unless the Authorization header allows the method."""
        with self._state() as world:
            oauth.authorize(world, method, header)

    def begin(self, method: Method, pairs: Pairs, body: bytes) -> Call:
        """A valid, paid call; a Refusal otherwise. An invalid one costs a unit."""
        if method.id not in PLAIN and method.id not in WITH_MEDIA:
            raise Refusal(501, "notImplemented", f"The emulator has no {method.id}.")
        with self._state() as world:
            spent = world.tables.spent
            quota.roll(spent, world.clock.now())
            try:
                call = Call(method, read_query(method, pairs), read_body(method, body))
                if method.id in WITH_MEDIA:
                    WITH_MEDIA[method.id].check(world, call)
            except Refusal:
                quota.charge(spent, world.limits, "", 1)
                raise
            quota.charge(spent, world.limits, method.id, quota.cost(method.id, method.verb))
            return call

    def perform(self, call: Call) -> Json | None:
        """Does what a call asks for and returns the response body; None is 204."""
        name = call.method.id
        handler = WITH_MEDIA[name].apply if name in WITH_MEDIA else PLAIN[name]
        with self._state() as world:
            hold = self.faults.take(name, "hold")
            if hold is not None:
                world.note(call.query["id"])["hold"] = hold.seconds
            result = handler(world, call)
            altered = self.faults.take(name, "set")
            if altered is not None and result is not None and "id" in result:
                self._alter(result["id"], altered.fields)
            return result

    def _alter(self, identity: str, fields: Json) -> None:
        """As if the service had thought otherwise afterwards: the answer doesn't show it yet."""
        tables = self.world.tables
        for table in (tables.broadcasts, tables.streams, tables.videos, tables.playlists):
            if identity in table:
                change(table[identity], fields)
        if "status.uploadStatus" in fields:
            self.world.note(identity).pop("processes", None)

    def state(self) -> Json:
        """Everything there is, tokens left out, for tests and the page."""
        with self._state() as world:
            values = world.store.as_dict()
            del values["tokens"]
            for identity, stream in values["streams"].items():
                stream["status"] = {"streamStatus": world.ingest.status(identity)}
            return values

    def media_file(self, identity: str) -> tuple[Path, str] | None:
        """A video's file and media type; a complete broadcast's is made on first demand."""
        with self._state() as world:
            note = world.tables.notes.get(identity, {})
            pushes = broadcasts.recorded(world, identity)
        if "file" in note:
            return world.folder / "media" / note["file"], note["type"]
        file = world.folder / "media" / f"{identity}.mp4"
        if pushes and not file.exists():
            archive(world.ffmpeg, pushes, file)
        return (file, "video/mp4") if file.exists() else None

    def thumbnail_file(self, identity: str) -> tuple[Path, str] | None:
        """The thumbnail that was set, and its media type."""
        with self._state() as world:
            kind = world.tables.notes.get(identity, {}).get("thumbnail")
            return (world.folder / "thumbnails" / identity, kind) if kind else None

    # ---- resumable uploads

    def open_session(self, call: Call, media_type: str, total: int | None) -> str:
        """The id of a new upload session for a call that has begun."""
        with self._state() as world:
            return uploads.open_session(world, call, media_type, total)

    def session(self, method: Method, identity: str) -> uploads.Session:
        """The session that a PUT names, or 404."""
        with self._state() as world:
            return uploads.find_session(world, identity, method)

    def expire(self, identity: str) -> None:
        """Forgets a session."""
        with self._state() as world:
            uploads.expire(world, identity)

    def finish(self, method: Method, session: uploads.Session) -> Json:
        """The stored result of a session whose bytes are all here; the method is done only once."""
        with self._state():
            if session.row["result"] is None:
                row = session.row
                call = Call(method, row["query"], row["body"], session.file, row["type"])
                session.row["result"] = self.perform(call)
            result: Json = session.row["result"]
            return result
