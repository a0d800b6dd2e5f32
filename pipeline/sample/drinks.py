"""Drinks, drawn: a brush comes in, SVG goes out."""

from pipeline.sample.brush import CLOTH, LEAF, OTHER, Brush
from pipeline.sample.svg import ellipse, group, line, path, rect

CLAY = "#a8562f"


def _bean(x: float, y: float, angle: float) -> str:
    shape = ellipse(0, 0, 25, 17, "#5b3420") + ellipse(-4, -5, 15, 6, "#fff", 'fill-opacity="0.18"')
    seam = line("M-20 3Q-4 -8 4 2T22 0", "#2c170d", 4)
    return group(shape + seam, f"translate({x:g} {y:g}) rotate({angle:g})")


def bottle(b: Brush) -> str:
    """Three bottles of lemonade or herb drink in three colours."""
    p = b.palette

    def one(x: int, tone: str, grow: int) -> str:
        d = (
            f"M-36 -520H36V-430Q40 -380 92 -326V{grow - 28}Q92 {grow} 64 {grow}"
            f"H-64Q-92 {grow} -92 {grow - 28}V-326Q-40 -380 -36 -430Z"
        )
        drawing = (
            b.lit(d, tone, "round")
            + rect(-74, -300, 16, 230 + grow, "#fff", 'rx="8" fill-opacity="0.5"')
            + b.box(-44, -566, 88, 62, 12, p.deep, "round")
            + b.label(0, grow - 180, 164, 190)
        )
        return group(drawing, f"translate({x} {-grow})")

    return (
        b.shadow(0, 740)
        + one(-230, "#e8912b", 0)
        + one(230, "#5f9d3a", 0)
        + b.shadow(0, 230, 24)
        + one(0, p.second, 46)
    )


def coffee(b: Brush) -> str:
    """A cup of coffee on its saucer, with beans."""
    p = b.palette
    cup = "M-206 -330H206Q204 -90 110 -52H-110Q-204 -90 -206 -330Z"
    beans = "".join(
        _bean(*at)
        for at in (
            (-392, -22, 20),
            (-350, -48, -30),
            (-322, -14, 60),
            (360, -20, 10),
            (404, -44, 70),
            (330, -54, -20),
        )
    )
    return (
        b.shadow(0, 760, 44)
        + line("M198 -280C330 -300 330 -130 160 -140", p.deep, 36)
        + ellipse(0, -30, 310, 40, p.deep)
        + ellipse(0, -42, 310, 40, p.cream)
        + ellipse(0, -42, 250, 28, "none", f'stroke="{p.main}" stroke-width="7"')
        + ellipse(0, -46, 140, 16, "#000", 'fill-opacity="0.25"')
        + b.lit(cup, CLOTH, "round")
        + path("M-206 -330H206L205 -296Q0 -262 -205 -296Z", p.cream)
        + ellipse(0, -330, 206, 44, p.cream)
        + ellipse(0, -326, 184, 34, "#3a1f12")
        + ellipse(-20, -320, 110, 17, "#8a5a35")
        + b.steam(0, -372)
        + beans
    )


def tea(b: Brush) -> str:
    """A glass of tea and a clay pot."""
    p = b.palette
    pot = "M-330 -250Q-376 -60 -250 -8H-50Q76 -60 30 -250Q-150 -330 -330 -250Z"
    glass = "M150 -300H370L346 -20Q344 0 322 0H198Q176 0 174 -20Z"
    return (
        b.shadow(-140, 480)
        + b.shadow(262, 260)
        + line("M20 -110C110 -120 86 -240 150 -260", CLAY, 34)
        + line("M-326 -230C-450 -250 -450 -80 -322 -80", CLAY, 30)
        + b.lit(pot, CLAY, "round")
        + path("M-347 -180Q-150 -130 47 -180L52 -120Q-150 -66 -352 -120Z", OTHER)
        + b.lit("M-262 -274Q-150 -350 -38 -274Q-150 -250 -262 -274Z", CLAY, "ball")
        + b.ball(-150, -334, 30, p.accent)
        + path(glass, "#fff", 'fill-opacity="0.5"')
        + path(
            "M156 -236H364L344 -30Q342 -14 322 -14H198Q180 -14 178 -30Z",
            "#b5561c",
            'fill-opacity="0.9"',
        )
        + ellipse(260, -236, 104, 15, "#d98338")
        + path(glass, "url(#round)")
        + rect(176, -210, 16, 150, "#fff", 'rx="8" fill-opacity="0.5"')
        + b.steam(260, -316)
        + "".join(b.leaf(*at, LEAF) for at in ((410, -6, 30, 96), (404, -6, 70, 90)))
    )
