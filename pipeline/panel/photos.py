"""Products' photos become small JPEG files for pages, made once and kept; knows no HTTP."""

import hashlib
import io
import threading
from pathlib import Path

from PIL import Image

from pipeline.errors import InputFaults
from pipeline.manifest import save
from pipeline.segments import media_path, photo_png

WIDTHS = (320, 640)
"""Pixels; the height is three quarters of it."""

QUALITY = 80


class Photos:
    """One is made at a time: the machine is on air."""

    def __init__(self, media: Path, kept: Path) -> None:
        self._media = media
        self._kept = kept
        self._making = threading.Lock()
        self._unusable: set[str] = set()

    def jpeg(self, name: str, width: int) -> Path | None:
        """The photo of that media name, cropped to 4:3; None when it can't be used."""
        try:
            source = media_path(self._media, name).stat()
        except InputFaults:
            return None
        version = f"{name}\0{source.st_size}\0{source.st_mtime_ns}\0{width}"
        key = hashlib.sha256(version.encode()).hexdigest()[:32]
        path = self._kept / f"{key}.jpg"
        with self._making:
            if key in self._unusable:
                return None
            if not path.exists():
                try:
                    save(path, _small(photo_png(self._media, name, width, width * 3 // 4)))
                except InputFaults:
                    self._unusable.add(key)
                    return None
        return path


def _small(png: bytes) -> bytes:
    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
