"""Faults on demand: the next calls of a method are dropped, refused, slowed or changed.

    {"method": "liveBroadcasts.insert", "kind": "drop_before", "times": 1, "after": 2}

A fault of a call waits for its `method`: one of the document, `upload.chunk` (a PUT of a resumable
upload) or `oauth.token`. It lets `after` calls pass, and then happens `times` times. What happens by
itself waits for its moment instead. The models are the manual of each kind.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipeline.publish.emulator.document import check_body, methods
from pipeline.publish.emulator.refusal import Refusal
from pipeline.publish.emulator.shapes import change

CHUNK = "upload.chunk"
TOKEN = "oauth.token"

REASONS = {
    401: "authError",
    403: "forbidden",
    404: "notFound",
    429: "rateLimitExceeded",
    500: "internalError",
    503: "backendError",
}
"""What a `status` fault says by default; `badRequest` for all others."""


def _known_method(name: str) -> str:
    if name not in {CHUNK, TOKEN, *(method.id for method in methods().values())}:
        raise ValueError(f"no such method, nor {CHUNK} or {TOKEN}")
    return name


MethodName = Annotated[str, AfterValidator(_known_method)]


SCHEMAS = {
    "broadcasts": "LiveBroadcast",
    "streams": "LiveStream",
    "videos": "Video",
    "playlists": "Playlist",
    "playlist_items": "PlaylistItem",
    "captions": "Caption",
}
"""What the tables hold, as the document calls it."""

TABLES = {schema: table for table, schema in SCHEMAS.items()}


def _check_fields(schema: str, fields: Mapping[str, Any]) -> None:
    body: dict[str, Any] = {}
    try:
        change(body, {name: value for name, value in fields.items() if value is not None})
        check_body(schema, body)
    except (Refusal, AttributeError, TypeError) as error:
        said = error.message if isinstance(error, Refusal) else str(error)
        raise ValueError(f"not fields of a {schema}: {said}") from error


class Part(BaseModel):
    """Frozen; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class OnCall(Part):
    """What waits for calls of a method."""

    method: MethodName
    after: int = Field(default=0, ge=0)
    times: int = Field(default=1, ge=1)


class OnArrival(OnCall):
    """What keeps a call from being done; no other fault meets it then."""


class OnAnswer(OnCall):
    """What keeps the answer of a call that was done from coming whole."""


class DropBefore(OnArrival):
    """Closes the connection without doing anything."""

    kind: Literal["drop_before"]


class DropAfterApply(OnAnswer):
    """Does everything, then closes the connection without an answer."""

    kind: Literal["drop_after_apply"]


class Truncated(OnAnswer):
    """Does everything, sends the head of the answer and half of its body, then closes."""

    kind: Literal["truncated"]


class Slow(OnCall):
    """Does everything, and answers `seconds` of real time later."""

    kind: Literal["slow"]
    seconds: float = Field(gt=0, le=600)


class Status(OnArrival):
    """Answers `status` with `reason` without doing anything."""

    kind: Literal["status"]
    status: int = Field(default=503, ge=400, le=599)
    reason: str = ""
    message: str = "Injected fault"

    def refusal(self) -> Refusal:
        """The answer."""
        reason = self.reason or REASONS.get(self.status, "badRequest")
        return Refusal(self.status, reason, self.message)

    @property
    def free(self) -> bool:
        """Whether it looks like one of the answers that cost nothing: no token, no quota left."""
        if self.method == "videos.insert" and self.status == 429:
            return True
        return self.status == 401 or self.reason == "quotaExceeded"


class Set(OnCall):
    """Changes `fields` (dotted names) of the resource that the call makes; its answer doesn't show it.

    On `oauth.token` the fields are `scope` and `expires_in`, and the token is as they say.
    """

    kind: Literal["set"]
    fields: dict[str, Any] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.method == TOKEN:
            if unknown := self.fields.keys() - {"scope", "expires_in"}:
                raise ValueError(f"a token has no {', '.join(sorted(unknown))}")
            return self
        schema = next((m.resource for m in methods().values() if m.id == self.method), None)
        if schema not in TABLES:
            raise ValueError(f"{self.method} makes no resource")
        _check_fields(schema, self.fields)
        return self


class Hold(OnCall):
    """Keeps the *Starting status that a transition begins for `seconds` of the emulator's clock."""

    kind: Literal["hold"]
    method: MethodName = "liveBroadcasts.transition"
    seconds: float = Field(gt=0)


class Happening(Part):
    """What happens by itself: at once, or as soon as all that is named here holds.

    `at` is in seconds of the emulator's clock since the fault was given; with a `method`, `after`
    calls of it have passed and the next one comes.
    """

    at: float = Field(default=0.0, ge=0)
    method: MethodName | None = None
    after: int = Field(default=0, ge=0)


class Force(Happening):
    """Changes or deletes one resource as YouTube, or somebody on the channel, would have done.

    It is the resource with the `id`, or the newest of the `table`, among those that are as `where`
    says and have been so for `lasting` seconds of the clock: until there is one, it waits. A field
    set to null is taken away. `hold` keeps a broadcast's *Starting status for that many seconds, and
    `locked` keeps a video private whatever an update says afterwards.
    """

    kind: Literal["force"]
    table: Literal["broadcasts", "streams", "videos", "playlists", "playlist_items", "captions"]
    id: str | None = None
    where: dict[str, Any] = {}
    lasting: float = Field(default=0.0, ge=0)
    fields: dict[str, Any] = {}
    hold: float | None = Field(default=None, gt=0)
    locked: bool = False
    delete: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if not (self.fields or self.hold or self.locked or self.delete):
            raise ValueError("nothing to do: fields, hold, locked or delete")
        if self.hold and self.table != "broadcasts":
            raise ValueError("hold is for broadcasts")
        if self.locked and self.table not in ("broadcasts", "videos"):
            raise ValueError("locked is for broadcasts and videos")
        for fields in (self.where, self.fields):
            _check_fields(SCHEMAS[self.table], fields)
        return self


class ExpireTokens(Happening):
    """Every access token given so far is invalid from now on."""

    kind: Literal["expire_tokens"]


class Revoke(Happening):
    """Every token given so far is invalid; a refresh token only until the faults are cleared."""

    kind: Literal["revoke"]


MODELS: tuple[type[Part], ...] = (
    *(DropBefore, DropAfterApply, Truncated, Slow, Status, Set, Hold),
    *(Force, ExpireTokens, Revoke),
)

Fault = Annotated[
    DropBefore
    | DropAfterApply
    | Truncated
    | Slow
    | Status
    | Set
    | Hold
    | Force
    | ExpireTokens
    | Revoke,
    Field(discriminator="kind"),
]
