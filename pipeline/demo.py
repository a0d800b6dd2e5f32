"""The whole line on a shortened session, in real time, in about two minutes: what `make demo` shows.

Any event's settings come in; program, clips and manifest remain in `<state>/demo/`. YouTube is the
emulator, in a process of its own; everything else is what runs on the day.
"""

import contextlib
import dataclasses
import json
import queue
import shlex
import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import manifest as accounts
from pipeline import publicity
from pipeline.air import Player
from pipeline.broadcasting import on_youtube
from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, OutsideError, Text
from pipeline.excerpt import excerpt
from pipeline.publish import Wanted, known
from pipeline.publish.emulator import address_of
from pipeline.rundown import Session
from pipeline.screen import console, headline, list_faults, progress, say
from pipeline.segments import Segment
from pipeline.settings import Settings
from pipeline.timing import hms
from pipeline.tools import Child
from pipeline.wiring import Studio

EMULATOR_SECONDS = 30
SLATES_SECONDS = 8  # about what composing the slates takes; they tell when the session starts
EMULATOR_PORT = 8085  # the command's default, so that links go on working when it is started again
KEPT = 3  # demonstrations that are kept; each takes about 60 MB


def run_demo(settings: Settings, clock: Clock) -> dict[str, object]:
    """Runs the line and says what it does; returns what `--json` gives."""
    begun = clock.monotonic()
    whole = Studio(settings, clock)
    name = f"demo-{_soon(whole):%Y%m%d-%H%M%S}"
    home = settings.state / "demo" / name
    _make_room(home.parent)
    with _emulator(settings) as address:
        youtube = settings.youtube.model_copy(update={"address": address})
        at_home = settings.model_copy(update={"state": home, "youtube": youtube})

        def studio_now() -> tuple[Studio, Session]:
            """The line of a session that starts in a moment: slates tell its times."""
            session = excerpt(whole.rundown, _soon(whole), name)
            rundown = whole.rundown.model_copy(update={"sessions": (session,)})
            return Studio(
                at_home, clock, rundown=rundown, store=settings.state / "segments"
            ), session

        _read(whole, *studio_now())
        _compose(*studio_now(), slates=False)
        studio, session = studio_now()
        segments = _compose(studio, session, slates=True)
        outside = [*_air(studio, session, segments), *_publish(studio)]
        files = _account(studio)
        misfits = _prove(studio, session, settings.state / "emulator" / "ingest")
    _summary(studio, session, files, clock.monotonic() - begun)
    if misfits:
        raise InputFaults(misfits)
    if outside:
        raise OutsideError(
            Text("YouTube (tiruan) tidak melakukan semuanya", "the emulator did not do all of it"),
            Text("Lihat ✗ di atas, lalu ulangi.", "See ✗ above, then run it again."),
        )
    return files


def _soon(studio: Studio) -> datetime:
    """When the slates will be ready, in the event's time."""
    soon = studio.clock.now() + timedelta(seconds=SLATES_SECONDS)
    return soon.astimezone(studio.settings.event.zone).replace(microsecond=0)


def _read(whole: Studio, studio: Studio, session: Session) -> None:
    headline(Text("1  Membaca rundown", "Reading the rundown"))
    rundown = whole.rundown
    items = sum(len(session.items) for session in rundown.sessions)
    say(
        Text(
            f"{len(rundown.stands)} stand, {len(rundown.sessions)} sesi, {items} acara; "
            f"sesi contoh: {len(session.items)} acara",
            f"{len(rundown.stands)} stands, {len(rundown.sessions)} sessions, {items} items; "
            f"the demonstration: {len(session.items)} items",
        )
    )
    with progress(Text("Menggambar media contoh", "Drawing the sample media")) as tell:
        studio.draw_sample_media(session, tell)


