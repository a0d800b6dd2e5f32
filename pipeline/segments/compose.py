"""Makes segments from plans: runs ffmpeg for the pieces that are missing, joins, puts sound to them.

What is made lies in the store under its key. A file gets its name only when it is whole and checked;
two runs at once make the same bytes and the later rename changes nothing.
"""

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from pipeline.clock import Clock
from pipeline.errors import Fault, InputFaults, OutsideError, Text, ToolError
from pipeline.segments import graph
from pipeline.segments.bed import bed, write_wav
from pipeline.segments.plan import RECIPE, FootagePiece, Piece, SegmentPlan, Sound, piece_key
from pipeline.segments.runs import Runs, disk_refused
from pipeline.segments.standard import check_made, write_aside
from pipeline.segments.stills import Stills
from pipeline.settings import House
from pipeline.splice import SegmentReader, Timeline, TransportWriter

SILENT = -60.0  # LUFS: quieter than any sound that was meant to be heard
TRIES = 8
CLOSE_ENOUGH = 0.3  # LU
TOLERANCE = 1.0  # LU, beyond which it is said
CEILING, PEAK = -1.5, -1.0  # dBTP: of the limiter; of the segment, since encoding adds a little


@dataclass(frozen=True)
class Segment:
    """A composed item. `lufs` was measured on the finished file; `cached`: nothing had to be made."""

    item: str
    key: str
    path: Path
    kind: str
    frames: int
    loop: bool
    lufs: float
    encoded_frames: int
    copied_frames: int
    seconds: float
    cached: bool
    faults: tuple[Fault, ...]
    cues: tuple[tuple[int, int], ...] = ()
    """Frames in which a lower third is there already: the first, and the one after the last."""

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        values = asdict(self)
        return {**values, "path": str(self.path), "faults": [f.as_dict() for f in self.faults]}


Progress = Callable[[int, int, str], None]
"""Called with frames done, frames in all, and what is being made."""


