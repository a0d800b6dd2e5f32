"""The organisers' choice of the airtime manifest: a manifest and filters come in, a smaller one goes out.

Pure. A stand's sums stay those of all sessions, as its entitlement is; only what is listed becomes less.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeline.manifest import Manifest, StandAccount, Status
from pipeline.rundown import Stand

ORDERS: Mapping[str, Callable[[StandAccount], Any]] = {
    "number": lambda stand: stand.number,
    "owed": lambda stand: (-stand.owed, stand.number),
    "aired": lambda stand: (-stand.aired, stand.number),
    "name": lambda stand: (stand.name.casefold(), stand.number),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """As an address has it; empty: all. What isn't known matches nothing."""

    session: str = ""
    stand: str = ""
    category: str = ""
    origin: str = ""
    status: str = ""
    sort: str = "number"


def select(manifest: Manifest, stands: Mapping[int, Stand], chosen: Selection) -> Manifest:
    """The manifest of what is chosen, in its order; `stands` are the rundown's, by number."""
    sessions = tuple(s for s in manifest.sessions if chosen.session in ("", s.session))
    found = [
        _in_session(account, chosen.session)
        for account in manifest.stands
        if _wanted(account, stands.get(account.number), chosen)
    ]
    if chosen.session:
        planned = {item.stand for session in sessions for item in session.planned}
        found = [stand for stand in found if stand.airings or stand.number in planned]
    found.sort(key=ORDERS.get(chosen.sort, ORDERS["number"]))
    return replace(manifest, sessions=sessions, stands=tuple(found))


def statuses(manifest: Manifest) -> dict[Status, int]:
    """How many stands there are of each."""
    return {s: sum(stand.status is s for stand in manifest.stands) for s in Status}


def _wanted(account: StandAccount, stand: Stand | None, chosen: Selection) -> bool:
    return (
        chosen.stand in ("", str(account.number))
        and chosen.status in ("", account.status.value)
        and chosen.category in ("", stand.category if stand else None)
        and chosen.origin in ("", stand.origin if stand else None)
    )


def _in_session(account: StandAccount, session: str) -> StandAccount:
    if not session:
        return account
    here = tuple(entry for entry in account.airings if entry.airing.session == session)
    return replace(account, airings=here)
