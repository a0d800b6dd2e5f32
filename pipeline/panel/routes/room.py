"""The crew's page: what is on air, and the buttons that change it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from pipeline.monitor import PLAYER
from pipeline.panel.access import Person, Right, needs
from pipeline.panel.studio import control

router = APIRouter(include_in_schema=False)


@router.get("/")
def room(request: Request, person: Annotated[Person, Depends(needs(Right.see))]) -> Response:
    """Whoever may not operate sees the same without the buttons."""
    return control(request).templates(request, "room.html.j2", operates=person.may(Right.operate))


@router.get("/static/player.js")
def player() -> Response:
    """Plays the program, here as in the plain monitor."""
    return FileResponse(PLAYER, media_type="text/javascript")
