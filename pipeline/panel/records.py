"""What has aired of the stands, and the clips of it: read from the state folder, anew when something grew.

Nothing is cut or published here: what others have made is found. Knows no HTTP.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.air import JOURNAL, Airing, airings, read_journal
from pipeline.clips import About, Known, file_name, worth_a_clip
from pipeline.errors import OutsideError
from pipeline.manifest import Manifest
from pipeline.publish import known
from pipeline.rundown import Rundown
from pipeline.wiring import Studio

Signature = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One airing of a stand that is over. `start` is in the rundown's clock, `seconds` what aired.

    `clip` is the file that was cut of it, `url` where it is published; None when there is none.
    """

    session: str
    occurrence: int
    stand: int
    title: str
    start: datetime
    seconds: float
    clip: Path | None
    url: str | None


class Records:
    """May be asked by several threads; each answer is kept until a journal, a clip or the ledger changes."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._state = studio.settings.state
        self._zone = studio.settings.event.zone
        self._lock = threading.Lock()
        self._shown: tuple[Signature, tuple[Shown, ...]] = ((), ())
        self._manifest: tuple[Signature, Rundown, Manifest] | None = None

    def shown(self) -> tuple[Shown, ...]:
        """Every airing of a stand, the earliest first."""
        with self._lock:
            return self._current()

    def of_stand(self, number: int) -> tuple[Shown, ...]:
        """Those of one stand."""
        return tuple(one for one in self.shown() if one.stand == number)

    def clip(self, session: str, occurrence: int) -> Path | None:
        """The file of an airing's clip."""
        found = (s for s in self.shown() if (s.session, s.occurrence) == (session, occurrence))
        return next((one.clip for one in found), None)

    def manifest(self) -> Manifest:
        """The account of all airtime, as it is now; InputFaults when the rundown can't be read."""
        with self._lock:
            links = {(s.session, s.occurrence): s.url for s in self._current() if s.url}
            signature, rundown, kept = self._signature(), self._studio.rundown, self._manifest
            if kept is None or kept[0] != signature or kept[1] is not rundown:
                kept = self._manifest = (signature, rundown, self._studio.manifest(links))
            now = self._studio.clock.now().astimezone(self._zone)
            return replace(kept[2], generated=now)

    def _current(self) -> tuple[Shown, ...]:
        signature = self._signature()
        if self._shown[0] != signature:
            found = (one for session in self._studio.aired_sessions() for one in self._of(session))
            self._shown = (signature, tuple(sorted(found, key=lambda one: one.start)))
        return self._shown[1]

    def _signature(self) -> Signature:
        """What tells that something has changed."""
        files = [
            *self._state.glob(f"air/*/{JOURNAL}"),
            *self._state.glob("clips/*/*.mp4"),
            *self._ledgers(),
        ]
        return tuple((path, *_stat(path)) for path in sorted(files))

    def _ledgers(self) -> list[Path]:
        return [
            *self._state.glob("publish/ledger.jsonl"),
            *self._state.glob("emulator/publish/ledger.jsonl"),
        ]

    def _of(self, session: str) -> Iterator[Shown]:
        try:
            lines = read_journal(self._state / "air" / session / JOURNAL).lines
        except OutsideError:
            return  # it is damaged, which `verify` and the manifest tell: the other days are shown
        ahead = next((line.get("ahead_s", 0) for line in lines if line["event"] == "open"), 0)
        over = airings(lines)
        clips = dict(self._clips_of(session, worth_a_clip(over)))
        links = self._links(clips)
        for one in over:
            if one.stand is None or one.kind == "slate":
                continue
            yield Shown(
                session,
                one.occurrence,
                one.stand,
                one.title,
                (one.start + timedelta(seconds=ahead)).astimezone(self._zone),
                (one.end - one.start).total_seconds(),
                clips[one.occurrence][0] if one.occurrence in clips else None,
                links.get(one.occurrence),
            )

    def _clips_of(
        self, session: str, over: tuple[Airing, ...]
    ) -> Iterator[tuple[int, tuple[Path, About]]]:
        """The files there are; one that was cut of something else is none."""
        folder = self._state / "clips" / session
        files = Known(folder)
        for one in over:
            about = files.of(folder / file_name(one)) if one.packets else None
            if about is not None and about.of.split(" ")[0] == one.packets:
                yield one.occurrence, (folder / file_name(one), about)
        files.keep()

    def _links(self, clips: Mapping[int, tuple[Path, About]]) -> dict[int, str | None]:
        """Where clips are published, by their content; without a ledger none is."""
        if not self._ledgers():
            return {}
        published = known(self._studio.settings)
        return {n: published.clip(about.sha256) for n, (_, about) in clips.items()}


def _stat(path: Path) -> tuple[int, int]:
    """Size and time of change; of a file that has just gone, none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)
