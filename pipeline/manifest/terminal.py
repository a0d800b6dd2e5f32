"""A `Manifest` becomes a table for the terminal; names are shown as they are, never as markup."""

from fractions import Fraction

from rich import box
from rich.table import Table
from rich.text import Text as Line

from pipeline.manifest.report import Manifest, Status
from pipeline.manifest.words import duration

_COLOUR = {Status.MET: "green", Status.SHORT: "yellow", Status.NONE: "red"}


def table(manifest: Manifest) -> Table:
    """One row a stand, the sums at the foot; durations as `m:ss`. Made for 80 columns and up."""
    totals = manifest.totals
    result = Table(
        title=Line(f"Manifes jam tayang · Airtime manifest\n{manifest.event}"),
        show_footer=True,
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    result.add_column("No", justify="right")
    result.add_column(
        "Stand", footer=f"{totals.met}/{totals.stands} terpenuhi · met", overflow="fold"
    )
    sums = {
        "Hak\nEntitled": totals.entitled,
        "Rencana\nPlanned": totals.planned,
        "Tayang\nAired": totals.aired,
        "Terkirim\nDelivered": totals.delivered,
        "Kurang\nOwed": totals.owed,
    }
    for heading, amount in sums.items():
        result.add_column(heading, footer=duration(amount), justify="right", no_wrap=True)
    result.add_column("×", footer=str(totals.airings), justify="right")  # noqa: RUF001
    for stand in manifest.stands:
        colour = _COLOUR[stand.status]
        result.add_row(
            str(stand.number),
            Line(stand.name),
            duration(stand.entitled),
            duration(stand.planned),
            duration(stand.aired),
            duration(stand.delivered),
            Line(_or_dash(stand.owed), style=colour),
            str(sum(entry.counts for entry in stand.airings)),
        )
    if damage := [session for session in manifest.sessions if session.damage]:
        said = "\n".join(f"{session.session}: {session.damage}" for session in damage)
        result.caption = Line(f"Jurnal rusak · Journal damaged\n{said}", style="bold red")
    return result


def _or_dash(seconds: Fraction) -> str:
    return duration(seconds) if seconds else "-"
