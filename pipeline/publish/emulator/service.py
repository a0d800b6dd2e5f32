"""A call from its query and body to its answer, without HTTP: token, quota, schema, method.

Everything that touches the channel's state happens here under its lock, and is saved before the
answer goes out, refused calls included: they cost quota too.
"""

import dataclasses
import json
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pipeline.publish.emulator import (
    broadcasts,
    captions,
    forced,
    oauth,
    playlist_items,
    playlists,
    pushes,
    quota,
    streams,
    uploads,
    videos,
)
from pipeline.publish.emulator.arriving import Arriving
from pipeline.publish.emulator.document import Method, read_body, read_query
from pipeline.publish.emulator.faults import CHUNK, TABLES, TOKEN, Hold, OnArrival, Set, Status
from pipeline.publish.emulator.media import archive
from pipeline.publish.emulator.quota import Spent
from pipeline.publish.emulator.refusal import Refusal
from pipeline.publish.emulator.scenario import Scenario
from pipeline.publish.emulator.store import NAMES, Json
from pipeline.publish.emulator.waiting import Faults
from pipeline.publish.emulator.world import FILES, Call, Media, World, fresh_id

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
    "playlists.update": playlists.update,
    "playlists.delete": playlists.delete,
    "playlistItems.insert": playlist_items.insert,
    "playlistItems.list": playlist_items.list_,
    "playlistItems.update": playlist_items.update,
    "playlistItems.delete": playlist_items.delete,
    "captions.list": captions.list_,
    "captions.delete": captions.delete,
    "channels.list": playlists.list_channels,
}

WITH_MEDIA: Mapping[str, MediaHandler] = {
    "videos.insert": MediaHandler(videos.check_insert, videos.insert),
    "thumbnails.set": MediaHandler(videos.check_thumbnail, videos.set_thumbnail),
    "captions.insert": MediaHandler(captions.check_insert, captions.insert),
}

