"""Which stream gets what: reports alone go to standard output, all else to standard error.

While a command runs, `sys.stdout` is standard error, so that a `print` in a spec cannot corrupt a
report.  Only `reports` knows the stream that reports go to.  A stream that cannot be written is the
caller's to mend: CallError, and no traceback.  This module imports nothing heavy.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import IO, Any

import click

_kept: list[IO[Any] | None] = []


def reports() -> IO[Any] | None:
    """The stream for reports: the standard output of the process; None where that is closed."""
    return _kept[-1] if _kept else sys.stdout


@contextmanager
def reports_alone() -> Iterator[None]:
    """Send to standard error whatever is printed meanwhile."""
    _kept.append(sys.stdout)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        _kept.pop()


def write_report(text: str, *, colour: bool) -> None:
    """Write to the stream for reports; CallError where that cannot be done."""
    stream = reports()
    if stream is None:
        raise _cannot_write("it is closed")
    try:
        click.echo(text, file=stream, nl=False, color=colour)
    except BrokenPipeError:
        raise
    except OSError as error:
        give_up(stream)
        raise _cannot_write(error.strerror or str(error)) from error


def give_up(stream: IO[Any] | None) -> None:
    """Throw away what a stream still holds, or Python would try again at the end and complain."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[union-attr]
        os.close(nowhere)


def unwritable(why: str) -> str:
    """What is said of a standard output that cannot be written."""
    return f"standard output cannot be written: {why}"


class Command(click.Command):
    """A command that keeps standard output for its report."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, which may print the help text."""
        try:
            return super().parse_args(ctx, args)
        except BrokenPipeError:
            raise
        except OSError as error:
            give_up(sys.stdout)
            raise _cannot_write(error.strerror or str(error)) from error

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with reports_alone():
            return super().invoke(ctx)


def _cannot_write(why: str) -> Exception:
    from checker.lang.errors import CallError

    return CallError("call/cannot-write", unwritable(why))
