"""What a destination of the settings is to ffmpeg: an address that anybody may see, and what nobody may.

Stream keys, stream ids, passphrases and queries come out apart, so that they reach ffmpeg by another way
than its arguments, which every user of the machine can read, and can be cut out of whatever it says.
"""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from pipeline.errors import OutsideError, Text
from pipeline.settings import Destination

LONGEST = 900
"""ffmpeg reads a line of a preset file into a buffer of 1000 bytes (fftools/ffmpeg_opt.c)."""

SRT_SECRETS = {
    "passphrase": "passphrase",
    "streamid": "srt_streamid",  # `streamid` is one of ffmpeg's own options too
    "srt_streamid": "srt_streamid",
}


@dataclass(frozen=True, slots=True)
class Address:
    """`url` and `options` may be seen; `secrets` are ffmpeg's options that may not; `hidden` are words."""

    url: str
    options: tuple[str, ...]
    secrets: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def scheme(self) -> str:
        return self.url.partition(":")[0]

    def without_secrets(self, text: str) -> str:
        """A message that may be shown."""
        for word in sorted(self.hidden, key=len, reverse=True):
            text = text.replace(word, "***")
        return text


def address(destination: Destination) -> Address:
    """Where a destination is and how it is spoken to; OutsideError when that can't be kept secret.

    rtmp, rtmps: the key is `key`, or the last part of the path. srt: `key` is the streamid. file: the
    first name like the given one that isn't taken yet.
    """
    key = destination.key.get_secret_value().strip() if destination.key else ""
    scheme, _, rest = destination.url.partition("://")
    if scheme == "file":
        return Address(f"file:{_unused(Path(rest))}", ("-f", "mpegts"))
    found = _srt(rest, key) if scheme == "srt" else _rtmp(scheme, rest, key)
    for _, value in found.secrets:
        if "\n" in value or "\r" in value or len(value.encode()) > LONGEST:
            raise OutsideError(
                Text(
                    f"kunci siaran {destination.name} terlalu panjang atau berisi baris baru",
                    f"the key of {destination.name} is too long or has a line break",
                ),
                Text("Salin ulang kuncinya.", "Copy the key again."),
            )
    return found


def _unused(path: Path) -> Path:
    """That path, or the first like it that isn't there yet: a recording is never written over."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free


def _rtmp(scheme: str, rest: str, key: str) -> Address:
    place, _, path = rest.partition("/")
    path, mark, query = path.strip("/").partition("?")
    if "@" in place:
        raise OutsideError(
            Text(
                "alamat rtmp dengan nama dan sandi akan terbaca di daftar proses",
                "an rtmp address with a user and a password would show in the list of processes",
            ),
            Text("Pakai alamat dengan kunci siaran.", "Use an address with a stream key."),
        )
    app, stream = path, key
    if key:
        app += mark + query
    elif "/" in path:
        app, _, stream = path.rpartition("/")
        stream += mark + query
    # Both are set, because ffmpeg would take the second part of a path for the stream.
    secrets = (("rtmp_app", app), ("rtmp_playpath", stream)) if stream else ()
    shown = f"{scheme}://{place}/{app.partition('?')[0]}"
    options: tuple[str, ...] = ("-f", "flv", "-flvflags", "no_duration_filesize")
    if scheme == "rtmps":
        options += ("-tls_verify", "1", *_trusted())
    return Address(shown, options, secrets, _words((stream, stream.partition("?")[0], query)))


def _trusted() -> tuple[str, ...]:
    """The machine's certificates, or those that SSL_CERT_FILE names: the wheel's ffmpeg finds none."""
    found = ssl.get_default_verify_paths().cafile
    return ("-ca_file", found) if found else ()


def _srt(rest: str, key: str) -> Address:
    place, _, query = rest.partition("?")
    secrets, shown = {"srt_streamid": key} if key else {}, []
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        if name in SRT_SECRETS:
            secrets[SRT_SECRETS[name]] = unquote(value)
        else:
            shown.append(pair)
    url = f"srt://{place}" + ("?" + "&".join(shown) if shown else "")
    return Address(
        url, ("-f", "mpegts"), tuple(secrets.items()), _words((*secrets.values(), key, query))
    )


def _words(values: Iterable[str]) -> tuple[str, ...]:
    return tuple({value for value in values if value})
