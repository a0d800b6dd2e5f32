"""Builds the parts from settings and joins them into the line; the only place that knows them all.

Each method is one step of the line, for commands, demonstration and daemon alike. What a step makes lies
in the state folder, so that the next can be run tomorrow.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline import manifest as accounts
from pipeline import sample
from pipeline.air import JOURNAL, Line, Player, Result, Sheet, airings, read_journal, recordings
from pipeline.clips import Clip, cut, worth_a_clip
from pipeline.clock import Clock
from pipeline.errors import Fault, Text, UsageError
from pipeline.overlays import Painter
from pipeline.playout import air_folder, play_sheet
from pipeline.publish import known
from pipeline.rundown import (
    Change,
    Kind,
    Reading,
    Rundown,
    Session,
    changes,
    plan,
)
from pipeline.segments import (
    INSERTS,
    Composer,
    MediaReport,
    Planner,
    Segment,
    check_media,
    session_plans,
)
from pipeline.settings import Destination, Settings
from pipeline.sheets import sheet_of
from pipeline.tools import find_ffmpeg
from pipeline.versions import Versions

OnLine = Callable[[Line], None]
OnFrame = Callable[[Player], None]
OnFault = Callable[[Fault], None]
OnFrames = Callable[[int, int, str], None]


def _quiet(*_: Any) -> None:
    """What is told to nobody."""


class Studio:
    """One event's line. `rundown` replaces the one on disk, `store` the folder of segments."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        rundown: Rundown | None = None,
        store: Path | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self._given = rundown
        self._store = store or settings.state / "segments"

    # Reading

    @cached_property
    def versions(self) -> Versions:
        """The rundown's versions: the workbook's, and those made by hand."""
        return Versions(self.settings, self.clock)

    @cached_property
    def reading(self) -> Reading:
        """The rundown that holds, and its warnings; InputFaults with all faults."""
        if self._given is not None:
            return Reading(self._given, ())
        return self.versions.newest().reading

    def reread(self) -> None:
        """From now on what holds now; when that can't be read it raises, and what held before stays."""
        self.reading = self.versions.current().reading

    @property
    def rundown(self) -> Rundown:
        return self.reading.rundown

    def session(self, day: str | None = None) -> Session:
        """The session of that date; without one, the first that isn't over, else the last."""
        sessions = self.rundown.sessions
        if day is not None:
            found = next((session for session in sessions if session.id == day), None)
            if found is None:
                there = ", ".join(session.id for session in sessions)
                raise UsageError(
                    Text(f"tidak ada sesi {day}", f"there is no session {day}"),
                    Text(f"Yang ada: {there}.", f"There are: {there}."),
                )
            return found
        return next(iter(self.to_come), sessions[-1])

    @property
    def to_come(self) -> list[Session]:
        """The sessions that are not over yet, also the one that is on."""
        now = self.clock.now()
        return [session for session in self.rundown.sessions if plan(session)[-1].end > now]

    def draw_sample_media(
        self, session: Session | None = None, on_progress: OnFrames = _quiet
    ) -> int:
        """Draws what the shipped sample event lacks; nothing for any other event."""
        if not self.settings.event.sample:
            return 0
        items = None if session is None else {item.id for item in session.items}
        rundown = self.rundown
        if session is not None:
            rundown = rundown.model_copy(update={"sessions": (session,)})
        return sample.draw_media(rundown, self.settings.media, self.ffmpeg, items, on_progress)

    def check(self, on_progress: OnFrames = _quiet) -> MediaReport:
        """What the media and names of the whole rundown will do on air."""
        settings = self.settings
        return check_media(self.rundown, self.painter, settings.media, settings.house, on_progress)

    # Making

    @cached_property
    def ffmpeg(self) -> str:
        return find_ffmpeg(self.settings.ffmpeg)

    @cached_property
    def painter(self) -> Painter:
        return Painter(self.settings.overlays, self.settings.house, self.settings.event)

    def draw_overlays(
        self, out: Path, number: int | None = None, on_progress: OnFrames = _quiet
    ) -> list[Path]:
        """Every cue of every stand, or of one, as PNG files in `out`."""
        stands = [s for s in self.rundown.stands if number in (None, s.number)]
        if not stands:
            raise UsageError(
                Text(f"tidak ada stand {number}", f"there is no stand {number}"),
                Text("Lihat nomornya di sheet Stand.", "See the sheet Stand for the numbers."),
            )
        out.mkdir(parents=True, exist_ok=True)
        files = []
        for done, stand in enumerate(stands):
            on_progress(done, len(stands), stand.name)
            cues = {"lower-third": self.painter.lower_third(stand)}
            cues["page"] = self.painter.product_page(stand)
            for count, product in enumerate(stand.products, 1):
                cues[f"card-{count}"] = self.painter.product_card(stand, product)
            for name, drawn in cues.items():
                files.append(out / f"{stand.number:02}-{name}.png")
                files[-1].write_bytes(drawn.png)
        return files

    def compose(
        self,
        session: Session,
        *,
        item: str | None = None,
        slates: bool = True,
        jobs: int | None = None,
        on_progress: OnFrames = _quiet,
    ) -> dict[str, Segment]:
        """The segments of a session's items and slates, or of one item, by name.

        Without `slates` only of what is no slate: that alone doesn't depend on the hour.
        """
        planner = Planner(self.painter, self.settings.media, self.settings.house)
        language = self.settings.event.language
        plans = list(session_plans(planner, self.rundown, session, language))
        if not slates:
            plans = [plan for plan in plans if plan.kind is not Kind.SLATE]
        if item is not None:
            there = ", ".join(plan.item for plan in plans)
            plans = [plan for plan in plans if plan.item == item]
            if not plans:
                raise UsageError(
                    Text(f"tidak ada acara {item}", f"there is no item {item}"),
                    Text(f"Yang ada: {there}.", f"There are: {there}."),
                )
        composer = Composer(self._store, self.settings.house, self.ffmpeg, self.clock)
        return composer.compose(plans, jobs=jobs, on_progress=on_progress)

    # Airing

    def sheet(
        self,
        session: Session,
        segments: Mapping[str, Segment],
        *,
        destinations: Sequence[Destination],
        stay: bool = False,
    ) -> Sheet:
        """All that air needs to play a session."""
        return sheet_of(
            self.settings, self.rundown, session, segments, stay=stay, destinations=destinations
        )

    def air(
        self,
        sheet: Sheet,
        *,
        shown_at: datetime | None,
        on_line: OnLine = _quiet,
        on_frame: OnFrame = _quiet,
    ) -> Result:
        """Plays a session from the rundown's time `shown_at` on, in real time; see `play_sheet`."""
        return play_sheet(
            self.settings,
            self.clock,
            sheet,
            shown_at=shown_at,
            on_line=on_line,
            on_frame=on_frame,
        )

    def air_folder(self, session: str) -> Path:
        return air_folder(self.settings, session)

    def changed(self, sheet: Sheet) -> tuple[Session, tuple[Change, ...]]:
        """The session of the rundown that holds, under the ids on air, and what differs from the sheet."""
        self.reread()
        after = self.session(sheet.id)
        return after, changes(sheet.session.plan, after)

    # Afterwards

    def aired_sessions(self) -> list[str]:
        """Every session that has a journal."""
        return sorted(p.parent.name for p in (self.settings.state / "air").glob(f"*/{JOURNAL}"))

    def clips(
        self, session: str, *, on_warning: OnFault = _quiet, on_fault: OnFault = _quiet
    ) -> list[Clip]:
        """A clip of every airing of a session; only those that are missing are cut.

        Told: airings that weren't recorded whole (warnings), clips that can't be cut (faults).
        """
        lines = self.journal(session)
        made = cut(
            self.air_folder(session),
            recordings(lines),
            worth_a_clip(airings(lines)),
            self.settings.house.rate,
            self.ffmpeg,
            self.settings.state / "clips" / session,
            on_warning=on_warning,
            on_fault=on_fault,
        )
        return list(made)

    def journal(self, session: str) -> tuple[Line, ...]:
        """The journal of a session that has aired; UsageError when it hasn't."""
        lines = read_journal(self.air_folder(session) / JOURNAL).lines
        if not lines:
            raise _not_aired(session)
        return lines

    def manifest(self, clips: Mapping[tuple[str, int], str] | None = None) -> accounts.Manifest:
        """The account as of now: journals projected anew, links from what is published.

        `clips` are links by session and occurrence; without them clips that are missing are cut first.
        """
        state = self.settings.state
        accounts.project(state / "air", state / "manifest.sqlite")
        published = known(self.settings)
        sessions = self.aired_sessions()
        if clips is None:
            made = [clip for session in sessions for clip in self.clips(session)]
            found = {(c.session, c.occurrence): published.clip(c.sha256) for c in made}
            clips = {airing: link for airing, link in found.items() if link}
        videos = {s: [accounts.Video(*v) for v in published.videos(s)] for s in sessions}
        links = accounts.Links(videos, clips)
        return accounts.account(
            self.rundown,
            accounts.read_sessions(state / "manifest.sqlite"),
            links,
            event=self.settings.event.name,
            zone=self.settings.event.zone,
            generated=self.clock.now(),
        )

    def verify(self, session: str, *, deep: bool) -> accounts.Verdict:
        """Proves a session's journal against its program log; `deep` compares every picture."""
        if session not in self.aired_sessions():
            raise _not_aired(session)

        def segment(key: str) -> Path | None:
            paths = (folder / f"{key}.ts" for folder in (self._store, self._store / INSERTS))
            return next((path for path in paths if path.exists()), None)

        return accounts.verify(self.air_folder(session), segment, self.ffmpeg, deep=deep)


def _not_aired(session: str) -> UsageError:
    return UsageError(
        Text(f"sesi {session} belum pernah tayang", f"session {session} has not aired yet"),
        Text("Tayangkan dengan `tayang air`.", "Air it with `tayang air`."),
    )
