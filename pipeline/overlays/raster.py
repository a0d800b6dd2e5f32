"""SVG becomes PNG; the only file that knows resvg.

Text comes as outlines, so no font is ever loaded: the same SVG gives the same bytes on every
machine.
"""

import math
import re

import resvg_py

from pipeline.errors import OutsideError, Text

_SIZE = re.compile(r'^(\s*<svg\b[^>]*?)\bwidth="([\d.]+)" height="([\d.]+)"')


def size(svg: str, scale: float, name: str) -> tuple[int, int]:
    """Width and height of the PNG that `rasterize` makes, in pixels; OutsideError: it has none."""
    root = _SIZE.match(svg)
    if root is None:
        raise _refused(name, '<svg> needs width="..." height="..." in pixels')
    # Less a hair, because 2560 / 1.5 * 1.5 may be more than 2560.
    width, height = (math.ceil(float(root[i]) * scale - 1e-6) for i in (2, 3))
    return width, height


def rasterize(svg: str, scale: float, name: str) -> bytes:
    """PNG bytes, RGBA, of the SVG's own size times `scale`; OutsideError when resvg refuses it."""
    whole = _in_whole_pixels(svg, scale, size(svg, scale, name))
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=whole, skip_system_fonts=True))
    except (ValueError, RuntimeError) as error:
        raise _refused(name, str(error)) from error


def _in_whole_pixels(svg: str, scale: float, pixels: tuple[int, int]) -> str:
    """The SVG in real pixels: resvg's own zoom rounds a fractional size up before it scales it."""
    width, height = pixels
    box = f'width="{width}" height="{height}" viewBox="0 0 {width / scale} {height / scale}"'
    return _SIZE.sub(lambda root: f"{root[1]}{box}", svg, count=1)


def _refused(name: str, why: str) -> OutsideError:
    return OutsideError(
        Text(f"{name} tidak dapat digambar: {why}", f"{name} can't be drawn: {why}"),
        Text("Periksa templat itu.", "Check that template."),
    )
