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
from checker.prove.theory import DEADLOCK, Claim, Theory
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


def useful_lemmas(
    theory: Theory, session: Session, goals: Sequence[str], found: Sequence[Candidate]
) -> list[Candidate]:
    """Few of the candidates, which make goals inductive together with what the spec declares.

    Short candidates alone are tried first: they are fewer, and easier to read.  Goals that no candidates help
    are left out.  None if nothing was found, or not in time.
    """
    best: tuple[list[str], list[str]] = ([], [])
    for most in sorted({len(candidate.literals) for candidate in found}):
        some = [candidate for candidate in found if len(candidate.literals) <= most]
        won, kept, every = _won(theory, session, goals, some)
        if len(won) > len(best[0]):
            best = (won, kept)
        if every or session.out_of_budget():
            break
    won, kept = best
    if not won:
        return []
    useful = [candidate for candidate in found if candidate.name in kept]
    names = set(names_of(found))
    return fewer(theory, session, won, useful, [name for name in kept if name not in names])


def _won(
    theory: Theory, session: Session, goals: Sequence[str], found: Sequence[Candidate]
) -> tuple[list[str], list[str], bool]:
    """What goals need and is inductive with these candidates, all that is, and whether no goal is left out."""
    names = set(names_of(found))
    declared = [name for name, one in theory.invariants.items() if one in theory.program.properties]
    kept = Houdini(theory, session).largest([*declared, *names_of(found)])
    if kept.stopped:
        return [], [], False
    won = [name for name in goals if name in kept.names]
    every = all(name in kept.names for name in goals if name in theory.invariants)
    for claim in claims_of(theory, [name for name in goals if name not in theory.invariants]):
        needed = rests_on(theory, session, claim, kept.names)
        every = every and needed is not None
        won += sorted((needed or set()) - set(won))
    return won, [name for name in kept.names if name in names or name in declared], every


def names_of(found: Sequence[Candidate]) -> list[str]:
    """The names of candidates, in their order."""
    return [candidate.name for candidate in found]


def claims_of(theory: Theory, goals: Sequence[str]) -> list[Claim]:
    """What is to be shown for goals that are not about single states alone."""
    found = [
        theory.preserved(name, action) for name in goals if name != DEADLOCK for action in theory.actions
    ]
    return [*found, theory.no_deadlock()] if DEADLOCK in goals else found


def rests_on(theory: Theory, session: Session, claim: Claim, names: Sequence[str]) -> set[str] | None:
    """What a claim follows from, among some conjuncts; None if it does not follow from all of them."""
    assumed = {theory.here(name): name for name in names}
    with session.solver(theory.circuit) as solver:
        answer = session.ask(solver, [*assumed, *claim.context, claim.wrong])
    return {assumed[lit] for lit in answer.core if lit in assumed} if answer.status == "unsat" else None


def fewer(
    theory: Theory, session: Session, goals: Sequence[str], found: Sequence[Candidate], given: Sequence[str]
) -> list[Candidate]:
    """Some of the found lemmas that prove the goals just as well: no single one of them can be left out.

    First those that the proofs rest on, then one after the other is dropped, the costliest first.  Goals that
    are candidates themselves stay.
    """
    needed = support(theory, session, goals, [*given, *names_of(found)])
    left = sorted((one for one in found if one.name in needed), key=lambda one: one.cost, reverse=True)
    for candidate in [one for one in left if one.name not in goals]:
        without = [one for one in left if one is not candidate]
        if session.out_of_budget():
            break
        if proves(theory, session, goals, [*given, *names_of(without)]):
            left = without
    return left


def support(theory: Theory, session: Session, goals: Sequence[str], names: Sequence[str]) -> set[str]:
    """What goals rest on, among conjuncts inductive with them: what they follow from, what that follows from …"""
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
            new = {assumed[lit] for lit in answer.core if lit in assumed} - reached
            if answer.status != "unsat":
                new = set(assumed.values()) - reached
            reached |= new
            waiting += new
    for solver in solvers.values():
        solver.close()
    return reached


def proves(theory: Theory, session: Session, goals: Sequence[str], names: Sequence[str]) -> bool:
    """Whether goals are in the largest inductive part of some conjuncts."""
    kept = Houdini(theory, session).largest(list(dict.fromkeys([*goals, *names])))
    return not kept.stopped and set(goals) <= set(kept.names)
