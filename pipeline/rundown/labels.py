"""The names of sheets, headers, kinds and start modes in both languages, and the nearest to a slip.

The first name of each is the one that hints and the YAML form use.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from pipeline.errors import Text
from pipeline.rundown.cells import plain
from pipeline.rundown.model import Kind, StartMode

K = TypeVar("K", bound=str)

SHEETS: dict[str, tuple[str, ...]] = {
    "stands": (
        "Stand", "Stands", "Exhibitors", "Exhibitor", "Peserta", "Data Stand", "Data Peserta",
        "Daftar Stand", "Daftar Peserta", "Booth", "Booths",
    ),
    "products": (
        "Produk", "Products", "Product", "Katalog", "Data Produk", "Daftar Produk",
        "Katalog Produk",
    ),
    "items": (
        "Rundown", "Schedule", "Jadwal", "Susunan Acara", "Jadwal Siaran", "Jadwal Acara",
        "Rundown Acara", "Rundown Siaran", "Program",
    ),
}  # fmt: skip

_STAND_NUMBER = ("No. Stand", "Nomor Stand", "No. Stan", "Nomor Stan", "Stand", "Stan", "Stand No.",
                 "Stand Number", "Booth", "No. Booth", "Booth No.", "Booth Number")  # fmt: skip
_NOTE = ("Keterangan", "Catatan", "Deskripsi", "Note", "Notes", "Description", "Remark", "Remarks")

HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "stands": {
        "number": (*_STAND_NUMBER, "Number", "Nomor", "No."),
        "name": (
            "Nama Usaha", "Nama Stand", "Nama Stan", "Nama UMKM", "Nama Peserta", "Nama Toko",
            "Business Name", "Business", "Stand Name", "Exhibitor", "Exhibitor Name", "Company",
            "Company Name", "Peserta", "UMKM", "Usaha", "Merek", "Brand", "Nama", "Name",
        ),
        "category": ("Kategori", "Jenis Usaha", "Bidang Usaha", "Bidang", "Jenis Produk",
                     "Category"),
        "origin": ("Asal Daerah", "Asal", "Daerah Asal", "Kota Asal", "Daerah", "Kota",
                   "Kota/Kabupaten", "Origin", "Place of Origin", "City", "Region", "From"),
        "whatsapp": (
            "No. WhatsApp", "WhatsApp", "Nomor WhatsApp", "WhatsApp Number", "WhatsApp No.", "WA",
            "No. WA", "Nomor WA", "No. HP", "Nomor HP", "HP", "No. HP/WA", "No. Telepon",
            "Nomor Telepon", "No. Telp", "Telepon", "Telp", "Kontak", "Phone", "Phone Number",
            "Phone No.", "Mobile", "Contact",
        ),
        "instagram": ("Instagram", "IG", "Akun Instagram", "Akun IG", "Instagram Account"),
        "shop": (
            "Toko Online", "Toko Daring", "Link Toko", "Alamat Toko", "Toko", "Shop",
            "Online Shop", "Online Store", "Shop Link", "Shop URL", "Store", "Website", "Web",
            "Situs", "Situs Web", "Marketplace", "URL", "Link",
        ),
        "entitled": (
            "Hak Tayang", "Jatah Tayang", "Jatah", "Durasi Hak Tayang", "Entitlement", "Entitled",
            "Entitled Airtime", "Airtime", "Airtime Entitlement",
        ),
        "description": ("Deskripsi Singkat", "Profil Singkat", "Profil", "Short Description",
                        "Profile", *_NOTE),
    },
    "products": {
        "stand": (*_STAND_NUMBER, "Exhibitor"),
        "name": ("Produk", "Nama Produk", "Product", "Product Name", "Nama Barang", "Barang",
                 "Item", "Nama", "Name"),
        "price": ("Harga", "Harga Satuan", "Harga Jual", "Price", "Unit Price"),
        "photo": ("Foto", "Foto Produk", "Nama Foto", "File Foto", "Gambar", "Photo", "Picture",
                  "Image", "Photo File", "Nama File", "File", "Berkas"),
        "note": _NOTE,
    },
    "items": {
        "date": ("Tanggal", "Tgl.", "Hari/Tanggal", "Hari, Tanggal", "Hari", "Date", "Day"),
        "at": ("Jam", "Waktu", "Pukul", "Jam Mulai", "Jam Tayang", "Waktu Mulai", "Time",
               "Start Time", "At", "Hour"),
        "duration": ("Durasi", "Lama", "Lama Tayang", "Duration", "Length"),
        "kind": ("Jenis", "Jenis Acara", "Tipe", "Bentuk", "Format", "Kind", "Type"),
        "stand": (*_STAND_NUMBER, "Exhibitor"),
        "title": ("Judul Acara", "Judul", "Nama Acara", "Acara", "Kegiatan", "Mata Acara",
                  "Uraian", "Title", "Program Title", "Event", "Activity"),
        "media": ("Materi", "Media", "File", "Berkas", "Nama File", "File Video", "Materi Siaran",
                  "Sumber", "Source", "Media File"),
        "start": ("Mulai", "Cara Mulai", "Mode Mulai", "Mode", "Start", "Start Mode"),
        "note": _NOTE,
    },
}  # fmt: skip

REQUIRED: dict[str, frozenset[str]] = {
    "stands": frozenset({"number", "name"}),
    "products": frozenset({"stand", "name"}),
    "items": frozenset({"date", "at", "kind", "title"}),
}

KINDS: dict[Kind, tuple[str, ...]] = {
    Kind.VIDEO: ("Video", "Film", "VT", "Video Profil", "Video Promosi"),
    Kind.CATALOGUE: ("Katalog", "Katalog Produk", "Catalogue", "Catalog", "Product Catalogue"),
    Kind.LIVE: ("Langsung", "Live", "Siaran Langsung", "Live Report", "Laporan Langsung"),
    Kind.SLATE: ("Jeda", "Slate", "Istirahat", "Ishoma", "Break", "Pause", "Rehat"),
}
STARTS: dict[StartMode, tuple[str, ...]] = {
    StartMode.FIXED: ("tepat", "tepat waktu", "fixed", "exact", "on time", "tetap"),
    StartMode.FOLLOW: ("lanjut", "lanjutan", "follow", "follows", "otomatis", "auto"),
    StartMode.MANUAL: ("manual", "aba-aba", "tunggu aba-aba", "take", "on cue"),
}


@lru_cache(maxsize=4096)
def bare(label: str) -> str:
    """A label without case, spaces, punctuation and parentheses: ` No.Stand ` is `nostand`."""
    return re.sub(r"[\W_]+", "", re.sub(r"\(.*?\)", "", plain(label)))


def unit_of(label: str) -> str:
    """What a header says in parentheses."""
    found = re.search(r"\((.*?)\)", plain(label))
    return found.group(1) if found else ""


def find(label: str, names: Mapping[K, Iterable[str]]) -> K | None:
    """The key under whose names the label is."""
    wanted = bare(label)
    return next((key for key, of in names.items() if wanted in map(bare, of)), None)


def nearest(label: str, names: Iterable[str]) -> str | None:
    """The name that the label is most likely a slip of, if any."""
    by_bare = {bare(name): name for name in reversed(tuple(names))}
    wanted = bare(label)
    cutoff = 0.75 if len(wanted) > 4 else 0.8
    near = difflib.get_close_matches(wanted, by_bare, n=1, cutoff=cutoff)
    return by_bare[near[0]] if near else None


def did_you_mean(name: str) -> Text:
    return Text(f"Maksudnya {name}?", f"Did you mean {name}?")


def all_names(names: Mapping[K, Iterable[str]]) -> list[str]:
    return [name for of in names.values() for name in of]
