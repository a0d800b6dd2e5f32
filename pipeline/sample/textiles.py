"""Cloth and clothes, drawn: a brush comes in, SVG goes out."""

from pipeline.sample.brush import CLOTH, FINE, INK, OTHER, WOOD, WOOD_DARK, Brush
from pipeline.sample.svg import circle, ellipse, group, line, path, rect


def folded(b: Brush) -> str:
    """Three folded lengths of batik, the uppermost with a corner laid over the edge."""
    p = b.palette
    layers = "".join(
        b.box(x, y, w, 92, 40, fill, "fall")
        + line(f"M{x + 26} {y + 46}h{w - 40}", "#000", 3, 'stroke-opacity="0.28"')
        + line(f"M{x + 34} {y + 66}h{w - 58}", "#000", 2, 'stroke-opacity="0.16"')
        for x, y, w, fill in (
            (-372, -92, 744, FINE),
            (-356, -180, 716, OTHER),
            (-362, -272, 722, p.main),
        )
    )
    top = "M-344 -268L-262 -470Q0 -484 262 -470L344 -268Q0 -252 -344 -268Z"
    flap = "M-20 -262L322 -268Q250 -120 232 -44Q90 -150 -20 -262Z"
    return (
        b.shadow(0, 820, 44)
        + layers
        + b.lit(top, CLOTH)
        + path("M-8 -246L326 -250Q262 -96 246 -22Q100 -130 -8 -246Z", "#000", 'fill-opacity="0.2"')
        + b.lit(flap, OTHER, "fall")
        + line("M-20 -262Q90 -150 232 -44Q250 -120 322 -268", p.accent, 9)
    )


def _stand(height: int, wide: int) -> str:
    return (
        ellipse(0, -8, 130, 20, WOOD_DARK)
        + ellipse(0, -14, 130, 20, WOOD)
        + rect(-8, -height, 16, height - 14, WOOD)
        + rect(1, -height, 7, height - 14, WOOD_DARK)
        + line(f"M0 {-height + 40}Q{-wide * 0.4} {-height + 40} {-wide} {-height + 92}", WOOD, 18)
        + line(
            f"M0 {-height + 40}Q{wide * 0.4} {-height + 40} {wide} {-height + 92}", WOOD_DARK, 18
        )
        + circle(0, -height, 15, WOOD)
    )


_SHIRT = (
    "M-84 -566L-206 -520Q-262 -440 -318 -330L-222 -272L-196 -330Q-190 -200 -208 -66"
    "Q0 -40 208 -66Q190 -200 196 -330L222 -272L318 -330Q262 -440 206 -520L84 -566Q0 -508 -84 -566Z"
)


def _creases() -> str:
    return "".join(
        line(d, "#000", 7, 'stroke-opacity="0.15"')
        for d in (
            "M-196 -330Q-176 -370 -190 -430",
            "M196 -330Q176 -370 190 -430",
            "M-120 -90Q-104 -200 -140 -300",
            "M126 -90Q104 -180 140 -280",
            "M-262 -306L-240 -350",
            "M262 -306L240 -350",
        )
    )


def shirt(b: Brush) -> str:
    """A batik kemeja with collar, placket and pocket."""
    p = b.palette
    buttons = "".join(
        circle(0, y, 8, p.accent) + circle(0, y, 3, p.deep) for y in range(-470, -80, 76)
    )
    return (
        b.shadow(0, 330)
        + _stand(640, 190)
        + b.lit(_SHIRT, CLOTH)
        + _creases()
        + path("M-18 -530H18V-52H-18Z", p.main)
        + path("M18 -530V-52", "none", 'stroke="#000" stroke-opacity="0.3" stroke-width="3"')
        + buttons
        + b.box(58, -410, 96, 104, 10, OTHER)
        + path("M-84 -566L-98 -500L-8 -462L0 -522Z", p.deep)
        + path("M84 -566L98 -500L8 -462L0 -522Z", p.deep)
        + path("M-84 -566Q0 -508 84 -566L0 -524Z", "#000", 'fill-opacity="0.4"')
        + line("M-206 -68Q0 -42 206 -68", p.accent, 8)
    )


