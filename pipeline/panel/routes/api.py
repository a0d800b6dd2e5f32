"""The crew's operations as documented HTTP, and the board as server-sent events; JSON in, JSON out."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import Text
from pipeline.panel.access import REFUSALS, Person, Right, Said, needs
from pipeline.panel.orders import Refusal
from pipeline.panel.studio import control

router = APIRouter(prefix="/api", tags=["siaran · on air"])

Watcher = Annotated[Person, Depends(needs(Right.see))]
Crew = Annotated[Person, Depends(needs(Right.operate))]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Id = Annotated[
    str | None,
    Field(max_length=64, description="Your own id of this press: sent twice, it acts once."),
]


class Done(BaseModel):
    """The order holds; `frame` is the program's frame from which on."""

    ok: bool = True
    frame: int


class Ordered(BaseModel):
    """An order that needs nothing else."""

    model_config = ConfigDict(extra="forbid")

    id: Id = None


class Taken(Ordered):
    """`item`: without it, what comes next. `seen`: `on.occurrence` of the board that was looked at."""

    item: Name | None = None
    seen: int | None = Field(default=None, ge=0, le=2**53)


class Undone(Ordered):
    seen: int | None = Field(default=None, ge=0, le=2**53)


class Chosen(Ordered):
    item: Name


class Marked(Ordered):
    text: Annotated[str | None, Field(max_length=200)] = None


class Cued(Ordered):
    """`item`: without it, the one on air."""

    item: Name | None = None
    on: bool


ANSWERS: dict[int | str, dict[str, Any]] = {
    **REFUSALS,
    409: {"model": Said, "description": "Refused, with the reason."},
    503: {"model": Said, "description": "Nothing is on air, or it doesn't answer."},
}


@router.get(
    "/board", response_model=dict[str, Any], responses=REFUSALS, summary="What is on, at one look"
)
def board(request: Request, _: Watcher) -> JSONResponse:
    """All that the panel shows; see docs/api.md for the fields."""
    return JSONResponse(control(request).hub.board, headers={"Cache-Control": "no-store"})


@router.get(
    "/events",
    response_class=Response,
    responses={**REFUSALS, 200: {"content": {"text/event-stream": {}}}},
    summary="The board, and each change of it, as server-sent events",
)
async def events(request: Request, _: Watcher) -> StreamingResponse:
    """`board` with the whole board whenever it changes, `pulse` each second in between."""
    watched = control(request).hub.watch()
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(watched, media_type="text/event-stream", headers=headers)


def _order(path: str, what: str) -> Any:
    return router.post(path, response_model=Done, responses=ANSWERS, summary=what)


@_order("/take", "Put an item on air now")
def take(request: Request, person: Crew, body: Taken) -> Done:
    return _give(request, person, "take", body)


@_order("/undo", "Undo a take, within three seconds")
def undo(request: Request, person: Crew, body: Undone) -> Done:
    return _give(request, person, "undo", body)


@_order("/next", "Choose what comes next")
def next_(request: Request, person: Crew, body: Chosen) -> Done:
    return _give(request, person, "next", body)


@_order("/hold", "Stay: nothing changes by itself")
def hold(request: Request, person: Crew, body: Ordered) -> Done:
    return _give(request, person, "hold", body)


@_order("/resume", "Go on with the rundown")
def resume(request: Request, person: Crew, body: Ordered) -> Done:
    return _give(request, person, "resume", body)


@_order("/slate", "The slate, until take or resume")
def slate(request: Request, person: Crew, body: Ordered) -> Done:
    return _give(request, person, "slate", body)


@_order("/mark", "Mark this moment for a clip")
def mark(request: Request, person: Crew, body: Marked) -> Done:
    return _give(request, person, "mark", body)


@_order("/pause", "Disconnect a destination for a while")
def pause(request: Request, person: Crew, body: Chosen) -> Done:
    return _give(request, person, "pause", body)


@_order("/unpause", "Connect it again")
def unpause(request: Request, person: Crew, body: Chosen) -> Done:
    return _give(request, person, "unpause", body)


@_order("/cue", "The lower third of the item on air: on, or off")
def cue(request: Request, person: Crew, body: Cued) -> Done:
    return Done(frame=control(request).orders.cue(person, body.item, body.on, body.id))


@router.get(
    "/cue/{item}.png",
    response_class=Response,
    responses={
        **REFUSALS,
        200: {"content": {"image/png": {}}},
        404: {"model": Said, "description": "There is no such item, or it has no lower third."},
    },
    summary="The lower third of an item, exactly as it would be on air",
)
def drawn(request: Request, _: Watcher, item: Annotated[str, Path(max_length=100)]) -> Response:
    try:
        png = control(request).orders.drawn(item)
    except Refusal as refused:
        return JSONResponse(refused.why._asdict(), 404)
    return Response(png, media_type="image/png", headers={"Cache-Control": "no-cache"})


def _give(request: Request, person: Person, command: str, body: Ordered) -> Done:
    more = body.model_dump(exclude={"id"})
    return Done(frame=control(request).orders.give(person, command, body.id, **more))


def refused(_: Request, error: Exception) -> Response:
    """The handler of `Refusal`."""
    assert isinstance(error, Refusal)
    return JSONResponse(error.why._asdict(), 409)


def not_understood(_: Request, error: Exception) -> Response:
    """The handler of a body or parameter that isn't what is documented."""
    told = getattr(error, "errors", list)()
    what = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in told[:5])
    said = Text(f"permintaan tidak dimengerti: {what}", f"request not understood: {what}")
    return JSONResponse(said._asdict(), 422)
