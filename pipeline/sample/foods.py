"""Food, drawn: a brush comes in, SVG goes out."""

from pipeline.sample.brush import CLOTH, FINE, LEAF, WOOD, WOOD_DARK, Brush
from pipeline.sample.svg import circle, ellipse, group, line, path, rect

CRUST = "#c9822f"


def _chilli(x: float, y: float, angle: float) -> str:
    body = path("M0 0C30 -14 86 -6 126 26C84 18 26 22 0 0Z", "#d22b26")
    shine = line("M16 -1Q60 -6 96 12", "#fff", 4, 'stroke-opacity="0.45"')
    return group(
        body + shine + line("M2 0Q-14 -14 -22 -10", LEAF, 8),
        f"translate({x:g} {y:g}) rotate({angle:g}) scale(1.35)",
    )


def _jar(b: Brush, inside: str) -> str:
    p = b.palette
    glass = (
        "M-170 -410Q-206 -380 -206 -320V-50Q-206 0 -156 0H156Q206 0 206 -50V-320Q206 -380 170 -410Z"
    )
    filling = "M-190 -356H190V-54Q190 -14 152 -14H-152Q-190 -14 -190 -54Z"
    skirt = (
        "M-196 -428Q-214 -376 -236 -352Q-190 -336 -150 -352"
        "T-50 -350T50 -352T150 -350T236 -352Q214 -376 196 -428Z"
    )
    return (
        path(glass, "#ffffff", 'fill-opacity="0.55"')
        + path(filling, inside)
        + ellipse(0, -356, 190, 16, inside)
        + ellipse(0, -356, 190, 16, "#fff", 'fill-opacity="0.22"')
        + path(glass, "url(#round)")
        + rect(-182, -330, 22, 270, "#fff", 'rx="11" fill-opacity="0.5"')
        + b.label(0, -170, 250, 216)
        + b.lit(skirt, CLOTH)
        + b.lit("M-196 -428Q-180 -520 0 -524T196 -428Z", CLOTH, "ball")
        + line("M-200 -426Q0 -406 200 -426", p.accent, 16)
        + path("M0 -416l-54 34 16 -40zM0 -416l54 34 -16 -40z", p.accent)
    )


def sambal(b: Brush) -> str:
    """A jar of red sambal under a cap of batik."""
    return (
        b.shadow(0, 520)
        + _jar(b, "#a3231c")
        + _chilli(238, -22, 8)
        + _chilli(-372, -16, -12)
        + _chilli(-330, -40, 24)
    )


def honey(b: Brush) -> str:
    """A jar of honey with a dipper."""
    dipper = line("M262 -52L392 -372", WOOD, 22) + "".join(
        ellipse(
            250 + i * 11,
            -24 - i * 27,
            wide,
            17,
            tone,
            f'transform="rotate(22 {250 + i * 11} {-24 - i * 27})"',
        )
        for i, (wide, tone) in enumerate(
            ((46, WOOD_DARK), (58, WOOD), (62, WOOD_DARK), (56, WOOD), (42, WOOD_DARK))
        )
    )
    return b.shadow(0, 620) + _jar(b, "#e09a17") + dipper


def sugar(b: Brush) -> str:
    """A jar of palm sugar and its round cakes."""
    cakes = "".join(
        ellipse(x, y, 92, 26, "#6d3d1a")
        + rect(x - 92, y - 44, 184, 44, "#8c5325")
        + ellipse(x, y - 44, 92, 26, "#a96a33")
        for x, y in ((330, -26), (318, -92))
    )
    return b.shadow(120, 780) + _jar(b, "#b9793a") + cakes


def floss(b: Brush) -> str:
    """A jar of fish floss."""
    threads = "".join(
        line(f"M{x} {y}q24 -26 50 -4t44 -8", "#f1c27a", 5)
        for x, y in ((-160, -320), (-60, -300), (60, -326), (-170, -40), (70, -40), (-40, -28))
    )
    sprig = "".join(b.leaf(262, -4, angle, 130, LEAF) for angle in (20, 52, 84))
    return b.shadow(0, 560) + sprig + _jar(b, "#bd7a33") + threads


