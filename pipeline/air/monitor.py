"""Follows the program log as it grows, in another process than air's, for all who watch.

One remux serves every viewer and runs only while there are some. Each gets the newest keyframe first;
who is too slow goes on at a later one. Knows nothing of HTTP.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.air.log import PACKET, PART, pictures, tables
from pipeline.air.remux import FRAGMENT_MS, Fragment, Head, Remux
from pipeline.clock import Clock
from pipeline.errors import OutsideError, TayangError, Text
from pipeline.timing import TICKS, Rate, hms

POLL_SECONDS = 0.04
STALE_SECONDS = 10.0
"""A log that hasn't grown for that long belongs to no program on air."""

LINGER_SECONDS = 5.0
"""How long the remux goes on without viewers: one who loads the page again finds it running."""

KEPT = 16_000 // FRAGMENT_MS
"""Fragments in memory: more than the longest GOP of a house format has."""

BEHIND = 3_200 // FRAGMENT_MS
"""Fragments by which a viewer may be late before it goes on at the newest keyframe."""

BLOCK = PACKET * 4096

Wake = Callable[[], object]


class OffAir(OutsideError):
    """There is no program to show now."""


@dataclass(frozen=True, slots=True)
class Status:
    """What is on air as the log shows it. Ages in seconds.

    `edge_s` is the end of the newest picture on the viewers' clock, `edge_age_s` how long ago that
    was read; both None while nobody watches.
    """

    on_air: bool
    session: str | None
    part: str | None
    bytes: int
    age_s: float | None
    viewers: int
    edge_s: float | None
    edge_age_s: float | None


class Monitor:
    """The program of the session `session` of the folder `air`, or of the one that airs now."""

    def __init__(self, air: Path, session: str | None, rate: Rate, clock: Clock) -> None:
        self._pattern = f"{session or '*'}/{PART}"
        self._air = air
        self._rate = rate
        self._clock = clock
        self._relay: _Relay | None = None
        self._lock = threading.Lock()

    def watch(self, wake: Wake) -> "View":
        """One more viewer; `wake` is called, by another thread, whenever there is more for it.

        OffAir, with the reason, when no program is on air.
        """
        with self._lock:
            if self._relay is None or (view := self._relay.join(wake)) is None:
                self._relay = _Relay(self._on_air(), self._rate, self._clock)
                view = self._relay.join(wake)
                self._relay.start()
            assert view is not None
            return view

    def status(self) -> Status:
        part, relay = self._newest(), self._relay
        age = None if part is None else self._age(part)
        edge = None if relay is None or relay.ended else relay.edge
        return Status(
            on_air=age is not None and age <= STALE_SECONDS,
            session=part.parent.name if part else None,
            part=part.name if part else None,
            bytes=part.stat().st_size if part else 0,
            age_s=age,
            viewers=relay.viewers if relay else 0,
            edge_s=edge[0] if edge else None,
            edge_age_s=edge[1] if edge else None,
        )

    def close(self) -> None:
        """Ends all views."""
        if self._relay is not None:
            self._relay.stop()

    def _newest(self) -> Path | None:
        parts = self._air.glob(self._pattern)
        return max(parts, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)

    def _age(self, part: Path) -> float:
        grown = datetime.fromtimestamp(part.stat().st_mtime, UTC)
        return round(max(0.0, (self._clock.now() - grown).total_seconds()), 3)

    def _on_air(self) -> Path:
        hint = Text("Tayangkan dengan `tayang air`.", "Air it with `tayang air`.")
        part = self._newest()
        if part is None:
            raise OffAir(Text("Belum ada program yang tayang.", "Nothing is on air yet."), hint)
        if (age := self._age(part)) > STALE_SECONDS:
            raise OffAir(
                Text(
                    f"Tidak ada program yang tayang: rekaman terakhir {hms(age)} yang lalu.",
                    f"Nothing is on air: the last recording was {hms(age)} ago.",
                ),
                hint,
            )
        return part


class View:
    """What one viewer is given: the head, then fragments from the newest keyframe on."""

    def __init__(self, relay: "_Relay", wake: Wake) -> None:
        self._relay = relay
        self._wake = wake
        self._next: int | None = None

    @property
    def head(self) -> Head | None:
        """How the MP4 begins; None as long as that isn't known."""
        return self._relay.head

    @property
    def ended(self) -> bool:
        """Whether no more will come than what `take` still gives."""
        return self._relay.ended

    @property
    def error(self) -> TayangError | None:
        """Why it ended, when that is not the program's end."""
        return self._relay.error

    def take(self) -> bytes | None:
        """The next fragment; None when there is none yet."""
        found = self._relay.fragment(self._next)
        if found is None:
            return None
        number, fragment = found
        self._next = number + 1
        return fragment.data

    def close(self) -> None:
        self._relay.leave(self._wake)