def tee(b: Brush) -> str:
    """A plain T-shirt with a roundel of batik on the chest."""
    p = b.palette
    return (
        b.shadow(0, 330)
        + _stand(640, 190)
        + b.lit(_SHIRT, p.main)
        + _creases()
        + path("M-84 -566Q0 -508 84 -566Q66 -480 0 -474Q-66 -480 -84 -566Z", p.deep)
        + path(
            "M-66 -560Q0 -506 66 -560Q52 -500 0 -496Q-52 -500 -66 -560Z", INK, 'fill-opacity="0.5"'
        )
        + circle(0, -318, 112, p.accent)
        + circle(0, -318, 102, OTHER)
        + circle(0, -318, 102, "url(#ball)", 'fill-opacity="0.7"')
        + line("M-300 -338L-232 -296M300 -338L232 -296", p.accent, 10)
    )


def dress(b: Brush) -> str:
    """A long dress with wide sleeves: gamis, daster, mukena."""
    p = b.palette
    body = (
        "M-70 -572L-168 -536Q-236 -400 -292 -262L-186 -222L-136 -372L-132 -300Q-180 -160 -236 -24"
        "Q0 8 236 -24Q180 -160 132 -300L136 -372L186 -222L292 -262Q236 -400 168 -536L70 -572"
        "Q0 -534 -70 -572Z"
    )
    folds = "".join(
        line(f"M{x} -290Q{x * 1.5} -150 {x * 2.1} -24", "#000", 9, 'stroke-opacity="0.14"')
        for x in (-84, -36, 14, 60, 98)
    )
    return (
        b.shadow(0, 470)
        + _stand(640, 150)
        + b.lit(body, CLOTH)
        + folds
        + path("M-136 -318Q0 -294 136 -318L133 -284Q0 -260 -133 -284Z", p.deep)
        + circle(0, -290, 17, p.accent)
        + path("M-70 -572Q0 -534 70 -572Q40 -470 0 -456Q-40 -470 -70 -572Z", OTHER)
        + line("M-290 -264L-188 -226M290 -264L188 -226", p.accent, 13)
        + line("M-234 -30Q0 2 234 -30", p.accent, 15)
    )


def sarong(b: Brush) -> str:
    """A woven length over a rod, with the head of triangles in its middle."""
    p = b.palette
    cloth = "M-300 -560H300V-84Q240 -54 190 -80T80 -76T-40 -82T-160 -76T-300 -82Z"
    head = "M-78 -560H96V-79Q54 -60 4 -80Q-40 -96 -78 -76Z"
    folds = "".join(
        rect(x, -560, w, 470, "url(#fold)")
        for x, w in ((-300, 92), (-208, 130), (96, 96), (192, 108))
    )
    posts = "".join(
        rect(x - 10, -600, 20, 594, WOOD)
        + rect(x + 1, -600, 9, 594, WOOD_DARK)
        + b.box(x - 66, -20, 132, 20, 9, WOOD_DARK)
        + circle(x, -606, 17, WOOD)
        for x in (-352, 352)
    )
    return (
        b.shadow(-350, 190, 22)
        + b.shadow(350, 190, 22)
        + posts
        + b.box(-366, -574, 732, 24, 12, WOOD, "fall")
        + path(cloth, CLOTH)
        + path(head, p.deep)
        + b.tumpal(-78, -470, 174, 86, 3)
        + b.tumpal(-78, -340, 174, 86, 3)
        + b.tumpal(-78, -210, 174, 86, 3)
        + rect(-78, -170, 174, 12, p.accent)
        + rect(-78, -130, 174, 12, p.accent)
        + line("M-78 -560V-76M96 -560V-80", p.cream, 6)
        + folds
        + path(cloth, "url(#soft)")
        + b.box(-300, -578, 600, 40, 18, CLOTH, "fall")
    )


