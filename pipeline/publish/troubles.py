"""What may trouble a broadcast while its program airs, in words; `title` says which. Pure."""

from pipeline.errors import Fault, Text


def no_signal(title: str, stream: str) -> Fault:
    return Fault(
        title,
        Text(
            f"YouTube belum menerima program (status {stream})",
            f"YouTube isn't receiving the program (status {stream})",
        ),
        Text(
            "Periksa internet dan pengiriman ke tujuan youtube.",
            "Check the internet and the youtube destination.",
        ),
    )


def starved(title: str) -> Fault:
    return Fault(
        title,
        Text(
            "siaran YouTube masih terbuka, tetapi gambarnya tidak sampai",
            "the broadcast is live, but no picture arrives at YouTube",
        ),
        Text(
            "Siaran yang sama berlanjut begitu pengiriman tersambung lagi.",
            "The same broadcast goes on once the destination is connected again.",
        ),
    )


def unhealthy(title: str) -> Fault:
    return Fault(
        title,
        Text("YouTube menilai sinyalnya buruk", "YouTube calls the signal bad"),
        Text("Periksa kecepatan unggah internet.", "Check the internet's upload speed."),
    )


def replaced(title: str, status: str, link: str) -> Fault:
    return Fault(
        title,
        Text(
            f"siaran di YouTube berhenti sendiri ({status}); diganti dengan yang baru: {link}",
            f"YouTube's broadcast came to a stop ({status}); a new one replaces it: {link}",
        ),
        Text("Bagikan tautan baru kepada penonton.", "Tell viewers the new link."),
    )


def unforeseen(title: str, error: Exception) -> Fault:
    return Fault(
        title,
        Text(f"kesalahan tak terduga: {error!r}", f"an unforeseen error: {error!r}"),
        Text("Laporkan kepada pembuat Tayang.", "Tell the makers of Tayang."),
    )


def given_up(title: str, times: int) -> Fault:
    return Fault(
        title,
        Text(
            f"siaran di YouTube sudah {times} kali berhenti sendiri",
            f"YouTube's broadcast came to a stop {times} times",
        ),
        Text(
            "Lihat di YouTube Studio apa sebabnya. Programnya sendiri tetap tayang.",
            "See why in YouTube Studio. The program itself goes on.",
        ),
    )
