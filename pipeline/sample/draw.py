"""Draws what a rundown refers to and its media folder lacks; what is there is never touched."""

import io
import tempfile
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Fault, InputFaults, OutsideError, Text
from pipeline.rundown import Item, Kind, Rundown, Stand
from pipeline.sample.film import make_film
from pipeline.sample.scene import product_picture

JPEG_QUALITY = 88

WORKERS = 2
"""Python draws the next pictures while ffmpeg encodes the film before: more would only queue."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be: the product's photo, or the stand's profile video when `product` is None."""

    name: str
    stand: Stand | None
    product: int | None


def draw_media(
    rundown: Rundown,
    folder: Path,
    ffmpeg: str,
    items: Collection[str] | None = None,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> int:
    """Draws every photo and video of the rundown that is missing in `folder`; returns how many.

    `items` (ids) limits it to what those items need: an item's video, and all photos of its stand.
    `on_progress` hears (done, of how many, name) after each. Two runs at once are safe: each file
    is made aside and moved to its name in one step.

    Raises InputFaults when a name leads out of the folder (then nothing is drawn), OutsideError
    when the disk refuses or ffmpeg fails (then what was finished stays, nothing half-made does).
    """
    wanted = _wanted(rundown, items)
    _refuse_outside(wanted, folder)
    missing = [want for want in wanted if not (folder / want.name).exists()]
    made = 0
    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [pool.submit(_make, want, folder, ffmpeg) for want in missing]
        try:
            for done, (want, job) in enumerate(zip(missing, jobs, strict=True), start=1):
                made += job.result()
                if on_progress is not None:
                    on_progress(done, len(missing), want.name)
        finally:
            for job in jobs:  # after a failure nothing more is begun
                job.cancel()
    return made


def _wanted(rundown: Rundown, items: Collection[str] | None) -> list[Wanted]:
    """Each file once, in the order in which the items need them; the rest of the stands follow."""
    found: dict[str, Wanted] = {}
    for session in rundown.sessions:
        for item in session.items:
            if items is None or item.id in items:
                for want in _needed(item, rundown.stand_of(item)):
                    found.setdefault(want.name, want)
    if items is None:
        for stand in rundown.stands:
            for want in _photos(stand):
                found.setdefault(want.name, want)
    return list(found.values())


def _needed(item: Item, stand: Stand | None) -> Iterator[Wanted]:
    if item.kind is Kind.VIDEO and item.media:
        yield Wanted(item.media, stand, None)
    if stand:
        yield from _photos(stand)


def _photos(stand: Stand) -> Iterator[Wanted]:
    for index, product in enumerate(stand.products):
        if product.photo:
            yield Wanted(product.photo, stand, index)


def _refuse_outside(wanted: list[Wanted], folder: Path) -> None:
    root = folder.resolve()
    faults = [
        Fault(
            want.name,
            Text("berada di luar folder media", "lies outside the media folder"),
            Text("Tulis nama berkas saja.", "Write just the file's name."),
        )
        for want in wanted
        if not (root / want.name).resolve().is_relative_to(root)
    ]
    if faults:
        raise InputFaults(faults)


def _make(want: Wanted, folder: Path, ffmpeg: str) -> bool:
    """Makes one file; False when another run was faster."""
    target = folder / want.name
    try:
        return _moved_into_place(want, target, ffmpeg)
    except OSError as error:
        raise _not_written(target, error) from error


def _moved_into_place(want: Wanted, target: Path, ffmpeg: str) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".draw-") as aside:
        made = Path(aside) / "made"
        if want.product is None:
            make_film(ffmpeg, want.stand, Path(aside), made)
        elif want.stand:
            picture = io.BytesIO()
            product_picture(want.stand, want.product).save(
                picture, "JPEG", quality=JPEG_QUALITY, subsampling=0
            )
            made.write_bytes(picture.getvalue())
        if target.exists():
            return False
        made.replace(target)
    return True


def _not_written(path: Path, error: OSError) -> OutsideError:
    return OutsideError(
        Text(f"{path} tak dapat ditulis: {error}", f"{path} can't be written: {error}"),
        Text(
            "Periksa ruang disk dan izin folder media.",
            "Check the disk's space and the media folder's permissions.",
        ),
    )
