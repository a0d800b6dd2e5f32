"""Which passwords are good enough, and their argon2id hashes; knows nobody's name but the one it is told.

Hashing costs a core and 64 MiB for a fifth of a second, so one is made at a time and few may wait.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from pipeline.errors import OutsideError, Text, UsageError

SHORTEST, LONGEST = 10, 200

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""RFC 9106's second choice, but on one core: the machine has two, and air needs the other one."""

WAITING = 4
"""How many may wait for their turn: each holds a thread of the panel, which takes need too."""

COMMON = frozenset(
    Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").split()
)
"""Found at the top of published lists, and what is guessed first at a fair in Indonesia."""


_IN_ORDER = "0123456789" * 2 + "9876543210" * 2


class Busy(OutsideError):
    """Too many sign-ins at once: try again in a second."""


def weakness(password: str, name: str) -> Text | None:
    """Why a password isn't good enough for that person; None when it is.

    Length, no common word and not the name, with or without digits and signs after it; no other rules
    (NIST SP 800-63B-4, 3.1.1.2).
    """
    if len(password) < SHORTEST:
        return Text(
            f"Sandi sekurangnya {SHORTEST} karakter.",
            f"A password has at least {SHORTEST} characters.",
        )
    if len(password) > LONGEST:
        return Text(
            f"Sandi paling panjang {LONGEST} karakter.",
            f"A password has at most {LONGEST} characters.",
        )
    bare = password.casefold()
    word = bare.rstrip("0123456789!?.,@#$%*-_+ ")
    if name.casefold() in (bare, word):
        return Text("Sandi tidak boleh sama dengan nama.", "A password may not be the name.")
    if {bare, word} & COMMON or len(set(bare)) < 4 or bare in _IN_ORDER:
        return Text(
            "Sandi ini terlalu mudah ditebak. Pakai beberapa kata yang hanya Anda tahu.",
            "This password is too easy to guess. Use some words that only you know.",
        )
    return None


def refuse_weak(password: str, name: str) -> None:
    """UsageError with the reason when a password isn't good enough for that person."""
    why = weakness(password, name)
    if why is not None:
        raise UsageError(why)


class Passwords:
    """Hashes and checks, one at a time; `Busy` when too many wait already."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._turn = threading.Lock()
        self._line = threading.BoundedSemaphore(WAITING + 1)
        self._nobody = hasher.hash("")

    def hash(self, password: str) -> str:
        """What to keep of a password."""
        with self._in_turn():
            return self._hasher.hash(password)

    def fits(self, kept: str | None, password: str) -> bool:
        """Whether it is the password of `kept`; without one it takes the same time to say no."""
        with self._in_turn():
            try:
                self._hasher.verify(kept or self._nobody, password[: LONGEST + 1])
            except VerificationError:
                return False
        return bool(kept)

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        if not self._line.acquire(blocking=False):
            raise Busy(
                Text(
                    "Terlalu banyak orang masuk bersamaan. Coba lagi sebentar.",
                    "Too many people sign in at once. Try again in a moment.",
                )
            )
        try:
            with self._turn:
                yield
        finally:
            self._line.release()
