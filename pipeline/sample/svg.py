"""SVG elements as text: numbers and colours come in, markup goes out; knows nothing of products."""


def path(d: str, fill: str, more: str = "") -> str:
    """A path; `more` holds further attributes as they are to stand in the element."""
    return f'<path d="{d}" fill="{fill}" {more}/>'


def rect(x: float, y: float, width: float, height: float, fill: str, more: str = "") -> str:
    """A rectangle from its upper left corner."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" {more}/>'


def circle(x: float, y: float, r: float, fill: str, more: str = "") -> str:
    """A circle around (x, y)."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}" fill="{fill}" {more}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, more: str = "") -> str:
    """An ellipse around (x, y)."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}" {more}/>'


def line(d: str, stroke: str, width: float, more: str = "") -> str:
    """An open path with round ends."""
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{width:g}" {ends} {more}/>'


def group(drawing: str, transform: str = "", more: str = "") -> str:
    """Drawings together, moved or clipped as one."""
    placed = f'transform="{transform}"' if transform else ""
    return f"<g {placed} {more}>{drawing}</g>"


def turned(times: int, x: float, y: float, drawing: str) -> str:
    """The drawing repeated `times` times around (x, y)."""
    return "".join(group(drawing, f"rotate({360 / times * i:g} {x:g} {y:g})") for i in range(times))


def stops(*points: tuple[float, str, float]) -> str:
    """Gradient stops from (offset, colour, opacity)."""
    return "".join(
        f'<stop offset="{offset:g}" stop-color="{colour}" stop-opacity="{opacity:g}"/>'
        for offset, colour, opacity in points
    )


def document(x: float, y: float, width: float, height: float, defs: str, drawing: str) -> str:
    """A whole SVG that shows the given window of the drawing's plane."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{x:g} {y:g} {width:g} {height:g}">'
        f"<defs>{defs}</defs>{drawing}</svg>"
    )
