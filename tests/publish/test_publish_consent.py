"""Signing in: in this machine's browser, with the link opened elsewhere, and all that goes wrong."""

import json
import threading
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from likegoogle import SCOPE, Google, like_google

from pipeline.clock import HandClock
from pipeline.errors import InputFaults, OutsideError, UsageError
from pipeline.publish import BadAnswer, begin_login, finish_login, login
from pipeline.publish.client import AUTH_URI, client_of, read_client
from pipeline.publish.signin import TOKEN_URI, signin_of, token_file
from pipeline.settings import YouTube

NOW = datetime(2021, 11, 20, tzinfo=UTC)


@pytest.fixture
def google() -> Iterator[Google]:
    with like_google() as google:
        yield google


@pytest.fixture
def clock() -> HandClock:
    return HandClock(NOW)


@pytest.fixture
def youtube(tmp_path: Path, google: Google) -> YouTube:
    return YouTube(address=google.url, token=tmp_path / "var" / "token.json")


class Person(webbrowser.BaseBrowser):
    """Whoever sits at the browser; loads all the pages that consent led to, one after the other."""

    def __init__(self, google: Google, *, error: str | None = None, detour: str = "") -> None:
        super().__init__()
        self.pages: list[tuple[int, str]] = []
        self._google, self._error, self._detour = google, error, detour

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        back = self._google.consent(url, error=self._error)
        self.thread = threading.Thread(target=self._load, args=(back,))
        self.thread.start()
        return True

    def _load(self, back: str) -> None:
        base = back.partition("?")[0]
        for address in [f"{base}{self._detour}", back] if self._detour else [back]:
            try:
                with urllib.request.urlopen(address) as answer:
                    self.pages.append((answer.status, answer.read().decode()))
            except urllib.error.HTTPError as answer:
                with answer:
                    self.pages.append((answer.code, answer.read().decode()))


