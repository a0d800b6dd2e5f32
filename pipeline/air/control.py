"""The local socket over which a running program is steered: one JSON request, one JSON answer.

A socket file and a key file in the air folder, readable by their owner only; both sides prove that they
know the key before a word is exchanged. A caller that connects and stays silent holds up nobody.
"""

import contextlib
import hashlib
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Client,
    Connection,
    Listener,
    answer_challenge,
    deliver_challenge,
)
from pathlib import Path
from typing import Any

from pipeline.errors import OutsideError, Text

SOCKET, KEY = "control", "control.key"
LONGEST_PATH = 100  # of a socket's name: 108 bytes on Linux, 104 on others
PATIENCE = 10.0
Request = dict[str, Any]
Answer = dict[str, Any]


def _address(folder: Path) -> str:
    """The socket of an air folder; one in a far-away folder lies where temporary files go."""
    path = str(folder.resolve() / SOCKET)
    if len(os.fsencode(path)) <= LONGEST_PATH:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return str(Path(tempfile.gettempdir()) / f"tayang-{name}.sock")


@contextmanager
def listening(folder: Path, answer: Callable[[Request], Answer]) -> Iterator[None]:
    """Answers requests while entered; each caller has a thread of its own.

    The caller holds the folder's lock: a socket that is there was left by a program that is gone.
    """
    address, key = _address(folder), secrets.token_bytes(32)
    Path(address).unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        listener = Listener(address, "AF_UNIX", backlog=16)
        (folder / KEY).unlink(missing_ok=True)
        (folder / KEY).write_bytes(key)
    finally:
        os.umask(before)
    closing = threading.Event()

    def accept() -> None:
        while not closing.is_set():
            try:
                connection = listener.accept()
            except OSError:
                continue
            threading.Thread(target=_serve, args=(connection, key, answer), daemon=True).start()

    thread = threading.Thread(target=accept, name="control", daemon=True)
    thread.start()
    try:
        yield
    finally:
        closing.set()
        with contextlib.suppress(OSError):
            Client(address, "AF_UNIX").close()  # `accept` has no other way to be woken
        thread.join()
        with contextlib.suppress(OSError):  # a disk that has become read-only keeps its files
            listener.close()
            (folder / KEY).unlink(missing_ok=True)


def _serve(
    connection: "Connection[Any, Any]", key: bytes, answer: Callable[[Request], Answer]
) -> None:
    with connection, contextlib.suppress(OSError, EOFError, AuthenticationError, ValueError):
        if not connection.poll(PATIENCE):
            return
        answer_challenge(connection, key)
        deliver_challenge(connection, key)
        while True:
            request = json.loads(connection.recv_bytes(1 << 20))
            connection.send_bytes(json.dumps(answer(request)).encode())


def ask(folder: Path, request: Request, patience: float = PATIENCE) -> Answer:
    """Asks the program on air in this folder; OutsideError when none answers in time."""
    try:
        key = (folder / KEY).read_bytes()
        with Client(_address(folder), "AF_UNIX") as connection:
            deliver_challenge(connection, key)
            answer_challenge(connection, key)
            connection.send_bytes(json.dumps(request).encode())
            if connection.poll(patience):
                answer = json.loads(connection.recv_bytes())
                assert isinstance(answer, dict)
                return answer
    except (OSError, EOFError, AuthenticationError) as error:
        raise _nobody() from error
    raise OutsideError(
        Text("program tidak menjawab", "the program doesn't answer"),
        Text("Lihat monitor: apakah masih berjalan?", "Look at the monitor: does it still run?"),
    )


def _nobody() -> OutsideError:
    return OutsideError(
        Text("tidak ada program yang tayang dari folder ini", "no program is on air here"),
        Text("Mulai dengan `tayang air`.", "Start it: `tayang air`."),
    )
