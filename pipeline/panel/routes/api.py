"""The crew's operations as documented HTTP, and the board as server-sent events; JSON in, JSON out."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, Depends, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from pipeline.errors import TayangError, Text, UsageError
from pipeline.panel.access import REFUSALS, Person, Right, Said, may_still, needs
from pipeline.panel.orders import Refusal
from pipeline.panel.studio import control
from pipeline.rundown import NO_TRUTH

Route = TypeVar("Route", bound=Callable[..., Any])

router = APIRouter(prefix="/api", tags=["siaran · on air"])

Watcher = Annotated[Person, Depends(needs(Right.see))]
Crew = Annotated[Person, Depends(needs(Right.operate))]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Seen = Annotated[int | None, Field(ge=0, le=2**53), NO_TRUTH]
Id = Annotated[
    str | None,
    Field(
        max_length=64,
        description="Tanda tekanan ini: dikirim dua kali, terjadi sekali. "
        "· Your own id of this press: sent twice, it acts once.",
    ),
]


ASKED_EVERY = 30.0
"""Seconds after which an open stream asks again whether its reader may still see."""


class Done(BaseModel):
    """Perintah berlaku mulai `frame` program itu. · The order holds from that frame of the program on."""

    ok: bool = True
    frame: int


class Ordered(BaseModel):
    """Perintah tanpa isi lain. · An order that needs nothing else."""

    model_config = ConfigDict(extra="forbid")

    id: Id = None


class Taken(Ordered):
    """Tanpa `item`: acara berikutnya. `seen`: `on.occurrence` papan yang dilihat.

    Without `item`, what comes next. `seen`: `on.occurrence` of the board that was looked at: a take is
    refused when another item is on by now.
    """

    item: Name | None = None
    seen: Seen = None


class Undone(Ordered):
    """`seen`: seperti pada take. · As of a take."""

    seen: Seen = None


class Chosen(Ordered):
    """`item`: nomor acara, atau nama tujuan. · An item's id, or a destination's name."""

    item: Name


class Marked(Ordered):
    """`text`: catatan. · A note."""

    text: Annotated[str | None, Field(max_length=200)] = None


class Cued(Ordered):
    """Tanpa `item`: yang sedang tayang. · Without `item`, of the one on air."""

    item: Name | None = None
    on: StrictBool


# A button without a body is a button.
Bare = Annotated[Ordered, Body(default_factory=Ordered)]
Take = Annotated[Taken, Body(default_factory=Taken)]
Undo = Annotated[Undone, Body(default_factory=Undone)]
Mark = Annotated[Marked, Body(default_factory=Marked)]

ANSWERS: dict[int | str, dict[str, Any]] = {
    **REFUSALS,
    408: {"model": Said, "description": "The body took too long to arrive."},
    409: {"model": Said, "description": "Refused, with the reason."},
    413: {"model": Said, "description": "The body is larger than 1 MiB."},
    422: {"model": Said, "description": "The body isn't what is documented."},
    503: {"model": Said, "description": "Nothing is on air, or it doesn't answer."},
}


@router.get(
    "/board",
    response_model=dict[str, Any],
    responses=REFUSALS,
    summary="Papan: keadaan sekarang · What is on, at one look",
)
def board(request: Request, _: Watcher) -> Response:
    """All that the panel shows; see docs/api.md for the fields."""
    headers = {"Cache-Control": "no-store"}
    return Response(control(request).hub.encoded, media_type="application/json", headers=headers)


@router.get(
    "/events",
    response_class=Response,
    responses={**REFUSALS, 200: {"content": {"text/event-stream": {}}}},
    summary="Papan dan setiap perubahannya · The board and each change, as server-sent events",
)
async def events(request: Request, _: Watcher) -> StreamingResponse:
    """`board` with the whole board whenever it changes, `pulse` each second in between."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(request), media_type="text/event-stream", headers=headers)


