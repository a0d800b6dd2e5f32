"""The organisers' page of the airtime manifest, and what they chose of it as files."""

from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from pipeline.manifest import Manifest, as_json, csv_file, html_page, xlsx_file
from pipeline.panel.access import Person, Right, needs
from pipeline.panel.selection import ORDERS, Selection, select, statuses
from pipeline.panel.studio import Control, control
from pipeline.rundown import Stand
from pipeline.timing import hms

router = APIRouter(include_in_schema=False)

Accountant = Annotated[Person, Depends(needs(Right.account))]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: dict[str, tuple[Callable[[Manifest], bytes], str]] = {
    "csv": (csv_file, "text/csv"),
    "xlsx": (xlsx_file, XLSX),
    "json": (lambda manifest: bytes(JSONResponse(as_json(manifest)).body), "application/json"),
    "html": (html_page, "text/html"),
}
"""How the manifest is written, and of what type the file is."""


def _selection(
    session: Annotated[str, Query(max_length=40)] = "",
    stand: Annotated[str, Query(max_length=10)] = "",
    category: Annotated[str, Query(max_length=100)] = "",
    origin: Annotated[str, Query(max_length=100)] = "",
    status: Annotated[str, Query(max_length=10)] = "",
    sort: Annotated[str, Query(max_length=10)] = "number",
) -> Selection:
    return Selection(session, stand, category, origin, status, sort)


Chosen = Annotated[Selection, Depends(_selection)]


@router.get("/manifest")
def manifest_page(request: Request, _: Accountant, chosen: Chosen) -> Response:
    """Each stand's airtime against what it was promised, with filters and files to take along."""
    own = control(request)
    whole = own.records.manifest()
    stands = own.studio.rundown.by_number
    return own.templates(
        request,
        "manifest_page.html.j2",
        manifest=select(whole, stands, chosen),
        whole=whole,
        stands=stands,
        chosen=chosen,
        query=urlencode({n: v for n in chosen.__slots__ if (v := getattr(chosen, n))}),
        orders=list(ORDERS),
        counts=statuses(whole),
        categories=_values(stands, lambda stand: stand.category),
        origins=_values(stands, lambda stand: stand.origin),
        hms=hms,
        zone=own.settings.event.zone,
    )


@router.get("/manifest.{form}")
def manifest_file(request: Request, _: Accountant, chosen: Chosen, form: str) -> Response:
    """The same selection as CSV, XLSX, JSON or a page of its own, to be saved."""
    if form not in FORMATS:
        return JSONResponse({"id": "bentuk tidak dikenal", "en": "unknown format"}, 404)
    write, kind = FORMATS[form]
    content = write(_selected(control(request), chosen))
    headers = {
        "Content-Disposition": f'attachment; filename="manifest.{form}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=kind, headers=headers)


def _selected(own: Control, chosen: Selection) -> Manifest:
    return select(own.records.manifest(), own.studio.rundown.by_number, chosen)


def _values(stands: dict[int, Stand], of: Callable[[Stand], str]) -> list[str]:
    return sorted({of(stand) for stand in stands.values()} - {""})
