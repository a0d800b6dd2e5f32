"""What the tests of identity share: a panel, its address, and a browser for each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from identity import Browser, Panel, build, served


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return build()


@pytest.fixture(scope="session")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as url:
        yield url


@pytest.fixture
def empty(app: FastAPI, tmp_path: Path) -> Iterator[Panel]:
    """A panel that nobody has set up yet."""
    panel = app.state.panel = Panel(tmp_path)
    yield panel
    panel.accounts.close()


@pytest.fixture
def panel(empty: Panel) -> Panel:
    """With an admin, Sri, and one of each other role: Budi (crew) and Citra (organiser)."""
    empty.join("Sri", "admin")
    empty.join("Budi", "crew")
    empty.join("Citra", "organiser")
    return empty


@pytest.fixture
def browser(panel: Panel, address: str) -> Iterator[Callable[..., Browser]]:
    """Opens a browser; signed in when a name is given."""
    opened: list[Browser] = []

    def open_one(name: str = "", **headers: str) -> Browser:
        one = Browser(address, **headers)
        opened.append(one)
        if name:
            assert one.login(name).status_code == 303
        return one

    yield open_one
    for one in opened:
        one.close()
