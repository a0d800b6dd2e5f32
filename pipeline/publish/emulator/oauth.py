"""The token endpoint and the check of a call's Bearer token; tokens last an hour of the clock.

Any client id and secret will do; the refresh token is `emulator-refresh`. A `scope` in the refresh
request narrows what the access token may do, as Google's endpoint allows.
"""

import secrets
from collections.abc import Mapping

from pipeline.publish.emulator.document import Method, load
from pipeline.publish.emulator.refusal import Refusal
from pipeline.publish.emulator.store import Json
from pipeline.publish.emulator.world import World

REFRESH_TOKEN = "emulator-refresh"
LIFETIME = 3600


def all_scopes() -> frozenset[str]:
    """Every scope that the discovery document knows."""
    return frozenset(load()["auth"]["oauth2"]["scopes"])


def token(world: World, form: Mapping[str, str]) -> tuple[int, Json]:
    """The answer to POST /token: (HTTP status, body), errors as RFC 6749 5.2 has them."""
    if form.get("grant_type") != "refresh_token":
        return 400, _fault("unsupported_grant_type", "Invalid grant_type")
    if not (form.get("client_id") and form.get("client_secret")):
        return 401, _fault("invalid_client", "The OAuth client was not found.")
    if form.get("refresh_token") != REFRESH_TOKEN:
        return 400, _fault("invalid_grant", "Token has been expired or revoked.")
    scopes = frozenset(form.get("scope", "").split()) or all_scopes()
    if not scopes <= all_scopes():
        return 400, _fault("invalid_scope", "Some requested scopes were invalid.")
    access = "ya29." + secrets.token_urlsafe(32)
    live = {k: v for k, v in world.tables.tokens.items() if v["expires"] > world.epoch()}
    live[access] = {"expires": world.epoch() + LIFETIME, "scopes": sorted(scopes)}
    world.tables.tokens = live
    return 200, {
        "access_token": access,
        "expires_in": LIFETIME,
        "scope": " ".join(sorted(scopes)),
        "token_type": "Bearer",
    }


def authorize(world: World, method: Method, header: str | None) -> None:
    """A Refusal unless the header holds a live token with a scope that the method accepts."""
    scheme, _, access = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not access:
        raise Refusal(401, "required", "Login Required.", "global", "Authorization")
    known = world.tables.tokens.get(access.strip())
    if known is None or known["expires"] <= world.epoch():
        raise Refusal(401, "authError", "Invalid Credentials", "global", "Authorization")
    if method.scopes.isdisjoint(known["scopes"]):
        raise Refusal(
            403,
            "insufficientPermissions",
            "Request had insufficient authentication scopes.",
        )


def _fault(error: str, description: str) -> Json:
    return {"error": error, "error_description": description}
