"""The bell: who waits is woken by a change, and not kept waiting for one that came before."""

import threading

from pipeline.air.bell import Bell
from pipeline.clock import SystemClock


def test_who_has_not_heard_the_last_ring_is_not_kept_waiting() -> None:
    bell = Bell(SystemClock())
    bell.ring()
    bell.wait(0, 60)
    assert bell.count == 1


def test_all_who_wait_are_woken() -> None:
    bell = Bell(SystemClock())
    waiting = [threading.Thread(target=bell.wait, args=(0, 60)) for _ in range(5)]
    for thread in waiting:
        thread.start()
    bell.ring()
    for thread in waiting:
        thread.join(10)
    assert not any(thread.is_alive() for thread in waiting)


def test_nothing_to_hear_ends_with_patience() -> None:
    bell = Bell(SystemClock())
    bell.wait(0, 0.01)
    assert bell.count == 0
