"""People, sessions, devices and the audit list in a real SQLite file."""

import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path

import pytest
from identity import CHEAP, GOOD, START, Panel

from pipeline.clock import HandClock
from pipeline.errors import OutsideError, UsageError
from pipeline.panel.accounts import Accounts
from pipeline.panel.passwords import WAITING, Busy, Passwords, weakness
from pipeline.panel.rights import Person, Role

DAY = 24 * 3600
SRI = Person("Sri", Role.admin)


def everything(file: Path) -> str:
    """All that is in the database."""
    with sqlite3.connect(file) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    return dump


def test_the_file_is_for_its_owner_only(panel: Panel) -> None:
    assert stat.S_IMODE(panel.file.stat().st_mode) == 0o600


def test_no_token_and_no_password_is_in_the_database(panel: Panel) -> None:
    accounts = panel.accounts
    session = accounts.sessions.begin("Sri")
    person = accounts.sessions.person(session)
    assert person is not None
    secrets = [session, accounts.devices.add("Tombol", "crew", "Sri")]
    secrets += [accounts.people.add("Dewi", "crew"), person.csrf, GOOD]
    assert not [secret for secret in secrets if secret in everything(panel.file)]
    assert "$argon2id$" in everything(panel.file)


def test_a_session_ends_after_twelve_idle_hours(panel: Panel) -> None:
    token = panel.accounts.sessions.begin("Budi")
    panel.clock.turn(12 * 3600 - 1)
    assert panel.accounts.sessions.person(token)
    panel.clock.turn(12 * 3600 - 1)
    assert panel.accounts.sessions.person(token)
    panel.clock.turn(12 * 3600)
    assert panel.accounts.sessions.person(token) is None


def test_a_session_ends_after_seven_days_however_busy(panel: Panel) -> None:
    token = panel.accounts.sessions.begin("Budi")
    for _ in range(7 * 24 - 1):
        panel.clock.turn(3600)
        assert panel.accounts.sessions.person(token)
    panel.clock.turn(3600)
    assert panel.accounts.sessions.person(token) is None


def test_sessions_that_are_over_are_cleared_away(panel: Panel) -> None:
    panel.accounts.sessions.begin("Budi")
    panel.clock.turn(DAY)
    panel.accounts.sessions.begin("Budi")
    with sqlite3.connect(panel.file) as connection:
        assert connection.execute("select count(*) from session").fetchone() == (1,)
    connection.close()


def test_a_new_role_counts_from_the_next_request(panel: Panel) -> None:
    token = panel.accounts.sessions.begin("Budi")
    panel.accounts.people.set_role("Budi", "organiser")
    found = panel.accounts.sessions.person(token)
    assert found is not None and found.role is Role.organiser


@pytest.mark.parametrize("ending", ["remove", "reset"])
def test_sessions_end_when_a_person_is_removed_or_gets_a_new_password(
    panel: Panel, ending: str
) -> None:
    token = panel.accounts.sessions.begin("Budi")
    getattr(panel.accounts.people, ending)("Budi")
    assert panel.accounts.sessions.person(token) is None
    assert panel.accounts.people.verify("Budi", GOOD) is None
    if ending == "remove":  # somebody else of that name is somebody else
        panel.join("Budi", "crew")
        assert panel.accounts.sessions.person(token) is None


def test_the_last_admin_stays_admin(panel: Panel) -> None:
    people = panel.accounts.people
    people.add("Dewi", "admin")  # has not chosen a password: may never come
    for change in (
        lambda: people.remove("Sri"),
        lambda: people.reset("sri "),
        lambda: people.set_role("Sri", "crew"),
    ):
        with pytest.raises(UsageError, match="satu-satunya admin"):
            change()
    panel.join("Eka", "admin")
    people.remove("Sri")
    assert [p.name for p in people.all() if p.role is Role.admin and p.ready] == ["Eka"]


def test_two_admins_who_remove_each_other_at_once_leave_one(panel: Panel) -> None:
    panel.join("Eka", "admin")
    together = threading.Barrier(2)

    def remove(name: str) -> bool:
        together.wait()
        try:
            panel.accounts.people.remove(name)
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(remove, ["Sri", "Eka"])) == [False, True]


