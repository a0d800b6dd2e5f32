"""Eight hours of program in minutes, on a hand-driven clock: whether memory and lip-sync stay put."""

import io
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from multiprocessing import get_context
from pathlib import Path

import av
from report import Figure, at_most, progress
from stage import Stage

from pipeline.air import JOURNAL, Player, Session, play, read_journal
from pipeline.air.log import tables
from pipeline.clock import HandClock
from pipeline.rundown import plan
from pipeline.timing import Rate

WARM_MINUTES = 10
MIB = 2**20
TAIL = 188 * 8192


@dataclass(frozen=True)
class Long:
    """What came of it: bytes of memory after ten minutes of program and at the end."""

    frames: int
    seconds: float
    early: int
    late: int
    most: int
    apart_ms: float
    items: int


def memory(stage: Stage, folder: Path, items: int) -> list[Figure]:
    """Plays that many items in a process of its own."""
    lengths = list(islice(cycle((14, 14, 14, 15, 15)), items))
    session = stage.session(stage.items[0].at, lengths)
    segments = stage.segments_of(session)
    slate = segments.pop("slate:")
    names = {stand.number: stand.name for stand in stage.studio.rundown.stands}
    aired = Session(session.id, plan(session), segments, {None: slate}, names)
    progress(f"{items} items, {sum(lengths) / 3600:.1f} hours of program, as fast as it goes")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as own:
        got = own.submit(play_long, folder, aired).result()
    hours = got.frames / 25 / 3600
    what = f"{hours:.1f} hours of program, {got.items} items"
    grown = (got.late - got.early) / MIB
    most = (got.most - got.early) / MIB
    return [
        at_most(f"{what}: memory grows after {WARM_MINUTES} minutes by", grown, "MiB", 5,
                f"at most {most:.2f} in between; {got.late / MIB:.0f} MiB at the end"),
        at_most("the same: audio against video at the end", got.apart_ms, "ms", 21.3),
        Figure("the same: speed", round(got.frames / 25 / got.seconds), "times real time", ">= 60",
               got.frames / 25 / got.seconds >= 60),
    ]  # fmt: skip


def play_long(folder: Path, session: Session) -> Long:
    """Plays a session from its plan's start to its end; the log is removed afterwards."""
    start = session.plan[0].start
    rate, sizes = Rate(25), list[tuple[int, int]]()

    def on_frame(player: Player) -> None:
        if player.frames % 1500 == 0:
            sizes.append((player.frames, _resident()))

    since = time.monotonic()
    result = play(
        folder,
        session,
        rate,
        shown_at=start,
        facts={},
        destinations=(),
        ffmpeg="none",
        clock=HandClock(start + timedelta(0)),
        on_frame=on_frame,
    )
    seconds = time.monotonic() - since
    warm = [size for frame, size in sizes if frame >= WARM_MINUTES * 60 * 25]
    aired = sum(line["event"] == "start" for line in read_journal(folder / JOURNAL).lines)
    apart = _apart(result.program)
    result.program.unlink()
    return Long(result.frames, seconds, warm[0], warm[-1], max(warm), apart, aired)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _apart(log: Path) -> float:
    """Milliseconds between the ends of the last picture and the last sound of a program log."""
    with log.open("rb") as file:
        head = tables(file.read(188 * 64))
        file.seek(max(0, log.stat().st_size - TAIL))
        data = head + file.read()
    ends = {"video": 0.0, "audio": 0.0}
    with av.open(io.BytesIO(data), "r", format="mpegts") as container:
        for packet in container.demux():
            if packet.pts is None or not packet.size:
                continue
            kind = packet.stream.type
            length = 40 if kind == "video" else 1024 / 48
            ends[kind] = max(ends[kind], float(packet.pts * packet.time_base * 1000) + length)
    return abs(ends["video"] - ends["audio"])
