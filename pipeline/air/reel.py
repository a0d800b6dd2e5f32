"""A segment being played: read ahead to where the program can be left, so that damage stays off air.

Whole mini-GOPs come out, or none: pictures that could not be shown, or after which the program could not
be left, never reach it. Knows no clock and no journal.
"""

import io
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import BinaryIO, Protocol

from pipeline.errors import OutsideError, Text
from pipeline.splice import SILENCE, Intact, Picture, SegmentReader
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
    @property
    def cues(self) -> tuple[tuple[int, int], ...]: ...


class Reel:
    """Gives a segment's pictures and sounds; `damaged` says why it has to be left before its end."""

    def __init__(
        self,
        segment: Playable,
        rate: Rate,
        *,
        skip: int = 0,
        data: bytes | None = None,
        sounds: bool = True,
    ) -> None:
        """Begins at the last keyframe at or before frame `skip`, which is `origin`.

        `data` is what its file holds, when that is in memory. Raises OutsideError when the file can't
        be read or gives no picture.
        """
        self.segment = segment
        self.damaged: OutsideError | None = None
        self._coming: deque[Picture] = deque()
        with ExitStack() as opened:
            self._source = opened.enter_context(closing(Intact(_file(segment.path, data))))
            reader = SegmentReader(segment.path, rate, sounds=sounds, source=self._source)
            self.reader = opened.enter_context(reader)
            self.origin = self._shown = self.reader.seek_key(skip) if skip else 0
            self.at = self.origin
            """The segment's frame that comes next."""
            self._sounds = rate.audio_frames(self.origin)
            self._after = self.reader.picture()
            self._read_ahead()
            if self.damaged is not None:
                raise self.damaged
            self._opened = opened.pop_all()

    @property
    def format(self) -> tuple[int, bytes]:
        """What reels must share for one to follow another: the delay and the parameter sets."""
        return self.reader.delay, self.reader.extradata

    @property
    def at_end(self) -> bool:
        """Whether nothing more comes."""
        return not self._coming

    def picture(self) -> Picture:
        """The next picture in decoding order; there is one unless `at_end`."""
        picture = self._coming.popleft()
        self.at += 1
        if not self._coming:
            self._read_ahead()
        return picture

    def sound(self) -> bytes | None:
        """The next AAC frame; None in place of one that is missing or isn't of the house format."""
        sound = self.reader.sound_at(self._sounds)
        self._sounds += 1
        return sound if sound is not None and _is_house_sound(sound) else None

    def close(self) -> None:
        self._opened.close()

    def _read_ahead(self) -> None:
        """Takes pictures until those taken are contiguous in display order.

        Of a file that breaks off, the last picture may be half of one: each is taken only when there
        is another behind it, or it is the segment's last.
        """
        if self._shown == self.segment.frames:
            return
        ahead: list[Picture] = []
        try:
            while not ahead or not self._follow(ahead):
                if self._after is None or len(ahead) == LONGEST:
                    raise broken(self.segment)
                ahead.append(self._after)
                self._after = self.reader.picture()
            end = self._shown + len(ahead)
            left = self.segment.frames - end
            torn = self._after is None and (left > 0 or self._source.broken)
            if torn or left < 0 or not self._decodable(ahead):
                raise broken(self.segment)
        except OutsideError as error:
            self.damaged = error
            return
        self._shown = end
        self._coming.extend(ahead)

    def _follow(self, ahead: Sequence[Picture]) -> bool:
        """Whether these are the pictures to be shown next, all of them."""
        places = range(self._shown, self._shown + len(ahead))
        return sorted(picture.display for picture in ahead) == list(places)

    def _decodable(self, ahead: Sequence[Picture]) -> bool:
        """Whether a decoder can show these, each in time.

        The reel begins with a keyframe; each comes first, with the parameter sets of all.
        """
        delay, parameters = self.format
        first, *rest = ahead
        entered = parameters in first.data if first.key else self._shown > self.origin
        in_time = all(p.display + delay >= at for at, p in enumerate(ahead, self._shown))
        return entered and in_time and not any(picture.key for picture in rest)


def _file(path: Path, data: bytes | None) -> BinaryIO:
    if data is not None:
        return io.BytesIO(data)
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> OutsideError:
    """The disk doesn't give a file."""
    return OutsideError(
        Text(f"{path.name} tak dapat dibaca: {error}", f"{path.name} can't be read: {error}")
    )


def _is_house_sound(sound: bytes) -> bool:
    """Whether an ADTS frame has the house's fixed header and its own length (ISO/IEC 13818-7, 6.2)."""
    header = int.from_bytes(sound[:7])
    alike = (header ^ int.from_bytes(SILENCE[:7])) >> 28 == 0
    return alike and header >> 13 & 0x1FFF == len(sound)


def broken(segment: Playable) -> OutsideError:
    """A file doesn't hold what it should."""
    name = segment.path.name
    return OutsideError(Text(f"segmen {name} rusak", f"segment {name} is damaged"))
