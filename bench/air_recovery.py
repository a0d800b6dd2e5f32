"""How long it takes to be back: at a server that was killed, and on air after air itself was killed."""

import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from channel import Channel, sending
from report import Figure, at_most, percentile, progress, told
from server import Server
from stage import CLOCK, Stage

STEADY = 4.0
"""Seconds that a program runs before the next blow."""
BACK_ON_AIR = 3.0


def recovery(stage: Stage, folder: Path, times: int) -> list[Figure]:
    """Both, one after the other, with one program to one RTMP server."""
    server = Server(folder / "nginx")
    lengths = [item.duration_s for item in stage.items] * 20
    session = stage.session(CLOCK.now() + timedelta(seconds=3), lengths)
    channel = Channel(stage.prepare(folder / "one", session, [server.url("one")]), session.id)
    channel.until_sending()
    progress(f"nginx is killed {times} times")
    cut = [_cut(channel, server) for _ in range(times)]
    lost = _not_delivered(channel)
    progress(f"air is killed {times} times")
    back = [_killed(channel) for _ in range(times)]
    channel.until_sending()
    channel.stop()
    server.stop()
    on_air, received = [one for one, _ in back], [two for _, two in back]
    what, other = f"{times} cuts of the RTMP connection", f"{times} kill -9 of air"
    return [
        told(f"{what}: from the server's return to sending, p50", percentile(cut, 50), "s"),
        told(f"{what}: worst", max(cut), "s"),
        told(f"{what}: frames not delivered, p50", percentile(lost, 50), "frames"),
        told(f"{what}: frames not delivered, worst", max(lost), "frames"),
        told(f"{other}: from the command to the first frame, p50", percentile(on_air, 50), "s"),
        at_most(f"{other}: worst", max(on_air), "s", BACK_ON_AIR),
        told(f"{other}: until the server has it again, worst", max(received), "s"),
    ]


def _cut(channel: Channel, server: Server) -> float:
    """Seconds from when the server listens again until the destination takes the program."""
    time.sleep(STEADY)
    server.kill()
    server.start()
    listening = time.monotonic()
    channel.until(lambda status: not sending(status), pause=0.005)
    channel.until_sending()
    return time.monotonic() - listening


def _not_delivered(channel: Channel) -> list[int]:
    """Frames between what was accepted before a cut and the first that was accepted after it."""
    lines = [line for line in channel.lines if line["event"] == "delivery"]
    return [
        max(0, two["first_frame"] - one["first_frame"] - one["frames"])
        for one, two in pairwise(lines)
        if one["state"] == "lost" and two["state"] == "connected"
    ]


def _killed(channel: Channel) -> tuple[float, float]:
    """Seconds from starting air again to its first frame in the log, and at the server."""
    time.sleep(STEADY)
    before = _parts(channel)
    channel.kill()
    since = time.monotonic()
    channel.start()
    while not any(part.stat().st_size for part in _parts(channel)[len(before) :]):
        if not channel.process.alive or time.monotonic() - since > 60:
            raise RuntimeError("air did not come back")
        time.sleep(0.002)
    on_air = time.monotonic() - since
    channel.until_sending()
    return on_air, time.monotonic() - since


def _parts(channel: Channel) -> Sequence[Path]:
    return sorted(channel.folder.glob("program-*.ts"))
