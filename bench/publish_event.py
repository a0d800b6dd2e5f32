"""What the shipped event wants of YouTube, in days to come, with clips of the smallest size."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle
from pathlib import Path

from stage import CLOCK

from pipeline.publish import Picture, Wanted, broadcast_wish, clip_wish, playlist_wish
from pipeline.rundown import Item, Rundown, Session, read_rundown
from pipeline.settings import Settings
from pipeline.tools import find_ffmpeg, run

FREE = b"free"
"""An MP4 box that players skip (ISO/IEC 14496-12, 8.1.2)."""


def next_week(settings: Settings) -> Rundown:
    """The shipped event, but in days to come: YouTube takes no broadcast of the past."""
    rundown = read_rundown(settings.rundown, settings.event.zone).rundown
    later = CLOCK.now().date() + timedelta(days=7) - rundown.sessions[0].day

    def moved(item: Item) -> Item:
        return item.model_copy(update={"at": item.at + later})

    def postponed(session: Session) -> Session:
        day, items = session.day + later, tuple(moved(item) for item in session.items)
        return Session(id=str(day), day=day, items=items)

    sessions = tuple(postponed(session) for session in rundown.sessions)
    return rundown.model_copy(update={"sessions": sessions})


def footage(folder: Path, clips: int) -> list[tuple[Path, str]]:
    """So many files of which each is another: their paths and SHA-256."""
    folder.mkdir(parents=True)
    seed, made = film(folder / "seed.mp4"), []
    for number in range(1, clips + 1):
        content = seed + (16).to_bytes(4) + FREE + number.to_bytes(8)
        path = folder / f"{number}.mp4"
        path.write_bytes(content)
        made.append((path, hashlib.sha256(content).hexdigest()))
    return made


def wishes(
    settings: Settings, rundown: Rundown, clips: Sequence[tuple[Path, str]], picture: Picture
) -> Wanted:
    """A broadcast a session, the playlist, and a video of each clip, by the stands in turn."""
    at = rundown.sessions[0].items[0].at
    return Wanted(
        tuple(broadcast_wish(settings, rundown, each, picture) for each in rundown.sessions),
        tuple(
            clip_wish(
                settings,
                stand,
                path=path,
                sha256=sha256,
                title=path.name,
                at=at,
                picture=picture,
            )
            for (path, sha256), stand in zip(clips, cycle(rundown.stands), strict=False)
        ),
        playlist=playlist_wish(settings),
        since=CLOCK.now(),
    )


def film(path: Path, size: int = 0) -> bytes:
    """A real MP4 of some kB; a box that players skip, a hole on disk, makes it `size` bytes long."""
    drawing = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=0.4", "-c:v", "mpeg4"]
    run([find_ffmpeg(), "-v", "error", "-y", *drawing, str(path)], deadline=30)
    content = path.read_bytes()
    if size:
        with path.open("ab") as file:
            file.write((1).to_bytes(4) + FREE + (size - len(content)).to_bytes(8))
            file.truncate(size)
    return content


def picture(path: Path) -> Picture:
    """A thumbnail that is drawn already."""
    drawing = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:d=0.04", "-frames:v", "1"]
    run([find_ffmpeg(), "-v", "error", "-y", *drawing, str(path)], deadline=30)
    drawn = path.read_bytes()
    return Picture("bench", lambda: drawn)
