"""As-run sessions, rundown and links become the `Manifest`: the account of every stand's airtime.

Pure and exact: seconds are whole frames over the frame rate, kept as `Fraction`. Knows no database,
no format and no clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeline.air import Airing, Span
from pipeline.errors import Text, UsageError
from pipeline.manifest.asrun import AsRun, Missed, PlannedCopy
from pipeline.manifest.outages import Outage
from pipeline.rundown import Kind, Rundown, Session, plan


class Video(NamedTuple):
    """A broadcast as a video, which shows what went out from `start` to `end`; None: nobody told."""

    url: str
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Where things can be watched: a session's broadcasts, and the clip of (session, occurrence)."""

    videos: Mapping[str, Sequence[Video]] = field(default_factory=dict)
    clips: Mapping[tuple[str, int], str] = field(default_factory=dict)


class Status(StrEnum):
    """How a stand stands."""

    MET = "met"
    SHORT = "short"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class AiringAccount:
    """One airing as accounted: `counts` is False for a slate, which is nobody's airtime.

    `unrecorded` is how many of its frames went out without being in the program log.
    """

    airing: Airing
    start: datetime
    end: datetime
    seconds: Fraction
    delivered: Fraction
    unrecorded: int
    counts: bool
    video_url: str | None
    clip_url: str | None

    @property
    def filler(self) -> bool:
        """Whether it showed a stand where nothing was planned."""
        return self.airing.item is None and self.airing.stand is not None


@dataclass(frozen=True, slots=True)
class SessionAccount:
    """One session: its plan, all that aired, what was missed, and the state of its journal.

    A session that is only planned has no journal: `lines` is 0, `start` and `end` are the plan's.
    """

    session: str
    start: datetime
    end: datetime
    program: Fraction
    closed: bool
    planned: tuple[PlannedCopy, ...]
    airings: tuple[AiringAccount, ...]
    missed: tuple[Missed, ...]
    unrecorded: tuple[Span, ...]
    outages: tuple[Outage, ...]
    lines: int
    head: str
    damage: str
    video_url: str | None

    @property
    def unrecorded_frames(self) -> int:
        return sum(stop - begin for begin, stop in self.unrecorded)