def _compose(studio: Studio, session: Session, *, slates: bool) -> dict[str, Segment]:
    """First the items, which take long and are kept for the next time; then the slates."""
    if not slates:
        headline(Text("2  Menggambar overlay, menyusun segmen", "Drawing overlays, composing"))
    with progress(Text("Menyusun", "Composing")) as tell:
        segments = studio.compose(session, slates=slates, on_progress=tell)
    for segment in segments.values():
        if slates == (segment.kind == "slate"):
            list_faults(segment.faults, "yellow", "!")
    made = [segment for segment in segments.values() if not segment.cached]
    encoded = sum(segment.encoded_frames for segment in made)
    wanted = studio.settings.house.loudness
    loudest = max((abs(segment.lufs - wanted) for segment in segments.values()), default=0)
    say(
        Text(
            f"{len(made)} segmen dibuat ({encoded} frame), {len(segments) - len(made)} sudah ada; "
            f"kenyaringan paling jauh {loudest:.1f} LU dari sasaran",
            f"{len(made)} composed ({encoded} frames), {len(segments) - len(made)} there already; "
            f"loudness at most {loudest:.1f} LU off",
        )
    )
    return segments


def _air(studio: Studio, session: Session, segments: dict[str, Segment]) -> list[Fault]:
    headline(Text("3  Siaran", "On air"))
    wish, playlist = publicity.wishes_on_air(studio, session)
    whole = sum(item.duration_s for item in session.items) * studio.settings.house.fps
    titles = {item.id: item.title for item in session.items}

    def live() -> None:
        say(Text("● YouTube (tiruan): siaran langsung", "YouTube (emulator): live"), "red")

    with publicity.publishing(studio) as publisher:
        announced = publisher.publish(Wanted((wish,), playlist=playlist))
    list_faults(announced.faults, "red", "✗")
    with (
        on_youtube(partial(publicity.publishing, studio), wish, live, playlist) as shown,
        progress(Text("Tayang", "On air")) as tell,
    ):

        def on_frame(player: Player) -> None:
            if player.frames % studio.settings.house.fps == 0:
                item = player.on_air[0]
                tell(min(player.frames, whole), whole, titles.get(item or "", "slate"))

        sheet = studio.sheet(session, segments, destinations=[shown.ingest()])
        result = studio.air(sheet, shown_at=session.items[0].at, on_frame=on_frame)
    list_faults(shown.faults, "red", "✗")
    say(
        Text(
            f"{result.frames} frame tayang tanpa jeda: {result.program}",
            f"{result.frames} frames on air without a gap",
        )
    )
    if result.unreached:
        raise OutsideError(Text("; ".join(result.unreached), "; ".join(result.unreached)))
    return [*announced.faults, *shown.faults]


def _publish(studio: Studio) -> tuple[Fault, ...]:
    headline(Text("4  Klip dan YouTube", "Clips and YouTube"))
    with progress(Text("Memotong", "Cutting")):
        wanted = dataclasses.replace(publicity.wanted(studio), broadcasts=())
    with (
        publicity.publishing(studio) as publisher,
        progress(Text("Menerbitkan", "Publishing")) as tell,
    ):
        done = publisher.publish(
            wanted, lambda action, sent, size: tell(sent, size, action.what.id)
        )
    faults = done.faults
    list_faults(faults, "red", "✗")
    there = sum(
        not any(fault.where.startswith(clip.title) for fault in faults) for clip in wanted.clips
    )
    say(
        Text(
            f"{there} klip ada di YouTube (tiruan) dengan judul, keterangan dan gambar mini",
            f"{there} clips are on YouTube (emulator) with title, description and thumbnail",
        )
    )
    return faults


