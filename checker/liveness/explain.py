"""Why a lasso refutes a claim, why it is fair all the same, and what more fairness would forbid it.

States are named by their numbers in the trace, the first being 0; step n leads to state n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from checker.explore.exploration import Served
from checker.lang.temporal import (
    Always,
    Conjunction,
    Disjunction,
    Enabled,
    Eventually,
    Formula,
    Implication,
    LeadsTo,
    Negation,
    NextState,
    Now,
    Taken,
    Until,
)
from checker.liveness.claims import Assumption, Claim, Kept
from checker.liveness.evaluate import Evaluation
from checker.liveness.lasso import Lasso
from checker.liveness.titles import formula_title, steps_title

DEEPEST = 6
"""Reasons for reasons go no deeper than this."""

MOST_NUMBERS = 5


def why_false(claim: Claim, evaluation: Evaluation) -> tuple[str, ...]:
    """Why a claim is false of a lasso, outermost first."""
    if claim.kept is not None:
        return (_not_kept(claim.kept, evaluation),)
    lines = [f"for {claim.instance}:"] if claim.instance else []
    return (*lines, *_false(evaluation, claim.formula, 0, 0))


def _not_kept(kept: Kept, e: Evaluation) -> str:
    """How a loop is unfair to steps that a mapping shows."""
    enabled = [place for place in e.lasso.round if e.of(kept.enabled)[place]]
    if e.lasso.stops:
        where = f"in state {e.lasso.loop}, where it stops"
    elif len(enabled) == len(e.lasso.round) > 1:
        where = f"in every state of the loop, {enabled[0]} to {enabled[-1]}"
    else:
        where = f"in state{'s' * (len(enabled) > 1)} {_few(enabled)} of the loop"
    return f"{kept.title}: enabled {where}, taken never"


def _few(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:MOST_NUMBERS])) + (", …" if len(numbers) > MOST_NUMBERS else "")


def _false(e: Evaluation, formula: Formula[Any], place: int, depth: int) -> Iterator[str]:
    """Why a formula is false at a position."""
    row = _FALSE.get(type(formula))
    if row is None or depth > DEEPEST:
        yield f"`{formula_title(formula)}` is false in state {place}"
        return
    yield from row(e, formula, place, depth + 1)


def _title(formula: Formula[Any]) -> str:
    return f"`{formula_title(formula)}`"


def _onwards(lasso: Lasso, place: int) -> range:
    """The positions from one on, for ever: those of the loop all of them."""
    return range(min(place, lasso.loop), lasso.positions)


def _never(e: Evaluation, place: int) -> str:
    """When something never comes true from a position on."""
    lasso = e.lasso
    if lasso.stops and place >= lasso.loop:
        return f"in state {lasso.loop}, where it stops"
    if place > lasso.loop:
        return f"in any state of the loop, {lasso.loop} to {lasso.positions - 1}"
    return f"from state {place} on"


def _always(e: Evaluation, formula: Always[Any], place: int, depth: int) -> Iterator[str]:
    inner = formula.operand
    if isinstance(inner, Eventually):
        yield f"{_title(inner.operand)} is not true again and again: " + _absent(e, inner.operand)
        return
    at = next(p for p in _onwards(e.lasso, place) if not e.of(inner)[p])
    if isinstance(inner, Now | Taken | Enabled):
        yield f"{_title(inner)} is false in state {at}"
        return
    yield from _false(e, inner, at, depth)


def _absent(e: Evaluation, formula: Formula[Any]) -> str:
    """That something is true nowhere in the loop."""
    if e.lasso.stops:
        return f"it is false in state {e.lasso.loop}, where the behaviour stops"
    what = "no step" if isinstance(formula, Taken) else "no state"
    return f"{what} of the loop {'is one' if isinstance(formula, Taken) else 'satisfies it'}"


def _eventually(e: Evaluation, formula: Eventually[Any], place: int, depth: int) -> Iterator[str]:
    inner = formula.operand
    if isinstance(inner, Always):
        at = next(p for p in e.lasso.round if not e.of(inner.operand)[p])
        where = "where it stops" if e.lasso.stops else "which comes again and again"
        yield f"{_title(inner.operand)} is not true from some time on: it is false in state {at}, {where}"
        return
    yield f"{_title(inner)} is not true {_never(e, place)}"


def _leads_to(e: Evaluation, formula: LeadsTo[Any], place: int, depth: int) -> Iterator[str]:
    effect = e.of(Eventually(formula.effect))
    at = next(p for p in _onwards(e.lasso, place) if e.of(formula.cause)[p] and not effect[p])
    yield f"{_title(formula.cause)} is true in state {at}, and {_title(formula.effect)} is not true {_never(e, at)}"


def _until(e: Evaluation, formula: Until[Any], place: int, depth: int) -> Iterator[str]:
    goal, meanwhile = e.of(formula.goal), e.of(formula.meanwhile)
    at = place
    for _ in range(2 * e.lasso.positions):
        if goal[at] or not meanwhile[at]:
            break
        at = e.lasso.after(at)
    if meanwhile[at]:
        yield f"{_title(formula.goal)} is not true {_never(e, place)}"
        return
    yield f"{_title(formula.meanwhile)} is false in state {at}, before {_title(formula.goal)} was true"


def _conjunction(e: Evaluation, formula: Conjunction[Any], place: int, depth: int) -> Iterator[str]:
    part = next(part for part in formula.parts if not e.of(part)[place])
    yield from _false(e, part, place, depth)


def _disjunction(e: Evaluation, formula: Disjunction[Any], place: int, depth: int) -> Iterator[str]:
    for part in formula.parts:
        yield from _false(e, part, place, depth)


def _implication(e: Evaluation, formula: Implication[Any], place: int, depth: int) -> Iterator[str]:
    if isinstance(formula.premise, Now):
        yield f"{_title(formula.premise)} is true in state {place}, but"
    yield from _false(e, formula.conclusion, place, depth)


def _negation(e: Evaluation, formula: Negation[Any], place: int, depth: int) -> Iterator[str]:
    inner = formula.operand
    where = f"in state {place}" if isinstance(inner, Now | Enabled | Taken) else f"from state {place} on"
    yield f"{_title(inner)} is true {where}, and should not be"


def _next(e: Evaluation, formula: NextState[Any], place: int, depth: int) -> Iterator[str]:
    yield f"the state after {place} is {e.lasso.after(place)}, and there"
    yield from _false(e, formula.operand, e.lasso.after(place), depth)


_FALSE: dict[type[Any], Callable[[Evaluation, Any, int, int], Iterator[str]]] = {
    Always: _always,
    Eventually: _eventually,
    LeadsTo: _leads_to,
    Until: _until,
    Conjunction: _conjunction,
    Disjunction: _disjunction,
    Implication: _implication,
    Negation: _negation,
    NextState: _next,
    Taken: lambda e, f, place, depth: iter(
        [f"the step after state {place} is not {steps_title(f)}"]
        if not (e.lasso.stops and place == e.lasso.loop)
        else [f"no step follows state {place}"]
    ),
}


# -- fairness -------------------------------------------------------------------------------------


def why_fair(assumptions: tuple[Assumption, ...], lasso: Lasso) -> tuple[Served, ...]:
    """How the loop of a lasso satisfies each assumption."""
    return tuple(_served(assumption, lasso) for assumption in assumptions)


def _served(assumption: Assumption, lasso: Lasso) -> Served:
    bit = 1 << assumption.constraint.mark
    steps = tuple(place + 1 for place in lasso.round if lasso.taken(place) & bit)
    if steps:
        return _of(assumption, f"taken at step{'s' * (len(steps) > 1)} {_few(steps)}", steps)
    disabled = [place for place in lasso.round if not lasso.enabled[place] & bit]
    if len(disabled) == len(lasso.round):
        where = "where the behaviour stops" if lasso.stops else "in the whole loop"
        return _of(assumption, f"not enabled {where}")
    return _of(assumption, f"not enabled in state {disabled[0]}, so never enabled for ever")


def _of(assumption: Assumption, how: str, steps: tuple[int, ...] = ()) -> Served:
    return Served(assumption.title, how, steps, assumption.kind)
