"""Sign-in as Google does it: consent gives a code, a code a refresh token, and that access tokens.

Forms come in, RFC 6749's answers go out; it must not know HTTP. Any client id and secret will do. The
refresh token `emulator-refresh` needs no consent; a `scope` in its request narrows what the access
token may do, as Google's endpoint allows.
"""

import base64
import hashlib
import secrets
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode, urlsplit

from pipeline.publish.emulator.document import Method, load
from pipeline.publish.emulator.refusal import Refusal
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import World

REFRESH_TOKEN = "emulator-refresh"
LIFETIME = 3600
CODE_LIFETIME = 600
DAY = 24 * 3600
LEFT = "refresh_token_expires_in"


class Denied(NamedTuple):
    """What an OAuth endpoint refuses, in its own words (RFC 6749 5.2)."""

    error: str
    description: str
    status: int = 400

    def body(self) -> Json:
        return {"error": self.error, "error_description": self.description}


def client_secret(url: str) -> Json:
    """A client file as Google Cloud Console gives it, for an emulator at `url`."""
    return {
        "installed": {
            "client_id": "emulator.apps.googleusercontent.com",
            "project_id": "emulator",
            "auth_uri": f"{url}/auth",
            "token_uri": f"{url}/token",
            "client_secret": "emulator",
            "redirect_uris": ["http://localhost"],
        }
    }


def all_scopes() -> frozenset[str]:
    """Every scope that the discovery document knows."""
    return frozenset(load()["auth"]["oauth2"]["scopes"])


# ---- consent


class Asked(NamedTuple):
    """What a client asks the owner of the channel for; `lasting` is a refresh token."""

    client: str
    redirect: str
    state: str
    challenge: str
    scopes: tuple[str, ...]
    lasting: bool
    afresh: bool


def asked(query: Mapping[str, str]) -> Asked | Denied:
    """The request of an installed app, from the query of the consent page (RFC 8252, RFC 7636)."""
    redirect = urlsplit(query.get("redirect_uri", ""))
    if redirect.scheme != "http" or redirect.hostname not in ("127.0.0.1", "localhost", "::1"):
        return Denied("redirect_uri_mismatch", "An installed app listens on this machine.")
    if not query.get("client_id"):
        return Denied("invalid_client", "The OAuth client was not found.", 401)
    if query.get("response_type") != "code":
        return Denied("unsupported_response_type", "Only response_type=code is supported.")
    challenge = query.get("code_challenge", "")
    if challenge and query.get("code_challenge_method") != "S256":
        return Denied("invalid_request", "code_challenge_method must be S256.")
    scopes = tuple(dict.fromkeys(query.get("scope", "").split()))
    if not scopes or not all_scopes().issuperset(scopes):
        return Denied("invalid_scope", "Some requested scopes were invalid.")
    return Asked(
        client=query["client_id"],
        redirect=query["redirect_uri"],
        state=query.get("state", ""),
        challenge=challenge,
        scopes=scopes,
        lasting=query.get("access_type") == "offline",
        afresh="consent" in query.get("prompt", "").split(),
    )


def consent(world: World, asked: Asked, granted: Collection[str]) -> str:
    """Where the browser goes on: to the app, with a code for what was granted of what it asked."""
    scopes = [scope for scope in asked.scopes if scope in granted]
    told = {"state": asked.state} if asked.state else {}
    if scopes:
        code = "4/" + secrets.token_urlsafe(32)
        known = any(grant["client"] == asked.client for grant in world.tables.grants.values())
        live = {k: v for k, v in world.tables.codes.items() if _fresh(world, v)}
        world.tables.codes = live
        live[code] = {
            "made": world.epoch(),
            "client": asked.client,
            "redirect": asked.redirect,
            "challenge": asked.challenge,
            "scopes": scopes,
            # Google tells it once; later only to a client that has consent asked for again.
            "lasting": asked.lasting and (asked.afresh or not known),
        }
        told.update(code=code, scope=" ".join(scopes))
    else:
        told["error"] = "access_denied"
    return f"{asked.redirect}?{urlencode(told)}"


# ---- tokens


def token(
    world: World, form: Mapping[str, str], altered: Mapping[str, Any], revoked: float | None
) -> tuple[int, Json]:
    """The answer to POST /token: (HTTP status, body).

    `altered` may hold `scope` and `expires_in`: the token is as they say. Refresh tokens that there
    were when all were `revoked` are invalid.
    """
    kinds = {"refresh_token": _refreshed, "authorization_code": _exchanged}
    grant = kinds.get(form.get("grant_type", ""))
    if grant is None:
        found: Granted | Denied = Denied("unsupported_grant_type", "Invalid grant_type")
    elif not (form.get("client_id") and form.get("client_secret")):
        found = Denied("invalid_client", "The OAuth client was not found.", 401)
    else:
        found = grant(world, form, revoked)
    if isinstance(found, Denied):
        return found.status, found.body()
    return 200, _access(world, found, altered)


