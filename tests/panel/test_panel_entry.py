"""Signing in and out, setting up and changing the password, by the forms that people use."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from identity import GOOD, Browser, Panel

from pipeline.panel.passwords import SHORTEST
from pipeline.panel.rights import Person, Role
from pipeline.panel.throttle import FREE

Open = Callable[..., Browser]


def noted(panel: Panel) -> list[tuple[str, str, str]]:
    """Who, what and outcome, the oldest first."""
    return [(e.who, e.what, e.outcome) for e in reversed(panel.accounts.trail.entries())]


def test_signing_in_leads_to_where_one_wanted_to_go(browser: Open) -> None:
    one = browser()
    form = one.get("/login?next=/page/see%3Fa%3D1").text
    assert 'name="next" value="/page/see?a=1"' in form
    answer = one.login("sri", next="/page/see?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/page/see?a=1")
    assert one.get("/").json() == "Sri"
    assert one.get("/login?next=/page/see").headers["location"] == "/page/see"


def test_signing_in_leads_to_no_other_site(browser: Open) -> None:
    one = browser()
    assert 'name="next" value="/"' in one.get("/login?next=//jahat.example").text
    for path in ("https://jahat.example", "//jahat.example", "/\\jahat.example"):
        assert browser().login("Sri", next=path).headers["location"] == "/"
    one.login("Sri")
    assert one.get("/login?next=//jahat.example").headers["location"] == "/"


def test_a_session_begins_with_a_token_that_nobody_knew_before(panel: Panel, browser: Open) -> None:
    planted = panel.accounts.sessions.begin("Budi")
    one = browser()
    one.session.cookies.set("tayang", planted, domain="127.0.0.1", path="/")
    one.login("Sri")
    assert one.session.cookies["tayang"] != planted
    assert one.get("/").json() == "Sri"
    assert panel.accounts.sessions.person(planted) is None


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(browser: Open) -> None:
    def answer(name: str) -> tuple[int, str]:
        page = browser().login(name, "salah sekali")
        return page.status_code, page.text.replace(name, "?")

    assert answer("Sri") == answer("Tak Dikenal")
    assert answer("Sri")[0] == 403
    assert "Nama atau sandi salah" in answer("Sri")[1]


def test_names_with_markup_are_shown_as_text(browser: Open) -> None:
    page = browser().login('"><script>alert(1)</script>', "salah sekali").text
    assert "<script>" not in page and "&lt;script&gt;" in page


def test_after_five_failures_one_waits_even_with_the_right_password(
    panel: Panel, browser: Open
) -> None:
    one = browser()
    for _ in range(FREE + 1):
        assert one.login("Sri", "salah sekali").status_code == 403
    answer = one.login("Sri")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Coba lagi dalam 1 detik" in answer.text
    assert one.login("Budi").status_code == 429  # the address waits too
    panel.clock.turn(1)
    assert one.login("Sri").status_code == 303
    assert [w for w in noted(panel) if w[2] == "refused"] == [("", "login", "refused")] * 5


def test_a_crowd_at_one_address_may_sign_in(browser: Open) -> None:
    def sign_in(number: int) -> int:
        one = browser()
        while (status := one.login(["Sri", "Budi", "Citra"][number % 3]).status_code) != 303:
            assert status == 503
        return status

    for _ in range(3):
        assert [sign_in(n) for n in range(9)] == [303] * 9


def test_four_who_sign_in_at_once_get_a_session_each(panel: Panel, browser: Open) -> None:
    browsers = [browser() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one.login("Budi"), browsers))
    assert [answer.status_code for answer in answers] == [303] * 4
    tokens = {one.session.cookies["tayang"] for one in browsers}
    assert len(tokens) == 4 and all(map(panel.accounts.sessions.person, tokens))


def test_no_other_site_can_sign_anybody_in(browser: Open) -> None:
    one = browser(Origin="https://jahat.example")
    assert one.login("Sri").status_code == 403
    assert one.post("/setup", {"key": "x"}).status_code == 403


def test_signing_out_ends_the_session_for_good(panel: Panel, browser: Open) -> None:
    one = browser("Sri")
    token = one.session.cookies["tayang"]
    assert one.post("/logout").status_code == 403  # another site's form
    assert one.order("/logout").headers["location"] == "/login"
    assert "tayang" not in one.session.cookies
    assert panel.accounts.sessions.person(token) is None
    assert noted(panel) == [("Sri", "login", "done"), ("Sri", "logout", "done")]


def test_the_first_admin_sets_up_the_panel_once(empty: Panel, address: str) -> None:
    key = empty.accounts.people.first_admin()
    with closing(Browser(address)) as one, closing(Browser(address)) as other:
        assert 'name="name"' in one.get(f"/setup?key={key}").text
        form = {"key": str(key), "name": "Sri", "password": GOOD, "again": GOOD}
        assert "tidak sama" in one.post("/setup", form | {"again": "lain"}).text
        weak = one.post("/setup", form | {"password": "sri", "again": "sri"})
        assert weak.status_code == 400 and "Sandi sekurangnya" in weak.text
        assert one.post("/setup", form | {"name": " "}).status_code == 400
        assert one.post("/setup", form).headers["location"] == "/"
        assert one.get("/api/administer").json() == ["Sri", "admin", "person"]
        again = [other.get(f"/setup?key={key}"), other.post("/setup", form | {"name": "Eka"})]
        again += [other.get("/setup"), other.post("/setup"), other.get("/setup?key=%00")]
        assert [answer.status_code for answer in again] == [403] * 5
    assert [account.name for account in empty.accounts.people.all()] == ["Sri"]
    assert noted(empty) == [("Sri", "setup", "done")]


def test_whoever_is_invited_chooses_a_password_and_is_in(panel: Panel, browser: Open) -> None:
    key = panel.accounts.people.add("Dewi <i>", "crew")
    one = browser("Budi")  # whatever session the browser had
    assert "Dewi &lt;i&gt;" in one.get(f"/setup?key={key}").text
    form = {"key": key, "name": "Sri", "password": GOOD, "again": GOOD}
    assert one.post("/setup", form).status_code == 303
    assert one.get("/api/see").json() == ["Dewi <i>", "crew", "person"]


def test_a_changed_password_ends_all_other_sessions(panel: Panel, browser: Open) -> None:
    here, there = browser("Budi"), browser("Budi")
    before = here.session.cookies["tayang"]
    new = {"old": GOOD, "password": "payung merah jambu", "again": "payung merah jambu"}
    assert here.order("/password", **new).status_code == 303
    assert here.get("/").json() == "Budi" and there.get("/").json() == "nobody"
    assert here.session.cookies["tayang"] != before
    assert browser().login("Budi").status_code == 403
    assert browser().login("Budi", "payung merah jambu").status_code == 303
    assert ("Budi", "password", "done") in noted(panel)


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"old": "salah sekali"}, 403, "Nama atau sandi salah"),
        ({"again": "lain"}, 400, "tidak sama"),
        ({"password": "budi", "again": "budi"}, 400, "Sandi sekurangnya"),
    ],
)
def test_a_password_is_not_changed_by_mistake(
    browser: Open, changed: dict[str, str], status: int, said: str
) -> None:
    one = browser("Budi")
    form = {"old": GOOD, "password": "payung merah jambu", "again": "payung merah jambu"}
    answer = one.order("/password", **(form | changed))
    assert answer.status_code == status and said in answer.text
    assert browser().login("Budi").status_code == 303


def test_whoever_finds_an_open_panel_can_not_try_passwords_either(browser: Open) -> None:
    one = browser("Budi")
    form = {"old": "salah sekali", "password": GOOD + "!", "again": GOOD + "!"}
    tries = [one.order("/password", **form).status_code for _ in range(FREE + 2)]
    assert tries == [403] * (FREE + 1) + [429]


def test_a_device_has_no_password_and_no_session(panel: Panel, browser: Open) -> None:
    token = panel.accounts.devices.add("Tombol", "admin", "Sri")
    one = browser(Authorization=f"Bearer {token}")
    assert one.get("/password").status_code == 403
    assert one.post("/logout").status_code == 403


def test_a_full_disk_is_said_at_sign_in_and_keeps_nobody_out_who_is_in(
    panel: Panel, browser: Open
) -> None:
    one = browser("Budi")
    with panel.accounts._database.reading() as connection:
        connection.exec_driver_sql("pragma query_only = on")
    answer = browser().login("Sri")
    assert answer.status_code == 503 and "Program siaran tidak terganggu" in answer.text
    assert one.order("/api/operate").status_code == 200
    assert panel.accounts.trail.entries()[0].who == "Budi"  # and the warning told of Sri
    assert "Sri, login" in panel.warnings[0].id


def test_the_hint_says_the_length_that_is_asked_for(panel: Panel, browser: Open) -> None:
    page = browser().get(f"/setup?key={panel.accounts.people.add('Dewi', 'crew')}").text
    assert f"Sekurangnya {SHORTEST} karakter" in page and f'minlength="{SHORTEST}"' in page


def test_nobody_is_noted_under_another_name(panel: Panel, browser: Open) -> None:
    browser("sri")
    panel.accounts.trail.note(Person("Tombol", Role.crew, "device"), "take")
    assert noted(panel) == [("Sri", "login", "done"), ("Tombol", "take", "done")]
