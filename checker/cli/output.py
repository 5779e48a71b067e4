"""Where reports go: standard output or a file, in which form, how wide, and in colours or not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from attrs import frozen

from checker.cli.streams import reports, write_report
from checker.lang.errors import CallError
from checker.library import on_command_line

if TYPE_CHECKING:
    from checker.result.result import Result
    from checker.result.trace import Trace

WIDTH = 100
NARROWEST, WIDEST = 60, 160


def wants_colour(stream: IO[Any] | None) -> bool:
    """Whether a stream is a terminal whose user has not asked for no colours."""
    if stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def width_of(stream: IO[Any] | None) -> int:
    """The columns of a terminal, within reason; a fixed number for files and pipes."""
    if stream is None or not stream.isatty():
        return WIDTH
    return min(max(shutil.get_terminal_size((WIDTH, 24)).columns, NARROWEST), WIDEST)


@frozen
class Destination:
    """Where and how a report is to be written, as the options say."""

    form: str = "text"
    output: str | None = None
    trace_file: str | None = None
    witnesses: bool = False

    def prepare(self) -> None:
        """See that the files can be written, before a long search and not after it."""
        for option, file in (("--output", self.output), ("--trace", self.trace_file)):
            if file is not None and not _writable(Path(file)):
                raise CallError(
                    "call/cannot-write",
                    f"the file `{file}` cannot be written",
                    why="Its folder is missing, or may not be written to.",
                    instead="Name a file in a folder that exists.",
                    at=on_command_line(f"{option} {file}", len(option) + 1),
                )

    def write(self, result: Result) -> None:
        """Write the report of a result, and its counterexample where that was asked for."""
        if self.output is not None:
            _write(self.output, self._render(result, WIDTH, colour=False))
            click.echo(f"{result.spec}: {result.verdict}; the report is in {self.output}", err=True)
        else:
            self.echo(self._render(result, *self._look()))
        if self.trace_file is not None:
            self._write_trace(result, self.trace_file)

    def echo(self, text: str) -> None:
        """Print to standard output, which is where reports and nothing else goes."""
        write_report(text, colour=self._look()[1])

    def echo_trace(self, trace: Trace, title: str) -> None:
        """Print a trace on its own."""
        from checker.report.text import render_trace

        width, colour = self._look()
        self.echo(render_trace(trace, title=title, width=width, colour=colour))

    def _look(self) -> tuple[int, bool]:
        stream = reports()
        return width_of(stream), wants_colour(stream)

    def _render(self, result: Result, width: int, colour: bool) -> str:
        if self.form == "json":
            from checker.report import as_json

            return as_json.render(result)
        if self.form == "junit":
            from checker.report import junit

            return junit.render(result)
        from checker.report import text

        return text.render(result, width=width, colour=colour, witnesses=self.witnesses)

    def _write_trace(self, result: Result, file: str) -> None:
        traced = [prop for prop in result.violated if prop.trace is not None]
        if not traced:
            old = "; the file that is there is from before" if Path(file).exists() else ""
            if result.proof is not None and result.proof.failures:
                old += "; a counterexample to induction is no behaviour of the spec, and stands in the report"
            click.echo(f"no counterexample, so {file} was not written{old}", err=True)
            return
        if file.endswith(".itf.json"):
            from checker.report.as_itf import render_trace
        else:
            from checker.report.as_json import render_trace
        _write(file, render_trace(result, traced[0]))
        click.echo(f"the counterexample to {traced[0].name} is in {file}", err=True)


def prepare_folder(option: str, folder: str) -> None:
    """Make a folder, or see that it is empty and can be written to, before a long run and not after it."""
    there = Path(folder)
    at = on_command_line(f"{option} {folder}", len(option) + 1)
    try:
        there.mkdir(exist_ok=True)
        full = any(there.iterdir())
        (there / ".quorate").touch()
        (there / ".quorate").unlink()
    except OSError as error:
        raise CallError(
            "call/cannot-write",
            f"the folder `{folder}` cannot be written to",
            why=f"It may not be written to, or the folder around it is missing ({error.strerror}).",
            instead="Name a folder that exists, or a new one in a folder that exists.",
            at=at,
        ) from error
    if full:
        raise CallError(
            "call/not-empty",
            f"the folder `{folder}` is not empty",
            why="Whoever checks what is written there would check what was there before as well.",
            instead="Name a new folder, or an empty one.",
            at=at,
        )


def _writable(file: Path) -> bool:
    if file.exists():
        return file.is_file() and os.access(file, os.W_OK)
    return file.parent.is_dir() and os.access(file.parent, os.W_OK)


def _write(file: str, text: str) -> None:
    try:
        Path(file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CallError(
            "call/cannot-write",
            f"the file `{file}` cannot be written: {error.strerror}",
            instead="Name another file; the search has to be run again.",
        ) from error