def basic(header: str | None) -> dict[str, str]:
    """The client in an Authorization header, where the form needn't hold it (RFC 6749 2.3.1)."""
    scheme, _, coded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote(name), "client_secret": unquote(secret)}


class Granted(NamedTuple):
    """What an access token may be made for, and what is told besides of the refresh token."""

    scopes: frozenset[str]
    besides: Json


INVALID_GRANT = Denied("invalid_grant", "Token has been expired or revoked.")


def _refreshed(world: World, form: Mapping[str, str], revoked: float | None) -> Granted | Denied:
    name = form.get("refresh_token", "")
    if name == REFRESH_TOKEN:
        may, made, left = all_scopes(), 0.0, {}
    else:
        grant = world.tables.grants.get(name)
        if grant is None or grant["client"] != form["client_id"]:
            return INVALID_GRANT
        may, made = frozenset(grant["scopes"]), grant["made"]
        left = _left(world, made)
    if (revoked is not None and made <= revoked) or left.get(LEFT, 1) <= 0:
        return INVALID_GRANT
    scopes = frozenset(form.get("scope", "").split()) or may
    if not scopes <= may:
        return Denied("invalid_scope", "Some requested scopes were invalid.")
    return Granted(scopes, left)


def _exchanged(world: World, form: Mapping[str, str], revoked: float | None) -> Granted | Denied:
    """A code counts once, for the client and address that it was given to, with its verifier."""
    row = world.tables.codes.pop(form.get("code", ""), None)
    if row is None or not _fresh(world, row):
        return Denied("invalid_grant", "Malformed auth code.")
    if row["client"] != form["client_id"]:
        return Denied("unauthorized_client", "Unauthorized", 401)
    if row["redirect"] != form.get("redirect_uri"):
        return Denied("redirect_uri_mismatch", "Bad Request")
    if row["challenge"] and row["challenge"] != challenge_of(form.get("code_verifier", "")):
        return Denied("invalid_grant", "Invalid code verifier.")
    scopes = frozenset(row["scopes"])
    if not row["lasting"]:
        return Granted(scopes, {})
    refresh, now = "1//" + secrets.token_urlsafe(32), world.epoch()
    grant = {"made": now, "scopes": row["scopes"], "client": row["client"]}
    world.tables.grants[refresh] = grant
    return Granted(scopes, {"refresh_token": refresh, **_left(world, now)})


def _fresh(world: World, code: Json) -> bool:
    return bool(code["made"] + CODE_LIFETIME > world.epoch())


def _left(world: World, made: float) -> Json:
    """How long a refresh token of that moment lives on, told only while the project is in testing."""
    days = world.limits.refresh_days
    return {} if days is None else {LEFT: int(made + days * DAY - world.epoch())}


def challenge_of(verifier: str) -> str:
    """The S256 challenge that belongs to a verifier (RFC 7636 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _access(world: World, granted: Granted, altered: Mapping[str, Any]) -> Json:
    scopes = sorted(str(altered.get("scope", " ".join(granted.scopes))).split())
    lasts = int(altered.get("expires_in", LIFETIME))
    access = "ya29." + secrets.token_urlsafe(32)
    live = {k: v for k, v in world.tables.tokens.items() if v["expires"] > world.epoch()}
    live[access] = {"expires": world.epoch() + lasts, "scopes": scopes}
    world.tables.tokens = live
    return {
        "access_token": access,
        "expires_in": lasts,
        "scope": " ".join(scopes),
        "token_type": "Bearer",
        **granted.besides,
    }


# ---- calls


def authenticate(world: World, header: str | None) -> frozenset[str]:
    """The scopes of the live token in an Authorization header; a Refusal when there is none."""
    scheme, _, access = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not access:
        raise Refusal(401, "required", "Login Required.", "global", "Authorization")
    known = world.tables.tokens.get(access.strip())
    if known is None or known["expires"] <= world.epoch():
        raise Refusal(401, "authError", "Invalid Credentials", "global", "Authorization")
    return frozenset(known["scopes"])


def authorize(method: Method, scopes: frozenset[str]) -> None:
    """A Refusal unless one of the scopes allows the method."""
    if method.scopes.isdisjoint(scopes):
        raise Refusal(
            403, "insufficientPermissions", "Request had insufficient authentication scopes."
        )
