"""Links that can't be guessed: each opens one thing, and stays good as long as the secret is kept."""

import stat
from pathlib import Path

import pytest

from pipeline.errors import OutsideError
from pipeline.panel.links import Keys, read_keys


def test_every_stand_and_screen_has_a_key_of_its_own() -> None:
    keys = Keys(b"k" * 32)
    made = {keys.for_stand(n) for n in range(200)} | {
        keys.for_screen("stage"),
        keys.for_screen("1"),
    }
    assert len(made) == 202
    assert {len(key) for key in made} == {22}


def test_a_key_opens_only_what_it_was_made_for() -> None:
    keys = Keys(b"k" * 32)
    assert keys.holds_stand(7, keys.for_stand(7))
    assert not keys.holds_stand(8, keys.for_stand(7))
    assert not keys.holds_screen("7", keys.for_stand(7))
    assert keys.holds_screen("stage", keys.for_screen("stage"))
    assert not Keys(b"x" * 32).holds_stand(7, keys.for_stand(7))


@pytest.mark.parametrize("given", ["", "kunci-ñ-🙂", "a" * 10_000])
def test_anything_else_opens_nothing(given: str) -> None:
    assert not Keys(b"k" * 32).holds_stand(7, given)


def test_the_secret_is_made_once_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "panel.key"
    first = read_keys(file).for_stand(1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_keys(file).for_stand(1) == first
    assert [path.name for path in file.parent.iterdir()] == ["panel.key"]


def test_a_torn_secret_is_refused_by_name_and_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "panel.key"
    file.write_bytes(b"short")
    with pytest.raises(OutsideError, match=r"panel\.key"):
        read_keys(file)
    assert file.read_bytes() == b"short"
