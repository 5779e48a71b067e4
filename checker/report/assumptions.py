"""The table of assumptions as text, and as JSON with the schema `quorate.assumptions/1`."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType
from rich.text import Text

from checker.report.as_json import dump
from checker.report.layout import lines_of, table_of, to_text
from checker.report.trace import Line, wrapped
from checker.result.assumptions import Audit, Cell, WithoutOne
from checker.result.codec import encode_plain
from checker.result.result import Evidence
from checker.result.show import show

WIDTH = 100

SCHEMA = "quorate.assumptions/1"

LEGEND = (
    "✓ holds   (✓) holds within bounds that were reached   ✗5 fails after 5 steps   "
    "✗∞ fails by what goes on, or stops, for ever   ? not decided"
)


def render(audit: Audit, *, width: int = WIDTH, colour: bool = False) -> str:
    """The assumptions, numbered, then each property against each of them."""
    constants = "".join(f"  {name}={show(value)}" for name, value in audit.constants)
    head = wrapped(audit.spec + constants, width, 0, "bold", hang=len(audit.spec) + 2)
    parts: list[RenderableType] = [lines_of(head), Text(), _assumptions(audit)]
    if audit.waived:
        told = "; ".join(f"{without} ({name})" for name, without in audit.waived)
        parts += [lines_of(wrapped(f"not assumed in the first place: {told}", width, 0))]
    parts += [Text(), _cells(audit), Text(), lines_of(wrapped(LEGEND, width, 0, "dim"))]
    remarks = [each for number, row in enumerate(audit.rows, 1) for each in _remarks(row, number, width)]
    remarks = [*_remarks(audit.as_it_is, 0, width), *remarks]
    if remarks:
        parts += [Text(), lines_of(remarks)]
    failing = next((row for row in audit.rows if any(map(_fails, row.cells))), None)
    if failing is not None:
        cell = next(cell for cell in failing.cells if _fails(cell))
        told = f"a counterexample: quorate check {audit.spec} --without {_quoted(failing.name)} --property "
        parts += [Text(), lines_of(wrapped(told + cell.property, width, 0))]
    return to_text(parts, width, colour)


def _assumptions(audit: Audit) -> RenderableType:
    table = table_of(("", True), ("assumption", False), ("kind", False), ("without it", False))
    for number, row in enumerate(audit.rows, 1):
        table.add_row(str(number), Text(row.name), row.kind, Text(row.without))
    if not audit.rows:
        table.add_row("", "none is marked", "", "")
    return table


def _cells(audit: Audit) -> RenderableType:
    numbers = [(str(number), False) for number, _ in enumerate(audit.rows, 1)]
    table = table_of(("property", False), ("as is", False), *numbers, gap=2)
    for place, (name, _) in enumerate(audit.properties):
        cells = [row.cells[place] for row in (audit.as_it_is, *audit.rows)]
        table.add_row(Text(name), *(Text(_mark(cell), _style(cell)) for cell in cells))
    return table


def _mark(cell: Cell) -> str:
    match cell.verdict.evidence:
        case Evidence.VIOLATED:
            return "✗∞" if cell.lasso else f"✗{cell.steps}"
        case Evidence.WITHIN_BOUNDS:
            return "(✓)"
        case evidence if evidence.holds:
            return "✓"
        case _:
            return "?"


def _style(cell: Cell) -> str:
    if _fails(cell):
        return "bold red"
    return "green" if cell.verdict.evidence.holds else "yellow"


def _fails(cell: Cell) -> bool:
    return cell.verdict.evidence is Evidence.VIOLATED


def _remarks(row: WithoutOne, number: int, width: int) -> list[Line]:
    """What kept a model from being looked at as a whole."""
    label = str(number) if number else "as is"
    said = row.error or (f"stopped: {row.stopped}" if row.stopped else None)
    return wrapped(f"{label}: {said}", width, 0, "yellow") if said else []


def _quoted(name: str) -> str:
    return f"'{name}'" if " " in name else name


def render_json(audit: Audit) -> str:
    """The table as JSON text."""
    return dump(
        {
            "schema": SCHEMA,
            "spec": audit.spec,
            "constants": {name: encode_plain(value) for name, value in audit.constants},
            "exit_code": audit.exit_code,
            "max_states": audit.max_states,
            "properties": dict(audit.properties),
            "not_assumed": dict(audit.waived),
            "as_it_is": _row(audit.as_it_is),
            "without": [
                {"assumption": row.name, "kind": row.kind, "words": row.without, **_row(row)}
                for row in audit.rows
            ],
        }
    )


def _row(row: WithoutOne) -> dict[str, Any]:
    return {
        "states": row.states,
        "stopped": row.stopped,
        "error": row.error,
        "verdicts": {
            cell.property: {"verdict": str(cell.verdict), "steps": cell.steps, "lasso": cell.lasso}
            for cell in row.cells
        },
    }
