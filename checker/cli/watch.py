"""What surrounds a search on a terminal: a live line of progress, and Ctrl-C.

The line goes to standard error, and only to a terminal.  The first Ctrl-C asks the search to stop,
so that what it has found is reported; the second one ends the process.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from attrs import define

from checker.explore.budget import GIB, Progress, ProgressSink


@define
class Watch:
    """What a search is given: where to report progress, and whether to stop."""

    sink: ProgressSink | None = None
    pressed: bool = False

    def stopped(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.pressed


@contextmanager
def watching() -> Iterator[Watch]:
    """Show progress and listen for Ctrl-C while a search runs."""
    watch = Watch()
    with _interruptible(watch):
        if sys.stderr is None or not sys.stderr.isatty():
            yield watch
            return
        with _live_line() as sink:
            watch.sink = sink
            yield watch


@contextmanager
def _interruptible(watch: Watch) -> Iterator[None]:
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


def describe(progress: Progress) -> str:
    """How far a search has come, on one line."""
    rate = progress.generated / progress.seconds if progress.seconds else 0
    return (
        f"{progress.states:,} states   {rate:,.0f} generated/s   depth {progress.depth}   "
        f"queue {progress.queue:,}   memory {progress.memory_bytes / GIB:.2f} GB   {progress.seconds:.0f} s"
    )
