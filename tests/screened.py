"""An event for the panel's screens: stands with odd names, a session that has aired, and boards by hand."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image
from rooms import settings_in

from pipeline.air.journal import JournalWriter
from pipeline.rundown import (
    Item,
    Kind,
    Product,
    Rundown,
    Session,
    Stand,
    StartMode,
    dump_yaml,
)
from pipeline.settings import Settings
from pipeline.tools import run

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
ODD = '<img src=x onerror="document.title=1"> & Putra'
PACKETS = "ab" * 32

STANDS = (
    Stand(
        number=1,
        name=ODD,
        category="Batik",
        origin="Pekalongan",
        whatsapp="+6281234567890",
        instagram="@putra",
        shop="https://toko.example/putra",
        entitled_s=120,
        products=(
            Product(name="Kain <b>tulis</b>", price=150_000, photo="kain.png"),
            Product(name="Selendang", price=None, photo="rusak.jpg"),
            Product(name="Kartu", price=0),
        ),
    ),
    Stand(number=2, name="Café Robusta", category="Makanan", origin="Semarang", entitled_s=60),
    Stand(number=3, name="Anyaman", category="Kerajinan", origin="Pekalongan"),
)


def item(id: str, minutes: int, stand: int | None, day: int = 0) -> Item:
    return Item(
        id=id,
        kind=Kind.VIDEO,
        title=f"Profil {id}",
        at=NINE + timedelta(days=day, minutes=minutes),
        duration_s=60,
        start=StartMode.FIXED,
        stand=stand,
        media="profil.mp4",
    )


def event(home: Path, ffmpeg: str) -> Settings:
    """Two days planned; on the first, stands 1 and 2 have aired, and there is a clip of stand 1."""
    sessions = tuple(
        Session(
            id=f"2021-11-{24 + day}",
            day=(NINE + timedelta(days=day)).date(),
            items=tuple(item(f"{day + 1}-{n:02}", 5 * n, n, day) for n in (1, 2)),
        )
        for day in (0, 1)
    )
    (home / "media").mkdir()
    Image.new("RGB", (900, 700), "teal").save(home / "media" / "kain.png")
    (home / "media" / "rusak.jpg").write_bytes(b"this is no picture")
    text = dump_yaml(Rundown(stands=STANDS, sessions=sessions))
    (home / "rundown.yaml").write_text(text, encoding="utf-8")
    _aired(home, ffmpeg)
    return settings_in(home, rundown=str(home / "rundown.yaml"))


def _aired(home: Path, ffmpeg: str) -> None:
    folder = home / "air" / "2021-11-24"
    folder.mkdir(parents=True)
    with closing(JournalWriter(folder / "journal.jsonl")) as journal:

        def write(event: str, second: int, **fields: Any) -> None:
            at = NINE + timedelta(seconds=second)
            journal.write(event, at=at, frame=second * 25, **fields)

        stands = [{"number": s.number, "name": s.name, "entitled_s": s.entitled_s} for s in STANDS]
        facts = {"session": "2021-11-24", "event_name": "Pameran", "house": "0" * 64}
        numbers = {"fps": 25, "sampling": 48_000, "ahead_s": 3600, "rundown": "1" * 64}
        write("open", 0, **facts, **numbers, stands=stands, planned=[])
        write("part", 0, part="program-0001.ts", first_frame=0)
        for n, stand in ((1, 1), (2, 2)):
            _airing(write, n, stand)
        write("close", 120, frames=3000, late={"frames": 0, "worst_s": 0})
    clips = home / "clips" / "2021-11-24"
    clips.mkdir(parents=True)
    _film(ffmpeg, clips / "001-img-src-x-onerror-document-title-1-putra.mp4", PACKETS)
    _film(ffmpeg, clips / "002-cafe-robusta.mp4", "another broadcast's")


def _airing(write: Any, n: int, stand: int) -> None:
    first = (n - 1) * 60
    common = {"occurrence": n, "first_frame": first * 25}
    shown = {"item": f"1-{n:02}", "kind": "video", "planned_kind": "video", "title": f"Profil {n}"}
    whose = {"stand": stand, "stand_name": STANDS[stand - 1].name}
    place = {"segment": "c" * 64, "reason": "rundown", "part": "program-0001.ts", "offset": 0}
    write("start", first, **common, **shown, **whose, **place, skip=0)
    proof = {"packets": PACKETS, "audio_frames": 2812, "cut": False}
    write("end", first + 60, **common, frames=1500, part="program-0001.ts", **proof)


def _film(ffmpeg: str, path: Path, made_of: str) -> None:
    picture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", "-c:v", "libx264"]
    comment = ["-pix_fmt", "yuv420p", "-metadata", f"comment={made_of}", str(path)]
    run([ffmpeg, "-v", "error", *picture, *comment], deadline=60)


def board(left: float | None = 300.0, *, stand: int = 1, **more: Any) -> dict[str, Any]:
    """Stand `stand` is on air, at 09.05 on the first day; two more follow."""
    now = NINE + timedelta(minutes=5, seconds=30)

    def iso(minutes: float) -> str:
        return (NINE + timedelta(minutes=minutes)).isoformat(timespec="milliseconds")

    def planned(number: int, state: str, minutes: float) -> dict[str, Any]:
        return {
            **{"item": f"1-{number:02}", "title": f"Profil {number}", "stand": number},
            **{"stand_name": STANDS[number - 1].name, "kind": "video", "mode": "follow"},
            **{"start": iso(minutes), "expected": iso(minutes + 0.5), "duration_s": 60.0},
            "state": state,
        }

    coming = [planned(2, "next", 10), planned(3, "coming", 15)]
    on = {
        **{"occurrence": 7, "item": f"1-{stand:02}", "title": f"Profil {stand}", "stand": stand},
        **{"stand_name": STANDS[stand - 1].name, "kind": "video", "reason": {"id": "", "en": ""}},
        **{"started": iso(5), "sent_s": 30.0, "left_s": left, "planned_end": iso(6)},
        **{"length_s": None if left is None else 30 + left, "over_s": 12.0},
    }
    return {
        "connected": True,
        "now": now.isoformat(timespec="milliseconds"),
        "session": {"id": "2021-11-24", "start": iso(0), "end": iso(60), "expected_end": None},
        **{"on": on, "next": coming[0], "items": [planned(1, "on", 5), *coming]},
        **{"held": False, "slated": False, "behind_s": 12.0, "cue": {"state": "off"}},
        "stands": [{"stand": 1, "name": ODD, "entitled_s": 120, "aired_s": 90.0, "owed_s": 30.0}],
        "orders": [{"by": "Rahasia", "command": "take"}],
        **more,
    }
