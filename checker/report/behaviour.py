"""A whole behaviour as text: lanes, steps, where a lasso goes round or stops, and why it is fair.

    1  ask(c1)
         at[c1]   IDLE → WAITING
    ── the loop begins here, in state 1
    2  grant(c2)
    ...
    ── back in state 1, and so on for ever

The steps of a refinement have those of the abstract model beside them: `checker.report.beside`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checker.report.beside import beside_lines
from checker.report.lanes import draw
from checker.report.trace import START, Line, line, step_lines, wrapped
from checker.result.trace import Assumed, Step, Trace

NARROWEST_REASON = 36
"""Columns that the reason needs beside an assumption of fairness; with less it stands below."""

FEWEST_TOGETHER = 5
"""Assumptions of one kind, satisfied in the same way, are shown as one if there are so many."""

UNASSUMED = "no fairness is assumed: a behaviour may stop anywhere, and never take what it could take"


def size_of(trace: Trace) -> str:
    """How long a behaviour is, and how it goes on: `of 3 steps`, `of 1 step, then a loop of 4`."""
    count = len(trace.steps) - 1
    if trace.loop is None:
        return f"of {_steps(count)}"
    if trace.stops:
        return f"of {_steps(count)}, and there it stops for ever" if count else "of no step: it never begins"
    return f"of {_steps(trace.loop)}, then a loop of {count - trace.loop} for ever"


def _steps(count: int) -> str:
    return f"{count} step{'s' * (count != 1)}"


def trace_lines(trace: Trace, width: int, start: str = START) -> list[Line]:
    """A trace step by step, and its lane diagram first where it has lanes; `start` says where it begins."""
    lines: list[Line] = []
    diagram = draw(trace, width - 2)
    if diagram:
        lines += [line("  " + text, "dim" if not place else "") for place, text in enumerate(diagram)]
        lines.append(line())
    before: Step | None = None
    for number, step in enumerate(trace.steps):
        if trace.beside is not None:
            lines += beside_lines(trace, number, width)
        else:
            lines += step_lines(number, step, before, width, start)
        lines += _mark(trace, number, width)
        before = step
    if trace.loop is not None and trace.kind == "counterexample":
        lines += [line(), *fairness_lines(trace.fairness, width)]
    return lines


def _mark(trace: Trace, number: int, width: int) -> list[Line]:
    """What is to be said of the loop after a step."""
    if trace.loop is None:
        return []
    last = number == len(trace.steps) - 1
    if last and trace.stops:
        return wrapped("── here it stops for ever", width, 2, "bold yellow", hang=3)
    if last:
        return wrapped(f"── back in state {trace.loop}, and so on for ever", width, 2, "bold yellow", hang=3)
    if number == trace.loop:
        return wrapped(f"── the loop begins here, in state {number}", width, 2, "bold yellow", hang=3)
    return []


def fairness_lines(fairness: Sequence[Assumed], width: int) -> list[Line]:
    """Why a lasso is fair: each assumption, and how the loop satisfies it."""
    if not fairness:
        return wrapped(UNASSUMED, width, 2)
    lines = [line("  fair, because", "bold")]
    rows = _together(fairness)
    column = max(len(assumption) for assumption, _ in rows) + 7
    for assumption, how in rows:
        if width - column >= NARROWEST_REASON:
            first, *rest = wrapped(how, width, column, hang=0) or [line()]
            label = " " * 4 + assumption.ljust(column - 4)
            lines += [Line(((label, ""), (first.text.lstrip(), "dim"))), *(_dim(each) for each in rest)]
        else:
            lines += wrapped(assumption, width, 4)
            lines += wrapped(how, width, 8, "dim", hang=0)
    return lines


def _together(fairness: Sequence[Assumed]) -> list[tuple[str, str]]:
    """Assumptions and how they are satisfied: where many of a kind are in the same way, as one."""
    of_kind = Counter(assumed.kind for assumed in fairness)
    alike = Counter((assumed.kind, assumed.how) for assumed in fairness)
    rows: dict[tuple[str, str], None] = {}
    for one in fairness:
        count = alike[one.kind, one.how]
        title = one.assumption
        if one.kind and count >= FEWEST_TOGETHER:
            all_ = "all " if count == of_kind[one.kind] else ""
            among = "" if all_ else f" of {of_kind[one.kind]:,}"
            title = f"{one.kind} for {all_}{count:,}{among} values"
        rows[title, one.how] = None
    return list(rows)


def _dim(each: Line) -> Line:
    return line(each.text, "dim")
