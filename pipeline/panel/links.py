"""Links that can't be guessed, for stands and screens: each follows from one secret and what it is for.

The secret is a file of 32 random bytes, mode 0600, made on first use; without it all links change.
"""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from pipeline.errors import OutsideError, Text
from pipeline.panel.tokens import same

SECRET_BYTES = 32
KEY_BYTES = 16  # 128 bits: 22 characters in an address

SCREENS = {
    "stage": Text("Layar panggung", "Stage screen"),
    "overlay": Text("Lapisan untuk OBS atau vMix", "Overlay for OBS or vMix"),
}
"""The screens that open with a link instead of a sign-in; each is the page of its name."""


class Keys:
    """The keys in links; the same secret gives the same ones, so a printed code stays good."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def for_stand(self, number: int) -> str:
        """The key of `/stand/<number>`."""
        return self._key(f"stand:{number}")

    def for_screen(self, name: str) -> str:
        """The key of the screen of that name."""
        return self._key(f"screen:{name}")

    def holds_stand(self, number: int, given: str) -> bool:
        """Whether `given` is that stand's key."""
        return same(self.for_stand(number), given)

    def holds_screen(self, name: str, given: str) -> bool:
        """Whether `given` is that screen's key."""
        return same(self.for_screen(name), given)

    def _key(self, purpose: str) -> str:
        whole = hmac.new(self._secret, purpose.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(whole[:KEY_BYTES]).rstrip(b"=").decode()


def read_keys(file: Path) -> Keys:
    """The keys of a secret's file, which is made when it isn't there; OutsideError when it can't be used."""
    try:
        secret = file.read_bytes() if file.exists() else _made(file)
    except OSError as error:
        raise _unusable(file, str(error)) from error
    if len(secret) != SECRET_BYTES:
        raise _unusable(file, f"{len(secret)} B, {SECRET_BYTES} B")
    return Keys(secret)


def _made(file: Path) -> bytes:
    """Written aside and renamed: never half a secret."""
    file.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_bytes(SECRET_BYTES)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    with os.fdopen(descriptor, "wb") as new:
        new.write(secret)
        new.flush()
        os.fsync(new.fileno())
    Path(name).replace(file)
    return secret


def _unusable(file: Path, why: str) -> OutsideError:
    return OutsideError(
        Text(f"{file.name} tidak dapat dipakai: {why}", f"{file.name} can't be used: {why}"),
        Text(
            "Periksa izin berkasnya, atau hapus: semua tautan stand dan layar lalu berganti.",
            "Check its permissions, or delete it: all links of stands and screens change then.",
        ),
    )
