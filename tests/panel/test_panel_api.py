"""The API as devices use it: who may, what is answered, and that no route of the app is left open."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from fastapi import FastAPI
from peers import until
from rooms import Room, control_room, settings_in
from starlette.routing import BaseRoute

from pipeline.panel.access import signed_in
from pipeline.panel.rights import Person, Role
from pipeline.panel.routes import api

OPEN = {
    "/api/openapi.json": "what can be asked, not what the answers are",
    "/login": "how else to sign in",
    "/setup": "asks for the key of the link by which it was reached",
    "/static": "scripts and styles, which hold no secret",
    "/etalase": "the public page of stands",
}
"""What opens without signing in, and why. Whoever adds a route adds its reason."""

OWN = {
    "/logout": "one's own session",
    "/password": "one's own password",
    "/": "whoever is signed in",
}
"""What needs no right but being signed in."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with control_room(settings_in(tmp_path_factory.mktemp("room")), still=True) as room:
        yield room


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of everything that the app answers, but its static files."""

    def walk(some: list[BaseRoute]) -> Iterator[BaseRoute]:
        for route in some:
            inner = getattr(route, "original_router", None)
            yield from walk(inner.routes) if inner is not None else [route]

    found = {
        (method, route.path)  # type: ignore[attr-defined]
        for route in walk(app.routes)
        for method in getattr(route, "methods", None) or ()
    }
    assert len(found) > 25, "the app's routes weren't found"
    return sorted((m, path) for m, path in found if m != "HEAD")


def is_open(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in OPEN)


def addressed(path: str) -> str:
    return re.sub(r"{[^}]+}", "1", path)


def ask(room: Room, method: str, path: str, **more: Any) -> requests.Response:
    return requests.request(
        method, room.url + addressed(path), allow_redirects=False, timeout=10, **more
    )


def test_without_signing_in_no_route_opens(room: Room) -> None:
    for method, path in routes(room.app):
        if is_open(path):
            continue
        answer = ask(room, method, path)
        if path.startswith("/api/"):
            assert answer.status_code == 401, (method, path)
            assert set(answer.json()) == {"id", "en"}
        else:
            there = answer.headers.get("location", "")
            known = answer.status_code == 303 and there.startswith("/login")
            assert known or answer.status_code in (401, 403), (method, path, answer.status_code)


def test_with_no_right_nothing_opens_but_ones_own(room: Room) -> None:
    room.app.dependency_overrides[signed_in] = lambda: Person("x", Role.guest, "device")
    try:
        for method, path in routes(room.app):
            if not (is_open(path) or path in OWN or _has_a_key(path)):
                assert ask(room, method, path).status_code == 403, (method, path)
    finally:
        room.app.dependency_overrides.clear()


def _has_a_key(path: str) -> bool:
    """Pages that a link opens look at the link first; without one they ask as the test above does."""
    return path.startswith(
        ("/stage", "/overlay", "/stand/", "/api/stage", "/api/overlay", "/api/stand")
    )


def test_the_document_says_who_may_and_what_is_said_in_both_languages(room: Room) -> None:
    document = room.app.openapi()
    assert document["components"]["securitySchemes"]["device"]["scheme"] == "bearer"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert " · " in operation["summary"], where
            if not is_open(path) and not _has_a_key(path):
                assert operation["security"] == [{"device": []}], where
                assert {"401", "403"} <= set(operation["responses"]), where


def test_an_organisers_device_sees_but_gives_no_order(room: Room) -> None:
    device = room.device("organiser", "Meja panitia")
    assert requests.get(f"{room.url}/api/board", headers=device, timeout=10).status_code == 200
    for order in ("take", "undo", "hold", "resume", "slate", "mark", "next", "cue", "pause"):
        answer = requests.post(f"{room.url}/api/{order}", json={}, headers=device, timeout=10)
        assert answer.status_code == 403, order


def test_orders_while_nothing_is_on_air_are_answered_503_in_both_languages(room: Room) -> None:
    device = room.device("crew", "Kotak A")
    for order, body in (("take", {}), ("next", {"item": "1-01"}), ("mark", {"text": "gong"})):
        answer = requests.post(f"{room.url}/api/{order}", json=body, headers=device, timeout=10)
        assert answer.status_code == 503
        assert answer.json()["en"] == "no program is on air here"
    answer = requests.post(f"{room.url}/api/cue", json={"on": True}, headers=device, timeout=10)
    assert (answer.status_code, answer.json()["en"]) == (409, "no lower third")
    told = [(entry.what, entry.outcome, entry.who) for entry in room.parts.accounts.trail.entries()]
    assert told[:2] == [("cue", "refused", "Kotak A"), ("mark", "failed", "Kotak A")]


def test_a_button_that_sends_no_body_is_a_button(room: Room) -> None:
    for order in ("take", "undo", "hold", "resume", "slate", "mark"):
        answer = requests.post(f"{room.url}/api/{order}", headers=_once(room), timeout=10)
        assert answer.status_code == 503, order  # understood, while nothing is on air


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{",
        '{"item": 1}',
        '{"item": ""}',
        '{"seen": -1}',
        '{"seen": 1e99}',
        '{"more": 1}',
        '{"\\ud800": 1}',
        '{"item": "\\ud800"}',
        '{"item": "%s"}' % ("x" * 101),
        "[" * 5000,
        b"\xff\xfe",
    ],
)
def test_a_body_that_is_not_what_is_documented_is_refused_in_both_languages(
    room: Room, body: str | bytes
) -> None:
    headers = {**_once(room), "Content-Type": "application/json"}
    answer = requests.post(f"{room.url}/api/take", data=body, headers=headers, timeout=10)
    assert answer.status_code == 422
    assert set(answer.json()) == {"id", "en"}


def _once(room: Room) -> dict[str, str]:
    if not hasattr(_once, "device"):
        _once.device = room.device("crew", "Kotak B")  # type: ignore[attr-defined]
    headers: dict[str, str] = _once.device  # type: ignore[attr-defined]
    return headers


def test_what_is_not_there_is_said_in_both_languages_and_outside_the_api_on_a_page(
    room: Room,
) -> None:
    for method, path, status in (("GET", "/api/x", 404), ("PUT", "/api/take", 405)):
        answer = requests.request(method, f"{room.url}{path}", timeout=10)
        assert (answer.status_code, set(answer.json())) == (status, {"id", "en"})
    page = requests.get(f"{room.url}/tidak-ada", timeout=10)
    assert (page.status_code, "Halaman ini tidak ada." in page.text) == (404, True)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_board_over_http_is_what_the_hub_shows(room: Room) -> None:
    room.parts.hub.show({"connected": True, "items": [], "now": "2021-11-24T09:00:00+07:00"})
    answer = requests.get(f"{room.url}/api/board", headers=_once(room), timeout=10)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == room.parts.hub.board
    assert answer.json()["connected"]


def test_events_begin_with_the_whole_board_and_go_on_with_each_change(room: Room) -> None:
    room.parts.hub.show({"connected": True, "held": False, "now": "1"})
    with requests.get(
        f"{room.url}/api/events", headers=_once(room), stream=True, timeout=10
    ) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == b"event: board"
        assert not json.loads(next(lines).removeprefix(b"data: "))["held"]
        assert next(lines) == b""
        room.parts.hub.show({"connected": True, "held": True, "now": "2"})
        assert next(lines) == b"event: board"
        assert json.loads(next(lines).removeprefix(b"data: "))["held"]


def test_the_events_of_a_device_end_when_it_is_revoked(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "ASKED_EVERY", 0.0)
    device = room.device("crew", "Hilang")
    with requests.get(f"{room.url}/api/events", headers=device, stream=True, timeout=10) as answer:
        lines = answer.iter_lines()
        next(lines)
        (number,) = [d.number for d in room.parts.accounts.devices.all() if d.name == "Hilang"]
        room.parts.accounts.devices.revoke(number)
        until(lambda: room.parts.hub.show({"now": str(time.monotonic())}) or _over(lines))


def _over(lines: Iterator[Any]) -> bool:
    return next(lines, None) is None


def test_who_leaves_is_watched_for_no_more(room: Room) -> None:
    before = room.parts.hub.watchers
    answer = requests.get(f"{room.url}/api/events", headers=_once(room), stream=True, timeout=10)
    until(lambda: room.parts.hub.watchers == before + 1)
    answer.close()
    until(lambda: room.parts.hub.watchers == before)


def test_what_is_asked_twice_while_the_rundown_cannot_be_read_is_no_crash(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, rundown=str(tmp_path / "none.xlsx"))
    with control_room(settings) as room:
        device = room.device("crew")
        until(lambda: room.parts.hub.board["version"] > 0)
        answer = requests.get(f"{room.url}/api/board", headers=device, timeout=10)
        assert (answer.status_code, answer.json()["items"]) == (200, [])
