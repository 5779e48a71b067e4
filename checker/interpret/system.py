"""A program of the IR as a transition system, by evaluating it: the twin of the reference backend.

It gives the same states, transitions and answers as CPython running the spec, and is what the native
backend is compared with.  Where CPython would raise, it raises `Stuck`.  It checks nothing twice and
explains nothing: that is the reference backend's work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any

from checker.interpret.machine import Machine
from checker.interpret.stuck import Environment, Evaluate, Stuck
from checker.ir import program as ir
from checker.lang.errors import InternalError
from checker.lang.types import Fault, FiniteType, SetType
from checker.lang.values import order
from checker.system import Arguments, Predicate, State, Transition

Domain = Callable[[Environment], Iterable[Any]]


class InterpretedSystem:
    """The transition system of a program; raises `Stuck` where the spec's functions would raise."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self.action_names: Sequence[str] = [action.name for action in program.actions]
        self.parameter_names: Sequence[Sequence[str]] = [
            [choice.name for choice in action.choices] for action in program.actions
        ]
        self._machine = Machine(program)
        code = self._machine.code
        self._initial = [_Taken(self._machine, transition) for transition in program.initial]
        self._actions = [_Taken(self._machine, transition) for transition in program.actions]
        self._known = {
            part.name: self._asked(part) for part in (*program.properties, *program.final, *program.boundary)
        }
        self._atoms = [self._asked(part) for part in program.atoms]
        self._markings = [
            (marking, code(marking.fixed), None if marking.where is None else code(marking.where))
            for marking in program.markings
        ]

    # -- states and transitions --

    def initial(self) -> Iterator[State]:
        """Every initial state, once for each witness."""
        for transition in self._initial:
            for _, state in transition.taken(None):
                yield state

    def successors(self, state: State) -> Iterator[Transition]:
        """Every transition out of a state, once for each satisfied witness."""
        for index, transition in enumerate(self._actions):
            for arguments, successor in transition.taken(state):
                yield index, arguments, successor

    def available(self, index: int, state: State) -> list[Arguments]:
        """The arguments that an action's choices may take in a state, whatever its guards say."""
        return list(self._actions[index].choices(state))

    def apply(self, index: int, state: State, arguments: Arguments) -> State | None:
        """The successor of a state by one action with these arguments, or None."""
        return self._actions[index].apply(state, arguments)

    def fault(self, state: State, before: State | None) -> Fault | None:
        """Why a state leaves its types, or None."""
        found = self.program.state.fault(state)
        return found and Fault(found.path.removeprefix("."), found.value, found.expected, found.bound)

    # -- predicates --

    def predicates(self, names: Sequence[str]) -> list[Predicate]:
        """The properties and lemmas with these names, ready to be asked."""
        return [Predicate(name, self._known[name]) for name in names]

    def inside(self, state: State) -> bool:
        """Whether a state lies within the boundary."""
        return all(self._known[part.name](state) for part in self.program.boundary)

    def final(self, state: State) -> bool:
        """Whether a behaviour may end here."""
        return any(self._known[part.name](state) for part in self.program.final)

    # -- letters --

    def atoms_of(self, state: State) -> int:
        """The bits of the atoms that are true of a state."""
        return sum(1 << place for place, holds in enumerate(self._atoms) if holds(state))

    def marks_of(
        self, before: State, action: int, arguments: Arguments, after: State, *, inside: bool = True
    ) -> int:
        """The marks of a step, as bits; one that is not `inside` is asked nothing about where it leads."""
        found = 0
        for marking, fixed, where in self._markings:
            if marking.action != action:
                continue
            names = [choice.name for choice in marking.choices]
            known = {marking.state: before, **dict(zip(names, arguments, strict=True))}
            if not fixed(dict(known)):
                continue
            asked = where is not None and (inside or marking.after is None)
            if where is None or not asked or where({**known, str(marking.after): after}):
                found |= 1 << marking.mark
        return found

    def _asked(self, part: ir.Predicate) -> Callable[..., bool]:
        body = self._machine.code(part.body)
        return lambda *states: body(dict(zip(part.states, states, strict=True)))

    # -- for messages --

    def describe(self, action: int, arguments: Arguments) -> str:
        """A transition as a reader wants it; a negative action is the choice of an initial state."""
        if action < 0:
            return "an initial state"
        given = zip(self.parameter_names[action], arguments, strict=True)
        return f"{self.action_names[action]}({', '.join(f'{name}={value!r}' for name, value in given)})"

    def not_in_type(
        self, fault: Fault, state: State, before: State | None, action: int, arguments: Arguments
    ) -> Exception:
        """A typed program makes no value of a wrong type, but initial states may leave their bounds."""
        step = self.describe(action, arguments)
        return InternalError(f"{step} gives {fault.value!r} where {fault.expected} is expected: {fault.path}")

    def unhashable(self, state: State, before: State | None, action: int, arguments: Arguments) -> Exception:
        """A typed program makes no value that could be changed in place."""
        return InternalError(f"{self.describe(action, arguments)} gives a state that has no hash: {state!r}")


