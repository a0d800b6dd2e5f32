"""A token file that stays fresh, private and whole, and credentials that ask no more than needed."""

import json
import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import google_auth_httplib2
import pytest
from google.auth.exceptions import RefreshError, TransportError
from likegoogle import Google, like_google

from pipeline.clock import HandClock
from pipeline.errors import InputFaults
from pipeline.publish import connect
from pipeline.publish.scopes import SCOPE
from pipeline.publish.signin import SignIn, read_signin, signin_of, token_file, write_private
from pipeline.publish.transport import connection, unheard
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


def signed_in(youtube: YouTube, clock: HandClock, **other: object) -> Path:
    """A token file as `login` writes it, an hour old so that its token is used up."""
    info = {
        "client_id": "i",
        "client_secret": "s",
        "refresh_token": "lasting",
        "token": "old",
        "token_uri": f"{youtube.address}/token",
        "scopes": [SCOPE],
        "expiry": clock.now().isoformat(),
        "signed_in": clock.now().isoformat(),
    }
    write_private(token_file(youtube), {**info, **other})
    return token_file(youtube)


def refresh(signin: SignIn) -> None:
    signin.credentials.refresh(google_auth_httplib2.Request(connection(True, unheard)))


@contextmanager
def full_disk() -> Iterator[None]:
    """The kernel lets this process write no byte into any file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_renewed_token_is_kept_with_the_day_of_the_login(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    file = signed_in(youtube, clock)
    clock.turn(3600)
    refresh(signin_of(youtube, clock))
    kept = signin_of(youtube, clock)
    assert kept.credentials.token == google.given[-1]
    assert kept.credentials.valid
    assert kept.since == NOW
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_token_is_renewed_shortly_before_its_end_by_the_clock_that_was_given(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    signin = signin_of(youtube, clock)
    refresh(signin)
    clock.turn(3600 - 61)
    assert signin.credentials.valid
    clock.turn(2)
    assert not signin.credentials.valid
    assert google.asked == 1


def test_a_full_disk_costs_neither_the_call_nor_the_old_file(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    file = signed_in(youtube, clock)
    before = file.read_bytes()
    signin = signin_of(youtube, clock)
    with full_disk():
        refresh(signin)
    assert signin.credentials.token == google.given[-1]
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    (fault,) = signin.faults
    assert "File too large" in fault.what.en
    clock.turn(3600)
    refresh(signin)
    assert signin.faults == ()
    assert signin_of(youtube, clock).credentials.token == google.given[-1]


def test_many_that_renew_at_once_leave_one_whole_file(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    file = signed_in(youtube, clock)
    signins = [signin_of(youtube, clock) for _ in range(8)]  # as of so many processes
    start = threading.Barrier(len(signins))

    def renew(signin: SignIn) -> None:
        start.wait()
        refresh(signin)

    threads = [threading.Thread(target=renew, args=(signin,)) for signin in signins]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert signin_of(youtube, clock).credentials.token in google.given
    assert all(signin.credentials.valid for signin in signins)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_threads_that_share_a_sign_in_ask_once(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    signin = signin_of(youtube, clock)
    google.slow = threading.Event()
    threads = [threading.Thread(target=refresh, args=(signin,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    google.slow.set()
    for thread in threads:
        thread.join()
    assert google.asked == 1


def test_what_another_process_renewed_is_taken_over_without_asking(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    ours, other = signin_of(youtube, clock), signin_of(youtube, clock)
    refresh(other)
    refresh(ours)
    assert google.asked == 1
    assert ours.credentials.token == other.credentials.token


def test_who_signs_in_anew_is_taken_over_by_what_runs(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock, refresh_token="dead")
    running = signin_of(youtube, clock)
    with pytest.raises(RefreshError):
        refresh(running)
    clock.turn(60)
    signed_in(youtube, clock)
    refresh(running)
    assert running.credentials.token == google.given[-1]
    assert running.since == NOW + timedelta(seconds=60)
    assert signin_of(youtube, clock).since == running.since


def test_a_running_process_does_not_write_over_a_newer_sign_in(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock, refresh_token="former")
    running = signin_of(youtube, clock)
    google.meanwhile = lambda: signed_in(youtube, clock, signed_in=(NOW - timedelta(1)).isoformat())
    refresh(running)
    assert signin_of(youtube, clock).credentials.refresh_token == "lasting"
    assert running.credentials.valid


def test_a_dead_sign_in_is_asked_about_once_in_ten_minutes(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock, refresh_token="dead")
    signin = signin_of(youtube, clock)
    for _ in range(40):  # a broadcast that is watched every 15 seconds
        with pytest.raises(RefreshError, match="invalid_grant"):
            refresh(signin)
        clock.turn(15)
    assert google.asked == 1
    with pytest.raises(RefreshError):
        refresh(signin)
    assert google.asked == 2


def test_a_broken_token_server_is_asked_once_each_time(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    signin = signin_of(youtube, clock)
    google.status = 503
    with pytest.raises(RefreshError) as raised:
        refresh(signin)
    assert raised.value.retryable
    assert google.asked == 1
    google.status = 200
    refresh(signin)
    assert signin.credentials.valid


def test_an_answer_that_breaks_off_is_no_token(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    google.cut = True
    with pytest.raises(TransportError):
        refresh(signin_of(youtube, clock))
    assert google.asked == 1


def test_a_short_lived_token_costs_one_question_a_call(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    google.expires_in = 1
    api = connect(youtube, clock)
    for _ in range(3):
        api.look("channels.list", part="id", mine=True)
    assert google.asked == 3


def test_when_google_says_that_it_ends_that_is_kept(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    google.more = {"refresh_token_expires_in": 604_799}
    refresh(signin_of(youtube, clock))
    assert signin_of(youtube, clock).ends == NOW + timedelta(seconds=604_799)


def test_what_google_grants_less_from_now_on_is_known(
    youtube: YouTube, clock: HandClock, google: Google
) -> None:
    signed_in(youtube, clock)
    google.scope = "https://www.googleapis.com/auth/youtube.readonly"
    signin = signin_of(youtube, clock)
    refresh(signin)
    assert signin.scopes == (google.scope,)


def test_a_file_that_others_may_read_is_narrowed_and_said(
    youtube: YouTube, clock: HandClock
) -> None:
    file = signed_in(youtube, clock)
    file.chmod(0o644)
    (fault,) = signin_of(youtube, clock).faults
    assert "other users could read" in fault.what.en
    assert file.stat().st_mode & 0o777 == 0o600
    assert signin_of(youtube, clock).faults == ()


@pytest.mark.parametrize(
    "content", [None, "{}", "[]", "not json", "null", '{"token_uri": "https://elsewhere/token"}']
)
def test_without_a_sign_in_the_fault_says_how_to_get_one(
    tmp_path: Path, clock: HandClock, content: str | None
) -> None:
    file = tmp_path / "token.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(InputFaults) as raised:
        connect(YouTube(token=file), clock)
    (fault,) = raised.value.faults
    assert fault.hint is not None
    assert "tayang youtube login" in fault.hint.id


def test_a_sign_in_never_goes_to_another_server(
    tmp_path: Path, youtube: YouTube, clock: HandClock, google: Google
) -> None:
    """Neither Google's to the emulator nor the other way, nor to an emulator elsewhere."""
    file = signed_in(youtube, clock)
    with pytest.raises(InputFaults):
        read_signin(file, "https://oauth2.googleapis.com/token", clock)
    assert token_file(YouTube(token=youtube.token)) != file
    moved = YouTube(address="http://127.0.0.1:1", token=youtube.token)
    assert signin_of(moved, clock).credentials.refresh_token == "emulator-refresh"


def test_nothing_that_is_said_of_a_sign_in_holds_its_secrets(
    youtube: YouTube, clock: HandClock, google: Google, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    signed_in(youtube, clock, client_secret="klien-rahasia", refresh_token="dead")
    signin = signin_of(youtube, clock)
    said = [repr(signin), str(signin.credentials)]
    try:
        refresh(signin)
    except RefreshError as error:
        said += [str(error), repr(error)]
    text = " ".join([*said, caplog.text])
    assert "klien-rahasia" not in text
    assert "dead" not in text
    assert json.loads(token_file(youtube).read_text())["client_secret"] == "klien-rahasia"
