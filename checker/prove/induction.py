"""Induction: the largest part of some conjuncts that the initial states satisfy and every action preserves.

Begins with all of them.  A conjunct that is not preserved, given all that are left, is given up, and so on
until nothing has to be: what then remains is an inductive invariant (the largest among these conjuncts).
The counterexample that is kept for a conjunct that was given up is the first one, when the most was assumed.

An answer "cannot be" comes with those assumptions that it rests on.  As long as none of them is given up
it stands, so most questions are asked once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import define, evolve, field, frozen

from checker.explore.search import DEADLOCK
from checker.prove.session import Question, Session
from checker.prove.theory import EVERY_STATE, INITIAL, Claim, Theory
from checker.result.proof import Obligation, Outcome
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import FALSE, TRUE, Lit, TooLarge


@frozen
class Failure:
    """A claim that does not follow, what was assumed, and a model of that."""

    claim: Claim
    assumed: tuple[str, ...]
    assignment: Mapping[int, bool] = field(repr=False)


@define
class Induction:
    """What came of it: the conjuncts that are left, and why others are not."""

    invariant: list[str]
    failures: dict[str, Failure] = field(factory=dict)
    undecided: dict[str, str] = field(factory=dict)
    """Conjuncts that were given up because no answer was had, with the reason."""
    questions: list[Question] = field(factory=list)
    """The verification conditions of the proof, where there is one."""


class Inductor:
    """Looks for the largest inductive part of some conjuncts of a theory."""

    def __init__(self, theory: Theory, session: Session) -> None:
        self.theory = theory
        self.session = session
        self._solvers: dict[str, Z3Solver] = {}
        self._rests_on: dict[tuple[str, str], frozenset[str]] = {}
        self._seconds: dict[tuple[str, str], float] = {}

    def close(self) -> None:
        """Give back the solvers."""
        for solver in self._solvers.values():
            solver.close()
        self._solvers.clear()

    def __enter__(self) -> Inductor:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def largest(self, names: Sequence[str]) -> Induction:
        """The largest inductive part; names of steps, `well_defined` and `deadlock_freedom` may be among them."""
        found = Induction(list(names))
        self.session.begin("induction", names, (INITIAL, *self.theory.actions))
        self._initially(found)
        while self._round(found):
            pass
        found.questions = self._questions(found.invariant)
        return found

    # -- one round --

    def _initially(self, found: Induction) -> None:
        names = list(found.invariant)
        for claim in self.theory.initially(names):
            if claim.conjunct in found.invariant:
                self._settle(claim, (), found)

    def _round(self, found: Induction) -> bool:
        """Ask everything once that is not known to follow; whether something was given up."""
        before = list(found.invariant)
        assumed = tuple(name for name in before if name in self.theory.invariants)
        for action in self.theory.actions:
            for name in before:
                if name != DEADLOCK and name in found.invariant and not self._known(name, action, assumed):
                    self._settle(self.theory.preserved(name, action), assumed, found)
        if DEADLOCK in found.invariant and not self._known(DEADLOCK, EVERY_STATE, assumed):
            self._settle(self.theory.no_deadlock(), assumed, found)
        return found.invariant != before

    def _known(self, name: str, action: str, assumed: Sequence[str]) -> bool:
        rests_on = self._rests_on.get((name, action))
        return rests_on is not None and rests_on <= set(assumed)

    def _settle(self, claim: Claim, assumed: tuple[str, ...], found: Induction) -> None:
        """Ask whether a claim follows; give its conjunct up where it does not."""
        key = (claim.conjunct, claim.action)
        answer, rests_on, assignment, reason, seconds = self._asked(claim, assumed)
        self._seconds[key] = self._seconds.get(key, 0.0) + seconds
        seconds = self._seconds[key]
        if answer == "unknown" or (answer == "sat" and claim.inexact):
            self._give_up(*key, reason or claim.inexact, seconds, found)
        elif answer == "unsat":
            self._rests_on[key] = rests_on
            self._report(*key, "proved", seconds)
        else:
            found.invariant.remove(claim.conjunct)
            found.failures.setdefault(claim.conjunct, Failure(claim, assumed, assignment))
            self._report(*key, "refuted", seconds)

    def _asked(
        self, claim: Claim, assumed: tuple[str, ...]
    ) -> tuple[str, frozenset[str], Mapping[int, bool], str, float]:
        if claim.wrong == FALSE or FALSE in claim.context:
            return "unsat", frozenset(), {}, "", 0.0
        lits: dict[Lit, str] = {}
        if claim.action != INITIAL:
            lits = {self.theory.here(name): name for name in assumed}
        answer = self.session.ask(self._solver(claim), [*lits, *claim.context, claim.wrong])
        core = frozenset(lits[lit] for lit in answer.core if lit in lits)
        return answer.status, core, answer.assignment, answer.reason, answer.seconds

    def _solver(self, claim: Claim) -> Z3Solver:
        """The solver for questions about an action: what it has learnt about it is of use again."""
        if claim.action not in self._solvers:
            self._solvers[claim.action] = self.session.solver(self.theory.circuit)
        return self._solvers[claim.action]

    def _give_up(self, name: str, action: str, reason: str, seconds: float, found: Induction) -> None:
        found.invariant.remove(name)
        found.undecided[name] = reason
        self.session.settle(Obligation(name, action, "unknown", seconds, (), reason))

    def _report(self, name: str, action: str, outcome: Outcome, seconds: float) -> None:
        asked = () if seconds == 0.0 else ("z3",)
        self.session.settle(Obligation(name, action, outcome, seconds, asked))

    # -- what was shown --

    def _questions(self, invariant: Sequence[str]) -> list[Question]:
        """Every verification condition of the proof that these are inductive."""
        theory = self.theory
        assumed = [name for name in invariant if name in theory.invariants]
        claims = list(theory.initially(list(invariant)))
        for action in theory.actions:
            claims += [theory.preserved(name, action) for name in invariant if name != DEADLOCK]
        if DEADLOCK in invariant:
            claims.append(theory.no_deadlock())
        return [theory.question(claim, assumed) for claim in claims]

    def bounds_left(self, invariant: Sequence[str]) -> list[Failure]:
        """What is beyond bounds: initial states, and steps from states of the invariant; one for each action.

        What is not decided counts as beyond them; its claim has no step.
        """
        assumed = tuple(name for name in invariant if name in self.theory.invariants)
        found = []
        for action in (INITIAL, *self.theory.actions):
            try:
                for claim in self._beyond(action):
                    answer, _, assignment, _, _ = self._asked(claim, assumed)
                    if answer != "unsat":
                        known = claim if answer == "sat" else evolve(claim, step=None)
                        found.append(Failure(known, assumed, assignment))
            except TooLarge:
                found.append(Failure(Claim("bounds", action, (), TRUE, None), assumed, {}))
        return found

    def _beyond(self, action: str) -> list[Claim]:
        if action == INITIAL:
            return list(self.theory.begins_beyond())
        return [self.theory.leaves_bounds(action)]
