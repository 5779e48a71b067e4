"""One line for each model of the library, when all are checked."""

from __future__ import annotations

from collections.abc import Sequence

from checker.report.text import render_lines
from checker.report.trace import Line
from checker.result.everything import Checked
from checker.result.result import Result

WIDTH = 160
ID = 42


def line_of(one: Checked, *, colour: bool = False) -> str:
    """A mark, the spec, and what came out; for a difference, what was expected."""
    good = one.difference is None
    said = _said(one.result) if good and one.result is not None else f"NOT AS EXPECTED: {one.difference}"
    mark = ("✓ ", "green") if good else ("✗ ", "bold red")
    line = Line((mark, (one.spec.ljust(ID), ""), (" " + said, "")))
    return render_lines([line], width=WIDTH, colour=colour)


def _said(result: Result) -> str:
    if not result.violated:
        return f"{result.verdict}, {_states(result):,} states, {result.seconds:.1f} s"
    (prop,) = result.violated
    assert prop.trace is not None
    length = "for ever" if prop.trace.loop is not None else f"after {len(prop.trace.steps) - 1} steps"
    return f"violated as expected: {prop.name}, {length}, {result.seconds:.1f} s"


def _states(result: Result) -> int:
    assert result.states is not None
    return result.states.represented or result.states.distinct


def total(found: Sequence[Checked], seconds: float, *, interrupted: bool) -> str:
    """How many there were, and how many were not as expected."""
    wrong = sum(one.difference is not None for one in found)
    text = f"{len(found)} models, {wrong or 'none'} not as expected; {seconds:.0f} s"
    return render_lines([Line(((text + ("; interrupted" if interrupted else ""), "bold"),))], width=WIDTH)
