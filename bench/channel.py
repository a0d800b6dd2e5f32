"""A program on air: a real `tayang air` in a process and a state folder of its own, steered by its socket."""

import signal
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from processes import Process

from pipeline.air import JOURNAL, Line, ask, read_journal
from pipeline.errors import OutsideError
from pipeline.settings import read_settings

PATIENCE = 30.0


class Channel:
    """Plays the sheet that was prepared beside a settings file."""

    def __init__(self, settings: Path, session: str) -> None:
        self._settings = settings
        self._session = session
        self.air = read_settings(settings).state / "air"
        self.folder = self.air / session
        self.start()

    def start(self) -> None:
        """A program that broke off goes on; else it begins."""
        argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(self._settings)]
        argv += ["air", "--session", self._session, "--prepared"]
        self.process = Process(argv, self._settings.with_name("air.log"))

    def ask(self, command: str, item: str | None = None) -> dict[str, Any]:
        """Sends an order, or asks for the status; the answer."""
        request = {"command": command} if item is None else {"command": command, "item": item}
        if command != "status":
            request |= {"id": uuid.uuid4().hex, "by": "bench"}
        return ask(self.air, request)

    def until(self, holds: Callable[[dict[str, Any]], bool], pause: float = 0.02) -> dict[str, Any]:
        """The first status for which something holds."""
        since = time.monotonic()
        while time.monotonic() - since < PATIENCE:
            try:
                status = self.ask("status")
            except OutsideError:  # it doesn't listen yet
                status = {}
            if status and holds(status):
                return status
            if not self.process.alive:
                break
            time.sleep(pause)
        raise RuntimeError(self._settings.with_name("air.log").read_text())

    def until_sending(self) -> dict[str, Any]:
        return self.until(sending)

    def stop(self) -> float:
        """Ends the program in order; its processor seconds, children included."""
        self.ask("stop")
        used = self.process.end()
        if self.process.status != 0:
            raise RuntimeError(self._settings.with_name("air.log").read_text())
        return used

    def kill(self) -> None:
        self.process.signal(signal.SIGKILL)
        self.process.end()

    @property
    def lines(self) -> tuple[Line, ...]:
        return read_journal(self.folder / JOURNAL).lines


def sending(status: dict[str, Any]) -> bool:
    """Whether every destination takes the program."""
    return all(destination["state"] == "sending" for destination in status["destinations"])
