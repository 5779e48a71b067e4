"""Checks a model as it is, and without each of its assumptions, within a budget for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from checker.api import check
from checker.assumptions.relax import assumptions_of, waived_by
from checker.engines import Engine
from checker.explore.budget import ProgressSink
from checker.lang.declarations import Declaration, declare
from checker.lang.errors import SpecError
from checker.lang.model import Model, identify
from checker.result.assumptions import AssumptionKind, Audit, Cell, WithoutOne
from checker.result.result import Evidence, PropertyResult, Result, Verdict

MAX_STATES = 300_000
"""States for one assumption: a number of states, not of seconds, so that a table can be repeated."""


@frozen
class Limits:
    """What may be spent on each assumption."""

    max_states: int | None = MAX_STATES
    timeout_s: float | None = None
    engine: Engine = "auto"
    workers: int | None = None


def audit(
    model: Model[Any],
    *,
    properties: Sequence[str] | None = None,
    limits: Limits | None = None,
    name: str | None = None,
    progress: ProgressSink | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Audit:
    """Each property of a model, with each of its assumptions left out.

    `properties` names those to look at: by default all but `sometimes`, which only become easier to reach.
    Once `stopped`, what is left is undecided.

    Raises SpecError for a mistake in the spec and CallError for one in the call.
    """
    within = limits or Limits()

    def looked_at(declaration: Declaration, names: Sequence[str] | None) -> Result:
        return check(
            declaration,
            properties=names,
            keep_going=True,
            max_states=within.max_states,
            timeout_s=within.timeout_s,
            engine=within.engine,
            workers=within.workers,
            progress=progress,
            stopped=stopped,
        )

    declaration = declare(model)
    first = looked_at(declaration, properties)
    asked = [prop for prop in first.properties if prop.kind != "sometimes" or properties is not None]
    names = [prop.name for prop in asked]

    def row(kind: AssumptionKind | None, title: str, words: str, result: Result) -> WithoutOne:
        return WithoutOne(
            kind,
            title,
            words,
            tuple(_cell(result[each]) for each in names),
            None if result.states is None else result.states.distinct,
            result.stopped,
        )

    rows = []
    for assumption in assumptions_of(model):
        about = (assumption.kind, assumption.name, assumption.without)
        if stopped is not None and stopped():
            rows.append(_left_open(about, names, stopped="interrupted"))
            continue
        try:
            rows.append(row(*about, looked_at(assumption.declaration, names)))
        except SpecError as error:
            rows.append(_left_open(about, names, error=f"{error.problem.code}: {error.problem.what}"))
    return Audit(
        spec=name or identify(type(model)),
        constants=first.constants,
        properties=tuple((prop.name, prop.kind) for prop in asked),
        waived=tuple((one.name, one.without) for one in waived_by(model)),
        as_it_is=row(None, "", "", first),
        rows=tuple(rows),
        max_states=within.max_states,
    )


def _cell(prop: PropertyResult) -> Cell:
    """A property's result, as far as the table has it."""
    violated = prop.verdict.evidence is Evidence.VIOLATED
    if not violated or prop.trace is None:
        return Cell(prop.name, prop.verdict)
    return Cell(prop.name, prop.verdict, len(prop.trace.steps) - 1, prop.trace.loop is not None)


def _left_open(
    about: tuple[AssumptionKind, str, str],
    names: Sequence[str],
    *,
    stopped: str | None = None,
    error: str | None = None,
) -> WithoutOne:
    """A model that was not looked at: there was no time left, or it has a mistake without the assumption."""
    unknown = tuple(Cell(name, Verdict(Evidence.UNKNOWN)) for name in names)
    return WithoutOne(*about, unknown, stopped=stopped, error=error)