@dataclass(frozen=True, slots=True)
class StandAccount:
    """One stand's account in exact seconds over all sessions so far.

    `aired` counts what showed the stand's own item; `owed` is what of the entitlement has not been
    aired yet. `removed`: the stand has aired or was planned, and is no longer in the workbook.
    """

    number: int
    name: str
    entitled: Fraction
    planned: Fraction
    aired: Fraction
    delivered: Fraction
    airings: tuple[AiringAccount, ...]
    removed: bool

    @property
    def owed(self) -> Fraction:
        return max(Fraction(0), self.entitled - self.aired)

    @property
    def status(self) -> Status:
        if not self.owed:
            return Status.MET
        return Status.SHORT if self.aired else Status.NONE


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the stands of a manifest, in exact seconds; `airings` counts airtime only."""

    stands: int
    met: int
    airings: int
    entitled: Fraction
    planned: Fraction
    aired: Fraction
    delivered: Fraction
    owed: Fraction


@dataclass(frozen=True, slots=True)
class Manifest:
    """The airtime manifest of an event, as it stood at `generated` (aware, in the event's zone)."""

    event: str
    generated: datetime
    sessions: tuple[SessionAccount, ...]
    stands: tuple[StandAccount, ...]

    @property
    def totals(self) -> Totals:
        def total(amounts: Iterable[Fraction]) -> Fraction:
            return sum(amounts, Fraction(0))

        return Totals(
            stands=len(self.stands),
            met=sum(stand.status is Status.MET for stand in self.stands),
            airings=sum(entry.counts for stand in self.stands for entry in stand.airings),
            entitled=total(stand.entitled for stand in self.stands),
            planned=total(stand.planned for stand in self.stands),
            aired=total(stand.aired for stand in self.stands),
            delivered=total(stand.delivered for stand in self.stands),
            owed=total(stand.owed for stand in self.stands),
        )

    def only(self, number: int) -> "Manifest":
        """The same for one stand alone; UsageError when there is no such stand."""
        stands = tuple(stand for stand in self.stands if stand.number == number)
        if not stands:
            known = ", ".join(str(stand.number) for stand in self.stands)
            raise UsageError(
                Text(f"tidak ada stand {number}", f"there is no stand {number}"),
                Text(f"Yang ada: {known}.", f"There are: {known}."),
            )
        return replace(self, stands=stands)


def account(
    rundown: Rundown | None,
    runs: Sequence[AsRun],
    links: Links,
    *,
    event: str,
    zone: ZoneInfo,
    generated: datetime,
) -> Manifest:
    """Draws up the account.

    A session that was opened counts with the plan as it stood then, which the workbook of today
    can't rewrite; sessions still to come count with the rundown. Names and entitlements are the
    rundown's, and for stands it no longer has, those of the latest session that knew them.
    """
    sessions = [_session(run, links, zone) for run in runs]
    opened = {run.session for run in runs}
    to_come = [] if rundown is None else [s for s in rundown.sessions if s.id not in opened]
    sessions += [_planned_session(session, links, zone) for session in to_come]
    sessions.sort(key=lambda session: (session.start, session.session))
    return Manifest(
        event=event,
        generated=generated.astimezone(zone),
        sessions=tuple(sessions),
        stands=_stands(rundown, runs, sessions),
    )


def _session(run: AsRun, links: Links, zone: ZoneInfo) -> SessionAccount:
    airings = tuple(_airing(airing, run, links, zone) for airing in run.airings)
    start = run.airings[0].start if run.airings else run.opened
    program = Fraction(run.frames, run.fps)
    end = max([start + _span(program), *(airing.end for airing in run.airings[-1:])])
    return SessionAccount(
        session=run.session,
        start=start.astimezone(zone),
        end=end.astimezone(zone),
        program=program,
        closed=run.closed,
        planned=tuple(_zoned(item, zone) for item in run.planned),
        airings=airings,
        missed=run.missed,
        unrecorded=run.unrecorded,
        outages=tuple(
            replace(o, start=o.start.astimezone(zone), end=o.end.astimezone(zone))
            for o in run.outages
        ),
        lines=run.lines,
        head=run.head,
        damage=run.damage,
        video_url=_newest(links, run.session),
    )


def _planned_session(session: Session, links: Links, zone: ZoneInfo) -> SessionAccount:
    planned = tuple(
        PlannedCopy(
            item=step.item.id,
            title=step.item.title,
            kind=step.item.kind.value,
            stand=step.item.stand,
            start=step.start.astimezone(zone),
            end=step.end.astimezone(zone),
        )
        for step in plan(session)
    )
    return SessionAccount(
        session=session.id,
        start=min(item.start for item in planned),
        end=max(item.end for item in planned),
        program=Fraction(0),
        closed=False,
        planned=planned,
        airings=(),
        missed=(),
        unrecorded=(),
        outages=(),
        lines=0,
        head="",
        damage="",
        video_url=_newest(links, session.id),
    )


def _airing(airing: Airing, run: AsRun, links: Links, zone: ZoneInfo) -> AiringAccount:
    fps, first, last = run.fps, airing.first_frame, airing.first_frame + airing.frames
    return AiringAccount(
        airing=airing,
        start=airing.start.astimezone(zone),
        end=airing.end.astimezone(zone),
        seconds=Fraction(airing.frames, fps),
        delivered=Fraction(airing.delivered_frames, fps),
        unrecorded=sum(max(0, min(last, stop) - max(first, b)) for b, stop in run.unrecorded),
        counts=airing.kind != Kind.SLATE,
        video_url=_deep_link(airing, fps, links),
        clip_url=_web(links.clips.get((airing.session, airing.occurrence))),
    )


def _newest(links: Links, session: str) -> str | None:
    videos = links.videos.get(session, ())
    return _web(videos[-1].url) if videos else None


def _deep_link(airing: Airing, fps: int, links: Links) -> str | None:
    """The address of the video that shows it, with `t=SECONDSs`, which YouTube's player starts at."""
    for video in links.videos.get(airing.session, ()):
        address = _web(video.url)
        early = video.start is not None and airing.end <= video.start
        if address is None or early or (video.end is not None and airing.start >= video.end):
            continue
        seconds = airing.first_frame // fps
        if video.start is not None:
            seconds = max(0, int((airing.start - video.start).total_seconds()))
        return f"{address}{'&' if '?' in address else '?'}t={seconds}s"
    return None


def _stands(
    rundown: Rundown | None, runs: Sequence[AsRun], sessions: Sequence[SessionAccount]
) -> tuple[StandAccount, ...]:
    current = {} if rundown is None else rundown.by_number
    known = _last_known(runs) | {n: (stand.name, stand.entitled_s) for n, stand in current.items()}
    planned: dict[int, Fraction] = dict.fromkeys(known, Fraction(0))
    airings: dict[int, list[AiringAccount]] = {number: [] for number in known}
    for session in sessions:
        for item in session.planned:
            if item.stand is not None:
                planned[item.stand] += _seconds(item.end - item.start)
        for entry in session.airings:
            if entry.airing.stand is not None:
                airings[entry.airing.stand].append(entry)
    return tuple(
        StandAccount(
            number=number,
            name=name,
            entitled=Fraction(entitled_s),
            planned=planned[number],
            aired=sum((e.seconds for e in airings[number] if e.counts), Fraction(0)),
            delivered=sum((e.delivered for e in airings[number] if e.counts), Fraction(0)),
            airings=tuple(airings[number]),
            removed=rundown is not None and number not in current,
        )
        for number, (name, entitled_s) in sorted(known.items())
    )


def _last_known(runs: Sequence[AsRun]) -> dict[int, tuple[str, int]]:
    """Name and entitlement by stand number, as the journals have them; the later session wins."""
    known: dict[int, tuple[str, int]] = {}
    for run in runs:
        known |= {copy.number: (copy.name, copy.entitled_s) for copy in run.stands}
        for airing in run.airings:
            if airing.stand is not None:
                known.setdefault(airing.stand, (airing.stand_name or airing.title, 0))
    return known


def _zoned(item: PlannedCopy, zone: ZoneInfo) -> PlannedCopy:
    return replace(item, start=item.start.astimezone(zone), end=item.end.astimezone(zone))


def _seconds(span: timedelta) -> Fraction:
    return Fraction(span // timedelta(microseconds=1), 1_000_000)


def _span(seconds: Fraction) -> timedelta:
    return timedelta(microseconds=round(seconds * 1_000_000))


def _web(address: str | None) -> str | None:
    """Only what a browser may open: an address of another scheme is no link."""
    return address if address and address.startswith(("https://", "http://")) else None