def cookies(b: Brush) -> str:
    """A jar of biscuits, a few beside it."""

    def biscuit(x: float, y: float, r: float) -> str:
        return b.ball(x, y, r, "#e3ab55") + b.star(x, y, r * 0.5, "#a8642a", "#7a1f1f")

    inside = "".join(biscuit(x, y, 50) for y in (-320, -236) for x in (-136, -46, 46, 136))
    return (
        b.shadow(40, 760)
        + _jar(b, "#f6e2b8")
        + inside
        + b.label(0, -120, 250, 170)
        + "".join(biscuit(x, y, 58) for x, y in ((296, -56), (404, -54), (350, -146)))
    )


def pouch(b: Brush) -> str:
    """A standing pouch of crisps with a clear window, and a few pieces."""
    p = b.palette
    bag = "M-228 -560H228Q216 -300 252 -40Q252 0 212 0H-212Q-252 0 -252 -40Q-216 -300 -228 -560Z"
    chips = "".join(
        ellipse(x, y, 42, 27, CRUST, f'transform="rotate({a} {x} {y})"')
        + ellipse(x - 6, y - 5, 26, 13, "#eab65f", f'transform="rotate({a} {x} {y})"')
        for x, y, a in (
            (-56, -120, 10),
            (26, -126, -24),
            (-16, -84, 0),
            (66, -86, 30),
            (-90, -76, -20),
        )
    )
    loose = "".join(
        ellipse(x, y, 54, 30, CRUST, f'transform="rotate({a} {x} {y})"')
        + ellipse(x - 6, y - 6, 36, 15, "#eab65f", f'transform="rotate({a} {x} {y})"')
        for x, y, a in ((322, -28, -8), (404, -46, 22), (-340, -30, 12))
    )
    return (
        b.shadow(0, 640)
        + b.lit(bag, CLOTH, "round")
        + rect(-229, -566, 458, 46, p.deep, 'rx="6"')
        + line("M-222 -530H222", p.accent, 5, 'stroke-dasharray="16 10"')
        + b.label(0, -330, 280, 230)
        + ellipse(0, -102, 138, 66, p.accent)
        + ellipse(0, -102, 126, 56, "#fbe9c4")
        + chips
        + line("M-196 -500Q-178 -280 -206 -60", "#fff", 14, 'stroke-opacity="0.3"')
        + loose
    )


def fish(b: Brush) -> str:
    """Milkfish on a banana leaf before its box."""
    p = b.palette

    def one(x: float, y: float) -> str:
        body = "M-250 0C-180 -88 40 -92 190 -16L270 -70Q250 0 274 66L190 14C60 84 -170 78 -250 0Z"
        scales = "".join(
            line(f"M{sx} {sy}q14 14 0 28", "#5e7484", 4, 'stroke-opacity="0.7"')
            for sx in range(-120, 150, 34)
            for sy in (-36, -8, 18)
        )
        head = (
            line("M-150 -56Q-116 0 -150 54", "#5e7484", 6)
            + circle(-192, -12, 12, "#fff")
            + circle(-192, -12, 6, "#222")
        )
        fins = path("M-30 -68L30 -118L70 -58Z", "#8aa0ad") + path(
            "M-20 62L20 100L60 54Z", "#8aa0ad"
        )
        return group(
            fins + b.lit(body, "#b9c9d1", "fall") + scales + head, f"translate({x:g} {y:g})"
        )

    box = "M-300 -500H300L336 -64H-336Z"
    leaf = "M-440 -40Q-200 -124 60 -112Q300 -108 450 -44Q260 26 0 18Q-280 22 -440 -40Z"
    return (
        b.shadow(0, 860, 44)
        + b.lit(box, CLOTH, "fall")
        + path("M-300 -500H300L304 -452H-304Z", p.deep)
        + b.label(0, -326, 300, 190)
        + b.lit(leaf, LEAF, "fall")
        + line("M-430 -40Q0 -56 440 -44", "#2c5a30", 6)
        + one(-10, -104)
        + group(
            circle(0, 0, 44, "#f2d13c")
            + circle(0, 0, 35, "#fbeeb0")
            + "".join(
                line(f"M0 0L{dx} {dy}", "#f2d13c", 4)
                for dx, dy in ((33, 0), (-33, 0), (16, 29), (-16, 29), (16, -29), (-16, -29))
            ),
            "translate(342 -66)",
        )
        + _chilli(-360, -34, 6)
    )


