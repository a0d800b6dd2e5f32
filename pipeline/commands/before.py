"""Commands before the show: check, overlays, compose."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from pipeline import publicity
from pipeline.clock import SystemClock
from pipeline.commands.common import draw_sample_media, studio_of
from pipeline.commands.options import Day, Json, settings_of
from pipeline.errors import Fault, InputFaults, Text
from pipeline.rundown import Rundown, Session
from pipeline.screen import give_json, list_faults, progress, say
from pipeline.settings import Settings
from pipeline.versions import Versions
from pipeline.wiring import Studio


def check(ctx: typer.Context, as_json: Json = False) -> None:
    """Baca semua masukan, sebut semua kesalahan · Read everything, name all faults."""
    found = _checked(ctx)
    if as_json:
        give_json(found.as_dict())
    else:
        list_faults(found.warnings, "yellow", "!")
        list_faults(found.faults, "red", "✗")
        say(found.sentence, "red" if found.faults else "green")
    if found.faults:
        sys.exit(1)


@dataclass(frozen=True)
class _Checked:
    """All that is wrong with an event; `rundown` is None when it could not be read."""

    rundown: Rundown | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()

    @property
    def sessions(self) -> tuple[Session, ...]:
        return self.rundown.sessions if self.rundown else ()

    @property
    def stands(self) -> int:
        return len(self.rundown.stands) if self.rundown else 0

    @property
    def items(self) -> int:
        return sum(len(session.items) for session in self.sessions)

    def as_dict(self) -> dict[str, object]:
        """The document of `--json`."""
        return {
            "faults": [fault.as_dict() for fault in self.faults],
            "warnings": [warning.as_dict() for warning in self.warnings],
            "stands": self.stands,
            "items": self.items,
            "sessions": [session.id for session in self.sessions],
        }

    @property
    def sentence(self) -> Text:
        days = ", ".join(session.id for session in self.sessions) or "-"
        wrong, doubtful = len(self.faults), len(self.warnings)
        return Text(
            f"{self.stands} stand, {self.items} acara, sesi {days}: "
            f"{wrong} kesalahan, {doubtful} peringatan.",
            f"{self.stands} stands, {self.items} items, sessions {days}: "
            f"{_counted(wrong, 'fault')}, {_counted(doubtful, 'warning')}.",
        )


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _checked(ctx: typer.Context) -> _Checked:
    try:
        versions = studio_of(ctx).versions
        reading = versions.workbook().reading
        studio = Studio(settings_of(ctx), SystemClock(), rundown=reading.rundown)
        studio.painter.prove()  # a broken theme is a fault of the input too
        publicity.prove(studio)  # and so is a broken template of what videos say
    except InputFaults as error:
        return _Checked(None, error.faults)
    draw_sample_media(studio)
    with progress(Text("Memeriksa", "Checking")) as tell:
        media = studio.check(tell)
    warnings = (*reading.warnings, *media.warnings, *_ahead(studio.settings, versions))
    return _Checked(reading.rundown, media.faults, warnings)


def _ahead(settings: Settings, versions: Versions) -> Iterator[Fault]:
    """That not this workbook will air, but what was made of it by hand; and versions that are broken."""
    name = settings.rundown.name
    ahead = versions.ahead()
    if ahead is not None:
        hint = Text("Lihat “Ubah acara” di panel.", "See “Change the day” in the panel.")
        yield Fault(name, ahead, hint)
    yield from (Fault("rundown", trouble) for trouble in versions.troubles)


def overlays(
    ctx: typer.Context,
    stand: Annotated[int | None, typer.Option(help="Hanya stand ini · Only this stand.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder tujuan, bawaan <state>/overlays · Where to.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Gambar semua overlay sebagai PNG · Draw all overlays as PNG."""
    studio = studio_of(ctx)
    out = out or studio.settings.state / "overlays"
    with progress(Text("Menggambar", "Drawing")) as tell:
        files = studio.draw_overlays(out, stand, tell)
    if as_json:
        give_json({"files": [str(file) for file in files]})
    else:
        say(Text(f"{len(files)} gambar di {out}", f"{len(files)} pictures in {out}"), "green")


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
    studio = studio_of(ctx)
    chosen = studio.session(session)
    draw_sample_media(studio, chosen)
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