class _Relay:
    """One remux in a thread of its own: from a part's newest keyframe to the program's end.

    It ends by itself when the log no longer grows, its format changes, or nobody watches any more.
    """

    def __init__(self, part: Path, rate: Rate, clock: Clock) -> None:
        self.ended = False
        self.error: TayangError | None = None
        self._part = part
        self._clock = clock
        self._remux = Remux(rate, self._keep)
        self._wakes: list[Wake] = []
        self._fragments: deque[Fragment] = deque(maxlen=KEPT)
        self._count = 0
        self._key: int | None = None
        self._grown = self._left = clock.monotonic()
        self._stopped = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def head(self) -> Head | None:
        return self._remux.head

    @property
    def viewers(self) -> int:
        return len(self._wakes)

    @property
    def edge(self) -> tuple[float, float]:
        """The end of the newest picture, and its age, in seconds."""
        age = self._clock.monotonic() - self._grown
        return self._remux.decoded / TICKS, round(age, 3)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped = True
        self._thread.join()

    def join(self, wake: Wake) -> View | None:
        """A view for one more viewer; None when it came too late."""
        with self._lock:
            if self.ended:
                return None
            self._wakes.append(wake)
            return View(self, wake)

    def leave(self, wake: Wake) -> None:
        with self._lock:
            self._wakes.remove(wake)
            self._left = self._clock.monotonic()

    def fragment(self, number: int | None) -> tuple[int, Fragment] | None:
        """That fragment, or the newest keyframe's for who begins or is too late; None when to come."""
        with self._lock:
            key, late = self._key, self._count - BEHIND
            if key is not None and (number is None or number < min(key, late)):
                number = key
            if number is None or number >= self._count:
                return None
            return number, self._fragments[number - self._count]

    def _run(self) -> None:
        try:
            with self._remux:
                for part in self._parts():
                    with closing(part):
                        self._remux.copy(part)
        except OutsideError as error:
            self.error = error
        except OSError as error:
            self.error = OutsideError(
                Text(f"rekaman tak terbaca: {error}", f"the program log can't be read: {error}")
            )
        finally:
            with self._lock:
                self.ended = True
                self._wake_all()

    def _parts(self) -> Iterator["_Part"]:
        part = _Part(self._part, self._read, self._wait, from_newest_key=True)
        yield part
        while part.following.exists() and not self._stopped:
            part = _Part(part.following, self._read, self._wait)
            yield part

    def _read(self) -> None:
        self._grown = self._clock.monotonic()

    def _wait(self) -> bool:
        """Lets the log grow for a moment; False when there is no sense in waiting longer."""
        now = self._clock.monotonic()
        with self._lock:
            if not self._wakes and now - self._left > LINGER_SECONDS:
                self.ended = self._stopped = True
        if self._stopped or now - self._grown > STALE_SECONDS:
            return False
        self._clock.sleep(POLL_SECONDS)
        return True

    def _keep(self, fragment: Fragment) -> None:
        with self._lock:
            if fragment.key:
                self._key = self._count
            self._fragments.append(fragment)
            self._count += 1
            self._wake_all()

    def _wake_all(self) -> None:
        for wake in self._wakes:
            wake()


class _Part:
    """A part of the log while it is written, as a source for `Remux`.

    `grown` is called whenever there was something to read; `wait` when there is nothing: it returns
    False when nothing more is awaited.
    """

    def __init__(
        self,
        path: Path,
        grown: Callable[[], None],
        wait: Callable[[], bool],
        *,
        from_newest_key: bool = False,
    ) -> None:
        self.cut = False
        self.following = path.with_name(f"program-{int(path.stem[-4:]) + 1:04}.ts")
        self._grown = grown
        self._wait = wait
        self._file = path.open("rb", buffering=0)
        self._tables = b""
        if from_newest_key and (key := self._newest_key()):
            self._file.seek(0)
            self._tables = tables(self._file.read(PACKET * 16))
            self._file.seek(key)

    def read(self, size: int) -> bytes:
        """See `Source`."""
        while True:
            over = self.following.exists()  # asked first: a part is whole before the next begins
            if data := self._tables or self._file.read(size):
                self._tables = b""
                self._grown()
                return data
            if over or not self._wait():
                self.cut = self._file.tell() > self._size()  # a repair has cut off what was torn
                return b""

    def close(self) -> None:
        self._file.close()

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def _newest_key(self) -> int:
        """Where the newest keyframe begins; 0 when there is none."""
        end = self._size() // PACKET * PACKET
        while end > 0:
            begin = max(0, end - BLOCK)
            self._file.seek(begin)
            keys = [at for at, key in pictures(self._file.read(end - begin)) if key]
            if keys:
                return begin + keys[-1]
            end = begin
        return 0
