"""The day changed from the panel: its page, and the same as documented HTTP; JSON in, JSON out."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from pipeline.errors import InputFaults, TayangError, Text, UsageError
from pipeline.panel.access import REFUSALS, Said, needs
from pipeline.panel.drafts import (
    Chosen,
    Conflicting,
    Drafted,
    Faulty,
    Foreseen,
    Overview,
    Saved,
    differs,
    foreseen,
    holds,
    lines,
    made,
    said,
    wrong,
)
from pipeline.panel.rights import Person, Right
from pipeline.panel.studio import Control, control
from pipeline.panel.trail import Outcome
from pipeline.playout import on_air
from pipeline.reloading import aired_items
from pipeline.rundown import Rundown, Session, plan
from pipeline.versions import Conflict, Version

Editor = Annotated[Person, Depends(needs(Right.edit))]

ANSWERS: dict[int | str, dict[str, Any]] = {
    **REFUSALS,
    409: {"model": Said, "description": "There is no such session or version."},
    422: {"model": Faulty, "description": "The request isn't understood."},
}
SAVING: dict[int | str, dict[str, Any]] = {
    **ANSWERS,
    409: {
        "model": Conflicting,
        "description": "Others changed the same meanwhile, or there is no such session.",
    },
    422: {"model": Faulty, "description": "The draft has faults, or isn't understood."},
}

router = APIRouter(tags=["acara · the day"])


@router.get("/rundown", include_in_schema=False)
def page(request: Request, _: Editor) -> HTMLResponse:
    """Where the day is changed; its script asks for the rest."""
    return control(request).templates(request, "rundown.html.j2")


@router.get(
    "/api/rundown",
    responses=ANSWERS,
    summary="Rundown yang berlaku dan riwayatnya · The rundown that holds, and its history",
)
def overview(
    request: Request, _: Editor, session: Annotated[str, Query(max_length=10)] = ""
) -> Overview:
    """Of the session of that date; without one of that which is on air, or comes next."""
    parts = control(request)
    versions = parts.studio.versions
    version = versions.current()
    chosen = _session(parts, version.rundown, session)
    return Overview(
        version=holds(version),
        sessions=tuple(one.id for one in version.rundown.sessions),
        session=chosen.id,
        items=lines(version.rundown, chosen, aired_items(parts.settings, chosen.id)),
        history=made(versions.history()),
        clash=differs(versions.clash(), chosen),
        troubles=tuple(map(said, versions.troubles)),
    )


@router.post(
    "/api/rundown/preview", responses=ANSWERS, summary="Akibat perubahan · What edits would do"
)
def preview(request: Request, _: Editor, body: Drafted) -> Foreseen:
    """Nothing is written; faults and warnings stand at their items."""
    parts = control(request)
    aired = aired_items(parts.settings, body.session)
    seen = parts.studio.versions.preview(body.base, body.session, body.edits, aired)
    return foreseen(seen, _session(parts, seen.on.rundown, body.session), aired)


@router.post(
    "/api/rundown/versions",
    response_model=Saved,
    responses=SAVING,
    summary="Simpan perubahan sebagai versi baru · Make a new version of edits",
)
def save(request: Request, person: Editor, body: Drafted) -> Saved | Response:
    """Air follows by itself. What others changed meanwhile stays, when they meant other items."""
    parts = control(request)
    versions = parts.studio.versions
    aired = aired_items(parts.settings, body.session)

    def commit() -> Version:
        return versions.commit(body.base, body.session, body.edits, person.name, aired)

    told = {"session": body.session, "edits": len(body.edits)}
    try:
        version = _noted(parts, person, "rundown.edit", commit, **told)
    except Conflict as conflict:
        answer = Conflicting(
            **conflict.what._asdict(), version=holds(conflict.now), theirs=made(conflict.theirs)
        )
        return JSONResponse(answer.model_dump(mode="json"), 409)
    except InputFaults as error:
        session = _session(parts, versions.current().rundown, body.session)
        faulty = Faulty(**error.what._asdict(), faults=wrong(error.faults, session))
        return JSONResponse(faulty.model_dump(mode="json"), 422)
    return _saved(parts, version)


@router.post(
    "/api/rundown/restore",
    responses=ANSWERS,
    summary="Kembalikan versi lama · Make an old version the current one",
)
def restore(request: Request, person: Editor, body: Chosen) -> Saved:
    """As a new version: nothing of the history is lost."""
    parts = control(request)

    def act() -> Version:
        return parts.studio.versions.restore(body.number, person.name)

    return _saved(parts, _noted(parts, person, "rundown.restore", act, version=body.number))


@router.post(
    "/api/rundown/workbook",
    responses=REFUSALS,
    summary="Pakai workbook seperti sekarang · Take over the workbook as it is now",
)
def take_workbook(request: Request, person: Editor) -> Saved:
    """As a new version; what was changed by hand stays in the history."""
    parts = control(request)

    def act() -> Version:
        return parts.studio.versions.take_workbook(person.name)

    return _saved(parts, _noted(parts, person, "rundown.workbook", act))


def _noted(
    parts: Control, person: Person, what: str, act: Callable[[], Version], **told: object
) -> Version:
    """Does it, notes it in the audit list, and lets air follow."""
    trail = parts.accounts.trail
    try:
        version = act()
    except TayangError as error:
        meant = isinstance(error, UsageError | InputFaults | Conflict)
        outcome: Outcome = "refused" if meant else "failed"
        trail.note(person, what, outcome, **told, reason=error.what.id)
        raise
    trail.note(person, what, "done", **told, made=version.number)
    parts.following.follow(person.name)
    return version


def _saved(parts: Control, version: Version) -> Saved:
    merged = version.record.merged if version.record else ()
    history = parts.studio.versions.history() if merged else ()
    return Saved(version=holds(version), merged=made(r for r in history if r.number in merged))


def _session(parts: Control, rundown: Rundown, day: str) -> Session:
    """That of the date; without one that on air, else the first that isn't over, else the last."""
    sessions = rundown.sessions
    wanted = day or on_air(parts.settings)
    found = next((one for one in sessions if one.id == wanted), None)
    if found is None and day:
        raise UsageError(Text(f"tidak ada sesi {day}", f"there is no session {day}"))
    now = parts.clock.now()
    return found or next((one for one in sessions if plan(one)[-1].end > now), sessions[-1])
