"""The ledger keeps every fact through crashes, a full disk and damage; what was begun is known."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.clock import HandClock
from pipeline.errors import InputFaults, Text
from pipeline.publish.ledger import Facts, open_ledger, read_facts
from pipeline.publish.outcomes import Applied, Uncertain
from pipeline.publish.steps import once

NOW = datetime(2021, 11, 24, tzinfo=UTC)


def test_a_damaged_line_inside_the_ledger_is_a_fault_with_its_number(
    tmp_path: Path, clock: HandClock
) -> None:
    good = json.dumps({"fact": "x"})
    (tmp_path / "ledger.jsonl").write_text(f"{good}\n{{oops\n{good}\n")
    with pytest.raises(InputFaults) as raised, open_ledger(tmp_path, clock):
        pass
    assert raised.value.faults[0].where == "ledger.jsonl, baris/line 2"
    assert (tmp_path / "ledger.jsonl").read_text().count("\n") == 3


def test_the_ledger_is_readable_for_its_owner_only(tmp_path: Path, clock: HandClock) -> None:
    with open_ledger(tmp_path, clock) as ledger:
        ledger.note("x")
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o777 == 0o600


def test_the_newest_fact_is_found_by_one_field_and_by_several() -> None:
    facts = Facts({"fact": "f", "a": n % 3, "b": n % 2, "n": n} for n in range(12))
    assert facts.last("f", a=1) == {"fact": "f", "a": 1, "b": 0, "n": 10}
    assert facts.last("f", a=1, b=1) == {"fact": "f", "a": 1, "b": 1, "n": 7}
    assert facts.last("f", a=9) is None
    assert facts.last("g") is None
    assert [fact["n"] for fact in facts.all("f", a=0, b=0)] == [0, 6]


FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.clock import HandClock
from pipeline.errors import OutsideError
from pipeline.publish.ledger import open_ledger

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open_ledger(Path(sys.argv[1]), HandClock(datetime(2021, 11, 24, tzinfo=UTC))) as ledger:
    ledger.note("first")
    size = (Path(sys.argv[1]) / "ledger.jsonl").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 7, resource.RLIM_INFINITY))
    try:
        ledger.note("second")
    except OutsideError as error:
        print(error.what.en)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    ledger.note("third")
"""


def test_a_full_disk_leaves_whole_lines_only(tmp_path: Path) -> None:
    """The system lets seven bytes of the second fact through."""
    argv = [sys.executable, "-c", FULL, str(tmp_path)]
    child = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    assert "can't be written" in child.stdout
    names = [
        json.loads(line)["fact"] for line in (tmp_path / "ledger.jsonl").read_text().splitlines()
    ]
    assert names == ["first", "third"]
    assert read_facts(tmp_path).last("second") is None


class Channel:
    """Something that is made once; what a process that was killed had sent is in it."""

    def __init__(self, *made: str) -> None:
        self.made = list(made)
        self.writes = 0

    def write(self) -> Applied[dict[str, Any]]:
        self.writes += 1
        self.made.append("thing")
        return Applied({"id": "thing"})

    def look(self) -> dict[str, Any] | None:
        return {"id": self.made[0]} if self.made else None


@pytest.mark.parametrize(("there", "writes"), [(["thing"], 0), ([], 1)])
def test_a_step_that_a_killed_process_left_open_is_looked_up_before_it_is_taken_again(
    tmp_path: Path, clock: HandClock, there: list[str], writes: int
) -> None:
    channel = Channel(*there)
    with open_ledger(tmp_path, clock) as ledger:
        ledger.note("step", step="make", state="begun")
    with open_ledger(tmp_path, clock) as ledger:
        made = once(ledger, clock, "make", Text("", ""), channel.write, channel.look)
        assert made == {"id": "thing"}
        once(ledger, clock, "other", Text("", ""), channel.write, channel.look)
    assert channel.writes == writes + 1


def test_what_isnt_listed_at_once_is_looked_for_until_it_would_be(
    tmp_path: Path, clock: HandClock
) -> None:
    begun = clock.now()

    def look() -> dict[str, Any] | None:
        late = clock.now() - begun >= timedelta(seconds=15)
        return {"id": "late"} if late else None

    with open_ledger(tmp_path, clock) as ledger:
        made = once(ledger, clock, "make", Text("", ""), lambda: Uncertain("reset"), look)
    assert made == {"id": "late"}
