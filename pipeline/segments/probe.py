"""What a media file of an exhibitor is: size, length, sound; or one sentence why it can't be used.

Only containers and codecs that exhibitors really send are opened, and only as files: a playlist that
points elsewhere, or a file that is something else than it says, is refused before anything is played.
"""

import difflib
import hashlib
import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
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
    """A video that can be used. Size as shown (upright, square pixels); `seconds` of picture really there.

    `matrix` is how its colours are to be read: `auto` when the file says so itself. `begins` is the
    time stamp of the first picture, in seconds: the zero of picture and sound.
    """

    path: Path
    sha256: str
    width: int
    height: int
    seconds: Fraction
    matrix: str
    begins: Fraction
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
            stream = _picture_stream(container)
            if stream is None:
                raise _refused(name, "tidak berisi gambar bergerak", "holds no moving picture")
            frame = next(container.decode(stream))
            begins = (frame.pts or 0) * stream.time_base
            container.seek(0)
            seconds = _seconds(container, stream, begins)
            container.seek(0)
            sound = _has_sound(container)
    except (FFmpegError, StopIteration, ValueError, OverflowError) as error:
        why = getattr(error, "strerror", None) or "?"
        what = Text(f"bukan video yang dapat dibaca ({why})", f"not a readable video ({why})")
        raise _refused(name, *what) from error
    size = _shown_size(frame, stream)
    return Footage(path, _sha256(path), *size, seconds, _matrix(frame), begins, sound)


def _picture_stream(container: InputContainer) -> Any:
    """The first moving picture; a cover (attached picture) is none."""
    return next(
        (s for s in container.streams.video if not s.disposition & Disposition.attached_pic), None
    )


def _seconds(container: InputContainer, stream: Any, begins: Fraction) -> Fraction:
    """The time from the first picture shown to the end of the last, counted on the packets.

    What the file's header says isn't asked: a cut-off file still says its whole length.
    """
    ends = begins
    for packet in container.demux(stream):
        if packet.pts is not None:
            ends = max(ends, (packet.pts + (packet.duration or 0)) * stream.time_base)
    if ends == begins:
        raise ValueError("no pictures")
    return ends - begins


def _has_sound(container: InputContainer) -> bool:
    """Whether there is a sound that can be decoded."""
    if not container.streams.audio:
        return False
    try:
        return next(container.decode(container.streams.audio[0]), None) is not None
    except (FFmpegError, ValueError):
        return False


def _shown_size(frame: av.VideoFrame, stream: Any) -> tuple[int, int]:
    """Width and height upright and in square pixels (a camcorder's 1440x1080 is shown as 1920x1080)."""
    wide = round(frame.width * (stream.sample_aspect_ratio or 1))
    return (frame.height, wide) if abs(frame.rotation) % 180 == 90 else (wide, frame.height)


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
            width, height = image.size
            turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
            image.draft(None, (1, 1))  # a JPEG is read to its end all the same, in less memory
            image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise _refused(name, "bukan gambar yang dapat dibaca", "not a readable picture") from error
    return Photo(path, _sha256(path), *((height, width) if turned else (width, height)))


def upright(found: Photo, width: int, height: int) -> Image.Image:
    """The picture turned upright and cropped from its middle to fill width x height pixels."""
    with Image.open(found.path, formats=PHOTO_FORMATS) as image:
        image.draft(None, (max(width, height),) * 2)
        turned = _opaque(ImageOps.exif_transpose(image))
        return ImageOps.fit(turned, (width, height), Image.Resampling.LANCZOS)


def photo_png(folder: Path, name: str, width: int, height: int) -> bytes:
    """The same of a photo by its name, as PNG; InputFaults when it can't be used."""
    out = io.BytesIO()
    upright(photo(folder, name), width, height).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _opaque(image: Image.Image) -> Image.Image:
    """As RGB, on white where it is transparent; Pillow itself cuts 16-bit greys off at 255."""
    if image.mode.startswith("I"):
        image = image.point(lambda grey: grey / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(name: str, what: str, what_en: str) -> InputFaults:
    return InputFaults([Fault(name, Text(what, what_en), _HINT)])
