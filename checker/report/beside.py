"""A behaviour and the abstract one that its refinement mapping gives, step by step.

In two columns where the width allows it; otherwise each abstract step stands below its own, indented
behind a bar.  A step without an abstract action stutters if it leaves the abstract state as it is; if it
changes that, no abstract step does the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.report.trace import START, Line, change_lines, line, parts_lines, step_lines, wrapped
from checker.result.show import call
from checker.result.trace import Trace, changes

TWO_COLUMNS = 120
"""From this width on, both behaviours stand side by side."""

BAR = "│ "
INDENT = 9
"""Where the abstract step stands below its own."""


def beside_lines(trace: Trace, number: int, width: int) -> list[Line]:
    """One step of a trace, with the step of the abstract behaviour that it stands for."""
    before = trace.steps[number - 1] if number else None
    step = trace.steps[number]
    if width < TWO_COLUMNS:
        below = _abstract(trace, number, width - INDENT - len(BAR))
        barred = [Line(((" " * INDENT + BAR, "dim"), *each.pieces)) for each in below]
        return [*step_lines(number, step, before, width), *barred]
    half = (width - len(BAR)) // 2
    left = step_lines(number, step, before, half - 1)
    return list(_side_by_side(left, _abstract(trace, number, width - half - len(BAR)), half))


def _side_by_side(left: list[Line], right: list[Line], half: int) -> Iterator[Line]:
    """Two columns with a bar between them; a line that is too long for its column has one to itself."""
    while left or right:
        wide = bool(left) and len(left[0].text) >= half
        one = left.pop(0) if left else line()
        other = right.pop(0) if right and not wide else None
        if wide:
            yield one
            continue
        gap = (" " * (half - len(one.text)), ""), (BAR if other else BAR.rstrip(), "dim")
        yield Line((*one.pieces, *gap, *(other.pieces if other else ())))


def _abstract(trace: Trace, number: int, width: int) -> list[Line]:
    """What a step is to the abstract model."""
    assert trace.beside is not None
    of = trace.beside.model or "the abstract model"
    if number >= len(trace.beside.steps):
        return wrapped(f"no step of {of} does this", width, 0, "bold red")
    step = trace.beside.steps[number]
    if number == 0:
        return [*_first(trace, of, width), *parts_lines(step.state, width, 2)]
    found = changes(trace.beside.steps[number - 1].state, step.state)
    if step.action is not None:
        head = wrapped(f"{of}: {call(step.action, step.arguments)}", width, 0, "bold")
    elif not found:
        return wrapped(f"{of}: stutters", width, 0, "dim")
    else:
        head = wrapped(f"no step of {of} does this", width, 0, "bold red")
    return [*head, *change_lines(found, width, 2)]


def _first(trace: Trace, of: str, width: int) -> list[Line]:
    """An initial state is what it should be, unless nothing but it is shown of a violation."""
    if trace.kind == "counterexample" and len(trace.steps) == 1:
        return wrapped(f"no initial state of {of}", width, 0, "bold red")
    return wrapped(f"{of}: {START}", width, 0, "bold")
