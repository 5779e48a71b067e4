"""A trace as lanes: one column for each node, one row for each step, messages as arrows.

           n1      n2      n3
      1    ●       │       │     timeout
      2    ○──────▶●       │     RequestVote(term=1)
      3    │       ●       │     becomes leader

A double line stands where the loop of a lasso begins, and where it ends.

The rule it keeps: a label is never cut, so labels stand to the right of the lanes, where they may
wrap.  Lanes are drawn from `Step.event`; what an event means is the model's to say.
"""

from __future__ import annotations

import textwrap
from typing import Any

from checker.result.show import call, show
from checker.result.trace import Step, Trace

GUTTER = 5
"""Columns for the number of the step."""

MIN_LANE, MAX_LANE, MIN_LABEL = 4, 10, 24


def draw(trace: Trace, width: int = 100) -> list[str]:
    """The lines of the diagram; none for a trace without lanes, or with too many for the width."""
    names = [show(lane) for lane in trace.lanes]
    room = width - GUTTER - MIN_LABEL
    if not names or room < MIN_LANE * len(names):
        return []
    pitch = min(MAX_LANE, max(MIN_LANE, max(map(len, names)) + 2, 8), room // len(names))
    columns = {lane: GUTTER + 2 + place * pitch for place, lane in enumerate(trace.lanes)}
    label_at = GUTTER + 2 + len(names) * pitch
    header = _place_all(
        label_at, [(column, name) for column, name in zip(columns.values(), names, strict=True)]
    )
    lines = [header.rstrip()]
    for number, step in enumerate(trace.steps):
        if step.action is not None:
            lines += _row(number, step, columns, label_at, width)
        if (said := _of_loop(trace, number)) is not None:
            lines += _rule(said, columns, label_at, width)
    return lines


def _of_loop(trace: Trace, number: int) -> str | None:
    """What a rule after a step says of the loop of a lasso."""
    last = number == len(trace.steps) - 1
    if trace.loop is None or not (last or number == trace.loop):
        return None
    if not last:
        return f"the loop begins, in state {number}"
    return "here it stops for ever" if trace.stops else f"back in state {trace.loop}, and so on"


def _rule(said: str, columns: dict[Any, int], label_at: int, width: int) -> list[str]:
    """A double line across all lanes, and what it means."""
    crossed = "".join("╪" if place in columns.values() else "═" for place in range(label_at - 1))
    return _labelled(list(crossed + " "), columns, label_at, width, said)


def _row(number: int, step: Step, columns: dict[Any, int], label_at: int, width: int) -> list[str]:
    row = [" "] * label_at
    for column in columns.values():
        row[column] = "│"
    event = step.event
    label = event.label if event else call(step.action or "", step.arguments)
    if event is not None and event.at in columns:
        if event.sender in columns and event.sender != event.at:
            _arrow(row, columns[event.sender], columns[event.at])
        row[columns[event.at]] = "●"
    elif event is not None:
        label = f"{show(event.at)}: {label}"
    for place, digit in enumerate(f"{number:>3}"):
        row[place] = digit
    return _labelled(row, columns, label_at, width, label)


def _labelled(row: list[str], columns: dict[Any, int], label_at: int, width: int, label: str) -> list[str]:
    """A row with its label, which goes on beside the lanes where it is long."""
    indent = "".join("│" if place in columns.values() else " " for place in range(label_at))
    first, *rest = textwrap.wrap(label, max(width - label_at, 12), break_on_hyphens=False) or [""]
    return [("".join(row) + first).rstrip(), *((indent + line).rstrip() for line in rest)]


def _arrow(row: list[str], start: int, end: int) -> None:
    """A line between two columns, with a circle where it begins and a head where it arrives."""
    step = 1 if end > start else -1
    for place in range(start + step, end, step):
        row[place] = "┼" if row[place] == "│" else "─"
    row[start] = "○"
    row[end - step] = "▶" if step > 0 else "◀"


def _place_all(length: int, texts: list[tuple[int, str]]) -> str:
    """Texts centred on columns."""
    row = [" "] * (length + MAX_LANE)
    for column, text in texts:
        start = max(0, column - (len(text) - 1) // 2)
        row[start : start + len(text)] = text
    return "".join(row)
