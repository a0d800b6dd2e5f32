"""A text and a slot become a block of lines that fits, with a warning for what could not be shown.

A text shrinks to the slot's readable minimum, then wraps at the best break, and only then is
shortened. Pure: all it knows of fonts is the typesetter's answers.
"""

import re
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from pipeline.errors import Fault, Text
from pipeline.overlays.face import UPEM
from pipeline.overlays.typeset import SUBSTITUTE, Shaped, Stain, Typesetter, clean

ELLIPSIS = "…"
LONGEST = 400
"""Characters that are looked at: more fit no slot, and measuring them all would take seconds."""

SEPARATORS = " ,;:.-/&(+" + ELLIPSIS


class Slot(BaseModel):
    """The room a theme gives a text; sizes and widths in pixels of the 1280x720 design."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    face: str
    size: float = Field(gt=0)
    minimum: float = Field(gt=0)
    width: float = Field(gt=0)
    lines: int = Field(default=1, ge=1, le=4)
    wrapped: float | None = Field(default=None, gt=0, description="largest size of several lines")
    leading: float = 1.2
    tracking: float = Field(default=0, description="thousandths of the size between letters")
    capitals: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line as outlines in thousandths of its size; the rest is in design pixels.

    `left` is the ink's distance from the pen's start; `baseline` is counted from the block's top.
    """

    text: str
    outline: str
    stains: tuple[Stain, ...]
    scale: float
    left: float
    width: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one size; its height runs from the top of the capitals to the last baseline."""

    lines: tuple[Line, ...]
    size: float
    height: float
    width: float


def fit(setter: Typesetter, text: str, slot: Slot, where: str) -> tuple[Block, tuple[Fault, ...]]:
    """The block that shows `text` in `slot`; a Fault at `where` for each thing it can't show."""
    wanted = clean(text.upper() if slot.capitals else text)
    lines, size = _largest(setter, wanted, slot)
    faults = []
    if not lines:
        lines, size = _broken(setter, wanted[:LONGEST], slot), slot.minimum
        if lines[-1].endswith(ELLIPSIS) and not wanted.endswith(lines[-1]):
            faults.append(_overlong(where, wanted, " ".join(lines)))
    shaped = [(line, setter.shape(line, slot.face, slot.tracking)) for line in lines if line]
    if lacking := "".join(line.lacking for _, line in shaped):
        faults.append(_lacking(where, lacking))
    return _block(shaped, size, slot, setter.cap_height(slot.face)), tuple(faults)


def _largest(setter: Typesetter, text: str, slot: Slot) -> tuple[list[str], float]:
    """The fewest lines that fit at a readable size, and that size; no lines: none do."""
    if len(text) > LONGEST:
        return [], 0
    for count in range(1, slot.lines + 1):
        lines = _balanced(setter, text, slot, count) if count > 1 else [text]
        widest = max((_width(setter, line, slot) for line in lines), default=0)
        largest = slot.size if count == 1 else slot.wrapped or slot.size
        size = min(largest, slot.width / widest * UPEM if widest else largest)
        if lines and size >= slot.minimum:
            return lines, size
    return [], 0


def _balanced(setter: Typesetter, text: str, slot: Slot, count: int) -> list[str]:
    """At most `count` lines whose widest is as narrow as can be; breaks only between words."""
    tokens = _tokens(text)
    best: list[str] = []
    limit = _width(setter, text, slot) + 1
    while len(lines := _filled(setter, tokens, slot, limit)) <= count:
        best = lines
        narrower = max(_width(setter, line, slot) for line in lines) - 0.5
        if narrower >= limit or len(lines) == len(tokens):
            break
        limit = narrower
    return best


def _tokens(text: str) -> list[str]:
    """Words with the space, hyphen or slash after which a line may break."""
    return [token for token in re.findall(r"[^\s/-]*(?:[\s/-]+|$)", text) if token]


def _filled(setter: Typesetter, tokens: list[str], slot: Slot, limit: float) -> list[str]:
    lines = [""]
    for token in tokens:
        if not lines[-1] or _width(setter, (lines[-1] + token).strip(), slot) <= limit:
            lines[-1] += token
        else:
            lines.append(token)
    return [line.strip() for line in lines]


def _broken(setter: Typesetter, text: str, slot: Slot) -> list[str]:
    """All lines filled at the minimum size, through words if need be; an ellipsis for the rest."""
    limit = slot.width / slot.minimum * UPEM
    lines: list[str] = []
    for _ in range(slot.lines - 1):
        head = _filled(setter, _tokens(text), slot, limit)[0]
        if _width(setter, head, slot) > limit:
            head = _cut(setter, text, slot, limit, "")
        lines.append(head)
        text = text[len(head) :].lstrip()
    whole = _width(setter, text, slot) <= limit
    return [*lines, text if whole else _cut(setter, text, slot, limit, ELLIPSIS)]


def _cut(setter: Typesetter, text: str, slot: Slot, limit: float, end: str) -> str:
    """The longest beginning of `text` that fits with `end` after it; whole words if near."""
    clusters = setter.clusters(text)
    low, high = 0, len(clusters)
    while low < high:
        middle = (low + high + 1) // 2
        if _width(setter, "".join(clusters[:middle]).rstrip(SEPARATORS) + end, slot) <= limit:
            low = middle
        else:
            high = middle - 1
    head = "".join(clusters[: max(low, 1)])
    at_word = head.rfind(" ")
    if end and at_word > 0.6 * len(head):
        head = head[:at_word]
    return head.rstrip(SEPARATORS) + end if end else head


def _width(setter: Typesetter, text: str, slot: Slot) -> float:
    return setter.shape(text, slot.face, slot.tracking).width


def _block(shaped: list[tuple[str, Shaped]], size: float, slot: Slot, cap: float) -> Block:
    scale, step = size / UPEM, slot.leading * size
    lines = tuple(
        Line(
            text,
            *line.drawn(),
            scale=scale,
            left=line.left * scale,
            width=line.width * scale,
            baseline=cap * scale + i * step,
        )
        for i, (text, line) in enumerate(shaped)
    )
    height = lines[-1].baseline if lines else 0
    return Block(lines, size, height, max((line.width for line in lines), default=0))


def _overlong(where: str, text: str, shown: str) -> Fault:
    return Fault(
        where,
        Text(
            f"teks sepanjang {len(text)} karakter tidak muat dan dipendekkan: {shown}",
            f"a text of {len(text)} characters does not fit and is shortened: {shown}",
        ),
        Text("Isi nama yang lebih pendek.", "Give a shorter name."),
    )


def _lacking(where: str, characters: str) -> Fault:
    codes = " ".join(f"U+{ord(c):04X}" for c in dict.fromkeys(characters))
    return Fault(
        where,
        Text(
            f"huruf tema tidak memiliki {characters} ({codes})",
            f"the theme's fonts lack {characters} ({codes})",
        ),
        Text(
            f"Ganti karakter itu; di gambar ia tampil sebagai {SUBSTITUTE}.",
            f"Replace the characters; the picture shows {SUBSTITUTE} instead.",
        ),
    )