class Impatient(HandClock):
    """A clock on which nothing that is waited for ever comes."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return False


# ---- in this machine's browser


def test_consent_in_a_browser_becomes_a_private_token_file(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    person, links = Person(google), list[str]()
    file = login(youtube, clock, browser=person, on_link=links.append)
    person.thread.join()
    assert file == token_file(youtube)
    assert file.stat().st_mode & 0o777 == 0o600
    signin = signin_of(youtube, clock)
    assert signin.credentials.refresh_token == "lasting"
    assert signin.credentials.valid
    assert signin.scopes == (SCOPE,)
    assert signin.since == NOW
    assert links[0].startswith(f"{google.url}/auth?")
    ((status, page),) = person.pages
    assert status == 200
    assert "Halaman ini boleh ditutup" in page
    assert "You may close this page" in page


@pytest.mark.parametrize(
    "detour", ["favicon.ico", "?state=another&code=stolen", "?code=without-a-state", "?x=<script>"]
)
def test_what_is_no_answer_to_our_question_is_turned_away_and_waited_on(
    youtube: YouTube, clock: HandClock, google: Google, detour: str
) -> None:
    person = Person(google, detour=detour)
    assert login(youtube, clock, browser=person) == token_file(youtube)
    person.thread.join()
    (first, page), (second, _) = person.pages
    assert (first, second) == (400, 200)
    assert "<script>" not in page
    assert "stolen" not in page


def test_consent_that_is_not_given_is_said_here_and_in_the_browser(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    person = Person(google, error="<b>access_denied")
    with pytest.raises(OutsideError, match="consent was not given"):
        login(youtube, clock, browser=person)
    person.thread.join()
    assert "consent was not given: &lt;b&gt;access_denied" in person.pages[0][1]
    assert not token_file(youtube).exists()


def test_a_browser_that_never_comes_back_is_told_of_the_other_way(
    youtube: YouTube,
) -> None:
    class Gone(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            return True

    with pytest.raises(OutsideError, match="no answer came") as raised:
        login(youtube, Impatient(NOW), browser=Gone())
    assert raised.value.hint is not None
    assert "--elsewhere" in raised.value.hint.id


@pytest.mark.parametrize("there", [None, "w3m", "/usr/bin/lynx", "unable"])
def test_where_no_browser_can_be_opened_there_is_the_other_way(
    youtube: YouTube, clock: HandClock, monkeypatch: pytest.MonkeyPatch, there: str | None
) -> None:
    class Unable(webbrowser.BaseBrowser):
        def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
            assert self.name == "unable", "a text browser can't give consent"
            return False

    def get() -> webbrowser.BaseBrowser:
        if there is None:
            raise webbrowser.Error("could not locate runnable browser")
        return Unable(there)

    monkeypatch.setattr(webbrowser, "get", get)
    assert login(youtube, clock) is None


# ---- with the link opened elsewhere


def test_a_link_opened_elsewhere_is_answered_by_the_address_of_the_last_page(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    answer = google.consent(begin_login(youtube))
    waiting = list(token_file(youtube).parent.iterdir())
    assert [path.stat().st_mode & 0o777 for path in waiting] == [0o600]
    file = finish_login(youtube, clock, answer)
    assert list(file.parent.iterdir()) == [file]
    assert signin_of(youtube, clock).since == NOW


@pytest.mark.parametrize(
    "spoil",
    [
        lambda address: f"  {address}\n",
        lambda address: f"'{address}'",
        lambda address: f"<{address}>",
        lambda address: address.removeprefix("http://"),
        lambda address: address[:40] + "\r\n " + address[40:],
    ],
    ids=["spaces", "quotes", "brackets", "as phones show it", "broken over two lines"],
)
def test_an_address_may_be_pasted_as_phones_and_messengers_give_it(
    youtube: YouTube, clock: HandClock, google: Google, spoil: Callable[[str], str]
) -> None:
    answer = google.consent(begin_login(youtube))
    assert finish_login(youtube, clock, spoil(answer)) == token_file(youtube)


def test_a_mistyped_paste_is_refused_with_the_reason_and_may_be_tried_again(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    earlier = google.consent(begin_login(youtube))
    link = begin_login(youtube)
    answer = google.consent(link)
    wrong = {
        "": "nothing was pasted",
        "halo": "isn't the last page",
        "https://www.youtube.com/": "isn't the last page",
        link: "is the link for consenting",
        earlier: "of another link",
        answer.replace("state=", "stat="): "cut off",
    }
    for pasted, why in wrong.items():
        with pytest.raises(BadAnswer, match=why):
            finish_login(youtube, clock, pasted)
    assert google.asked == 0
    assert finish_login(youtube, clock, answer) == token_file(youtube)


def test_an_answer_counts_once(youtube: YouTube, clock: HandClock, google: Google) -> None:
    answer = google.consent(begin_login(youtube))
    finish_login(youtube, clock, answer)
    with pytest.raises(UsageError, match="no link waits"):
        finish_login(youtube, clock, answer)


def test_a_code_that_google_takes_no_more_is_said(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    answer = google.consent(begin_login(youtube))
    spoiled = answer.replace("code=code-0", "code=code-9")
    with pytest.raises(OutsideError, match="used already, or is too old"):
        finish_login(youtube, clock, spoiled)


def test_without_a_verifier_the_code_is_worth_nothing(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    """PKCE: who sees the address of the last page can't sign in with it."""
    answer = google.consent(begin_login(youtube))
    (waiting,) = token_file(youtube).parent.iterdir()
    other = json.loads(waiting.read_text()) | {"verifier": "x" * 64}
    waiting.write_text(json.dumps(other))
    with pytest.raises(OutsideError, match="invalid_grant"):
        finish_login(youtube, clock, answer)
    assert not token_file(youtube).exists()


def test_the_link_holds_no_secret(youtube: YouTube, google: Google) -> None:
    link = begin_login(youtube)
    (waiting,) = token_file(youtube).parent.iterdir()
    assert json.loads(waiting.read_text())["verifier"] not in link
    asked = parse_qs(urlsplit(link).query)
    assert asked["scope"] == [SCOPE]
    assert asked["prompt"] == ["consent"]
    assert "client_secret" not in asked


