"""The commands of `tayang`: each reads its words, calls one step of the line, and says what came of it.

Exit status: 0 done, 1 the input has faults, 2 wrong usage, 3 something outside failed.
"""

import json
import signal
import sys
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline import manifest as accounts
from pipeline.air import Line, Player
from pipeline.broadcasting import on_youtube
from pipeline.clock import SystemClock
from pipeline.daemon import run_daemon
from pipeline.demo import run_demo
from pipeline.errors import OutsideError, TayangError, Text, UsageError
from pipeline.publish import connect, login, plan, publishing, status
from pipeline.publish.emulator import serve
from pipeline.rundown import Session
from pipeline.rundown import plan as planned
from pipeline.screen import console, give_json, headline, list_faults, progress, say, show_error
from pipeline.settings import Destination, Settings, read_settings
from pipeline.wiring import Studio

app = typer.Typer(
    name="tayang",
    help="Dari rundown panitia ke manifes jam tayang · From the organisers' rundown to the airtime manifest.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
youtube = typer.Typer(help="Kanal YouTube · The YouTube channel.", no_args_is_help=True)
app.add_typer(youtube, name="youtube")

Json = Annotated[bool, typer.Option("--json", help="Satu dokumen JSON di keluaran standar · JSON.")]
Day = Annotated[str | None, typer.Option("--session", help="Tanggal sesi, 2021-11-24 · Its date.")]


def main() -> None:
    """Runs a command; every expected error becomes its sentence and its exit status."""
    try:
        app()
    except TayangError as error:
        show_error(error)
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        say(Text("Dihentikan.", "Stopped."), "yellow")
        sys.exit(130)


@app.callback()
def _options(
    ctx: typer.Context,
    settings: Annotated[Path, typer.Option(help="Berkas pengaturan · The settings file.")] = Path(
        "settings.yaml"
    ),
) -> None:
    ctx.obj = settings


def _settings(ctx: typer.Context) -> Settings:
    return read_settings(ctx.obj)


def _studio(ctx: typer.Context) -> Studio:
    return Studio(_settings(ctx), SystemClock())


def _drawn(studio: Studio, session: Session | None = None) -> None:
    with progress(Text("Menggambar media contoh", "Drawing the sample media")) as tell:
        studio.draw_sample_media(session, tell)


@app.command()
def check(ctx: typer.Context, as_json: Json = False) -> None:
    """Baca semua masukan, sebut semua kesalahan · Read everything, name all faults."""
    studio = _studio(ctx)
    faults: list[Any] = []
    try:
        rundown, warnings = studio.rundown, list(studio.reading.warnings)
    except TayangError as error:
        if not as_json or error.exit_status != 1:
            raise
        give_json({"faults": [f.as_dict() for f in getattr(error, "faults", ())], "warnings": []})
        sys.exit(1)
    _drawn(studio)
    found = studio.check()
    faults += found.faults
    warnings += found.warnings
    items = [planned_one for session in rundown.sessions for planned_one in planned(session)]
    if as_json:
        give_json(
            {
                "faults": [fault.as_dict() for fault in faults],
                "warnings": [warning.as_dict() for warning in warnings],
                "stands": len(rundown.stands),
                "items": len(items),
                "sessions": [session.id for session in rundown.sessions],
            }
        )
    else:
        list_faults(warnings, "yellow", "!")
        list_faults(faults, "red", "✗")
        days = ", ".join(session.id for session in rundown.sessions)
        numbers = f"{len(rundown.stands)} stand, {len(items)} acara, sesi {days}"
        numbers_en = f"{len(rundown.stands)} stands, {len(items)} items, sessions {days}"
        end = f"{len(faults)} kesalahan, {len(warnings)} peringatan"
        end_en = f"{len(faults)} faults, {len(warnings)} warnings"
        say(Text(f"{numbers}: {end}.", f"{numbers_en}: {end_en}."), "red" if faults else "green")
    if faults:
        sys.exit(1)


@app.command()
def overlays(
    ctx: typer.Context,
    stand: Annotated[int | None, typer.Option(help="Hanya stand ini · Only this stand.")] = None,
    out: Annotated[Path, typer.Option(help="Folder tujuan · Where to.")] = Path("var/overlays"),
    as_json: Json = False,
) -> None:
    """Gambar semua overlay sebagai PNG · Draw all overlays as PNG."""
    files = _studio(ctx).draw_overlays(out, stand)
    if as_json:
        give_json({"files": [str(file) for file in files]})
    else:
        say(Text(f"{len(files)} gambar di {out}", f"{len(files)} pictures in {out}"), "green")


@app.command()
def compose(
    ctx: typer.Context,
    session: Day = None,
    item: Annotated[str | None, typer.Option(help="Hanya acara ini, mis. 1-04 · One item.")] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Berapa sekaligus · How many at once.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Buat segmen yang belum ada · Compose the segments that are missing."""
    studio = _studio(ctx)
    chosen = studio.session(session)
    _drawn(studio, chosen)
    with progress(Text("Menyusun segmen", "Composing")) as tell:
        segments = studio.compose(chosen, item=item, jobs=jobs, on_progress=tell)
    for segment in segments.values():
        list_faults(segment.faults, "yellow", "!")
    if as_json:
        give_json({name: segment.as_dict() for name, segment in segments.items()})
    else:
        made = sum(not segment.cached for segment in segments.values())
        there = len(segments) - made
        say(
            Text(
                f"{made} segmen dibuat, {there} sudah ada.",
                f"{made} composed, {there} there already.",
            ),
            "green",
        )


@app.command()
def air(
    ctx: typer.Context,
    session: Day = None,
    at: Annotated[
        str | None,
        typer.Option(help="now: mulai sekarang; 09:45: seolah jam itu · Start now, or as if then."),
    ] = None,
    until_end: Annotated[
        bool, typer.Option("--until-end", help="Bawaan: main sampai habis · The default.")
    ] = True,
    to: Annotated[
        list[str] | None, typer.Option(help="Tujuan tambahan · Another destination.")
    ] = None,
    with_youtube: Annotated[
        bool, typer.Option("--youtube", help="Siarkan ke YouTube · Broadcast on YouTube too.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tayangkan satu sesi di latar depan · Play a session in the foreground."""
    studio = _studio(ctx)
    chosen = studio.session(session)
    shown_at = _shown_at(studio, chosen, at)
    _drawn(studio, chosen)
    with progress(Text("Menyusun segmen", "Composing")) as tell:
        segments = studio.compose(chosen, on_progress=tell)
    extra = [Destination(name=f"to-{n}", url=url) for n, url in enumerate(to or (), 1)]
    destinations = [*studio.settings.destinations, *extra]
    stopped = _until_interrupted()

    def on_frame(player: Player) -> None:
        if stopped:
            player.stop()

    options: Any = {
        "shown_at": shown_at,
        "on_line": _print_line if as_json else _say_line,
        "on_frame": on_frame,
    }
    if with_youtube:
        with (
            publishing(studio.settings, studio.clock) as publisher,
            on_youtube(publisher, studio.broadcast_wish(chosen)) as shown,
        ):
            destinations.append(shown.broadcast.ingest)
            result = studio.air(chosen, segments, destinations=destinations, **options)
        list_faults(shown.faults, "red", "✗")
    else:
        result = studio.air(chosen, segments, destinations=destinations, **options)
    say(Text(f"Rekaman program: {result.program}", f"Program log: {result.program}"), "green")
    if result.unreached:
        what = "; ".join(result.unreached)
        raise OutsideError(
            Text(
                f"Tujuan tak pernah menerima program: {what}", f"Destinations never reached: {what}"
            ),
            Text(
                "Programnya sendiri utuh. Periksa alamat, kunci dan jaringan.",
                "The program itself is whole. Check address, key and network.",
            ),
        )


def _until_interrupted() -> list[int]:
    """Filled by the first Ctrl-C or SIGTERM, so that the program is ended in order."""
    seen: list[int] = []
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda number, _: seen.append(number))
    return seen


def _shown_at(studio: Studio, session: Session, at: str | None) -> datetime:
    """What the rundown's clock shall say at the first frame."""
    zone = studio.settings.event.zone
    start = planned(session)[0].start
    if at == "now":
        return start
    if at is not None:
        try:
            moment = time.fromisoformat(at.replace(".", ":"))
        except ValueError as error:
            raise UsageError(
                Text(f"--at {at}: bukan jam", f"--at {at}: not a time"),
                Text("Contoh: --at 09:45, atau --at now.", "Such as --at 09:45, or --at now."),
            ) from error
        return datetime.combine(session.day, moment, zone)
    now = studio.clock.now().astimezone(zone)
    if now.date() != session.day:
        raise UsageError(
            Text(f"sesi {session.id} bukan hari ini", f"session {session.id} isn't today"),
            Text("Untuk mencoba sekarang: --at now.", "To try it now: --at now."),
        )
    return now


def _print_line(line: Line) -> None:
    print(json.dumps(line, ensure_ascii=False), flush=True)


def _say_line(line: Line) -> None:
    """A journal line for people; what only machines need is left out."""
    at = datetime.fromisoformat(line["at"]).astimezone().strftime("%H:%M:%S")
    match line["event"]:
        case "start":
            what = f"▶ {line['item'] or 'slate'}  {line['title']}"
        case "missed":
            what = f"✗ {line['item']}  {line['title']}: {line['reason']}"
        case "delivery":
            what = f"→ {line['destination']}: {line['state']} {line['error'] or ''}"
        case "close":
            what = f"■ {line['frames']} frame"
        case _:
            return
    console.print(f"{at}  {what}", markup=False)


@app.command()
def clips(ctx: typer.Context, session: Day = None, as_json: Json = False) -> None:
    """Potong klip dari rekaman program · Cut clips from the program log."""
    studio = _studio(ctx)
    made = studio.clips(session or _last_aired(studio))
    if as_json:
        give_json([clip.as_dict() for clip in made])
    else:
        for clip in made:
            print(clip.path)


def _last_aired(studio: Studio) -> str:
    aired = studio.aired_sessions()
    if not aired:
        raise UsageError(
            Text("belum ada yang tayang", "nothing has aired yet"),
            Text("Tayangkan dengan `tayang air`.", "Air it with `tayang air`."),
        )
    return aired[-1]


@app.command()
def publish(
    ctx: typer.Context,
    show_plan: Annotated[
        bool, typer.Option("--plan", help="Hanya tunjukkan rencananya · Only show the plan.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Samakan YouTube dengan rundown dan klip · Reconcile YouTube with rundown and clips."""
    studio = _studio(ctx)
    with progress(Text("Menyiapkan klip", "Preparing clips")):
        wanted = studio.wanted()
    with publishing(studio.settings, studio.clock) as publisher:
        actions = plan(wanted, publisher.ledger.facts)
        if as_json:
            give_json({"actions": [action.as_dict() for action in actions]})
        else:
            for action in actions:
                say(Text(f"+ {action.what.id}", action.what.en))
            say(Text(f"{len(actions)} tindakan.", f"{len(actions)} actions."), "green")
        if show_plan:
            return
        with progress(Text("Mengunggah", "Uploading")) as tell:
            faults = publisher.publish(
                wanted, lambda clip, sent, whole: tell(sent, whole, clip.title)
            )
    list_faults(faults, "red", "✗")
    if faults:
        sys.exit(3)


@app.command()
def manifest(
    ctx: typer.Context,
    stand: Annotated[int | None, typer.Option(help="Hanya stand ini · Only this stand.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Simpan CSV · Save as CSV.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Simpan Excel · Save as Excel.")] = None,
    html: Annotated[Path | None, typer.Option(help="Simpan halaman · Save as a page.")] = None,
    as_json: Json = False,
) -> None:
    """Manifes jam tayang · The airtime manifest."""
    account = _studio(ctx).manifest()
    if stand is not None:
        account = account.only(stand)
    forms = ((csv, accounts.csv_file), (xlsx, accounts.xlsx_file), (html, accounts.html_page))
    for path, form in forms:
        if path is not None:
            accounts.save(path, form(account))
            say(Text(f"disimpan: {path}", f"saved: {path}"), "green")
    if as_json:
        give_json(accounts.as_json(account))
    elif not any(path for path, _ in forms):
        Console().print(accounts.table(account))


@app.command()
def verify(
    ctx: typer.Context,
    session: Day = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Bandingkan tiap gambar · Compare every picture.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Buktikan jurnal terhadap rekaman program · Prove the journal against the program log."""
    studio = _studio(ctx)
    verdict = studio.verify(session or _last_aired(studio), deep=deep)
    if as_json:
        faults = [fault.as_dict() for fault in verdict.faults]
        give_json({"ok": verdict.ok, "checked_frames": verdict.checked_frames, "faults": faults})
    else:
        list_faults(verdict.faults, "red", "✗")
        frames = verdict.checked_frames
        say(
            Text(f"{frames} frame diperiksa.", f"{frames} frames checked."),
            "green" if verdict.ok else "red",
        )
    if not verdict.ok:
        sys.exit(1)


@app.command()
def demo(ctx: typer.Context, as_json: Json = False) -> None:
    """Seluruh alur pada satu sesi pendek · The whole line on a short session."""
    shown = run_demo(_settings(ctx), SystemClock())
    if as_json:
        give_json(shown)


@app.command()
def daemon(ctx: typer.Context) -> None:
    """Jalankan jadwal harian · Run the daily schedule."""
    run_daemon(_studio(ctx))


@youtube.command("login")
def youtube_login(ctx: typer.Context) -> None:
    """Masuk sekali di peramban · Sign in once, in a browser."""
    path = login(_settings(ctx).youtube, SystemClock())
    say(Text(f"Izin masuk disimpan: {path}", f"Signed in: {path}"), "green")


@youtube.command("status")
def youtube_status(ctx: typer.Context, as_json: Json = False) -> None:
    """Kanal, izin dan kuota · Channel, rights and quota."""
    account = status(connect(_settings(ctx).youtube, SystemClock()))
    if as_json:
        give_json(account.as_dict())
        return
    headline(Text(f"Kanal {account.channel}", f"Channel {account.channel}"))
    live = Text("siaran langsung aktif", "live streaming enabled")
    say(live if account.live else Text("siaran langsung belum aktif", "live streaming not enabled"))
    list_faults(account.warnings, "yellow", "!")


@youtube.command("emulator")
def youtube_emulator(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0: yang bebas · Any free one.")
    ] = 8085,
    state: Annotated[
        Path | None, typer.Option(help="Foldernya, bawaan <state>/emulator · Its folder.")
    ] = None,
) -> None:
    """YouTube tiruan di komputer ini · A stand-in for YouTube on this machine."""
    studio = _studio(ctx)
    folder = state or studio.settings.state / "emulator"

    def ready(url: str) -> None:
        print(url, flush=True)
        say(
            Text(
                f"YouTube tiruan di {url}, Ctrl-C berhenti.", f"Emulator at {url}; Ctrl-C ends it."
            )
        )

    serve(folder, port, studio.ffmpeg, studio.clock, ready)


if __name__ == "__main__":
    main()
