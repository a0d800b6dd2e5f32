"""SVG becomes PNG; the only file that knows resvg.

Text comes as outlines, so no font is ever loaded: the same SVG gives the same bytes on every
machine.
"""

import resvg_py

from pipeline.errors import OutsideError, Text


def rasterize(svg: str, scale: float, name: str) -> bytes:
    """PNG bytes, RGBA, of the SVG's own size times `scale`; OutsideError when resvg refuses it."""
    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=scale, skip_system_fonts=True))
    except (ValueError, RuntimeError) as error:
        raise OutsideError(
            Text(f"{name} tidak dapat digambar: {error}", f"{name} can't be drawn: {error}"),
            Text("Periksa templat itu.", "Check that template."),
        ) from error
