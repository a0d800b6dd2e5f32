"""Where a browser on this machine comes back to after consent: one page on 127.0.0.1, for a moment.

Addresses that are asked for come in; the first that answers our question goes out. It must not know what
makes an answer.
"""

import html
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from pipeline.clock import Clock
from pipeline.errors import OutsideError, TayangError, Text

HOST = "127.0.0.1"
SILENT_S = 5.0
"""Browsers open connections before they need them; one that says nothing is closed."""

_DONE = Text(
    "Diterima. Halaman ini boleh ditutup; lanjutkan di terminal.",
    "Received. You may close this page; go on in the terminal.",
)
_PAGE = """<!doctype html>
<html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>Tayang</title>
<style>body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34rem; margin: 16vh auto;
padding: 0 1.5rem }}
main {{ border-left: .3rem solid #b8323a; padding-left: 1.2rem }}
h1 {{ font-size: 1.5rem; line-height: 1.3; margin: 0 }}
h1::first-letter, p::first-letter {{ text-transform: uppercase }}
p {{ margin: .6rem 0 0 }}</style>
<main><h1>{id}</h1><p lang="en">{en}</p></main></html>
"""


class Loopback:
    """Listens on a free port while it is entered; `address` is where a browser comes back to.

    `read` gets what is sought out of an address. When it raises OutsideError the waiting ends with that;
    any other error is told to the browser, and the waiting goes on.
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read

    def __enter__(self) -> Self:
        self._server = _Server(self._read)
        self.address = f"http://{HOST}:{self._server.server_port}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait(self, clock: Clock, seconds: float) -> str | None:
        """What was sought; None when it didn't come in time."""
        if not clock.wait(self._server.over, seconds):
            return None
        if self._server.refused is not None:
            raise self._server.refused
        return self._server.found


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, read: Callable[[str], str]) -> None:
        super().__init__((HOST, 0), _Handler)
        self._read = read
        self.found: str | None = None
        self.refused: OutsideError | None = None
        self.over = threading.Event()

    def hear(self, address: str) -> tuple[int, Text]:
        """Status and words for the page."""
        try:
            self.found = self._read(address)
        except OutsideError as error:
            self.refused = error
            return 200, error.what
        except TayangError as error:
            return 400, error.what
        return 200, _DONE


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = SILENT_S

    def do_GET(self) -> None:
        status, said = self.server.hear(f"http://{HOST}{self.path}")
        page = _PAGE.format(id=html.escape(said.id), en=html.escape(said.en)).encode()
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(page)))
        self.send_header("referrer-policy", "no-referrer")
        self.end_headers()
        self.wfile.write(page)
        if self.server.found is not None or self.server.refused is not None:
            self.server.over.set()  # only now: whoever waits will close the server

    def log_message(self, *about: object) -> None:
        """Says nothing: the address holds the code."""
