"""Bounded model checking: is there a behaviour of so many states that shows something?

Depth by depth, as breadth-first search goes level by level: the first depth at which an answer is "yes"
gives a shortest counterexample.  What was not found to a depth is shown to that depth and no further.
Every behaviour found is run by CPython before anybody is told.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field, frozen

from checker.explore.exploration import Move
from checker.explore.search import DEADLOCK
from checker.ir.program import Predicate, Program
from checker.lang.declarations import Declaration
from checker.lang.errors import InternalError
from checker.prove.session import Question, Session
from checker.prove.theory import INITIAL
from checker.prove.unrolling import Frame, Unrolling
from checker.reference.system import ReferenceSystem
from checker.result.proof import WELL_DEFINED, Obligation, Outcome
from checker.solve.z3_solver import Z3Solver
from checker.symbolic.circuit import FALSE, TRUE, Lit, TooLarge
from checker.symbolic.model import SymbolicModel

AT_DEPTH = "depth "
"""How the action of a question about all behaviours of a length begins."""


@frozen
class Target:
    """What a behaviour is to show in its last state, or in its last step."""

    name: str
    kind: str
    predicate: Predicate | None


@define
class Bounded:
    """What came of it: behaviours that were found, and to which depth the others were looked for.

    `depth` counts states: the initial ones are depth 1.
    """

    names: tuple[str, ...] = ()
    depth: int = 0
    found: dict[str, tuple[Move, ...]] = field(factory=dict)
    stopped: str = ""
    questions: list[Question] = field(factory=list)

    def looked_for(self, name: str) -> bool:
        """Whether this was among the targets."""
        return name in self.names


class BoundedChecker:
    """Looks for behaviours of one program, longer and longer ones."""

    def __init__(self, declaration: Declaration, program: Program, session: Session) -> None:
        self.program = program
        self.session = session
        self.system = ReferenceSystem(declaration)
        self.declared = {prop.name for prop in (*declaration.properties, *declaration.lemmas)}
        self.model = SymbolicModel(program, poll=session.out_of_budget)
        self.circuit = self.model.circuit
        self.unrolling = Unrolling(self.model, initial=True)
        self._known: list[Lit] = []
        self._untried = ""

    def look(self, targets: Sequence[Target], depth: int, *, every: bool = False) -> Bounded:
        """Look for all targets to a depth; ends with the first depth at which something violated is found.

        With `every`, what is not found then is looked for in longer behaviours too.  A `sometimes` that is
        reached does not end it.  WELL_DEFINED is always looked for: a step that raises in a reachable state
        is a mistake in the spec, and CPython says which.
        """
        next(iter(self.system.initial()))  # raises where there is none, so that nothing passes on nothing
        bounded = Bounded(tuple(target.name for target in targets), stopped=self._begins())
        open_targets = list(targets)
        with self.session.solver(self.circuit) as solver:
            while bounded.depth < depth and not bounded.stopped:
                self.session.begin(f"unrolling: depth {bounded.depth + 1}")
                try:
                    self._level(solver, open_targets, bounded)
                except TooLarge as error:
                    bounded.stopped = str(error)
                wrong = [t for t in targets if t.name in bounded.found and t.kind != "sometimes"]
                if not every and (wrong or not open_targets):
                    break
        self._report(targets, bounded)
        return bounded

    def _begins(self) -> str:
        """See that every initial state can be made, within its types; CPython says which cannot.

        Returns why that was not found out, if it was not.
        """
        sources = list(self.model.initial("beginning "))
        outside = [self.circuit.both(source.taken, -source.within) for source in sources]
        wrong = self.circuit.any([*(source.stuck for source in sources), *outside])
        if wrong == FALSE:
            return ""
        with self.session.solver(self.circuit) as solver:
            answer = self.session.ask(solver, [wrong])
        if answer.status == "sat":
            self.system.begin()
            raise InternalError("Z3 finds an initial state that cannot be made, and CPython does not")
        return answer.reason

    def _level(self, solver: Z3Solver, targets: list[Target], bounded: Bounded) -> None:
        frame = self.unrolling.frames[0] if bounded.depth == 0 else self.unrolling.extend()
        solver.require(frame.ways)
        self._known.append(frame.ways)
        wrong = {target.name: self._shown(target, frame) for target in targets}
        wrong[WELL_DEFINED] = self._raising(frame)
        while True:
            any_wrong = self.circuit.any(wrong.values())
            if any_wrong == FALSE:
                break
            answer = self.session.ask(solver, [any_wrong])
            if answer.status == "unknown":
                bounded.stopped = answer.reason
                return
            if answer.status == "unsat":
                self._settled(wrong, any_wrong, bounded)
                break
            self._take(answer.assignment, targets, wrong, bounded)
        bounded.depth += 1

    def _take(
        self, assignment: Mapping[int, bool], targets: list[Target], wrong: dict[str, Lit], bounded: Bounded
    ) -> None:
        """Keep a behaviour for everything that it shows."""
        moves = self._behaviour(assignment)
        shown = [name for name, lit in wrong.items() if self.model.true(assignment, lit)]
        if WELL_DEFINED in shown:
            if self.system.inside(moves[-1].state):
                list(self.system.successors(moves[-1].state))  # CPython raises, and says why
            raise InternalError(f"Z3 finds that a step from {moves[-1].state!r} raises, and CPython does not")
        for name in shown:
            target = next(each for each in targets if each.name == name)
            if name == DEADLOCK and self._untried and self._goes_on(moves[-1].state):
                raise TooLarge(f"{DEADLOCK}: {self._untried}")
            self._check(target, moves)
            bounded.found[name] = moves
            targets.remove(target)
            del wrong[name]

    def _settled(self, wrong: Mapping[str, Lit], lit: Lit, bounded: Bounded) -> None:
        names = tuple(f"state {place}" for place in range(1, len(self._known) + 1))
        about = ", ".join(name for name in wrong if name != WELL_DEFINED)
        label = f"{AT_DEPTH}{bounded.depth + 1}"
        bounded.questions.append(Question(about, label, (*self._known, lit), (*names, "something fails")))

    # -- targets --

    def _shown(self, target: Target, frame: Frame) -> Lit:
        """Where the last state, or the step to it, shows a target."""
        if target.name == DEADLOCK:
            stopped, self._untried = self.model.deadlock(frame.value)
            return self.circuit.both(stopped, self.model.inside(frame.value))
        assert target.predicate is not None
        if target.kind == "step":
            if len(self.unrolling.frames) < 2:
                return FALSE
            before = self.unrolling.frames[-2].value
            asked = self.model.ask(target.predicate, before, frame.value).holds
            return self.circuit.both(-self.model.same(before, frame.value), -asked)
        asked = self.model.ask(target.predicate, frame.value).holds
        return asked if target.kind == "sometimes" else -asked

    def _raising(self, frame: Frame) -> Lit:
        """Where the boundary raises, or an action does; beyond the boundary none is asked."""
        raising, inside = FALSE, TRUE
        for part in self.program.boundary:
            asked = self.model.ask(part, frame.value)
            raising = self.circuit.either(raising, self.circuit.both(inside, asked.stuck))
            inside = self.circuit.both(inside, asked.holds)
        stuck = self.circuit.any(step.stuck for step in frame.steps)
        return self.circuit.either(raising, self.circuit.both(inside, stuck))

    # -- behaviours --

    def _behaviour(self, assignment: Mapping[int, bool]) -> tuple[Move, ...]:
        """The behaviour of a model, taken step by step by CPython."""
        states = [self.model.state(assignment, frame.value) for frame in self.unrolling.frames]
        if all(state != states[0] for state in self.system.initial()):
            raise InternalError(f"Z3 begins in {states[0]!r}, and CPython does not")
        moves = [Move(states[0])]
        for frame, (before, after) in zip(self.unrolling.frames, itertools.pairwise(states), strict=False):
            moves.append(self._move(frame, before, after, assignment))
        return tuple(moves)

    def _move(self, frame: Frame, before: Any, after: Any, assignment: Mapping[int, bool]) -> Move:
        """The step that CPython takes: one with the arguments of the model, or else any."""
        for index, step in enumerate(frame.steps):
            if not self.model.true(assignment, step.taken):
                continue
            chosen = self.model.arguments(assignment, step)
            if self.system.apply(index, before, chosen) == after:
                return Move(after, index, chosen)
        for action, arguments, successor in self.system.successors(before):
            if successor == after:
                return Move(after, action, arguments)
        raise InternalError(f"Z3 steps from {before!r} to {after!r}, and CPython does not")

    def _check(self, target: Target, moves: tuple[Move, ...]) -> None:
        states = [move.state for move in moves]
        if target.name == DEADLOCK:
            agreed = not self._goes_on(states[-1])
        elif target.name not in self.declared:  # a lemma that was found, which only the IR knows
            return
        else:
            predicate = self.system.predicates([target.name])[0]
            found = predicate.holds(*states[-2:] if target.kind == "step" else states[-1:])
            agreed = found is (target.kind == "sometimes")
        if not agreed:
            raise InternalError(f"Z3 finds `{target.name}` shown in {states[-1]!r}, and CPython does not")

    def _goes_on(self, state: Any) -> bool:
        return next(iter(self.system.successors(state)), None) is not None

    def _report(self, targets: Sequence[Target], bounded: Bounded) -> None:
        for target in targets:
            outcome, reason = _outcome(target, bounded)
            self.session.settle(Obligation(target.name, INITIAL, outcome, 0.0, ("z3",), reason))


def _outcome(target: Target, bounded: Bounded) -> tuple[Outcome, str]:
    """What became of a target, and why that is not known, where it is not."""
    if target.name in bounded.found:
        return ("proved" if target.kind == "sometimes" else "refuted"), ""
    if bounded.stopped:
        return "unknown", bounded.stopped
    if target.kind == "sometimes":
        return "unknown", f"not reached to depth {bounded.depth}"
    return "proved", ""
