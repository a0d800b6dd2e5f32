"""The public page of all stands: products, prices, ways to buy, clips.

No sign-in, and no JavaScript is needed.
"""

import hashlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from pipeline.errors import Text
from pipeline.panel.access import asking
from pipeline.panel.photos import WIDTHS
from pipeline.panel.showcase import stalls
from pipeline.panel.studio import control

router = APIRouter(prefix="/etalase", include_in_schema=False)

PLACEHOLDER = Path(__file__).parents[1] / "static" / "batik.svg"
PHOTO_SECONDS, PAGE_SECONDS = 3600, 10
"""For so long a browser need not ask again."""

_NO_CLIP = Text("Klip ini tidak ada.", "There is no such clip.")


@router.get("")
def etalase_page(request: Request) -> Response:
    """Every stand; answers 304 while nothing has changed."""
    own = control(request)
    rundown = own.studio.rundown
    shown = stalls(rundown, own.records.shown(), own.settings.event.name)
    stands = rundown.stands
    page = own.templates(
        request,
        "etalase.html.j2",
        stalls=shown,
        on=_on(request),
        settings=own.settings,
        address=own.settings.panel.address or str(request.base_url).rstrip("/"),
        categories=sorted({stand.category for stand in stands if stand.category}),
        origins=sorted({stand.origin for stand in stands if stand.origin}),
        widths=WIDTHS,
    )
    whose = "private, no-cache" if asking(request) else f"public, max-age={PAGE_SECONDS}"
    page.headers["Cache-Control"] = whose
    page.headers["Vary"] = "Cookie"
    return _unless_known(request, page, hashlib.sha256(bytes(page.body)).hexdigest()[:32])


@router.get("/on.json")
def on_air(request: Request) -> JSONResponse:
    """Which stand is on air now: `{"on": 7}`, or null."""
    return JSONResponse({"on": _on(request)}, headers={"Cache-Control": "public, max-age=2"})


@router.get("/{number}-{index}-{width}.jpg")
def photo(request: Request, number: int, index: int, width: int) -> Response:
    """A product's photo; a piece of cloth where there is none that can be shown."""
    own = control(request)
    stand = own.studio.rundown.by_number.get(number)
    products = stand.products if stand else ()
    name = products[index].photo if 0 <= index < len(products) else None
    found = own.photos.jpeg(name, width) if name and width in WIDTHS else None
    path, kind = (found, "image/jpeg") if found else (PLACEHOLDER, "image/svg+xml")
    headers = {"Cache-Control": f"public, max-age={PHOTO_SECONDS}"}
    picture = FileResponse(path, media_type=kind, headers=headers)
    return _unless_known(request, picture, path.stem)


@router.get("/clip/{session}/{occurrence}.mp4")
def clip(request: Request, session: str, occurrence: int, save: bool = False) -> Response:
    """The clip of a stand's airing, whole or a range of it; `save`: to be kept as a file."""
    path = control(request).records.clip(session, occurrence)
    if path is None:
        return JSONResponse(_NO_CLIP._asdict(), 404)
    name = f"{session}-{path.name}"
    how = "attachment" if save else "inline"
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(
        path, 200, headers, "video/mp4", filename=name, content_disposition_type=how
    )


def _on(request: Request) -> int | None:
    on: dict[str, Any] | None = control(request).hub.board.get("on")
    return None if on is None else on["stand"]


def _unless_known(request: Request, answer: Response, tag: str) -> Response:
    """The answer with its tag, or 304 when the browser has it already (RFC 9110, 13.1.2)."""
    answer.headers["ETag"] = f'"{tag}"'
    known = [one.strip().removeprefix("W/") for one in _split(request.headers.get("if-none-match"))]
    if answer.headers["ETag"] not in known:
        return answer
    kept = ("etag", "cache-control", "vary")
    return Response(None, 304, {n: v for n, v in answer.headers.items() if n in kept})


def _split(header: str | None) -> list[str]:
    return header.split(",") if header else []
