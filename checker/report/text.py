"""A result as text for people: the verdict first, then what stands behind it, then the violations.

`render` is pure.  The same layout serves terminals, where it has colours, and files, where it is
plain; it fits the width it is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checker.report.behaviour import size_of, trace_lines
from checker.report.layout import GAP, lines_of, table_of, to_text
from checker.report.proof import failures_of, next_lines, proof_parts
from checker.report.trace import Line, line, wrapped
from checker.result.result import Counts, Evidence, PropertyResult, Result
from checker.result.show import show
from checker.result.trace import Trace

WIDTH = 100

NARROWEST_EVIDENCE = 30
"""Columns that the evidence of a property needs in a table."""

_GOOD, _BAD, _OPEN = "green", "bold red", "yellow"

_NAMED = {"temporal": "the temporal property ", "refinement": "the refinement "}
"""How a property is introduced where its name alone would not say what it is."""


def render(result: Result, *, width: int = WIDTH, colour: bool = False, witnesses: bool = False) -> str:
    """The report of a result; with `witnesses`, how each `sometimes` was reached as well."""
    parts: list[RenderableType] = [*_headline(result, width), Text()]
    for title, lemmas in (("property", False), ("lemma", True)):
        judged = [prop for prop in result.properties if (prop.kind == "lemma") is lemmas]
        if judged:
            parts += [_properties(judged, title, width), Text()]
    if result.states is not None:
        parts += [lines_of(_counts(result, result.states, width)), Text(), _actions(result)]
    if result.proof is not None:
        parts += proof_parts(result, result.proof, width)
    parts += _bounds(result, width)
    parts += _notes(result, width)
    if result.proof is not None and result.proof.failures:
        parts.append(lines_of(failures_of(result, result.proof, width)))
    for prop in result.properties:
        if prop.verdict.evidence is Evidence.VIOLATED:
            parts.append(lines_of(_violation(prop, width)))
        elif witnesses and prop.trace is not None:
            parts.append(lines_of(_witness(prop, prop.trace, width)))
    if result.proof is not None and (what_next := next_lines(result, result.proof, width)):
        parts.append(lines_of(what_next))
    return to_text(parts, width, colour)


def render_trace(trace: Trace, *, title: str, width: int = WIDTH, colour: bool = False) -> str:
    """A trace on its own, under a title."""
    return render_lines([line(title, "bold"), *trace_lines(trace, width)], width=width, colour=colour)


def render_lines(lines: Iterable[Line], *, width: int = WIDTH, colour: bool = False) -> str:
    """Lines that are already laid out."""
    return to_text([lines_of(lines)], width, colour)


def verdict_style(result: PropertyResult | Result) -> str:
    """The colour of a verdict: of a violation, of what holds, or of what stays open."""
    if result.verdict.evidence is Evidence.VIOLATED:
        return _BAD
    return _GOOD if result.holds else _OPEN


# -- parts of the report --


def _headline(result: Result, width: int) -> list[RenderableType]:
    constants = "".join(f"  {name}={show(value)}" for name, value in result.constants)
    style = verdict_style(result)
    names = ", ".join(prop.name for prop in result.violated)
    verdict = f"violated: {names}" if names else str(result.verdict)
    if result.stopped and not names:
        verdict += f" ({result.stopped})"
    first, *rest = wrapped(result.spec + constants, width, 0, hang=len(result.spec) + 2)
    name, others = first.text[: len(result.spec)], first.text[len(result.spec) :]
    return [lines_of([Line(((name, "bold"), (others, ""))), *rest, *wrapped(verdict, width, 0, style)])]


def _properties(judged: Sequence[PropertyResult], title: str, width: int) -> RenderableType:
    """A table, or a list where the names leave too little room for the evidence."""
    rows = [(prop.name, prop.kind, str(prop.verdict)) for prop in judged]
    taken = sum(max(len(row[place]) for row in rows) + GAP for place in range(3))
    if width - taken < NARROWEST_EVIDENCE:
        return lines_of(each for prop in judged for each in _property_lines(prop, width))
    table = table_of((title, False), ("kind", False), ("verdict", False), ("evidence", False))
    for column in table.columns[:3]:
        column.no_wrap = True
    for prop in judged:
        verdict = Text(str(prop.verdict), verdict_style(prop))
        table.add_row(Text(prop.name), Text(prop.kind), verdict, Text(prop.evidence))
    return table


def _property_lines(prop: PropertyResult, width: int) -> list[Line]:
    verdict = wrapped(f"{prop.verdict}: {prop.evidence}", width, 4, verdict_style(prop))
    return [Line(((prop.name, ""), (f"   {prop.kind}", "dim"))), *verdict]


def _counts(result: Result, states: Counts, width: int) -> list[Line]:
    kind = "state" if result.symmetry is None else "orbit"
    distinct = f"{states.distinct:,} distinct {kind}{'s' * (states.distinct != 1)}, "
    text = (
        f"{distinct if states.distinct else ''}{states.generated:,} generated, "
        f"depth {states.depth}; {result.seconds:.2f} s ({result.mode}, engine {_engine(result)})"
    )
    return [*wrapped(text, width), *_symmetry(result, states, width), *_compaction(result, width)]


def _engine(result: Result) -> str:
    threads = f", {result.workers} workers" if result.workers > 1 else ""
    return f"{result.engine}{threads}"


def _compaction(result: Result, width: int) -> list[Line]:
    """That states were told apart by fingerprints, and what that means."""
    used = result.compaction
    if used is None:
        return []
    text = (
        f"hash compaction to {used.bits} bits: the probability that a state was missed is at most "
        f"{used.missed:.1g}"
    )
    return wrapped(text, width)


def _symmetry(result: Result, states: Counts, width: int) -> list[Line]:
    """What was left out because it differs in names only, and how that was checked."""
    used = result.symmetry
    if used is None:
        return []
    sorts = " and ".join(f"{name} ({size})" for name, size in used.sorts)
    stand_for = (
        "more states than 128 bits count" if states.represented is None else f"{states.represented:,} states"
    )
    text = (
        f"symmetry over {sorts}: {states.distinct:,} orbits stand for {stand_for}; "
        f"{used.samples:,} states checked against the law"
    )
    return wrapped(text, width)


def _actions(result: Result) -> Table:
    table = table_of(("action", False), ("taken", True), ("added", True), ("", False))
    early = bool(result.violated) or result.stopped is not None
    for action in result.actions:
        never = action.taken == 0
        table.add_row(
            Text(action.name, _OPEN if never else ""),
            f"{action.taken:,}",
            f"{action.added:,}",
            Text(("not taken so far" if early else "NEVER TAKEN") if never else "", "bold yellow"),
        )
    return table


def _bounds(result: Result, width: int) -> list[RenderableType]:
    if not result.bounds_reached:
        return []
    lines = [line("bounds reached: what lies beyond them was not explored", "bold yellow")]
    for bound in result.bounds_reached:
        times = "once" if bound.times == 1 else f"{bound.times:,} times"
        text = f"{bound.bound}   {times}, first at depth {bound.first_depth} by {bound.first}"
        lines += wrapped(text, width, 2)
    return [Text(), lines_of(lines)]


def _notes(result: Result, width: int) -> list[RenderableType]:
    remarks = [("stopped", result.stopped)] if result.stopped else []
    remarks += [("note", note) for note in result.notes]
    if not remarks:
        return []
    lines = [each for label, text in remarks for each in wrapped(f"{label}: {text}", width, 0, "yellow")]
    return [Text(), lines_of(lines)]


def _violation(prop: PropertyResult, width: int) -> list[Line]:
    lines = [line(), *wrapped(f"{_NAMED.get(prop.kind, '')}{prop.name} is violated", width, 0, _BAD)]
    if prop.doc:
        lines += wrapped(prop.doc, width, 2, hang=0)
    if prop.why:
        lines += [line(), line("  why", "bold")]
        for text in prop.why:
            lines += wrapped(text, width, 4, hang=4)
    if prop.trace is not None:
        title = f"{prop.trace.kind} {size_of(prop.trace)}"
        lines += [line(), *wrapped(title, width, 2, "bold"), *trace_lines(prop.trace, width)]
    if prop.hints:
        lines += [line(), *(each for hint in prop.hints for each in wrapped(f"hint: {hint}", width, 2))]
    return lines


def _witness(prop: PropertyResult, trace: Trace, width: int) -> list[Line]:
    title = f"{prop.name} is reached at depth {len(trace.steps)}"
    return [line(), line(title, "bold"), *trace_lines(trace, width)]


# -- specs --


@frozen
class Section:
    """A titled list of rows, for `list` and `show`, with a remark under the title."""

    title: str
    rows: tuple[tuple[str, str], ...]
    remark: str = ""


def render_sections(
    title: str, doc: str, sections: Iterable[Section], *, width: int = WIDTH, colour: bool = False
) -> str:
    """A title, a text, and sections of two columns each."""
    parts: list[Any] = [Text(title, "bold")]
    parts.append(lines_of(_paragraphs(doc, width)))
    for section in sections:
        table = table_of(("", False), ("", False))
        table.show_header = False
        for name, text in section.rows:
            table.add_row(Text(name), Text(text))
        parts += [Text(), Text(section.title, "bold")]
        if section.remark:
            parts.append(lines_of(wrapped(section.remark, width, 2, hang=0)))
        parts.append(Padding(table, (0, 0, 0, 2)))
    return to_text(parts, width, colour)


def _paragraphs(text: str, width: int) -> list[Line]:
    """A text whose own lines are kept, and wrapped where they are too long."""
    return [piece for each in text.splitlines() for piece in wrapped(each, width, hang=0) or [line()]]
