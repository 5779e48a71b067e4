"""The reference backend: CPython running the spec is the definition of its meaning.

`ReferenceSystem` is the transition system of a declared model.  It enumerates witnesses in
canonical order, so that every run visits the states in the same order.  It trusts nothing: what an
action returns is checked against its type, and actions are run a second time (always at first, then
in samples) to see that they give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random

from attrs import evolve

from checker.lang.declarations import Action, Declaration, Property
from checker.lang.errors import SpecError
from checker.lang.types import Fault
from checker.reference import faults
from checker.reference.validity import checker_of
from checker.reference.witnesses import ALWAYS_TWICE, SAMPLE_MASK, Enumerator, Witnesses
from checker.result.show import call
from checker.system import Arguments, OutOfBudget, Predicate, State, Transition

POLL_MASK = 63
"""Budgets are looked at after so many runs of an action plus one."""


class ReferenceSystem:
    """The transition system of a model, by running its functions.

    Raises SpecError for whatever the spec does that the language does not allow, with the action,
    its arguments and the place in the source.
    """

    def __init__(
        self,
        declaration: Declaration,
        seed: int | None = None,
        poll: Callable[[], None] = lambda: None,
    ) -> None:
        self.declaration = declaration
        self.model = declaration.model
        self.action_names: Sequence[str] = [action.name for action in declaration.actions]
        self.parameter_names: Sequence[Sequence[str]] = [
            [parameter.name for parameter in action.parameters] for action in declaration.actions
        ]
        self.repeated = 0
        self._random = None if seed is None else Random(seed)
        self._enumerator = Enumerator(declaration, self._random)
        self._poll = poll
        self._runs = [0] * len(declaration.actions)
        self._plan = [
            (index, action.function, self._enumerator.of(action))
            for index, action in enumerate(declaration.actions)
        ]
        if self._random:
            self._random.shuffle(self._plan)
        self._boundary = [self._asked(prop) for prop in declaration.boundary]
        self._final = [self._asked(prop) for prop in declaration.final]
        self._fields = [(name, checker_of(kind)) for name, kind in declaration.state.fields]

    # -- states and transitions --

    def initial(self) -> Iterator[State]:
        """Every initial state, once for each witness; SpecError where there is none at all."""
        found = False
        for source in self.declaration.initial:
            for count, arguments in enumerate(self._enumerator.of(source)(None), start=1):
                if not count & POLL_MASK:
                    self._poll()
                try:
                    state = source.function(self.model, *arguments)
                    again = source.function(self.model, *arguments)
                except Exception as error:
                    raise faults.raised(self.declaration, source, error, None, arguments) from error
                if again != state:
                    raise faults.nondeterministic(self.declaration, source, None, arguments)
                if state is None:
                    continue
                if type(state) is not self.declaration.state.cls:
                    raise faults.wrong_type(self.declaration, source, state, None, arguments)
                found = True
                yield state
        if not found:
            raise faults.no_initial_state(self.declaration)

    def begin(self) -> None:
        """Make every initial state; raises where one cannot be made, leaves its types or has no boundary."""
        for state in self.initial():
            fault = self.fault(state, None)
            if fault is not None:
                raise self.not_in_type(fault, state, None, -1, ())
            self.inside(state)

    def successors(self, state: State) -> Iterator[Transition]:
        """Every transition out of a state, once for each satisfied witness."""
        for index, function, witnesses in self._plan:
            yield from self._taken(index, function, witnesses, state)

    def transitions(self, action: int, state: State) -> Iterator[tuple[Arguments, State]]:
        """The transitions of one action out of a state, once for each satisfied witness."""
        index, function, witnesses = next(planned for planned in self._plan if planned[0] == action)
        for _, arguments, successor in self._taken(index, function, witnesses, state):
            yield arguments, successor

    def _taken(
        self, index: int, function: Callable[..., State | None], witnesses: Witnesses, state: State
    ) -> Iterator[Transition]:
        """The transitions of one action."""
        model, runs, cls = self.model, self._runs, self.declaration.state.cls
        for arguments in witnesses(state):
            try:
                successor = function(model, state, *arguments)
                runs[index] = count = runs[index] + 1
                if not count & POLL_MASK:
                    self._poll()
                if count <= ALWAYS_TWICE or not count & SAMPLE_MASK:
                    self._repeat(index, state, arguments, successor)
            except (SpecError, OutOfBudget):
                raise
            except Exception as error:
                action = self.declaration.actions[index]
                raise faults.raised(self.declaration, action, error, state, arguments) from error
            if successor is None:
                continue
            if type(successor) is not cls:
                action = self.declaration.actions[index]
                raise faults.wrong_type(self.declaration, action, successor, state, arguments)
            yield index, arguments, successor

    def _repeat(self, index: int, state: State, arguments: Arguments, first: State) -> None:
        """Run an action once more and see that it gives the same successor."""
        action = self.declaration.actions[index]
        self.repeated += 1
        if action.function(self.model, state, *arguments) != first:
            raise faults.nondeterministic(self.declaration, action, state, arguments)
        if type(first) is self.declaration.state.cls:
            self._type_check(action, state, arguments, first)

    def _type_check(self, action: Action, state: State, arguments: Arguments, first: State) -> None:
        """See that a value is of the very type, also where Python calls it equal to one that is.

        True == 1, so a state that holds True where 1 was seen would pass as known.
        """
        fault = self.declaration.state.fault(first)
        if fault is not None and fault.bound is None:
            index = self.declaration.actions.index(action)
            here = evolve(fault, path=fault.path.lstrip("."))
            raise self.not_in_type(here, first, state, index, arguments)

    def apply(self, index: int, state: State, arguments: Arguments) -> State | None:
        """The successor of a state by one action with these arguments, or None."""
        return self.declaration.actions[index].function(self.model, state, *arguments)

    def available(self, index: int, state: State) -> list[Arguments]:
        """The arguments that an action's parameters may take in a state, enabled or not."""
        return list(self._enumerator.of(self.declaration.actions[index])(state))

    # -- types --

    def fault(self, state: State, before: State | None) -> Fault | None:
        """Why a state leaves its types, or None; `before` is a state known to be within them."""
        for name, fault_of in self._fields:
            value = getattr(state, name)
            if before is not None and getattr(before, name) is value:
                continue
            found = fault_of(value)
            if found is not None:
                return found.under(name)
        return None

    # -- predicates --

    def predicates(self, names: Sequence[str]) -> list[Predicate]:
        """The properties and lemmas with these names, ready to be asked."""
        known = {prop.name: prop for prop in (*self.declaration.properties, *self.declaration.lemmas)}
        return [Predicate(name, self._asked(known[name])) for name in names]

    def inside(self, state: State) -> bool:
        """Whether a state lies within the boundary."""
        return all(holds(state) for holds in self._boundary)

    def final(self, state: State) -> bool:
        """Whether a behaviour may end here."""
        return any(holds(state) for holds in self._final)

    def _asked(self, prop: Property) -> Callable[..., bool]:
        """A predicate that answers True or False, or raises a located error."""
        declaration, model, function = self.declaration, self.model, prop.function

        runs = 0

        def holds(*states: State) -> bool:
            nonlocal runs
            runs += 1
            try:
                value = function(model, *states)
                twice = runs <= ALWAYS_TWICE or not runs & SAMPLE_MASK
                again = function(model, *states) if twice else value
            except Exception as error:
                raise faults.predicate_raised(declaration, prop, error, states) from error
            if again is not value and again != value:
                raise faults.undecided(declaration, prop, states)
            if value is True or value is False:
                return value
            raise faults.not_a_truth_value(declaration, prop, value, states)

        return holds

    # -- errors --

    def describe(self, action: int, arguments: Arguments) -> str:
        """A transition as a reader wants it; a negative action is the choice of an initial state."""
        if action < 0:
            return "an initial state"
        names = self.parameter_names[action]
        return call(self.action_names[action], list(zip(names, arguments, strict=True)))

    def not_in_type(
        self, fault: Fault, state: State, before: State | None, action: int, arguments: Arguments
    ) -> Exception:
        """The error to raise for a state that holds a value of the wrong type."""
        try:
            hash(state)
        except TypeError:
            return self.unhashable(state, before, action, arguments)
        culprit = self.declaration.actions[action] if action >= 0 else None
        return faults.outside_type(self.declaration, culprit, fault, before, arguments)

    def unhashable(self, state: State, before: State | None, action: int, arguments: Arguments) -> Exception:
        """The error to raise for a state that holds a value that could be changed in place."""
        culprit = self.declaration.actions[action] if action >= 0 else None
        return faults.unhashable(self.declaration, culprit, state, before, arguments)
