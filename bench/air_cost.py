"""What being on air costs: one program beside ffmpeg re-encoding it, and ten programs at the same time."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from channel import Channel
from processes import Process
from report import Figure, at_most, ffmpeg_version, progress, told
from server import Server
from stage import CLOCK, Stage

from pipeline.air import Line
from pipeline.rundown import StartMode
from pipeline.segments.house import audio_arguments, video_arguments
from pipeline.tools import find_ffmpeg

CHANNELS = 10
STAGGER = 1.0
FIXED_EVERY = 6
SETTLING = 5.0


def one_program(stage: Stage, folder: Path, seconds: int) -> list[Figure]:
    """CPU of one program to one RTMP server, start and children included, and of re-encoding it."""
    server = Server(folder / "nginx")
    items = islice(cycle(item.duration_s for item in stage.items), seconds)
    session = stage.session(CLOCK.now() + timedelta(seconds=2), list(items))
    channel = Channel(stage.prepare(folder / "one", session, [server.url("one")]), session.id)
    progress(f"one program, {seconds} s")
    time.sleep(SETTLING)
    settled, since = channel.process.cpu(), time.monotonic()
    time.sleep(seconds - SETTLING)
    steady = (channel.process.cpu() - settled) / (time.monotonic() - since)
    ours, received = channel.stop(), server.stop()
    frames = channel.lines[-1]["frames"]
    logs = sorted(channel.folder.glob("program-*.ts"))
    peer, copied = _peers(stage, logs[0], folder)
    length = frames / stage.studio.settings.house.fps
    name = f"ffmpeg {ffmpeg_version()}"
    return [
        at_most(
            f"one program to RTMP, {length:.0f} s, start-up included: CPU against re-encoding it",
            ours / peer,
            "of its CPU",
            1 / 20,
            f"{name} -re, same x264 settings: {peer:.1f} s CPU; ours {ours:.2f} s",
        ),
        told(
            "the same, once on air",
            steady * 100,
            "% of a core",
            f"re-encoding: {peer / length:.0%}",
        ),
        told(
            "the same against copying the finished log",
            ours / copied,
            "times its CPU",
            f"{name} -re -c copy: {copied:.2f} s CPU",
        ),
        told("nginx, receiving it", received, "s CPU"),
    ]


def _peers(stage: Stage, log: Path, folder: Path) -> tuple[float, float]:
    """CPU of ffmpeg sending the same log in real time: encoded again, and copied beside it."""
    house, server = stage.studio.settings.house, Server(folder / "nginx-of-peers")
    progress("ffmpeg with the same program")
    head = [find_ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-re"]
    head += ["-i", str(log), "-map", "0:v", "-map", "0:a"]
    again = [*video_arguments(house), *audio_arguments(house)]
    running = [
        Process([*head, *how, "-f", "flv", server.url(name)], folder / f"{name}.log")
        for name, how in (("again", again), ("copy", ["-c", "copy"]))
    ]
    used = [process.end() for process in running]
    server.stop()
    if any(process.status for process in running):
        raise RuntimeError("".join(path.read_text() for path in folder.glob("*.log")))
    return used[0], used[1]


def ten_channels(stage: Stage, folder: Path, seconds: int) -> list[Figure]:
    """Ten programs at once, each to its own stream, with a fixed start every few seconds."""
    server = Server(folder / "nginx")
    begin = CLOCK.now() + timedelta(seconds=5 + CHANNELS * STAGGER)
    count = (seconds + 60) // FIXED_EVERY
    session = stage.session(begin, [FIXED_EVERY] * count, StartMode.FIXED)
    homes = [stage.prepare(folder / f"{n}", session, [server.url(f"{n}")]) for n in range(CHANNELS)]
    progress(f"{CHANNELS} programs at once, {seconds} s")
    begun, channels = [], []
    for home in homes:
        begun.append(time.monotonic())
        channels.append(Channel(home, session.id))
        time.sleep(STAGGER)
    for channel in channels:
        channel.until_sending()
    time.sleep(2)
    steady, received = _over(channels, server, seconds)
    whole = 0.0
    for channel, since in zip(channels, begun, strict=True):
        used = channel.stop()
        whole += used / (time.monotonic() - since)
    server.stop()
    ends = [channel.lines[-1]["late"] for channel in channels]
    errors = [error for channel in channels for error in as_run_errors(channel.lines)]
    what = f"{CHANNELS} programs at once"
    return [
        at_most(f"{what}, {seconds} s: frames late by more than one frame",
                sum(end["frames"] for end in ends), "frames", 0,
                f"the latest: {max(end['worst_s'] for end in ends) * 1000:.0f} ms"),
        at_most(f"{what}: CPU once on air, children included", steady, "cores", 0.5,
                f"with nginx, which receives them: {steady + received:.2f}"),
        told(f"{what}: CPU with start-up and end", whole, "cores"),
        told(f"as-run error of {len(errors)} fixed starts: mean", sum(errors) / len(errors), "ms"),
        told("as-run error of fixed starts: worst", max(errors, key=abs), "ms",
             "a frame is 40 ms, a mini-GOP at most three"),
    ]  # fmt: skip


def _over(channels: Sequence[Channel], server: Server, seconds: int) -> tuple[float, float]:
    """Cores that the channels, and the server, use over some seconds."""
    before = sum(channel.process.cpu() for channel in channels), server.process.cpu()
    since = time.monotonic()
    time.sleep(seconds)
    after = sum(channel.process.cpu() for channel in channels), server.process.cpu()
    passed = time.monotonic() - since
    return (after[0] - before[0]) / passed, (after[1] - before[1]) / passed


def as_run_errors(lines: Sequence[Line]) -> list[float]:
    """Milliseconds between the planned time of fixed starts and the wall time of their first frame."""
    planned = {
        p["item"]: p["start"] for line in lines if line["event"] == "open" for p in line["planned"]
    }
    return [
        (datetime.fromisoformat(line["at"]) - datetime.fromisoformat(planned[line["item"]]))
        / timedelta(milliseconds=1)
        for line in lines
        if line["event"] == "start" and line["item"] is not None
    ]
