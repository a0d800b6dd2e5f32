"""Cuts clips out of the program log by copying packets: frame-exact, whatever their number in one pass.

A part of the log and the airings on it come in, MP4 files go out. A file gets its name when it is whole.
"""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.air import Airing
from pipeline.clips.pick import file_name
from pipeline.clips.still import packets_of
from pipeline.errors import OutsideError, Text
from pipeline.segments import Picture, SegmentReader, Timeline, TransportWriter
from pipeline.timing import Rate
from pipeline.tools import run


@dataclass(frozen=True, slots=True)
class Clip:
    """One airing as a file. Frames are counted over the session."""

    path: Path
    session: str
    occurrence: int
    stand: int | None
    title: str
    first_frame: int
    frames: int
    sha256: str

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {name: getattr(self, name) for name in self.__slots__} | {"path": str(self.path)}


def cut(
    part: Path,
    part_first_frame: int,
    airings: Sequence[Airing],
    rate: Rate,
    ffmpeg: str,
    out: Path,
    on_clip: Callable[[Clip], None] = lambda clip: None,
) -> tuple[Clip, ...]:
    """Cuts every airing out of one part of the program log; clips of theirs that are there stay.

    Raises OutsideError when the log ends before an airing does, or when the disk refuses.
    """
    missing = [a for a in airings if packets_of(out / file_name(a)) != a.packets]
    if missing:
        try:
            out.mkdir(parents=True, exist_ok=True)
            _cut_missing(part, part_first_frame, missing, rate, ffmpeg, out)
        except OSError as error:
            raise OutsideError(
                Text(f"klip tak dapat ditulis: {error}", f"can't write clips: {error}"),
                Text("Periksa ruang disk dan folder `state`.", "Check disk space and `state`."),
            ) from error
    clips = []
    for airing in airings:
        clips.append(_clip(airing, out / file_name(airing)))
        on_clip(clips[-1])
    return tuple(clips)


def _cut_missing(
    part: Path, part_first_frame: int, missing: Sequence[Airing], rate: Rate, ffmpeg: str, out: Path
) -> None:
    with SegmentReader(part, rate) as reader:
        place = _Place(reader, rate)
        for airing in sorted(missing, key=lambda a: a.first_frame):
            place.skip_to(airing.first_frame - part_first_frame)
            _one(place, airing, ffmpeg, out / file_name(airing))


class _Place:
    """Where in the program log reading has come to: so many pictures, and the sounds that go with them."""

    def __init__(self, reader: SegmentReader, rate: Rate) -> None:
        self.reader = reader
        self.rate = rate
        self.frames = 0
        self._sounds = 0

    def skip_to(self, frame: int) -> None:
        while self.frames < frame:
            self._picture()
            self._sounds_until(self.frames)  # in step, or the reader would hold hours of sound

    def copy(self, frames: int, writer: TransportWriter) -> None:
        """Copies so many pictures and their sounds, with times that begin anew."""
        timeline = Timeline(self.rate, self.reader.delay)
        for number in range(frames):
            picture = self._picture()
            if number == 0:
                timeline.enter(picture.display)
            writer.picture(picture, timeline.picture(picture))
            while timeline.sounds_due > 0 and (sound := self.reader.sound()) is not None:
                writer.sound(sound, timeline.sound())
                self._sounds += 1

    def _picture(self) -> Picture:
        picture = self.reader.picture()
        if picture is None:
            name = self.reader.path.name
            raise OutsideError(
                Text(
                    f"{name} berakhir pada frame {self.frames}, terlalu awal",
                    f"{name} ends at frame {self.frames}, too early",
                )
            )
        self.frames += 1
        return picture

    def _sounds_until(self, frame: int) -> None:
        while self._sounds < self.rate.audio_frames(frame) and self.reader.sound() is not None:
            self._sounds += 1


def _one(place: _Place, airing: Airing, ffmpeg: str, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".clip-") as folder:
        copied, whole = Path(folder) / "copied.ts", Path(folder) / "whole.mp4"
        with copied.open("wb") as file, TransportWriter(file, place.reader) as writer:
            place.copy(airing.frames, writer)
        # The command line puts in the filter that turns ADTS into MP4's AAC by itself.
        mp4 = ["-c", "copy", "-movflags", "+faststart", "-fflags", "+bitexact"]
        of = ["-metadata", f"comment={airing.packets}", str(whole)]
        run([ffmpeg, "-nostdin", "-v", "error", "-i", str(copied), *mp4, *of], deadline=600)
        whole.rename(path)


def _clip(airing: Airing, path: Path) -> Clip:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Clip(
        path,
        airing.session,
        airing.occurrence,
        airing.stand,
        airing.title,
        airing.first_frame,
        airing.frames,
        digest,
    )
