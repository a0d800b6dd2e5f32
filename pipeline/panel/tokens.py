"""Random tokens and what may be kept of them; pure but for the system's randomness."""

import hashlib
import hmac
import secrets


def new_token() -> str:
    """256 random bits for a cookie, a header or an address."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is stored of a token: from it the token can't be found again."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """The CSRF token of a session: follows from the cookie's token, so it needs no place of its own."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def same(wanted: str, given: str) -> bool:
    """Compares in a time that tells nothing of where they differ."""
    return hmac.compare_digest(wanted.encode(), given.encode())
