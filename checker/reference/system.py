"""The reference backend: CPython running the spec is the definition of its meaning.

`ReferenceSystem` is the transition system of a declared model.  It enumerates witnesses in
canonical order, so that every run visits the states in the same order.  It trusts nothing: what an
action returns is checked against its type, and actions are run a second time (always at first, then
in samples) to see that they give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations, product
from random import Random
from typing import Any

from checker.lang.declarations import Action, Declaration, Property
from checker.lang.parameters import Parameter
from checker.lang.types import Fault
from checker.lang.values import Bag, Map, order
from checker.reference import faults
from checker.reference.validity import checker_of
from checker.result.show import call
from checker.system import Arguments, Predicate, State, Transition

ALWAYS_TWICE = 500
"""So many runs of each action are all repeated, to see that they agree; later ones are sampled."""

SAMPLE_MASK = 15
"""After those, one run in so many plus one is repeated."""

CACHE_LIMIT = 100_000
"""So many orders of sets are remembered before starting afresh."""

Witnesses = Callable[[State], Iterable[Arguments]]


class ReferenceSystem:
    """The transition system of a model, by running its functions.

    Raises SpecError for whatever the spec does that the language does not allow, with the action,
    its arguments and the place in the source.
    """

    def __init__(self, declaration: Declaration, seed: int | None = None) -> None:
        self.declaration = declaration
        self.model = declaration.model
        self.action_names: Sequence[str] = [action.name for action in declaration.actions]
        self.parameter_names: Sequence[Sequence[str]] = [
            [parameter.name for parameter in action.parameters] for action in declaration.actions
        ]
        self.repeated = 0
        self._random = None if seed is None else Random(seed)
        self._orders: dict[frozenset[Any], tuple[Any, ...]] = {}
        self._runs = [0] * len(declaration.actions)
        self._plan = [
            (index, action.function, self._witnesses(action))
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
            for arguments in self._witnesses(source)(None):
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

    def successors(self, state: State) -> Iterator[Transition]:
        """Every transition out of a state, once for each satisfied witness."""
        model, runs, cls = self.model, self._runs, self.declaration.state.cls
        for index, function, witnesses in self._plan:
            for arguments in witnesses(state):
                try:
                    successor = function(model, state, *arguments)
                    runs[index] = count = runs[index] + 1
                    if count <= ALWAYS_TWICE or not count & SAMPLE_MASK:
                        self._repeat(index, state, arguments, successor)
                except faults.SpecError:
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

    def apply(self, index: int, state: State, arguments: Arguments) -> State | None:
        """The successor of a state by one action with these arguments, or None."""
        return self.declaration.actions[index].function(self.model, state, *arguments)

    def available(self, index: int, state: State) -> list[Arguments]:
        """The arguments that an action's parameters may take in a state, enabled or not."""
        return list(self._witnesses(self.declaration.actions[index])(state))

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
        """The properties with these names, ready to be asked."""
        known = {prop.name: prop for prop in self.declaration.properties}
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

        def holds(*states: State) -> bool:
            try:
                value = function(model, *states)
            except Exception as error:
                raise faults.predicate_raised(declaration, prop, error, states) from error
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

    # -- witnesses --

    def _witnesses(self, action: Action) -> Witnesses:
        """How to enumerate an action's arguments in a state."""
        if all(parameter.over_type for parameter in action.parameters):
            fixed = list(product(*[list(p.type.members()) for p in action.parameters]))
            if self._random:
                self._random.shuffle(fixed)
            return lambda _: fixed
        if len(action.parameters) == 1:
            members = self._domain(action, action.parameters[0])
            return lambda state: [(value,) for value in members(state, ())]
        domains = [self._domain(action, parameter) for parameter in action.parameters]

        def extend(state: State) -> Iterable[Arguments]:
            found: list[Arguments] = [()]
            for domain in domains:
                found = [(*known, value) for known in found for value in domain(state, known)]
            return found

        return extend

    def _domain(self, action: Action, parameter: Parameter) -> Callable[[State, Arguments], Sequence[Any]]:
        """How to enumerate one parameter, given the state and the earlier arguments."""
        if parameter.over_type:
            members = tuple(parameter.type.members())
            return lambda state, known: members
        if parameter.field is not None:
            name = parameter.field
            collect: Callable[[State, Arguments], Any] = lambda state, known: getattr(state, name)  # noqa: E731
        else:
            collect = self._computed(action, parameter)
        if parameter.subsets:
            return lambda state, known: self._subsets(self._ordered(collect(state, known)))
        return lambda state, known: self._ordered(collect(state, known))

    def _computed(self, action: Action, parameter: Parameter) -> Callable[[State, Arguments], Any]:
        function, model = parameter.function, self.model
        assert function is not None
        names = [known.name for known in action.parameters]
        places = [-1 if name == "" else names.index(name) for name in parameter.arguments]
        runs = 0

        def collect(state: State, known: Arguments) -> Any:
            nonlocal runs
            runs += 1
            given = [state if place < 0 else known[place] for place in places]
            try:
                found = function(model, *given)
                twice = runs <= ALWAYS_TWICE or not runs & SAMPLE_MASK
                again = function(model, *given) if twice else found
            except Exception as error:
                raise faults.raised(self.declaration, action, error, state, known) from error
            if not isinstance(found, Collection):
                raise faults.not_a_collection(self.declaration, parameter, found)
            if again != found:
                raise faults.nondeterministic(self.declaration, action, state, known, function)
            return found

        return collect

    def _ordered(self, collection: Any) -> Sequence[Any]:
        """The members of a collection, in an order that does not depend on hashes."""
        kind = type(collection)
        if kind is frozenset:
            if len(collection) < 2:
                return tuple(collection)
            found = self._orders.get(collection)
            if found is None:
                if len(self._orders) >= CACHE_LIMIT:
                    self._orders.clear()
                found = self._orders[collection] = tuple(sorted(collection, key=order))
            return found
        if kind is tuple or kind is range:
            return collection  # type: ignore[no-any-return]
        if kind is Map:
            return tuple(collection)
        if kind is Bag:
            return self._ordered(collection.support())
        if kind is list:
            return collection  # type: ignore[no-any-return]
        return tuple(sorted(collection, key=order))

    @staticmethod
    def _subsets(items: Sequence[Any]) -> list[frozenset[Any]]:
        unique = list(dict.fromkeys(items))
        return [frozenset(chosen) for size in range(len(unique) + 1) for chosen in combinations(unique, size)]