# ---- what Google gives


def test_fewer_rights_than_asked_for_are_no_sign_in(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    google.scope = "https://www.googleapis.com/auth/youtube.readonly"
    answer = google.consent(begin_login(youtube))
    with pytest.raises(OutsideError, match="change and delete the channel's videos"):
        finish_login(youtube, clock, answer)
    assert not token_file(youtube).exists()


def test_a_permission_that_does_not_last_is_no_sign_in(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    google.lasting = False
    answer = google.consent(begin_login(youtube))
    with pytest.raises(OutsideError, match="no lasting permission"):
        finish_login(youtube, clock, answer)


def test_a_sign_in_that_fails_leaves_the_former_one(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    file = finish_login(youtube, clock, google.consent(begin_login(youtube)))
    before = file.read_bytes()
    answer = google.consent(begin_login(youtube))
    google.status = 503
    with pytest.raises(OutsideError, match="Google refused"):
        finish_login(youtube, clock, answer)
    assert file.read_bytes() == before


def test_no_network_is_said_with_what_to_do(tmp_path: Path, clock: HandClock) -> None:
    with like_google() as google:
        youtube = YouTube(address=google.url, token=tmp_path / "token.json")
        answer = google.consent(begin_login(youtube))
    with pytest.raises(OutsideError, match="Google can't be reached") as raised:
        finish_login(youtube, clock, answer)
    assert raised.value.hint is not None
    assert "internet" in raised.value.hint.en


# ---- the client file

INSTALLED = {"client_id": "i.apps.googleusercontent.com", "client_secret": "rahasia"}


def test_the_client_file_says_who_asks_and_google_where(tmp_path: Path) -> None:
    file = tmp_path / "client_secret.json"
    elsewhere = {"auth_uri": "http://example.com/a", "token_uri": "http://example.com/t"}
    file.write_text("\ufeff" + json.dumps({"installed": {**INSTALLED, **elsewhere}}))
    client = client_of(YouTube(client_secret=file))
    assert (client.id, client.secret) == ("i.apps.googleusercontent.com", "rahasia")
    assert (client.auth_uri, client.token_uri) == (AUTH_URI, TOKEN_URI)
    assert "rahasia" not in repr(client)


@pytest.mark.parametrize(
    ("content", "what", "hint"),
    [
        (None, "no OAuth client file yet", "type Desktop"),
        ("<!doctype html>", "not JSON", "type Desktop"),
        ("AIzaSyA-an-api-key", "not JSON", "type Desktop"),
        ("[]", "not an OAuth client file", "type Desktop"),
        ("{}", "lacks “installed”", "type Desktop"),
        ({"web": INSTALLED}, "of type Web", "can't be changed"),
        ({"type": "service_account", "private_key": "rahasia"}, "service account", "don't work"),
        ({"refresh_token": "rahasia", **INSTALLED}, "this is a sign-in", "youtube.token"),
        ({"installed": {"client_id": "i"}}, "lacks client_secret", "Download the JSON again"),
        ({"installed": {"client_id": "", "client_secret": 5}}, "client_id, client_secret", "JSON"),
    ],
)
def test_a_client_file_that_is_none_is_named_for_what_it_is(
    tmp_path: Path, content: object, what: str, hint: str
) -> None:
    file = tmp_path / "client_secret.json"
    if content is not None:
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(InputFaults) as raised:
        read_client(file)
    (fault,) = raised.value.faults
    assert fault.hint is not None
    assert what in fault.what.en
    assert hint in fault.hint.en
    assert "rahasia" not in str(fault)
    assert fault.where == str(file)


def test_without_a_client_file_no_browser_is_opened(tmp_path: Path, clock: HandClock) -> None:
    youtube = YouTube(client_secret=tmp_path / "none.json", token=tmp_path / "token.json")
    for begin in (lambda: login(youtube, clock), lambda: begin_login(youtube)):
        with pytest.raises(InputFaults):
            begin()
    assert list(tmp_path.iterdir()) == []
