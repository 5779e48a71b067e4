"""Finding lemmas, second half: of many candidates those that are inductive together.

Houdini (Flanagan and Leino, "Houdini, an annotation assistant for ESC/Java", FME 2001): assume all
candidates, and drop whatever does not follow, until everything does.  What is left is the largest inductive
subset.  One question asks about all candidates at once, and its model drops all that are false in it; so
there are about as many questions as models, and not as candidates.

Then the found lemmas are made fewer: one after the other is dropped, the costliest first, as long as the
properties stay proved.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import define, field

from checker.prove.candidates import Candidate
from checker.prove.session import Session
from checker.prove.theory import Theory
from checker.symbolic.circuit import FALSE, TRUE, Lit, holds


@define
class Kept:
    """What is left, and why the search ended early, if it did."""

    names: list[str]
    stopped: str = ""
    dropped: int = field(default=0)


class Houdini:
    """The largest inductive subset of some candidates, with conjuncts that are kept or dropped alike."""

    def __init__(self, theory: Theory, session: Session) -> None:
        self.theory = theory
        self.circuit = theory.circuit
        self.session = session

    def largest(self, names: Sequence[str]) -> Kept:
        """The largest inductive subset of these conjuncts over states."""
        kept = Kept(list(names))
        self._begun(kept)
        while not kept.stopped:
            before = len(kept.names)
            for action in self.theory.actions:
                if not kept.stopped:
                    self._preserved(action, kept)
            self.session.begin(f"looking for lemmas: {len(kept.names)} of {len(names)} candidates are left")
            if len(kept.names) == before:
                break
        kept.dropped = len(names) - len(kept.names)
        return kept

    def _begun(self, kept: Kept) -> None:
        for source in self.theory.initial:
            after = {name: self.theory.holds(name, source.successor) for name in kept.names}
            self._drop(kept, after, (source.taken, source.within), ())

    def _preserved(self, action: str, kept: Kept) -> None:
        step = self.theory.step(action)
        if step.taken == FALSE:
            return
        after = {name: self.theory.holds(name, step.successor) for name in kept.names}
        here = {name: self.theory.here(name) for name in kept.names}
        context = (*self.theory.somewhere, step.taken, step.within)
        self._drop(kept, after, context, tuple(here.items()))

    def _drop(
        self,
        kept: Kept,
        after: dict[str, Lit],
        context: tuple[Lit, ...],
        here: tuple[tuple[str, Lit], ...],
    ) -> None:
        """Drop candidates until all that are left follow from all that are left."""
        with self.session.solver(self.circuit) as solver:
            for lit in context:
                solver.require(lit)
            assumed = dict(here)
            wanted = {name: lit for name, lit in after.items() if lit not in (TRUE, assumed.get(name))}
            while wanted:
                some_fails = -self.circuit.all(wanted.values())
                left = [assumed[name] for name in kept.names if name in assumed]
                answer = self.session.ask(solver, [*left, some_fails])
                if answer.status == "unknown":
                    kept.stopped = answer.reason
                    return
                if answer.status == "unsat":
                    return
                values = self.circuit.evaluate(answer.assignment, wanted.values())
                false = {name for name, lit in wanted.items() if not holds(values, lit)}
                kept.names = [name for name in kept.names if name not in false]
                wanted = {name: lit for name, lit in wanted.items() if name not in false}


def fewer(
    theory: Theory, session: Session, goals: Sequence[str], found: Sequence[Candidate], given: Sequence[str]
) -> list[Candidate]:
    """Some of the found lemmas that prove the goals just as well: no single one of them can be left out.

    First those that the proofs rest on, then one after the other is dropped, the costliest first.
    """
    names = [*given, *(candidate.name for candidate in found)]
    needed = support(theory, session, goals, names)
    left = sorted((one for one in found if one.name in needed), key=lambda one: one.cost, reverse=True)
    for candidate in list(left):
        without = [one for one in left if one is not candidate]
        if session.out_of_budget():
            break
        if proves(theory, session, goals, [*given, *(one.name for one in without)]):
            left = without
    return left


def support(theory: Theory, session: Session, goals: Sequence[str], names: Sequence[str]) -> set[str]:
    """What goals rest on, among conjuncts that are inductive with them: what they follow from, what that follows from, and so on."""
    assumed = {theory.here(name): name for name in dict.fromkeys([*goals, *names])}
    reached = set(goals)
    waiting = list(goals)
    solvers = {action: session.solver(theory.circuit) for action in theory.actions}
    for action, solver in solvers.items():
        step = theory.step(action)
        for lit in (*theory.somewhere, step.taken, step.within):
            solver.require(lit)
    while waiting:
        name = waiting.pop()
        for action, solver in solvers.items():
            wrong = -theory.holds(name, theory.step(action).successor)
            answer = session.ask(solver, [*assumed, wrong])
            if answer.status != "unsat":
                return set(assumed.values())
            new = {assumed[lit] for lit in answer.core if lit in assumed} - reached
            reached |= new
            waiting += new
    for solver in solvers.values():
        solver.close()
    return reached


def proves(theory: Theory, session: Session, goals: Sequence[str], names: Sequence[str]) -> bool:
    """Whether goals are in the largest inductive part of some conjuncts."""
    kept = Houdini(theory, session).largest(list(dict.fromkeys([*goals, *names])))
    return not kept.stopped and set(goals) <= set(kept.names)
