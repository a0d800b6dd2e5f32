"""What it takes to plan an event's YouTube: 35 stands, 2 sessions, 400 clips that are there already."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from publish_event import footage, next_week, picture, wishes
from report import Figure, at_most, progress, told
from stage import CLOCK
from tube import Tube

from pipeline.publish import Action, Kind, Plan, Wanted, connect, planned, publishing
from pipeline.settings import Settings

CLIPS = 400
MOST_S = 1
MOST_READS = 50
TOKEN = "oauth.token"
TELL_EVERY = 300


@dataclass(frozen=True)
class Cost:
    """What a plan took: seconds of the slowest, calls and units of one."""

    plan: Plan
    seconds: float
    reads: int
    units: int

    def figures(self, what: str) -> Iterator[Figure]:
        yield at_most(f"{what}: the slowest", self.seconds, "s", MOST_S)
        units = f"{self.units} units of quota"
        yield at_most(f"{what}: read calls", self.reads, "", MOST_READS, units)


def planning(folder: Path, runs: int) -> list[Figure]:
    """Plans with nothing there, with everything published, and after the ledger was lost."""
    tube = Tube(folder / "tube")
    settings, clips = tube.settings("var"), footage(folder / "clips", CLIPS)
    thumbnail, since = picture(folder / "picture.png"), time.monotonic()
    rundown = next_week(settings)
    wanted = wishes(settings, rundown, clips, thumbnail)
    wishing = time.monotonic() - since

    def cost(state: str) -> Cost:
        progress(f"{runs} plans, ledger: {state}")
        return _cost(tube, lambda: _planned(tube.settings(state), wanted), runs)

    empty = cost("none")
    published = _publish(tube, settings, wanted)
    full, lost = cost("var"), cost("lost")
    with publishing(tube.settings("lost"), CLOCK) as publisher:
        found = _cost(tube, lambda: publisher.plan(wanted), 1)
    connecting = [_seconds(lambda: connect(settings.youtube, CLOCK)) for _ in range(20)]
    tube.stop()
    event = f"{len(rundown.stands)} stands, {len(rundown.sessions)} sessions, {CLIPS} clips"
    return [
        *full.figures(f"plan of {event}, all published"),
        at_most("the same: actions in it", len(full.plan.actions), "", 0),
        *empty.figures("the same plan with nothing published"),
        *lost.figures("the same with all published, but without a ledger"),
        at_most("the same: clips that it would upload again", _uploads(lost.plan), "", 0),
        *found.figures("the same by `publish`, which notes what it finds"),
        published,
        told("reading the workbook and wishing all that", wishing, "s"),
        told("connect(), the slowest of 20", max(connecting) * 1000, "ms", "it sends nothing"),
    ]


def _cost(tube: Tube, work: Callable[[], Plan], runs: int) -> Cost:
    """Of a plan that is made so often. A sign-in is neither read nor paid for, but in the seconds."""
    before, seconds = tube.spent, []
    for _ in range(runs):
        since = time.monotonic()
        plan = work()
        seconds.append(time.monotonic() - since)
    after = tube.spent
    calls = {name: count - before["calls"].get(name, 0) for name, count in after["calls"].items()}
    reads = {name: count for name, count in calls.items() if count and name != TOKEN}
    if not all(name.endswith(".list") for name in reads):
        raise RuntimeError(f"planning does more than read: {reads}")
    units = after["units"] - before["units"]
    return Cost(plan, max(seconds), sum(reads.values()) // runs, units // runs)


def _planned(settings: Settings, wanted: Wanted) -> Plan:
    plan, trouble = planned(settings, CLOCK, wanted)
    if trouble is not None:
        raise trouble
    return plan


def _seconds(work: Callable[[], object]) -> float:
    since = time.monotonic()
    work()
    return time.monotonic() - since


def _uploads(plan: Plan) -> int:
    return sum(action.kind in (Kind.UPLOAD, Kind.RESUME) for action in plan.actions)


def _publish(tube: Tube, settings: Settings, wanted: Wanted) -> Figure:
    """Puts all of it on the channel, by the product itself."""
    steps = set[tuple[str, str]]()

    def tell(action: Action, done: int, whole: int) -> None:
        if (action.kind, action.subject) not in steps:
            steps.add((action.kind, action.subject))
            if len(steps) % TELL_EVERY == 0:
                progress(f"publishing: {len(steps)} steps")

    since = time.monotonic()
    with publishing(settings, CLOCK) as publisher:
        done = publisher.publish(wanted, tell)
    if done.faults:
        raise RuntimeError(str(done.faults))
    spent = f"{len(steps)} steps, {tube.spent['units']} units of quota"
    return told("publishing all that, in tiny files", time.monotonic() - since, "s", spent)
