"""How we stand with YouTube, in sentences: an account comes in, what people are told goes out; pure."""

from collections.abc import Iterator
from datetime import datetime

from pipeline.errors import Text
from pipeline.publish import CLOCK_MAY_BE_OFF, SCOPE, Account, Bucket, in_words, when

_BUCKETS = {
    "pool": Text("Kuota", "Quota"),
    "uploads": Text("Kuota unggahan", "Quota of uploads"),
}
_ASSUMED = Text(
    "Biaya perintah siaran langsung tidak diumumkan Google; dipakai perkiraan: membaca 1, menulis 50.",
    "Google doesn't publish what live methods cost; assumed: reading 1, writing 50.",
)
_LOCKED = Text(
    "Video dari proyek Google Cloud yang belum diaudit dapat dikunci YouTube sebagai privat, dan hal itu "
    "tidak dapat ditanyakan. Unggah satu video uji jauh sebelum acara: `tayang publish` memeriksa "
    "setiap video dan melaporkan bila privasinya berubah.",
    "YouTube may lock videos of a Google Cloud project without audit as private, and can't be asked "
    "whether it does. Upload a test video well before the event: `tayang publish` checks each video and "
    "reports when its privacy has changed.",
)


def sentences(account: Account, now: datetime) -> Iterator[Text]:
    """What is known of an account, line by line; its warnings are apart."""
    if account.link is not None:
        yield Text(account.link, account.link)
    yield from _signin(account, now)
    yield from _rights(account)
    yield _live(account.live)
    for bucket in account.buckets:
        yield _quota(bucket)
    yield _ASSUMED
    if account.waiting:
        yield Text(
            f"{account.waiting} unggahan belum selesai dan akan dilanjutkan.",
            f"{account.waiting} uploads are not done and will be continued.",
        )
    if account.clock_off is not None and abs(account.clock_off) <= CLOCK_MAY_BE_OFF:
        yield Text(
            "Jam komputer ini cocok dengan jam YouTube.",
            "This computer's clock agrees with YouTube's.",
        )
    if not account.emulated:
        yield _LOCKED


def title(account: Account) -> Text:
    """Whose account it is."""
    if account.channel is None:
        return Text("Kanal belum diketahui", "The channel isn't known yet")
    where = Text(" (emulator)", " (emulator)") if account.emulated else Text("", "")
    return Text(f"Kanal {account.channel}{where.id}", f"Channel {account.channel}{where.en}")


def _signin(account: Account, now: datetime) -> Iterator[Text]:
    if account.signed_in is None:
        if account.emulated:
            yield Text("Emulator tidak memerlukan izin masuk.", "The emulator needs no sign-in.")
        return
    since, days = when(account.signed_in), (now - account.signed_in).days
    yield Text(f"Masuk {since.id}, {days} hari lalu.", f"Signed in {since.en}, {days} days ago.")
    if account.ends is not None:
        ends = when(account.ends)
        yield Text(
            f"Menurut Google izin ini gugur {ends.id}: proyeknya masih “Testing”.",
            f"Google says that it ends {ends.en}: the project is in “Testing”.",
        )
    trap = account.ends_if_testing
    if trap is not None and now < trap:
        said = when(trap)
        yield Text(
            f"Bila proyek Google Cloud masih “Testing”, izin ini gugur {said.id}; Tayang tidak dapat "
            "mengetahuinya.",
            f"If the Google Cloud project is in “Testing” it ends {said.en}; Tayang can't know.",
        )
    elif trap is not None and account.channel is not None:
        yield Text(
            "Izinnya masih berlaku sesudah 7 hari: proyeknya tidak dalam “Testing”.",
            "It is good after 7 days: the project is not in “Testing”.",
        )


def _rights(account: Account) -> Iterator[Text]:
    """What we asked for includes the rest."""
    for scope in [SCOPE] if SCOPE in account.scopes else account.scopes:
        told = in_words(scope)
        yield Text(f"Boleh: {told.id}.", f"May {told.en}.")


def _live(live: bool | None) -> Text:
    if live is None:
        return Text("Siaran langsung: belum diketahui.", "Live streaming: not known.")
    if live:
        return Text("Siaran langsung aktif di kanal ini.", "Live streaming is on for this channel.")
    return Text("Siaran langsung belum aktif.", "Live streaming is off.")


def _quota(bucket: Bucket) -> Text:
    name, refill = _BUCKETS[bucket.name], when(bucket.refilled)
    unsure = Text("", "")
    if bucket.uncertain:
        unsure = Text(
            f" ({bucket.uncertain} dari yang terpakai belum pasti)",
            f" ({bucket.uncertain} of what is spent are uncertain)",
        )
    left, limit = f"{bucket.left:,}", f"{bucket.limit:,}"
    return Text(
        f"{name.id}: sisa {_dots(left)} dari {_dots(limit)}{unsure.id}; diisi ulang {refill.id}.",
        f"{name.en}: {left} of {limit} left{unsure.en}; refilled {refill.en}.",
    )


def _dots(number: str) -> str:
    return number.replace(",", ".")
