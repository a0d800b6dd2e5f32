"""What the panel's app carries for its routes: `app.state.panel`, as identity needs it."""

from collections.abc import Sequence
from typing import Any, Protocol, cast

from fastapi import Request
from fastapi.responses import HTMLResponse

from pipeline.clock import Clock
from pipeline.panel.accounts import Accounts
from pipeline.panel.links import Keys
from pipeline.panel.throttle import Throttle
from pipeline.settings import Settings


class Page(Protocol):
    """A template becomes a page, in the language and for the person of the request."""

    def __call__(self, request: Request, name: str, **context: Any) -> HTMLResponse: ...


class Parts(Protocol):
    """The parts that sign-in, rights and administration use."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def templates(self) -> Page: ...
    @property
    def throttle(self) -> Throttle: ...

    def stands(self) -> Sequence[tuple[int, str]]:
        """Number and name of every stand, in the rundown's order."""


def parts(request: Request) -> Parts:
    """The parts of the app that answers this request."""
    return cast(Parts, request.app.state.panel)
