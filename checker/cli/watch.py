"""What surrounds a run on a terminal: a live display of progress, and Ctrl-C.

The display goes to standard error, and only to a terminal.  The first Ctrl-C asks the run to stop, so that
what it has found is reported; the second one ends the process.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import click
from attrs import define

from checker.explore.budget import GIB, Progress, ProgressSink

if TYPE_CHECKING:
    from checker.result.proof import ProofProgress, ProofSink

P = TypeVar("P")


@define
class Watch(Generic[P]):
    """What a run is given: where to report progress, and whether to stop."""

    sink: Callable[[P], None] | None = None
    pressed: bool = False

    def stopped(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.pressed


def watching() -> AbstractContextManager[Watch[Progress]]:
    """Show progress and listen for Ctrl-C while a search runs."""
    return _watching(_live_line)


def watching_proof() -> AbstractContextManager[Watch[ProofProgress]]:
    """Show the obligations and listen for Ctrl-C while a proof is looked for."""
    return _watching(_live_table)


@contextmanager
def _watching(display: Callable[[], AbstractContextManager[Callable[[P], None]]]) -> Iterator[Watch[P]]:
    watch: Watch[P] = Watch()
    with _interruptible(watch):
        if sys.stderr is None or not sys.stderr.isatty():
            yield watch
            return
        with display() as sink:
            watch.sink = sink
            yield watch


@contextmanager
def _interruptible(watch: Watch[Any]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def press(*_: Any) -> None:
        watch.pressed = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        click.echo("stopping; the report follows. Ctrl-C again ends at once.", err=True)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _live_line() -> Iterator[ProgressSink]:
    """A line that rich rewrites in place, and takes away at the end."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:

        def show(progress: Progress) -> None:
            live.update(Text(describe(progress), "dim", no_wrap=True, overflow="ellipsis"), refresh=True)

        yield show


@contextmanager
def _live_table() -> Iterator[ProofSink]:
    """A table that a thread of rich redraws in place, with a clock, and takes away at the end."""
    from rich.console import Console
    from rich.live import Live

    from checker.report.obligations import progress_view

    console = Console(stderr=True)
    latest: list[tuple[ProofProgress, float]] = []

    def draw() -> Any:
        if not latest:
            return ""
        progress, came = latest[-1]
        passed = progress.seconds + time.monotonic() - came
        return progress_view(progress, passed, width=console.width, height=console.height - 1)

    with Live(console=console, get_renderable=draw, refresh_per_second=4, transient=True):

        def show(progress: ProofProgress) -> None:
            latest[:] = [(progress, time.monotonic())]

        yield show


def describe(progress: Progress) -> str:
    """How far a search has come, on one line."""
    rate = progress.generated / progress.seconds if progress.seconds else 0
    return (
        f"{progress.states:,} states   {rate:,.0f} generated/s   depth {progress.depth}   "
        f"queue {progress.queue:,}   memory {progress.memory_bytes / GIB:.2f} GB   {progress.seconds:.0f} s"
    )
