"""Why a destination was lost, as a sentence with what to do: ffmpeg's last words come in. Pure."""

import re

from pipeline.errors import Text

STALLED = Text(
    "tujuan tidak menerima lagi: jaringan atau servernya macet; disambung ulang",
    "the destination takes nothing any more: its network or server hangs; connecting anew",
)
SILENT = Text(
    "server tersambung tetapi diam: periksa alamat dan jenisnya (rtmp, rtmps atau srt)",
    "the server says nothing: check the address and its kind (rtmp, rtmps or srt)",
)
SLOW = Text(
    "jaringan ke tujuan lebih lambat daripada program: turunkan video_kbps atau perbaiki jaringan",
    "the network is slower than the program: lower video_kbps or mend the network",
)
CUT = Text(
    "server memutus sambungan; bila selalu langsung putus, periksa kunci siarannya",
    "the server cut the connection; if it always does so at once, check the stream key",
)

# What ffmpeg 5 to 9, OpenSSL, GnuTLS, libsrt and RTMP servers say; the first that fits counts.
WORDS = (
    (
        r"already publishing|publish\.badname|streambusy",
        Text(
            "kunci siaran ini sedang dipakai pengirim lain: hentikan yang lain, atau tunggu sebentar",
            "another sender uses this stream key: stop that one, or wait a little",
        ),
    ),
    (
        r"badsecret|incorrect passphrase|unsecure",
        Text(
            "sandi (passphrase) SRT salah: periksa di kedua sisi",
            "the SRT passphrase is wrong: check it on both sides",
        ),
    ),
    (
        r"server error|unauthori|access denied|reject",
        Text(
            "server menolak siaran ini: periksa kunci siaran atau streamid",
            "the server rejects this stream: check the stream key or streamid",
        ),
    ),
    (
        r"certificate|verif",
        Text(
            "sertifikat server tidak dipercaya: periksa alamat dan jam komputer; "
            "untuk sertifikat sendiri, sebutkan berkasnya dengan SSL_CERT_FILE",
            "the server's certificate isn't trusted: check the address and this computer's clock; "
            "name a certificate of your own with SSL_CERT_FILE",
        ),
    ),
    (
        r"failed to resolve|name or service|temporary failure in name",
        Text(
            "nama server tidak ditemukan: periksa alamat dan internet",
            "no server of that name: check the address and the internet",
        ),
    ),
    (
        r"connection refused",
        Text(
            "server menolak sambungan: pastikan servernya hidup, alamat dan portnya benar",
            "the server refuses connections: see that it runs and that address and port are right",
        ),
    ),
    (
        r"no route to host|network is (unreachable|down)|host is down",
        Text(
            "server tidak terjangkau: periksa jaringan", "no way to the server: check the network"
        ),
    ),
    (
        r"\[srt @.*connection to .* failed",
        Text(
            "server SRT tidak menjawab: pastikan servernya hidup, alamat dan portnya benar",
            "no answer from the SRT server: see that it runs and that address and port are right",
        ),
    ),
    (
        r"timed out",
        Text(
            "server tidak menjawab: periksa jaringan",
            "the server doesn't answer: check the network",
        ),
    ),
    (
        r"\btls|ssl",
        Text(
            "sambungan aman (TLS) gagal: periksa alamat dan portnya",
            "the secure connection (TLS) failed: check address and port",
        ),
    ),
    (
        r"no space left|quota exceeded",
        Text("tempat penyimpanan penuh: kosongkan sebagian", "the disk is full: free some space"),
    ),
    (
        r"read-only file system|permission denied",
        Text("folder tujuan tidak dapat ditulisi", "the folder of the file can't be written to"),
    ),
    (
        r"no such file or directory|not a directory",
        Text("folder tujuan tidak ada: buat dulu", "the folder of the file isn't there: make it"),
    ),
    (r"broken pipe|reset by peer|end of file|error muxing|write_frame|error opening output", CUT),
)


def reason(said: str) -> Text:
    """What ffmpeg's last lines mean; the first of them as it is when that isn't known."""
    for words, text in WORDS:
        if re.search(words, said, re.IGNORECASE):
            return text
    first = re.sub(r"^\[[^]]*\]\s*", "", said.strip().partition("\n")[0])[:200]
    return Text(f"ffmpeg: {first}", f"ffmpeg: {first}") if first else CUT