class Composer:
    """Composes into one store, for one house format."""

    def __init__(self, store: Path, house: House, ffmpeg: str, clock: Clock) -> None:
        self._store = store
        self._house = house
        self._ffmpeg = ffmpeg
        self._clock = clock
        self._pieces = store / "pieces"
        self._runs = Runs()
        try:
            self._pieces.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutsideError(
                Text(f"folder {store} tak dapat dibuat: {error}", f"can't make {store}: {error}")
            ) from error

    def compose(
        self,
        plans: Sequence[SegmentPlan],
        *,
        jobs: int | None = None,
        on_progress: Progress = lambda done, whole, what: None,
    ) -> dict[str, Segment]:
        """Every plan's segment, by item. What is there already is only looked up.

        When footage can't be encoded, the plan's `otherwise` airs in its place. `jobs` runs of
        ffmpeg go side by side, by default as many as there are cores.
        """
        self._runs = Runs()
        with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
            try:
                return self._compose(pool, plans, on_progress)
            except BaseException as error:  # Ctrl-C too: nothing goes on behind our back
                pool.shutdown(wait=False, cancel_futures=True)
                self._runs.stop()
                if isinstance(error, OSError):
                    raise disk_refused(error) from error
                raise

    def _compose(
        self, pool: Executor, plans: Sequence[SegmentPlan], on_progress: Progress
    ) -> dict[str, Segment]:
        made = self._encode_all(pool, plans, on_progress)
        if broken := _failures(made):
            plans = [self._replaced(plan, broken) for plan in plans]
            again = self._encode_all(pool, plans, on_progress)
            for error in _failures(again).values():
                raise error
            made |= again
        seconds = {key: value for key, value in made.items() if isinstance(value, float)}
        segments = pool.map(lambda plan: self._segment(plan, seconds), plans)
        return {segment.item: segment for segment in segments}

    def _replaced(self, plan: SegmentPlan, broken: Mapping[str, ToolError]) -> SegmentPlan:
        """The plan that airs instead when one of the pieces is broken."""
        for piece in plan.pieces:
            error = broken.get(piece_key(piece, self._house))
            if error is not None:
                if plan.otherwise is None or not isinstance(piece, FootagePiece):
                    raise error
                return plan.otherwise(InputFaults([Fault(piece.source.path.name, error.what)]))
        return plan

    def _encode_all(
        self, pool: Executor, plans: Iterable[SegmentPlan], on_progress: Progress
    ) -> dict[str, float | ToolError]:
        """Encodes each missing piece once, the longest first: seconds or the failure, by key."""
        wanted = {
            piece_key(piece, self._house): (piece, plan.item)
            for plan in plans
            if not self._whole(plan)
            for piece in plan.pieces
        }
        missing = {k: v for k, v in wanted.items() if not self._piece(k).exists()}
        whole = sum(piece.frames for piece, _ in missing.values())
        done: dict[str, int] = {}

        def encode(key: str, piece: Piece, item: str) -> float | ToolError:
            def seen(frames: int) -> None:
                done[key] = frames
                on_progress(sum(done.values()), whole, item)

            begun = self._clock.monotonic()
            try:
                self._encode(key, piece, seen)
            except ToolError as error:
                return error
            seen(piece.frames)
            return self._clock.monotonic() - begun

        jobs = {
            pool.submit(encode, key, piece, item): key
            for key, (piece, item) in sorted(missing.items(), key=lambda kv: -kv[1][0].frames)
        }
        return {jobs[job]: job.result() for job in as_completed(jobs)}

    def _encode(self, key: str, piece: Piece, on_frames: Callable[[int], None]) -> None:
        with tempfile.TemporaryDirectory(dir=self._store, prefix=".piece-") as folder:
            files = Stills(Path(folder), self._house)
            out = Path(folder) / "out.ts"
            argv = graph.picture_argv(
                self._ffmpeg, piece, self._house, files.still, files.photo, out
            )
            self._runs.run(argv, deadline=60 + piece.frames, on_line=_frame_counter(on_frames))
            check_made(out, piece.frames, self._store, self._house)
            out.rename(self._piece(key))

    def _segment(self, plan: SegmentPlan, made: Mapping[str, float]) -> Segment:
        meta = self._meta(plan)
        keys = [piece_key(piece, self._house) for piece in plan.pieces]
        fresh = {
            key: piece.frames for key, piece in zip(keys, plan.pieces, strict=True) if key in made
        }
        begun = self._clock.monotonic()
        cached = self._whole(plan)
        if not cached:
            lufs = self._assemble(plan, keys)
            write_aside(meta, json.dumps({"frames": plan.frames, "lufs": lufs}).encode())
        seconds = self._clock.monotonic() - begun + sum(made[key] for key in fresh)
        lufs = json.loads(meta.read_bytes())["lufs"]
        encoded = 0 if cached else sum(fresh.values())
        return Segment(
            item=plan.item,
            key=plan.key,
            path=meta.with_suffix(".ts"),
            kind=plan.kind.value,
            frames=plan.frames,
            loop=plan.loop,
            lufs=lufs,
            encoded_frames=encoded,
            copied_frames=plan.frames - encoded,
            seconds=round(seconds, 2),
            cached=cached,
            faults=(*plan.faults, *_unlevelled(plan.item, self._house.loudness, lufs)),
            cues=plan.cues,
        )

    def _assemble(self, plan: SegmentPlan, keys: Sequence[str]) -> float:
        """Joins the pieces and puts sound to them until the loudness is right; returns it in LUFS."""
        with tempfile.TemporaryDirectory(dir=self._store, prefix=".segment-") as folder:
            pictures, out = Path(folder) / "pictures.ts", Path(folder) / "out.ts"
            join([self._piece(key) for key in keys], pictures, self._house)
            bed_file = self._bed()
            sounds, gains = self._levels(plan.sounds, bed_file)
            ceiling = CEILING
            for _ in range(TRIES):
                argv = graph.sound_argv(
                    self._ffmpeg, pictures, sounds, gains, ceiling, bed_file, self._house, out
                )
                self._runs.run(argv, deadline=60 + plan.frames)
                said = self._ebur128(graph.file_loudness_argv(self._ffmpeg, out), plan.frames)
                lufs, over = _figure("I", said), _figure("Peak", said) - PEAK
                off = self._house.loudness - lufs
                if abs(off) <= CLOSE_ENOUGH and over <= 0:
                    break
                gains = [gain + off for gain in gains]
                ceiling -= max(over, 0)
            check_made(out, plan.frames, self._store, self._house)
            out.rename(self._meta(plan).with_suffix(".ts"))
        return lufs

    def _levels(self, sounds: Sequence[Sound], bed_file: Path) -> tuple[list[Sound], list[float]]:
        """The sounds that will be heard, with the gain for each in dB.

        One that is silent gives way to the bed, and the bed goes on through what follows it.
        """
        heard: list[Sound] = []
        for sound in sounds:
            if sound.source is not None and self._measure(sound, bed_file) < SILENT:
                sound = replace(sound, source=None)
            if heard and heard[-1].source is sound.source is None:
                heard[-1] = replace(sound, frames=heard[-1].frames + sound.frames)
            else:
                heard.append(sound)
        return heard, [self._house.loudness - self._measure(sound, bed_file) for sound in heard]

    def _measure(self, sound: Sound, bed_file: Path) -> float:
        argv = graph.loudness_argv(self._ffmpeg, sound, bed_file, self._house)
        return _figure("I", self._ebur128(argv, sound.frames))

    def _ebur128(self, argv: Sequence[str], frames: int) -> str:
        return self._runs.run(argv, deadline=60 + frames)

    def _bed(self) -> Path:
        path = self._store / f"bed-{RECIPE}.wav"
        if not path.exists():
            rate = self._house.rate
            with tempfile.TemporaryDirectory(dir=self._store, prefix=".bed-") as folder:
                write_wav(
                    Path(folder) / "bed.wav", bed(16 * rate.sampling, rate.sampling), rate.sampling
                )
                (Path(folder) / "bed.wav").rename(path)
        return path

    def _piece(self, key: str) -> Path:
        return self._pieces / f"{key}.ts"

    def _whole(self, plan: SegmentPlan) -> bool:
        meta = self._meta(plan)
        return meta.exists() and meta.with_suffix(".ts").exists()

    def _meta(self, plan: SegmentPlan) -> Path:
        return self._store / f"{plan.key}.json"


