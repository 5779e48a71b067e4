"""A refinement as CPython checks it, which is the definition.

A model refines another through a mapping if each initial state is mapped to an initial state of the other,
and each step that changes a state to a step of the other, or to none: the same state twice.  Whatever the
mapping gives must be a state of the abstract model, within the bounds of its types.  The boundary of the
abstract model bounds a search of it, and says nothing about which steps it has.

Nothing here knows which states are reachable, or how they are found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from checker.lang.declarations import Declaration, Refinement
from checker.reference.system import ReferenceSystem
from checker.refinement import faults
from checker.system import Arguments, Predicate, State

MOST_IMAGES = 100_000
"""So many states are remembered with what they are mapped to, before starting afresh."""

MOST_SUCCESSORS = 500_000
"""So many abstract successors are remembered in all, before starting afresh."""

ALWAYS_TWICE = 500
"""So many runs of the mapping are all repeated, to see that they agree; later ones are sampled."""

SAMPLE_MASK = 15
"""After those, one run in so many plus one is repeated."""


class Mapping:
    """One refinement: what states are mapped to, and which steps the abstract model has."""

    def __init__(self, declaration: Declaration, refinement: Refinement, abstract: Declaration) -> None:
        self.declaration = declaration
        self.refinement = refinement
        self.abstract = abstract
        self.system = ReferenceSystem(abstract)
        self.name = refinement.name
        self._images: dict[State, State] = {}
        self._runs = 0
        self._successors: dict[State, frozenset[State]] = {}
        self._remembered = 0
        self._initial: frozenset[State] | None = None

    # -- what is asked --

    @property
    def predicate(self) -> Predicate:
        """The refinement as a property of steps."""
        return Predicate(self.name, self.allows)

    def allows(self, before: State, after: State) -> bool:
        """Whether a step is mapped to a step of the abstract model, or to none."""
        here, there = self.image(before), self.image(after)
        return here == there or there in self.successors(here)

    def begins(self, state: State) -> bool:
        """Whether a state is mapped to an initial state of the abstract model."""
        if self._initial is None:
            self._initial = frozenset(self.system.initial())
        return self.image(state) in self._initial

    # -- states --

    def image(self, state: State) -> State:
        """The abstract state that a state is mapped to; SpecError where it is none."""
        found = self._images.get(state)
        if found is None:
            if len(self._images) >= MOST_IMAGES:
                self._images.clear()
            found = self._images[state] = self._mapped(state)
        return found

    def _mapped(self, state: State) -> State:
        function, model = self.refinement.function, self.declaration.model
        self._runs += 1
        try:
            value = function(model, state)
            twice = self._runs <= ALWAYS_TWICE or not self._runs & SAMPLE_MASK
            again = function(model, state) if twice else value
        except Exception as error:
            raise faults.raised(self.declaration, self.refinement, error, state) from error
        if again != value:
            raise faults.undecided(self.declaration, self.refinement, state)
        if type(value) is not self.abstract.state.cls:
            raise faults.wrong_class(self.declaration, self.refinement, self.abstract, value, state)
        try:
            hash(value)
            fault = self.system.fault(value, None)
        except TypeError:
            raise faults.mutable(self.declaration, self.refinement, value, state) from None
        if fault is not None:
            raise faults.outside(self.declaration, self.refinement, self.abstract, fault, state)
        return value

    # -- abstract steps --

    def successors(self, abstract: State) -> frozenset[State]:
        """The states to which the abstract model has a step from one."""
        found = self._successors.get(abstract)
        if found is None:
            found = frozenset(after for _, _, after in self._listed(abstract))
            if self._remembered >= MOST_SUCCESSORS:
                self._successors.clear()
                self._remembered = 0
            self._successors[abstract] = found
            self._remembered += 1 + len(found)
        return found

    def steps(self, before: State, after: State) -> Iterator[tuple[int, Arguments]]:
        """The abstract actions, with their arguments, that lead from one abstract state to another."""
        for action, arguments, found in self._listed(before):
            if found == after:
                yield action, arguments

    def _listed(self, abstract: State) -> Iterator[tuple[int, Arguments, State]]:
        for action, arguments, after in self.system.successors(abstract):
            try:
                hash(after)
            except TypeError:
                raise self.system.unhashable(after, abstract, action, arguments) from None
            yield action, arguments, after


def mappings_of(declaration: Declaration, abstracts: dict[str, Declaration]) -> tuple[Mapping, ...]:
    """The refinements of a model as they are checked, given their abstract models by the names of the whole."""
    return tuple(Mapping(declaration, one, abstracts[one.whole]) for one in declaration.refinements)


def misbegun(mapping: Mapping, initial: Iterator[State], fault: Callable[[State], Any]) -> State | None:
    """The first initial state that is mapped to no initial state of the abstract model.

    Those that leave their types are passed over: the search has to tell of them.
    """
    seen: set[State] = set()
    for state in initial:
        if fault(state) is not None or state in seen:
            continue
        if len(seen) < MOST_IMAGES:
            seen.add(state)
        if not mapping.begins(state):
            return state
    return None
