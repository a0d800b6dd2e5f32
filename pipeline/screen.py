"""What the commands say: to a terminal with colours and progress, elsewhere in plain lines.

People read standard error; standard output belongs to `--json` and to what was asked for.
"""

import json
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from pipeline.errors import Fault, InputFaults, OutsideError, TayangError, Text


class _Console(Console):
    """What can't be said stops no work: nobody listens any more, or the disk of its log is full."""

    def print(self, *objects: Any, **options: Any) -> None:
        with suppress(OSError):
            super().print(*objects, **options)

    def on_broken_pipe(self) -> None:
        self.quiet = True


console = _Console(stderr=True, highlight=False)


def say(text: Text, style: str = "") -> None:
    """One sentence, Indonesian first, English beside it; once when it is the same in both."""
    head = f"[{style}]{escape(text.id)}[/]" if style else escape(text.id)
    beside = f" [dim]· {escape(text.en)}[/]" if text.en != text.id else ""
    console.print(head + beside, soft_wrap=True)


def headline(text: Text) -> None:
    """The title of a step."""
    console.print()
    console.print(f"[bold]{escape(text.id)}[/] [dim]· {escape(text.en)}[/]")


def list_faults(faults: Iterable[Fault], style: str, sign: str) -> None:
    """Each fault with its place, what it is, and what to do."""
    for fault in faults:
        console.print(f"[{style}]{sign}[/] [bold]{escape(fault.where)}[/]", soft_wrap=True)
        say(Text(f"    {fault.what.id}", fault.what.en))
        if fault.hint is not None:
            say(Text(f"    → {fault.hint.id}", fault.hint.en), "cyan")


def show_error(error: TayangError | OSError) -> None:
    """An error that ends a command or a step of it."""
    if isinstance(error, OSError):
        error = _of_the_machine(error)
    say(error.what, "bold red")
    if isinstance(error, InputFaults):
        list_faults(error.faults, "red", "✗")
    if error.hint is not None:
        say(error.hint, "cyan")


def _of_the_machine(error: OSError) -> OutsideError:
    """Disk full, no permission: what no driver knows more of."""
    where = f"{error.filename}: " if error.filename else ""
    what = f"{where}{error.strerror or error}"
    return OutsideError(
        Text(what, what),
        Text("Periksa ruang disk dan izin foldernya.", "Check disk space and permissions."),
    )


def give_json(document: Any) -> None:
    """The one document of `--json`."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")


Tell = Callable[[int, int, str], None]


@contextmanager
def progress(what: Text) -> Iterator[Tell]:
    """A bar on a terminal, a line every tenth elsewhere; told (done, whole, what is being done)."""
    if console.is_terminal:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(compact=True),
            TextColumn("[dim]{task.fields[detail]}"),
        )
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task(escape(what.id), total=None, detail="")

            def tell(done: int, whole: int, detail: str) -> None:
                bar.update(task, completed=done, total=whole, detail=escape(detail))

            yield tell
    else:
        said = -1

        def tell_plainly(done: int, whole: int, detail: str) -> None:
            nonlocal said
            tenth = 10 * done // whole if whole else 10
            if tenth > said:
                said = tenth
                line = f"{what.id} · {what.en}: {tenth * 10} % {detail}"
                console.print(line, markup=False, soft_wrap=True)

        yield tell_plainly


@contextmanager
def telling(tell: Callable[[Any], None]) -> Iterator[Callable[[Any], None]]:
    """A way to tell that never waits: what a blocked terminal or pipe can't take is dropped."""
    waiting: queue.Queue[Any] = queue.Queue(1000)

    def tell_all() -> None:
        while (what := waiting.get()) is not None:
            with suppress(OSError):  # whoever listened is gone
                tell(what)

    def take(what: Any) -> None:
        with suppress(queue.Full):
            waiting.put_nowait(what)

    thread = threading.Thread(target=tell_all, name="telling", daemon=True)
    thread.start()
    try:
        yield take
    finally:
        take(None)
        thread.join(1.0)