def scarf(b: Brush) -> str:
    """A shawl on a tailor's bust."""
    p = b.palette
    bust = (
        "M-52 -606Q0 -624 52 -606L56 -520Q70 -488 168 -458Q206 -440 196 -350Q176 -230 148 -140"
        "Q0 -116 -148 -140Q-176 -230 -196 -350Q-206 -440 -168 -458Q-70 -488 -56 -520Z"
    )
    left = "M-96 -500Q-40 -400 -30 -330Q-74 -190 -88 -40H-216Q-226 -250 -168 -430Z"
    right = "M96 -500Q40 -400 10 -330Q60 -160 78 -70H212Q222 -270 168 -430Z"
    loop = "M-126 -470Q-116 -560 0 -566Q116 -560 126 -470Q110 -372 0 -356Q-110 -372 -126 -470Z"
    fringe = "".join(line(f"M{x} -42v44", p.accent, 5) for x in range(-212, -86, 14)) + "".join(
        line(f"M{x} -72v44", p.accent, 5) for x in range(84, 212, 14)
    )
    return (
        b.shadow(0, 330)
        + ellipse(0, -10, 120, 18, WOOD_DARK)
        + rect(-9, -150, 18, 140, WOOD)
        + b.lit(bust, "#efe2cf")
        + circle(0, -614, 22, WOOD)
        + fringe
        + b.lit(right, CLOTH)
        + b.lit(left, CLOTH)
        + b.tumpal(-214, -48, 126, 60, 3)
        + b.lit(loop, CLOTH, "ball")
        + line(
            "M-100 -500Q-30 -420 60 -372M-60 -540Q0 -450 100 -420",
            "#000",
            8,
            'stroke-opacity="0.22"',
        )
        + path("M-58 -562Q0 -508 58 -562Q0 -582 -58 -562Z", "#000", 'fill-opacity="0.35"')
    )


def tote(b: Brush) -> str:
    """A shoulder bag of canvas and batik."""
    p = b.palette
    handles = line("M-128 -392Q-128 -610 0 -610T128 -392", WOOD_DARK, 26) + line(
        "M-112 -392Q-112 -574 0 -574T112 -392", WOOD, 22
    )
    body = "M-262 -410H262L306 -26Q300 0 272 0H-272Q-300 0 -306 -26Z"
    return (
        b.shadow(0, 680)
        + handles
        + b.lit(body, "#d9bd92")
        + path("M-276 -290H276L300 -70H-300Z", CLOTH)
        + path("M-276 -290H276L300 -70H-300Z", "url(#soft)")
        + rect(-276, -302, 552, 14, p.accent)
        + path("M-299 -76H299L301 -60H-301Z", p.accent)
        + "".join(
            b.box(x - 22, -420, 44, 92, 10, WOOD) + circle(x, -350, 7, p.accent)
            for x in (-120, 120)
        )
        + line("M-256 -396H256", WOOD_DARK, 4, 'stroke-dasharray="12 10"')
    )


def sandals(b: Brush) -> str:
    """A pair of sandals with straps of batik."""
    p = b.palette
    sole = (
        "M-20 -560C90 -566 128 -430 104 -330C84 -240 96 -180 84 -90C70 -8 -70 -8 -84 -96"
        "C-98 -220 -126 -330 -118 -420C-110 -520 -80 -556 -20 -560Z"
    )
    band = "M-142 -330Q-150 -420 -128 -450Q0 -522 128 -450Q150 -420 142 -330Q0 -404 -142 -330Z"
    foot = (
        path(sole, WOOD_DARK, f'stroke="{WOOD_DARK}" stroke-width="26"')
        + b.lit(sole, "#e3c08e")
        + ellipse(0, -120, 56, 66, "#c99f66", 'fill-opacity="0.6"')
        + path(band, "#000", 'fill-opacity="0.25" transform="translate(6 16)"')
    )
    strap = (
        b.lit(band, CLOTH, "fall")
        + line("M-142 -330Q0 -404 142 -330", p.accent, 8)
        + b.star(0, -420, 34, p.cream, p.accent)
    )
    pair = "".join(
        group(group(foot, f"scale({way} 1)") + strap, f"translate({way * 180} 0)")
        for way in (-1, 1)
    )
    return b.shadow(0, 640) + pair


def mask(b: Brush) -> str:
    """Two pleated masks of cloth, one behind the other."""
    p = b.palette
    cloth = "M-220 -110Q0 -176 220 -110Q236 0 196 104Q0 190 -196 104Q-236 0 -220 -110Z"
    loops = line("M-218 -92C-350 -90 -350 80 -200 88M218 -92C350 -90 350 80 200 88", p.deep, 11)
    pleats = "".join(
        line(f"M-216 {y}Q0 {y * 1.6 - 14:g} 216 {y}", "#000", 7, 'stroke-opacity="0.24"')
        for y in (-52, 0, 52)
    )
    edge = line("M-216 -104Q0 -168 216 -104", p.accent, 9)

    def one(x: int, y: int, fill: str) -> str:
        return group(loops + b.lit(cloth, fill, "ball") + pleats + edge, f"translate({x} {y})")

    return b.shadow(0, 700) + one(60, -440, OTHER) + one(-40, -172, CLOTH)
