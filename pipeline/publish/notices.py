"""What of our account will spoil the show: facts and a time come in, things to do go out; pure.

It must not ask YouTube, nor know how it is said.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline.errors import Fault, InputFaults, Text
from pipeline.publish.account import TESTING_LIFE, Account, Notice, when
from pipeline.publish.outcomes import MEANINGS, Rejected, Remedy, YouTubeError, explain
from pipeline.publish.quota import Airtime
from pipeline.publish.scopes import missing

NEAR = timedelta(days=2)
"""So long before the first session what threatens it becomes urgent."""

LIVE_TAKES = timedelta(hours=24)
"""Until live streaming works that was just turned on
(https://support.google.com/youtube/answer/2474026)."""

CLOCK_MAY_BE_OFF = timedelta(minutes=1)

YOUTUBE = "YouTube"
SIGN_IN = "izin masuk/sign-in"
LIVE = "siaran langsung/live streaming"
QUOTA = "kuota/quota"
CLOCK = "jam/clock"

_TESTING = Text(
    "Bila proyek Google Cloud masih “Testing”, izin gugur 7 hari sesudah masuk. Masuk lagi sekarang: "
    "tayang youtube login. Supaya tidak terulang: terbitkan ke “In production”, lalu masuk lagi.",
    "While the Google Cloud project is in “Testing”, a sign-in ends after 7 days. Sign in again now: "
    "tayang youtube login. For good: publish it to “In production”, then sign in again.",
)
_WAS_TESTING = Text(
    "Rupanya proyek Google Cloud masih “Testing”: izinnya gugur sesudah 7 hari. Masuk lagi: tayang "
    "youtube login; yang sedang berjalan memakainya tanpa dimulai ulang.",
    "It seems that the Google Cloud project is still in “Testing”, where a sign-in ends after 7 days. "
    "Sign in again: tayang youtube login; what is running takes it over by itself.",
)
_REVOKED = Text(
    "Izinnya dicabut, atau kata sandi akun diganti. Masuk lagi: tayang youtube login; yang sedang "
    "berjalan memakainya tanpa dimulai ulang.",
    "It was revoked, or the account's password was changed. Sign in again: tayang youtube login; what "
    "is running takes it over by itself.",
)
_BY_ITSELF = Text(
    "Periksa sambungan internet. Antrean dan catatan tetap utuh; begitu tersambung, daemon atau "
    "`tayang publish` melanjutkannya.",
    "Check the internet connection. Queue and ledger are kept; once it is back, the daemon or "
    "`tayang publish` goes on.",
)


def warnings_of(account: Account, now: datetime, airtimes: Sequence[Airtime]) -> tuple[Notice, ...]:
    """All that should be done, what threatens the show first.

    `airtimes` are the sessions to come and the one that is on, in order.
    """
    near = bool(airtimes) and airtimes[0].start - NEAR <= now <= airtimes[-1].end
    threats = [
        *_of_trouble(account, now),
        *_of_scopes(account),
        *_of_end(account, now, airtimes),
        *_of_live(account, now, airtimes),
        *_of_quota(account),
        *_of_clock(account),
    ]
    return (
        *(Notice(fault, near) for fault in threats),
        *(Notice(fault, False) for fault in account.faults),
    )


def _of_trouble(account: Account, now: datetime) -> Iterator[Fault]:
    """Why YouTube couldn't be asked, and what happens next."""
    trouble, refused = account.trouble, account.refused
    if isinstance(trouble, InputFaults):
        yield from trouble.faults
    elif refused is not None:
        yield _dead(refused, account.signed_in, now)
    elif isinstance(trouble, YouTubeError) and trouble.remedy is Remedy.RETRY:
        yield Fault(YOUTUBE, trouble.what, _BY_ITSELF)
    elif trouble is not None:
        yield Fault(YOUTUBE, trouble.what, trouble.hint)


def _dead(refused: Rejected, signed_in: datetime | None, now: datetime) -> Fault:
    """Google takes the sign-in no more; its age tells why, most of the time."""
    what, hint = explain(refused)
    if refused.reason == "invalid_grant" and signed_in is not None:
        age = (now - signed_in).days
        what = Text(
            f"Google tidak lagi menerima izin masuk ini; umurnya {age} hari (invalid_grant)",
            f"Google takes this sign-in no more; it is {age} days old (invalid_grant)",
        )
        hint = _WAS_TESTING if now - signed_in >= TESTING_LIFE else _REVOKED
    return Fault(SIGN_IN, what, hint)


def _of_scopes(account: Account) -> Iterator[Fault]:
    lacking = missing(account.scopes) if account.scopes else None
    if lacking is not None:
        yield Fault(
            SIGN_IN,
            Text(f"izin kurang: {lacking.id}", f"too few rights: not to {lacking.en}"),
            Text(
                "Masuk lagi dan centang semuanya: tayang youtube login",
                "Sign in again and tick all boxes: tayang youtube login",
            ),
        )


def _of_end(account: Account, now: datetime, airtimes: Sequence[Airtime]) -> Iterator[Fault]:
    """A sign-in that ends, or may end, before the event does."""
    if account.refused is not None:
        return
    ends, trap = account.ends, account.ends_if_testing
    until = airtimes[-1].end if airtimes else now + NEAR
    if ends is not None and ends < until:
        said = when(ends)
        yield Fault(
            SIGN_IN,
            Text(
                f"izin masuk gugur {said.id}{_before(airtimes).id}; begitu kata Google",
                f"the sign-in ends {said.en}{_before(airtimes).en}, says Google",
            ),
            _TESTING,
        )
    if trap is not None and now < trap < until:
        said = when(trap)
        yield Fault(
            SIGN_IN,
            Text(
                f"izin masuk mungkin gugur {said.id}{_before(airtimes).id}",
                f"the sign-in may end {said.en}{_before(airtimes).en}",
            ),
            _TESTING,
        )


def _before(airtimes: Sequence[Airtime]) -> Text:
    if not airtimes:
        return Text("", "")
    end = when(airtimes[-1].end)
    return Text(f", sebelum acara selesai ({end.id})", f", before the event is over ({end.en})")


def _of_live(account: Account, now: datetime, airtimes: Sequence[Airtime]) -> Iterator[Fault]:
    if account.live is not False:
        return
    _, what, hint = MEANINGS["liveStreamingNotEnabled"]
    if airtimes and now < airtimes[0].start < now + LIVE_TAKES:
        start = when(airtimes[0].start)
        what = Text(
            f"{what.id}; sesi pertama sudah {start.id}, kurang dari 24 jam lagi",
            f"{what.en}; the first session is {start.en}, in less than 24 hours",
        )
    yield Fault(LIVE, what, hint)


def _of_quota(account: Account) -> Iterator[Fault]:
    """The pool is what controls a broadcast; clips can wait for the refill."""
    pool = next(bucket for bucket in account.buckets if bucket.name == "pool")
    if pool.left >= account.needed:
        return
    refill = when(pool.refilled)
    yield Fault(
        QUOTA,
        Text(
            f"sisa kuota {pool.left} unit; siaran sampai pengisian ulang perlu sekitar {account.needed}",
            f"{pool.left} units of quota are left; the broadcast takes about {account.needed} until "
            "the refill",
        ),
        Text(
            f"Jangan unggah klip dengan proyek ini sebelum {refill.id}.",
            f"Upload no clips with this project before {refill.en}.",
        ),
    )


def _of_clock(account: Account) -> Iterator[Fault]:
    off = account.clock_off
    if off is None or abs(off) <= CLOCK_MAY_BE_OFF:
        return
    minutes = abs(off).total_seconds() / 60
    by = f"{minutes:.0f}"
    way = Text("lebih cepat", "fast") if off > timedelta() else Text("lebih lambat", "slow")
    yield Fault(
        CLOCK,
        Text(
            f"jam komputer ini {by} menit {way.id} daripada jam YouTube",
            f"this computer's clock is {by} minutes {way.en}",
        ),
        Text(
            "Perbaiki jamnya (timedatectl set-ntp true): sesi mulai menurut jam ini, dan Google dapat "
            "menolak izin masuk.",
            "Set the clock (timedatectl set-ntp true): sessions start by it, and Google may refuse the "
            "sign-in.",
        ),
    )
