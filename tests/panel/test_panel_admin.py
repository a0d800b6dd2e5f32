"""Administration by its forms, without JavaScript: people, devices, links, the audit list."""

import csv
import html
import io
import re
from collections.abc import Callable

import pytest
from identity import GOOD, Browser, Panel

from pipeline.panel.rights import Person, Role
from pipeline.panel.routes.admin import PAGE

Open = Callable[..., Browser]

PAGES = ["/admin", "/admin/devices", "/admin/links", "/admin/audit", "/admin/audit.csv"]
ORDERS = [
    *("/admin/people/add", "/admin/people/role", "/admin/people/reset", "/admin/people/remove"),
    *("/admin/devices/add", "/admin/devices/revoke"),
]


def copied(page: str) -> list[str]:
    """What the page offers for copying."""
    return [html.unescape(text) for text in re.findall(r'<input readonly value="([^"]*)"', page)]


def last(panel: Panel) -> tuple[str, str, dict[str, object]]:
    entry = panel.accounts.trail.entries()[0]
    return entry.who, entry.what, entry.detail


@pytest.mark.parametrize("name", ["Budi", "Citra"])
def test_only_admins_get_in(browser: Open, name: str) -> None:
    one, nobody = browser(name), browser()
    assert [one.get(path).status_code for path in PAGES] == [403] * len(PAGES)
    assert [one.order(path).status_code for path in ORDERS] == [403] * len(ORDERS)
    assert [nobody.get(path).status_code for path in PAGES] == [303] * len(PAGES)
    assert [nobody.post(path).status_code for path in ORDERS] == [303] * len(ORDERS)


def test_no_order_of_an_admin_can_be_forged(panel: Panel, browser: Open) -> None:
    one = browser("Sri")
    form = {"name": "Budi", "role": "admin", "number": "1"}
    assert [one.post(path, form).status_code for path in ORDERS] == [403] * len(ORDERS)
    assert len(panel.accounts.people.all()) == 3 and not panel.accounts.devices.all()


def test_a_person_is_added_by_a_link_that_is_shown_once(panel: Panel, browser: Open) -> None:
    one = browser("Sri")
    name = "Dewi <script>alert(1)</script>"
    page = one.order("/admin/people/add", name=name, role="organiser").text
    (link,) = copied(page)
    assert link.startswith(f"{one.address}/setup?key=")
    assert "<script>alert" not in page and "belum memilih sandi" in page
    assert last(panel) == ("Sri", "person.add", {"name": name, "role": "organiser"})
    assert not copied(one.get("/admin").text)
    key = link.partition("key=")[2]
    form = {"key": key, "password": GOOD, "again": GOOD}
    assert browser().post("/setup", form).status_code == 303


def test_the_answer_to_an_order_has_an_address_that_can_be_opened(browser: Open) -> None:
    one = browser("Sri")
    assert one.get("/admin/people/add?lang=en").headers["location"] == "/admin"
    assert one.get("/admin/devices/add").headers["location"] == "/admin/devices"


def test_a_name_that_is_taken_is_said_and_kept_in_the_form(panel: Panel, browser: Open) -> None:
    answer = browser("Sri").order("/admin/people/add", name="BUDI", role="crew")
    assert answer.status_code == 400
    assert "sudah ada" in answer.text and 'value="BUDI"' in answer.text
    assert last(panel)[1] == "login"


def test_roles_passwords_and_people_are_changed(panel: Panel, browser: Open) -> None:
    one, budi = browser("Sri"), browser("Budi")
    one.order("/admin/people/role", name="Budi", role="organiser")
    assert last(panel) == ("Sri", "person.role", {"name": "Budi", "role": "organiser"})
    assert budi.get("/api/see").json() == ["Budi", "organiser", "person"]
    assert len(copied(one.order("/admin/people/reset", name="Budi").text)) == 1
    assert last(panel) == ("Sri", "person.reset", {"name": "Budi"})
    assert budi.get("/api/see").status_code == 401
    assert "Citra dihapus" in one.order("/admin/people/remove", name="Citra").text
    assert last(panel) == ("Sri", "person.remove", {"name": "Citra"})
    assert [account.name for account in panel.accounts.people.all()] == ["Budi", "Sri"]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/admin/people/remove", {"name": "Sri"}),
        ("/admin/people/reset", {"name": "Sri"}),
        ("/admin/people/role", {"name": "Sri", "role": "crew"}),
        ("/admin/people/role", {"name": "Budi", "role": "guest"}),
        ("/admin/people/role", {"name": "Tak Dikenal", "role": "crew"}),
        ("/admin/people/remove", {}),
        ("/admin/devices/add", {"name": "", "role": "crew"}),
        ("/admin/devices/add", {"name": "Tombol"}),
        ("/admin/devices/revoke", {"number": "9"}),
        ("/admin/devices/revoke", {"number": "²"}),
        ("/admin/devices/revoke", {"number": "9" * 30}),
    ],
)
def test_what_can_not_be_done_is_said_and_not_noted(
    panel: Panel, browser: Open, path: str, fields: dict[str, str]
) -> None:
    answer = browser("Sri").order(path, **fields)
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert last(panel)[1] == "login"


