"""The local socket over which a running program is steered: one JSON request, one JSON answer.

A socket file and a key file in the air folder, readable by their owner only; both sides prove that they
know the key before a word is exchanged. A caller that connects and stays silent holds up nobody.
"""

import contextlib
import hashlib
import json
import os
import secrets
import socket
import struct
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import AuthenticationError
from multiprocessing.connection import (
    Client,
    Connection,
    answer_challenge,
    deliver_challenge,
)
from pathlib import Path
from typing import Any

from pipeline.errors import OutsideError, Text

SOCKET, KEY = "control", "control.key"
LONGEST_PATH = 100  # of a socket's name: 108 bytes on Linux, 104 on others
PATIENCE = 10.0
LAST_WORDS = 1.0
"""Seconds for what is being answered when the program ends, such as the order to end it."""
_UNUSABLE = (OSError, EOFError, AuthenticationError, ValueError, RecursionError)
"""What a caller may cause that says nothing we could understand."""
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
def listening(folder: Path, answer: Callable[[Request], Answer]) -> Iterator[OSError | None]:
    """Answers requests while entered; each caller has a thread of its own.

    Gives the error when the disk takes no socket: nobody can steer then, but the program goes on.
    The caller holds the folder's lock: a socket that is there was left by a program that is gone.
    """
    address, key, answers = _address(folder), secrets.token_bytes(32), _Answers(answer)
    server = socket.socket(socket.AF_UNIX)
    try:
        Path(address).unlink(missing_ok=True)
        server.bind(address)
        Path(address).chmod(0o600)
        _keep_key(folder / KEY, key)
    except OSError as error:
        server.close()
        yield error
        return
    server.listen(16)

    def accept() -> None:
        with contextlib.suppress(OSError):  # it has been shut down
            while True:
                connection: Connection[Any, Any] = Connection(server.accept()[0].detach())
                threading.Thread(
                    target=_serve, args=(connection, key, answers), daemon=True
                ).start()

    thread = threading.Thread(target=accept, name="control", daemon=True)
    thread.start()
    try:
        yield None
    finally:
        server.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)
        server.close()
        answers.settle(LAST_WORDS)
        with contextlib.suppress(OSError):  # a disk that has become read-only keeps its files
            Path(address).unlink(missing_ok=True)
            (folder / KEY).unlink(missing_ok=True)


class _Answers:
    """What is being answered now, for any number of callers."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._answer = answer
        self._count = 0
        self._fewer = threading.Condition()

    def give(self, connection: "Connection[Any, Any]", request: Request) -> None:
        with self._fewer:
            self._count += 1
        try:
            connection.send_bytes(json.dumps(self._answer(request)).encode())
        finally:
            with self._fewer:
                self._count -= 1
                self._fewer.notify_all()

    def settle(self, seconds: float) -> None:
        """Returns when all is answered, or after so many seconds."""
        with self._fewer:
            self._fewer.wait_for(lambda: not self._count, seconds)


def _serve(connection: "Connection[Any, Any]", key: bytes, answers: _Answers) -> None:
    with connection, contextlib.suppress(*_UNUSABLE):
        _patient(connection, PATIENCE)
        answer_challenge(connection, key)
        deliver_challenge(connection, key)
        _patient(connection, 0)
        while isinstance(request := json.loads(connection.recv_bytes(1 << 20)), dict):
            answers.give(connection, request)


def _keep_key(path: Path, key: bytes) -> None:
    """Writes the key so that at no moment anybody else may read it."""
    path.unlink(missing_ok=True)
    path.touch(0o600, exist_ok=False)
    path.write_bytes(key)


def _patient(connection: "Connection[Any, Any]", seconds: float) -> None:
    """From now on no read and no write waits longer: BlockingIOError; with 0 they wait for ever."""
    whole, rest = divmod(seconds, 1)
    limit = struct.pack("ll", int(whole), int(rest * 1_000_000))
    with socket.socket(fileno=os.dup(connection.fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
        same.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def ask(folder: Path, request: Request, patience: float = PATIENCE) -> Answer:
    """Asks the program on air in this folder; OutsideError when none answers in time."""
    try:
        key = (folder / KEY).read_bytes()
        with Client(_address(folder), "AF_UNIX") as connection:
            _patient(connection, patience)
            deliver_challenge(connection, key)
            answer_challenge(connection, key)
            connection.send_bytes(json.dumps(request).encode())
            answer = json.loads(connection.recv_bytes())
            assert isinstance(answer, dict)
            return answer
    except BlockingIOError as error:
        raise OutsideError(
            Text("program tidak menjawab", "the program doesn't answer"),
            Text(
                "Lihat monitor: apakah masih berjalan?", "Look at the monitor: does it still run?"
            ),
        ) from error
    except (OSError, EOFError, AuthenticationError) as error:
        raise _nobody() from error


def _nobody() -> OutsideError:
    return OutsideError(
        Text("tidak ada program yang tayang dari folder ini", "no program is on air here"),
        Text("Mulai dengan `tayang air`.", "Start it: `tayang air`."),
    )