def _account(studio: Studio) -> dict[str, object]:
    headline(Text("5  Manifes jam tayang", "Airtime manifest"))
    home = studio.settings.state
    account = studio.manifest()
    forms = {
        "manifest.html": accounts.html_page,
        "manifest.xlsx": accounts.xlsx_file,
        "manifest.csv": accounts.csv_file,
    }
    for name, form in forms.items():
        accounts.save(home / name, form(account))
    document = accounts.as_json(account)
    accounts.save(home / "manifest.json", json.dumps(document, ensure_ascii=False).encode())
    aired = dataclasses.replace(account, stands=tuple(s for s in account.stands if s.airings))
    console.print(accounts.table(aired))
    (session,) = studio.aired_sessions()
    return {
        "program": str(next(studio.air_folder(session).glob("program-*.ts"))),
        "clips": [str(clip.path) for clip in studio.clips(session)],
        "manifest": str(home / "manifest.html"),
        "url": known(studio.settings).broadcast(session),
    }


def _prove(studio: Studio, session: Session, ingest: Path) -> tuple[Fault, ...]:
    """Journal against program log, picture by picture; and what the RTMP side received."""
    headline(Text("6  Bukti", "Proof"))
    with progress(Text("Memeriksa tiap frame", "Checking every frame")):
        verdict = studio.verify(session.id, deep=True)
        received = max(ingest.glob("*.flv"), key=lambda path: path.stat().st_mtime)
        (program,) = studio.air_folder(session.id).glob("program-*.ts")
        fault = accounts.same_pictures(program, received, verdict.checked_frames, studio.ffmpeg)
    faults = (*verdict.faults, *([fault] if fault else []))
    list_faults(faults, "red", "✗")
    if not faults:
        frames = verdict.checked_frames
        say(
            Text(
                f"{frames} frame: rekaman program = jurnal = segmen = yang diterima lewat RTMP",
                f"{frames} frames: program log = journal = segments = what came over RTMP",
            ),
            "green",
        )
    return faults


def _summary(studio: Studio, session: Session, files: Mapping[str, object], seconds: float) -> None:
    headline(Text(f"Selesai dalam {hms(seconds)}", f"Done in {hms(seconds)}"))
    home = studio.settings.state
    rows = {
        "Program": files["program"],
        "Klip · Clips": home / "clips" / session.id,
        "Manifes · Manifest": files["manifest"],
        "Kanal tiruan · Channel": f"{_emulator_command(studio.settings)}, lalu/then {files['url']}",
    }
    for name, value in rows.items():
        console.print(f"  [bold]{name}[/]: {value}", soft_wrap=True)


def _emulator_command(settings: Settings) -> str:
    """What starts the same channel again, so that the links of this demonstration work."""
    port = urlsplit(settings.youtube.address or "").port or EMULATOR_PORT
    tayang = str(Path(sys.executable).with_name("tayang"))
    argv = [tayang, "--settings", str(settings.file.resolve())]
    return shlex.join([*argv, "youtube", "emulator", "--port", str(port)])


def _make_room(folder: Path) -> None:
    """Removes all but the newest demonstrations; their segments stay for the next."""
    if folder.exists():
        for old in sorted(path for path in folder.iterdir() if path.is_dir())[: 1 - KEPT]:
            shutil.rmtree(old)


@contextlib.contextmanager
def _emulator(settings: Settings) -> Iterator[str]:
    """YouTube's stand-in as a process of its own, or the one that runs already; gives its address."""
    running = address_of(settings.state / "emulator")
    if running is not None:
        yield running
        return
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(settings.file)]
    port = "0" if _taken(EMULATOR_PORT) else str(EMULATOR_PORT)
    child = Child(
        [*argv, "youtube", "emulator", "--leashed", "--port", port], feed=True, on_line=told.put
    )
    try:
        yield _first_line(child, told)
    finally:
        child.stop()


def _first_line(child: Child, told: "queue.SimpleQueue[str]") -> str:
    for _ in range(EMULATOR_SECONDS):
        if child.status is not None:
            break
        with contextlib.suppress(queue.Empty):
            return told.get(timeout=1)
    child.stop()
    raise OutsideError(
        Text("YouTube tiruan tidak mau mulai", "the emulator doesn't start"),
        Text(child.tail, child.tail),
    )


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
