"""What a media file of an exhibitor is: size, length, sound; or one sentence why it can't be used.

Only containers and codecs that exhibitors really send are opened, and only as files: a playlist that
points elsewhere, or a file that is something else than it says, is refused before anything is played.
"""

import difflib
import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from PIL import Image, ImageOps

from pipeline.errors import Fault, InputFaults, Text

VIDEO_FORMATS = "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,dv,ogg,wav,mp3,gif"
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 120_000_000
UNTAGGED = 2  # "unspecified" in ITU-T H.273, table 4
Image.MAX_IMAGE_PIXELS = None  # the size is judged below, before a pixel is decoded

_HINT = Text(
    "Minta ulang berkasnya dari peserta, atau simpan ulang sebagai MP4 (video) atau JPG (foto).",
    "Ask the exhibitor for it again, or save it anew as MP4 (video) or JPG (photo).",
)


@dataclass(frozen=True, slots=True)
class Footage:
    """A video that can be used. Size as shown (turned upright); `seconds` of picture really there.

    `matrix` is how its colours are to be read: `auto` when the file says so itself.
    """

    path: Path
    sha256: str
    width: int
    height: int
    seconds: Fraction
    matrix: str
    has_sound: bool


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that can be used. Size as shown (turned upright)."""

    path: Path
    sha256: str
    width: int
    height: int


def media_path(folder: Path, name: str) -> Path:
    """The file of a media name; InputFaults unless it is an existing file inside the folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise _refused(name, "berada di luar folder media", "lies outside the media folder")
    if not path.is_file():
        near = _nearest(folder, name)
        hint = (
            Text(f"Mungkin {near}?", f"Perhaps {near}?")
            if near
            else Text(f"Taruh berkasnya di {folder}.", f"Put the file into {folder}.")
        )
        raise InputFaults([Fault(name, Text("berkas tidak ada", "there is no such file"), hint)])
    return path


def _nearest(folder: Path, name: str) -> str | None:
    names = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    by_lower = {n.lower(): n for n in names}
    near = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return by_lower[near[0]] if near else None


def footage(folder: Path, name: str) -> Footage:
    """Looks at a video; InputFaults when it isn't one that can be used."""
    path = media_path(folder, name)
    options = {"format_whitelist": VIDEO_FORMATS, "protocol_whitelist": "file"}
    try:
        with av.open(str(path), options=options, timeout=20) as container:
            if not container.streams.video:
                raise _refused(name, "tidak berisi gambar bergerak", "holds no moving picture")
            frame = next(container.decode(video=0))
            container.seek(0)
            seconds = _seconds(container)
            sound = bool(container.streams.audio)
    except (FFmpegError, StopIteration, ValueError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "?"
        what = Text(f"bukan video yang dapat dibaca ({why})", f"not a readable video ({why})")
        raise _refused(name, *what) from error
    turned = abs(frame.rotation) % 180 == 90
    width, height = (frame.height, frame.width) if turned else (frame.width, frame.height)
    return Footage(path, _sha256(path), width, height, seconds, _matrix(frame), sound)


def _seconds(container: InputContainer) -> Fraction:
    """The time from the first picture to the end of the last, counted on the packets.

    What the file's header says isn't asked: a cut-off file still says its whole length.
    """
    times, length = [], Fraction(0)
    for packet in container.demux(video=0):
        if packet.pts is not None:
            times.append(packet.pts)
            length = (packet.duration or 0) * packet.time_base
    if not times:
        raise ValueError("no pictures")
    base = container.streams.video[0].time_base or Fraction(1)
    return (max(times) - min(times)) * base + length


def _matrix(frame: av.VideoFrame) -> str:
    """HD without a word about its colours is BT.709, SD BT.601 (ITU-R BT.709 and BT.601)."""
    if frame.colorspace != UNTAGGED:
        return "auto"
    return "bt709" if max(frame.width, frame.height) >= 1280 else "bt601"


def photo(folder: Path, name: str) -> Photo:
    """Looks at a picture; InputFaults when it isn't one that can be used."""
    path = media_path(folder, name)
    try:
        with Image.open(path, formats=PHOTO_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _refused(name, "gambarnya terlalu besar", "the picture is too large")
            image.load()
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            width, height = image.size
    except (OSError, SyntaxError, ValueError) as error:
        raise _refused(name, "bukan gambar yang dapat dibaca", "not a readable picture") from error
    return Photo(path, _sha256(path), *((height, width) if turned else (width, height)))


def upright(found: Photo, width: int, height: int) -> Image.Image:
    """The picture turned upright and cropped from its middle to fill width x height pixels."""
    with Image.open(found.path, formats=PHOTO_FORMATS) as image:
        turned = ImageOps.exif_transpose(image)
        return ImageOps.fit(turned.convert("RGB"), (width, height), Image.Resampling.LANCZOS)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(name: str, what: str, what_en: str) -> InputFaults:
    return InputFaults([Fault(name, Text(what, what_en), _HINT)])