@pytest.mark.parametrize("name", ["BUDI", " budi ", "\uff22udi"])
def test_a_name_that_looks_like_another_is_taken(panel: Panel, name: str) -> None:
    with pytest.raises(UsageError, match="sudah ada"):
        panel.accounts.people.add(name, "crew")
    assert panel.accounts.people.verify(name, GOOD)


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "a\x00b", "a\u202eb"])
def test_a_name_that_can_not_be_read_is_refused(panel: Panel, name: str) -> None:
    with pytest.raises(UsageError):
        panel.accounts.people.add(name, "crew")


@pytest.mark.parametrize("role", ["guest", "", "root"])
def test_only_real_roles_can_be_given(panel: Panel, role: str) -> None:
    with pytest.raises(UsageError):
        panel.accounts.people.add("Dewi", role)
    with pytest.raises(UsageError):
        panel.accounts.devices.add("Tombol", role, "Sri")


def test_an_invitation_is_good_once_and_for_a_day(panel: Panel) -> None:
    people = panel.accounts.people
    token = people.add("Dewi", "crew")
    with pytest.raises(UsageError):  # too weak: the invitation stays good
        people.accept(token, "", "dewi")
    people.accept(token, "", GOOD)
    with pytest.raises(UsageError, match="sudah dipakai"):
        people.accept(token, "", GOOD + "!")
    late = people.reset("Dewi")
    panel.clock.turn(DAY)
    with pytest.raises(UsageError, match="kedaluwarsa"):
        people.accept(late, "", GOOD)


def test_of_ten_who_use_an_invitation_at_once_one_does(panel: Panel) -> None:
    token = panel.accounts.people.add("Dewi", "crew")
    done = []

    def accept(number: int) -> None:
        try:
            panel.accounts.people.accept(token, "", f"{GOOD} {number}")
        except (UsageError, Busy):
            return
        done.append(number)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(accept, range(10)))
    assert len(done) == 1
    assert panel.accounts.people.verify("Dewi", f"{GOOD} {done[0]}")


def test_a_newer_invitation_replaces_the_older_one(panel: Panel) -> None:
    old = panel.accounts.people.add("Dewi", "crew")
    new = panel.accounts.people.reset("Dewi")
    with pytest.raises(UsageError):
        panel.accounts.people.invited(old)
    assert panel.accounts.people.invited(new) == "Dewi"


def test_the_first_admin_is_invited_until_there_is_one(empty: Panel) -> None:
    people = empty.accounts.people
    old, key = people.first_admin(), people.first_admin()
    assert old and key
    with pytest.raises(UsageError):
        people.invited(old)
    assert people.accept(key, "Sri", GOOD).role is Role.admin
    assert people.first_admin() is None


def test_devices_are_known_by_their_token_until_it_is_revoked(panel: Panel) -> None:
    devices = panel.accounts.devices
    token = devices.add("Tombol", "crew", "Sri")
    assert devices.all()[0].used is None
    assert devices.person(token) == Person("Tombol", Role.crew, "device")
    assert devices.all()[0].used == panel.clock.now()
    assert devices.revoke(1) == "Tombol"
    assert devices.person(token) is None
    with pytest.raises(UsageError, match="dicabut"):
        devices.revoke(1)
    with pytest.raises(UsageError, match="sudah dipakai"):
        devices.add("tombol", "crew", "Sri")


def test_the_audit_list_outlives_the_people_in_it(panel: Panel) -> None:
    panel.accounts.trail.note(Person("Budi", Role.crew), "take", item="2A-1")
    panel.accounts.people.remove("Budi")
    entry = panel.accounts.trail.entries()[0]
    assert (entry.who, entry.role, entry.what, entry.detail) == (
        *("Budi", "crew", "take"),
        {"item": "2A-1"},
    )


def test_the_audit_list_is_read_page_by_page_and_by_person_and_action(panel: Panel) -> None:
    trail = panel.accounts.trail
    for number in range(5):
        trail.note(SRI if number % 2 else None, "take" if number < 3 else "mark", n=number)

    def numbers(*asked: object) -> list[int]:
        return [entry.detail["n"] for entry in trail.entries(*asked)]  # type: ignore[arg-type]

    assert numbers("", "", None, 2) == [4, 3]
    assert numbers("", "", trail.entries()[1].number, 2) == [2, 1]
    assert numbers("Sri") == [3, 1]
    assert numbers("Sri", "take") == [1]
    assert trail.choices() == (("Sri",), ("mark", "take"))


