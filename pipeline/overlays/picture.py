"""Pixels in, pixels out: a frame under a drawn overlay, and a JPEG that fits a size limit.

The only file of this room that knows Pillow; knows nothing of stands and templates.
"""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline.errors import OutsideError, Text

QUALITIES = (90, 80, 70, 60, 50, 40, 30)


def over(frame: bytes, overlay_png: bytes) -> bytes:
    """PNG of the overlay over the frame, which is cropped to fill; OutsideError: not an image."""
    try:
        with Image.open(io.BytesIO(frame)) as image:
            under = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise OutsideError(
            Text(f"bingkai video tidak terbaca: {error}", f"can't read the video frame: {error}")
        ) from error
    with Image.open(io.BytesIO(overlay_png)) as overlay:
        fitted = ImageOps.fit(under, overlay.size, Image.Resampling.LANCZOS)
        fitted.alpha_composite(overlay.convert("RGBA"))
    return _encoded(fitted.convert("RGB"), "PNG", compress_level=6)


def on_frame(png: bytes, place: tuple[int, int], size: tuple[int, int]) -> bytes:
    """A picture at its place in a transparent frame, as PNG."""
    frame = Image.new("RGBA", size)
    with Image.open(io.BytesIO(png)) as drawn:
        frame.paste(drawn.convert("RGBA"), place)
    return _encoded(frame, "PNG", compress_level=6)


def jpeg(png: bytes, limit: int) -> bytes:
    """The same picture as JPEG: the best quality whose file is smaller than `limit` bytes."""
    with Image.open(io.BytesIO(png)) as image:
        opaque = image.convert("RGB")
    for quality in QUALITIES:
        data = _encoded(opaque, "JPEG", quality=quality, optimize=True)
        if len(data) < limit:
            return data
    raise OutsideError(
        Text(f"gambar tidak muat dalam {limit} byte", f"the picture doesn't fit {limit} bytes")
    )


def _encoded(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
