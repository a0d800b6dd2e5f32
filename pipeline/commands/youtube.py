"""Commands about the YouTube channel: login, status, emulator."""

import os
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pipeline import publicity, publish
from pipeline.clock import Clock, SystemClock
from pipeline.commands.common import studio_of
from pipeline.commands.options import Json, settings_of
from pipeline.errors import InputFaults, Text, UsageError
from pipeline.publish.emulator import read_scenario, serve
from pipeline.screen import give_json, headline, list_faults, say, show_error
from pipeline.settings import YouTube
from pipeline.standing import sentences, title

NO_DAYS = Text(
    "Rundown belum dapat dibaca (`tayang check`), jadi hari acaranya tidak diketahui.",
    "The rundown can't be read (`tayang check`), so the days of the event aren't known.",
)
ELSEWHERE = (
    Text(
        "1. Buka tautan ini di ponsel atau laptop mana pun:",
        "Open this link on any phone or laptop:",
    ),
    Text(
        "2. Masuk sebagai pemilik kanal, pilih kanalnya, dan setujui.",
        "Sign in as the channel's owner, choose the channel, and consent.",
    ),
    Text(
        "3. Lalu muncul halaman yang tidak dapat dibuka, beralamat http://127.0.0.1:… Itu memang begitu. "
        "Salin seluruh alamatnya dari bilah alamat.",
        "Then comes a page that can't be opened, at http://127.0.0.1:… That is as it should be. Copy its "
        "whole address from the address bar.",
    ),
    Text(
        "4. Tempel di sini lalu tekan Enter (atau nanti: tayang youtube login --answer 'ALAMAT'):",
        "Paste it here and press Enter (or later: tayang youtube login --answer 'ADDRESS'):",
    ),
)


def login(
    ctx: typer.Context,
    elsewhere: Annotated[
        bool, typer.Option("--elsewhere", help="Setujui di perangkat lain · Consent elsewhere.")
    ] = False,
    answer: Annotated[
        str | None, typer.Option(help="Alamat halaman terakhir · The last page's address.")
    ] = None,
) -> None:
    """Masuk sekali di peramban · Sign in once, in a browser."""
    youtube, clock = settings_of(ctx).youtube, SystemClock()
    path: Path | None = None
    if answer is not None:
        path = publish.finish_login(youtube, clock, answer)
    elif not elsewhere:
        path = publish.login(youtube, clock, on_link=_opened)
    if path is None:
        path = _elsewhere(youtube, clock)
    say(Text(f"Izin masuk disimpan: {path}", f"Signed in: {path}"), "green")
    account = _health(ctx)
    _show(account, clock.now())
    _end(account)


def _opened(link: str) -> None:
    say(
        Text(
            "Setujui di peramban yang terbuka. Bila tidak terbuka, buka tautan ini di komputer ini:",
            "Consent in the browser that opens. If none does, open this link on this computer:",
        )
    )
    print(link, flush=True)


def _elsewhere(youtube: YouTube, clock: Clock) -> Path:
    """By a link that is opened on any device, and an address that is brought back by hand."""
    link = publish.begin_login(youtube)
    for line in ELSEWHERE[:1]:
        say(line)
    print(link, flush=True)
    for line in ELSEWHERE[1:]:
        say(line)
    while pasted := sys.stdin.readline():
        try:
            return publish.finish_login(youtube, clock, pasted)
        except publish.BadAnswer as error:
            show_error(error)
            say(Text("Tempel lagi:", "Paste again:"))
    raise UsageError(
        Text("alamatnya belum ditempel", "the address wasn't pasted"),
        Text(
            "Tautannya masih berlaku: tayang youtube login --answer 'ALAMAT'",
            "The link is still good: tayang youtube login --answer 'ADDRESS'",
        ),
    )


def status(ctx: typer.Context, as_json: Json = False) -> None:
    """Kanal, izin dan kuota · Channel, rights and quota."""
    account = _health(ctx)
    if as_json:
        give_json(account.as_dict())
    else:
        _show(account, SystemClock().now())
    _end(account)


def _end(account: publish.Account) -> None:
    """The trouble was told among the warnings; here is its exit status."""
    if account.trouble is not None:
        raise typer.Exit(account.trouble.exit_status)


def _health(ctx: typer.Context) -> publish.Account:
    """With the days of the event, where the rundown can be read."""
    studio = studio_of(ctx)
    try:
        airtimes = publicity.airtimes(studio)
    except InputFaults:
        airtimes = []
        say(NO_DAYS, "yellow")
    return publish.health(studio.settings, studio.clock, airtimes)


def _show(account: publish.Account, now: datetime) -> None:
    headline(title(account))
    for sentence in sentences(account, now):
        say(sentence)
    for urgent, style, sign in ((True, "bold red", "‼"), (False, "yellow", "!")):
        faults = [notice.fault for notice in account.warnings if notice.urgent == urgent]
        list_faults(faults, style, sign)


def emulator(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0: yang bebas · Any free one.")
    ] = 8085,
    state: Annotated[
        Path | None, typer.Option(help="Foldernya, bawaan <state>/emulator · Its folder.")
    ] = None,
    scenario: Annotated[
        Path | None,
        typer.Option(help="Yang akan salah, lihat schedules/scenarios · What goes wrong."),
    ] = None,
    leashed: Annotated[bool, typer.Option("--leashed", hidden=True)] = False,
) -> None:
    """YouTube tiruan di komputer ini · A stand-in for YouTube on this machine."""
    studio = studio_of(ctx)
    folder = state or studio.settings.state / "emulator"

    def ready(url: str) -> None:
        print(url, flush=True)
        say(
            Text(
                f"YouTube tiruan di {url}, Ctrl-C berhenti.", f"Emulator at {url}; Ctrl-C ends it."
            )
        )

    stop = _at_end_of_input() if leashed else None
    trouble = read_scenario(scenario) if scenario else None
    serve(folder, port, studio.ffmpeg, studio.clock, ready, stop, trouble)


def _at_end_of_input() -> threading.Event:
    """Set when the program at the other end of standard input is gone, however it ended."""
    over = threading.Event()

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):  # not through a buffer: its lock outlives us
            pass
        over.set()

    threading.Thread(target=wait, daemon=True).start()
    return over


channel = typer.Typer(help="Kanal YouTube · The YouTube channel.", no_args_is_help=True)
for command in (login, status, emulator):
    channel.command()(command)
