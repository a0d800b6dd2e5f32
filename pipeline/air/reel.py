"""A segment being played: read ahead to where the program can be left, so that damage stays off air.

Whole mini-GOPs come out, or none: pictures of a file that breaks off in the middle of one never reach
the program, which could not be left there. Knows no clock and no journal.
"""

from collections import deque
from pathlib import Path
from typing import Protocol

from pipeline.errors import OutsideError, Text
from pipeline.splice import Picture, SegmentReader
from pipeline.timing import Rate

LONGEST = 8
"""More pictures than any mini-GOP of the house format has."""


class Playable(Protocol):
    """What air needs to know of a composed segment."""

    @property
    def key(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def kind(self) -> str: ...
    @property
    def frames(self) -> int: ...
    @property
    def loop(self) -> bool: ...


class Reel:
    """Gives a segment's pictures and sounds; `damaged` says why it has to be left before its end."""

    def __init__(self, segment: Playable, rate: Rate, *, skip: int = 0) -> None:
        """Begins at the last keyframe at or before frame `skip`, which is `origin`.

        Raises OutsideError when the file can't be read or gives no picture.
        """
        self.segment = segment
        self.damaged: OutsideError | None = None
        self._rate = rate
        self._coming: deque[Picture] = deque()
        self.reader = SegmentReader(segment.path, rate)
        try:
            self.origin = self._shown = self.reader.seek_key(skip) if skip else 0
            self._after = self.reader.picture()
            self._read_ahead()
        except OutsideError as error:
            self.damaged = error
        if self.damaged is not None:
            self.close()
            raise self.damaged

    @property
    def at_end(self) -> bool:
        """Whether nothing more comes."""
        return not self._coming

    def picture(self) -> Picture:
        """The next picture in decoding order; there is one unless `at_end`."""
        picture = self._coming.popleft()
        if not self._coming:
            self._read_ahead()
        return picture

    def sound(self) -> bytes | None:
        """The next AAC frame; None when there are no more."""
        try:
            return self.reader.sound()
        except OutsideError as error:
            self.damaged = error
            return None

    def again(self) -> "Reel":
        """The same from its first frame on; raises as beginning does."""
        self.close()
        return Reel(self.segment, self._rate)

    def close(self) -> None:
        self.reader.close()

    def _read_ahead(self) -> None:
        """Takes pictures until those taken are contiguous in display order.

        Of a file that breaks off, the last picture may be half of one: each is taken only when there
        is another behind it, or it is the segment's last.
        """
        ahead: list[Picture] = []
        end = self._shown
        if end == self.segment.frames:
            return
        try:
            while not ahead or end != self._shown + len(ahead):
                if self._after is None or len(ahead) == LONGEST:
                    raise _broken(self.segment)
                ahead.append(self._after)
                end = max(end, self._after.display + 1)
                self._after = self.reader.picture()
            if self._after is None and end != self.segment.frames:
                raise _broken(self.segment)
        except OutsideError as error:
            self.damaged = error
            return
        self._shown = end
        self._coming.extend(ahead)


def _broken(segment: Playable) -> OutsideError:
    name = segment.path.name
    return OutsideError(Text(f"segmen {name} rusak", f"segment {name} is damaged"))
