"""The screens that open by a link: the stage, an exhibitor's own page, the overlay; and what they show.

Boards go out reduced to what is for everybody (`showcase`).
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pipeline.errors import Text
from pipeline.panel import access
from pipeline.panel.access import REFUSALS, Person, Refused, Said
from pipeline.panel.hub import Hub
from pipeline.panel.orders import Refusal
from pipeline.panel.showcase import for_overlay, for_stage, for_stand
from pipeline.panel.studio import control
from pipeline.rundown import Stand

router = APIRouter()

Stage = Annotated[Person, Depends(access.screen("stage"))]
Overlay = Annotated[Person, Depends(access.screen("overlay"))]
Exhibitor = Annotated[Person, Depends(access.stand)]
Number = Annotated[int, Path(ge=1, le=100_000)]

_NO_STORE = {"Cache-Control": "no-store"}
_STREAM: dict[str, Any] = {
    "response_class": Response,
    "responses": {**REFUSALS, 200: {"content": {"text/event-stream": {}}}},
    "tags": ["layar · screens"],
}


@router.get("/stage", include_in_schema=False)
def stage_page(request: Request, _: Stage) -> Response:
    """For presenters: what is on, how long still, what follows."""
    return control(request).templates(request, "stage.html.j2")


@router.get(
    "/api/stage/events",
    summary="Isi layar panggung · What the stage shows, as server-sent events",
    **_STREAM,
)
async def stage_events(request: Request, _: Stage) -> StreamingResponse:
    """`board` about once a second, reduced to what presenters see. `key`: that of the stage's link."""
    return _stream(control(request).hub, for_stage)


@router.get("/overlay", include_in_schema=False)
def overlay_page(request: Request, _: Overlay) -> Response:
    """A transparent page with the live lower third, to lie over another picture."""
    return control(request).templates(request, "overlay.html.j2")


@router.get(
    "/api/overlay/events", summary="Isi lapisan · What the overlay shows, as events", **_STREAM
)
async def overlay_events(request: Request, _: Overlay) -> StreamingResponse:
    """`board` about once a second: what is on, and the state of its lower third."""
    return _stream(control(request).hub, for_overlay)


@router.get("/overlay/{item}.png", include_in_schema=False)
def overlay_picture(request: Request, _: Overlay, item: str) -> Response:
    """The lower third of an item: a transparent picture of the whole frame."""
    try:
        png = control(request).orders.drawn(item)
    except Refusal as refused:
        return JSONResponse(refused.why._asdict(), 404)
    return Response(png, media_type="image/png", headers={"Cache-Control": "private, max-age=60"})


@router.get("/stand/{number}", include_in_schema=False)
def stand_page(request: Request, number: Number, _: Exhibitor) -> Response:
    """For an exhibitor's phone: when am I on, when was I, my clips."""
    stand = _stand(request, number)
    return control(request).templates(
        request, "stand.html.j2", stand=stand, first=_about(request, stand)
    )


@router.get(
    "/api/stand/{number}",
    response_model=dict[str, Any],
    responses={**REFUSALS, 404: {"model": Said, "description": "There is no such stand."}},
    tags=["layar · screens"],
    summary="Yang dilihat peserta dari stand-nya · What an exhibitor sees of its own stand",
)
def stand_values(request: Request, number: Number, _: Exhibitor) -> JSONResponse:
    """`on` while it is on air, `coming` and `aired` airings, clips, seconds entitled, aired and owed.

    `key`: that of the stand's link. To be asked again every five seconds.
    """
    return JSONResponse(_about(request, _stand(request, number)), headers=_NO_STORE)


def _stand(request: Request, number: int) -> Stand:
    found = control(request).studio.rundown.by_number.get(number)
    if found is None:
        raise Refused(404, Text(f"Tidak ada stand {number}.", f"There is no stand {number}."))
    return found


def _about(request: Request, stand: Stand) -> dict[str, Any]:
    own = control(request)
    now = own.clock.now().astimezone(own.settings.event.zone).isoformat(timespec="milliseconds")
    shown = own.records.of_stand(stand.number)
    return for_stand(stand, own.hub.board, shown, own.studio.rundown, now)


def _stream(hub: Hub, view: Callable[[dict[str, Any]], dict[str, Any]]) -> StreamingResponse:
    headers = {**_NO_STORE, "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(hub, view), media_type="text/event-stream", headers=headers)


async def _told(hub: Hub, view: Callable[[dict[str, Any]], dict[str, Any]]) -> AsyncIterator[bytes]:
    """The board as a screen may see it, whenever the hub has something to say."""
    async with aclosing(hub.watch()) as watched:
        async for _ in watched:
            values = json.dumps(view(hub.board), ensure_ascii=False, separators=(",", ":"))
            yield f"event: board\ndata: {values}\n\n".encode()
