"""What a process and all its children use of the processor; the kernel's own account of them."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


_started: "list[Process]" = []


def end_all() -> None:
    """Ends what still runs, after something went wrong."""
    for process in _started:
        if process.alive:
            process.signal(signal.SIGTERM)
            process.end()


class Process:
    """A program that was started; what it says goes to `log`."""

    def __init__(self, argv: Sequence[str], log: Path, folder: Path | None = None) -> None:
        with log.open("ab") as said:
            self._popen = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder
            )
        self.pid = self._popen.pid
        _started.append(self)

    @property
    def alive(self) -> bool:
        return self._popen.returncode is None and self._popen.poll() is None

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def cpu(self) -> float:
        """Processor seconds so far, of all its threads and children, those that ended included."""
        return _cpu(self.pid)

    def end(self) -> float:
        """Waits for its end; all processor seconds that it and the children that it awaited used."""
        if self._popen.returncode is not None:
            raise RuntimeError(f"{self._popen.args!r} has ended by itself")
        _, status, used = os.wait4(self.pid, 0)
        self._popen.returncode = os.waitstatus_to_exitcode(status)
        return used.ru_utime + used.ru_stime

    @property
    def status(self) -> int | None:
        return self._popen.returncode


def _cpu(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(n) for task in tasks for n in (task / "children").read_text().split()]
    except OSError:  # it has just ended: its parent's account has it
        return 0.0
    own = sum(int(ticks) for ticks in stat.rpartition(")")[2].split()[11:15]) / TICK
    return own + sum(_cpu(child) for child in children)
