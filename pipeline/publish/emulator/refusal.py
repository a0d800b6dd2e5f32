"""A refused request: status, reason and words go in, YouTube's error envelope comes out.

The envelope is the one captured from the real service (youtube/yt-watchme#25) and documented at
https://developers.google.com/youtube/v3/live/docs/errors.
"""

from typing import Any

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}


class Refusal(Exception):
    """Why a request isn't carried out; `location` names the parameter at fault."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        domain: str = "global",
        location: str | None = None,
    ) -> None:
        super().__init__(f"{code} {reason}: {message}")
        self.code = code
        self.reason = reason
        self.message = message
        self.domain = domain
        self.location = location

    def envelope(self) -> dict[str, Any]:
        """The body of the error response."""
        error = {"message": self.message, "domain": self.domain, "reason": self.reason}
        if self.location is not None:
            error |= {"location": self.location, "locationType": "parameter"}
        body: dict[str, Any] = {"code": self.code, "message": self.message, "errors": [error]}
        if self.code in _STATUS:
            body["status"] = _STATUS[self.code]
        return {"error": body}


def bad_request(message: str, location: str | None = None) -> Refusal:
    """What Google's front end says of a request that doesn't fit the discovery document."""
    return Refusal(400, "badRequest", message, "global", location)


def invalid(reason: str, message: str, domain: str = "youtube.common") -> Refusal:
    """A well-formed request with a value that YouTube doesn't accept."""
    return Refusal(400, reason, message, domain)


def not_found(kind: str, identity: str) -> Refusal:
    """`kind` is the resource's name: `video` gives the reason `videoNotFound`."""
    return Refusal(
        404, f"{kind}NotFound", f"The {kind} '{identity}' cannot be found.", f"youtube.{kind}"
    )
