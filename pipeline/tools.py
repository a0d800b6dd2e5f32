"""Finds and runs external programs: an argv comes in, standard output or one clear error goes out.

Every run has a deadline; a program that passes it is asked to end, then killed. The end of its
standard error is kept for the message. Nothing else in the package may start a process.
"""

import collections
import contextlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from pipeline.errors import OutsideError, Text, ToolError, ToolTimeout

TAIL_LINES = 40
GRACE_SECONDS = 3.0


def find_ffmpeg(named: Path | None = None) -> str:
    """The ffmpeg to use: the one named in the settings, else the one inside the wheel."""
    if named is not None:
        found = shutil.which(named)
        if found is None:
            raise OutsideError(
                Text(f"ffmpeg tidak ada: {named}", f"no ffmpeg at {named}"),
                Text(
                    "Perbaiki TAYANG_FFMPEG, atau hapus agar memakai ffmpeg bawaan.",
                    "Correct TAYANG_FFMPEG, or unset it to use the built-in one.",
                ),
            )
        return found
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise OutsideError(
            Text("ffmpeg tidak ditemukan", "no ffmpeg found"),
            Text("Setel TAYANG_FFMPEG ke berkas ffmpeg.", "Set TAYANG_FFMPEG to an ffmpeg binary."),
        ) from error


class Child:
    """A running program. Its standard error is drained; its standard output goes to `on_line`."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        feed: bool = False,
        on_line: Callable[[str], None] | None = None,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.program = Path(argv[0]).name.split("-linux")[0]
        self._tail: collections.deque[str] = collections.deque(maxlen=TAIL_LINES)
        try:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE if feed else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=pass_fds,
                start_new_session=True,  # Ctrl-C in the terminal is ours to pass on, in order
            )
        except OSError as error:
            raise OutsideError(
                Text(f"{argv[0]} tak dapat dijalankan: {error}", f"can't run {argv[0]}: {error}")
            ) from error
        self._readers = [
            self._reader(self._process.stderr, self._tail.append),
            self._reader(self._process.stdout, on_line or (lambda line: None)),
        ]

    @staticmethod
    def _reader(stream: IO[bytes] | None, take: Callable[[str], None]) -> threading.Thread:
        def drain() -> None:
            assert stream is not None
            with stream:
                for raw in stream:
                    take(raw.decode("utf-8", "replace").rstrip("\r\n"))

        thread = threading.Thread(target=drain, daemon=True)
        thread.start()
        return thread

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def stdin(self) -> IO[bytes]:
        """Where to write what the program reads (only with `feed=True`)."""
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def status(self) -> int | None:
        """The exit status, or None while it runs."""
        return self._process.poll()

    @property
    def tail(self) -> str:
        """The last lines of standard error."""
        return "\n".join(self._tail)

    def wait(self, deadline: float) -> int:
        """Waits for the end and for its last lines; ToolTimeout after `deadline` seconds."""
        try:
            status = self._process.wait(deadline)
        except subprocess.TimeoutExpired as error:
            self.stop()
            raise ToolTimeout(self.program, deadline) from error
        self._finish()
        return status

    def stop(self) -> None:
        """Asks the program to end, kills it when it doesn't; returns when it is gone."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._finish()

    def kill(self) -> None:
        """Ends the program at once."""
        self._process.kill()
        self._process.wait()

    def _finish(self) -> None:
        for reader in self._readers:
            reader.join(GRACE_SECONDS)
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):  # the other end is gone: nothing is left to flush
                self._process.stdin.close()


def start_apart(argv: Sequence[str], log: Path) -> Callable[[], bool]:
    """Starts a program that outlives this one; what it says is appended to `log`.

    Gives what tells whether it still runs.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as said:
            process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
            )
    except OSError as error:
        raise OutsideError(
            Text(f"{argv[0]} tak dapat dijalankan: {error}", f"can't run {argv[0]}: {error}")
        ) from error
    waiting = threading.Thread(target=process.wait, daemon=True)  # or it would stay as a zombie
    waiting.start()
    return waiting.is_alive


def run(
    argv: Sequence[str],
    *,
    deadline: float,
    on_line: Callable[[str], None] | None = None,
) -> tuple[str, str]:
    """Runs a program to its end and returns (standard output, end of standard error).

    `on_line` sees each line of standard output as it comes. Raises ToolError when the status isn't
    0, ToolTimeout after `deadline` seconds, OutsideError when it can't be started.
    """
    lines: list[str] = []

    def take(line: str) -> None:
        lines.append(line)
        if on_line is not None:
            on_line(line)

    child = Child(argv, on_line=take)
    try:
        status = child.wait(deadline)
    except BaseException:
        child.stop()
        raise
    if status != 0:
        raise ToolError(child.program, status, child.tail)
    return "\n".join(lines), child.tail
