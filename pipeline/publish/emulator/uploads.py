"""Uploads: the resumable protocol's rules (pure), its sessions, and multipart bodies.

Source: https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.publish.emulator.document import Method
from pipeline.publish.emulator.refusal import Refusal, invalid
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import FILES, Call, World, fresh_id

GRAIN = 256 * 1024
"""Every chunk but the last is a multiple of this many bytes."""

LIFETIME = 7 * 24 * 3600
"""Seconds that a session lives: assumed, YouTube doesn't say."""

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


class Chunk(NamedTuple):
    """A Content-Range: bytes `first` to `last` of `total`; no first is a question how far it is."""

    first: int | None
    last: int
    total: int | None


def read_range(header: str | None, length: int | None) -> Chunk:
    """The chunk that a PUT brings; without the header it is the whole file."""
    if header is None:
        if not length:
            raise _bad("A whole file needs a Content-Length.")
        return Chunk(0, length - 1, length)
    found = _RANGE.fullmatch(header.strip())
    if found is None:
        raise _bad(f"Failed to parse Content-Range header: {header}")
    first, last, total = found.groups()
    return Chunk(
        None if first is None else int(first),
        -1 if last is None else int(last),
        None if total == "*" else int(total),
    )


def admit(chunk: Chunk, held: int, declared: int | None, length: int | None) -> None:
    """A Refusal unless the chunk is exactly the next piece of the file."""
    if chunk.total is not None and declared not in (None, chunk.total):
        raise _bad(f"The total is {chunk.total}, but {declared} was declared.")
    if chunk.first is None:
        return
    size = chunk.last - chunk.first + 1
    if size < 1 or length not in (None, size):
        raise _bad(f"The range holds {size} bytes, the body {length}.")
    if chunk.first != held:
        raise _bad(f"The range starts at {chunk.first}, but {held} bytes are held.")
    final = chunk.total is not None and chunk.last == chunk.total - 1
    if chunk.total is not None and chunk.last >= chunk.total:
        raise _bad("The range ends after the end of the file.")
    if not final and size % GRAIN:
        raise _bad("A chunk that isn't the last must be a multiple of 256 KiB.")


def _bad(message: str) -> Refusal:
    return invalid("badContent", message, "global")


@dataclass(frozen=True, slots=True)
class Session:
    """A resumable upload that is known: its row in the state, and the bytes that are held."""

    identity: str
    row: Json
    file: Path

    @property
    def held(self) -> int:
        return self.file.stat().st_size if self.file.exists() else 0


def open_session(world: World, call: Call, media_type: str, total: int | None) -> str:
    """Remembers an upload before its first byte and returns its id."""
    identity = fresh_id(48, "AE")
    (world.files / identity).touch()
    world.tables.sessions[identity] = {
        "method": call.method.id,
        "query": dict(call.query),
        "body": call.body,
        "type": media_type,
        "total": total,
        "made": world.epoch(),
        "result": None,
    }
    return identity


def find_session(world: World, identity: str, method: Method) -> Session:
    """The session, or 404 when it is unknown, expired or another method's."""
    row = world.tables.sessions.get(identity)
    if row is None or row["method"] != method.id or row["made"] + LIFETIME < world.epoch():
        raise Refusal(404, "notFound", "The upload session is unknown or has expired.")
    return Session(identity, row, world.files / identity)


def expire(world: World, identity: str) -> None:
    """Forgets a session; what it has finished stays."""
    row = world.tables.sessions.pop(identity, None)
    if row is not None and row["result"] is None:
        world.dropped.append(world.files / identity)


def sweep(world: World) -> None:
    """Forgets expired sessions, and removes what interrupted calls left behind."""
    for name, row in [*world.tables.sessions.items()]:
        if row["made"] + LIFETIME < world.epoch():
            world.tables.sessions.pop(name)
        elif row["result"] is None and (world.files / name).exists():
            keep_whole_grains(world.files / name, row["total"])
    named = {note[kind] for note in world.tables.notes.values() for kind in FILES if kind in note}
    named |= world.tables.sessions.keys()
    world.dropped += [file for file in world.files.iterdir() if file.name not in named]


def keep_whole_grains(file: Path, total: int | None) -> None:
    """After a connection broke within a chunk: what the service would have stored of it."""
    held = file.stat().st_size
    if held != total:
        os.truncate(file, held // GRAIN * GRAIN)


def check_media(method: Method, media_type: str, size: int | None) -> None:
    """A Refusal unless the document lists the type and allows the size for this method."""
    if size is not None and size > method.media_limit:
        raise Refusal(413, "uploadTooLarge", "The media is larger than the method accepts.")
    main = media_type.partition(";")[0].strip().lower()
    for accepted in method.media_types:
        if accepted in ("*/*", main) or accepted == main.partition("/")[0] + "/*":
            return
    raise Refusal(400, "badContent", f"Media type '{media_type}' is not supported.")


def split_related(content_type: str, body: bytes) -> tuple[bytes, str, bytes]:
    """The JSON, the media's type and the media of a multipart/related body (RFC 2387)."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    pieces = _pieces(body, found[1].encode()) if found else []
    if len(pieces) != 2:
        raise _bad("A multipart upload has two parts: JSON and media.")
    (_, metadata), (head, media) = pieces
    kind = re.search(rb"content-type:\s*([^\r\n]+)", head, re.IGNORECASE)
    return metadata, kind[1].decode("ascii", "replace") if kind else "", media


def _pieces(body: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
    # Google's client ends lines with LF, others with CRLF.
    newline = b"\r\n" if b"--" + boundary + b"\r\n" in body else b"\n"
    cut = (newline + body).split(newline + b"--" + boundary)
    pieces = (piece.removeprefix(newline).partition(newline * 2) for piece in cut[1:-1])
    return [(head, content) for head, _, content in pieces]
