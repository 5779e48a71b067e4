"""Candidates for lemmas: short clauses in a spec's own words that hold wherever a small instance goes.

`candidates` makes atoms (`checker.prove.vocabulary`), asks where they hold in the given states, and
keeps every clause of up to three literals that holds in all of them and of which no part does, without
those that hold in any state at all.  A candidate is a guess: it is true of those states of that
instance, and whether it is an invariant of any other, or inductive, is for a prover to find out.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from attrs import frozen

from checker.ir.nodes import BOOL, Expr, For, Or, Quantifier
from checker.ir.program import Predicate, Program
from checker.lang.declarations import Declaration
from checker.prove.lemmas.clauses import ClauseSearch, Found
from checker.prove.lemmas.evaluating import Frame
from checker.prove.lemmas.instances import Instance
from checker.prove.lemmas.scope import Scope, scope_of
from checker.prove.lemmas.words import Said, apart
from checker.prove.lemmas.writing import formula, in_order, method, name_of


@frozen
class Candidate:
    """A clause that may be a lemma: for all values of the variables, one of the literals holds."""

    scope: Scope
    name: str
    frame: Frame
    literals: tuple[Said, ...]
    cost: tuple[int, int]

    @property
    def predicate(self) -> Predicate:
        """The candidate in the IR of the program it was made for."""
        state = self.scope.state.source
        return Predicate(self.name, "lemma", (state,), self.body, self.text)

    @property
    def body(self) -> Expr:
        """The body of the predicate, over the scope's name for the state."""
        parts = tuple(apart(said.expr, str(place)) for place, said in enumerate(in_order(self.literals)))
        clause: Expr = parts[0] if len(parts) == 1 else Or(parts, type=BOOL)
        if not self.frame.variables:
            return clause
        loops = tuple(For(variable.name, variable.every) for variable in self.frame.variables)
        return Quantifier("all", loops, clause, type=BOOL)

    @property
    def source(self) -> str:
        """A method that says it, to be pasted into the class of the model."""
        return method(self.scope, self.name, self.frame, self.literals)

    @property
    def text(self) -> str:
        """The formula in one line."""
        return formula(self.frame, self.literals)


def candidates(
    program: Program,
    declaration: Declaration,
    instance: Instance,
    *,
    limit: int = 5000,
    seconds: float = 3.0,
    stopped: Callable[[], bool] | None = None,
) -> list[Candidate]:
    """The simplest clauses over the program's state that hold in the states of a small instance.

    The program and its declaration may have larger constants than the instance.
    """
    until = time.monotonic() + seconds
    scope = scope_of(program, declaration)
    search = ClauseSearch(scope, instance, until, stopped or (lambda: False))
    names = _Names(set(dir(scope.cls)))
    return [_candidate(scope, found, names) for found in search.simplest(limit)]


def _candidate(scope: Scope, found: Found, names: _Names) -> Candidate:
    return Candidate(scope, names.of(found.literals), found.frame, found.literals, found.cost)


class _Names:
    """Gives each candidate a name of its own, which the model does not have yet."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = taken
        self._given: Counter[str] = Counter()

    def of(self, literals: tuple[Said, ...]) -> str:
        """A name in the words of the literals, or a number; with a number too where it is taken."""
        wanted = name_of(literals)
        name = wanted or self._numbered("lemma")
        while name in self._taken:
            name = self._numbered(wanted or "lemma")
        self._taken.add(name)
        return name

    def _numbered(self, stem: str) -> str:
        self._given[stem] += 1
        return f"{stem}_{self._given[stem] + (stem != 'lemma')}"