class _Taken:
    """One action, or source of initial states."""

    def __init__(self, machine: Machine, transition: ir.Transition) -> None:
        self.transition = transition
        self._domains = [_domain(machine, choice) for choice in transition.choices]
        self._body = machine.code(transition.body)
        self._guards: list[list[Evaluate]] = [
            [machine.code(guard) for after, guard in transition.guards if after == place]
            for place in range(len(transition.choices) + 1)
        ]

    def choices(self, state: State | None) -> Iterator[Arguments]:
        """Every choice, enabled or not."""
        return (arguments for _, arguments in self._chosen(self._start(state), (), guarded=False))

    def apply(self, state: State | None, arguments: Arguments) -> State | None:
        """What one choice leads to."""
        known = self._start(state)
        for place in range(len(arguments) + 1):
            if not self._passes(place, known):
                return None
            if place < len(arguments):
                known[self.transition.choices[place].name] = arguments[place]
        return self._body(known)

    def _start(self, state: State | None) -> Environment:
        return {} if self.transition.state is None else {self.transition.state: state}

    def _passes(self, place: int, known: Environment) -> bool:
        return all(guard(dict(known)) for guard in self._guards[place])

    def taken(self, state: State | None) -> Iterator[tuple[Arguments, State]]:
        """Every choice that gives a state, with the state."""
        for environment, arguments in self._chosen(self._start(state), (), guarded=True):
            successor = self._body(dict(environment))
            if successor is not None:
                yield arguments, successor

    def _chosen(
        self, known: Environment, arguments: Arguments, *, guarded: bool
    ) -> Iterator[tuple[Environment, Arguments]]:
        """Every way to go on choosing, given what is chosen; if `guarded`, those that pass the guards."""
        place = len(arguments)
        if guarded and not self._passes(place, known):
            return
        if place == len(self._domains):
            yield known, arguments
            return
        name = self.transition.choices[place].name
        for value in self._domains[place](dict(known)):
            yield from self._chosen({**known, name: value}, (*arguments, value), guarded=guarded)


def _domain(machine: Machine, choice: ir.Choice) -> Domain:
    """What a choice ranges over, members of sets and bags in canonical order."""
    if choice.domain is None:
        return lambda env: choice.type.members()
    collect = machine.code(choice.domain)
    kind = choice.type.item if choice.subsets and isinstance(choice.type, SetType) else choice.type
    within = partial(_within, choice, kind)
    if choice.subsets:
        return lambda env: _subsets(within(collect(env)))
    return lambda env: within(collect(env))


def _within(choice: ir.Choice, kind: FiniteType, collection: Any) -> Sequence[Any]:
    """The items of a domain in canonical order; each lies within the bounds of the choice's type."""
    items = collection if isinstance(collection, tuple) else sorted(collection, key=order)
    for item in items:
        fault = kind.fault(item)
        if fault is not None and fault.bound is not None:
            raise Stuck(f"{choice.name} = {item!r} is outside {fault.bound}")
    return items


def _subsets(items: Sequence[Any]) -> Iterator[frozenset[Any]]:
    unique = list(dict.fromkeys(items))
    for size in range(len(unique) + 1):
        yield from map(frozenset, combinations(unique, size))
