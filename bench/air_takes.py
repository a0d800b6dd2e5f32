"""How quick a take is, and what the program looks like where it changes: measured at the server."""

import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from channel import Channel
from report import Figure, at_most, percentile, progress, told
from server import Server
from stage import CLOCK, Stage

PAUSES = (0.55, 1.3)
"""Seconds between two takes: sooner, the second would be refused as somebody else's."""
MINI_GOP = 3


@dataclass(frozen=True)
class Take:
    """An order that was `sent`; the answer, that `item` is on at `frame`, came `seconds` later."""

    item: str
    sent: datetime
    frame: int
    seconds: float


def takes(stage: Stage, folder: Path, channels: int, count: int) -> list[Figure]:
    """`count` takes over some channels at random moments, each recorded by nginx."""
    server = Server(folder / "nginx")
    lengths = [item.duration_s for item in stage.items] * 20
    session = stage.session(CLOCK.now() + timedelta(seconds=channels + 3), lengths)
    running = []
    for number in range(channels):
        url = server.url(f"takes{number}", kept=True)
        running.append(Channel(stage.prepare(folder / f"{number}", session, [url]), session.id))
        time.sleep(1)
    for channel in running:
        channel.until(lambda status: status["on"]["item"] is not None)
    progress(f"{count} takes over {channels} programs")
    items = [item.id for item in session.items[: len(stage.items) * 3]]
    with ThreadPoolExecutor(channels) as crew:
        made = crew.map(lambda n: _press(running[n], items, count // channels, n), range(channels))
        measured = list(made)
    frames: list[int] = []
    for channel, pressed in zip(running, measured, strict=True):
        channel.until_sending()
        channel.stop()
        frames += _frames(channel, pressed)
    server.stop()
    waits = [take.seconds * 1000 for pressed in measured for take in pressed]
    return [*_latency(frames, waits), *_received(server, running)]


def _press(channel: Channel, items: Sequence[str], count: int, seed: int) -> list[Take]:
    chance, on, found = random.Random(seed), "", list[Take]()
    for _ in range(count):
        time.sleep(chance.uniform(*PAUSES))
        on = chance.choice([item for item in items if item != on])
        if channel.ask("status")["on"]["item"] == on:
            continue
        sent, since = CLOCK.now(), time.monotonic()
        answer = channel.ask("take", on)
        passed = time.monotonic() - since
        if not answer["ok"]:
            raise RuntimeError(f"take {on}: {answer['en']}")
        found.append(Take(on, sent, answer["frame"], passed))
    return found


def _frames(channel: Channel, pressed: Sequence[Take]) -> list[int]:
    """For each take, frames that were due after the order and still showed what was on before.

    By the time at which its first frame was due, as the journal says: 0 is the very next frame. A
    KeyError says that an answer is not what the journal says.
    """
    begun = {
        (line["item"], line["first_frame"]): datetime.fromisoformat(line["at"])
        for line in channel.lines
        if line["event"] == "start"
    }
    waits = [begun[take.item, take.frame] - take.sent for take in pressed]
    return [max(0, int(wait / timedelta(milliseconds=40))) for wait in waits]


def _latency(frames: Sequence[int], waits: Sequence[float]) -> list[Figure]:
    what = f"{len(frames)} takes"
    return [
        told(f"{what}, order to first frame: p50", percentile(frames, 50), "frames",
             f"the answer comes after {percentile(waits, 50):.0f} ms"),
        told(f"{what}: p99", percentile(frames, 99), "frames", f"{percentile(waits, 99):.0f} ms"),
        at_most(f"{what}: worst", max(frames), "frames", 2 + MINI_GOP, f"{max(waits):.0f} ms"),
    ]  # fmt: skip


def _received(server: Server, running: Sequence[Channel]) -> list[Figure]:
    """Gaps at item changes in what nginx recorded, decoded, and frames that are missing there."""
    progress("decoding what nginx recorded")
    changes = missing = damaged = 0
    gaps, sounds = [0.0], [0.0]
    for number, channel in enumerate(running):
        lines = channel.lines
        changes += sum(line["event"] == "start" for line in lines) - 1
        sent = sum(line["frames"] for line in lines if line["event"] == "delivery")
        seen = 0
        for path in server.recordings(f"takes{number}"):
            got = decoded(path)
            seen += got.frames
            damaged += got.damaged
            gaps.append(got.gap_ms)
            sounds.append(got.sound_gap_ms)
        missing += abs(sent - seen)
    what = f"{changes} item changes, as received"
    return [
        told(f"{what}: longest gap or overlap between two pictures", max(gaps), "ms"),
        told(f"{what}: the same of the sound", max(sounds), "ms", "FLV's times are whole ms"),
        at_most(f"{what}: frames missing, doubled or damaged", missing + damaged, "frames", 0),
    ]


@dataclass(frozen=True)
class Decoded:
    """A recording: pictures, those with damage, and the largest errors between neighbours' times."""

    frames: int
    damaged: int
    gap_ms: float
    sound_gap_ms: float


def decoded(path: Path) -> Decoded:
    """Decodes every picture of a file of 25 frames a second, 48 kHz."""
    with av.open(str(path), "r") as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        video.thread_type = "AUTO"
        pictures: list[float] = []
        sounds: list[float] = []
        damaged = 0
        for packet in container.demux(video, audio):
            if packet.stream is audio and packet.pts is not None:
                sounds.append(float(packet.pts * packet.time_base * 1000))
            if packet.stream is video:
                for frame in map(_picture, packet.decode()):
                    damaged += bool(frame.is_corrupt)
                    pictures.append(float(frame.pts * frame.time_base * 1000))
    return Decoded(len(pictures), damaged, _worst(pictures, 40), _worst(sounds, 1024 / 48))


def _picture(frame: Any) -> Any:
    return frame  # PyAV's types don't know that a video stream gives pictures


def _worst(times: Sequence[float], step: float) -> float:
    return max((abs(two - one - step) for one, two in pairwise(times)), default=0.0)
