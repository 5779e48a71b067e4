"""What follows over one step from what: claims and the conjuncts that they rest on, asked once each.

There is one solver for each action, which lives as long as the search, so that formulas are taken in once.
An answer is kept in the form that says the most: a claim that follows from some conjuncts follows from any
more, and one that does not follow from some follows from no part of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker.explore.search import DEADLOCK
from checker.prove.candidates import Candidate
from checker.prove.formulas import Formulas
from checker.prove.session import Session
from checker.prove.theory import Claim, Theory
from checker.solve.solver import Answer
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import FALSE, Lit

MOST_SHRINKS = 4
"""What a claim rests on is asked so often again of itself, as long as it becomes less."""


class Unanswered(Exception):
    """Raised where a question has no answer; `str` says what ran out."""


class Consecution:
    """Answers about one theory; to be closed."""

    def __init__(self, theory: Theory, session: Session, found: Sequence[Candidate] = ()) -> None:
        self.theory = theory
        self.formulas = Formulas(theory, found)
        self.session = session
        self._solvers: dict[tuple[Lit, ...], Z3Solver] = {}
        self._claims: dict[str, tuple[Claim, ...]] = {}
        self._rests_on: dict[tuple[str, str], list[frozenset[str]]] = {}
        self._too_little: dict[tuple[str, str], list[frozenset[str]]] = {}

    def __enter__(self) -> Consecution:
        return self

    def __exit__(self, *raised: object) -> None:
        for solver in self._solvers.values():
            solver.close()
        self._solvers.clear()

    def ask(self, context: tuple[Lit, ...], assumed: Iterable[Lit]) -> Answer:
        """Whether these can hold together in a context; Unanswered where that is not found out."""
        if context not in self._solvers:
            self._solvers[context] = self.session.solver(self.theory.circuit)
            for lit in context:
                self._solvers[context].require(lit)
        answer = self.session.ask(self._solvers[context], list(assumed))
        if answer.status == "unknown":
            raise Unanswered(answer.reason)
        return answer

    def claims(self, name: str) -> tuple[Claim, ...]:
        """All that is to be shown of a conjunct but for initial states."""
        if name not in self._claims:
            theory = self.theory
            if name == DEADLOCK:
                made = [theory.no_deadlock()]
            else:
                made = [self.formulas.preserved(name, action) for action in theory.actions]
            self._claims[name] = tuple(
                claim for claim in made if claim.wrong != FALSE and FALSE not in claim.context
            )
        return self._claims[name]

    def rests_on(self, claim: Claim, assumed: frozenset[str]) -> frozenset[str] | None:
        """Few of some conjuncts from which a claim follows; None if it does not follow from all of them."""
        key = (claim.conjunct, claim.action)
        known = [core for core in self._rests_on.get(key, ()) if core <= assumed]
        if known:
            return min(known, key=len)
        if any(assumed <= few for few in self._too_little.get(key, ())):
            return None
        core = self._asked(claim, assumed)
        if core is None:
            self._too_little.setdefault(key, []).append(assumed)
            return None
        for _ in range(MOST_SHRINKS):
            smaller = self._asked(claim, core)
            if smaller is None or len(smaller) >= len(core):
                break
            core = smaller
        self._rests_on.setdefault(key, []).append(core)
        return core

    def _asked(self, claim: Claim, assumed: frozenset[str]) -> frozenset[str] | None:
        named = {self.formulas.here(name): name for name in sorted(assumed)}
        unchanged = named.get(-claim.wrong)
        if unchanged is not None:
            return frozenset({unchanged})
        answer = self.ask(claim.context, [*named, claim.wrong])
        if answer.status == "sat":
            return None
        return frozenset(named[lit] for lit in answer.core if lit in named)
