"""Which engines check temporal properties, and what they say in a form that is easily compared."""

from __future__ import annotations

from typing import Any

from checker.api import check
from checker.lang.model import Model
from checker.result.result import Evidence, PropertyResult, Result
from tests.liveness.twin import Graph, Lasso, Position

ENGINES = ("python", "native")
"""Every test of verdicts runs on each of these."""


def run(model: Model[Any], engine: str = "python", **more: Any) -> Result:
    """The result of checking a model; a deadlock is no violation, for a behaviour may stop."""
    return check(model, engine=engine, deadlock=False, **more)  # type: ignore[arg-type]


def temporal(result: Result) -> dict[str, PropertyResult]:
    """What is said of each temporal property."""
    return {prop.name: prop for prop in result.properties if prop.kind == "temporal"}


def holding(result: Result) -> dict[str, bool | None]:
    """Whether each temporal property holds; None where that is not known."""
    known = {Evidence.EXHAUSTIVE: True, Evidence.WITHIN_BOUNDS: True, Evidence.VIOLATED: False}
    return {name: known.get(prop.verdict.evidence) for name, prop in temporal(result).items()}


def verdicts(model: Model[Any], engine: str = "python", **more: Any) -> dict[str, bool | None]:
    """Whether each temporal property of a model holds."""
    return holding(run(model, engine, **more))


def shown(prop: PropertyResult) -> tuple[list[Any], int]:
    """The states of the lasso that refutes a property, and where its loop begins."""
    assert prop.trace is not None
    assert prop.trace.loop is not None
    return [step.state for step in prop.trace.steps], prop.trace.loop


def lasso_of(graph: Graph, prop: PropertyResult) -> Lasso:
    """The lasso of a property, step by step out of the graph; fails where it has a step that is none."""
    states, loop = shown(prop)
    assert prop.trace is not None
    assert states[0] in graph.initial
    positions: list[Position] = []
    for before, step in zip(states, prop.trace.steps[1:], strict=False):
        same = [
            one
            for one in graph.steps[before]
            if one.inside
            and (one.action, one.arguments, one.after) == (step.action, step.arguments, step.state)
        ]
        assert len(same) == 1, f"{before!r} has no step {step!r}"
        positions.append((before, same[0]))
    if loop == len(states) - 1:
        positions.append((states[-1], None))
    else:
        assert states[-1] == states[loop], "the loop does not close"
    return Lasso(graph, tuple(positions), loop)
