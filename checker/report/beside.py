"""A behaviour and the abstract one that its refinement mapping gives, step by step.

In two columns where the width allows it; otherwise each abstract step stands below its own, indented
behind a bar.  What a step is to the abstract model the trace says; nothing of that is found out here.
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.report.trace import START, Line, change_lines, line, parts_lines, step_lines, wrapped
from checker.result.show import call
from checker.result.trace import Counterpart, Step, Trace, changes

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
    step, counterpart = trace.beside.steps[number], trace.beside.counterparts[number]
    if counterpart == "stutter":
        return wrapped(f"{of}: stutters", width, 0, "dim")
    if counterpart == "none":
        what = f"no step of {of} does this" if number else f"no initial state of {of}"
        head = wrapped(what, width, 0, "bold red")
    else:
        head = wrapped(f"{of}: {_named(step, counterpart)}", width, 0, "bold")
    if number == 0:
        return [*head, *parts_lines(step.state, width, 2)]
    return [*head, *change_lines(changes(trace.beside.steps[number - 1].state, step.state), width, 2)]


def _named(step: Step, counterpart: Counterpart) -> str:
    if step.action is not None:
        return call(step.action, step.arguments)
    return START if counterpart == "initial" else "a state"