async def _told(request: Request) -> AsyncGenerator[bytes, None]:
    """What the hub tells, as long as whoever listens may see it."""
    time = asyncio.get_running_loop().time
    asked = time()
    async with aclosing(control(request).hub.watch()) as told:
        async for event in told:
            if time() - asked > ASKED_EVERY:
                asked = time()
                if not await run_in_threadpool(may_still, request, Right.see):
                    return
            yield event


def _order(path: str, id: str, en: str) -> Callable[[Route], Route]:
    return router.post(path, response_model=Done, responses=ANSWERS, summary=f"{id} · {en}")


@_order("/take", "Tayangkan sekarang", "Put an item on air now")
def take(request: Request, person: Crew, body: Take) -> Done:
    return _give(request, person, "take", body)


@_order("/undo", "Batalkan take, dalam tiga detik", "Undo a take, within three seconds")
def undo(request: Request, person: Crew, body: Undo) -> Done:
    return _give(request, person, "undo", body)


@_order("/next", "Pilih acara berikutnya", "Choose what comes next")
def next_(request: Request, person: Crew, body: Chosen) -> Done:
    return _give(request, person, "next", body)


@_order("/hold", "Tahan: tidak berpindah sendiri", "Stay: nothing changes by itself")
def hold(request: Request, person: Crew, body: Bare) -> Done:
    return _give(request, person, "hold", body)


@_order("/resume", "Lanjutkan rundown", "Go on with the rundown")
def resume(request: Request, person: Crew, body: Bare) -> Done:
    return _give(request, person, "resume", body)


@_order("/slate", "Slate, sampai take atau lanjut", "The slate, until take or resume")
def slate(request: Request, person: Crew, body: Bare) -> Done:
    return _give(request, person, "slate", body)


@_order("/mark", "Tandai saat ini untuk klip", "Mark this moment for a clip")
def mark(request: Request, person: Crew, body: Mark) -> Done:
    return _give(request, person, "mark", body)


@_order("/pause", "Putuskan satu tujuan sementara", "Disconnect a destination for a while")
def pause(request: Request, person: Crew, body: Chosen) -> Done:
    return _give(request, person, "pause", body)


@_order("/unpause", "Sambungkan lagi", "Connect it again")
def unpause(request: Request, person: Crew, body: Chosen) -> Done:
    return _give(request, person, "unpause", body)


@_order("/cue", "Lower third yang tayang: tampil atau hilang", "The lower third: on, or off")
def cue(request: Request, person: Crew, body: Cued) -> Done:
    return Done(frame=control(request).orders.cue(person, body.item, body.on, body.id))


@router.get(
    "/cue/{item}.png",
    response_class=Response,
    responses={
        **REFUSALS,
        200: {"content": {"image/png": {}}},
        422: ANSWERS[422],
        404: {"model": Said, "description": "There is no such item, or it has no lower third."},
    },
    summary="Lower third satu acara, seperti di siaran · An item's lower third, exactly as on air",
)
def drawn(request: Request, _: Watcher, item: Annotated[str, Path(max_length=100)]) -> Response:
    """A transparent PNG of the whole frame."""
    try:
        png = control(request).orders.drawn(item)
    except (Refusal, UsageError) as error:
        return JSONResponse(_why(error)._asdict(), 404)
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-cache"})


def _give(request: Request, person: Person, command: str, body: Ordered) -> Done:
    more = body.model_dump(exclude={"id"})
    return Done(frame=control(request).orders.give(person, command, body.id, **more))


def _why(error: Exception) -> Text:
    assert isinstance(error, Refusal | TayangError)
    return error.why if isinstance(error, Refusal) else error.what


def refused(_: Request, error: Exception) -> Response:
    """The handler of `Refusal`, and of what can't be carried out as it was asked for."""
    return JSONResponse(_why(error)._asdict(), 409)


def not_understood(_: Request, error: Exception) -> Response:
    """The handler of a body or parameter that isn't what is documented."""
    assert isinstance(error, RequestValidationError)
    wrong = error.errors()[:5]
    what = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong)
    what = what.encode(errors="backslashreplace").decode()  # a name may be half of a character
    said = Text(f"permintaan tidak dimengerti: {what}", f"request not understood: {what}")
    return JSONResponse(said._asdict(), 422)
