"""Commands after the show: clips, publish, manifest, verify."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline import manifest as accounts
from pipeline import publicity
from pipeline.commands.common import last_aired, studio_of
from pipeline.commands.options import Day, Json
from pipeline.errors import Fault, Text
from pipeline.publish import Action, Plan, planned
from pipeline.screen import console, give_json, list_faults, progress, say, show_error


def clips(ctx: typer.Context, session: Day = None, as_json: Json = False) -> None:
    """Potong klip dari rekaman program · Cut clips from the program log."""
    studio = studio_of(ctx)
    warnings: list[Fault] = []
    faults: list[Fault] = []
    made = studio.clips(
        session or last_aired(studio), on_warning=warnings.append, on_fault=faults.append
    )
    if as_json:
        give_json([clip.as_dict() for clip in made])
    else:
        for clip in made:
            print(clip.path)
    list_faults(warnings, "yellow", "!")
    list_faults(faults, "red", "✗")
    if faults:
        sys.exit(3)


def publish(
    ctx: typer.Context,
    show_plan: Annotated[
        bool, typer.Option("--plan", help="Hanya tunjukkan rencananya · Only show the plan.")
    ] = False,
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            help="Timpa juga yang diubah orang di YouTube · Set back what was changed by hand.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Samakan YouTube dengan rundown dan klip · Reconcile YouTube with rundown and clips."""
    studio = studio_of(ctx)
    with progress(Text("Menyiapkan klip", "Preparing clips")):
        wanted = publicity.wanted(studio)
    if show_plan:
        found, trouble = planned(studio.settings, studio.clock, wanted, overwrite=overwrite)
        _show(found, as_json)
        if trouble is not None:
            show_error(trouble)
            say(
                Text(
                    "YouTube belum dapat ditanya: rencana ini menurut catatan sendiri.",
                    "YouTube can't be asked: this plan is by our own ledger.",
                ),
                "yellow",
            )
        return
    with publicity.publishing(studio) as publisher:
        _show(publisher.plan(wanted, overwrite=overwrite), as_json)
        with progress(Text("Menerbitkan", "Publishing")) as tell:

            def on_step(action: Action, sent: int, whole: int) -> None:
                publicity.make_way(studio)
                tell(sent, whole, action.what.id)

            done = publisher.publish(wanted, on_step, overwrite=overwrite)
    list_faults(done.faults, "red", "✗")
    if done.faults:
        waiting = Text(
            "Yang belum jadi tetap antre: jalankan `tayang publish` lagi.",
            "What isn't done stays in the queue: run `tayang publish` again.",
        )
        say(waiting, "yellow")
        sys.exit(3)
    say(Text("YouTube sama dengan yang diinginkan.", "YouTube is as wanted."), "green")


def _show(found: Plan, as_json: bool) -> None:
    """The plan: `+` is made, `~` is changed, with what of it."""
    if as_json:
        give_json(
            {
                "actions": [action.as_dict() for action in found.actions],
                "troubles": [fault.as_dict() for fault in found.troubles],
                "remarks": [fault.as_dict() for fault in found.remarks],
            }
        )
        return
    for action in found.actions:
        sign = "~" if action.changes else "+"
        say(Text(f"{sign} {action.what.id}", action.what.en))
        for change in action.changes:
            console.print(f"    {change}", markup=False, soft_wrap=True)
    list_faults(found.remarks, "yellow", "!")
    list_faults(found.troubles, "red", "✗")
    number = len(found.actions)
    say(Text(f"{number} tindakan.", f"{number} actions."), "green")


def manifest(
    ctx: typer.Context,
    stand: Annotated[int | None, typer.Option(help="Hanya stand ini · Only this stand.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Simpan CSV · Save as CSV.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Simpan Excel · Save as Excel.")] = None,
    html: Annotated[Path | None, typer.Option(help="Simpan halaman · Save as a page.")] = None,
    as_json: Json = False,
) -> None:
    """Manifes jam tayang · The airtime manifest."""
    account = studio_of(ctx).manifest()
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


def verify(
    ctx: typer.Context,
    session: Day = None,
    deep: Annotated[
        bool, typer.Option("--deep", help="Bandingkan tiap gambar · Compare every picture.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Buktikan jurnal terhadap rekaman program · Prove the journal against the program log."""
    studio = studio_of(ctx)
    verdict = studio.verify(session or last_aired(studio), deep=deep)
    if as_json:
        give_json(
            {
                "ok": verdict.ok,
                "checked_frames": verdict.checked_frames,
                "unrecorded_frames": verdict.unrecorded_frames,
                "faults": [fault.as_dict() for fault in verdict.faults],
            }
        )
    else:
        list_faults(verdict.faults, "red", "✗")
        frames, lost = verdict.checked_frames, verdict.unrecorded_frames
        if lost:
            say(Text(f"{lost} frame tidak terekam.", f"{lost} frames not recorded."), "yellow")
        say(
            Text(f"{frames} frame diperiksa.", f"{frames} frames checked."),
            "green" if verdict.ok else "red",
        )
    if not verdict.ok:
        sys.exit(1)
