"""A program as formulas against the same program interpreted: every state, choice, successor and predicate."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from attrs import field, frozen

from checker.interpret.stuck import Stuck
from checker.interpret.system import InterpretedSystem
from checker.ir.program import Program
from checker.symbolic.circuit import Lit
from checker.symbolic.lifting import decode, lits_of
from checker.symbolic.model import Step, SymbolicModel
from checker.symbolic.values import Value
from tests.symbolic.pinned import Known, Simulation, Ways, pinned

STUCK = "stuck"


@frozen
class Twins:
    """One program twice."""

    program: Program
    system: InterpretedSystem
    model: SymbolicModel
    random: Random = field(factory=lambda: Random(1))

    @classmethod
    def of(cls, program: Program, limit: int = 5_000_000) -> Twins:
        return cls(program, InterpretedSystem(program), SymbolicModel(program, limit))

    # -- by the interpreter --

    def interpreted(self, place: int, state: Any) -> set[Any] | str:
        """The successors of a state by an action; or that it is stuck."""
        try:
            return {found for _, found in self.system._actions[place].taken(state)}
        except Stuck:
            return STUCK

    def has_successor(self, place: int, state: Any) -> bool | None:
        """Whether some choice leads on, whatever the others do; nothing where a domain has no value."""
        try:
            choices = self.system.available(place, state)
        except Stuck:
            found = self.interpreted(place, state)
            return None if found == STUCK else bool(found)
        return any(self._leads_on(place, state, arguments) for arguments in choices)

    def _leads_on(self, place: int, state: Any, arguments: Any) -> bool:
        try:
            return self.system.apply(place, state, arguments) is not None
        except Stuck:
            return False

    def answer(self, name: str, *states: Any) -> bool | str:
        """What a predicate says."""
        try:
            return bool(self.system._known[name](*states))
        except Stuck:
            return STUCK

    # -- by formulas --

    def pins(self, states: Sequence[Any], value: Value) -> list[Known]:
        """The variables that make a new state each of these."""
        kind = self.program.state
        return [pinned(self.model.circuit, kind, value, state, self.random) for state in states]

    def outcomes(self, step: Step, variables: Sequence[int], pins: Sequence[Known]) -> list[set[Any] | str]:
        """What each of some states leads to by a step with every choice; or that some choice is stuck.

        Sees to it as well that `within` says whether the outcome keeps its bounds, and that the successor
        then is the same state.
        """
        ways = Ways(self.model.circuit, variables, self.random).of(pins)
        of = [at for at, _ in ways]
        sim = Simulation(self.model.circuit, [known for _, known in ways])
        found: list[set[Any] | str] = [set() for _ in pins]
        sim.need([step.taken, step.within, *lits_of(step.outcome), *lits_of(step.successor)])
        within, seen = sim.word(step.within), set()
        for place in sim.places(step.taken):
            key = (of[place], self._picture(sim, step, place))
            if key in seen:
                continue
            seen.add(key)
            outcome = decode(sim.at(place), self.program.state, step.outcome)
            inside = bool(within >> place & 1)
            assert inside == (self.system.fault(outcome, None) is None), outcome
            if inside:
                assert decode(sim.at(place), self.program.state, step.successor) == outcome
            found[of[place]].add(outcome)
        for place in sim.places(step.stuck):
            found[of[place]] = STUCK
        return found

    def _picture(self, sim: Simulation, step: Step, place: int) -> tuple[bool, ...]:
        """What decides about an outcome under one assignment, so that each is decoded once."""
        at = sim.at(place)
        lits = {abs(lit) for lit in lits_of(step.outcome)} | {abs(lit) for lit in lits_of(step.successor)}
        return tuple(at[lit] for lit in sorted(lits))


def built(twins: Twins, make: Any) -> tuple[Step, list[int]]:
    """A step and the variables of its choices."""
    before = twins.model.circuit.size
    step = make()
    names = twins.model.circuit.names
    return step, [number for number in range(before + 1, twins.model.circuit.size + 1) if number in names]


def same_steps(twins: Twins, states: Sequence[Any]) -> None:
    """Every action gives the same successors, or is stuck in the same states."""
    unknown = twins.model.unknown("s")
    pins = twins.pins(states, unknown.value)
    sim = Simulation(twins.model.circuit, pins)
    assert sim.word(unknown.valid) == sim.mask
    sim.need(lits_of(unknown.value))
    assert [decode(sim.at(i), twins.program.state, unknown.value) for i in range(len(states))] == list(states)
    for place, action in enumerate(twins.program.actions):
        step, variables = built(twins, lambda action=action: twins.model.step(action, unknown.value, "by "))
        assert step.name == action.name
        expected = [twins.interpreted(place, state) for state in states]
        for state, want, got in zip(states, expected, twins.outcomes(step, variables, pins), strict=True):
            assert (action.name, state, got) == (action.name, state, want)


def same_enabled(twins: Twins, states: Sequence[Any]) -> None:
    """An action is enabled where some choice has a successor and does not raise."""
    unknown = twins.model.unknown("e")
    sim = Simulation(twins.model.circuit, twins.pins(states, unknown.value))
    for place, action in enumerate(twins.program.actions):
        word = sim.word(twins.model.enabled(action, unknown.value))
        for at, state in enumerate(states):
            expected = twins.has_successor(place, state)
            if expected is not None:
                assert (action.name, state, bool(word >> at & 1)) == (action.name, state, expected)


def same_initial(twins: Twins) -> None:
    """The sources of initial states give the same ones."""
    found: set[Any] | str = set()
    for transition in twins.program.initial:
        step, variables = built(twins, lambda t=transition: twins.model.step(t, None, "at first "))
        (one,) = twins.outcomes(step, variables, [{}])
        found = STUCK if STUCK in (found, one) else {*found, *one}
    try:
        expected: set[Any] | str = set(twins.system.initial())
    except Stuck:
        expected = STUCK
    assert found == expected


def same_predicates(twins: Twins, states: Sequence[Any]) -> None:
    """Every predicate holds in the same states, or raises in them; those of steps are asked of pairs."""
    model, program = twins.model, twins.program
    one, other = model.unknown("p"), model.unknown("q")
    after = [*states[1:], *states[:1]]
    pairs = zip(twins.pins(states, one.value), twins.pins(after, other.value), strict=True)
    sim = Simulation(model.circuit, [left | right for left, right in pairs])
    for part in (*program.properties, *program.final, *program.boundary):
        asked = model.ask(part, *[one.value, other.value][: len(part.states)])
        given = [pair[: len(part.states)] for pair in zip(states, after, strict=True)]
        found = [_said(sim, place, asked.holds, asked.stuck) for place in range(len(states))]
        assert list(zip(given, found, strict=True)) == [
            (pair, twins.answer(part.name, *pair)) for pair in given
        ]
    inside = sim.word(model.inside(one.value))
    for place, state in enumerate(states):
        answers = [twins.answer(part.name, state) for part in program.boundary]
        assert bool(inside >> place & 1) == all(answer is True for answer in answers)


def _said(sim: Simulation, place: int, holds: Lit, stuck: Lit) -> bool | str:
    if sim.word(stuck) >> place & 1:
        return STUCK
    return bool(sim.word(holds) >> place & 1)


def same_equality(twins: Twins, states: Sequence[Any]) -> None:
    """Two states are the same exactly if Python says so: unknown ones, and an unknown and a known one."""
    model = twins.model
    one, other = model.unknown("l"), model.unknown("r")
    pairs = [(left, right) for left in states for right in states]
    left = twins.pins([pair[0] for pair in pairs], one.value)
    right = twins.pins([pair[1] for pair in pairs], other.value)
    sim = Simulation(model.circuit, [a | b for a, b in zip(left, right, strict=True)])
    word = sim.word(model.same(one.value, other.value))
    known = {state: sim.word(model.same(one.value, model.known(state))) for state in states}
    for place, (a, b) in enumerate(pairs):
        assert bool(word >> place & 1) == (a == b)
        assert bool(known[b] >> place & 1) == (a == b)


def same_in_all(twins: Twins, states: Sequence[Any], *, enabled: bool = True) -> None:
    """All of the above."""
    same_initial(twins)
    same_steps(twins, states)
    same_predicates(twins, states)
    same_equality(twins, states[:8])
    if enabled:
        same_enabled(twins, states)
