"""Finding lemmas, second half: of many candidates those that are inductive together, and of those few.

Houdini (Flanagan and Leino, "Houdini, an annotation assistant for ESC/Java", FME 2001): assume all
candidates, and drop whatever does not follow, until everything does.  What is left is the largest inductive
subset.  One question asks about all candidates at once, and its model drops all that are false in it; so
there are about as many questions as models, and not as candidates.

Then the found lemmas are made fewer (`checker.prove.fewer`).
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, frozen

from checker.prove.candidates import Candidate
from checker.prove.consecution import Consecution, Unanswered
from checker.prove.fewer import Support, fewer
from checker.prove.session import Session
from checker.prove.theory import Theory
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import FALSE, TRUE, Lit, holds


@define
class Kept:
    """What is left, and why the search ended early, if it did."""

    names: list[str]
    stopped: str = ""


@frozen
class Won:
    """Goals that are proved, the conjuncts that are inductive with them, and whether no goal is left out."""

    goals: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    every: bool = False


class Houdini:
    """The largest inductive subset of some conjuncts, which are kept or dropped alike."""

    def __init__(self, steps: Consecution) -> None:
        self.steps = steps
        self.theory = steps.theory
        self.formulas = steps.formulas
        self.circuit = steps.theory.circuit
        self.session = steps.session
        self._inductive: frozenset[str] = frozenset()
        self._first: dict[str, bool] = {}
        """Whether conjuncts hold at the beginning, of those that were asked about."""

    def largest(self, names: Sequence[str]) -> Kept:
        """The largest inductive subset of these conjuncts over states.

        A subset that was found before is part of it, if all these are asked about again.
        """
        kept = Kept(list(names))
        if not self._inductive <= set(names):
            self._inductive = frozenset()
        try:
            self._begun(kept)
            before = -1
            while len(kept.names) != before:
                before = len(kept.names)
                for action in self.theory.actions:
                    self._preserved(action, kept)
                self.session.begin(
                    f"looking for lemmas: {len(kept.names)} of {len(names)} candidates are left"
                )
            self._inductive = frozenset(kept.names)
        except Unanswered as error:
            kept.stopped = str(error)
        return kept

    def _begun(self, kept: Kept) -> None:
        new = Kept([name for name in kept.names if name not in self._first])
        for source in self.theory.initial:
            after = {name: self.formulas.holds(name, source.successor) for name in new.names}
            self._drop(new, after, (source.taken, source.within), {})
        left = set(new.names)
        self._first |= {name: name in left for name in kept.names if name not in self._first}
        kept.names = [name for name in kept.names if self._first[name]]

    def _preserved(self, action: str, kept: Kept) -> None:
        step = self.theory.step(action)
        context = (*self.theory.somewhere, step.taken, step.within)
        if FALSE in context:
            return
        after = {
            name: self.formulas.holds(name, step.successor)
            for name in kept.names
            if name not in self._inductive
        }
        here = {name: self.formulas.here(name) for name in kept.names}
        self._drop(kept, after, context, here)

    def _drop(
        self, kept: Kept, after: dict[str, Lit], context: tuple[Lit, ...], here: dict[str, Lit]
    ) -> None:
        """Drop candidates until all that are left follow from all that are left."""
        wanted = {name: lit for name, lit in after.items() if lit not in (TRUE, here.get(name))}
        if not wanted:
            return
        with self.session.solver(
            self.circuit
        ) as solver:  # a new one: most that is asked here is soon dropped
            for lit in context:
                solver.require(lit)
            self._refuted(solver, kept, wanted, here)

    def _refuted(self, solver: Z3Solver, kept: Kept, wanted: dict[str, Lit], here: dict[str, Lit]) -> None:
        while wanted:
            some_fails = -self.circuit.all(wanted.values())
            left = [here[name] for name in kept.names if name in here]
            answer = self.session.ask(solver, [*left, some_fails])
            if answer.status == "unknown":
                raise Unanswered(answer.reason)
            if answer.status == "unsat":
                return
            values = self.circuit.evaluate(answer.assignment, wanted.values())
            false = {name for name, lit in wanted.items() if not holds(values, lit)}
            kept.names = [name for name in kept.names if name not in false]
            wanted = {name: lit for name, lit in wanted.items() if name not in false}


def useful_lemmas(
    theory: Theory, session: Session, goals: Sequence[str], found: Sequence[Candidate]
) -> list[Candidate]:
    """Few of the candidates, which make goals inductive together with what the spec declares.

    Short candidates alone are tried first: they are fewer, and easier to read.  Goals that no candidates help
    are left out.  None if nothing was found, or not in time.
    """
    best = Won()
    with Consecution(theory, session, found) as steps:
        houdini = Houdini(steps)
        for most in sorted({len(candidate.literals) for candidate in found}):
            some = [candidate for candidate in found if len(candidate.literals) <= most]
            won = _won(houdini, goals, some)
            if len(won.goals) > len(best.goals):
                best = won
            if won.every or session.out_of_budget():
                break
        return fewer(steps, best.goals, best.kept, found) if best.goals else []


def _won(houdini: Houdini, goals: Sequence[str], found: Sequence[Candidate]) -> Won:
    """What is inductive with these candidates, and the goals that follow."""
    theory = houdini.theory
    declared = [name for name, one in theory.invariants.items() if one in theory.program.properties]
    kept = houdini.largest([*declared, *(candidate.name for candidate in found)])
    if kept.stopped:
        return Won()
    support, everything = Support(houdini.steps), frozenset(kept.names)
    try:
        won = tuple(goal for goal in goals if support.of([goal], everything) is not None)
    except Unanswered:
        return Won()
    return Won(won, tuple(kept.names), len(won) == len(goals))
