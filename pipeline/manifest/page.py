"""A `Manifest` becomes one self-contained HTML page: styles, pictures, script are inside.

Everything is autoescaped; the template lays out, this file prepares what it shows.
"""

from dataclasses import dataclass
from fractions import Fraction

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.manifest import timeline, words
from pipeline.manifest.report import AiringAccount, Manifest, SessionAccount, StandAccount, Status


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session with its timeline picture."""

    account: SessionAccount
    planned: tuple[timeline.Block, ...]
    aired: tuple[timeline.Block, ...]
    ticks: tuple[timeline.Tick, ...]
    kinds: tuple[str, ...]
    stand_ins: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """A stand's own line through one session: its plan and its airings, in % of the width."""

    day: str
    planned: tuple[timeline.Block, ...]
    aired: tuple[timeline.Block, ...]


@dataclass(frozen=True, slots=True)
class StandView:
    """A stand with its bar (parts in % of the longest bar on the page) and its strips."""

    account: StandAccount
    filled: float
    surplus: float
    owed: float
    entitled: float
    share: int | None
    strips: tuple[Strip, ...]


def html_page(manifest: Manifest) -> bytes:
    """The page, in UTF-8."""
    environment = Environment(
        loader=PackageLoader("pipeline.manifest"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "duration": words.duration,
        "day": words.day,
        "clock_time": words.clock_time,
        "thousands": words.thousands,
    }
    names = {stand.number: stand.name for stand in manifest.stands}
    sessions = [_session(session, names) for session in manifest.sessions]
    page = environment.get_template("manifest.html.j2").render(
        manifest=manifest,
        totals=manifest.totals,
        counts={s: sum(a.status is s for a in manifest.stands) for s in Status},
        sessions=sessions,
        stands=_stands(manifest, sessions),
        aired_as=_aired_as,
        STATUS=words.STATUS,
        KIND=words.KIND,
        FILLER=words.both(words.FILLER),
        floor_px=timeline.FLOOR_PX,
    )
    return page.encode()


def _session(session: SessionAccount, names: dict[int, str]) -> SessionView:
    over = timeline.scale(session)
    planned = timeline.planned_blocks(session, over, names)
    aired = timeline.aired_blocks(session, over, names)
    return SessionView(
        account=session,
        planned=planned,
        aired=aired,
        ticks=over.ticks(),
        kinds=timeline.kinds(planned + aired),
        stand_ins=any(block.stand_in for block in aired),
    )


def _stands(manifest: Manifest, sessions: list[SessionView]) -> list[StandView]:
    longest = max((max(s.entitled, s.aired) for s in manifest.stands), default=Fraction(0))
    return [_stand(stand, longest or Fraction(1), sessions) for stand in manifest.stands]


def _stand(stand: StandAccount, longest: Fraction, sessions: list[SessionView]) -> StandView:
    def percent(seconds: Fraction) -> float:
        return round(float(seconds / longest * 100), 3)

    return StandView(
        account=stand,
        filled=percent(min(stand.aired, stand.entitled)),
        surplus=percent(max(Fraction(0), stand.aired - stand.entitled)),
        owed=percent(stand.owed),
        entitled=percent(stand.entitled),
        share=int(stand.aired * 100 / stand.entitled) if stand.entitled else None,
        strips=tuple(
            strip
            for session in sessions
            if (strip := _strip(session, stand.number)).planned or strip.aired
        ),
    )


def _strip(session: SessionView, number: int) -> Strip:
    return Strip(
        day=words.short_day(session.account.start),
        planned=tuple(block for block in session.planned if block.stand == number),
        aired=tuple(block for block in session.aired if block.stand == number),
    )


def _aired_as(entry: AiringAccount, stand: StandAccount) -> str:
    """The name under which it aired, when the workbook has another one by now."""
    name = entry.airing.stand_name or ""
    return name if name != stand.name else ""
