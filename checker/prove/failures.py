"""Counterexamples to induction as steps of the spec: small ones, and believed only once CPython agrees.

Of all states from which a claim fails, one is looked for that differs from the initial state in the fewest
parts.  Then the spec itself is run: the step must be one of its steps, what was assumed must hold before
it, and the conjunct must fail after it.  A difference is our fault, and said so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import islice
from typing import Any

from attrs import frozen

from checker.explore.exploration import Move
from checker.explore.search import DEADLOCK
from checker.judge import trace_of
from checker.lang.declarations import Declaration, Property
from checker.lang.errors import InternalError, SpecError
from checker.prove.induction import Failure
from checker.prove.parts import differing, number
from checker.prove.session import Session
from checker.prove.theory import INITIAL, Claim, Theory
from checker.reference.system import ReferenceSystem
from checker.result.proof import TO_INDUCTION, WELL_DEFINED, InductionFailure
from checker.symbolic.circuit import Lit
from checker.symbolic.model import Step
from checker.system import OutOfBudget
from checker.why.explain import explain_deadlock, explain_false, explain_step

MINIMISE_S = 5.0
"""The most time for making one counterexample smaller."""

REAL = "A real bug: it is an initial state"
"""What it means that a counterexample begins in an initial state."""

CONFIRM_S = 5.0
"""The most time that CPython is given to run one."""

FIRST_STATES = 1000
"""So many initial states are compared with the first state of a counterexample."""


@frozen
class Small:
    """A model of a failure, how many parts differ, and whether fewer are known to be impossible."""

    assignment: Mapping[int, bool]
    differing: int
    minimal: bool


class Failures:
    """Renders the failures of one theory."""

    def __init__(self, declaration: Declaration, theory: Theory, session: Session) -> None:
        self.declaration = declaration
        self.theory = theory
        self.session = session
        self.system = ReferenceSystem(declaration, poll=self._poll)
        self._until = math.inf
        self.usual = next(iter(self.system.initial()), None)

    def _poll(self) -> None:
        if self.session.seconds > self._until:
            raise OutOfBudget("CPython has too many choices to try")

    def shown(self, failure: Failure) -> InductionFailure:
        """A failure as a report shows it; whether it is reachable is for others to say, but for initial states.

        Raises OutOfBudget where CPython needs too long to run it.
        """
        claim = failure.claim
        small = Small(failure.assignment, 0, True) if claim.action == INITIAL else self._small(failure)
        self._until = self.session.seconds + CONFIRM_S
        moves = self._moves(claim, small.assignment)
        self._until = self.session.seconds + CONFIRM_S
        why = self._checked(failure, moves)
        real = self._begins(moves[0].state)
        return InductionFailure(
            claim.conjunct,
            claim.action,
            trace_of(self.declaration, moves, TO_INDUCTION),
            tuple(why),
            differing=number(self.theory.program.state, moves[0].state, self.usual),
            minimal=small.minimal,
            reachable=True if real else None,
            explanation=REAL if real else "",
        )

    def _begins(self, state: Any) -> bool:
        """Whether a state is among the first initial states."""
        return any(state == other for other in islice(self.system.initial(), FIRST_STATES))

    # -- small ones --

    def _small(self, failure: Failure) -> Small:
        """The model with the fewest parts that differ: fewer and fewer, until there is none or no time."""
        theory, claim = self.theory, failure.claim
        if self.usual is None:
            return Small(failure.assignment, 0, False)
        parts = differing(theory.circuit, theory.program.state, theory.state, self.usual)
        fixed = [*(theory.here(name) for name in failure.assumed), *claim.context, claim.wrong]
        best, most = failure.assignment, self._differ(parts, failure.assignment)
        until = self.session.seconds + MINIMISE_S
        counted = theory.circuit.sums(parts, most)
        with self.session.solver(theory.circuit) as solver:
            for lit in fixed:
                solver.require(lit)
            while most > 0 and self.session.seconds < until:
                answer = self.session.ask(solver, [-counted[most - 1]], until - self.session.seconds)
                if answer.status != "sat":
                    return Small(best, most, answer.status == "unsat")
                best = answer.assignment
                most = self._differ(parts, best)
        return Small(best, most, most == 0)

    def _differ(self, parts: list[Lit], assignment: Mapping[int, bool]) -> int:
        values = self.theory.circuit.evaluate(assignment, parts)
        return sum(values[abs(lit)] == (lit > 0) for lit in parts)

    # -- as steps of the spec --

    def _moves(self, claim: Claim, assignment: Mapping[int, bool]) -> tuple[Move, ...]:
        model, step = self.theory.model, claim.step
        if claim.action == INITIAL and claim.conjunct == WELL_DEFINED:
            return self._beginning()
        if claim.action == INITIAL and step is not None:
            return (Move(model.state(assignment, step.successor)),)
        before = model.state(assignment, self.theory.state)
        if step is None or not model.true(assignment, step.taken):
            return (Move(before),)
        after = model.state(assignment, step.successor)
        index = self.theory.actions.index(claim.action)
        arguments = self._arguments(step, index, before, after, assignment)
        if arguments is None:
            raise InternalError(
                f"Z3 takes `{claim.action}` from {before!r} to {after!r}, and CPython does not"
            )
        return (Move(before), Move(after, index, arguments))

    def _beginning(self) -> tuple[Move, ...]:
        """The first initial state; raises what is wrong with any of them."""
        self.system.begin()
        return (Move(self.usual),)

    def _arguments(
        self, step: Step, index: int, before: Any, after: Any, assignment: Mapping[int, bool]
    ) -> tuple[Any, ...] | None:
        """The arguments with which CPython takes a step.

        Where it raises with others, in a state that nothing may ever reach, or has too many to try, those of
        the model are tried.
        """
        try:
            for arguments, successor in self.system.transitions(index, before):
                if successor == after:
                    return arguments
        except (SpecError, OutOfBudget):
            chosen = self.theory.model.arguments(assignment, step)
            if self.system.apply(index, before, chosen) == after:
                return chosen
        return None

    def _checked(self, failure: Failure, moves: tuple[Move, ...]) -> list[str]:
        """Why the conjunct fails, once CPython has said that it does and that all that was assumed holds."""
        declared = {prop.name: prop for prop in (*self.declaration.properties, *self.declaration.lemmas)}
        claim = failure.claim
        known = [name for name in failure.assumed if name in declared]
        before = moves[0].state
        if claim.action != INITIAL:
            for predicate in self.system.predicates(known):
                if not predicate.holds(before):
                    raise InternalError(f"Z3 assumes `{predicate.name}` in {before!r}, and CPython does not")
        if claim.conjunct == DEADLOCK:
            return self._stops(claim, before)
        if claim.conjunct == WELL_DEFINED:
            return self._raises(claim, before)
        prop = declared.get(claim.conjunct)
        return [] if prop is None else self._explained(prop, claim, moves)

    def _stops(self, claim: Claim, before: Any) -> list[str]:
        try:
            self._agree(claim, next(iter(self.system.successors(before)), None) is None, before)
            return explain_deadlock(self.declaration, before)
        except SpecError as error:
            return [f"it raises: {error.problem.what}"]

    def _explained(self, prop: Property, claim: Claim, moves: tuple[Move, ...]) -> list[str]:
        predicate = self.system.predicates([prop.name])[0]
        states: tuple[Any, ...] = tuple(move.state for move in moves)
        asked = states[-2:] if prop.kind == "step" else states[-1:]
        try:
            self._agree(claim, not predicate.holds(*asked), states[0])
        except SpecError as error:
            return [f"it raises: {error.problem.what}"]
        explain = explain_step if prop.kind == "step" else explain_false
        return list(explain(self.declaration, prop, moves))

    def _raises(self, claim: Claim, before: Any) -> list[str]:
        if claim.action == INITIAL:
            return ["an initial state leaves its types, or making it or asking the boundary of it raises"]
        try:
            list(self.system.transitions(self.theory.actions.index(claim.action), before))
        except SpecError as error:
            return [error.problem.what]
        return [f"`{claim.action}`, or the boundary after it, may raise"]

    def _agree(self, claim: Claim, fails: bool, state: Any) -> None:
        if not fails:
            raise InternalError(f"Z3 refutes `{claim.conjunct}` after {state!r}, and CPython does not")

    def bound(self, failure: Failure) -> str:
        """Which bound an initial state or a step leaves, in words."""
        claim, model = failure.claim, self.theory.model
        if claim.step is None:
            who = (
                f"`{claim.action}` may leave bounds"
                if claim.action
                else "initial states may be beyond bounds"
            )
            return f"{who}; whether it is so was not decided in time"
        if claim.action == INITIAL:
            return "an initial state can lie beyond the boundary: no step is taken from it"
        after = model.state(failure.assignment, claim.step.outcome)
        fault = self.system.fault(after, None)
        if fault is None:
            return f"`{claim.action}` can leave the boundary"
        return f"`{claim.action}` can leave {fault.bound or fault.expected} (`{fault.path}`)"
