"""The OAuth client that asks for consent: the file that Google Cloud gives out becomes a `Client`.

What isn't such a file is named for what it is, with what to do. It must not send anything.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import Fault, InputFaults, Text
from pipeline.publish.signin import TOKEN_URI
from pipeline.settings import YouTube

AUTH_URI = "https://accounts.google.com/o/oauth2/v2/auth"
"""https://developers.google.com/identity/protocols/oauth2/native-app#step-2:-send-a-request-to-googles-oauth-2.0-server"""

_GET_ONE = Text(
    "Di https://console.cloud.google.com/auth/clients buat klien OAuth jenis Desktop, unduh JSON-nya, "
    "dan simpan di sini (README, “Menyambungkan kanal sungguhan”).",
    "At https://console.cloud.google.com/auth/clients create an OAuth client of type Desktop, "
    "download its JSON and save it here (README, “Connecting the real channel”).",
)


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks, and where."""

    id: str
    secret: str = field(repr=False)
    auth_uri: str = AUTH_URI
    token_uri: str = TOKEN_URI


def client_of(youtube: YouTube) -> Client:
    """The client of these settings; the emulator takes any. InputFaults: the file isn't one."""
    if youtube.address is not None:
        base = youtube.address.rstrip("/")
        return Client("emulator", "emulator", f"{base}/auth", f"{base}/token")
    return read_client(youtube.client_secret)


def read_client(file: Path) -> Client:
    """From the JSON of a client of type Desktop; its addresses are Google's, whatever it says.

    InputFaults says what the file is instead, or what it lacks; never what it holds.
    """
    what, hint = None, _GET_ONE
    content: Any = None
    try:
        content = json.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        what = Text("berkas klien OAuth belum ada", "there is no OAuth client file yet")
    except OSError as error:
        what = Text(f"tidak dapat dibaca: {error.strerror}", f"can't be read: {error.strerror}")
    except ValueError:
        what = Text("bukan JSON", "not JSON")
    else:
        what, hint = _wrong(content)
    if what is not None:
        raise InputFaults([Fault(str(file), what, hint)])
    installed = content["installed"]
    return Client(installed["client_id"], installed["client_secret"])


def _wrong(content: Any) -> tuple[Text | None, Text]:
    """What is wrong with a client file, and what to do."""
    if not isinstance(content, dict):
        return Text("bukan berkas klien OAuth", "not an OAuth client file"), _GET_ONE
    if content.get("type") == "service_account":
        return _SERVICE_ACCOUNT
    if "refresh_token" in content:
        return _TOKEN
    if "web" in content:
        return _WEB
    installed = content.get("installed")
    if not isinstance(installed, dict):
        what = Text(
            "bukan berkas klien OAuth: “installed” tidak ada",
            "not an OAuth client file: it lacks “installed”",
        )
        return what, _GET_ONE
    lacks = [k for k in ("client_id", "client_secret") if not _filled(installed.get(k))]
    if lacks:
        names = ", ".join(lacks)
        return Text(f"{names} tidak ada", f"it lacks {names}"), _ANEW
    return None, _GET_ONE


def _filled(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


_SERVICE_ACCOUNT = (
    Text("ini kunci akun layanan (service account)", "this is the key of a service account"),
    Text(
        f"Akun layanan tidak dapat dipakai dengan YouTube. {_GET_ONE.id}",
        f"Service accounts don't work with YouTube. {_GET_ONE.en}",
    ),
)
_WEB = (
    Text(
        "ini klien OAuth jenis Web, bukan Desktop", "this OAuth client is of type Web, not Desktop"
    ),
    Text(
        f"Jenisnya tidak dapat diubah; buat klien baru. {_GET_ONE.id}",
        f"Its type can't be changed; create another. {_GET_ONE.en}",
    ),
)
_TOKEN = (
    Text("ini berkas izin masuk, bukan berkas klien", "this is a sign-in, not a client file"),
    Text(
        f"Periksa youtube.client_secret dan youtube.token di pengaturan. {_GET_ONE.id}",
        f"Check youtube.client_secret and youtube.token in the settings. {_GET_ONE.en}",
    ),
)
_ANEW = Text(
    f"Unduh lagi JSON-nya, atau buat klien baru. {_GET_ONE.id}",
    f"Download the JSON again, or create another client. {_GET_ONE.en}",
)