def _figure(name: str, said: str) -> float:
    """A figure of ebur128's summary; what it can't measure counts as -70, its gate."""
    found = re.findall(rf"\b{name}:\s+(-?[\d.]+|-inf|nan) (?:LUFS|dBFS)", said)
    if not found:
        raise ToolError("ffmpeg", 0, "no loudness in: " + said)
    return -70.0 if found[-1] == "nan" else max(float(found[-1]), -70.0)


def _unlevelled(item: str, wanted: float, lufs: float) -> Iterator[Fault]:
    """Says that a sound could not be brought to the house's loudness without clipping."""
    if abs(lufs - wanted) > TOLERANCE:
        yield Fault(
            item,
            Text(
                f"kenyaringannya {lufs:.1f} LUFS, seharusnya {wanted:.0f}",
                f"its loudness is {lufs:.1f} LUFS instead of {wanted:.0f}",
            ),
            Text("Periksa suara videonya.", "Check the video's sound."),
        )


def _failures(made: Mapping[str, float | ToolError]) -> dict[str, ToolError]:
    return {key: value for key, value in made.items() if isinstance(value, ToolError)}


def join(pieces: Sequence[Path], out: Path, house: House) -> None:
    """Joins pictures of the house format by copying their packets."""
    timeline: Timeline | None = None
    writer: TransportWriter | None = None
    with out.open("wb") as file:
        for path in pieces:
            with SegmentReader(path, house.rate, sounds=False) as reader:
                if timeline is None or writer is None:
                    timeline = Timeline(house.rate, reader.delay)
                    writer = TransportWriter(file, reader)
                timeline.enter()
                while (picture := reader.picture()) is not None:
                    writer.picture(picture, timeline.picture(picture))
        if writer is not None:
            writer.close()


def _frame_counter(on_frames: Callable[[int], None]) -> Callable[[str], None]:
    def take(line: str) -> None:
        key, _, value = line.partition("=")
        if key == "frame" and value.strip().isdigit():
            on_frames(int(value))

    return take
