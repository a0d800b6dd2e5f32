"""A program in a process of its own, steered by the commands of the crew; and what can't disturb it."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from made import session
from peers import until

from pipeline.air import JOURNAL, Session, Sheet, ask, read_journal, write_sheet
from pipeline.air.session import Footage
from pipeline.cli import main
from pipeline.clock import SystemClock
from pipeline.errors import OutsideError
from pipeline.playout import interrupted
from pipeline.settings import Destination, read_settings
from pipeline.tools import Child, run

FACTS = {"event_name": "Uji", "stands": [], "planned": [], "rundown": "old"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, make_segment: Any) -> dict[str, Footage]:
    folder = tmp_path_factory.mktemp("shelf")
    return {
        kind: Footage(
            key=kind,
            path=make_segment(folder / f"{kind}.ts", 50, tone),
            kind=kind,
            frames=50,
            loop=True,
        )
        for kind, tone in (("catalogue", 0), ("slate", 60))
    }


@dataclass
class Event:
    """A settings file, and a program with a file as its destination, steered by commands."""

    home: Path
    capsys: pytest.CaptureFixture[str]

    def __post_init__(self) -> None:
        house = {"width": 320, "height": 180, "video_kbps": 300, "audio_kbps": 64}
        values = {"event": {"name": "Uji"}, "rundown": "no.yaml", "media": ".", "house": house}
        self.file = self.home / "settings.yaml"
        self.file.write_text(yaml.safe_dump(values))
        self.air = read_settings(self.file).state / "air"

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "pipeline.cli", "--settings", str(self.file), *words]

    def prepare(self, session: Session) -> None:
        copy = Destination(name="copy", url=f"file://{self.home / 'copy.ts'}")
        write_sheet(self.air / session.id, Sheet.of(session, FACTS, destinations=[copy]))

    def start(self, *words: str, to: Path | None = None) -> Child:
        """The program that was prepared; `to`: where its standard output goes."""
        argv = self.argv("air", "--session", "s", "--prepared", *words)
        return Child(argv if to is None else ["sh", "-c", 'exec "$@" > "$0"', str(to), *argv])

    def on_air(self, child: Child) -> None:
        until(lambda: child.status is not None or self.status("on") is not None)
        assert child.status is None, child.tail

    def status(self, key: str) -> Any:
        try:
            return ask(self.air, {"command": "status"})[key]
        except OutsideError:
            return None

    def until_sending(self) -> None:
        until(lambda: self.status("destinations")[0]["state"] == "sending")

    def do(self, *words: str) -> dict[str, Any]:
        """A command as typed, in this process: its JSON."""
        assert self.type(*words, "--json") == 0
        answer = json.loads(self.capsys.readouterr().out)
        assert isinstance(answer, dict)
        return answer

    def refused(self, *words: str) -> tuple[int, str]:
        """Exit status and what was said."""
        return self.type(*words), self.capsys.readouterr().err

    def type(self, *words: str) -> int:
        self.capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "argv", ["tayang", "--settings", str(self.file), *words])
            with pytest.raises(SystemExit) as end:
                main()
        assert isinstance(end.value.code, int)
        return end.value.code

    def lines(self, event: str, session: str = "s") -> list[Any]:
        journal = read_journal(self.air / session / JOURNAL)
        return [line for line in journal.lines if line["event"] == event]


@pytest.fixture
def event(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Event:
    return Event(tmp_path, capsys)


@contextlib.contextmanager
def running(event: Event, *words: str, to: Path | None = None) -> Iterator[Child]:
    child = event.start(*words, to=to)
    try:
        event.on_air(child)
        yield child
    finally:
        child.stop()


def test_a_program_in_a_process_of_its_own_does_what_the_commands_say(
    event: Event, made: dict[str, Footage]
) -> None:
    event.prepare(session(made, "s", "abcd"))
    with running(event) as child:
        assert event.do("next", "c")["ok"]
        frame = event.do("take")["frame"]
        assert event.status("on")["item"] == "c"
        until(lambda: event.status("frame") > frame + 15)  # sooner it would be the same take
        assert event.do("take", "a")["ok"]
        assert event.status("on")["item"] == "a"
        event.do("hold")
        assert event.status("held")
        frame = event.do("slate")["frame"]
        until(lambda: event.status("on")["kind"] == "slate")
        assert event.status("slated")
        event.do("mark", "gong")
        event.do("resume")
        assert (event.status("held"), event.status("slated")) == (False, False)
        until(lambda: event.status("on")["item"] == "b")

        status = event.do("status")
        assert status["frame"] > frame
        assert {"on", "next", "frame", "held", "slated", "recording", "late"} <= set(status)
        (copy,) = status["destinations"]
        assert {"state", "age_s", "bytes", "reconnects", "last_error"} <= set(copy)
        assert event.type("status") == 0
        said = event.capsys.readouterr().err
        assert "● b Acara b" in said and "→ copy: " in said

        event.until_sending()
        event.do("pause", "copy")
        until(lambda: event.status("destinations")[0]["state"] == "paused")
        event.do("unpause", "copy")
        event.until_sending()

        for words, why in (
            (("take", "x"), "no item x; there are: a, b, c, d"),
            (("pause", "there"), "no destination there; there: copy"),
        ):
            status_of, said = event.refused(*words)
            assert (status_of, why in said) == (3, True), said
        run(event.argv("stop"), deadline=30)
        assert child.wait(30) == 0, child.tail
    (mark,) = event.lines("mark")
    assert mark["text"] == "gong"
    assert [line["item"] for line in event.lines("start")][:4] == ["a", "c", "a", None]
    for command in ("status", "take"):
        status_of, said = event.refused(command)
        assert (status_of, "no program is on air" in said) == (3, True)


def test_a_full_pipe_that_nobody_reads_stops_no_program(
    event: Event, made: dict[str, Footage]
) -> None:
    event.prepare(session(made, "s", "ab"))
    pipe = event.home / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(end, bytes(4096))
    with running(event, "--json", to=pipe) as child:
        event.until_sending()
        frame = event.status("frame")
        event.do("stop")
        assert child.wait(30) == 0, child.tail
    os.close(end)
    assert event.lines("close")[0]["frames"] >= frame


def test_a_pipe_whose_reader_has_gone_stops_no_program(
    event: Event, made: dict[str, Footage]
) -> None:
    event.prepare(session(made, "s", "ab"))
    pipe = event.home / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR)
    with running(event, "--json", to=pipe) as child:
        os.close(end)
        event.until_sending()
        assert event.do("mark", "satu")["ok"]
        assert event.do("mark", "dua")["ok"]
        event.do("stop")
        assert child.wait(30) == 0, child.tail
    assert len(event.lines("mark")) == 2


def test_a_second_program_on_the_same_state_is_refused_before_it_makes_anything(
    event: Event, made: dict[str, Footage]
) -> None:
    event.prepare(session(made, "s", "ab"))
    with running(event) as child:
        for words in ((), ("--anew",), ("--session", "s", "--prepared"), ("--youtube",)):
            status, said = event.refused("air", *words)
            assert (status, "another program is on air here: s" in said) == (3, True), said
        assert child.status is None
    assert sorted(path.name for path in event.air.parent.iterdir()) == ["air"]


def test_a_program_that_broke_off_goes_on_and_anew_it_begins_at_its_first_item(
    event: Event, made: dict[str, Footage]
) -> None:
    event.prepare(session(made, "s", "ab"))
    with running(event) as child:
        event.do("take", "b")
        until(lambda: event.lines("start")[-1]["item"] == "b")  # what isn't noted yet is not known
        child.kill()
    for words, item in ((), "b"), (("--anew",), "a"):
        with running(event, *words) as child:
            assert event.status("on")["item"] == item
            child.kill()


def test_a_program_that_broke_off_does_not_go_on_when_its_plan_is_over(
    event: Event, made: dict[str, Footage]
) -> None:
    event.prepare(session(made, "s", "a", seconds=2))
    with running(event) as child:
        child.kill()
    settings, clock = read_settings(event.file), SystemClock()
    assert interrupted(settings, clock, "s") is not None
    until(lambda: interrupted(settings, clock, "s") is None)
    assert event.refused("air")[0] == 1  # it looks for a rundown, and there is none
    assert len(event.lines("open")) == 1