def test_what_strangers_type_fills_no_disk(panel: Panel) -> None:
    panel.accounts.trail.note(None, "login", "refused", name="x" * 1_000_000)
    assert len(panel.accounts.trail.entries()[0].detail["name"]) == 200


def test_a_disk_that_takes_nothing_stops_no_order_and_no_session(panel: Panel) -> None:
    accounts = panel.accounts
    token, device = accounts.sessions.begin("Budi"), accounts.devices.add("Tombol", "crew", "Sri")
    holder = sqlite3.connect(panel.file, isolation_level=None)
    full = int(holder.execute("pragma page_count").fetchone()[0])
    holder.close()
    with accounts._database.reading() as connection:  # SQLite's own "database or disk is full"
        connection.exec_driver_sql(f"pragma max_page_count = {full}")
    panel.clock.turn(3600)
    note = "x" * 200
    for _ in range(60):
        accounts.trail.note(SRI, "take", item=note, more=note, still=note)
    assert "database or disk is full" in panel.warnings[-1].id
    assert "Sri, take, done" in panel.warnings[-1].en
    assert accounts.sessions.person(token) and accounts.devices.person(device)


def test_a_file_that_nobody_may_write_keeps_those_in_who_are(panel: Panel) -> None:
    accounts = panel.accounts
    token = accounts.sessions.begin("Budi")
    with accounts._database.reading() as connection:
        connection.exec_driver_sql("pragma query_only = on")
    panel.clock.turn(120)
    assert accounts.sessions.person(token) and accounts.sessions.person(token)
    assert len(panel.warnings) == 1  # not one for each request
    accounts.trail.note(SRI, "take")
    assert len(panel.warnings) == 2
    with pytest.raises(OutsideError):
        accounts.sessions.begin("Budi")


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "panel.sqlite"
    file.write_bytes(b"not a database, but long enough to be read as one" * 100)
    with pytest.raises(OutsideError, match=r"panel\.sqlite"):
        Accounts(file, HandClock(START), print, Passwords(CHEAP))


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("pendek", "10 karakter"),
        ("x" * 201, "200 karakter"),
        ("Sri Wahyuni", "nama"),
        ("sri wahyuni99", "nama"),
        ("password2026!", "ditebak"),
        ("Pekalongan2021", "ditebak"),
        ("1234567890", "ditebak"),
        ("aaaaaaaaaaaa", "ditebak"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, why: str) -> None:
    said = weakness(password, "Sri Wahyuni")
    assert said is not None and why in said.id


@pytest.mark.parametrize(
    "password", [GOOD, "kopi hitam tanpa gula", "x7#qLm2pVz", "ñandú 🙂 sepeda"]
)
def test_other_passwords_need_no_signs_and_no_digits(password: str) -> None:
    assert weakness(password, "Sri Wahyuni") is None


def test_of_a_flood_of_passwords_only_a_few_wait() -> None:
    passwords = Passwords(CHEAP)
    kept = passwords.hash(GOOD)
    with ThreadPoolExecutor(30) as pool:
        with passwords._turn:  # somebody's is being hashed
            tries = [pool.submit(passwords.fits, kept, GOOD) for _ in range(30)]
            refused = list(islice(as_completed(tries), 30 - WAITING - 1))
        assert all(isinstance(one.exception(), Busy) for one in refused)
        assert [one.result() for one in tries if one not in refused] == [True] * (WAITING + 1)


def test_a_name_that_nobody_has_costs_one_hash_too(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = []

    class Counting(type(CHEAP)):  # type: ignore[misc]
        def verify(self, kept: str, password: str) -> bool:
            checked.append(kept)
            return bool(super().verify(kept, password))

    passwords = Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    monkeypatch.setattr(panel.accounts.people, "_passwords", passwords)
    panel.accounts.people.add("Dewi", "crew")
    for name in ("Budi", "Tidak Ada", "Dewi", ""):
        assert panel.accounts.people.verify(name, "salah") is None
    assert len(checked) == 4
