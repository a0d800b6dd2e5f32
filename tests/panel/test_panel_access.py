"""Who may do what, over HTTP: every right, role and kind; forged and foreign requests; links."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from identity import Browser, Panel
from sqlalchemy import event

from pipeline.panel.browser import local
from pipeline.panel.rights import RIGHTS, Person, Right, Role

Open = Callable[..., Browser]

NAMES = {Role.crew: "Budi", Role.organiser: "Citra", Role.admin: "Sri"}
MAY = {
    Role.crew: {Right.see, Right.operate, Right.edit},
    Role.organiser: {Right.see, Right.edit, Right.account},
    Role.admin: {Right.see, Right.operate, Right.edit, Right.account, Right.administer},
}


@pytest.mark.parametrize("role", NAMES)
def test_people_may_what_their_role_may_and_nothing_else(browser: Open, role: Role) -> None:
    one = browser(NAMES[role])
    for right in Right:
        wanted = 200 if right in MAY[role] else 403
        assert one.get(f"/api/{right}").status_code == wanted, right
        assert one.get(f"/page/{right}").status_code == wanted, right
        assert one.order(f"/api/{right}").status_code == wanted, right


@pytest.mark.parametrize("role", NAMES)
def test_devices_may_the_same_but_never_administer(panel: Panel, browser: Open, role: Role) -> None:
    token = panel.accounts.devices.add("Tombol", role, "Sri")
    one = browser(Authorization=f"Bearer {token}")
    for right in Right:
        wanted = 200 if right in MAY[role] - {Right.administer} else 403
        assert one.get(f"/api/{right}").status_code == wanted, right
        assert one.post(f"/api/{right}").status_code == wanted, right
    assert one.get("/api/see").json() == ["Tombol", role, "device"]


@pytest.mark.parametrize("kind", ["screen", "link"])
def test_screens_and_links_have_no_right_at_all(kind: Any) -> None:
    assert not [right for right in Right if Person("x", Role.guest, kind).may(right)]
    assert set(RIGHTS) == set(Role)


@pytest.mark.parametrize("right", Right)
def test_without_signing_in_nothing_opens(browser: Open, right: Right) -> None:
    nobody = browser()
    for send in (nobody.get, nobody.post):
        answer = send(f"/api/{right}")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert set(answer.json()) == {"id", "en"}
    page = nobody.get(f"/page/{right}?a=1&b=%2F%2F")
    assert page.status_code == 303
    assert page.headers["location"] == f"/login?next=/page/{right}%3Fa%3D1%26b%3D%252F%252F"
    assert nobody.post(f"/page/{right}").headers["location"] == "/login"


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer wrong", "bearer \u00e9", "Bearer " + "x" * 9999]
)
def test_a_token_that_is_nobodys_opens_nothing_even_beside_a_good_cookie(
    browser: Open, header: str
) -> None:
    one = browser("Sri")
    one.session.headers["Authorization"] = header.encode()  # type: ignore[assignment]
    assert one.get("/api/see").status_code == 401


def test_the_password_of_a_proxy_leaves_the_cookie_alone(browser: Open) -> None:
    assert browser("Sri", Authorization="Basic eDp5").get("/api/see").status_code == 200


def test_a_revoked_device_is_refused_at_once(panel: Panel, browser: Open) -> None:
    one = browser(Authorization=f"Bearer {panel.accounts.devices.add('Tombol', 'crew', 'Sri')}")
    assert one.post("/api/operate").status_code == 200
    panel.accounts.devices.revoke(1)
    assert one.post("/api/operate").status_code == 401


def test_an_idle_session_is_asked_to_sign_in_again(panel: Panel, browser: Open) -> None:
    one = browser("Budi")
    panel.clock.turn(12 * 3600)
    assert one.get("/api/see").status_code == 401


def test_an_order_without_the_csrf_token_is_refused(browser: Open) -> None:
    one, other = browser("Budi"), browser("Sri")
    for wrong in ("", "x", "\u00e9", other.csrf()):
        assert one.post("/api/operate", {"csrf": wrong}).status_code == 403
        header = {"X-CSRF-Token": wrong.encode()}
        assert one.post("/api/operate", headers=header).status_code == 403
    assert one.post("/api/operate").status_code == 403
    token = one.csrf()
    assert one.post("/api/operate", {"csrf": token}).status_code == 200
    assert one.post("/api/operate", headers={"X-CSRF-Token": token}).status_code == 200
    form = {"csrf": (None, token)}
    assert one.post("/api/operate", files=form).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://jahat.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[jahat"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),  # another port is another place
        ({}, 200),
    ],
)
def test_an_order_from_another_site_is_refused_even_with_the_token(
    browser: Open, headers: dict[str, str], status: int
) -> None:
    one = browser("Budi")
    token = one.csrf()
    answer = one.post("/api/operate", {"csrf": token}, headers=headers)
    assert answer.status_code == status
    own = {"Origin": one.address}
    assert one.post("/api/operate", {"csrf": token}, headers=own).status_code == 200


def test_the_cookie_is_kept_from_scripts_and_other_sites(browser: Open) -> None:
    plain = browser().login("Sri").headers["set-cookie"]
    assert plain.startswith("tayang=")
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(plain.split("; "))
    assert "Secure" not in plain and "Domain" not in plain and "expires" not in plain.lower()


def test_over_tls_the_cookie_is_secure_and_the_plain_one_counts_for_nothing(browser: Open) -> None:
    behind = browser(**{"X-Forwarded-Proto": "https"})  # as a TLS proxy on this machine says it
    cookie = behind.login("Sri").headers["set-cookie"]
    assert cookie.startswith("__Host-tayang=") and "Secure" in cookie.split("; ")
    token = cookie.partition("=")[2].partition(";")[0]

    def see(name: str) -> int:
        return behind.get("/api/see", headers={"Cookie": f"{name}={token}"}).status_code

    assert (see("__Host-tayang"), see("tayang")) == (200, 401)


@pytest.mark.parametrize("path", ["/", "/page/see?a=1", "/stand/7?key=x", "/é"])
def test_the_way_back_after_signing_in_leads_to_our_pages(path: str) -> None:
    assert local(path) == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "login", "https://jahat.example", "//jahat.example", "///jahat.example"),
        *("/\\jahat.example", "\\\\jahat.example", "/\t/jahat.example", "/\n/jahat.example"),
        *("javascript:alert(1)", " //jahat.example", "/ /x", "/\u0085/jahat.example"),
    ],
)
def test_no_way_back_leads_elsewhere(path: str) -> None:
    assert local(path) == "/"


def test_a_screen_opens_with_its_own_link_only(panel: Panel, browser: Open) -> None:
    nobody = browser()
    key = panel.keys.for_screen("stage")
    assert nobody.get(f"/stage?key={key}").json() == "screen"
    assert nobody.get(f"/stage?key={panel.keys.for_screen('overlay')}").status_code == 403
    assert nobody.get("/stage").headers["location"] == "/login?next=/stage"
    assert browser("Citra").get("/stage").json() == "person"
    assert nobody.get(f"/api/see?key={key}").status_code == 401


def test_a_stand_opens_with_its_own_link_only(panel: Panel, browser: Open) -> None:
    nobody = browser()
    key = panel.keys.for_stand(7)
    assert nobody.get(f"/stand/7?key={key}").json() == "link"
    assert nobody.get(f"/stand/8?key={key}").status_code == 403
    assert browser("Budi").get("/stand/8").json() == "person"


def test_a_request_costs_one_query_and_a_minute_one_more(panel: Panel, browser: Open) -> None:
    one = browser("Budi")
    said: list[str] = []
    engine = panel.accounts._database._engine

    @event.listens_for(engine, "before_cursor_execute")
    def _said(_: Any, __: Any, statement: str, *rest: Any) -> None:
        said.append(statement.split()[0])

    for _ in range(3):
        one.get("/api/see")
    assert said == ["SELECT"] * 3
    panel.clock.turn(60)
    one.get("/api/see")
    one.get("/api/see")
    assert said[3:] == ["SELECT", "BEGIN", "UPDATE", "SELECT"]


def test_a_database_that_can_not_be_used_is_said_and_breaks_nothing(
    panel: Panel, browser: Open
) -> None:
    one = browser("Budi")
    aside = panel.file.rename(panel.file.with_suffix(".aside"))
    panel.accounts.close()
    panel.file.mkdir()
    answer = one.get("/api/see")
    assert (answer.status_code, set(answer.json())) == (503, {"id", "en"})
    page = one.get("/page/see")
    assert page.status_code == 503 and "Periksa ruang disk" in page.text
    panel.file.rmdir()
    aside.rename(panel.file)
    assert one.get("/api/see").status_code == 200


def test_the_api_says_that_it_takes_device_tokens(panel: Panel, address: str) -> None:
    document = requests.get(f"{address}/openapi.json").json()
    assert document["components"]["securitySchemes"]["device"]["scheme"] == "bearer"
    assert document["paths"]["/api/operate"]["post"]["security"] == [{"device": []}]
    assert not [path for path in document["paths"] if path.startswith(("/login", "/admin"))]
