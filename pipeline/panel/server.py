"""Serves the control room: makes its parts, listens, and ends in order."""

import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from pipeline.air import Monitor
from pipeline.errors import OutsideError, Text
from pipeline.monitor import listener_on, names_of
from pipeline.panel.accounts import Accounts
from pipeline.panel.app import build
from pipeline.panel.following import Following
from pipeline.panel.guard import Connection
from pipeline.panel.hub import Hub
from pipeline.panel.links import read_keys
from pipeline.panel.orders import Cues, Orders
from pipeline.panel.osc import listening_osc
from pipeline.panel.pages import Pages
from pipeline.panel.passwords import Passwords
from pipeline.panel.photos import Photos
from pipeline.panel.records import Records
from pipeline.panel.studio import Control
from pipeline.panel.throttle import Throttle
from pipeline.rundown import Rundown, Session
from pipeline.screen import say
from pipeline.settings import Panel
from pipeline.titler import Titler
from pipeline.wiring import Studio

STOP_SECONDS = 5.0
Extras = Callable[[], dict[str, Any]]


@contextmanager
def serving_panel(studio: Studio, extras: Extras = dict) -> Iterator[str]:
    """The control room while it is entered; gives its address. OutsideError: the port, a file, or TLS.

    `extras` are what else the board shows, asked for at each look. While there is no admin, the link
    with which one is made is said once.
    """
    panel = studio.settings.panel
    with ExitStack() as opened:
        listener = opened.enter_context(listener_on(panel.host, panel.port))
        parts = opened.enter_context(made(studio, Titler(studio), extras))
        if panel.osc_port is not None:
            opened.enter_context(listening_osc(panel.osc_port, parts.orders, _warn))
        config = uvicorn.Config(
            build(parts, _hosts(panel)),
            ws="none",
            log_config=None,
            access_log=False,
            proxy_headers=bool(panel.proxies),
            forwarded_allow_ips=list(panel.proxies),
            http=Connection,
            timeout_graceful_shutdown=1,
            server_header=False,
            **_tls(panel),
        )
        logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        host, port = listener.getsockname()
        address = panel.address or f"{'https' if panel.certificate else 'http'}://{host}:{port}"
        _invite(parts, address)
        try:
            yield f"{address}/"
        finally:
            server.should_exit = True
            parts.monitor.close()
            thread.join(STOP_SECONDS)


@contextmanager
def made(
    studio: Studio, cues: Cues, extras: Extras = dict, passwords: Passwords | None = None
) -> Iterator[Control]:
    """The parts of a control room."""
    settings, clock = studio.settings, studio.clock
    following = Following(studio, _warn)
    accounts = Accounts(settings.state / "panel.sqlite", clock, _warn, passwords or Passwords())
    with closing(accounts):
        yield Control(
            settings=settings,
            clock=clock,
            accounts=accounts,
            keys=read_keys(settings.state / "panel.key"),
            throttle=Throttle(),
            templates=Pages(settings),
            hub=Hub(
                settings,
                clock,
                lambda: _next(studio),
                lambda: {**extras(), "rundown": following.shown()},
                _warn,
            ),
            orders=Orders(settings, accounts.trail, cues),
            monitor=Monitor(settings.state / "air", None, settings.house.rate, clock),
            studio=studio,
            records=Records(studio),
            photos=Photos(settings.media, settings.state / "etalase"),
            following=following,
        )


def _next(studio: Studio) -> tuple[Rundown, Session] | None:
    return studio.rundown, studio.session()


def _warn(what: Text) -> None:
    say(what, "yellow")


def _invite(parts: Control, address: str) -> None:
    token = parts.accounts.people.first_admin()
    if token is not None:
        link = f"{address}/setup?key={token}"
        say(
            Text(f"Belum ada admin. Buka sekali: {link}", f"There is no admin. Open once: {link}"),
            "bold yellow",
        )


def _hosts(panel: Panel) -> list[str]:
    """The names that it answers to: those of the address, and where they are known all others."""
    own = urlsplit(panel.address).hostname if panel.address else None
    return [*names_of(panel.host), *([own] if own else [])]


def _tls(panel: Panel) -> dict[str, Any]:
    """Checked before it serves: a certificate that can't be used is said in one sentence."""
    if panel.certificate is None:
        return {}
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
            panel.certificate, panel.certificate_key
        )
    except OSError as error:
        raise OutsideError(
            Text(
                f"Sertifikat TLS tidak dapat dipakai: {error}",
                f"The TLS certificate can't be used: {error}",
            ),
            Text(
                "Periksa `panel.certificate` dan `panel.certificate_key` di settings.yaml.",
                "Check `panel.certificate` and `panel.certificate_key` in settings.yaml.",
            ),
        ) from error
    return {
        "ssl_certfile": str(panel.certificate),
        "ssl_keyfile": str(panel.certificate_key or panel.certificate),
    }