def test_a_devices_token_is_shown_once_with_a_line_that_works(panel: Panel, browser: Open) -> None:
    one = browser("Sri")
    page = one.order("/admin/devices/add", name="Stream Deck", role="crew").text
    token, line = copied(page)
    assert f"Authorization: Bearer {token}" in line and f"{one.address}/api/take" in line
    assert last(panel) == ("Sri", "device.add", {"name": "Stream Deck", "role": "crew"})
    assert token not in one.get("/admin/devices").text
    device = browser(Authorization=f"Bearer {token}")
    assert device.post("/api/operate").status_code == 200
    assert "dicabut" in one.order("/admin/devices/revoke", number="1").text
    assert last(panel) == ("Sri", "device.revoke", {"name": "Stream Deck"})
    assert device.post("/api/operate").status_code == 401


def test_links_of_screens_and_stands_open_their_pages(panel: Panel, browser: Open) -> None:
    page = browser("Sri").get("/admin/links").text
    links = copied(page)
    nobody = browser()
    assert len(links) == 4 and page.count("<svg") == 4
    assert nobody.get(links[0].removeprefix(nobody.address)).json() == "screen"
    assert [nobody.get(link.removeprefix(nobody.address)).json() for link in links[2:]] == [
        "link"
    ] * 2
    assert "Batik &lt;b&gt;Jlamprang&lt;/b&gt; &amp; Co" in page and "<b>Jlamprang" not in page
    assert "hanya berlaku di komputer ini" in page
    assert "style=" not in page and "<style" not in page  # the policy allows none


def test_links_lead_to_the_address_of_the_settings(panel: Panel, browser: Open) -> None:
    address = "https://tayang.pekalongan.example"
    own = panel.settings.panel.model_copy(update={"address": address})
    panel.settings = panel.settings.model_copy(update={"panel": own})
    page = browser("Sri").get("/admin/links").text
    assert copied(page)[2] == f"{address}/stand/1?key={panel.keys.for_stand(1)}"
    assert "hanya berlaku di komputer ini" not in page


def test_the_audit_list_is_filtered_and_paged(panel: Panel, browser: Open) -> None:
    for number in range(PAGE + 10):
        panel.accounts.trail.note(
            Person("Tombol", Role.crew, "device"), "take", n=f"nomor-{number}"
        )
    one = browser("Sri")
    first = one.get("/admin/audit?who=Tombol").text
    assert first.count("<tr>") == PAGE + 1 and "nomor-59" in first and "nomor-9<" not in first
    older = html.unescape(re.findall(r'href="(/admin/audit\?[^"]*before=[^"]*)"', first)[0])
    second = one.get(older).text
    assert second.count("<tr>") == 11 and "nomor-9<" in second and "Lebih lama" not in second
    assert "masuk" not in re.sub(r"<option.*?</option>", "", second)
    assert one.get("/admin/audit?what=login").text.count("<tr>") == 2
    assert "Tidak ada catatan" in one.get("/admin/audit?who=x").text


@pytest.mark.parametrize("before", ["x", "-1", "1.5", "²", "9" * 40])
def test_a_page_that_is_none_is_no_error(browser: Open, before: str) -> None:
    assert browser("Sri").get(f"/admin/audit?before={before}").status_code == 200


def test_the_audit_file_holds_text_and_no_formulas(panel: Panel, browser: Open) -> None:
    panel.accounts.trail.note(Person("=1+1", Role.crew), "@take", item='a,"b"\n')
    answer = browser("Sri").get("/admin/audit.csv?who=%3D1%2B1")
    assert "attachment" in answer.headers["content-disposition"]
    header, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert len(header) == len(row) == 7
    assert row[0] == "2026-11-24T08:00:00+07:00"
    assert (row[1], row[2], row[4], row[5]) == (
        "'=1+1",
        "Kru",
        "'@take",
        '{"item": "a,\\"b\\"\\n"}',
    )
