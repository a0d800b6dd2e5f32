"""Crafts and household things, drawn: a brush comes in, SVG goes out."""

import math

from pipeline.sample.brush import CLOTH, FINE, INK, OTHER, WOOD, WOOD_DARK, Brush
from pipeline.sample.svg import circle, ellipse, group, line, path, rect

REED = ("#d8b377", "#b98a4c", "#93652f")


def basket(b: Brush) -> str:
    """A basket of woven water hyacinth, lined with batik."""
    p = b.palette
    rows = "".join(
        ellipse(x + (row % 2) * 31, -40 - row * 37, 36, 20, REED[(row + x // 62) % 2])
        + line(f"M{x + (row % 2) * 31 - 26} {-36 - row * 37}q26 12 52 0", REED[2], 3)
        for row in range(7)
        for x in range(-248 - row * 5, 250 - (row % 2) * 31 + row * 5, 62)
    )
    body = "M-330 -290H330L278 -20Q274 0 250 0H-250Q-274 0 -278 -20Z"
    lining = (
        "M-344 -300Q0 -350 344 -300L352 -232Q300 -196 262 -226"
        "T170 -222T70 -226T-30 -222T-130 -226T-230 -222T-352 -232"
    )
    return (
        b.shadow(0, 660)
        + line("M-290 -290C-270 -640 270 -640 290 -290", REED[2], 34)
        + line("M-290 -290C-270 -640 270 -640 290 -290", REED[0], 18, 'stroke-dasharray="30 12"')
        + path(body, REED[2])
        + rows
        + path(body, "url(#round)")
        + ellipse(0, -296, 338, 46, p.deep)
        + b.lit(lining, CLOTH, "fall")
        + line(lining, p.accent, 7)
    )


def lamp(b: Brush) -> str:
    """A lit table lamp of bamboo with a shade of batik."""
    shade = "M-150 -600H150L270 -270H-270Z"
    ribs = "".join(
        line(f"M{x} -600L{x * 1.8:g} -270", WOOD_DARK, 5, 'stroke-opacity="0.6"')
        for x in (-90, -30, 30, 90)
    )
    return (
        circle(0, -430, 430, "url(#glow)")
        + b.shadow(0, 380)
        + ellipse(0, -14, 150, 24, WOOD_DARK)
        + ellipse(0, -24, 150, 24, WOOD)
        + b.box(-26, -290, 52, 268, 20, WOOD, "round")
        + "".join(rect(-28, y, 56, 8, WOOD_DARK, 'rx="4"') for y in (-220, -150, -80))
        + path(shade, OTHER)
        + ribs
        + path(shade, "#ffd873", 'fill-opacity="0.22"')
        + path(shade, "url(#soft)")
        + line("M-152 -600H152", WOOD, 18)
        + line("M-270 -270H270", WOOD, 18)
    )


def doll(b: Brush) -> str:
    """A rag doll in a batik dress."""
    p, skin = b.palette, "#d99e6e"
    dress = "M-84 -340Q0 -366 84 -340L226 -76Q0 -24 -226 -76Z"
    hair = (
        "M-150 -470C-160 -640 160 -640 150 -470C150 -420 130 -400 118 -390"
        "Q124 -520 0 -522T-118 -390C-130 -400 -150 -420 -150 -470Z"
    )
    return (
        b.shadow(0, 460)
        + "".join(
            b.box(x - 30, -90, 60, 84, 26, skin) + b.box(x - 42, -36, 84, 36, 18, p.deep)
            for x in (-72, 72)
        )
        + line("M-90 -310L-196 -190", skin, 46)
        + line("M90 -310L196 -190", skin, 46)
        + b.lit(dress, CLOTH)
        + line("M-222 -80Q0 -28 222 -80", p.accent, 14)
        + b.lit("M-88 -344Q0 -300 88 -344L108 -296Q0 -250 -108 -296Z", OTHER)
        + b.ball(0, -460, 128, skin)
        + path(hair, INK)
        + circle(-128, -556, 52, INK)
        + circle(128, -556, 52, INK)
        + "".join(b.star(x, -556, 36, p.accent, p.cream) for x in (-128, 128))
        + "".join(circle(x, -456, 12, INK) + circle(x + 4, -460, 4, "#fff") for x in (-46, 46))
        + "".join(circle(x, -414, 22, "#e4572e", 'fill-opacity="0.35"') for x in (-72, 72))
        + line("M-26 -412Q0 -388 26 -412", "#8c2f1f", 7)
    )


def frame(b: Brush) -> str:
    """A carved frame around a framed piece of cloth, on the table."""
    p = b.palette
    corners = "".join(b.star(x, y, 26, p.accent, p.cream) for x in (-216, 216) for y in (-566, -44))
    return (
        b.shadow(0, 560)
        + path("M200 -300L330 0H296L180 -240Z", WOOD_DARK)
        + b.box(-256, -606, 512, 602, 16, WOOD_DARK)
        + b.box(-246, -596, 492, 582, 12, WOOD)
        + rect(-186, -536, 372, 462, "#f7efe0")
        + rect(-150, -500, 300, 390, CLOTH)
        + rect(-150, -500, 300, 390, "none", f'stroke="{p.accent}" stroke-width="6"')
        + path("M-186 -536H110L-186 -200Z", "#fff", 'fill-opacity="0.2"')
        + corners
    )


def soap(b: Brush) -> str:
    """Bars of soap with paper sleeves, foam and lemongrass."""
    p = b.palette

    def bar(x: float, y: float, tone: str, sleeve: str) -> str:
        return (
            b.box(x - 200, y - 130, 400, 130, 40, tone, "fall")
            + rect(x - 84, y - 130, 168, 130, sleeve)
            + rect(x - 84, y - 130, 168, 130, "url(#fall)")
            + circle(x, y - 65, 44, p.cream)
            + b.star(x, y - 65, 30, p.main, p.accent)
        )

    foam = "".join(
        circle(x, y, r, "#fff", 'fill-opacity="0.75"')
        + circle(x - r * 0.3, y - r * 0.3, r * 0.25, "#fff")
        for x, y, r in (
            (-300, -34, 34),
            (-352, -22, 22),
            (-262, -18, 20),
            (300, -30, 30),
            (346, -16, 17),
            (-316, -90, 16),
        )
    )
    grass = "".join(
        b.leaf(300, -6, a, h, "#7fae4a") for a, h in ((4, 420), (16, 460), (28, 400), (-8, 360))
    )
    return (
        b.shadow(0, 720)
        + grass
        + bar(-110, 0, "#dfe8b8", CLOTH)
        + bar(150, 0, "#f1e2c4", OTHER)
        + bar(10, -128, p.second, FINE)
        + bar(-10, -256, "#cfe3d6", CLOTH)
        + foam
    )


def umbrella(b: Brush) -> str:
    """A paper umbrella of Tasikmalaya, open before a wooden foot."""
    p, parts, radius, mid = b.palette, 12, 290, -318

    def at(i: float, r: float) -> tuple[float, float]:
        angle = 2 * math.pi * i / parts
        return round(r * math.cos(angle), 1), round(mid + r * math.sin(angle), 1)

    def panel(i: int) -> str:
        (x0, y0), (xm, ym), (x1, y1) = at(i, radius), at(i + 0.5, radius * 0.93), at(i + 1, radius)
        d = f"M0 {mid}L{x0} {y0}Q{xm} {ym} {x1} {y1}Z"
        # The panels at the lower right turn away from the light.
        dark = max(0.0, math.cos(2 * math.pi * (i - 2.5) / parts)) * 0.22
        ribs = f'stroke="{WOOD_DARK}" stroke-width="4"'
        return path(d, (CLOTH, p.second)[i % 2]) + path(
            d, "#000", f'fill-opacity="{dark:g}" {ribs}'
        )

    beads = "".join(circle(*at(i, radius + 8), 10, p.accent) for i in range(parts))
    flowers = "".join(
        b.star(*at(i + 0.5, radius * 0.62), 34, p.cream, p.accent) for i in range(1, parts, 2)
    )
    return (
        b.shadow(0, 560)
        + line(f"M0 {mid}L196 -16", WOOD_DARK, 18)
        + b.box(-170, -30, 340, 30, 14, WOOD, "fall")
        + "".join(panel(i) for i in range(parts))
        + flowers
        + beads
        + circle(0, mid, 70, p.deep)
        + b.star(0, mid, 46, p.accent, p.cream)
    )


def beads(b: Brush) -> str:
    """A necklace of beads on a velvet bust."""
    p = b.palette
    bust = (
        "M-62 -600H62L72 -500Q90 -456 250 -410Q290 -280 210 0"
        "H-210Q-290 -280 -250 -410Q-90 -456 -72 -500Z"
    )
    strands = ""
    for drop, wide, size, tones in (
        (150, 96, 15, (p.accent, p.cream)),
        (250, 132, 21, (p.main, p.accent, p.second)),
    ):
        for i in range(19):
            angle = math.pi * i / 18
            x, y = -wide * math.cos(angle), -490 + drop * math.sin(angle)
            strands += b.ball(x, y, size if i != 9 else size * 1.5, tones[i % len(tones)])
    return (
        b.shadow(0, 500)
        + b.lit(bust, p.deep)
        + path("M-62 -600H62L72 -500Q0 -470 -72 -500Z", "url(#sink)")
        + strands
        + b.ball(0, -176, 50, p.second)
        + b.star(0, -176, 40, p.cream, p.accent)
        + b.ball(0, -108, 15, p.accent)
    )


def parcel(b: Brush) -> str:
    """Gift boxes of batik paper with a ribbon: what stands for anything else."""
    p = b.palette

    def box(x: float, y: float, w: float, h: float, fill: str) -> str:
        return (
            b.box(x - w / 2, y - h, w, h, 8, fill)
            + b.box(x - w / 2 - 12, y - h - 10, w + 24, 58, 8, p.deep)
            + rect(x - 24, y - h - 10, 48, h + 10, p.accent)
            + rect(x - 24, y - h - 10, 48, h + 10, "url(#soft)")
        )

    bow = path("M0 -546C-40 -640 -170 -640 -150 -572C-136 -530 -50 -532 0 -546Z", p.accent) + path(
        "M0 -546C40 -640 170 -640 150 -572C136 -530 50 -532 0 -546Z", p.accent
    )
    return (
        b.shadow(0, 760)
        + box(0, 0, 560, 300, CLOTH)
        + box(-30, -308, 340, 200, OTHER)
        + group(
            bow
            + line(
                "M-110 -590Q-60 -580 -20 -552M110 -590Q60 -580 20 -552",
                "#000",
                6,
                'stroke-opacity="0.25"',
            )
            + b.ball(0, -546, 26, p.accent),
            "translate(-30 22)",
        )
    )


def canting(b: Brush) -> str:
    """The tools of batik: cantings in a pot, a pan of wax, a started cloth."""
    p = b.palette

    def tool(x: float, angle: float) -> str:
        return group(
            line("M0 0V-300", WOOD, 18)
            + line("M5 -20V-290", WOOD_DARK, 4)
            + path("M-22 -300H22L30 -352Q0 -372 -30 -352Z", "#b87333")
            + line("M24 -348Q58 -356 56 -322", "#b87333", 9),
            f"translate({x:g} -180) rotate({angle:g})",
        )

    return (
        b.shadow(0, 800, 40)
        + b.lit("M-430 -20L-370 -120H400L440 -20Q0 10 -430 -20Z", CLOTH, "fall")
        + tool(-190, -16)
        + tool(-150, 4)
        + tool(-110, 20)
        + b.lit("M-270 -250H-30Q-26 -90 -70 -50H-230Q-274 -90 -270 -250Z", p.deep, "round")
        + path("M-270 -200H-30L-32 -140H-266Z", OTHER)
        + ellipse(-150, -250, 120, 20, INK)
        + b.lit("M40 -170H350Q340 -70 280 -52H110Q50 -70 40 -170Z", "#5c5250", "round")
        + ellipse(195, -170, 155, 30, "#3a3230")
        + ellipse(195, -166, 136, 22, "#b9722a")
        + ellipse(160, -172, 60, 8, "#e8b05c")
        + line("M340 -150L440 -180", WOOD_DARK, 24)
    )
