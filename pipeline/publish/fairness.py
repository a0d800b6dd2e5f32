"""In which order clips go up: the stand of which the least is published comes first; pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from pipeline.publish.wishes import Upload


def in_turn(
    missing: Sequence[Upload], there: Sequence[Upload], begun: Callable[[Upload], bool]
) -> list[Upload]:
    """`missing` (in the order aired) as they shall go up; those half sent already go first.

    Of stands that have equally many published, the one that aired first; what shows no stand comes
    after the stands that have as many.
    """
    turns = [clip for clip in missing if begun(clip)]
    published = Counter(clip.stand for clip in [*there, *turns])
    waiting: dict[int | None, list[tuple[int, Upload]]] = defaultdict(list)
    for place, clip in enumerate(missing):
        if not begun(clip):
            waiting[clip.stand].append((place, clip))
    while waiting:
        stand = min(waiting, key=lambda s: (published[s], s is None, waiting[s][0][0]))
        turns.append(waiting[stand].pop(0)[1])
        published[stand] += 1
        if not waiting[stand]:
            del waiting[stand]
    return turns
