"""What is true where along a lasso: the definition of linear temporal logic, position by position.

No lasso is shown before this has said that it is fair and refutes its claim.  It shares nothing with the
automata that found it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
from checker.liveness.graph import Constraint
from checker.liveness.lasso import Lasso
from checker.liveness.letters import Letters

Truth = tuple[bool, ...]
"""One truth value for each position of a lasso."""


class Evaluation:
    """The truth of formulas along one lasso."""

    def __init__(self, lasso: Lasso, letters: Letters) -> None:
        self.lasso = lasso
        self.letters = letters
        self._known: dict[int, tuple[Formula[Any], Truth]] = {}

    def of(self, formula: Formula[Any]) -> Truth:
        """Where a formula is true."""
        found = self._known.get(id(formula))
        if found is None:
            found = self._known[id(formula)] = formula, _ROWS[type(formula)](self, formula)
        return found[1]

    def fair(self, constraint: Constraint) -> bool:
        """Whether the lasso is fair to the steps with a mark."""
        bit = 1 << constraint.mark
        around = self.lasso.round
        enabled = [bool(self.lasso.enabled[place] & bit) for place in around]
        if any(self.lasso.taken(place) & bit for place in around):
            return True
        return not (all(enabled) if constraint.strength == "weak" else any(enabled))

    # -- rows --

    def bits(self, words: Callable[[int], int], bit: int) -> Truth:
        """Where a bit is set."""
        return tuple(bool(words(place) >> bit & 1) for place in range(self.lasso.positions))

    def each(self, truth: Callable[[int], bool]) -> Truth:
        """A truth value for each position."""
        return tuple(truth(place) for place in range(self.lasso.positions))

    def least(self, now: Truth, meanwhile: Truth) -> Truth:
        """Where `now` is true, or `meanwhile` is and this is true at the next position: the least solution."""
        found = list(now)
        for _ in range(2):  # once for the loop, once more for what leads around it
            for place in reversed(range(self.lasso.positions)):
                found[place] = now[place] or (meanwhile[place] and found[self.lasso.after(place)])
        return tuple(found)


def _not(truth: Truth) -> Truth:
    return tuple(not one for one in truth)


def _eventually(e: Evaluation, operand: Formula[Any]) -> Truth:
    return e.least(e.of(operand), (True,) * e.lasso.positions)


def _always(e: Evaluation, operand: Formula[Any]) -> Truth:
    return _not(e.least(_not(e.of(operand)), (True,) * e.lasso.positions))


def _until(e: Evaluation, formula: Until[Any]) -> Truth:
    meanwhile, goal = e.of(formula.meanwhile), e.of(formula.goal)
    if not formula.weak:
        return e.least(goal, meanwhile)
    neither = tuple(not a and not b for a, b in zip(meanwhile, goal, strict=True))
    return _not(e.least(neither, _not(goal)))


def _implies(premise: Truth, conclusion: Truth) -> Truth:
    return tuple(not a or b for a, b in zip(premise, conclusion, strict=True))


def _fair(e: Evaluation, formula: Fair[Any]) -> Truth:
    return (e.fair(Constraint(formula.strength, e.letters.mark(formula.steps))),) * e.lasso.positions


def _leads_to(e: Evaluation, formula: LeadsTo[Any]) -> Truth:
    return e.of(Always(Implication(formula.cause, Eventually(formula.effect))))


_ROWS: dict[type[Any], Callable[[Evaluation, Any], Truth]] = {
    Now: lambda e, f: e.bits(lambda place: e.lasso.atoms[place], e.letters.atom(f.predicate)),
    Taken: lambda e, f: e.bits(e.lasso.taken, e.letters.mark(f)),
    Enabled: lambda e, f: e.bits(lambda place: e.lasso.enabled[place], e.letters.mark(f.steps)),
    Negation: lambda e, f: _not(e.of(f.operand)),
    Conjunction: lambda e, f: e.each(lambda place: all(e.of(part)[place] for part in f.parts)),
    Disjunction: lambda e, f: e.each(lambda place: any(e.of(part)[place] for part in f.parts)),
    Implication: lambda e, f: _implies(e.of(f.premise), e.of(f.conclusion)),
    NextState: lambda e, f: e.each(lambda place: e.of(f.operand)[e.lasso.after(place)]),
    Always: lambda e, f: _always(e, f.operand),
    Eventually: lambda e, f: _eventually(e, f.operand),
    Until: _until,
    LeadsTo: _leads_to,
    Fair: _fair,
}
