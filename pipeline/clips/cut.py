"""Cuts clips out of the program log by copying packets: frame-exact, whatever their number in one pass.

What the log's parts hold and airings come in, MP4 files go out. A file gets its name when it is whole.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from pipeline.air import Airing, Recording
from pipeline.clips.known import Known
from pipeline.clips.pick import file_name, stretch_of
from pipeline.errors import Fault, OutsideError, Text
from pipeline.splice import Picture, SegmentReader, Stamp, Timeline, TransportWriter
from pipeline.timing import Rate
from pipeline.tools import run

Tell = Callable[[Fault], None]


@dataclass(frozen=True, slots=True)
class Clip:
    """One airing as a file, or the stretch of it that was recorded. Frames count over the session."""

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


@dataclass(frozen=True, slots=True)
class _Wish:
    """A clip to be had: what it is to show of its airing, and where it is to lie."""

    airing: Airing
    stretch: Recording
    path: Path

    @property
    def of(self) -> str:
        """What the file says it was made of, so that it isn't taken for another clip."""
        if self.stretch.frames == self.airing.frames:
            return self.airing.packets
        return f"{self.airing.packets} {self.stretch.first_frame}+{self.stretch.frames}"


def cut(
    folder: Path,
    recorded: Sequence[Recording],
    airings: Sequence[Airing],
    rate: Rate,
    ffmpeg: str,
    out: Path,
    *,
    on_warning: Tell,
    on_fault: Tell,
) -> tuple[Clip, ...]:
    """Cuts airings out of the program log in `folder`; clips of theirs that are there stay.

    Of an airing that isn't whole in one part its longest stretch there becomes the clip, if that is
    worth it: `on_warning` is told. What stops one clip, or those of one part, doesn't stop the others:
    `on_fault` is told. Raises OutsideError when the disk refuses.
    """
    wishes = []
    for airing in airings:
        stretch = stretch_of(airing, recorded, rate.fps)
        if stretch is None or stretch.frames < airing.frames:
            on_warning(_short(airing, stretch))
        if stretch is not None:
            wishes.append(_Wish(airing, stretch, out / file_name(airing)))
    try:
        out.mkdir(parents=True, exist_ok=True)
        known = Known(out)
        missing = [wish for wish in wishes if not _is_there(wish, known)]
        _cut_missing(folder, recorded, missing, rate, ffmpeg, on_fault)
        made = tuple(_clip(wish, known) for wish in wishes if _is_there(wish, known))
        known.keep()
    except OSError as error:
        raise OutsideError(
            Text(f"klip tak dapat ditulis: {error}", f"can't write clips: {error}"),
            Text("Periksa ruang disk dan folder `state`.", "Check disk space and `state`."),
        ) from error
    return made


def _is_there(wish: _Wish, known: Known) -> bool:
    about = known.of(wish.path)
    return about is not None and about.of == wish.of


def _cut_missing(
    folder: Path,
    recorded: Iterable[Recording],
    missing: Iterable[_Wish],
    rate: Rate,
    ffmpeg: str,
    on_fault: Tell,
) -> None:
    begins = {part.part: part.first_frame for part in recorded}
    for part, there in groupby(missing, lambda wish: wish.stretch.part):
        with ExitStack() as stack:
            try:
                place = _Place(stack.enter_context(SegmentReader(folder / part, rate)), rate)
            except OutsideError as error:
                on_fault(Fault(part, error.what, error.hint))
                continue
            for wish in there:
                try:
                    place.skip_to(wish.stretch.first_frame - begins[part])
                    _one(place, wish, ffmpeg)
                except OutsideError as error:
                    on_fault(Fault(wish.path.name, error.what, error.hint))


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
        """Copies so many pictures and their sounds, with times that begin anew.

        Where recording broke off, pictures that are shown after one that is missing are left out.
        """
        timeline = Timeline(self.rate, self.reader.delay)
        waiting: list[tuple[Picture, Stamp]] = []
        for number in range(frames):
            picture = self._picture()
            if number == 0:
                timeline.enter(picture.display)
            waiting.append((picture, timeline.picture(picture)))
            if not timeline.contiguous:
                continue
            for known, stamp in waiting:
                writer.picture(known, stamp)
            waiting.clear()
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


def _one(place: _Place, wish: _Wish, ffmpeg: str) -> None:
    with tempfile.TemporaryDirectory(dir=wish.path.parent, prefix=".clip-") as folder:
        copied, whole = Path(folder) / "copied.ts", Path(folder) / "whole.mp4"
        with copied.open("wb") as file, TransportWriter(file, place.reader) as writer:
            place.copy(wish.stretch.frames, writer)
        # The command line puts in the filter that turns ADTS into MP4's AAC by itself.
        mp4 = ["-c", "copy", "-movflags", "+faststart", "-fflags", "+bitexact"]
        of = ["-metadata", f"comment={wish.of}", str(whole)]
        run([ffmpeg, "-nostdin", "-v", "error", "-i", str(copied), *mp4, *of], deadline=600)
        whole.rename(wish.path)


def _clip(wish: _Wish, known: Known) -> Clip:
    airing, about = wish.airing, known.of(wish.path)
    assert about is not None
    return Clip(
        wish.path,
        airing.session,
        airing.occurrence,
        airing.stand,
        airing.title,
        wish.stretch.first_frame,
        about.frames,
        about.sha256,
    )


def _short(airing: Airing, stretch: Recording | None) -> Fault:
    where = file_name(airing)
    if stretch is None:
        return Fault(
            where,
            Text(
                "tidak ada klip: tayangan ini tidak cukup terekam",
                "no clip: not enough of this airing was recorded",
            ),
        )
    lost = airing.frames - stretch.frames
    return Fault(
        where,
        Text(
            f"klip dipotong: {lost} dari {airing.frames} frame tidak terekam bersambung",
            f"clip is cut short: {lost} of {airing.frames} frames aren't recorded in one piece",
        ),
    )
