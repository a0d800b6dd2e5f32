"""The runs of ffmpeg of one composing: an argv comes in, what was said goes out or one clear error.

They run in several threads and can be stopped together, so that Ctrl-C leaves no program behind.
"""

import threading
from collections.abc import Callable, Sequence

from pipeline.errors import OutsideError, Text, ToolError
from pipeline.tools import Child

NO_SPACE = "No space left on device"  # what ffmpeg says of ENOSPC


class Runs:
    """Runs programs until told to stop; then every run, and every later one, ends at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Child] = set()
        self._stopped = False

    def run(
        self, argv: Sequence[str], *, deadline: float, on_line: Callable[[str], None] | None = None
    ) -> str:
        """Runs to the end and returns the end of standard error; `on_line` sees standard output.

        Raises ToolError when the status isn't 0, ToolTimeout after `deadline` seconds, OutsideError
        when it can't be started or the disk is full.
        """
        with self._lock:
            if self._stopped:
                raise OutsideError(Text("dihentikan", "stopped"))
            child = Child(argv, on_line=on_line)
            self._running.add(child)
        try:
            status = child.wait(deadline)
        finally:
            child.stop()
            self._running.discard(child)
        if status != 0:
            raise _failure(child.program, status, child.tail)
        return child.tail

    def stop(self) -> None:
        """Ends everything that runs."""
        with self._lock:
            self._stopped = True
        for child in tuple(self._running):
            child.stop()


def _failure(program: str, status: int, tail: str) -> OutsideError:
    return disk_refused(NO_SPACE) if NO_SPACE in tail else ToolError(program, status, tail)


def disk_refused(why: object) -> OutsideError:
    """The disk didn't take what was composed."""
    return OutsideError(
        Text(f"segmen tak dapat ditulis: {why}", f"can't write segments: {why}"),
        Text(
            "Kosongkan ruang disk, atau pindahkan `state` di settings.yaml.",
            "Free some disk space, or move `state` in settings.yaml.",
        ),
    )
