"""A program as formulas: states with variables in them, what an action makes of them, what holds of them.

A `Step` is one action with its choices as variables: where `taken` holds, it leads to `successor`.  All
nondeterminism lies in the choices, so a successor is a function of state and choices, and no second copy of
the state is needed to speak about it.  Solvers and proof methods are unknown here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from attrs import frozen

from checker.ir import program as ir
from checker.lang.types import FiniteType, NoneType, SetType, UnionType
from checker.symbolic.choosing import select
from checker.symbolic.circuit import FALSE, TRUE, Circuit, Lit, TooLarge, holds
from checker.symbolic.comparing import equal, within
from checker.symbolic.fresh import fresh, one_of, shown
from checker.symbolic.lifting import decode, lift, lits_of, members
from checker.symbolic.machine import Environment
from checker.symbolic.ranging import items
from checker.symbolic.rows import machine
from checker.symbolic.sets import gather
from checker.symbolic.tidy import tidied
from checker.symbolic.tying import tied
from checker.symbolic.values import NOWHERE, Nowhere, SetOf, Truth, Union, Value

CHOICES = 20_000
"""The most ways to choose an action's parameters that are listed when all are asked about."""


@frozen
class Unknown:
    """A state with variables in it, and the condition under which they make sense."""

    value: Value
    valid: Lit


@frozen
class Step:
    """An action, or a source of initial states, for any choice of its parameters.

    `stuck` says where evaluating it raises; `taken` that the choices make sense and it leads to `outcome`,
    whatever its bounds; `within` that this keeps the bounds of its types.  Where it does, `successor` is the
    same state, tidied up.
    """

    name: str
    choices: tuple[tuple[ir.Choice, Value], ...]
    stuck: Lit
    taken: Lit
    outcome: Value
    successor: Value
    within: Lit


@frozen
class Asked:
    """A predicate of some states: where it holds, and where evaluating it raises."""

    holds: Lit
    stuck: Lit


