"""Formulas in negation normal form over letters: what automata are made of.

A literal is a bit of a letter, or its negation.  Everything else is built with
conjunction, disjunction, Next, Until and Release; `negated` pushes negations down as it goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from attrs import evolve, frozen

from checker.lang.errors import InternalError
from checker.lang.temporal import (
    Always,
    Conjunction,
    Disjunction,
    Enabled,
    Eventually,
    Fair,
    Formula,
    Implication,
    LeadsTo,
    Negation,
    NextState,
    Now,
    Taken,
    Until,
)
from checker.liveness.letters import Letters

Kind = Literal["atom", "enabled", "taken"]


@frozen(cache_hash=True)
class Bit:
    """An atom is true now, steps with a mark are enabled now, or the next step has it; or not so."""

    kind: Kind
    number: int
    true: bool


@frozen(cache_hash=True)
class Both:
    """All of these; with none, true."""

    parts: frozenset[Normal]


@frozen(cache_hash=True)
class Either:
    """One of these; with none, false."""

    parts: frozenset[Normal]


@frozen(cache_hash=True)
class Next:
    """After the next step."""

    operand: Normal


@frozen(cache_hash=True)
class StrongUntil:
    """The goal at some time, and until then the first."""

    meanwhile: Normal
    goal: Normal


@frozen(cache_hash=True)
class Release:
    """The goal up to and including the time when the first is true, which need never be."""

    releasing: Normal
    goal: Normal


Normal: TypeAlias = Bit | Both | Either | Next | StrongUntil | Release

TRUE = Both(frozenset())
FALSE = Either(frozenset())


def both(*parts: Normal) -> Normal:
    """A conjunction, flat and without what says nothing."""
    flat: set[Normal] = set()
    for part in parts:
        flat |= part.parts if isinstance(part, Both) else {part}
    if FALSE in flat or _contrary(flat):
        return FALSE
    return next(iter(flat)) if len(flat) == 1 else Both(frozenset(flat))


def either(*parts: Normal) -> Normal:
    """A disjunction, flat and without what says nothing."""
    flat: set[Normal] = set()
    for part in parts:
        flat |= part.parts if isinstance(part, Either) else {part}
    if TRUE in flat or _contrary(flat):
        return TRUE
    return next(iter(flat)) if len(flat) == 1 else Either(frozenset(flat))


def until(meanwhile: Normal, goal: Normal) -> Normal:
    """An until, simpler where one side is a constant, or the goal is such an until itself."""
    if goal in (TRUE, FALSE):
        return goal
    if isinstance(goal, StrongUntil) and goal.meanwhile == meanwhile:
        return goal
    return StrongUntil(meanwhile, goal)


def release(releasing: Normal, goal: Normal) -> Normal:
    """A release, simpler where one side is a constant, or the goal is such a release itself."""
    if goal in (TRUE, FALSE):
        return goal
    if releasing == TRUE:
        return goal
    if isinstance(goal, Release) and goal.releasing == releasing:
        return goal
    return Release(releasing, goal)


def _contrary(parts: set[Normal]) -> bool:
    return any(isinstance(part, Bit) and evolve(part, true=not part.true) in parts for part in parts)


def normal(formula: Formula[Any], letters: Letters, *, negated: bool = False) -> Normal:
    """A formula, or its negation, in normal form; atoms and steps become bits of letters."""
    row = _ROWS.get(type(formula))
    if row is None:
        raise InternalError(f"a formula of an unknown kind: {formula!r}")
    return row(formula, letters, negated)


def _junction(parts: tuple[Formula[Any], ...], letters: Letters, negated: bool, all_: bool) -> Normal:
    join = both if all_ != negated else either
    return join(*(normal(part, letters, negated=negated) for part in parts))


def _eventually(operand: Formula[Any], letters: Letters, negated: bool) -> Normal:
    inner = normal(operand, letters, negated=negated)
    return release(FALSE, inner) if negated else until(TRUE, inner)


def _always(operand: Formula[Any], letters: Letters, negated: bool) -> Normal:
    inner = normal(operand, letters, negated=negated)
    return until(TRUE, inner) if negated else release(FALSE, inner)


def _until(formula: Until[Any], letters: Letters, negated: bool) -> Normal:
    meanwhile = normal(formula.meanwhile, letters, negated=negated)
    goal = normal(formula.goal, letters, negated=negated)
    if formula.weak and negated:  # not (p W q) = (not q) U (not p and not q)
        return until(goal, both(meanwhile, goal))
    if formula.weak:  # p W q = q R (p or q)
        return release(goal, either(meanwhile, goal))
    return release(meanwhile, goal) if negated else until(meanwhile, goal)


def _fair(formula: Fair[Any], letters: Letters, negated: bool) -> Normal:
    enabled: Formula[Any] = Enabled(formula.steps)
    if formula.strength == "weak":
        meaning: Formula[Any] = Always(Eventually(Disjunction((Negation(enabled), formula.steps))))
    else:
        meaning = Implication(Always(Eventually(enabled)), Always(Eventually(formula.steps)))
    return normal(meaning, letters, negated=negated)


_ROWS: dict[type[Any], Callable[[Any, Letters, bool], Normal]] = {
    Now: lambda f, letters, no: Bit("atom", letters.atom(f.predicate), not no),
    Taken: lambda f, letters, no: Bit("taken", letters.mark(f), not no),
    Enabled: lambda f, letters, no: Bit("enabled", letters.mark(f.steps), not no),
    Negation: lambda f, letters, no: normal(f.operand, letters, negated=not no),
    Conjunction: lambda f, letters, no: _junction(f.parts, letters, no, True),
    Disjunction: lambda f, letters, no: _junction(f.parts, letters, no, False),
    Implication: lambda f, letters, no: _junction((Negation(f.premise), f.conclusion), letters, no, False),
    NextState: lambda f, letters, no: Next(normal(f.operand, letters, negated=no)),
    Always: lambda f, letters, no: _always(f.operand, letters, no),
    Eventually: lambda f, letters, no: _eventually(f.operand, letters, no),
    Until: _until,
    LeadsTo: lambda f, letters, no: normal(
        Always(Implication(f.cause, Eventually(f.effect))), letters, negated=no
    ),
    Fair: _fair,
}
