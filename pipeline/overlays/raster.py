"""SVG becomes PNG; the only file that knows resvg.

Text comes as outlines, so no font is ever loaded: the same SVG gives the same bytes on every
machine.
"""

import math
import re

import resvg_py

from pipeline.errors import OutsideError, Text

_SIZE = re.compile(r'^(\s*<svg\b[^>]*?)\bwidth="([\d.]+)" height="([\d.]+)"')


def rasterize(svg: str, scale: float, name: str) -> bytes:
    """PNG bytes, RGBA, of the SVG's own size times `scale`; OutsideError when resvg refuses it."""
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=_scaled(svg, scale), skip_system_fonts=True))
    except (ValueError, RuntimeError) as error:
        raise OutsideError(
            Text(f"{name} tidak dapat digambar: {error}", f"{name} can't be drawn: {error}"),
            Text("Periksa templat itu.", "Check that template."),
        ) from error


def _scaled(svg: str, scale: float) -> str:
    """The SVG in whole pixels: resvg's own zoom rounds a fractional size up before it scales it."""
    root = _SIZE.match(svg)
    if root is None:
        raise ValueError('<svg> needs width="..." height="..." in pixels')
    # Less a hair, because 2560 / 1.5 * 1.5 may be more than 2560.
    width, height = (math.ceil(float(root[i]) * scale - 1e-6) for i in (2, 3))
    size = f'width="{width}" height="{height}" viewBox="0 0 {width / scale} {height / scale}"'
    return f"{root[1]}{size}{svg[root.end() :]}"
