"""Every choice of an action's parameters, in an order that does not depend on hashes.

Witnesses are made one by one, so that a budget can end an action in the middle of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import combinations, product
from random import Random
from typing import Any, cast

from checker.lang.declarations import Action, Declaration
from checker.lang.parameters import Parameter
from checker.lang.types import FiniteType, SetType
from checker.lang.values import Bag, Map, order
from checker.reference import faults
from checker.reference.validity import checker_of
from checker.system import Arguments, State

Witnesses = Callable[[State], Iterable[Arguments]]
Domain = Callable[[State, Arguments], Iterable[Any]]

ALWAYS_TWICE = 500
"""So many runs of each function are all repeated, to see that they agree; later ones are sampled."""

SAMPLE_MASK = 15
"""After those, one run in so many plus one is repeated."""

CACHE_LIMIT = 100_000
"""So many orders of sets are remembered before starting afresh."""

LISTED = 10_000
"""The values of a type are listed once if they are no more than this, and made anew otherwise."""


class Enumerator:
    """Makes the function that enumerates an action's witnesses in a state."""

    def __init__(self, declaration: Declaration, random: Random | None) -> None:
        self._declaration = declaration
        self._random = random
        self._orders: dict[frozenset[Any], tuple[Any, ...]] = {}

    def of(self, action: Action) -> Witnesses:
        """Every choice of the parameters of one action."""
        if all(_is_listed(parameter) for parameter in action.parameters):
            fixed = list(product(*[list(p.type.members()) for p in action.parameters]))
            if len(fixed) <= LISTED:
                if self._random:
                    self._random.shuffle(fixed)
                return lambda _: fixed
        domains = [self._domain(action, parameter) for parameter in action.parameters]
        if len(domains) == 1:
            (only,) = domains
            return lambda state: ((value,) for value in only(state, ()))
        return lambda state: _nested(domains, state, ())

    def _domain(self, action: Action, parameter: Parameter) -> Domain:
        """How to enumerate one parameter, given the state and the earlier arguments."""
        if parameter.over_type:
            if not _is_listed(parameter):
                return lambda state, known: parameter.type.members()
            members = tuple(parameter.type.members())
            return lambda state, known: members
        collect = self._checked(action, parameter, self._collection(action, parameter))
        if parameter.subsets:
            return lambda state, known: _subsets(self._ordered(collect(state, known)))
        return lambda state, known: self._ordered(collect(state, known))

    def _collection(self, action: Action, parameter: Parameter) -> Domain:
        """The collection that a parameter ranges over: a field of the state, or computed."""
        if parameter.field is not None:
            name = parameter.field
            return lambda state, known: getattr(state, name)
        function, model = parameter.function, self._declaration.model
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
                raise faults.raised(self._declaration, action, error, state, known) from error
            if not isinstance(found, Collection):
                raise faults.not_a_collection(self._declaration, parameter, found)
            if again != found:
                raise faults.nondeterministic(self._declaration, action, state, known, function)
            return found

        return collect

    def _checked(self, action: Action, parameter: Parameter, collect: Domain) -> Domain:
        """A domain whose members are checked against the bounds of the parameter's type.

        Only the bounds: a map over some of the keys, say, is a fine argument.
        """
        fault_of = checker_of(_item(parameter))

        def checked(state: State, known: Arguments) -> Any:
            found = collect(state, known)
            for value in found:
                fault = fault_of(value)
                if fault is not None and fault.bound is not None:
                    raise faults.outside_parameter(self._declaration, action, parameter, fault)
            return found

        return checked

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
        if kind is tuple or kind is range or kind is list:
            return cast(Sequence[Any], collection)
        if kind is Map:
            return tuple(collection)
        if kind is Bag:
            return self._ordered(collection.support())
        return tuple(sorted(collection, key=order))


def _is_listed(parameter: Parameter) -> bool:
    return parameter.over_type and parameter.type.count() <= LISTED


def _item(parameter: Parameter) -> FiniteType:
    """The type of the members of a parameter's domain."""
    if parameter.subsets:
        assert isinstance(parameter.type, SetType)
        return parameter.type.item
    return parameter.type


def _nested(domains: Sequence[Domain], state: State, known: Arguments) -> Iterator[Arguments]:
    place = len(known)
    if place == len(domains):
        yield known
    elif place == len(domains) - 1:
        for value in domains[place](state, known):
            yield (*known, value)
    else:
        for value in domains[place](state, known):
            yield from _nested(domains, state, (*known, value))


def _subsets(items: Sequence[Any]) -> Iterator[frozenset[Any]]:
    unique = list(dict.fromkeys(items))
    for size in range(len(unique) + 1):
        for chosen in combinations(unique, size):
            yield frozenset(chosen)
