"""The audit list in words: what was done and how it ended, and the list as a CSV file; pure."""

import csv
import io
import json
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from pipeline.errors import Text
from pipeline.panel.rights import ROLES, Role
from pipeline.panel.trail import Entry

DONE = {
    "login": Text("masuk", "sign in"),
    "logout": Text("keluar", "sign out"),
    "setup": Text("memilih sandi lewat tautan", "choose a password by link"),
    "password": Text("mengganti sandi", "change the password"),
    "person.add": Text("menambah orang", "add a person"),
    "person.role": Text("mengubah peran", "change a role"),
    "person.reset": Text("mereset sandi", "reset a password"),
    "person.remove": Text("menghapus orang", "remove a person"),
    "device.add": Text("menambah perangkat", "add a device"),
    "device.revoke": Text("mencabut perangkat", "revoke a device"),
    "take": Text("take", "take"),
    "undo": Text("membatalkan take", "undo a take"),
    "next": Text("memilih berikutnya", "choose next"),
    "hold": Text("menahan", "hold"),
    "resume": Text("melanjutkan", "resume"),
    "slate": Text("slate", "slate"),
    "mark": Text("menandai", "mark"),
    "cue": Text("lower third", "lower third"),
    "pause": Text("memutus tujuan", "pause a destination"),
    "unpause": Text("menyambung tujuan", "connect a destination"),
    "rundown.edit": Text("mengubah acara", "change the day"),
    "rundown.restore": Text("mengembalikan versi acara", "restore a version of the day"),
    "rundown.workbook": Text("mengambil buku kerja", "take over the workbook"),
}
"""What the list notes; other words are shown as they are."""

OUTCOMES = {
    "done": Text("berhasil", "done"),
    "refused": Text("ditolak", "refused"),
    "failed": Text("gagal", "failed"),
}

CSV_HEADER = (
    "Waktu · Time",
    "Siapa · Who",
    "Peran · Role",
    "Jenis · Kind",
    "Tindakan · Action",
    "Rincian · Detail",
    "Hasil · Outcome",
)


def audit_csv(entries: Iterable[Entry], zone: ZoneInfo) -> str:
    """The list as CSV, times with offset; what a spreadsheet would take for a formula is made text
    (https://owasp.org/www-community/attacks/CSV_Injection)."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(CSV_HEADER)
    for entry in entries:
        at = entry.at.astimezone(zone).isoformat(timespec="seconds")
        role = ROLES[Role(entry.role)].id if entry.role else ""
        detail = json.dumps(entry.detail, ensure_ascii=False) if entry.detail else ""
        row = (at, entry.who, role, entry.kind, entry.what, detail, entry.outcome)
        writer.writerow([_cell(text) for text in row])
    return file.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
