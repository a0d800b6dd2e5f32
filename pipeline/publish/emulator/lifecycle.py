"""A broadcast's way from created to complete: pure; statuses and facts come in, the next goes out.

Source: https://developers.google.com/youtube/v3/live/life-of-a-broadcast and the documented errors
of liveBroadcasts.transition, bind, update and delete.
"""

from dataclasses import dataclass

from pipeline.publish.emulator.refusal import Refusal

DOMAIN = "youtube.liveBroadcast"

SETTLES = {"testStarting": "testing", "liveStarting": "live"}
"""Statuses that last a few seconds, and what they become by themselves."""

EDITABLE = frozenset({"created", "ready"})
STARTING_SOON = frozenset({"created", "ready", "testStarting", "testing"})
ON_AIR = frozenset({"testing", "live"})

_FROM = {
    "testing": frozenset({"ready"}),
    "live": frozenset({"ready", "testing"}),
    "complete": frozenset({"testing", "live"}),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a transition depends on."""

    status: str
    bound: bool
    stream_active: bool
    monitor: bool


def transition(facts: Facts, wanted: str) -> str:
    """The status right after the request; a Refusal as documented when it isn't allowed."""
    if wanted in (facts.status, SETTLES.get(facts.status)):
        raise Refusal(
            403, "redundantTransition", "The live broadcast is already in that status.", DOMAIN
        )
    if facts.status not in _FROM[wanted] or not _monitor_allows(facts, wanted):
        raise Refusal(403, "invalidTransition", "Invalid transition", DOMAIN)
    if wanted == "complete":
        return "complete"
    if not (facts.bound and facts.stream_active):
        raise Refusal(403, "errorStreamInactive", "Stream is inactive", DOMAIN)
    return "testStarting" if wanted == "testing" else "liveStarting"


def _monitor_allows(facts: Facts, wanted: str) -> bool:
    """Testing needs the monitor stream; ready to live without testing needs it switched off."""
    if wanted == "testing":
        return facts.monitor
    return not (wanted == "live" and facts.status == "ready" and facts.monitor)


def check_bind(status: str) -> None:
    """A Refusal when a broadcast in that status can't be bound or unbound."""
    if status not in EDITABLE:
        raise Refusal(
            403,
            "liveBroadcastBindingNotAllowed",
            "The current status of the live broadcast does not allow it to be bound to a stream.",
            DOMAIN,
        )


def check_delete(status: str) -> None:
    """A Refusal while the broadcast is on air; one stuck while starting can be deleted."""
    if status in ON_AIR:
        raise Refusal(
            403,
            "liveBroadcastDeletionNotAllowed",
            "The specified live broadcast cannot be deleted in its current status.",
            DOMAIN,
        )


def video_phase(status: str) -> str:
    """`snippet.liveBroadcastContent` of the broadcast's video."""
    if status in ("complete", "revoked"):
        return "none"
    return "live" if status == "live" else "upcoming"
