"""How long whoever fails to sign in waits, by counts and moments alone."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.panel.throttle import FORGET_S, FREE, LONGEST_S, MOST, Throttle


def fail(throttle: Throttle, times: int, key: str = "name:sri", now: float = 0.0) -> float:
    """Fails so often, each time as soon as it is let through; gives the moment of the last time."""
    for _ in range(times):
        while (wait := throttle.begin((key,), now)) > 0:
            now += wait
    return now


def test_the_first_failures_cost_nothing_and_the_fifth_a_second() -> None:
    throttle = Throttle()
    assert fail(throttle, FREE + 1) == 0.0
    assert throttle.begin(("name:sri",), 0.0) == 1.0
    assert throttle.begin(("name:sri",), 0.75) == 0.25
    assert throttle.begin(("name:sri",), 1.0) == 0.0


def test_each_further_failure_doubles_the_wait_up_to_five_minutes() -> None:
    throttle, waits = Throttle(), []
    now = fail(throttle, FREE + 1)
    for _ in range(12):
        waits.append(throttle.begin(("name:sri",), now))
        now += waits[-1]
        assert throttle.begin(("name:sri",), now) == 0.0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, LONGEST_S, LONGEST_S, LONGEST_S]


def test_a_try_that_is_not_let_through_makes_nobody_wait_longer() -> None:
    throttle = Throttle()
    fail(throttle, FREE + 1)
    assert [throttle.begin(("name:sri",), 0.5) for _ in range(100)] == [0.5] * 100


def test_many_tries_at_the_same_moment_do_not_slip_through_together() -> None:
    throttle = Throttle()
    through = [throttle.begin(("name:sri",), 0.0) == 0.0 for _ in range(100)]
    assert through.count(True) == FREE + 1


def test_name_and_address_wait_each_for_themselves() -> None:
    throttle = Throttle()
    fail(throttle, FREE + 1, "address:10.0.0.9")
    assert throttle.begin(("name:budi", "address:10.0.0.9"), 0.0) == 1.0
    assert throttle.begin(("name:budi", "address:10.0.0.1"), 0.0) == 0.0


def test_signing_in_forgives_the_name_but_not_what_the_address_did_before() -> None:
    throttle = Throttle()
    keys = ("name:sri", "address:10.0.0.9")
    for _ in range(FREE):
        throttle.begin(keys, 0.0)
    throttle.begin(keys, 0.0)
    throttle.forgive("name:sri")
    throttle.take_back("address:10.0.0.9")
    assert throttle.begin(("name:sri",), 0.0) == 0.0
    assert throttle.begin(("address:10.0.0.9",), 0.0) == 0.0
    assert throttle.begin(("address:10.0.0.9",), 0.0) == 1.0


def test_an_hour_of_quiet_makes_as_good_as_new() -> None:
    throttle = Throttle()
    now = fail(throttle, 20)
    assert throttle.begin(("name:sri",), now) == LONGEST_S
    now += FORGET_S + 1
    assert fail(throttle, FREE + 1, now=now) == now


def test_a_flood_of_names_takes_bounded_memory_and_forgets_the_longest_quiet() -> None:
    throttle = Throttle()
    fail(throttle, FREE + 1, "name:early")
    fail(throttle, FREE + 1, "name:late")
    for number in range(MOST - 2):
        throttle.begin((f"name:{number}",), 0.0)
    throttle.begin(("name:one more",), 0.0)
    assert throttle.begin(("name:late",), 0.0) == 1.0
    assert throttle.begin(("name:early",), 0.0) == 0.0


@given(st.lists(st.floats(0, 1e6), min_size=1).map(sorted))
def test_a_wait_is_never_negative_nor_longer_than_five_minutes(moments: list[float]) -> None:
    throttle = Throttle()
    for now in moments:
        assert 0.0 <= throttle.begin(("name:sri",), now) <= LONGEST_S
