"""Signing in at the emulator: consent, a code with PKCE, refresh tokens and how they die."""

import base64
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from pipeline.publish import begin_login, connect, finish_login
from pipeline.settings import YouTube

from .conftest import Channel

SCOPE = "https://www.googleapis.com/auth/youtube.force-ssl"
READONLY = "https://www.googleapis.com/auth/youtube.readonly"
APP = "http://127.0.0.1:4711/"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
QUERY = {
    "client_id": "app",
    "redirect_uri": APP,
    "response_type": "code",
    "scope": f"{SCOPE} {READONLY}",
    "state": "s 1",
    "code_challenge": CHALLENGE.decode(),
    "code_challenge_method": "S256",
    "access_type": "offline",
    "prompt": "consent",
}
DAY = 24 * 3600


def consent(channel: Channel, *granted: str, answer: str = "allow", **other: str) -> dict[str, str]:
    """What the app is told when the form is sent with these boxes ticked."""
    pairs = [*{**QUERY, **other}.items(), *(("grant", each) for each in granted)]
    form = urlencode([*pairs, ("answer", answer)])
    status, headers, _ = channel.send("POST", "/auth", form)
    assert status == 303 and headers["location"].startswith(f"{APP}?")
    return {k: v[0] for k, v in parse_qs(urlsplit(headers["location"]).query).items()}


def ask(channel: Channel, **form: str) -> tuple[int, Any]:
    """The token endpoint's answer."""
    whole = {"client_id": "app", "client_secret": "s", **form}
    status, _, body = channel.send("POST", "/token", urlencode(whole))
    return status, body


def exchange(channel: Channel, code: str, **other: str) -> tuple[int, Any]:
    form = {"code": code, "redirect_uri": APP, "code_verifier": VERIFIER}
    return ask(channel, **{"grant_type": "authorization_code", **form, **other})


def refresh(channel: Channel, token: str) -> tuple[int, Any]:
    return ask(channel, grant_type="refresh_token", refresh_token=token)


def signed_in(channel: Channel) -> str:
    """A refresh token by consent."""
    token: str = exchange(channel, consent(channel, SCOPE)["code"])[1]["refresh_token"]
    return token


def test_a_code_gives_tokens_for_what_was_ticked(channel: Channel) -> None:
    told = consent(channel, SCOPE)
    assert (told["state"], told["scope"]) == ("s 1", SCOPE)
    status, body = exchange(channel, told["code"])
    assert (status, body["scope"], body["expires_in"]) == (200, SCOPE, 3600)
    again = refresh(channel, body["refresh_token"])[1]
    assert again["scope"] == SCOPE and "refresh_token" not in again
    for token in (body["access_token"], again["access_token"]):
        path = "/youtube/v3/channels?part=id&mine=true"
        assert channel.send("GET", path, authorization=f"Bearer {token}")[0] == 200


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1:4712/"}, "redirect_uri_mismatch"),
        ({"client_id": "other"}, "unauthorized_client"),
        ({"code": "4/nope"}, "invalid_grant"),
    ],
)
def test_a_code_is_for_one_app_one_address_and_one_verifier(
    channel: Channel, other: dict[str, str], error: str
) -> None:
    told = consent(channel, SCOPE)
    status, body = exchange(channel, **{"code": told["code"], **other})
    assert (status in (400, 401), body["error"]) == (True, error)


def test_a_code_counts_once_and_not_for_long(channel: Channel) -> None:
    first, second = (consent(channel, SCOPE)["code"] for _ in range(2))
    assert exchange(channel, first)[0] == 200
    assert exchange(channel, first)[1]["error"] == "invalid_grant"
    channel.clock.turn(600)
    assert exchange(channel, second)[1]["error"] == "invalid_grant"


def test_what_is_denied_or_ticked_by_nobody_is_access_denied(channel: Channel) -> None:
    for told in (consent(channel, SCOPE, answer="deny"), consent(channel)):
        assert told == {"state": "s 1", "error": "access_denied"}


def test_a_refresh_token_is_told_once_unless_consent_is_asked_for_again(channel: Channel) -> None:
    tells = []
    for other in ({"prompt": ""}, {"prompt": ""}, {}, {"access_type": "online"}):
        body = exchange(channel, consent(channel, SCOPE, **other)["code"])[1]
        tells.append("refresh_token" in body)
    assert tells == [True, False, True, False]


def test_a_project_in_testing_gives_refresh_tokens_seven_days(channel: Channel) -> None:
    old = signed_in(channel)
    channel.give("limits", {"refresh_days": 7})
    channel.clock.turn(DAY)
    body = exchange(channel, consent(channel, SCOPE)["code"])[1]
    assert body["refresh_token_expires_in"] == 7 * DAY
    channel.clock.turn(6 * DAY)
    assert refresh(channel, old)[1]["error"] == "invalid_grant"
    assert refresh(channel, body["refresh_token"])[1]["refresh_token_expires_in"] == DAY
    channel.clock.turn(DAY)
    assert refresh(channel, body["refresh_token"])[1]["error"] == "invalid_grant"
    channel.token()  # the emulator's own lives on


def test_who_signs_in_again_after_a_revocation_gets_a_token_that_works(channel: Channel) -> None:
    old = signed_in(channel)
    channel.fault(kind="revoke")
    assert refresh(channel, old)[1]["error"] == "invalid_grant"
    channel.clock.turn(1)
    assert refresh(channel, signed_in(channel))[0] == 200


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"redirect_uri": "https://evil.example/"}, "redirect_uri_mismatch"),
        ({"client_id": ""}, "invalid_client"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_an_app_that_asks_wrongly_is_told_on_the_page_and_nothing_is_given(
    channel: Channel, other: dict[str, str], error: str
) -> None:
    query = urlencode({**QUERY, **other})
    for verb, path, body in (("GET", f"/auth?{query}", ""), ("POST", "/auth", query)):
        status, _, page = channel.send(verb, path, body)
        assert (status in (400, 401), error in page.decode()) == (True, True)


def test_a_client_file_says_where_this_emulator_is(channel: Channel) -> None:
    installed = channel.send("GET", "/emulator/client_secret.json")[2]["installed"]
    assert installed["auth_uri"] == f"{channel.url}/auth"
    assert installed["token_uri"] == f"{channel.url}/token"
    coded = base64.b64encode(f"{installed['client_id']}:emulator".encode()).decode()
    form = "grant_type=refresh_token&refresh_token=emulator-refresh"
    for header, status in ((f"Basic {coded}", 200), ("Basic ?", 401)):
        assert channel.send("POST", "/token", form, authorization=header)[0] == status


def test_the_products_own_sign_in_is_rehearsed_from_end_to_end(
    channel: Channel, tmp_path: Path
) -> None:
    youtube = YouTube(address=channel.url, token=tmp_path / "token.json")
    link = begin_login(youtube)
    assert channel.send("GET", link)[0] == 200
    form = f"{urlsplit(link).query}&grant={SCOPE}&answer=allow"
    answer = channel.send("POST", "/auth", form)[1]["location"]
    assert finish_login(youtube, channel.clock, answer).exists()
    api = connect(youtube, channel.clock)
    assert api.read("channels.list", part="id", mine=True)["items"]
    assert channel.state()["spent"]["charged"] == {"channels.list": {"calls": 1, "units": 1}}
