"""SVG and pixels come in, a picture goes out: the sample's only file that knows resvg."""

import io

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]


def over(ground: Pixels, svg: str) -> Image.Image:
    """The SVG laid over `ground` (height, width, 3), in whose size it is drawn."""
    height, width = ground.shape[:2]
    png = resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height, skip_system_fonts=True)
    layer = Image.open(io.BytesIO(png)).convert("RGBA")
    picture = Image.fromarray(ground)
    picture.paste(layer, mask=layer)
    return picture
