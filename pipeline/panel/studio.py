"""All that the panel's app carries (`app.state.panel`): identity, the hub, orders, the event's line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from pipeline.air import Monitor
from pipeline.clock import Clock
from pipeline.errors import TayangError
from pipeline.panel.accounts import Accounts
from pipeline.panel.following import Following
from pipeline.panel.hub import Hub
from pipeline.panel.links import Keys
from pipeline.panel.orders import Orders
from pipeline.panel.pages import Pages
from pipeline.panel.photos import Photos
from pipeline.panel.records import Records
from pipeline.panel.throttle import Throttle
from pipeline.settings import Settings
from pipeline.wiring import Studio


@dataclass(frozen=True)
class Control:
    """The parts of one control room."""

    settings: Settings
    clock: Clock
    accounts: Accounts
    keys: Keys
    throttle: Throttle
    templates: Pages
    hub: Hub
    orders: Orders
    monitor: Monitor
    studio: Studio
    records: Records
    photos: Photos
    following: Following

    def stands(self) -> Sequence[tuple[int, str]]:
        """Number and name of every stand, in the rundown's order; none while it can't be read."""
        try:
            return [(stand.number, stand.name) for stand in self.studio.rundown.stands]
        except TayangError:
            return []


def control(request: Request) -> Control:
    """The parts of the app that answers this request."""
    return cast(Control, request.app.state.panel)
