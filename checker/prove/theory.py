"""What is to be shown of a model by induction, as formulas about any state and one step from it.

With k-induction the state is the last of k states, each a successor of the one before it, and none like
another; what is assumed is assumed of all of them.

A *conjunct* is a property or a lemma, by name.  Some are asked of a state (`always`, lemmas), some of a step.
Two more are ours: `deadlock_freedom`, and `well_defined`, that no action and no predicate raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from attrs import frozen

from checker.explore.search import DEADLOCK
from checker.ir.program import Predicate, Program
from checker.prove.session import Question
from checker.prove.unrolling import Unrolling
from checker.result.proof import WELL_DEFINED
from checker.symbolic.circuit import FALSE, Lit
from checker.symbolic.model import Step, SymbolicModel
from checker.symbolic.values import Value

INITIAL = ""
"""In place of an action: the initial states, and behaviours of a known length that begin in one."""

EVERY_STATE = "every state"
"""In place of an action: what is asked of a state alone."""


@frozen
class Claim:
    """One condition: where `context` holds, with the invariant, `wrong` must not.

    `inexact` says why it may be that `wrong` holds though nothing is wrong; empty where it may not.
    """

    conjunct: str
    action: str
    context: tuple[Lit, ...]
    wrong: Lit
    step: Step | None
    inexact: str = ""


class Theory:
    """The formulas of one program about a state `s`, the last of k, and the steps from it."""

    def __init__(
        self,
        program: Program,
        *,
        extra: Sequence[Predicate] = (),
        begins: Sequence[Predicate] = (),
        k: int = 1,
        poll: Callable[[], str] = lambda: "",
    ) -> None:
        self.program = program
        self.model = SymbolicModel(program, poll=poll)
        self.circuit = self.model.circuit
        self.path = Unrolling(self.model, initial=False)
        for _ in range(1, k):
            self.path.extend()
        self.state = self.path.frames[-1].value
        asked = (*program.properties, *extra)
        self.invariants = {p.name: p for p in asked if p.kind in ("always", "lemma")}
        self.of_steps = {p.name: p for p in asked if p.kind == "step"}
        self.of_beginnings = {p.name: p for p in begins}
        self._holds: dict[tuple[str, Value], Lit] = {}
        self._initial: list[Step] | None = None
        self._deadlock: Claim | None = None

    def holds(self, name: str, state: Value) -> Lit:
        """Whether a conjunct over states holds of one, without raising."""
        key = (name, state)
        found = self._holds.get(key)
        if found is None:
            found = self._holds[key] = self.model.ask(self.invariants[name], state).holds
        return found

    def here(self, name: str) -> Lit:
        """Whether a conjunct over states holds in `s`, and with k-induction in those before it."""
        return self.circuit.all(self.holds(name, frame.value) for frame in self.path.frames)

    def step(self, action: str) -> Step:
        """What an action makes of `s`."""
        return self.path.frames[-1].steps[self.actions.index(action)]

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of the actions."""
        return tuple(action.name for action in self.program.actions)

    @property
    def initial(self) -> list[Step]:
        """The sources of initial states."""
        if self._initial is None:
            self._initial = list(self.model.initial("initial "))
        return self._initial

    @cached_property
    def somewhere(self) -> tuple[Lit, ...]:
        """What is known of `s` beside the invariant."""
        ways = [frame.ways for frame in self.path.frames]
        return (*ways, *self.path.all_new(), self.model.inside(self.state))

    # -- claims --

    def initially(self, names: Sequence[str]) -> Iterator[Claim]:
        """That initial states satisfy conjuncts, keep their types, and that making them raises nothing."""
        for source in self.initial:
            if WELL_DEFINED in names:
                raising = self._boundary_raises(source, (source.taken, source.within))
                outside = self.circuit.both(source.taken, -source.within)
                wrong = self.circuit.any((source.stuck, outside, raising))
                yield Claim(WELL_DEFINED, INITIAL, (), wrong, source)
            for name in names:
                if name in self.invariants:
                    context = (source.taken, source.within)
                    yield Claim(name, INITIAL, context, -self.holds(name, source.successor), source)
                elif name in self.of_beginnings:
                    asked = self.model.ask(self.of_beginnings[name], source.successor).holds
                    yield Claim(name, INITIAL, (source.taken, source.within), -asked, source)

    def preserved(self, name: str, action: str) -> Claim:
        """That an action preserves a conjunct, or that a step of it satisfies one."""
        step = self.step(action)
        taken = (*self.somewhere, step.taken, step.within)
        if name in self.of_steps:
            asked = self.model.ask(self.of_steps[name], self.state, step.successor).holds
            moved = -self.model.same(self.state, step.successor)
            return Claim(name, action, (*taken, moved), -asked, step)
        if name == WELL_DEFINED:
            wrong = self.circuit.either(step.stuck, self._boundary_raises(step, taken))
            return Claim(name, action, self.somewhere, wrong, step)
        return Claim(name, action, taken, -self.holds(name, step.successor), step)

    def _boundary_raises(self, step: Step, taken: Sequence[Lit]) -> Lit:
        """Whether a step is taken to a state of which the boundary cannot be asked."""
        if FALSE in taken:
            return FALSE
        raising = [self.model.ask(part, step.successor).stuck for part in self.program.boundary]
        return self.circuit.both(self.circuit.all(taken), self.circuit.any(raising))

    def no_deadlock(self) -> Claim:
        """That a state that is not final has a successor."""
        if self._deadlock is None:
            stopped, untried = self.model.deadlock(self.state)
            self._deadlock = Claim(DEADLOCK, EVERY_STATE, self.somewhere, stopped, None, untried)
        return self._deadlock

    def begins_beyond(self) -> Iterator[Claim]:
        """That initial states lie within the boundary."""
        for source in self.initial:
            context = (source.taken, source.within)
            yield Claim("bounds", INITIAL, context, -self.model.inside(source.successor), source)

    def leaves_bounds(self, action: str) -> Claim:
        """That an action does not leave the bounds of the state's types, or the boundary."""
        step = self.step(action)
        outside = -self.circuit.both(step.within, self.model.inside(step.successor))
        return Claim("bounds", action, (*self.somewhere, step.taken), outside, step)

    def question(self, claim: Claim, invariant: Sequence[str]) -> Question:
        """A claim, given an invariant, as what must not hold together."""
        if claim.action == INITIAL:
            invariant = ()
        hypotheses = [self.here(name) for name in invariant]
        lits = (*claim.context, *hypotheses, claim.wrong)
        names = (*self._said(claim), *(f"`{name}` holds before" for name in invariant), "the claim fails")
        return Question(claim.conjunct, claim.action, lits, names)

    def _said(self, claim: Claim) -> list[str]:
        """What each part of a claim's context says."""
        taken = [
            "a step leads to a state",
            "that state keeps the bounds of its types",
            "the step changes something",
        ]
        if claim.action == INITIAL:
            return taken[: len(claim.context)]
        frames = len(self.path.frames)
        before = [f"state {place} is one of its type" for place in range(frames)]
        before += ["no two of these states are the same"] * (frames * (frames - 1) // 2)
        before += [f"state {frames - 1} lies within the boundary"]
        return [*before, *taken[: len(claim.context) - len(before)]]
