"""A mistake as a reader wants it: what is wrong, where, why, and what to write instead.

    error[action/raises]: the action `ticks` of `Counter` raised KeyError: 3
      --> counter.py:20:16
       |
    20 |         return s.table[3]
       |                ^^^^^^^^^^
    why: An action returns the next state, or None where it is not enabled; it never raises.
    instead: Test for the case first and return None, or mend the expression shown here.

Pure but for reading the source line.  Colours are plain escape codes, so that nothing heavy has to
be imported to report that an import failed.
"""

from __future__ import annotations

import linecache
import os
import textwrap
from pathlib import Path

from checker.lang.errors import Location, Problem, QuorateError

WIDTH = 100
BOLD, RED, BLUE, GREEN = "1", "1;31", "1;34", "1;32"


def render_error(error: QuorateError, *, colour: bool = False, width: int = WIDTH) -> str:
    """The message of a mistake in a spec or a call, ready to print."""
    return render_problem(error.problem, colour=colour, width=width)


def render_problem(problem: Problem, *, colour: bool = False, width: int = WIDTH) -> str:
    """One problem as text; it ends with a line break."""
    pen = _Pen(colour)
    head = f"{pen(f'error[{problem.code}]', RED)}{pen(': ' + problem.what, BOLD)}"
    lines = head.splitlines()
    if problem.at is not None:
        lines += _place(problem.at, pen)
    for label, style, text in (
        ("why", BLUE, problem.why),
        *(("note", BLUE, note) for note in problem.notes),
        ("instead", GREEN, problem.instead),
    ):
        if text:
            lines += _paragraph(label, style, text, pen, width)
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Pen:
    """Writes in colours, or not."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour else text


def _place(at: Location, pen: _Pen) -> list[str]:
    """Where it is, the source line, and carets under the culprit."""
    given = at.source is not None
    source = at.source if at.source is not None else linecache.getline(at.file, at.line)
    source = source.rstrip("\n")
    number = "" if given else str(at.line)
    gutter = " " * len(number)
    name = at.file if given else f"{shorten(at.file)}:{at.line}:{at.column}"
    lines = [f"{gutter}{pen('-->', BLUE)} {name}" if number else f" {pen('-->', BLUE)} {name}"]
    if not source:
        return lines
    end = at.end if at.end is not None else at.column + 1
    # Tabs stay tabs under tabs, so that the carets stand where the eye expects them.
    pad = "".join("\t" if letter == "\t" else " " for letter in source[: at.column - 1])
    carets = "^" * max(1, min(end, len(source) + 2) - at.column)
    bar = pen("|", BLUE)
    return [
        *lines,
        f"{gutter} {bar}",
        f"{pen(number, BLUE)} {bar} {source}",
        f"{gutter} {bar} {pad}{pen(carets, RED)}",
    ]


def _paragraph(label: str, style: str, text: str, pen: _Pen, width: int) -> list[str]:
    """A labelled remark, wrapped under its first word, with paths as seen from here."""
    text = text.replace(f"{Path.cwd()}{os.sep}", "")
    indent = " " * (len(label) + 2)
    wrapped = [
        line
        for piece in text.splitlines()
        for line in textwrap.wrap(
            piece, max(width - len(indent), 20), break_long_words=False, break_on_hyphens=False
        )
    ]
    first, *rest = wrapped or [""]
    return [f"{pen(label + ':', style)} {first}", *(indent + line for line in rest)]


def shorten(file: str) -> str:
    """A path as seen from the current folder, where it lies below that."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file
