"""A stand's number and a product's place become colours and motifs, always the same ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one family: three tones of the cloth, its dark and light, the studio's two."""

    main: str
    second: str
    accent: str
    deep: str
    cream: str
    wall: str
    sun: str


# The bright colours of Pekalongan's coastal batik: madder, indigo, turquoise, mustard, cream.
PALETTES = (
    Palette("#b3262e", "#e2725b", "#efb93f", "#5a1020", "#fdf4e3", "#f7e4d0", "#2a9d96"),
    Palette("#23408e", "#5b8fd0", "#f2b632", "#14214d", "#f8f3e6", "#e2eaf3", "#f0bd4f"),
    Palette("#12867f", "#62c8bb", "#d8433b", "#0d3d45", "#fbf5e4", "#dff0ea", "#f2a65e"),
    Palette("#d38d14", "#f4cd73", "#9c2340", "#532a10", "#fff6e0", "#fbf0d3", "#1f7f7a"),
    Palette("#c23a70", "#f197ae", "#2a9d8f", "#4c1740", "#fff3ec", "#fbe4e6", "#f4bf62"),
    Palette("#3d7c3a", "#93bd55", "#e4572e", "#17381f", "#fbf6e2", "#edf2d9", "#f0b08c"),
    Palette("#6a2c70", "#b978be", "#f0a500", "#2d1239", "#fbf2ec", "#efe3f0", "#66b8ae"),
    Palette("#8f4a22", "#cf9153", "#1e6f9f", "#3d2011", "#fcf1df", "#f5e7d5", "#e07a5f"),
)

MOTIFS = ("jlamprang", "kawung", "parang", "ceplok", "mendung", "truntum", "buketan")


@dataclass(frozen=True, slots=True)
class Look:
    """What one picture is drawn with: a palette and two motifs."""

    palette: Palette
    motif: str
    other: str


def look_of(stand: int, product: int) -> Look:
    """The look of a stand's product: neighbours differ, a stand's own products are relatives.

    5 and 3 have no common factor with the 8 palettes, nor with the 7 motifs, so that a run through
    the stands uses all of them before any comes back.
    """
    palette = PALETTES[(stand * 5 + product * 3) % len(PALETTES)]
    first = (stand * 3 + product * 2) % len(MOTIFS)
    return Look(palette, MOTIFS[first], MOTIFS[(first + 3) % len(MOTIFS)])