def bowl(b: Brush) -> str:
    """A steaming bowl with a pattern round it."""
    p = b.palette
    shape = "M-320 -290H320Q300 -90 150 -36H-150Q-300 -90 -320 -290Z"
    pieces = "".join(
        circle(x, y, r, tone)
        for x, y, r, tone in (
            (-170, -300, 40, "#e9c46a"),
            (-90, -322, 46, "#8fae4f"),
            (0, -308, 44, "#c9822f"),
            (84, -326, 46, "#dcb35a"),
            (170, -302, 42, "#6f9a43"),
            (-40, -334, 26, "#d6452c"),
            (130, -330, 22, "#d6452c"),
            (40, -336, 20, "#fff3cf"),
        )
    )
    return (
        b.shadow(0, 640, 44)
        + b.box(-150, -44, 300, 44, 16, p.deep, "round")
        + ellipse(0, -290, 320, 62, p.deep)
        + ellipse(0, -292, 296, 50, "#7c3a17")
        + pieces
        + "".join(b.leaf(x, -316, a, 70, LEAF) for x, a in ((-120, -50), (60, 30)))
        + b.lit(shape, p.cream, "round")
        + path(
            "M-316 -262Q0 -190 316 -262Q304 -176 262 -124Q0 -64 -262 -124Q-304 -176 -316 -262Z",
            CLOTH,
        )
        + path(shape, "url(#round)")
        + line("M-320 -290Q0 -206 320 -290", p.accent, 12)
        + b.steam(0, -372)
    )


def bread(b: Brush) -> str:
    """Crocodile bread, as for a Betawi wedding, on a wooden board."""
    body = (
        "M-430 -96C-400 -176 -300 -196 -210 -176C-100 -232 120 -236 230 -168"
        "C320 -150 400 -120 448 -44"
        "C360 -74 300 -62 240 -58C160 -34 -140 -30 -220 -62C-300 -52 -400 -40 -430 -96Z"
    )
    ridges = "".join(
        b.ball(x, -186 - (4 if abs(x) < 90 else 0), 26, "#d99a45") for x in range(-150, 230, 54)
    )
    legs = "".join(b.ball(x, -42, 42, "#bd7628") for x in (-150, 150))
    marks = "".join(line(f"M{x} -150q26 34 0 68", "#8f521a", 7) for x in range(-120, 220, 60))
    return (
        b.shadow(0, 960, 40)
        + b.box(-230, -500, 460, 480, 20, CLOTH)
        + rect(-246, -512, 492, 50, b.palette.deep, 'rx="10"')
        + b.label(0, -352, 260, 180)
        + b.box(-460, -40, 920, 40, 18, WOOD, "fall")
        + group(
            ridges
            + legs
            + b.lit(body, "#d08a34", "fall")
            + marks
            + circle(-318, -152, 22, "#e8b05c")
            + circle(-318, -154, 11, "#2b1a10")
            + line("M-424 -92Q-340 -84 -270 -106", "#8f521a", 7),
            "translate(0 -20)",
        )
    )


def cake(b: Brush) -> str:
    """Sweets in a box of woven bamboo lined with leaf."""
    p = b.palette
    sweets = "".join(
        b.ball(x, y, 52, tone) + ellipse(x - 12, y - 20, 18, 8, "#fff", 'fill-opacity="0.5"')
        for x, y, tone in (
            (-220, -270, "#7fae4a"),
            (-110, -290, "#f2e6d0"),
            (0, -276, p.second),
            (110, -292, "#7fae4a"),
            (220, -270, "#8a4a2a"),
            (-160, -330, p.accent),
            (-50, -350, "#8a4a2a"),
            (60, -348, "#f2e6d0"),
            (165, -332, p.second),
        )
    )
    weave = "".join(
        rect(x, y, 44, 20, "#e6c88f" if (x // 44 + y // 20) % 2 else "#c39a59")
        for y in range(-240, -20, 20)
        for x in range(-308, 308, 44)
    )
    leaves = "".join(
        b.leaf(x, -236, a, 160, LEAF) for x, a in ((-270, -34), (-150, -12), (150, 14), (270, 34))
    )
    return (
        b.shadow(0, 700)
        + leaves
        + sweets
        + weave
        + rect(-308, -240, 616, 220, "url(#round)")
        + b.box(-322, -252, 644, 36, 14, WOOD, "round")
        + b.box(-316, -30, 632, 30, 12, WOOD_DARK, "round")
        + rect(-308, -160, 616, 74, FINE)
        + b.star(0, -124, 42, p.cream, p.accent)
    )