class SymbolicModel:
    """The formulas of one program, all over one circuit."""

    def __init__(
        self, program: ir.Program, limit: int = 20_000_000, poll: Callable[[], str] = lambda: ""
    ) -> None:
        self.program = program
        self.circuit = Circuit(limit, poll)
        self.machine = machine(program, self.circuit)

    # -- states --

    def unknown(self, name: str = "") -> Unknown:
        """A state of which nothing is known but its type; variables are named after its fields."""
        value, valid = fresh(self.circuit, self.program.state, name)
        return Unknown(value, valid)

    def known(self, state: Any) -> Value:
        """A state that is known altogether."""
        return lift(self.program.state, state)

    def same(self, left: Value, right: Value) -> Lit:
        """Whether two states are equal."""
        return equal(self.circuit, self.program.state, left, right)

    def becomes(self, new: Value, successor: Value) -> Lit:
        """A condition that makes a state of new variables a step's successor, where that is within bounds."""
        return tied(self.circuit, self.program.state, new, successor)

    def within(self, state: Value) -> Lit:
        """Whether a state keeps the bounds of its types."""
        return within(self.circuit, self.program.state, state)

    # -- steps --

    def initial(self, name: str = "") -> Iterator[Step]:
        """The sources of initial states."""
        for transition in self.program.initial:
            yield self.step(transition, None, name)

    def steps(self, state: Value, name: str = "") -> Iterator[Step]:
        """What each action makes of a state."""
        for action in self.program.actions:
            yield self.step(action, state, name)

    def step(self, transition: ir.Transition, state: Value | None, name: str = "") -> Step:
        """One action in a state; variables of its choices begin with `name`."""
        m, c = self.machine, self.circuit
        before, m.path, m.stuck = (m.path, m.stuck), TRUE, FALSE
        env: Environment = {} if transition.state is None else {transition.state: cast(Value, state)}
        choices: list[tuple[ir.Choice, Value]] = []
        possible = self._guards(transition, 0, env)
        for place, choice in enumerate(transition.choices, 1):
            with m.where(possible):
                value, valid = self._chosen(choice, env, f"{name}{transition.name}.{choice.name}")
            env[choice.name] = value
            choices.append((choice, value))
            possible = c.both(possible, valid)
            possible = c.both(possible, self._guards(transition, place, env, possible))
        found = m.under(possible, transition.body, env)
        stuck, (m.path, m.stuck) = m.stuck, before
        taken, outcome = _some(found, transition.body.type)
        taken = c.all((possible, taken, -stuck))
        if taken == FALSE:
            return Step(transition.name, tuple(choices), stuck, FALSE, NOWHERE, NOWHERE, TRUE)
        successor = tidied(c, self.program.state, outcome)
        return Step(transition.name, tuple(choices), stuck, taken, outcome, successor, self.within(outcome))

    def _guards(self, transition: ir.Transition, place: int, env: Environment, given: Lit = TRUE) -> Lit:
        m, found = self.machine, TRUE
        for after, guard in transition.guards:
            if after == place:
                with m.where(self.circuit.both(given, found)):
                    found = self.circuit.both(found, m.truth(guard, env))
        return found

    def _chosen(self, choice: ir.Choice, env: Environment, name: str) -> tuple[Value, Lit]:
        """A new value for a choice, and the condition under which it may be chosen."""
        m, c = self.machine, self.circuit
        if choice.domain is None:
            return fresh(c, choice.type, name)
        domain = m.value(choice.domain, env)
        if isinstance(domain, Nowhere):
            return NOWHERE, FALSE
        kind = item_kind(choice)
        entries = items(c, choice.domain.type, domain)
        m.fail(c.any(c.both(lit, -within(c, kind, held)) for lit, held in entries))
        if choice.subsets:
            return self._subset(entries, kind, name)
        marks = [f"#{place} {label}" for place, label in enumerate(labels(kind, domain, len(entries)), 1)]
        chosen, valid = one_of(c, marks, name)
        pairs = list(zip(chosen.cases.values(), entries, strict=True))
        there = c.all(c.implies(lit, present) for lit, (present, _) in pairs)
        return select(c, [(lit, held) for lit, (_, held) in pairs]), c.both(valid, there)

    def _subset(self, entries: list[tuple[Lit, Value]], kind: FiniteType, name: str) -> tuple[Value, Lit]:
        c = self.circuit
        chosen = [
            (c.both(present, c.variable(f"{name} has #{place}")), held)
            for place, (present, held) in enumerate(entries, 1)
        ]
        return gather(c, kind, chosen), TRUE

    # -- every choice at once --

    def deadlock(self, state: Value) -> tuple[Lit, str]:
        """Whether a state that is not final has no successor, as far as all choices can be tried.

        The text is empty, or says why some could not be: then the condition may hold where one of them leads
        on, and only that it cannot hold means something.
        """
        stopped = -self.circuit.any(self.ask(part, state).holds for part in self.program.final)
        untried = []
        for action in self.program.actions:
            if stopped == FALSE:
                return FALSE, ""
            try:
                stopped = self.circuit.both(stopped, -self.enabled(action, state))
            except TooLarge as error:
                untried.append(str(error))
        return stopped, "; ".join(untried)

    def enabled(self, action: ir.Transition, state: Value) -> Lit:
        """Whether an action has a successor in a state, for some choice, whatever its bounds.

        The choices are tried one by one; raises `TooLarge` where they are too many.  A choice for which
        anything raises has no successor.
        """
        budget = [CHOICES]
        env: Environment = {cast(str, action.state): state}
        m, before = self.machine, (self.machine.path, self.machine.stuck)
        m.path, m.stuck = TRUE, FALSE
        try:
            return self._tried(action, 0, env, TRUE, budget)
        finally:
            m.path, m.stuck = before

    def _tried(
        self, action: ir.Transition, place: int, env: Environment, given: Lit, budget: list[int]
    ) -> Lit:
        m, c = self.machine, self.circuit
        m.stuck = FALSE
        passed = self._guards(action, place, env, given)
        given = c.all((given, passed, -m.stuck))
        if given == FALSE:
            return FALSE
        if place == len(action.choices):
            budget[0] -= 1
            if budget[0] < 0:
                raise TooLarge(f"`{action.name}` has more than {CHOICES:,} choices to be tried")
            found, _ = _some(m.under(given, action.body, env), action.body.type)
            return c.all((given, found, -m.stuck))
        choice = action.choices[place]
        with m.where(given):
            options = self._options(choice, env)
        given = c.both(given, -m.stuck)
        found_any = FALSE
        for lit, value in options:
            env[choice.name] = value
            found_any = c.either(found_any, self._tried(action, place + 1, env, c.both(given, lit), budget))
            if found_any == TRUE:
                break
        return found_any

    def _options(self, choice: ir.Choice, env: Environment) -> list[tuple[Lit, Value]]:
        c = self.circuit
        if choice.domain is None:
            return [(TRUE, lift(choice.type, value)) for value in members(choice.type)]
        domain = self.machine.value(choice.domain, env)
        if isinstance(domain, Nowhere):
            return []
        entries = items(c, choice.domain.type, domain)
        if not choice.subsets:
            return entries
        if 1 << len(entries) > CHOICES:
            raise TooLarge(f"`{choice.name}` may be any subset of {len(entries)} items")
        found: list[tuple[Lit, list[tuple[Lit, Value]]]] = [(TRUE, [])]
        for lit, held in entries:
            found += [(c.both(given, lit), [*chosen, (TRUE, held)]) for given, chosen in found]
        return [(given, gather(c, item_kind(choice), chosen)) for given, chosen in found]

    # -- predicates --

    def ask(self, predicate: ir.Predicate, *states: Value) -> Asked:
        """Where a predicate holds of some states."""
        env = dict(zip(predicate.states, states, strict=True))
        found, stuck = self.machine.alone(predicate.body, env)
        lit = found.lit if isinstance(found, Truth) else FALSE
        return Asked(self.circuit.both(lit, -stuck), stuck)

    def inside(self, state: Value) -> Lit:
        """Whether a state lies within the boundary, so that actions are taken from it."""
        return self.circuit.all(self.ask(part, state).holds for part in self.program.boundary)

    # -- answers --

    def decoded(self, assignment: Mapping[int, bool], kind: FiniteType, value: Value) -> Any:
        """The Python value of a symbolic one, given the truth of the variables."""
        return decode(self.circuit.evaluate(assignment, lits_of(value)), kind, value)

    def state(self, assignment: Mapping[int, bool], value: Value) -> Any:
        """The Python state of a symbolic one, given the truth of the variables."""
        return self.decoded(assignment, self.program.state, value)

    def arguments(self, assignment: Mapping[int, bool], step: Step) -> tuple[Any, ...]:
        """The Python values that a step's choices have, given the truth of the variables."""
        return tuple(self.decoded(assignment, choice.type, value) for choice, value in step.choices)

    def true(self, assignment: Mapping[int, bool], lit: Lit) -> bool:
        """Whether a condition holds, given the truth of the variables."""
        return holds(self.circuit.evaluate(assignment, [lit]), lit)


def item_kind(choice: ir.Choice) -> FiniteType:
    """The type of what a choice ranges over."""
    return choice.type.item if choice.subsets and isinstance(choice.type, SetType) else choice.type


def labels(kind: FiniteType, domain: Value, number: int) -> list[str]:
    """Names of the items of a domain: what they are, where that is known."""
    if isinstance(domain, SetOf) and not domain.loose:
        return [shown(value) for value in domain.known]
    return [""] * number


def _some(found: Value, kind: FiniteType) -> tuple[Lit, Value]:
    """Whether a value that may be None is not, and what it then is."""
    if isinstance(found, Nowhere):
        return FALSE, NOWHERE
    if not isinstance(found, Union):
        return (FALSE, NOWHERE) if isinstance(kind, NoneType) else (TRUE, found)
    options = cast(UnionType, kind).options
    place = next(at for at, option in enumerate(options) if not isinstance(option, NoneType))
    return found.options[place]
