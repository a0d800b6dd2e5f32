"""A rundown changed while on air: what was there keeps its id, whatever is put in, out, moved or edited."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.rundown import Item, Kind, Session, StartMode, changes, keep_ids, plan

NINE = datetime.fromisoformat("2021-11-24T09:00:00+07:00")
ADVERT = "Iklan sponsor"


def item(n: int, title: str, stand: int | None = None) -> Item:
    return Item(
        id=f"1-{n:02}",
        kind=Kind.VIDEO,
        title=title,
        at=NINE + timedelta(minutes=n),
        duration_s=60,
        start=StartMode.FOLLOW if n % 3 else StartMode.FIXED,
        stand=stand,
    )


def numbered(items: Sequence[Item]) -> Session:
    """As the rundown is read again: every item's id is its place."""
    placed = tuple(it.model_copy(update={"id": f"1-{n:02}"}) for n, it in enumerate(items, 1))
    return Session(id="s", day=NINE.date(), items=placed)


def ids(before: Sequence[Item], after: Sequence[Item]) -> list[str]:
    found = [one.id for one in keep_ids(before, numbered(after)).items]
    assert len(set(found)) == len(found)
    return found


def own(items: Sequence[Item]) -> list[str]:
    return [one.id for one in items]


@st.composite
def rundowns(draw: st.DrawFn, *, repeats: bool, least: int = 1) -> list[Item]:
    """Items of which some are the same advertisement again, at another time."""
    adverts = draw(
        st.lists(st.booleans() if repeats else st.just(False), min_size=least, max_size=12)
    )
    return [
        item(n, ADVERT if advert else f"Acara {n}", None if advert else draw(st.integers(1, 3)))
        for n, advert in enumerate(adverts, 1)
    ]


PLACES = st.sets(st.integers(0, 11))


@given(rundowns(repeats=True))
def test_without_a_change_nothing_is_told_and_all_keep_their_ids(items: list[Item]) -> None:
    session = keep_ids(items, numbered(items))
    assert list(session.items) == items
    assert changes(plan(session), session) == ()
    again = keep_ids(session.items, numbered(items))
    assert again == session


@given(rundowns(repeats=True, least=2), PLACES)
def test_what_is_left_after_a_deletion_keeps_its_id(items: list[Item], places: set[int]) -> None:
    left = [one for n, one in enumerate(items) if n not in places] or items[:1]
    assert ids(items, left) == own(left)


@given(rundowns(repeats=True), st.lists(st.integers(0, 12), max_size=4))
def test_what_was_there_keeps_its_id_when_items_are_put_in(
    items: list[Item], places: list[int]
) -> None:
    after = list(items)
    for n, place in enumerate(places):
        after.insert(place, item(50 + n, f"Baru {n}", 9))
    found = dict(zip([one.title + one.id for one in after], ids(items, after), strict=True))
    for one in items:
        assert found[one.title + one.id] == one.id
    new = [id for key, id in found.items() if key.startswith("Baru")]
    assert not set(new) & set(own(items))


@given(rundowns(repeats=False, least=2), st.data())
def test_items_that_change_places_keep_their_ids(items: list[Item], data: st.DataObject) -> None:
    after = data.draw(st.permutations(items))
    assert ids(items, after) == own(after)


@given(rundowns(repeats=False), st.data())
def test_an_item_whose_title_length_or_time_changes_keeps_its_id(
    items: list[Item], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(items) - 1))
    edit = data.draw(
        st.sampled_from(
            [{"title": "Lain"}, {"duration_s": 90}, {"at": NINE}, {"media": "lain.mp4"}]
        )
    )
    after = list(items)
    after[place] = after[place].model_copy(update=edit)
    assert ids(items, after) == own(items)


def test_when_all_is_later_each_repetition_keeps_its_id() -> None:
    items = [item(n, ADVERT if n % 2 else f"Acara {n}") for n in range(1, 8)]
    later = [one.model_copy(update={"at": one.at + timedelta(minutes=2)}) for one in items]
    assert ids(items, later) == own(items)


@given(rundowns(repeats=True), rundowns(repeats=True), st.data())
def test_ids_are_never_given_twice_however_often_the_rundown_changes(
    first: list[Item], second: list[Item], data: st.DataObject
) -> None:
    known = keep_ids(first, numbered(second)).items
    third = data.draw(st.permutations([*first, *second]))
    ids(known, third)


def test_what_differs_is_told_with_the_ids_of_what_is_on_air() -> None:
    items = [item(n, f"Acara {n}", n) for n in (1, 2, 3, 4)]
    after = [
        item(40, "Baru", 9),
        items[0].model_copy(update={"duration_s": 90}),
        items[1].model_copy(update={"title": "Diganti"}),
        items[3].model_copy(update={"start": StartMode.MANUAL}),
    ]
    session = keep_ids(items, numbered(after))
    before = plan(Session(id="s", day=NINE.date(), items=tuple(items)))
    told = {one.item: one.what.en for one in changes(before, session)}
    assert told["1-01+"].startswith("new, at ")
    assert "duration 60 → 90 s" in told["1-01"]
    assert "title “Acara 2” → “Diganti”" in told["1-02"]
    assert told["1-03"] == "removed"
    assert "start follow → manual" in told["1-04"]
