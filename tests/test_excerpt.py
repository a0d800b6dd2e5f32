"""The shortened session of the demonstration, from rundowns of every poverty."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from pipeline.excerpt import excerpt
from pipeline.rundown import Item, Kind, Product, Rundown, Session, Stand, StartMode, plan

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
NOW = datetime.fromisoformat("2026-01-02T03:04:05+07:00")


def stand(number: int, products: int = 1) -> Stand:
    goods = tuple(Product(name=f"Produk {n}") for n in range(products))
    return Stand(number=number, name=f"Stand {number}", products=goods)


def rundown(stands: list[Stand], *kinds: tuple[Kind, int | None]) -> Rundown:
    items = tuple(
        Item(
            id=f"1-{n:02}",
            kind=kind,
            title=f"Acara {n}",
            at=NINE,
            duration_s=300,
            start=StartMode.FOLLOW,
            stand=number,
            media="video.mp4" if kind is Kind.VIDEO else None,
        )
        for n, (kind, number) in enumerate(kinds, 1)
    )
    session = Session(id="2021-11-24", day=NINE.date(), items=items)
    return Rundown(stands=tuple(stands), sessions=(session,))


RICH = rundown(
    [stand(n) for n in range(1, 8)],
    (Kind.LIVE, None),
    (Kind.SLATE, None),
    *[(Kind.VIDEO, n) for n in (1, 2, 1, 3)],
    *[(Kind.CATALOGUE, n) for n in (4, 5)],
)


def test_a_rich_rundown_gives_all_that_the_line_can_do() -> None:
    session = excerpt(RICH, NOW, "uji")
    assert [(item.kind.value, item.stand) for item in session.items] == [
        ("slate", None),
        ("video", 1),
        ("catalogue", 4),
        ("video", 2),
        ("catalogue", 5),
        ("catalogue", 1),
    ]
    planned = plan(session)
    assert planned[0].start == NOW
    assert planned[-1].end - NOW < timedelta(seconds=90)
    assert all(one.end == two.start for one, two in pairwise(planned))


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        (rundown([], (Kind.LIVE, None)), ["slate"]),
        (rundown([stand(1)], (Kind.SLATE, None)), ["slate", "catalogue", "catalogue"]),
        (rundown([stand(1, 0)], (Kind.VIDEO, 1)), ["slate", "video", "video"]),
        (
            rundown([stand(1), stand(2)], (Kind.VIDEO, 1)),
            ["slate", "video", "catalogue", "catalogue"],
        ),
    ],
)
def test_a_poor_rundown_gives_what_it_has(source: Rundown, kinds: list[str]) -> None:
    session = excerpt(source, NOW, "uji")
    assert [item.kind.value for item in session.items] == kinds
    assert len({item.id for item in session.items}) == len(kinds)