SECRET = ("tokens", "grants", "codes")
"""Tables that `/emulator/state` doesn't show."""

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Service:
    """The emulated API over one world."""

    world: World
    faults: Faults
    _arriving: dict[str, Arriving] = field(default_factory=dict)
    _one_archives: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def _state(self, reads: bool = False) -> Iterator[World]:
        """The world as it is now, locked, and saved afterwards; `reads`: only counters change."""
        world = self.world
        with world.store.lock:
            quota.roll(world.tables.spent, world.clock.now())
            settled = (
                broadcasts.settle(world) | videos.settle(world) | forced.settle(world, self.faults)
            )
            try:
                yield world
            finally:
                if reads and not settled:
                    world.store.save_spent()
                else:
                    world.store.save()
                while world.dropped:
                    world.dropped.pop().unlink(missing_ok=True)

    # ---- a call's way

    def arrive(self, method: Method, header: str | None) -> OnArrival | None:
        """A call has come: counts and charges it, and gives the fault that it meets.

        A Refusal, with nothing charged, when its token isn't valid or the day's quota is spent;
        nothing is charged either for a fault that looks like these.
        """
        if method.id not in PLAIN and method.id not in WITH_MEDIA:
            raise Refusal(501, "notImplemented", f"The emulator has no {method.id}.")
        with self._state(reads=True) as world:
            spent = world.tables.spent
            _count(spent, method.id)
            scopes = oauth.authenticate(world, header)
            self.faults.meet(method.id)
            fault = self.faults.take(method.id, OnArrival)
            if not (isinstance(fault, Status) and fault.free):
                quota.charge(spent, world.limits, method.id, method.verb)
            if fault is None:
                oauth.authorize(method, scopes)
            return fault

    def arrive_chunk(self, method: Method, header: str | None) -> OnArrival | None:
        """A PUT of an upload has come: the same, but it costs nothing."""
        with self._state(reads=True) as world:
            _count(world.tables.spent, CHUNK)
            oauth.authorize(method, oauth.authenticate(world, header))
            self.faults.meet(CHUNK)
            return self.faults.take(CHUNK, OnArrival)

    def arrive_token(self) -> OnArrival | None:
        """A request for a token has come."""
        with self._state(reads=True) as world:
            _count(world.tables.spent, TOKEN)
            self.faults.meet(TOKEN)
            return self.faults.take(TOKEN, OnArrival)

    def rebate(self, method: Method) -> None:
        """The call that has come was invalid: it costs one unit instead."""
        with self._state(reads=True) as world:
            quota.rebate(world.tables.spent, method.id, method.verb)

    def begin(self, method: Method, pairs: Pairs, body: bytes) -> Call:
        """The call as far as it can be checked before its media; a Refusal when it is invalid."""
        with self._state(reads=True) as world:
            call = Call(method, read_query(method, pairs), read_body(method, body))
            if method.id in WITH_MEDIA:
                WITH_MEDIA[method.id].check(world, call)
            return call

    def perform(self, call: Call) -> Json | None:
        """Does what a call asks for and returns the response body; None is 204."""
        with self._state(reads=call.method.verb == "GET") as world:
            return self._perform(world, call)

    def _perform(self, world: World, call: Call) -> Json | None:
        name = call.method.id
        handler = WITH_MEDIA[name].apply if name in WITH_MEDIA else PLAIN[name]
        hold = self.faults.take(name, Hold)
        if hold is not None and call.query.get("id") in world.tables.broadcasts:
            world.note(call.query["id"])["hold"] = hold.seconds
        result = handler(world, call)
        altered = self.faults.take(name, Set)
        if altered is not None and result is not None and call.method.resource in TABLES:
            forced.alter(world, TABLES[call.method.resource], result["id"], altered.fields)
        return result

    # ---- resumable uploads

    def open_session(self, call: Call, media_type: str, total: int | None) -> str:
        """The id of a new upload session for a call that has begun."""
        with self._state() as world:
            return uploads.open_session(world, call, media_type, total)

    def session(self, method: Method, identity: str) -> uploads.Session:
        """The session that a PUT names, or 404."""
        with self._state(reads=True) as world:
            return uploads.find_session(world, identity, method)

    def arriving(self, session: uploads.Session) -> Arriving:
        """Where the bytes of a session go."""
        return self._arriving.setdefault(session.identity, Arriving(session.file))

    def expire(self, identity: str) -> None:
        """Forgets a session."""
        with self._state() as world:
            uploads.expire(world, identity)

    def finish(self, method: Method, session: uploads.Session) -> Json:
        """The stored result of a session whose bytes are all here; the method is done only once."""
        row = session.row
        digest = "" if row["result"] is not None else self.arriving(session).sha256()
        with self._state() as world:
            if row["result"] is None:
                media = Media(session.file, row["type"], digest)
                call = Call(method, row["query"], row["body"], media)
                row["result"] = self._perform(world, call)
        self._arriving.pop(session.identity, None)
        result: Json = row["result"]
        return result

    def fresh_file(self) -> Arriving:
        """Where the bytes of an upload in one piece go; swept away unless a resource names them."""
        return Arriving(self.world.files / fresh_id(24, "once-"))

    # ---- beside the API

    def token(self, form: Mapping[str, str]) -> tuple[int, Json]:
        """The answer of the token endpoint."""
        with self._state() as world:
            altered = self.faults.take(TOKEN, Set)
            fields = altered.fields if altered else {}
            return oauth.token(world, form, fields, self.faults.revoked)

    def consent(self, asked: oauth.Asked, granted: Collection[str]) -> str:
        """Where the browser goes on after consent."""
        with self._state() as world:
            return oauth.consent(world, asked, granted)

    def give(self, scenario: Scenario) -> None:
        """From now on the scenario holds: its limits and delays, and its faults wait or happen."""
        with self._state() as world:
            limits, delays = (
                given.model_dump(exclude_unset=True) for given in (scenario.limits, scenario.delays)
            )
            world.limits = world.limits.model_copy(update=limits)
            world.delays = world.delays.model_copy(update=delays)
            self.faults.add(scenario.faults, world.epoch())
            forced.settle(world, self.faults)

    def state(self) -> str:
        """Everything there is, tokens left out, as JSON: for tests and the page."""
        with self._state(reads=True) as world:
            tables = world.tables
            values: Json = {name: getattr(tables, name) for name in NAMES if name not in SECRET}
            values["streams"] = {k: streams.current(world, v) for k, v in tables.streams.items()}
            values["playlist_items"] = {
                k: playlist_items.current(world, v) for k, v in tables.playlist_items.items()
            }
            values["pushes"] = streams.pushed(world)
            values["spent"] = dataclasses.asdict(tables.spent)
            values["limits"] = world.limits.model_dump()
            values["delays"] = world.delays.model_dump()
            return json.dumps(values)

    def revision(self) -> str:
        """Another text whenever there is something new to see."""
        with self._state(reads=True) as world:
            frames = sum(push["frames"] for push in streams.pushed(world).values())
            now = [streams.status(world, stream) for stream in world.tables.streams]
            return f"{world.store.revision} {frames} {' '.join(now)}"

    def playable(self, identity: str) -> bool:
        """Whether there is something to play: a file, or the recording of a complete broadcast."""
        with self._state(reads=True) as world:
            note = world.tables.notes.get(identity, {})
            return not note.keys().isdisjoint(FILES) or bool(pushes.recorded(world, identity))

    def media_file(self, identity: str) -> tuple[Path, str] | None:
        """A video's file and media type; a complete broadcast's is made on first demand."""
        with self._state(reads=True) as world:
            note = world.tables.notes.get(identity, {})
            stretches = pushes.recorded(world, identity)
        if "file" in note:
            return world.files / note["file"], note["type"]
        with self._one_archives:
            if stretches and "archive" not in note:
                name = f"{identity}.mp4"
                archive(world.ffmpeg, stretches, world.files / name)
                with self._state():
                    note["archive"] = name
        return (world.files / note["archive"], "video/mp4") if "archive" in note else None

    def thumbnail_file(self, identity: str) -> tuple[Path, str] | None:
        """The thumbnail that was set, and its media type."""
        with self._state(reads=True) as world:
            note = world.tables.notes.get(identity, {})
            return (world.files / note["picture"], note["thumbnail"]) if "picture" in note else None


def _count(spent: Spent, name: str) -> None:
    spent.calls[name] = spent.calls.get(name, 0) + 1
